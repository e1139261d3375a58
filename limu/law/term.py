"""How long a record is public: which rule governs on which day, what loses against it, and why (公示期)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import Final, NamedTuple

from limu.law.lost import speciality
from limu.law.period import FAR
from limu.law.rule import CapRule, TermRule, WithheldRule
from limu.law.statute import RuleRef


class Facts(NamedTuple):
    """What a term is counted from; a record's days and marks, and nothing that names the party."""

    item: str
    severity: str
    region: str
    field: str
    decided_on: date | None
    published_on: date | None = None
    conduct_ended_on: date | None = None
    valid_until: date | None = None
    display_until: date | None = None
    kinds: tuple[str, ...] = ()
    party: str = ""
    has_necessity: bool = False
    is_class_confirmed: bool = True


@dataclass(frozen=True, slots=True)
class Ranked:
    """A term rule with its place in the hierarchy: lower order prevails."""

    rule: TermRule
    ref: RuleRef
    order: int

    def precedence(self) -> tuple[int, int, int]:
        """By rank, then specificity (region, field, item, class), then newer (立法法: higher, special, later law)."""
        return self.order, -speciality(self.rule), -(self.rule.from_on or date.min).toordinal()


@dataclass(frozen=True, slots=True)
class RankedStop:
    """A rule that withholds, with its place in the hierarchy."""

    rule: WithheldRule
    ref: RuleRef
    order: int


@dataclass(frozen=True, slots=True)
class RankedCap:
    """A regional ceiling with its reference."""

    rule: CapRule
    ref: RuleRef


class Match(NamedTuple):
    """The rules that speak about a sort of record, and what is missing when none does."""

    terms: tuple[Ranked, ...]
    stops: tuple[RankedStop, ...]
    caps: tuple[RankedCap, ...]
    missing: str
    segments: "tuple[Segment, ...]"
    """All days, cut where one of the rules begins or ends."""


class Segment(NamedTuple):
    """The days from one change of the rules to the next: which of them are in force, and what withholds."""

    from_on: date
    until_on: date
    terms: tuple[Ranked, ...]
    stop: RankedStop | None


@dataclass(frozen=True, slots=True)
class TermDecision:
    """What the law says about one record's publication.

    `until_on` is exclusive: the record is public THROUGH the day before, which is the last day of its term, and
    `until_on` is the first day it is gone. None means that the texts set no end. `earliest_repair_on` is the first
    day on which repair may be asked for; None where repair has no place or the publication ends before."""

    shown: bool
    reason: str
    text: str
    from_on: date | None
    until_on: date | None
    earliest_repair_on: date | None
    start_event: str
    rule: RuleRef | None
    regimes: tuple[RuleRef, ...]
    losers: tuple[RuleRef, ...]
    notes: tuple[str, ...]


class Regime(NamedTuple):
    """The outcome of the rules in force from one day to another."""

    from_on: date
    until_on: date
    end: date
    earliest: date | None
    winner: Ranked
    losers: tuple[RuleRef, ...]


class Outcome(NamedTuple):
    """The whole timeline of a record under successive regimes, before anyone asks about a day."""

    first_on: date
    end: date
    earliest: date | None
    regimes: tuple[Regime, ...]
    stop: RankedStop | None
    losers: tuple[RuleRef, ...]
    notes: tuple[str, ...]
    missing: str = ""


MISSING_TEXTS: Final[dict[str, str]] = {
    "no_basis": "没有可以适用的公示规则，不公示",
    "no_class": "不能确定严重程度，不公示",
    "no_decision_day": "缺少认定日期，公示期无从起算，不公示",
}
"""Why nothing is shown when no rule speaks: silence favours the subject (trust.md 5.2)."""


def region_matches(rule_region: str, region: str) -> bool:
    """True when a division code lies in the rule's region (GB/T 2260: pairs from the left)."""
    if not rule_region:
        return True
    stem = rule_region
    while stem.endswith("00"):
        stem = stem[:-2]
    return region.startswith(stem)


def term_matches(rule: TermRule, facts: Facts) -> bool:
    """True when the rule speaks about such a record, whatever the day."""
    return (
        facts.item in rule.items
        and rule.severity in ("*", facts.severity)
        and (not rule.fields or facts.field in rule.fields)
        and region_matches(rule.region, facts.region)
    )


def stop_matches(rule: WithheldRule, facts: Facts) -> bool:
    """True when every condition that the rule names holds."""
    return (
        (not rule.items or facts.item in rule.items)
        and (not rule.severity or rule.severity == facts.severity)
        and (not rule.fields or facts.field in rule.fields)
        and (not rule.party or rule.party == facts.party)
        and (not rule.kinds or _kinds_match(rule, facts.kinds))
        and region_matches(rule.region, facts.region)
        and not (rule.unless == "necessity" and facts.has_necessity)
    )


def _kinds_match(rule: WithheldRule, kinds: tuple[str, ...]) -> bool:
    if rule.only_kinds:
        return bool(kinds) and set(kinds) <= set(rule.kinds)
    return not set(rule.kinds).isdisjoint(kinds)


def match_rules(
    facts: Facts,
    *,
    terms: Sequence[Ranked],
    stops: Sequence[RankedStop],
    caps: Sequence[RankedCap],
) -> Match:
    """Select the rules that speak about such a record; the answer does not depend on any day, so it can be kept."""
    own = tuple(sorted((one for one in terms if term_matches(one.rule, facts)), key=Ranked.precedence))
    own_stops = tuple(one for one in stops if stop_matches(one.rule, facts))
    own_caps = tuple(one for one in caps if region_matches(one.rule.region, facts.region))
    has_item = any(facts.item in one.rule.items for one in terms)
    rules = (*(one.rule for one in own), *(one.rule for one in own_stops))
    edges = {day for rule in rules for day in (rule.from_on, rule.until_on) if day is not None}
    missing = "no_class" if has_item and not facts.severity else "no_basis"
    days = (date.min, *sorted(edges), date.max)
    segments = tuple(_segment(own, own_stops, days=pair) for pair in pairwise(days))
    return Match(own, own_stops, own_caps, missing, segments)


def _segment(terms: Sequence[Ranked], stops: Sequence[RankedStop], *, days: tuple[date, date]) -> Segment:
    in_force = tuple(one for one in terms if one.rule.is_in_force(days[0]))
    stop = next((one for one in stops if one.rule.is_in_force(days[0])), None)
    return Segment(*days, in_force, stop)


def unique_refs(refs: Sequence[RuleRef]) -> tuple[RuleRef, ...]:
    """Each rule once, in the order it was met."""
    return tuple({ref.key: ref for ref in refs}.values())


def judge(outcome: Outcome, on: date) -> TermDecision:
    """What the outcome means on one day."""
    if outcome.missing:
        return TermDecision(
            False,
            outcome.missing,
            MISSING_TEXTS[outcome.missing],
            None,
            None,
            None,
            "",
            None,
            (),
            (),
            (),
        )
    stop = outcome.stop
    is_never = outcome.end <= outcome.first_on
    shown = outcome.first_on <= on < outcome.end
    governing = _governing(outcome, on)
    rule = stop.ref if stop is not None and not shown else governing.winner.ref if governing else None
    reason, text = _reason(outcome, on, is_never=is_never, shown=shown)
    return TermDecision(
        shown=shown,
        reason=reason,
        text=text,
        from_on=None if is_never else outcome.first_on,
        until_on=None if is_never or outcome.end == FAR else outcome.end,
        earliest_repair_on=None if is_never else outcome.earliest,
        start_event=governing.winner.rule.start if governing else "",
        rule=rule,
        regimes=unique_refs([regime.winner.ref for regime in outcome.regimes]),
        losers=tuple(ref for ref in outcome.losers if rule is None or ref.key != rule.key),
        notes=outcome.notes,
    )


def _governing(outcome: Outcome, on: date) -> Regime | None:
    """The regime that set the end; among equals the one in force that day."""
    setters = [one for one in outcome.regimes if max(one.end, one.from_on) == outcome.end] or list(outcome.regimes)
    in_force = [one for one in setters if one.from_on <= on]
    return in_force[-1] if in_force else setters[0] if setters else None


def _reason(outcome: Outcome, on: date, *, is_never: bool, shown: bool) -> tuple[str, str]:
    if shown:
        return "published", "公示中"
    if outcome.stop is not None and (is_never or on >= outcome.end):
        return outcome.stop.rule.reason, outcome.stop.rule.text
    if is_never or on >= outcome.end:
        return "ended", "公示期已满，不再公示"
    return "not_yet", "尚未到公示之日"
