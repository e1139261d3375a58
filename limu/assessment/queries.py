"""What the assessment tells: the formula, a department's figures and the facts behind each number."""

import tomllib
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Any, Final
from uuid import UUID

from psycopg import Connection

from limu.assessment import store
from limu.assessment.rules import Assessment, Edition, Fact, Figure, Indicator, behind, parse_edition
from limu.page.rules_charts import Chart, counted_rows
from limu.record.item import PARTY_COLUMNS, Item
from limu.terms.days import Calendar, working_days_between
from limu.wire.tables import read_table

PRESENT = "2026"
KIND_WORDS: Final = {
    "received": "收到", "accepted": "入库", "refused": "退回", "conflict": "冲突", "duplicate": "重复", "kept": "记录",
    "linked": "已关联", "waiting": "待关联", "complete": "齐全的记录", "decided": "决定到收到", "problem": "问题行",
    "mended": "已改好", "waived": "已忽略", "disputed": "被提异议", "withdrawn": "报送有误撤回",
}  # fmt: skip


@cache
def edition_of(name: str = PRESENT) -> Edition:
    """Read a packaged formula."""
    return parse_edition(tomllib.loads((files("limu.assessment") / "texts" / f"{name}.toml").read_text("utf-8")))


@cache
def working_calendar() -> Calendar:
    """The working calendar of the State Council's yearly notices, from the packaged table."""
    return Calendar.from_rows((date.fromisoformat(row["day"]), row["is_rest"] == "1") for row in read_table("holidays"))


def gathered(
    connection: Connection[Any], *, department: UUID, year: int, items: Iterable[Item], today: date
) -> tuple[Fact, ...]:
    """The facts of a department's year up to today, with the working days between their days."""
    # Who a record is about stands in its subject and not in its content.
    needed = {
        item.code: [one.code for one in item.fields if one.required != "no" and one.column not in PARTY_COLUMNS]
        for item in items
    }
    last = min(date(year + 1, 1, 1), date.fromordinal(today.toordinal() + 1))
    rows = store.gather(connection, department=department, first=date(year, 1, 1), last=last, needed=needed)
    calendar = working_calendar()
    return tuple(
        Fact(item, kind, first, until, working_days_between(first, until, calendar=calendar), count)
        for item, kind, first, until, count in rows
    )


@dataclass(frozen=True, slots=True)
class Line:
    """One indicator of one department, with the facts behind it."""

    indicator: Indicator
    figure: Figure
    facts: list[tuple[Fact, str, str]]


def lines_of(one: Assessment, facts: tuple[Fact, ...], names: dict[str, str]) -> list[Line]:
    """Lay an assessment out: each number with what it is made of."""
    figures = {figure.key: figure for figure in one.figures}
    return [
        Line(indicator, figures[indicator.key], [
            (fact, KIND_WORDS.get(fact.kind, fact.kind), names.get(fact.item, fact.item))
            for fact in behind(facts, indicator)
        ])
        for indicator in edition_of(one.edition).indicators if indicator.key in figures
    ]  # fmt: skip


def levels_chart(found: Iterable[Assessment]) -> Chart:
    """How many departments reached which level, indicator by indicator: no department is named."""
    every = list(found)
    labels = [(figure.key, label) for one in every[:1] for label, figure in columns_of(one)]
    counts: Counter[tuple[str, str]] = Counter(
        (figure.key, figure.level or "none") for one in every for figure in one.figures
    )
    return Chart(
        "levels", "各项指标达到的等级",
        f"{len(every)} 个部门中，每项指标达到各等级的部门数。", "指标",
        (("优秀", "good"), ("良好", "calm"), ("合格", "warn"), ("未达到", "bad"), ("无数据", "plain")),
        counted_rows(labels, counts, ("excellent", "expected", "required", "below", "none")), is_flat=True,
    )  # fmt: skip


def columns_of(one: Assessment) -> list[tuple[str, Figure]]:
    """The figures of a table's row, each with its column's name."""
    figures = {figure.key: figure for figure in one.figures}
    indicators = edition_of(one.edition).indicators
    return [(indicator.label, figures[indicator.key]) for indicator in indicators if indicator.key in figures]
