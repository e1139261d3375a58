"""The child process that opens a workbook or a JSON document under limits; rows leave by stdout, one JSON a line.

It imports neither the database nor Polars, opens no socket, and dies of its limits instead of harming the parent."""

import json
import resource
import sys
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any, Final

from limu.intake.rules import (
    BROKEN,
    CELL_TEXT,
    CELLS,
    EMPTY,
    HOSTILE,
    NO_HEADER,
    TOO_LARGE,
    WORKBOOK_ROWS,
    UserFault,
)
from limu.intake.rules_headers import SEARCHED_ROWS, find_header, trimmed_header
from limu.intake.rules_paths import plain_text, rows_of, steps_of, value_at
from limu.intake.store_zip import inspect_container

MEMORY: Final = 320 << 20
CPU_SECONDS: Final = 5
BATCH: Final = 1000
SHEETS: Final = 16


class _Refused(Exception):  # noqa: N818 - it is no error of this program
    def __init__(self, fault: UserFault) -> None:
        self.fault = fault


def main() -> None:
    """Read the order from stdin, the file from the path in it, and answer on stdout."""
    limit_itself()
    order = json.load(sys.stdin)
    try:
        for line in _answer(order):
            sys.stdout.write(json.dumps(line, ensure_ascii=False) + "\n")
    except _Refused as refused:
        sys.stdout.write(json.dumps({"fault": refused.fault}, ensure_ascii=False) + "\n")
    except (MemoryError, RecursionError):
        sys.stdout.write(json.dumps({"fault": TOO_LARGE}, ensure_ascii=False) + "\n")


def limit_itself() -> None:
    """Bound memory, processor time, open files and written files before the file is touched."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_NOFILE, (16, 16))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _answer(order: dict[str, Any]) -> Iterator[dict[str, Any]]:
    path = Path(order["path"])
    if order["kind"] == "json":
        yield from _json_rows(path, order)
    else:
        yield from _workbook_rows(path, order)
    yield {"end": True}


def _workbook_rows(path: Path, order: dict[str, Any]) -> Iterator[dict[str, Any]]:
    if order["kind"] == "zip":
        with path.open("rb") as file:
            if fault := inspect_container(file):
                raise _Refused(fault)
    name, sheet, place = _best_sheet(path, order["known"])
    if sheet.height > WORKBOOK_ROWS + SEARCHED_ROWS or sheet.height * sheet.width > CELLS * 4:
        raise _Refused(TOO_LARGE)
    rows = enumerate(sheet.iter_rows(), start=1)
    header: tuple[str, ...] = ()
    for number, cells in rows:
        if number == place + 1:
            header = trimmed_header([_cell(cell) for cell in cells])
            yield {"sheet": name, "header": header, "header_row": number}
            break
    yield from _batches(([number, *map(_cell, cells[: len(header)])] for number, cells in rows))


def _best_sheet(path: Path, known: list[str]) -> tuple[str, Any, int]:
    import python_calamine as calamine  # noqa: PLC0415 - after the limits are set

    try:
        workbook = calamine.load_workbook(str(path))
        best: tuple[int, str, Any, int] | None = None
        for sheet_name in _visible(workbook, calamine)[:SHEETS]:
            sheet = workbook.get_sheet_by_name(sheet_name)
            found = find_header(_first_rows(sheet), known)
            if found and (best is None or found[1] > best[0]):
                best = (found[1], sheet_name, sheet, found[0])
    except (calamine.CalamineError, calamine.PasswordError, calamine.XmlError, calamine.ZipError, ValueError, OSError):
        raise _Refused(BROKEN) from None
    if best is None:
        raise _Refused(NO_HEADER)
    return best[1], best[2], best[3]


def _visible(workbook: Any, calamine: Any) -> list[str]:
    return [
        sheet.name
        for sheet in workbook.sheets_metadata
        if sheet.typ == calamine.SheetTypeEnum.WorkSheet and sheet.visible == calamine.SheetVisibleEnum.Visible
    ]


def _first_rows(sheet: Any) -> list[list[str]]:
    rows = []
    for number, cells in enumerate(sheet.iter_rows()):
        if number >= SEARCHED_ROWS:
            break
        rows.append([_cell(cell) for cell in cells])
    return rows


def _cell(value: Any) -> str:
    """A cell as the text a person sees: whole numbers without point or exponent, days in ISO form."""
    if isinstance(value, str):
        if len(value) >= CELL_TEXT:
            raise _Refused(HOSTILE)
        return value
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.isoformat(sep=" ")
    if isinstance(value, date | time | timedelta):
        return str(value)
    return plain_text(value)


def _json_rows(path: Path, order: dict[str, Any]) -> Iterator[dict[str, Any]]:
    try:
        document = json.loads(path.read_bytes(), object_pairs_hook=_unique, parse_float=str, parse_int=str)
    except _Refused:
        raise
    except ValueError:
        raise _Refused(BROKEN) from None
    if order["rows"]:
        yield from _path_rows(document, order["rows"], order["paths"])
        return
    yield from _object_rows(_list_in(document))


def _path_rows(document: Any, rows: str, paths: list[str]) -> Iterator[dict[str, Any]]:
    yield {"header": paths, "header_row": 0}
    steps = [steps_of(path) for path in paths]
    found = enumerate(rows_of(document, rows), start=1)
    yield from _batches([number, *(value_at(document, one, places) for one in steps)] for number, places in found)


def _object_rows(objects: list[Any]) -> Iterator[dict[str, Any]]:
    if not objects:
        raise _Refused(EMPTY)
    header = list(dict.fromkeys(name for one in objects if isinstance(one, dict) for name in one))
    if not header or not all(isinstance(one, dict) for one in objects):
        raise _Refused(NO_HEADER)
    yield {"header": header, "header_row": 0}
    numbered = enumerate(objects, start=1)
    yield from _batches([number, *(plain_text(one.get(name)) for name in header)] for number, one in numbered)


def _list_in(document: Any) -> list[Any]:
    """The rows of a document that is a list, an object with one list in it, or one row by itself."""
    if isinstance(document, list):
        return document
    if isinstance(document, dict) and not any(isinstance(value, list | dict) for value in document.values()):
        return [document]
    lists = [value for value in document.values() if isinstance(value, list)] if isinstance(document, dict) else []
    if len(lists) != 1:
        raise _Refused(NO_HEADER)
    return list(lists[0])


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise _Refused(HOSTILE)
    return found


def _batches(rows: Any) -> Iterator[dict[str, Any]]:
    batch: list[list[Any]] = []
    for count, row in enumerate(rows, start=1):
        if count > WORKBOOK_ROWS:
            raise _Refused(TOO_LARGE)
        batch.append(row)
        if len(batch) == BATCH:
            yield {"rows": batch}
            batch = []
    yield {"rows": batch}


if __name__ == "__main__":
    main()
