"""Reading a register's file in chunks: CSV in the encodings that registers use, or a workbook's first filled sheet."""

import csv
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

import polars as pl
from python_calamine import CalamineWorkbook

CHUNK = 25_000
_PROBE = 1 << 20
_WORKBOOKS = (".xlsx", ".xlsm", ".xls", ".xlsb", ".ods")


class UnreadableError(Exception):
    """The file is no table that can be read."""


def read_chunks(path: Path) -> Iterator[tuple[list[str], list[list[str]]]]:
    """Yield the headers with each chunk of rows, every cell as text."""
    rows = _sheet_rows(path) if path.suffix.lower() in _WORKBOOKS else _csv_rows(path)
    headers = [cell.strip().lstrip("\ufeff") for cell in next(rows, [])]
    if not any(headers):
        raise UnreadableError
    while chunk := list(islice(rows, CHUNK)):
        yield headers, chunk


def frame_of(headers: list[str], rows: list[list[str]], *, fields: dict[str, str], first: int) -> pl.DataFrame:
    """Lay the wanted columns of a chunk side by side, by field; `row` counts as people do, the header being row 1."""
    places = {field: headers.index(header) for field, header in fields.items()}
    columns = {
        field: pl.Series([row[at] if at < len(row) else None for row in rows], dtype=pl.String)
        for field, at in places.items()
    }
    numbers = pl.Series(range(first, first + len(rows)), dtype=pl.Int64)
    return pl.DataFrame({"row": numbers, **columns})


def _csv_rows(path: Path) -> Iterator[list[str]]:
    with path.open(encoding=_encoding_of(path), newline="", errors="replace") as text:
        yield from (row for row in csv.reader(text) if row)


def _encoding_of(path: Path) -> str:
    with path.open("rb") as file:
        probe = file.read(_PROBE)
    for encoding in ("utf-8-sig", "utf-16") if probe[:2] in (b"\xff\xfe", b"\xfe\xff") else ("utf-8-sig",):
        try:
            # The probe may end inside a character.
            probe.decode(encoding) if len(probe) < _PROBE else probe[: probe.rfind(b"\n")].decode(encoding)
        except UnicodeDecodeError:
            continue
        return encoding
    return "gb18030"


def _sheet_rows(path: Path) -> Iterator[list[str]]:
    with CalamineWorkbook.from_path(str(path)) as book:
        for name in book.sheet_names:
            sheet = book.get_sheet_by_name(name)
            if sheet.total_height:
                yield from ([_cell(cell) for cell in row] for row in sheet.to_python(skip_empty_area=True))
                return


def _cell(value: Any) -> str:
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return value.isoformat()[:10] if hasattr(value, "isoformat") else str(value)
