"""A file judged row by row, nothing stored: what `check` answers and `submit` enters."""

from collections.abc import Callable, Generator
from contextlib import closing
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl

from limu.check.documents import document_number_is_repeated
from limu.check.finding import FINDING_SCHEMA, PERSON
from limu.check.judge import CheckResult, apply_checks, repeat_findings
from limu.intake.rules import (
    CHUNK_ROWS,
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
from limu.intake.rules_mapping import HeaderMapping
from limu.intake.rules_rows import FORMULAS, MARKS, PERSONS, ROW, SURPLUS, as_fields, split_cells, without_litter
from limu.intake.store_formulas import column_letters
from limu.intake.store_reading import Reading, open_reading
from limu.intake.store_table import chunked
from limu.record.item import Field, Item

REPEATED = document_number_is_repeated.code
SURPLUS_CODE = "F-201"
SPLIT_CODE = "F-202"
FORMULA_CODE = "F-203"
UNCOMPUTED_CODE = "F-204"
PERSONS_CODE = "F-205"


@dataclass(frozen=True, slots=True)
class Judged:
    """One chunk after the checks: rows of the file, entries after splitting, what was found."""

    number: int
    rows: int
    entries: int
    accepted: pl.DataFrame
    refused: tuple[tuple[int, tuple[str, ...]], ...]
    findings: pl.DataFrame
    keys: pl.DataFrame


def judged_chunks(reading: Reading, *, item: Item, order: Order) -> Generator[Judged, None, None]:
    """Judge a file chunk by chunk, in its own order; raises FaultyFileError where the file breaks off."""
    # Judging needs nothing from the chunks before, so a resumed submission may skip what it has entered.
    for _, judged in judged_rows(reading, item=item, order=order):
        yield judged


def judged_rows(
    reading: Reading, *, item: Item, order: Order
) -> Generator[tuple[pl.DataFrame, Judged], None, None]:  # fmt: skip
    """Judge a file chunk by chunk and hand out each chunk's own rows beside what is said of them."""
    for number, raw in enumerate(chunked(reading.table.frames, order.heights(reading.table.lines))):
        rows = without_litter(raw)
        fields = as_fields(rows, reading.plan)
        yield rows, judge_fields(number, fields, item=item, today=order.today, rows=rows.height, reading=reading)


def judge_fields(
    number: int, fields: pl.DataFrame, *, item: Item, today: date, rows: int, reading: Reading | None = None
) -> Judged:
    """Judge rows whose columns are fields of the item; a form is a frame of one row, read from nothing."""
    split = split_cells(fields, item)
    result = apply_checks(split.drop(MARKS, strict=False), item, today=today)
    surplus = _surplus_rows(split)
    # What a shifted row says of its cells is not to be told: it may be a person's name under another header.
    sound = result.findings.filter(~pl.col(ROW).is_in(surplus)) if surplus else result.findings
    told = [_formula_findings(split, reading, item)] if reading and FORMULAS in split.columns else []
    findings = pl.concat([sound, _surplus_findings(surplus), _split_findings(split), _person_findings(split), *told])
    findings = findings.with_columns(pl.col(ROW).alias("entry"))
    refused = _refused(findings)
    bad = pl.Series("bad", [row for row, _ in refused], dtype=pl.Int64)
    accepted = result.frame.filter(~pl.col(ROW).is_in(bad.implode()) & ~pl.col("is_person") & ~pl.col("refused"))
    keys = _keys(result, findings, surplus)
    return Judged(number, rows, split.height, accepted, refused, _restated(findings), keys)


def _keys(result: CheckResult, findings: pl.DataFrame, surplus: list[int]) -> pl.DataFrame:
    """The keys by which rows of later chunks are known as the same act, and which of the rows were told so already."""
    told = findings.filter(pl.col("code") == REPEATED).get_column(ROW)
    is_silent = pl.col(ROW).is_in(told.implode()) | pl.col(ROW).is_in(surplus) | pl.col("is_person")
    return result.frame.select(ROW, is_silent.alias("is_silent"), result.keys.alias("key")).filter(
        pl.col("key").is_not_null()
    )


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
    return _of_rows(rows, (SURPLUS_CODE, "refuse"), wrong="单元格比表头多", cure="请检查是否有未加引号的逗号。")


def _split_findings(frame: pl.DataFrame) -> pl.DataFrame:
    rows = sorted({stated_row(row) for row in frame.filter(pl.col(ROW) >= SPLIT_STEP).get_column(ROW)})
    wrong = "一个单元格中有多个主体，已拆分，各为一条"
    return _of_rows(rows, (SPLIT_CODE, "warn"), wrong=wrong, cure="请核对各主体的代码。")


def _person_findings(frame: pl.DataFrame) -> pl.DataFrame:
    if PERSONS not in frame.columns:
        return _of_rows([], (PERSONS_CODE, "warn"), wrong="", cure="")
    rows = sorted({stated_row(row) for row in frame.filter(pl.col(PERSONS)).get_column(ROW)})
    wrong = "当事人中有个人，不予接收，已删去；其姓名在本行其他文字中一并隐去"
    return _of_rows(rows, (PERSONS_CODE, "warn"), wrong=wrong, cure="请只报送单位；原文中也请删去个人姓名。")


def _formula_findings(frame: pl.DataFrame, reading: Reading, item: Item) -> pl.DataFrame:
    """What is said of formula cells: a stored result is taken and told of, a cell never computed is refused."""
    fields = {at: code for code, at in reading.plan.columns.items()}
    told = [
        _of_cell(row, item.field(fields[max(mark, ~mark)]), column=max(mark, ~mark) + reading.layout.first_column,
                 has_result=mark >= 0)
        for row, marks in frame.filter(pl.col(FORMULAS).is_not_null()).select(ROW, FORMULAS).iter_rows()
        for mark in marks if max(mark, ~mark) in fields
    ]  # fmt: skip
    return pl.DataFrame(told, schema=FINDING_SCHEMA, orient="row")


def _of_cell(row: int, field: Field | None, *, column: int, has_result: bool) -> tuple[Any, ...]:
    code, label = (field.code, field.label) if field else ("", "")
    place = f"{column_letters(column)} 列是公式"
    if has_result:
        wrong, cure = f"{place}，已取表格中保存的计算结果", "请核对结果；更稳妥的是“选择性粘贴”为数值。"
    else:
        wrong, cure = f"{place}，但没有计算结果", "请用 Excel 或 WPS 打开、重新计算并保存，或者改填数值。"
    told = (FORMULA_CODE, "warn") if has_result else (UNCOMPUTED_CODE, "refuse")
    return (row, code, label, *told, f"第 {row} 行「{label}」：{wrong}。{cure}", cure, "")


def _of_rows(rows: list[int], what: tuple[str, str], *, wrong: str, cure: str) -> pl.DataFrame:
    told = [(row, "", "整行", *what, f"第 {row} 行「整行」：{wrong}。{cure}", cure, "") for row in rows]
    return pl.DataFrame(told, schema=FINDING_SCHEMA, orient="row")


class Tally:
    """The findings of a file gathered: all are counted by code, one of each is an example, the first are carried."""

    __slots__ = ("_item", "_keys", "_order", "_skip", "codes", "examples", "findings", "repeated", "rows")

    def __init__(self, item: Item, order: Order) -> None:
        self._item, self._order, self._skip = item, order, order.skip
        self._keys: list[pl.DataFrame] = []
        self.examples: dict[str, Told] = {}
        self.repeated: tuple[int, ...] = ()
        self.rows = 0
        self.codes: dict[str, int] = {}
        self.findings: list[Told] = []

    @property
    def is_full(self) -> bool:
        """Whether it carries as many findings as were asked for."""
        return self._order.most is not None and len(self.findings) >= self._order.most

    def add(self, judged: Judged) -> None:
        """Take in a chunk."""
        self.rows += judged.rows
        self._take(judged.findings)
        if judged.keys.height:
            self._keys.append(judged.keys)

    def finish(self) -> None:
        """Tell what only the whole file shows: the same act in rows of different chunks."""
        if len(self._keys) < 2:
            return
        keys = pl.concat(self._keys)
        again = keys.filter(pl.col("key").is_duplicated() & ~pl.col("is_silent")).get_column(ROW)
        self.repeated = tuple(again)
        for some in again.to_frame().iter_slices(CHUNK_ROWS):
            self._take(repeated_findings(some.get_column(ROW), self._item, today=self._order.today))
        self._keys = []

    def _take(self, findings: pl.DataFrame) -> None:
        for code, count in findings.group_by("code", maintain_order=True).len().iter_rows():
            if code not in self.codes:
                self.examples[code] = told_of(findings.filter(pl.col("code") == code).head(1))[0]
            self.codes[code] = self.codes.get(code, 0) + count
        room = None if self._order.most is None else self._order.most - len(self.findings)
        if room is None or room > 0:
            here = findings.slice(self._skip)
            if self._order.gravest:
                here = here.sort(pl.col("level") != "refuse", maintain_order=True)
            self.findings += told_of(here if room is None else here.head(room))
        self._skip = max(self._skip - findings.height, 0)


def told_of(findings: pl.DataFrame) -> list[Told]:
    """Findings as the receipt and the workbook carry them."""
    return [Told(*row) for row in findings.select(list(FINDING_SCHEMA)).iter_rows()]


def repeated_findings(rows: pl.Series, item: Item, *, today: date) -> pl.DataFrame:
    """Say of rows that the same act stands in another row of the file, far away."""
    return _restated(repeat_findings(rows, item, today=today).with_columns(pl.col(ROW).alias("entry")))


def check_file(path: Path, *, item: Item, mapping: HeaderMapping, order: Order) -> Answer | UserFault:
    """Say what would be refused and why; stores nothing."""
    tally, counts = Tally(item, order), Counts()
    verdicts: dict[int, Verdict] = {}

    def take(judged: Judged) -> bool:
        nonlocal counts
        tally.add(judged)
        counts = _added(counts, judged)
        verdicts.update((row, "refused") for row, _ in judged.refused)
        return False

    layout = _walk(path, take, item=item, mapping=mapping, order=order)
    if isinstance(layout, UserFault):
        return layout
    if not tally.rows:
        return EMPTY
    tally.finish()
    return Answer(
        layout, tally.rows, counts, tally.codes, tuple(tally.findings), verdicts,
        examples=tuple(tally.examples.values()), repeated=tally.repeated,
    )  # fmt: skip


def told_in(path: Path, *, item: Item, mapping: HeaderMapping, order: Order) -> tuple[Told, ...] | UserFault:
    """Tell so many findings of a file as are asked for, from where the order begins; what lies behind is not judged."""
    tally = Tally(item, order)

    def take(judged: Judged) -> bool:
        tally.add(judged)
        return tally.is_full

    layout = _walk(path, take, item=item, mapping=mapping, order=order)
    if isinstance(layout, UserFault):
        return layout
    if not tally.is_full:
        tally.finish()
    return tuple(tally.findings)


def _walk(
    path: Path, take: Callable[[Judged], bool], *, item: Item, mapping: HeaderMapping, order: Order
) -> Layout | UserFault:
    """Judge a file chunk by chunk until who takes the chunks has enough; its layout, or why it cannot be read."""
    reading = open_reading(path, item=item, mapping=mapping)
    if isinstance(reading, UserFault):
        return reading
    try:
        with closing(judged_chunks(reading, item=item, order=order)) as chunks:
            for judged in chunks:
                if take(judged):
                    break
    except FaultyFileError as faulty:
        return faulty.fault
    return reading.layout


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
        # Of what was sent before only what was kept is known.
        "rows": answer.submission.rows if answer.submission and answer.is_repeated else answer.rows,
        **{name: getattr(answer.counts, name) for name in Counts.__dataclass_fields__},
        "is_repeated": answer.is_repeated,
        "codes": answer.codes,
        "findings": [{name: getattr(told, name) for name in Told.__dataclass_fields__} for told in answer.findings],
        "file": None if layout is None else {
            "format": layout.format, "encoding": layout.encoding, "sheet": layout.sheet,
            "header_row": layout.header_row, "notes": list(layout.notes),
        },
    }  # fmt: skip
