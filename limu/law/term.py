"""How long a record is public: which rule governs on which day, what loses against it, and why (公示期)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from typing import Final, NamedTuple

from limu.law.period import FAR, LONG_TERM, day_after, is_period
from limu.law.rule import CapRule, TermRule, WithheldRule
from limu.law.statute import RuleRef

UNCONFIRMED: Final = "未经两人核对，仅按最长期限停止，不据以拒绝修复"
TRANSITION: Final = "跨越新旧规定，自新规定施行之日起取较早届满和较早可修复的一日"
START_MISSING: Final = "起算所需的日期缺失，按认定之日起算"
CAPPED: Final = "地方规定的留存期限较短，按较短者停止"
SHORTENED: Final = "报送单位写明的公示截止期较早，按较早者停止"
CLASS_UNCONFIRMED: Final = "严重程度的划分未经两人核对，不据以拒绝修复"


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
        rule = self.rule
        is_special = len(rule.items) == 1
        weight = 8 * bool(rule.region) + 4 * bool(rule.fields) + 2 * is_special + (rule.severity != "*")
        return self.order, -weight, -(rule.from_on or date.min).toordinal()


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


@dataclass(frozen=True, slots=True)
class Regime:
    """The outcome of the rules in force from one day to another."""

    from_on: date
    until_on: date
    end: date
    earliest: date | None
    winner: Ranked
    losers: tuple[RuleRef, ...]


@dataclass(frozen=True, slots=True)
class Outcome:
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
    facts: Facts, *, terms: Sequence[Ranked], stops: Sequence[RankedStop], caps: Sequence[RankedCap],
) -> Match:
    """Select the rules that speak about such a record; the answer does not depend on any day, so it can be kept."""
    own = tuple(sorted((one for one in terms if term_matches(one.rule, facts)), key=Ranked.precedence))
    own_stops = tuple(one for one in stops if stop_matches(one.rule, facts))
    own_caps = tuple(one for one in caps if region_matches(one.rule.region, facts.region))
    has_item = any(facts.item in one.rule.items for one in terms)
    return Match(own, own_stops, own_caps, "no_class" if has_item and not facts.severity else "no_basis")


def decide_outcome(facts: Facts, match: Match) -> Outcome:
    """Walk through the regimes in force from the decision on; each may end the publication, none prolongs it."""
    if facts.decided_on is None:
        return _nothing("no_decision_day")
    if not match.terms and not match.stops:
        return _nothing(match.missing)
    walked = _walk(facts, facts.decided_on, match)
    if not walked.regimes and walked.stop is None:
        return _nothing("no_basis")
    return _limit(walked, facts, match.caps)


def _nothing(missing: str) -> Outcome:
    return Outcome(date.min, date.min, None, (), None, (), (), missing)


def _walk(facts: Facts, decided: date, match: Match) -> Outcome:
    end = FAR
    earliest: date | None = None
    stopped: RankedStop | None = None
    regimes: list[Regime] = []
    losers: list[RuleRef] = []
    for from_on, until_on in _segments(decided, match):
        regime = _regime(facts, match.terms, days=(from_on, until_on))
        stop = next((one for one in match.stops if one.rule.is_in_force(from_on)), None)
        if stop is not None and not _overrides(regime, stop):
            end, stopped = min(end, from_on) if regimes else decided, stop
            break
        if stop is not None:
            losers.append(stop.ref)
        if regime is None:
            if not regimes:
                continue
            end = min(end, from_on)
            break
        regimes.append(regime)
        losers += regime.losers
        end = min(end, max(regime.end, from_on))
        if earliest is None and regime.earliest is not None and max(regime.earliest, from_on) < until_on:
            earliest = max(regime.earliest, from_on)
        if end <= until_on:
            break
    notes = _notes(facts, regimes)
    first_on = max(_first_day(facts), regimes[0].from_on if regimes else decided)
    return Outcome(first_on, end, earliest, tuple(regimes), stopped, _unique(losers), notes)


def _segments(decided: date, match: Match) -> list[tuple[date, date]]:
    rules = [*(one.rule for one in match.terms), *(one.rule for one in match.stops)]
    edges = {day for rule in rules for day in (rule.from_on, rule.until_on) if day is not None and day > decided}
    days = [decided, *sorted(edges), FAR]
    return list(pairwise(days))


def _overrides(regime: Regime | None, stop: RankedStop) -> bool:
    """A confirmed rule of higher rank that orders publication beats one of lower rank that withholds."""
    return regime is not None and regime.winner.ref.is_confirmed and regime.winner.order < stop.order


def _regime(facts: Facts, own: Sequence[Ranked], *, days: tuple[date, date]) -> Regime | None:
    from_on, until_on = days
    here = [one for one in own if one.rule.is_in_force(from_on)]
    if not here:
        return None
    end, winner = _latest_end(facts, here)
    earliest = _earliest_repair(facts, here)
    losers = tuple(one.ref for one in here if one is not winner and _figures(one.rule) != _figures(winner.rule))
    return Regime(from_on, until_on, end, earliest, winner, losers)


def _figures(rule: TermRule) -> tuple[str, str, str]:
    return rule.minimum, rule.maximum, rule.start


def _latest_end(facts: Facts, here: Sequence[Ranked]) -> tuple[date, Ranked]:
    """The end by the first confirmed rule; unconfirmed rules above it may only bring it nearer."""
    found: list[tuple[date, Ranked]] = []
    for one in here:
        end = _end_by(one.rule, facts)
        if end is None:
            continue
        found.append((end, one))
        if one.ref.is_confirmed:
            break
    if not found:
        return FAR, here[0]
    if not found[-1][1].ref.is_confirmed:
        return found[0]
    return min(found, key=lambda pair: pair[0])


def _end_by(rule: TermRule, facts: Facts) -> date | None:
    """First day the record is gone by this rule; None when it says nothing about the end."""
    if rule.maximum == "open":
        return FAR
    if rule.maximum == "validity":
        if facts.valid_until is None:
            return None
        return FAR if facts.valid_until >= LONG_TERM else facts.valid_until + timedelta(days=1)
    if not is_period(rule.maximum):
        return None
    return day_after(_start(rule.start, facts), rule.maximum)


def _start(event: str, facts: Facts) -> date:
    decided = facts.decided_on or date.min
    if event == "publication":
        return facts.published_on or decided
    if event == "conduct_end":
        return facts.conduct_ended_on or decided
    return decided


def _earliest_repair(facts: Facts, here: Sequence[Ranked]) -> date | None:
    """First day repair may be asked for; a minimum that nobody confirmed refuses nothing."""
    days: list[date] = []
    decided = _start("decision", facts)
    for one in here:
        if not one.rule.minimum:
            continue
        start = _start(one.rule.start, facts)
        days.append(start if one.rule.minimum == "0d" else day_after(start, one.rule.minimum))
        if one.ref.is_confirmed:
            return min(days) if facts.is_class_confirmed else decided
    return decided if days else None


def _notes(facts: Facts, regimes: Sequence[Regime]) -> tuple[str, ...]:
    notes = []
    if any(not regime.winner.ref.is_confirmed for regime in regimes):
        notes.append(UNCONFIRMED)
    if not facts.is_class_confirmed and facts.severity:
        notes.append(CLASS_UNCONFIRMED)
    if len(regimes) > 1:
        notes.append(TRANSITION)
    starts = {regime.winner.rule.start for regime in regimes}
    if ("publication" in starts and facts.published_on is None) or (
        "conduct_end" in starts and facts.conduct_ended_on is None
    ):
        notes.append(START_MISSING)
    return tuple(notes)


def _first_day(facts: Facts) -> date:
    decided = _start("decision", facts)
    return max(decided, facts.published_on or decided)


def _limit(walked: Outcome, facts: Facts, caps: Sequence[RankedCap]) -> Outcome:
    """Apply what can only shorten: regional ceilings on adverse data, and the department's own earlier end."""
    end, notes = walked.end, walked.notes
    is_adverse = any(is_period(regime.winner.rule.maximum) for regime in walked.regimes)
    for cap in caps if is_adverse else ():
        capped = day_after(_start(cap.rule.start, facts), cap.rule.maximum)
        capped = max(capped, cap.rule.from_on or date.min)
        if capped < end and (cap.rule.until_on is None or capped < cap.rule.until_on):
            end, notes = capped, (*notes, f"{CAPPED}：{cap.ref.citation}")
    if facts.display_until is not None and facts.display_until + timedelta(days=1) < end:
        end, notes = facts.display_until + timedelta(days=1), (*notes, SHORTENED)
    earliest = walked.earliest if walked.earliest is not None and walked.earliest < end else None
    return Outcome(walked.first_on, end, earliest, walked.regimes, walked.stop, walked.losers, notes)


def _unique(refs: Sequence[RuleRef]) -> tuple[RuleRef, ...]:
    return tuple({ref.key: ref for ref in refs}.values())


def judge(outcome: Outcome, on: date) -> TermDecision:
    """What the outcome means on one day."""
    if outcome.missing:
        return TermDecision(
            False, outcome.missing, MISSING_TEXTS[outcome.missing], None, None, None, "", None, (), (), (),
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
        regimes=_unique([regime.winner.ref for regime in outcome.regimes]),
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
