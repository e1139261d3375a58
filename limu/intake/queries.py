"""A file judged row by row, nothing stored: what `check` answers and `submit` enters."""

from collections.abc import Generator
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl

from limu.check.finding import FINDING_SCHEMA, PERSON
from limu.check.judge import apply_checks
from limu.intake.rules import (
    EMPTY,
    SPLIT_STEP,
    Answer,
    Counts,
    FaultyFileError,
    Layout,
    Order,
    Told,
    UserFault,
    Verdict,
    stated_row,
)
from limu.intake.rules_headers import Plan, known_headers, plan_columns
from limu.intake.rules_mapping import HeaderMapping
from limu.intake.rules_rows import ROW, SURPLUS, as_fields, split_cells, without_litter
from limu.intake.store_files import find_kind, is_misnamed, open_table
from limu.intake.store_table import Table, chunked
from limu.record.item import Item

SURPLUS_CODE = "F-201"
SPLIT_CODE = "F-202"


@dataclass(frozen=True, slots=True)
class Reading:
    """A file opened for an item: how it was understood, which column feeds what, its rows still to come."""

    layout: Layout
    plan: Plan
    table: Table


@dataclass(frozen=True, slots=True)
class Judged:
    """One chunk after the checks: rows of the file, entries after splitting, what was found."""

    number: int
    rows: int
    entries: int
    accepted: pl.DataFrame
    refused: tuple[tuple[int, tuple[str, ...]], ...]
    findings: pl.DataFrame


def open_reading(path: Path, *, item: Item, mapping: HeaderMapping) -> Reading | UserFault:
    """Recognise a file's kind and header, or say why it cannot be read."""
    if not path.is_file():
        return UserFault("F-100", "没有这个文件。", "请核对路径。")
    names = item.headers()
    expected = known_headers(names) | known_headers({source: code for source, code in mapping.columns.items()})
    table = open_table(path, known=expected, mapping=mapping)
    if isinstance(table, UserFault):
        return table
    plan = plan_columns(table.layout.header, names, mapping)
    if isinstance(plan, UserFault):
        return plan
    if missing := _missing(item, plan):
        return UserFault("F-108", f"缺少必需的列：{'、'.join(missing)}。", "请补上该列，或者用 --mapping 说明由哪一列提供。")
    return Reading(replace(table.layout, notes=_notes(path, plan)), plan, table)


def _missing(item: Item, plan: Plan) -> list[str]:
    there = {*plan.columns, *plan.constants}
    return [one.label for one in item.fields if one.required == "accept" and one.code not in there]


def _notes(path: Path, plan: Plan) -> tuple[str, ...]:
    kind = find_kind(path)
    notes = [f"未使用的列：{'、'.join(plan.ignored)}"] if plan.ignored else []
    if not isinstance(kind, UserFault) and is_misnamed(path, kind):
        notes.append(f"文件扩展名 {path.suffix} 与内容不符，已按内容读取")
    return tuple(notes)


def judged_chunks(reading: Reading, *, item: Item, today: date) -> Generator[Judged, None, None]:
    """Judge a file chunk by chunk, in its own order; raises FaultyFileError where the file breaks off."""
    # Judging needs nothing from the chunks before, so a resumed submission may skip what it has entered.
    for number, raw in enumerate(chunked(reading.table.frames)):
        yield _judge(number, raw, reading=reading, item=item, today=today)


def _judge(number: int, raw: pl.DataFrame, *, reading: Reading, item: Item, today: date) -> Judged:
    rows = without_litter(raw)
    split = split_cells(as_fields(rows, reading.plan), item)
    result = apply_checks(split.drop(SURPLUS, strict=False), item, today=today)
    surplus = _surplus_rows(split)
    # What a shifted row says of its cells is not to be told: it may be a person's name under another header.
    sound = result.findings.filter(~pl.col(ROW).is_in(surplus)) if surplus else result.findings
    findings = pl.concat([sound, _surplus_findings(surplus), _split_findings(split)])
    findings = findings.with_columns(pl.col(ROW).alias("entry"))
    told = _restated(findings)
    refused = _refused(findings)
    bad = pl.Series("bad", [row for row, _ in refused], dtype=pl.Int64)
    accepted = result.frame.filter(~pl.col(ROW).is_in(bad.implode()) & ~pl.col("is_person") & ~pl.col("refused"))
    return Judged(number, rows.height, split.height, accepted, refused, told)


def _refused(findings: pl.DataFrame) -> tuple[tuple[int, tuple[str, ...]], ...]:
    refusing = findings.filter(pl.col("level") == "refuse")
    grouped = refusing.group_by("entry", maintain_order=True).agg(pl.col("code").unique(maintain_order=True))
    # Of a row about a person nothing is kept but that it was one.
    return tuple((row, (PERSON,) if PERSON in codes else tuple(codes)) for row, codes in grouped.iter_rows())


def _restated(findings: pl.DataFrame) -> pl.DataFrame:
    """Findings of a second party speak of the row of the user's file."""
    stated = pl.col("entry") % SPLIT_STEP
    message = pl.format("第 {} 行{}", stated, pl.col("message").str.replace(r"^第 \d+ 行", ""))
    return findings.with_columns(
        stated.alias(ROW), pl.when(pl.col("entry") != stated).then(message).otherwise("message").alias("message")
    )


def _surplus_rows(frame: pl.DataFrame) -> list[int]:
    return frame.filter(pl.col(SURPLUS)).get_column(ROW).to_list() if SURPLUS in frame.columns else []


def _surplus_findings(rows: list[int]) -> pl.DataFrame:
    text, cure = "单元格比表头多", "请检查是否有未加引号的逗号"
    return pl.DataFrame(
        [(row, "", "整行", SURPLUS_CODE, "refuse", f"第 {row} 行「整行」：{text}。{cure}。", f"{cure}。", "") for row in rows],
        schema=FINDING_SCHEMA, orient="row",
    )  # fmt: skip


def _split_findings(frame: pl.DataFrame) -> pl.DataFrame:
    rows = sorted({stated_row(row) for row in frame.filter(pl.col(ROW) >= SPLIT_STEP).get_column(ROW)})
    text, cure = "一个单元格中有多个主体，已拆分，各为一条", "请核对各主体的代码"
    return pl.DataFrame(
        [(row, "", "整行", SPLIT_CODE, "warn", f"第 {row} 行「整行」：{text}。{cure}。", f"{cure}。", "") for row in rows],
        schema=FINDING_SCHEMA, orient="row",
    )  # fmt: skip


class Tally:
    """The findings of a file gathered: all are counted by code, the first are carried in full."""

    __slots__ = ("_most", "codes", "findings", "rows")

    def __init__(self, most: int | None) -> None:
        self._most = most
        self.rows = 0
        self.codes: dict[str, int] = {}
        self.findings: list[Told] = []

    def add(self, judged: Judged) -> None:
        """Take in a chunk."""
        self.rows += judged.rows
        for code, count in judged.findings.group_by("code", maintain_order=True).len().iter_rows():
            self.codes[code] = self.codes.get(code, 0) + count
        room = None if self._most is None else self._most - len(self.findings)
        if room is None or room > 0:
            carried = judged.findings if room is None else judged.findings.head(room)
            self.findings += [Told(*row) for row in carried.select(list(FINDING_SCHEMA)).iter_rows()]


def check_file(path: Path, *, item: Item, mapping: HeaderMapping, order: Order) -> Answer | UserFault:
    """Say what would be refused and why; stores nothing."""
    reading = open_reading(path, item=item, mapping=mapping)
    if isinstance(reading, UserFault):
        return reading
    tally, counts = Tally(order.most), Counts()
    verdicts: dict[int, Verdict] = {}
    try:
        with closing(judged_chunks(reading, item=item, today=order.today)) as chunks:
            for judged in chunks:
                tally.add(judged)
                counts = _added(counts, judged)
                verdicts.update((row, "refused") for row, _ in judged.refused)
    except FaultyFileError as faulty:
        return faulty.fault
    if not tally.rows:
        return EMPTY
    return Answer(reading.layout, tally.rows, counts, tally.codes, tuple(tally.findings), verdicts)


def _added(counts: Counts, judged: Judged) -> Counts:
    refused = len(judged.refused)
    return Counts(
        received=counts.received + judged.entries,
        accepted=counts.accepted + judged.entries - refused,
        refused=counts.refused + refused,
    )


def receipt(answer: Answer) -> dict[str, Any]:
    """The answer as the command line and the API print it (JSON)."""
    layout = answer.layout
    return {
        "rows": answer.rows,
        **{name: getattr(answer.counts, name) for name in Counts.__dataclass_fields__},
        "is_repeated": answer.is_repeated,
        "codes": answer.codes,
        "findings": [{name: getattr(told, name) for name in Told.__dataclass_fields__} for told in answer.findings],
        "file": None if layout is None else {
            "format": layout.format, "encoding": layout.encoding, "sheet": layout.sheet,
            "header_row": layout.header_row, "notes": list(layout.notes),
        },
    }  # fmt: skip
