"""Figures from facts by a published formula: nothing else enters, so anyone who has both gets the same (可重算)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any, Final, Literal
from uuid import UUID

Level = Literal["excellent", "expected", "required", "below"]
LEVELS: Final[dict[str, str]] = {"excellent": "优秀", "expected": "良好", "required": "合格", "below": "未达到"}
_ORDER: Final = ("below", "required", "expected", "excellent")


@dataclass(frozen=True, slots=True)
class Fact:
    """So many rows of a kind of an item, from one day to another; the days apart are counted in working days."""

    item: str
    kind: str
    from_on: date
    until_on: date
    working_days: int
    rows: int


@dataclass(frozen=True, slots=True)
class Indicator:
    """One line of the formula, with its thresholds and where they come from."""

    key: str
    label: str
    told: str
    numerator: tuple[str, ...]
    denominator: tuple[str, ...]
    required: float
    expected: float
    excellent: float
    citation: str
    confidence: str
    minus: tuple[str, ...] = ()
    within: int | None = None
    is_lower_better: bool = False

    @property
    def kinds(self) -> frozenset[str]:
        """The kinds of facts it is made of."""
        return frozenset((*self.numerator, *self.denominator, *self.minus))


@dataclass(frozen=True, slots=True)
class Edition:
    """A whole formula: its indicators, on what ground, and how long departments may comment."""

    edition: str
    citation: str
    confidence: str
    note: str
    comment_working_days: int
    indicators: tuple[Indicator, ...]

    def as_json(self) -> dict[str, Any]:
        """The formula as it is published."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Figure:
    """What one indicator says of a department: the two sums, the share in percent, the level."""

    key: str
    numerator: int
    denominator: int
    percent: float | None
    level: Level | None

    @property
    def word(self) -> str:
        """The level in words; nothing to assess is no level."""
        return LEVELS[self.level] if self.level else "无数据"


@dataclass(frozen=True, slots=True)
class Assessment:
    """A department's year: its figures, what the department said of them, and who published."""

    id: UUID
    year: int
    department: UUID
    department_name: str
    uscc: str
    edition: str
    until_on: date
    made_at: datetime
    figures: tuple[Figure, ...]
    comment: str | None
    commented_name: str | None
    commented_at: datetime | None
    proposed_person: UUID | None
    proposed_name: str | None
    proposed_at: datetime | None
    published_name: str | None
    published_at: datetime | None

    @property
    def state(self) -> str:
        """How it stands, in words."""
        if self.published_at is not None:
            return "已公布"
        return "待第二人公布" if self.proposed_at is not None else "征求意见中"


def parse_edition(told: Mapping[str, Any]) -> Edition:
    """Read a formula; an indicator without a ground of its own has the edition's."""
    own = {name: told[name] for name in ("edition", "citation", "confidence", "note", "comment_working_days")}
    made = []
    for one in told["indicator"]:
        lists = {name: tuple(one.get(name, ())) for name in ("numerator", "denominator", "minus")}
        ground = {name: one.get(name, told[name]) for name in ("citation", "confidence")}
        made.append(Indicator(**{**one, **lists, **ground}))
    return Edition(**own, indicators=tuple(made))


def figures_of(facts: Iterable[Fact], edition: Edition) -> tuple[Figure, ...]:
    """Apply the formula to a department's facts."""
    kept = list(facts)
    return tuple(_figure(kept, one) for one in edition.indicators)


def _figure(facts: Sequence[Fact], one: Indicator) -> Figure:
    within = [fact for fact in facts if one.within is None or fact.working_days <= one.within]
    above = _sum(within, one.numerator)
    below = _sum(facts, one.denominator) - _sum(facts, one.minus)
    percent = None if below <= 0 else round(above * 100 / below, 2)
    return Figure(one.key, above, below, percent, None if percent is None else level_of(percent, one))


def _sum(facts: Iterable[Fact], kinds: tuple[str, ...]) -> int:
    return sum(fact.rows for fact in facts if fact.kind in kinds)


def level_of(percent: float, one: Indicator) -> Level:
    """Which threshold a share reaches."""
    sign = -1 if one.is_lower_better else 1
    for level in ("excellent", "expected", "required"):
        if sign * percent >= sign * getattr(one, level):
            return level
    return "below"


def overall(figures: Iterable[Figure]) -> str:
    """The whole stands at its lowest figure: a good share in one cannot hide a bad one in another."""
    levels = [_ORDER.index(figure.level) for figure in figures if figure.level]
    return LEVELS[_ORDER[min(levels)]] if levels else "无数据"


def behind(facts: Iterable[Fact], one: Indicator) -> list[Fact]:
    """The facts an indicator is made of, the latest first."""
    return sorted((fact for fact in facts if fact.kind in one.kinds), key=lambda fact: fact.until_on, reverse=True)
