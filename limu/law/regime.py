"""The walk of a record through the regimes that are in force one after another (新旧规定的衔接)."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Final

from limu.law.period import FAR, LONG_TERM, day_after, is_period, last_day
from limu.law.rule import TermRule
from limu.law.statute import RuleRef
from limu.law.term import Facts, Match, Outcome, Ranked, RankedCap, RankedStop, Regime, unique_refs

UNCONFIRMED: Final = "未经两人核对，仅按最长期限停止，不据以拒绝修复"
TRANSITION: Final = "跨越新旧规定，自新规定施行之日起取较早届满和较早可修复的一日"
START_MISSING: Final = "起算所需的日期缺失，按认定之日起算"
CAPPED: Final = "地方规定的留存期限较短，按较短者停止"
SHORTENED: Final = "报送单位写明的公示截止期较早，按较早者停止"
CLASS_UNCONFIRMED: Final = "严重程度的划分未经两人核对，不据以拒绝修复"


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
    for segment in (one for one in match.segments if one.until_on > decided):
        from_on, until_on, stop = max(segment.from_on, decided), segment.until_on, segment.stop
        regime = _regime(facts, segment.terms, days=(from_on, until_on))
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
    return Outcome(first_on, end, earliest, tuple(regimes), stopped, unique_refs(losers), notes)


def _overrides(regime: Regime | None, stop: RankedStop) -> bool:
    """A confirmed rule of higher rank that orders publication beats one of lower rank that withholds."""
    return regime is not None and regime.winner.ref.is_confirmed and regime.winner.order < stop.order


def _regime(facts: Facts, here: Sequence[Ranked], *, days: tuple[date, date]) -> Regime | None:
    from_on, until_on = days
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
        # The day on which the minimum is full counts as reached: where the text is silent, the subject is favoured.
        days.append(start if one.rule.minimum == "0d" else last_day(start, one.rule.minimum))
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
