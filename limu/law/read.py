"""From parsed texts (TOML tables) to values; whatever does not fit becomes a fault, never an exception."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date
from types import MappingProxyType
from typing import Any, Final

from limu.law.measure import Consequence, GroundRule, IncentiveRule, ListRule, MeasureRule
from limu.law.rule import (
    CapRule,
    ClassRule,
    Deadline,
    DesignRule,
    FieldRule,
    FineBand,
    LeniencyRule,
    PenaltyKind,
    RefusalGround,
    ReliefRule,
    RepairCondition,
    RepairMaterial,
    Rule,
    TermRule,
    WithheldRule,
)
from limu.law.statute import Article, Instrument, LawFault

TABLES: Final[Mapping[str, type[Any]]] = MappingProxyType(
    {
        "instrument": Instrument,
        "article": Article,
        "kind": PenaltyKind,
        "class": ClassRule,
        "fine_band": FineBand,
        "term": TermRule,
        "cap": CapRule,
        "withheld": WithheldRule,
        "deadline": Deadline,
        "design": DesignRule,
        "field": FieldRule,
        "measure": MeasureRule,
        "ground": GroundRule,
        "consequence": Consequence,
        "list": ListRule,
        "incentive": IncentiveRule,
        "repair_condition": RepairCondition,
        "repair_material": RepairMaterial,
        "refusal": RefusalGround,
        "relief": ReliefRule,
        "leniency": LeniencyRule,
    }
)
"""Tables a text may hold, and the value each row becomes."""

RENAMED: Final[Mapping[str, str]] = MappingProxyType({"from": "from_on", "until": "until_on"})
"""Words of the texts that are keywords or too short in code."""


@dataclass(frozen=True, slots=True)
class Statutes:
    """Everything the texts hold, by kind; what a book is made of and what a check reads."""

    instruments: tuple[Instrument, ...]
    articles: tuple[Article, ...]
    kinds: tuple[PenaltyKind, ...]
    classes: tuple[ClassRule, ...]
    bands: tuple[FineBand, ...]
    terms: tuple[TermRule, ...]
    caps: tuple[CapRule, ...]
    withheld: tuple[WithheldRule, ...]
    deadlines: tuple[Deadline, ...]
    designs: tuple[DesignRule, ...]
    fields: tuple[FieldRule, ...]
    measures: tuple[MeasureRule, ...] = ()
    grounds: tuple[GroundRule, ...] = ()
    consequences: tuple[Consequence, ...] = ()
    lists: tuple[ListRule, ...] = ()
    incentives: tuple[IncentiveRule, ...] = ()
    conditions: tuple[RepairCondition, ...] = ()
    materials: tuple[RepairMaterial, ...] = ()
    refusals: tuple[RefusalGround, ...] = ()
    reliefs: tuple[ReliefRule, ...] = ()
    leniencies: tuple[LeniencyRule, ...] = ()

    def rules(self) -> tuple[Rule, ...]:
        """Every rule of every kind, in the order of the texts."""
        return (
            *self.kinds,
            *self.classes,
            *self.bands,
            *self.terms,
            *self.caps,
            *self.withheld,
            *self.deadlines,
            *self.designs,
            *self.fields,
            *self.measures,
            *self.grounds,
            *self.consequences,
            *self.lists,
            *self.incentives,
            *self.conditions,
            *self.materials,
            *self.refusals,
            *self.reliefs,
            *self.leniencies,
        )


def read_statutes(texts: Mapping[str, object]) -> tuple[Statutes, tuple[LawFault, ...]]:
    """Read all texts into one set of statutes, with every fault met on the way."""
    found: dict[str, list[Any]] = {name: [] for name in TABLES}
    faults: list[LawFault] = []
    for text, content in sorted(texts.items()):
        faults += _read_text(text, content, found)
    statutes = Statutes(*(tuple(found[name]) for name in TABLES))
    return statutes, (*faults, *_doubles(found))


def _read_text(text: str, content: object, found: dict[str, list[Any]]) -> list[LawFault]:
    if not isinstance(content, Mapping):
        return [LawFault("text_shape", text, "不是一张表。请按《法规数据说明》的格式编写。")]
    faults: list[LawFault] = []
    for name, rows in content.items():
        kind = TABLES.get(str(name))
        if kind is None or not isinstance(rows, Sequence) or isinstance(rows, str):
            faults.append(LawFault("table_unknown", f"{text}：{name}", "没有这种表。请核对表名。"))
            continue
        for number, row in enumerate(rows, start=1):
            value = _read_row(kind, row, f"{text}：{name} 第 {number} 项")
            if isinstance(value, LawFault):
                faults.append(value)
            else:
                found[str(name)].append(value)
    return faults


def _read_row(kind: type[Any], row: object, where: str) -> object:
    if not isinstance(row, Mapping):
        return LawFault("row_shape", where, "不是一组键值。")
    words = {RENAMED.get(str(key), str(key)): value for key, value in row.items()}
    where = f"{where}（{words.get('key', '无键')}）"
    expected = {item.name: str(item.type) for item in fields(kind)}
    for name, value in words.items():
        if name not in expected:
            return LawFault("word_unknown", where, f"不认识的项“{name}”。")
        if not _fits(expected[name], value):
            return LawFault("word_shape", where, f"“{name}”的值类型不对。")
    values = {name: tuple(value) if isinstance(value, list) else value for name, value in words.items()}
    try:
        return kind(**values)
    except TypeError:
        return LawFault("word_missing", where, "缺少必填项（键、引用或者可信程度）。")


def _fits(expected: str, value: object) -> bool:
    checks: tuple[tuple[str, Callable[[object], bool]], ...] = (
        ("tuple[str", lambda v: isinstance(v, (list, tuple)) and all(isinstance(one, str) for one in v)),
        ("date", lambda v: type(v) is date),
        ("bool", lambda v: isinstance(v, bool)),
        ("int", lambda v: isinstance(v, int) and not isinstance(v, bool)),
        ("str", lambda v: isinstance(v, str)),
    )
    return next(check(value) for word, check in checks if word in expected)


def _doubles(found: Mapping[str, list[Any]]) -> list[LawFault]:
    """The same key twice would let one rule stand in another's place unseen."""
    seen: set[str] = set()
    faults = []
    for name, values in found.items():
        for value in values:
            key = value.key if name in {"instrument", "article"} else f"rule:{value.key}"
            if key in seen:
                faults.append(LawFault("key_double", value.key, f"键“{value.key}”出现两次。请改名或者删去一项。"))
            seen.add(key)
    return faults
