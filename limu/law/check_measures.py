"""Proof that every measure has its rank and its territory, and every list its field and its rule (law.md 5)."""

from collections.abc import Iterable

from limu.law.measure import (
    ACTS,
    EFFECTS,
    MEASURE_RANKS,
    REDUCING_RANKS,
    SHAPES,
    TARGETS,
    Consequence,
    GroundRule,
    ListRule,
    MeasureRule,
)
from limu.law.period import is_period
from limu.law.read import Statutes
from limu.law.statute import CONFIDENCES, RANK_LABELS, Instrument, LawFault
from limu.law.term import region_matches

RANK_TOO_LOW = "减损权利措施须以法律、行政法规、地方性法规为依据"


class Standing:
    """Where each article stands: its instrument, hence its rank, its territory and its life."""

    __slots__ = ("_instruments", "_owner")

    def __init__(self, statutes: Statutes) -> None:
        self._instruments = {one.key: one for one in statutes.instruments}
        self._owner = {one.key: one.instrument for one in statutes.articles}

    def of(self, article: str) -> Instrument | None:
        """The instrument of an article; None where the citation resolves to nothing (another check says so)."""
        return self._instruments.get(self._owner.get(article, ""))

    def rank(self, article: str) -> str:
        """Rank of the instrument of an article; empty when unknown."""
        found = self.of(article)
        return found.rank if found else ""


def check_measures(statutes: Statutes) -> list[LawFault]:
    """List what is wrong in measures, grounds, consequences, lists and incentives."""
    standing = Standing(statutes)
    measures = {one.key: one for one in statutes.measures}
    faults = [fault for one in statutes.measures for fault in _check_measure(one, standing)]
    faults += [fault for one in statutes.lists for fault in _check_list(one, standing)]
    grounds = {one.key for one in (*statutes.lists, *statutes.grounds)}
    faults += [fault for one in statutes.grounds for fault in _check_ground(one, statutes)]
    for rule in statutes.consequences:
        faults += _check_consequence(rule, measures.get(rule.measure), standing)
        if rule.ground not in grounds:
            faults.append(_fault("ground_unknown", rule.key, f"没有“{rule.ground}”这一名单或者事由。"))
    for incentive in statutes.incentives:
        faults += _check_acts(incentive.key, incentive.acts)
        if not (incentive.label and incentive.provider and (incentive.needs or incentive.without)):
            faults.append(_fault("incentive_empty", incentive.key, "激励措施须有名称、提供单位和条件。"))
    return faults


def _fault(code: str, where: str, message: str) -> LawFault:
    return LawFault(code, where, message)


def _check_measure(one: MeasureRule, standing: Standing) -> list[LawFault]:
    faults = _check_acts(one.key, one.scope)
    if one.effect not in EFFECTS:
        faults.append(_fault("effect", one.key, f"没有“{one.effect}”这一效果。"))
    if not one.label or not one.body:
        faults.append(_fault("measure_empty", one.key, "措施须有名称和实施单位。"))
    faults += [
        _fault("measure_target", one.key, f"措施的对象只能是组织，不能是“{word}”。")
        for word in one.targets
        if word not in TARGETS
    ]
    if one.persons_only == bool(one.targets):
        faults.append(_fault("measure_target", one.key, "只针对自然人的措施不得写对象；其他措施须写对象。"))
    if one.effect in ("reduces_rights", "management") and not one.bases:
        faults.append(_fault("measure_basis", one.key, "没有法律依据的措施不得列出。"))
    return faults + _check_ranks(one.key, one.effect, one.bases, standing=standing)


def _check_ranks(key: str, effect: str, bases: Iterable[str], *, standing: Standing) -> list[LawFault]:
    allowed = {"reduces_rights": REDUCING_RANKS, "management": MEASURE_RANKS}.get(effect)
    if allowed is None:
        return []
    faults = []
    for article in bases:
        rank = standing.rank(article)
        if not rank:
            faults.append(_fault("citation_unknown", key, f"引用的条款“{article}”不存在。"))
        elif rank not in allowed:
            told = RANK_TOO_LOW if effect == "reduces_rights" else "管理措施须有法律、法规或者中央政策文件依据"
            faults.append(_fault("measure_rank", key, f"“{article}”是{RANK_LABELS.get(rank, rank)}。{told}。"))
    return faults


def _check_consequence(rule: Consequence, measure: MeasureRule | None, standing: Standing) -> list[LawFault]:
    if measure is None:
        return [_fault("measure_unknown", rule.key, f"没有“{rule.measure}”这一措施。")]
    faults = _check_acts(rule.key, rule.acts)
    faults += _check_ranks(rule.key, measure.effect, rule.citations[:1], standing=standing)
    if measure.persons_only or measure.effect in ("market", "incentive"):
        faults.append(_fault("measure_applied", rule.key, f"“{measure.label}”不由本平台适用。"))
    if not rule.acts or not rule.body:
        faults.append(_fault("consequence_empty", rule.key, "须写明适用的事项和实施单位。"))
    if rule.term != "ground" and not is_period(rule.term):
        faults.append(_fault("period", rule.key, f"期限“{rule.term}”写法不对。"))
    owner = standing.of(rule.citations[0]) if rule.citations else None
    if owner is not None and owner.region and not (rule.region and region_matches(owner.region, rule.region)):
        faults.append(_fault("territory", rule.key, "地方性法规只在本行政区域内有效，措施的区域不得超出依据的区域。"))
    return faults


def _check_acts(key: str, acts: Iterable[str]) -> list[LawFault]:
    return [_fault("act_unknown", key, f"没有“{act}”这一适用事项。") for act in acts if act not in ACTS]


def _check_ground(one: GroundRule, statutes: Statutes) -> list[LawFault]:
    known = {kind.key for kind in statutes.kinds}
    faults = [_fault("kind_unknown", one.key, f"没有“{kind}”这一处罚种类。") for kind in one.kinds if kind not in known]
    if not one.item or not one.label or (one.item == "penalty" and not (one.kinds or one.words)):
        faults.append(_fault("ground_empty", one.key, "事由须有条目、名称和识别条件。"))
    return faults


def _check_list(one: ListRule, standing: Standing) -> list[LawFault]:
    if one.shape not in SHAPES:
        return [_fault("list_shape", one.key, f"没有“{one.shape}”这一名单类型。")]
    faults = []
    fields, entries = SHAPES[one.shape]
    if not one.citations or standing.rank(one.citations[0]) not in fields:
        faults.append(_fault("list_basis", one.key, "名单的领域须以法律、法规或者中央政策文件为依据。"))
    if one.rule and standing.rank(one.rule) not in entries:
        faults.append(_fault("list_rule", one.key, "列入和移出的条件、程序须由部门规章以上的文件规定。"))
    if one.rule and not one.items:
        faults.append(_fault("list_item", one.key, "可以启用的名单须写明在目录的哪一条目下报送（items）。"))
    if not one.rule and one.confidence == "confirmed":
        faults.append(_fault("list_rule", one.key, "没有列入和移出规则的名单不得标为已核对。"))
    owner = standing.of(one.citations[0]) if one.citations else None
    if one.region and (
        owner is None or owner.rank != "local_regulation" or not region_matches(owner.region, one.region)
    ):
        faults.append(_fault("territory", one.key, "地方名单须有本地的地方性法规。"))
    wrong = [text for text in (one.term, one.early) if text and text != "validity" and not is_period(text)]
    faults += [_fault("period", one.key, f"期限“{text}”写法不对。") for text in wrong]
    if one.statement_days < 1 or not one.label:
        faults.append(_fault("list_empty", one.key, "名单须有名称和陈述申辩期限。"))
    return faults + _check_hearing(one, standing)


def _check_hearing(one: ListRule, standing: Standing) -> list[LawFault]:
    """A hearing has its article, both of its periods and how sure they are; without the article it has none of it."""
    told = (one.hearing_days, one.hearing_notice_days, one.hearing_confidence)
    if not one.hearing:
        return [_fault("list_hearing", one.key, "没有听证依据的名单不得写听证期限。")] if any(told) else []
    if not standing.rank(one.hearing):
        return [_fault("citation_unknown", one.key, f"引用的条款“{one.hearing}”不存在。")]
    if not all(told) or min(one.hearing_days, one.hearing_notice_days) < 1 or told[2] not in CONFIDENCES:
        return [_fault("list_hearing", one.key, "听证须写明申请期限、通知期限和可信程度。")]
    return []
