"""The state of a record: a fold of its events, read on a day."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from typing import Literal

from limu.record.event import ENDING, Event

Decision = Literal["published", "withheld", "ended"]


@dataclass(frozen=True, slots=True)
class State:
    """What the events so far say: the decision on publication, its days, and what ended it."""

    decision: Decision
    reason: str
    shown_from: date | None
    shown_until: date | None
    earliest_repair_on: date | None
    rule: str | None
    ended_by: str | None = None

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
    if event.kind in ENDING:
        before = state or State("withheld", event.kind, None, None, None, None)
        return replace(before, decision="ended", reason=event.kind, ended_by=event.kind)
    body = event.body
    decision: Decision = "published" if body.get("decision") == "published" else "withheld"
    return State(
        decision=decision,
        reason=str(body.get("reason") or ""),
        shown_from=_day(body.get("shown_from")),
        shown_until=_day(body.get("shown_until")),
        earliest_repair_on=_day(body.get("earliest_repair_on")),
        rule=str(body["rule"]) if body.get("rule") else None,
    )


def _day(value: object) -> date | None:
    return date.fromisoformat(value) if isinstance(value, str) and value else None


def label_of(state: State, today: date) -> str:
    """Name the state in the words of the shared vocabulary (ux.md 2.5)."""
    if state.ended_by == "record_superseded":
        return "已更正"
    if state.ended_by is not None:
        return "已撤销"
    if state.decision == "withheld":
        return "不公示"
    if state.is_public(today):
        return "公示中"
    return "到期停止公示" if state.shown_until is not None and today >= state.shown_until else "待公示"
