"""The child process that opens a register's file under limits; rows leave by stdout, one JSON a line.

It imports neither the database nor Polars, opens no socket, and dies of its limits instead of harming the parent."""

import codecs
import csv
import json
import sys
import unicodedata
from collections.abc import Iterable, Iterator
from itertools import chain, islice
from pathlib import Path
from typing import Any, Final

from limu.wire.confine import END, HarmError, limit_itself
from limu.wire.sheets import is_workbook, open_workbook, sheet_rows, visible_sheets

CHUNK: Final = 5_000
LONGEST_LINE: Final = 1 << 20
WIDEST: Final = 512
SEARCHED: Final = 30
_PROBE: Final = 1 << 20
_NO_TABLE: Final = (
    b"%PDF",
    b"\x89PNG",
    b"\xff\xd8\xff",
    b"GIF8",
    b"Rar!",
    b"7z\xbc\xaf",
    b"\x1f\x8b",
    b"<",
    b"\x7fELF",
)


def main() -> None:
    """Read the order from stdin, the file from the path in it, and answer on stdout."""
    order = json.load(sys.stdin)
    limit_itself(seconds=order["seconds"])
    try:
        for line in _answer(Path(order["path"]), frozenset(order["known"])):
            sys.stdout.write(json.dumps(line, ensure_ascii=False) + "\n")
    except HarmError as harmful:
        sys.stdout.write(json.dumps({"harm": harmful.harm}) + "\n")
    except (MemoryError, RecursionError):
        sys.stdout.write(json.dumps({"harm": "too_large"}) + "\n")
    except (csv.Error, OSError, ValueError):
        sys.stdout.write(json.dumps({"harm": "broken"}) + "\n")


def _answer(path: Path, known: frozenset[str]) -> Iterator[dict[str, Any]]:
    with path.open("rb") as file:
        head = file.read(_PROBE)
    rows = _sheet_rows(path) if is_workbook(head) else _csv_rows(path, head)
    first = list(islice(rows, SEARCHED))
    place = _header_place(first, known)
    headers = [cell.strip().lstrip("\ufeff") for cell in first[place]] if first else []
    if not any(headers):
        raise HarmError("no_header")
    if len(headers) > WIDEST:
        raise HarmError("hostile")
    yield {"header": headers, "header_row": place + 1}
    yield from _batches(chain(first[place + 1 :], rows), len(headers))
    yield {END: True}


def plain_header(text: str) -> str:
    """A header without what two registers write differently: width, blanks, the mark at a file's beginning."""
    return "".join(unicodedata.normalize("NFKC", text.lstrip("\ufeff")).split())


def _header_place(rows: list[list[str]], known: frozenset[str]) -> int:
    """The first row with most headers known; titles may stand above it. The first row where none is known."""
    scores = [sum(plain_header(cell) in known for cell in row) for row in rows]
    return scores.index(max(scores)) if scores and max(scores) > 1 else 0


def _batches(rows: Iterable[list[str]], width: int) -> Iterator[dict[str, Any]]:
    batch: list[list[str]] = []
    for row in rows:
        batch.append(row[:width])
        if len(batch) == CHUNK:
            yield {"rows": batch}
            batch = []
    yield {"rows": batch}


def _csv_rows(path: Path, head: bytes) -> Iterator[list[str]]:
    encoding = _encoding_of(head)
    if head.lstrip().startswith(_NO_TABLE) or (b"\0" in head and encoding != "utf-16"):
        raise HarmError("mismatch")
    csv.field_size_limit(LONGEST_LINE)
    with path.open(encoding=encoding, newline="", errors="replace") as text:
        yield from (row for row in csv.reader(_lines(text)) if row)


def _lines(text: Any) -> Iterator[str]:
    """The lines of a file, none of which may be endless."""
    while line := text.readline(LONGEST_LINE):
        if len(line) == LONGEST_LINE:
            raise HarmError("hostile")
        yield line


def _encoding_of(head: bytes) -> str:
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    # The head may end inside a character.
    whole = head if len(head) < _PROBE else head[: head.rfind(b"\n") + 1]
    try:
        whole.decode("utf-8")
    except UnicodeDecodeError:
        return "gb18030"
    return "utf-8-sig"


def _sheet_rows(path: Path) -> Iterator[list[str]]:
    with open_workbook(path) as workbook:
        for name in visible_sheets(workbook):
            sheet = workbook.get_sheet_by_name(name)
            if sheet.height:
                # Blank rows above the header are no rows; below it they end nothing.
                yield from (row for row in sheet_rows(sheet) if any(row))
                return


if __name__ == "__main__":
    main()
