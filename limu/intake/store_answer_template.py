"""The answer in the department's own workbook: drop-downs and hidden sheets of our template survive (ux.md 2.3)."""

import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import openpyxl
from openpyxl.comments import Comment
from openpyxl.styles import Font, PatternFill
from openpyxl.utils import get_column_letter

from limu.intake.rules_answer import RowAnswers
from limu.intake.rules_headers import ANSWER_COLUMNS
from limu.intake.store_reading import Reading

STAMP_SHEET: Final = "标识"
SUMMARY_SHEET: Final = "问题汇总"
MOST_ROWS: Final = 5000
_BAD: Final = PatternFill("solid", fgColor="FFC7CE")
_GREY: Final = Font(color="808080")
_BOLD: Final = Font(bold=True)


def is_template(path: Path) -> bool:
    """Whether a workbook carries the stamp of our template."""
    if not zipfile.is_zipfile(path):
        return False
    with zipfile.ZipFile(path) as container:
        try:
            return f'name="{STAMP_SHEET}"'.encode() in container.read("xl/workbook.xml")
        except KeyError:
            return False


def fill_template(
    source: Path,
    target: Path,
    *,
    reading: Reading,
    rows: Sequence[int],
    told: RowAnswers,
    summary: Sequence[Sequence[str]],
) -> None:
    """Write result and reason into a copy of the source.

    The file was read under limits before; here it is small and known to carry our stamp."""
    book = openpyxl.load_workbook(source)
    page = book[str(reading.layout.sheet)]
    shift = _make_room(page, reading.layout.header_row)
    places = {code: at + 1 + shift for code, at in reading.plan.columns.items()}
    for number in rows:
        page.cell(number, 1, told.result(number))
        page.cell(number, 2, told.reason(number))
        is_good = told.verdict(number) in (None, "duplicate")
        for cell in page[number]:
            _paint(cell, is_good=is_good)
        for one in told.findings(number):
            if one.level == "refuse" and one.field in places:
                _mark(page.cell(number, places[one.field]), one.message)
    _summarise(book, summary)
    book.save(target)


def _make_room(page: Any, header_row: int) -> int:
    """Insert the two columns, with drop-downs and widths moved along; nothing where they are there already."""
    if page.cell(header_row, 1).value == ANSWER_COLUMNS[0]:
        return 0
    widths = {letter: size.width for letter, size in page.column_dimensions.items()}
    page.insert_cols(1, len(ANSWER_COLUMNS))
    for rule in page.data_validations.dataValidation:
        for area in rule.sqref.ranges:
            area.shift(col_shift=len(ANSWER_COLUMNS))
    for number, letter in enumerate(sorted(widths, key=lambda one: (len(one), one)), start=3):
        page.column_dimensions[get_column_letter(number)].width = widths[letter]
    for number, name in enumerate(ANSWER_COLUMNS, start=1):
        page.cell(header_row, number, name).font = _BOLD
    page.column_dimensions["A"].width, page.column_dimensions["B"].width = 14, 60
    page.freeze_panes = page.cell(header_row + 1, 3)
    return len(ANSWER_COLUMNS)


def _paint(cell: Any, *, is_good: bool) -> None:
    cell.comment = None
    cell.fill = PatternFill()
    cell.font = _GREY if is_good else Font()


def _mark(cell: Any, message: str) -> None:
    cell.fill = _BAD
    cell.comment = Comment(message, "立木")


def _summarise(book: Any, lines: Sequence[Sequence[str]]) -> None:
    if SUMMARY_SHEET in book.sheetnames:
        book.remove(book[SUMMARY_SHEET])
    page = book.create_sheet(SUMMARY_SHEET)
    for line in lines:
        page.append(list(line))
    page.column_dimensions["D"].width = 80
