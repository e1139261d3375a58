"""The state of a record: a fold of its events, read on a day."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from typing import Literal

from limu.record.event import ENDING, RESTORING, Event

Decision = Literal["published", "withheld", "ended"]
Hold = Literal["objection", "reorganisation"]

# Why a record is not shown while something is being decided; the stricter reason is told.
HELD_REASONS: dict[Hold, str] = {"reorganisation": "held_reorganisation", "objection": "held_objection"}


@dataclass(frozen=True, slots=True)
class State:
    """What the events so far say: the decision the law gave, its days, what ended it, what holds it back meanwhile."""

    given: Decision
    ground: str
    shown_from: date | None
    shown_until: date | None
    earliest_repair_on: date | None
    rule: str | None
    ended_by: str | None = None
    is_disputed: bool = False
    holds: frozenset[Hold] = frozenset()

    @property
    def decision(self) -> Decision:
        """Whether it is shown now: as the law gave, unless it ended or is held."""
        if self.ended_by is not None:
            return "ended"
        return "withheld" if self.holds else self.given

    @property
    def reason(self) -> str:
        """Why: what ended it, what holds it, or the law's own reason."""
        if self.ended_by is not None:
            return self.ended_by
        return next((text for hold, text in HELD_REASONS.items() if hold in self.holds), self.ground)

    def is_public(self, today: date) -> bool:
        """Tell whether the record may be shown on this day; `shown_until` is the first day it may not."""
        return (
            self.decision == "published"
            and self.shown_from is not None
            and self.shown_until is not None
            and self.shown_from <= today < self.shown_until
        )


def state_of(events: Iterable[Event]) -> State | None:
    """Fold events, in the order they were recorded, into the state; None for no events."""
    state: State | None = None
    for event in events:
        state = _after(state, event)
    return state


def _after(state: State | None, event: Event) -> State:
    if state is not None and event.kind in _TURNS:
        return _turned(state, event)
    if event.kind in ENDING:
        before = state or State("withheld", event.kind, None, None, None, None)
        return replace(before, ended_by=event.kind, is_disputed=False, holds=frozenset())
    body = event.body
    return State(
        given="published" if body.get("decision") == "published" else "withheld",
        ground=str(body.get("reason") or ""),
        shown_from=_day(body.get("shown_from")),
        shown_until=_day(body.get("shown_until")),
        earliest_repair_on=_day(body.get("earliest_repair_on")),
        rule=str(body["rule"]) if body.get("rule") else None,
    )


_TURNS = frozenset({"record_disputed", "record_undisputed", "record_shielded", "record_unshielded"}) | RESTORING


def _turned(state: State, event: Event) -> State:
    """Apply a mark, a hold or a restoration; none of them changes what the law gave."""
    if event.kind in RESTORING:
        return replace(state, ended_by=None)
    if event.kind == "record_disputed":
        held: frozenset[Hold] = frozenset({"objection"}) if event.body.get("holds") is True else frozenset()
        return replace(state, is_disputed=True, holds=state.holds | held)
    if event.kind == "record_undisputed":
        return replace(state, is_disputed=False, holds=state.holds - {"objection"})
    if event.kind == "record_shielded":
        return replace(state, holds=state.holds | {"reorganisation"})
    return replace(state, holds=state.holds - {"reorganisation"})


def _day(value: object) -> date | None:
    return date.fromisoformat(value) if isinstance(value, str) and value else None


def label_of(state: State, today: date) -> str:
    """Name the state in the words of the shared vocabulary (ux.md 2.5)."""
    if state.ended_by is not None:
        return {"record_superseded": "已更正", "record_repaired": "已修复，停止公示"}.get(state.ended_by, "已撤销")
    if state.holds:
        return "暂停公示"
    if state.decision == "withheld":
        return "不公示"
    if state.is_public(today):
        return "异议处理中" if state.is_disputed else "公示中"
    return "到期停止公示" if state.shown_until is not None and today >= state.shown_until else "待公示"
