"""Measures, their grounds, serious lists and incentives as the texts hold them (law.md 4, 5; Opinion 11, 12)."""

from dataclasses import dataclass
from typing import Final

from limu.law.rule import Rule

ACTS: Final[dict[str, str]] = {
    "government_funds": "申请财政性资金项目",
    "procurement": "参加政府采购",
    "bidding": "参加招标投标",
    "licensing": "申请行政许可、进入市场或者行业",
    "registration": "申请登记注册",
    "land": "受让国有土地使用权",
    "tax_preference": "享受税收优惠等优惠政策和便利措施",
    "honours": "参加评先评优",
    "financing": "申请融资贷款",
    "supervision": "接受监督检查",
    "consumption": "有关消费行为",
    "publication": "信息共享和公示",
}
"""The acts at which a measure may be asked for: closed here, data alone can never widen them (Opinion item 12)."""

EFFECTS: Final[dict[str, str]] = {
    "reduces_rights": "减损权利或者增加义务",
    "management": "管理措施",
    "market": "市场主体自主决定",
    "incentive": "守信激励",
}

REDUCING_RANKS: Final = ("law", "administrative_regulation", "local_regulation")
"""What may carry a measure that reduces rights or adds duties (seed item 12; 国办发〔2020〕49号)."""

MEASURE_RANKS: Final = (*REDUCING_RANKS, "central_policy")
"""What may carry any measure, and the field of a serious list."""

SHAPES: Final[dict[str, tuple[tuple[str, ...], tuple[str, ...]]]] = {
    "ordinary": (MEASURE_RANKS, (*REDUCING_RANKS, "departmental_rule")),
    "court": (("law",), ("judicial_interpretation",)),
    "procurement": (("law",), ("law",)),
}
"""Shape of a list → ranks for its field, ranks for its rule of entry and exit (law.md 4.2 and 5)."""

TARGETS: Final[dict[str, str]] = {"organisation": "法人和非法人组织", "public_body": "机关和事业单位"}
"""Whom a measure may be aimed at. Natural persons are not among them: where a law names one, the page says so."""


@dataclass(frozen=True, slots=True)
class MeasureRule(Rule):
    """One of the fourteen measures of the national basic list, or an incentive (失信惩戒措施; 守信激励).

    `persons_only` marks what the law aims at natural persons alone: it is printed and never applied here."""

    number: int = 0
    label: str = ""
    effect: str = ""
    targets: tuple[str, ...] = ()
    bases: tuple[str, ...] = ()
    scope: tuple[str, ...] = ()
    target_text: str = ""
    term_text: str = ""
    body: str = ""
    persons_only: bool = False


@dataclass(frozen=True, slots=True)
class GroundRule(Rule):
    """What a measure may rest on beside a list entry: a published record of an item, told by its kinds or its basis."""

    label: str = ""
    item: str = ""
    kinds: tuple[str, ...] = ()
    words: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Consequence(Rule):
    """Which measure follows from which ground, by which article, at which acts, how long and by whom.

    The first citation is the basis. `term` is "ground" (as long as the ground lasts) or a period from the ground on;
    `region` is where it may be used, and never wider than the basis itself."""

    measure: str = ""
    ground: str = ""
    acts: tuple[str, ...] = ()
    term: str = "ground"
    body: str = ""
    region: str = ""
    affiliates: bool = False


@dataclass(frozen=True, slots=True)
class ListRule(Rule):
    """A serious list (严重失信主体名单): the first citation is the basis of its field, `rule` that of entry and exit.

    Without `rule` the list is printed and cannot be activated. `items` and `words` tell which reported records are
    entries of it; `statement_days` are working days from the service of the notice. `hearing` is the article that gives
    a hearing before the decision (empty: none): it may be asked for within `hearing_days` working days of the notice,
    and its day is told `hearing_notice_days` working days before; both are as sure as `hearing_confidence` says."""

    label: str = ""
    field: str = ""
    shape: str = "ordinary"
    rule: str = ""
    entry: str = ""
    body: str = ""
    statement_days: int = 5
    hearing: str = ""
    hearing_days: int = 0
    hearing_notice_days: int = 0
    hearing_confidence: str = ""
    term: str = ""
    early: str = ""
    region: str = ""
    items: tuple[str, ...] = ()
    words: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class IncentiveRule(Rule):
    """An incentive (守信激励, Opinion item 11): who provides it, on what conditions, at which acts.

    `needs` are items of which a public record must stand; `without` items of which none may."""

    label: str = ""
    provider: str = ""
    acts: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()
    without: tuple[str, ...] = ()
    text: str = ""
    region: str = ""
