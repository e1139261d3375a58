"""The child's reading of a workbook: the sheet whose header is best known, or sheets that are one record each."""

from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

from limu.intake.rules_headers import MERGED_NOTE, SEARCHED_ROWS, FoundHeader, find_header, normal_header
from limu.intake.rules_merged import Spans
from limu.intake.rules_pairs import LEAST_PAIRS, records_of
from limu.intake.store_formulas import Formulas, find_formulas
from limu.wire.confine import HarmError
from limu.wire.sheets import open_workbook, sheet_rows, visible_sheets

LONGEST_FORM = 500
STAMP_SHEET = "标识"
STAMP_LABELS = ("目录编码", "版本")
MOST_STAMPED = 41
PAIRS_NOTE = "按“栏目—内容”的竖排表读取，一张工作表一条记录，行号为记录的次序"


def workbook_lines(path: Path, order: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Say how a workbook is understood, then its rows, each `[number, *cells]` with the places of its formulas."""
    known = frozenset(order["known"])
    with open_workbook(path) as workbook:
        name, found = _best_sheet(workbook, known)
        records = _records(workbook, known, order=order)
        pairs = max((len(record) for _, record in records), default=0)
        if order.get("shape") == "key_value" or (pairs >= LEAST_PAIRS and pairs > (found.score if found else 0)):
            lines = _record_lines(path, records)
        elif found is None:
            raise HarmError("no_header")
        else:
            lines = _table_lines(path, workbook.get_sheet_by_name(name), name=name, found=found)
        yield next(lines) | {"stamp": _stamp(workbook)}
        yield from lines


def _stamp(workbook: Any) -> list[str]:
    """The item and its version in the hidden sheet of our template; nothing where a workbook has none."""
    if STAMP_SHEET not in workbook.sheet_names:
        return []
    rows = islice(sheet_rows(workbook.get_sheet_by_name(STAMP_SHEET)), len(STAMP_LABELS))
    stamp = {row[0]: row[1][:MOST_STAMPED] for row in rows if len(row) > 1}
    return [stamp[label] for label in STAMP_LABELS] if set(stamp) == set(STAMP_LABELS) else []


def _best_sheet(workbook: Any, known: frozenset[str]) -> tuple[str, FoundHeader | None]:
    best: tuple[str, FoundHeader | None] = ("", None)
    for name in visible_sheets(workbook):
        sheet = workbook.get_sheet_by_name(name)
        found = find_header(islice(sheet_rows(sheet), SEARCHED_ROWS), known)
        if found and (best[1] is None or found.score > best[1].score):
            best = (name, found)
    return best


def _table_lines(path: Path, sheet: Any, *, name: str, found: FoundHeader) -> Iterator[dict[str, Any]]:
    first = sheet.start[1] if sheet.start else 0
    header = found.names
    ranges = getattr(sheet, "merged_cell_ranges", None) or ()
    spans = Spans(ranges, header_row=found.row, first_column=first, width=len(header))
    notes = [*([MERGED_NOTE] if found.lines > 1 else []), *spans.notes()]
    yield {"sheet": name, "header": header, "header_row": found.row + 1, "notes": notes, "first_column": first}
    formulas = _within(find_formulas(path, name), first=first, width=len(header))
    for number, cells in enumerate(sheet_rows(sheet), start=1):
        if number > found.row + 1:
            said = spans.filled(number - 1, cells[: len(header)])
            yield {"row": [number, *said], "formulas": formulas.get(number)}


def _within(formulas: Formulas, *, first: int, width: int) -> Formulas:
    """The formulas below the header's columns, counted from the table's first column."""
    kept = {
        row: [(column - first, has_result) for column, has_result in found if 0 <= column - first < width]
        for row, found in formulas.items()
    }
    return {row: found for row, found in kept.items() if found}


Record = dict[str, tuple[str, int, int]]


def _records(workbook: Any, known: frozenset[str], *, order: dict[str, Any]) -> list[tuple[str, Record]]:
    """The records of sheets that say 栏目 and 内容 side by side, each with its sheet; a long sheet is a table."""
    is_stated = order.get("shape") == "key_value"
    first_key = normal_header(order.get("first_key") or "") or None
    sheets = {name: workbook.get_sheet_by_name(name) for name in visible_sheets(workbook)}
    return [
        (name, _shifted(record, sheet.start[1] if sheet.start else 0))
        for name, sheet in sheets.items()
        if is_stated or sheet.height <= LONGEST_FORM
        for record in records_of(sheet_rows(sheet), known, first_key=first_key)
    ]


def _shifted(record: Record, first: int) -> Record:
    return {key: (text, row, at + first) for key, (text, row, at) in record.items()}


def _record_lines(path: Path, records: list[tuple[str, Record]]) -> Iterator[dict[str, Any]]:
    if not records:
        raise HarmError("no_header")
    header = list(dict.fromkeys(key for _, record in records for key in record))
    yield {"sheet": records[0][0], "header": header, "header_row": 0, "notes": [PAIRS_NOTE], "first_column": 0}
    formulas = {name: find_formulas(path, name) for name in dict.fromkeys(name for name, _ in records)}
    for number, (name, record) in enumerate(records, start=1):
        cells = [record[key][0] if key in record else "" for key in header]
        places = {(row, at): has for row, found in formulas[name].items() for at, has in found}
        marks = [
            (at, places[record[key][1:]])
            for at, key in enumerate(header)
            if key in record and record[key][1:] in places
        ]
        yield {"row": [number, *cells], "formulas": marks or None}
