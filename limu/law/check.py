"""Proof that the law data holds together: citations, confidence, ranks, and no gap or overlap in time."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from itertools import pairwise
from typing import Final

from limu.law.check_measures import check_measures
from limu.law.period import is_period
from limu.law.read import Statutes, read_statutes
from limu.law.rule import CapRule, ClassRule, Deadline, FineBand, Rule, TermRule, WithheldRule
from limu.law.severity import SEVERITIES
from limu.law.statute import CONFIDENCES, FORBIDDEN_KINDS, RANKS, Instrument, LawFault

STARTS: Final[frozenset[str]] = frozenset({"decision", "publication", "conduct_end"})
UNITS: Final[frozenset[str]] = frozenset({"working_day", "day", "month", "year"})
ORDER_36_MAXIMUM: Final[dict[str, int]] = {"minor": 3, "general": 12, "serious": 36}
"""Months that no text or addition may pass from 2026-04-01 on, laws and regulations excepted (Order 36; 22号)."""
ORDER_36_FROM: Final = date(2026, 4, 1)
_HIGH_RANKS: Final = frozenset({"law", "administrative_regulation"})


def check_law(texts: Mapping[str, object]) -> tuple[LawFault, ...]:
    """List everything wrong in the texts; empty means that a book can be made of them."""
    statutes, faults = read_statutes(texts)
    return (*faults, *check_statutes(statutes))


def check_statutes(statutes: Statutes) -> tuple[LawFault, ...]:
    """List everything wrong in statutes already read."""
    instruments = {one.key: one for one in statutes.instruments}
    faults: list[LawFault] = []
    for instrument in statutes.instruments:
        faults += _check_instrument(instrument)
    faults += _check_articles(statutes, instruments)
    for rule in statutes.rules():
        faults += _check_rule(rule, statutes)
    checks = (
        _check_terms,
        _check_classes,
        _check_caps,
        _check_withheld,
        _check_deadlines,
        _check_fields,
        _check_reliefs,
        _check_life,
        _check_time,
        check_measures,
    )
    for check in checks:
        faults += check(statutes)
    return tuple(faults)


def _fault(code: str, where: str, message: str) -> LawFault:
    return LawFault(code, where, message)


def _check_instrument(one: Instrument) -> list[LawFault]:
    faults = []
    if one.rank not in RANKS:
        faults.append(_fault("rank", one.key, f"没有“{one.rank}”这一效力等级。请从说明所列的等级中选择。"))
    if one.confidence not in CONFIDENCES or one.dates_confidence not in CONFIDENCES:
        faults.append(_fault("confidence", one.key, "可信程度不在规定的四种之内。"))
    if one.rank == "local_regulation" and not one.region:
        faults.append(_fault("region", one.key, "地方性法规须写明行政区划。"))
    if one.from_on is not None and one.until_on is not None and one.from_on >= one.until_on:
        faults.append(_fault("dates", one.key, "失效日期不晚于施行日期。"))
    return faults


def _check_articles(statutes: Statutes, instruments: Mapping[str, Instrument]) -> list[LawFault]:
    faults = []
    for one in statutes.articles:
        if one.instrument not in instruments:
            faults.append(_fault("instrument_unknown", one.key, f"所属文件“{one.instrument}”不存在。"))
        if one.confidence not in CONFIDENCES:
            faults.append(_fault("confidence", one.key, "可信程度不在规定的四种之内。"))
        if not one.number or not one.summary:
            faults.append(_fault("article_empty", one.key, "缺少条号或者一句话内容。"))
    return faults


def _check_rule(rule: Rule, statutes: Statutes) -> list[LawFault]:
    articles = {one.key: one for one in statutes.articles}
    faults = []
    if not rule.citations:
        faults.append(_fault("citation_missing", rule.key, "没有引用任何条款。请写明依据。"))
    faults += [
        _fault("citation_unknown", rule.key, f"引用的条款“{one}”不存在。")
        for one in rule.citations
        if one not in articles
    ]
    if rule.confidence not in CONFIDENCES:
        faults.append(_fault("confidence", rule.key, "可信程度不在规定的四种之内。"))
    elif rule.citations and rule.citations[0] in articles:
        first = articles[rule.citations[0]]
        if CONFIDENCES.index(rule.confidence) < CONFIDENCES.index(first.confidence):
            faults.append(_fault("confidence_above", rule.key, f"可信程度高于所引条款“{first.key}”。"))
    if rule.from_on is not None and rule.until_on is not None and rule.from_on >= rule.until_on:
        faults.append(_fault("dates", rule.key, "失效日期不晚于施行日期。"))
    return faults


def _check_life(statutes: Statutes) -> list[LawFault]:
    """A rule does not outlive the instrument it stands on."""
    instruments = {one.key: one for one in statutes.instruments}
    owners = {one.key: instruments.get(one.instrument) for one in statutes.articles}
    faults = []
    for rule in statutes.rules():
        owner = owners.get(rule.citations[0]) if rule.citations else None
        if owner is None or owner.until_on is None:
            continue
        if rule.until_on is None or rule.until_on > owner.until_on:
            faults.append(_fault("basis_ended", rule.key, f"所依据的文件已于 {owner.until_on} 失效。"))
    return faults


def _check_terms(statutes: Statutes) -> list[LawFault]:
    ranks = _rule_ranks(statutes)
    return [fault for one in statutes.terms for fault in _check_term(one, ranks.get(one.key, "design"))]


def _rule_ranks(statutes: Statutes) -> dict[str, str]:
    by_article = {one.key: one.instrument for one in statutes.articles}
    by_instrument = {one.key: one.rank for one in statutes.instruments}
    return {
        rule.key: by_instrument.get(by_article.get(rule.citations[0], ""), "design")
        for rule in statutes.rules()
        if rule.citations
    }


def _check_term(one: TermRule, rank: str) -> list[LawFault]:
    faults = []
    if not one.items:
        faults.append(_fault("term_items", one.key, "没有写明适用的目录条目。"))
    faults += [fault for item in one.items if (fault := check_information_kind(item))]
    if one.severity not in (*SEVERITIES, "*", ""):
        faults.append(_fault("severity", one.key, f"没有“{one.severity}”这一严重程度。"))
    if one.start not in STARTS:
        faults.append(_fault("start", one.key, f"没有“{one.start}”这一起算点。"))
    wrong = [text for text in (one.minimum, one.maximum) if text and not is_period(text)]
    if one.maximum in {"open", "validity"}:
        wrong.remove(one.maximum)
    faults += [_fault("period", one.key, f"期限“{text}”写法不对。请写成 3m、1y 这样的形式。") for text in wrong]
    if is_period(one.minimum) and is_period(one.maximum) and _months(one.minimum) > _months(one.maximum):
        faults.append(_fault("minimum_above", one.key, "最短期限长于最长期限。"))
    limit = ORDER_36_MAXIMUM.get(one.severity)
    reaches = one.until_on is None or one.until_on > ORDER_36_FROM
    if limit and reaches and rank not in _HIGH_RANKS and is_period(one.maximum) and _months(one.maximum) > limit:
        message = "最长期限超过《信用修复管理办法》的上限，且依据不是法律、行政法规。"
        faults.append(_fault("maximum_above", one.key, message))
    return faults


def _months(period: str) -> float:
    count, unit = int(period[:-1]), period[-1]
    return {"d": count / 31, "m": count, "y": count * 12}[unit]


def _check_classes(statutes: Statutes) -> list[LawFault]:
    known = {one.key for one in statutes.kinds}
    rules: tuple[ClassRule | FineBand, ...] = (*statutes.classes, *statutes.bands)
    faults = [
        _fault("severity", one.key, f"没有“{one.severity}”这一严重程度。")
        for one in rules
        if one.severity not in SEVERITIES
    ]
    named = [(one.key, kind) for one in statutes.classes for kind in one.kinds]
    named += [(one.key, kind) for one in statutes.withheld for kind in one.kinds]
    faults += [_fault("kind_unknown", key, f"没有“{kind}”这一处罚种类。") for key, kind in named if kind not in known]
    return faults


def _check_caps(statutes: Statutes) -> list[LawFault]:
    return [
        _fault("period", one.key, "地方上限须有期限、区划和起算点。") for one in statutes.caps if not _is_whole(one)
    ]


def _is_whole(one: CapRule) -> bool:
    return is_period(one.maximum) and bool(one.region) and one.start in STARTS


def _check_withheld(statutes: Statutes) -> list[LawFault]:
    return [
        _fault("withheld_reason", one.key, "不公示规则须有理由代码和说明。")
        for one in statutes.withheld
        if not _says_why(one)
    ]


def _says_why(one: WithheldRule) -> bool:
    return bool(one.reason and one.text and (one.items or one.severity or one.kinds or one.fields or one.party))


def _check_deadlines(statutes: Statutes) -> list[LawFault]:
    return [
        _fault("deadline", one.key, "期限的单位、天数或者延长天数不对。")
        for one in statutes.deadlines
        if not _is_sound(one)
    ]


def _is_sound(one: Deadline) -> bool:
    if one.unit not in UNITS or not one.act or not one.start:
        return False
    if one.count is None:
        return one.extended is None
    return one.count >= 0 and (one.extended is None or one.extended > one.count)


def _check_fields(statutes: Statutes) -> list[LawFault]:
    known = {one.field for one in statutes.fields}
    named = [(one.key, field) for one in statutes.terms for field in one.fields]
    named += [(one.key, field) for one in statutes.withheld for field in one.fields]
    faults = [_fault("field_unknown", key, f"没有“{field}”这一领域。") for key, field in named if field not in known]
    favoured = {one.field for one in statutes.fields if one.favours}
    faults += [
        _fault("field_favours", one.key, "标为只用于不公示的领域，不得有公示期规则。")
        for one in statutes.terms
        if favoured & set(one.fields)
    ]
    return faults + [
        _fault("field_empty", one.key, "领域须有代码和名称。")
        for one in statutes.fields
        if not one.field or not one.label
    ]


def _check_reliefs(statutes: Statutes) -> list[LawFault]:
    acts = {one.act for one in statutes.deadlines}
    faults = [
        _fault("relief_empty", one.key, "救济途径须写明机关和适用的条目。")
        for one in statutes.reliefs
        if not one.body or not one.items
    ]
    faults += [_fault("leniency_empty", one.key, "须写明哪一情形从轻。") for one in statutes.leniencies if not one.text]
    return faults + [
        _fault("relief_period", one.key, f"救济途径“{one.act}”没有期限规则。")
        for one in statutes.reliefs
        if one.act not in acts
    ]


def _check_time(statutes: Statutes) -> list[LawFault]:
    """For one rank, item, class, region and field the rules must follow each other day by day."""
    faults: list[LawFault] = []
    ranks = _rule_ranks(statutes)
    for group, rules in _term_groups(statutes.terms, ranks).items():
        faults += _check_sequence(group, rules)
    return faults + _check_coverage(statutes.terms)


def _term_groups(terms: Sequence[TermRule], ranks: Mapping[str, str]) -> dict[tuple[str, ...], list[TermRule]]:
    groups: dict[tuple[str, ...], list[TermRule]] = {}
    for one in terms:
        for item in one.items:
            for field in one.fields or ("",):
                key = (ranks.get(one.key, ""), item, one.severity, one.region, field)
                groups.setdefault(key, []).append(one)
    return groups


def _check_sequence(group: tuple[str, ...], rules: Iterable[TermRule]) -> list[LawFault]:
    ordered = sorted(rules, key=lambda one: one.from_on or date.min)
    faults = []
    for earlier, later in pairwise(ordered):
        ends, begins = earlier.until_on or date.max, later.from_on or date.min
        if begins < ends:
            faults.append(_fault("overlap", later.key, f"与“{earlier.key}”在时间上重叠（{'/'.join(group)}）。"))
        elif begins > ends:
            faults.append(_fault("gap", later.key, f"与“{earlier.key}”之间有空档：{ends} 至 {begins}。"))
    return faults


def _check_coverage(terms: Sequence[TermRule]) -> list[LawFault]:
    """Once an item has a general rule it must keep one: no day without any, up to the end of time."""
    faults = []
    for item in sorted({item for one in terms for item in one.items}):
        for severity in sorted({one.severity for one in terms if item in one.items} - {"*"}):
            covering = [
                one
                for one in terms
                if item in one.items and one.severity in (severity, "*") and not one.fields and not one.region
            ]
            faults += _check_cover(f"{item}/{severity}", covering)
    return faults


def _check_cover(where: str, rules: Sequence[TermRule]) -> list[LawFault]:
    reached: date | None = None
    for one in sorted(rules, key=lambda rule: rule.from_on or date.min):
        begins, ends = one.from_on or date.min, one.until_on or date.max
        if reached is not None and begins > reached:
            return [_fault("gap", where, f"{reached} 至 {begins} 之间没有公示期规则。")]
        reached = max(reached or date.min, ends)
    if reached is not None and reached != date.max:
        return [_fault("gap", where, f"{reached} 起没有公示期规则。")]
    return []


def check_information_kind(kind: str) -> LawFault | None:
    """Refuse a kind of information that is closed to every pack, addition and catalogue item."""
    if kind in FORBIDDEN_KINDS:
        return _fault("forbidden_kind", kind, f"“{FORBIDDEN_KINDS[kind]}”不得归集。没有任何数据可以打开这一类。")
    return None
