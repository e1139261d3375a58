"""The answer workbook: the user's rows in their order, result and reason first, wrong cells marked (ux.md 2.3)."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import xlsxwriter

from limu.intake.rules import WORKBOOK_ROWS, Answer, Told
from limu.intake.rules_answer import RowAnswers, summary_lines
from limu.intake.rules_headers import ANSWER_COLUMNS, normal_header
from limu.intake.store_reading import Reading

CELL_LIMIT: Final = 32_767
NOTED_ROWS: Final = 20_000
"""Up to so many rows a wrong cell also carries its reason as a note: notes are held until the workbook is closed."""
# A text that begins with = + - or @ stays a text, in this workbook and in what is saved from it (ASVS 1.2.10).
_TEXT: Final = {"num_format": "@", "quote_prefix": True}


@contextmanager
def answer_sheet(target: Path, reading: Reading, answer: Answer) -> Iterator["Sheet"]:
    """Lend the answer workbook as it grows, row by row; with its summary it is complete when the block ends.

    Above 100 000 rows only those with a problem are in it, and its first sheet says so."""
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(str(target), options) as workbook:
        sheet = Sheet(workbook, reading, answer)
        sheet.head()
        yield sheet
        _summary(workbook, answer)


class Sheet:
    """The sheet of rows as it grows."""

    __slots__ = ("_columns", "_formats", "_header", "_is_partial", "_kept", "_line", "_sheet", "_told", "_with_notes")

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
        self._is_partial = answer.rows > WORKBOOK_ROWS
        self._with_notes = answer.rows <= NOTED_ROWS

    def turn(self, findings: Iterable[Told]) -> None:
        """Go on to other rows, with what was found in them."""
        self._told.turn(findings)

    def head(self) -> None:
        """Write the header, and above it the note that not all rows are here."""
        self._sheet.set_column(0, 0, 14)
        self._sheet.set_column(1, 1, 60)
        if self._is_partial:
            note = f"本表超过 {WORKBOOK_ROWS} 行，以下只列出有问题的行；其余各行均已按规则处理。"
            self._sheet.write_string(0, 0, note)
            self._line = 1
        self._sheet.freeze_panes(self._line + 1, 2)
        self._write([*ANSWER_COLUMNS, *(self._header[at] for at in self._kept)], "head")

    def row(self, number: int, cells: list[str]) -> None:
        """Write one row with its result; grey where it is in the register."""
        verdict = self._told.verdict(number)
        if self._is_partial and verdict == self._told.usual:
            return
        bad = {one.field: one.message for one in self._told.findings(number) if one.level == "refuse"}
        line = self._line
        form = "plain" if verdict in ("refused", "conflict") else "good"
        self._write([self._told.result(number), self._told.reason(number), *(cells[at] for at in self._kept)], form)
        for column, at in enumerate(self._kept, start=2):
            if message := bad.get(self._columns.get(at, "-")):
                self._sheet.write_string(line, column, cells[at][:CELL_LIMIT], self._formats["bad"])
                if self._with_notes:
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
