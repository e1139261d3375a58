"""The answer workbook: the user's rows in their order, result and reason first, wrong cells marked (ux.md 2.3)."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import polars as pl
import xlsxwriter

from limu.intake.rules import WORKBOOK_ROWS, Answer, UserFault
from limu.intake.rules_answer import RowAnswers, summary_lines
from limu.intake.rules_headers import ANSWER_COLUMNS, normal_header
from limu.intake.rules_mapping import HeaderMapping
from limu.intake.rules_rows import MARKS, ROW, without_litter
from limu.intake.store_answer_template import MOST_ROWS, fill_template, is_template
from limu.intake.store_reading import Reading, open_reading
from limu.record.item import Item

CELL_LIMIT: Final = 32_767
# A text that begins with = + - or @ stays a text, in this workbook and in what is saved from it (ASVS 1.2.10).
_TEXT: Final = {"num_format": "@", "quote_prefix": True}


def write_answer(target: Path, source: Path, *, item: Item, mapping: HeaderMapping, answer: Answer) -> None:
    """Write the workbook, readable by its owner alone; the source is read once more, row by row.

    Our own template comes back as it was, with its drop-downs. Above 100 000 rows only those with a problem are in
    it, and its first sheet says so."""
    reading = open_reading(source, item=item, mapping=mapping)
    if isinstance(reading, UserFault):
        return
    os.close(os.open(target, os.O_WRONLY | os.O_CREAT, 0o600))
    if reading.layout.sheet and answer.rows <= MOST_ROWS and is_template(source):
        _fill(target, source, reading, answer=answer)
    else:
        _write(target, reading, answer)


def _fill(target: Path, source: Path, reading: Reading, *, answer: Answer) -> None:
    told = RowAnswers(answer)
    numbers = [row for frame in reading.table.frames for row in without_litter(frame).get_column(ROW)]
    fill_template(source, target, reading=reading, rows=numbers, told=told, summary=summary_lines(answer))


def _write(target: Path, reading: Reading, answer: Answer) -> None:
    is_partial = answer.rows > WORKBOOK_ROWS
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(str(target), options) as workbook:
        writer = _Sheet(workbook, reading, answer)
        writer.head(is_partial=is_partial)
        for frame in reading.table.frames:
            for number, cells in _rows(without_litter(frame), len(reading.layout.header)):
                writer.row(number, cells, is_partial=is_partial)
        _summary(workbook, answer)


def _rows(frame: pl.DataFrame, width: int) -> Iterator[tuple[int, list[str]]]:
    for values in frame.drop(MARKS, strict=False).iter_rows():
        yield values[0], ["" if cell is None else str(cell) for cell in values[1 : width + 1]]


class _Sheet:
    """The sheet of rows as it grows."""

    __slots__ = ("_columns", "_formats", "_header", "_kept", "_line", "_sheet", "_told")

    def __init__(self, workbook: Any, reading: Reading, answer: Answer) -> None:
        self._header = reading.layout.header
        self._kept = [at for at, name in enumerate(self._header) if normal_header(name) not in ANSWER_COLUMNS]
        self._columns = {at: code for code, at in reading.plan.columns.items()}
        self._told = RowAnswers(answer)
        self._sheet = workbook.add_worksheet("数据")
        self._formats = {
            "good": workbook.add_format({**_TEXT, "font_color": "#808080"}),
            "plain": workbook.add_format(_TEXT),
            "bad": workbook.add_format({**_TEXT, "bg_color": "#FFC7CE", "font_color": "#9C0006"}),
            "head": workbook.add_format({**_TEXT, "bold": True, "bg_color": "#D9E1F2"}),
        }
        self._line = 0

    def head(self, *, is_partial: bool) -> None:
        """Write the header, and above it the note that not all rows are here."""
        self._sheet.set_column(0, 0, 14)
        self._sheet.set_column(1, 1, 60)
        if is_partial:
            note = f"本表超过 {WORKBOOK_ROWS} 行，以下只列出有问题的行；其余各行均已按规则处理。"
            self._sheet.write_string(0, 0, note)
            self._line = 1
        self._sheet.freeze_panes(self._line + 1, 2)
        self._write([*ANSWER_COLUMNS, *(self._header[at] for at in self._kept)], "head")

    def row(self, number: int, cells: list[str], *, is_partial: bool) -> None:
        """Write one row with its result; grey where it is in the register."""
        verdict = self._told.verdict(number)
        if is_partial and verdict == self._told.usual:
            return
        bad = {one.field: one.message for one in self._told.findings(number) if one.level == "refuse"}
        line = self._line
        form = "plain" if verdict in ("refused", "conflict") else "good"
        self._write([self._told.result(number), self._told.reason(number), *(cells[at] for at in self._kept)], form)
        for column, at in enumerate(self._kept, start=2):
            if message := bad.get(self._columns.get(at, "-")):
                self._sheet.write_string(line, column, cells[at][:CELL_LIMIT], self._formats["bad"])
                self._sheet.write_comment(line, column, message, {"author": "立木"})

    def _write(self, texts: list[str], form: str) -> None:
        for column, text in enumerate(texts):
            self._sheet.write_string(self._line, column, text[:CELL_LIMIT], self._formats[form])
        self._line += 1


def _summary(workbook: Any, answer: Answer) -> None:
    sheet = workbook.add_worksheet("问题汇总")
    sheet.set_column(3, 3, 80)
    plain = workbook.add_format(_TEXT)
    for number, line in enumerate(summary_lines(answer)):
        for column, text in enumerate(line):
            sheet.write_string(number, column, text[:CELL_LIMIT], plain)
