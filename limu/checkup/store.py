"""Saved pages of a site read as tables: rows of data tables, and one row a page of label and value."""

import csv
from collections.abc import Iterable, Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Final

PAGES: Final = (".html", ".htm", ".xhtml", ".mht")
TABLES: Final = (".csv", ".txt", ".tsv", ".xlsx", ".xlsm", ".xls", ".et", ".ods", ".json", ".jsonl", ".ndjson")
PAGE_BYTES: Final = 16 << 20
_SILENT: Final = {"script", "style", "noscript", "template"}
_CELLS: Final = {"td", "th", "dt", "dd"}


class PageTables(HTMLParser):
    """Collects the cells of a saved page's tables and definition lists, as texts; nothing of the page is run."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.tables: list[list[list[str]]] = []
        self._cell: list[str] | None = None
        self._silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Open a table, a row or a cell."""
        del attrs
        self._silent += tag in _SILENT
        if tag in {"table", "dl"}:
            self.tables.append([])
        elif tag in {"tr", "dt"} and self.tables:
            self._close()
            self.tables[-1].append([])
        if tag in _CELLS:
            self._close()
            self._cell = []

    def handle_endtag(self, tag: str) -> None:
        """Close a cell."""
        self._silent -= tag in _SILENT and self._silent > 0
        if tag in _CELLS or tag in {"tr", "table", "dl"}:
            self._close()

    def handle_data(self, data: str) -> None:
        """Add text to the open cell."""
        if self._cell is not None and not self._silent:
            self._cell.append(data)

    def _close(self) -> None:
        if self._cell is not None and self.tables and self.tables[-1]:
            self.tables[-1][-1].append(" ".join("".join(self._cell).split()))
        self._cell = None


def tables_of(page: Path) -> list[list[list[str]]]:
    """The tables of a saved page; a page of a form is turned into one row under its labels."""
    raw = page.read_bytes()[:PAGE_BYTES]
    parser = PageTables()
    parser.feed(_text(raw))
    parser.close()
    found = [[row for row in table if any(row)] for table in parser.tables]
    return [_upright(table) for table in found if table]


def _text(raw: bytes) -> str:
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    return raw.decode("utf-8", "replace")


def _upright(table: list[list[str]]) -> list[list[str]]:
    """Turn a table of label and value pairs into a header and one row; leave any other as it is."""
    if all(len(row) in {2, 4} for row in table) and len(table) > 1:
        pairs = [(row[at].rstrip("：: "), row[at + 1]) for row in table for at in range(0, len(row), 2)]
        if len({label for label, _ in pairs}) == len(pairs):
            return [[label for label, _ in pairs], [value for _, value in pairs]]
    return table


def files_of(path: Path) -> Iterator[Path]:
    """The files of a folder (or the file itself) that may hold records, in the order of their names."""
    some: Iterable[Path] = sorted(path.rglob("*")) if path.is_dir() else [path]
    for one in some:
        if one.is_file() and one.suffix.lower() in (*PAGES, *TABLES):
            yield one


def write_rows(target: Path, rows: list[list[str]]) -> None:
    """Write a table for the reader of files."""
    with target.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(rows)
