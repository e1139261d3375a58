"""The answer workbook: the user's rows in their order, result and reason first, wrong cells marked (ux.md 2.3)."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import polars as pl
import xlsxwriter

from limu.intake.rules import WORKBOOK_ROWS, Answer, Told, UserFault, stated_row
from limu.intake.rules_headers import ANSWER_COLUMNS, Plan, normal_header
from limu.intake.rules_mapping import HeaderMapping
from limu.intake.rules_rows import SURPLUS, without_litter
from limu.intake.store_reading import open_reading
from limu.record.item import Item

VERDICTS: Final = {"refused": "退回", "duplicate": "已存在，跳过", "conflict": "与已有记录冲突", "": "可入库"}
REASONS: Final = {
    "duplicate": "该记录已经入库，不重复入库。",
    "conflict": "同一记录已经入库，但内容不同。确需更正的，请以更正方式报送（--correct）。",
}
CELL_LIMIT: Final = 32_767
_DANGEROUS: Final = ("=", "+", "-", "@", "\t", "\r")


def write_answer(target: Path, source: Path, *, item: Item, mapping: HeaderMapping, answer: Answer) -> None:
    """Write the workbook, readable by its owner alone; it is read once more from the source, row by row.

    Above 100 000 rows only those with a problem are in it, and its first sheet says so."""
    reading = open_reading(source, item=item, mapping=mapping)
    if isinstance(reading, UserFault):
        return
    os.close(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600))
    is_partial = answer.rows > WORKBOOK_ROWS
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "in_memory": False}
    with xlsxwriter.Workbook(str(target), options) as workbook:
        writer = _Sheet(workbook, reading.plan, header=reading.layout.header, answer=answer)
        writer.head(is_partial=is_partial)
        for frame in reading.table.frames:
            for row in _rows(without_litter(frame), len(reading.layout.header)):
                writer.row(row, is_partial=is_partial)
        _summary(workbook, answer)


def neutral(text: str) -> str:
    """A text that no spreadsheet takes for a formula (ASVS 1.2.10); numbers stay what they are."""
    is_number = text[1:].replace(".", "", 1).isdigit()
    return f"'{text}" if text.startswith(_DANGEROUS) and not is_number else text


def _rows(frame: pl.DataFrame, width: int) -> Iterator[tuple[int, list[str]]]:
    for values in frame.drop(SURPLUS, strict=False).iter_rows():
        yield values[0], ["" if cell is None else str(cell) for cell in values[1 : width + 1]]


class _Sheet:
    """The sheet 处理结果 as it grows."""

    __slots__ = (
        "_answer",
        "_book",
        "_columns",
        "_findings",
        "_formats",
        "_header",
        "_kept",
        "_line",
        "_sheet",
        "_verdicts",
    )

    def __init__(self, workbook: Any, plan: Plan, *, header: tuple[str, ...], answer: Answer) -> None:
        self._book, self._header, self._answer = workbook, header, answer
        self._kept = [at for at, name in enumerate(header) if normal_header(name) not in ANSWER_COLUMNS]
        self._columns = {at: code for code, at in plan.columns.items()}
        self._findings: dict[int, list[Told]] = {}
        for told in answer.findings:
            self._findings.setdefault(told.row, []).append(told)
        self._verdicts: dict[int, set[str]] = {}
        for row, verdict in answer.verdicts.items():
            self._verdicts.setdefault(stated_row(row), set()).add(verdict)
        self._sheet = workbook.add_worksheet("数据")
        self._formats = {
            "": workbook.add_format({"font_color": "#808080", "num_format": "@"}),
            "refused": workbook.add_format({"num_format": "@"}),
            "bad": workbook.add_format({"bg_color": "#FFC7CE", "font_color": "#9C0006", "num_format": "@"}),
            "head": workbook.add_format({"bold": True, "bg_color": "#D9E1F2"}),
        }
        self._line = 0

    def head(self, *, is_partial: bool) -> None:
        """Write the header, and above it the note that not all rows are here."""
        if is_partial:
            note = f"本表超过 {WORKBOOK_ROWS} 行，以下只列出有问题的行；其余各行均已按规则处理。"
            self._sheet.write_string(0, 0, note)
            self._line = 1
        names = [*ANSWER_COLUMNS, *(self._header[at] for at in self._kept)]
        for column, name in enumerate(names):
            self._sheet.write_string(self._line, column, neutral(name), self._formats["head"])
        self._sheet.freeze_panes(self._line + 1, 2)
        self._sheet.set_column(0, 0, 14)
        self._sheet.set_column(1, 1, 60)
        self._line += 1

    def row(self, row: tuple[int, list[str]], *, is_partial: bool) -> None:
        """Write one row with its result; grey where it is taken in."""
        number, cells = row
        verdict = self._verdict(number)
        findings = self._findings.get(number, [])
        if is_partial and not verdict:
            return
        plain = self._formats["refused" if verdict in ("refused", "conflict") else ""]
        told = [one.message for one in findings] + ([REASONS[verdict]] if verdict in REASONS else [])
        self._text(0, self._result(verdict), plain)
        self._text(1, "\n".join(told), plain)
        bad = {one.field: one for one in findings if one.level == "refuse"}
        for column, at in enumerate(self._kept, start=2):
            fault = bad.get(self._columns.get(at, ""))
            self._text(column, cells[at] if at < len(cells) else "", self._formats["bad"] if fault else plain)
            if fault:
                self._sheet.write_comment(self._line, column, fault.message, {"author": "立木"})
        self._line += 1

    def _verdict(self, number: int) -> str:
        found = self._verdicts.get(number, set())
        return next((one for one in ("refused", "conflict", "duplicate") if one in found), "")

    def _result(self, verdict: str) -> str:
        return "已入库" if not verdict and self._answer.submission else VERDICTS[verdict]

    def _text(self, column: int, text: str, form: Any) -> None:
        self._sheet.write_string(self._line, column, neutral(text)[:CELL_LIMIT], form)


def _summary(workbook: Any, answer: Answer) -> None:
    sheet = workbook.add_worksheet("问题汇总")
    words = {told.code: told for told in answer.findings}
    bold = workbook.add_format({"bold": True})
    for column, name in enumerate(("代码", "级别", "行数", "说明", "依据")):
        sheet.write_string(0, column, name, bold)
    sheet.set_column(3, 3, 80)
    for line, (code, count) in enumerate(sorted(answer.codes.items()), start=1):
        told = words.get(code)
        level = "" if told is None else {"refuse": "退回", "warn": "提醒"}.get(told.level, told.level)
        cells = (
            code,
            level,
            str(count),
            told.message if told else REASONS.get(code, ""),
            told.citation if told else "",
        )
        for column, text in enumerate(cells):
            sheet.write_string(line, column, neutral(text)[:CELL_LIMIT])
