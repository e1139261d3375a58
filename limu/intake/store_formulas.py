"""Where a sheet holds formulas, found in the workbook's own parts: the parser of sheets tells results alone.

Runs in the child. A formula's stored result is what the department saw; one without a result was never computed."""

import re
import xml.parsers.expat
import zipfile
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO, Final

from limu.intake.store_formulas_old import old_formulas
from limu.wire.confine import HarmError
from limu.wire.container import CELLS

Formulas = dict[int, list[tuple[int, bool]]]
"""By row (from 1): each formula's column (from 0) and whether its result is stored."""

BLOCK: Final = 1 << 20
_ENTITIES: Final = (("&lt;", "<"), ("&gt;", ">"), ("&quot;", '"'), ("&apos;", "'"), ("&amp;", "&"))
_SHEET: Final = re.compile(r"<(?:\w+:)?sheet\b([^>]*)>")
_RELATION: Final = re.compile(r"<(?:\w+:)?Relationship\b([^>]*)>")
_ATTRIBUTE: Final = re.compile(r'([\w:]+)="([^"]*)"')
_CELL: Final = re.compile(
    rb"<(?:\w+:)?c\b([^>]*)>\s*<(?:\w+:)?f\b(?:[^>]*/>|[^>]*>[^<]*</(?:\w+:)?f>)\s*(?:<(?:\w+:)?v\b[^>]*>([^<]*)</)?"
)
_ROW_END: Final = re.compile(rb"</(?:\w+:)?row>")
_PLACE: Final = re.compile(rb'\br="([A-Z]{1,3})(\d{1,7})"')
_IS_ERROR: Final = re.compile(rb'\bt="e"')


def find_formulas(path: Path, sheet: str) -> Formulas:
    """Find the formulas of one sheet of a workbook of any form."""
    if not zipfile.is_zipfile(path):
        return old_formulas(path, sheet)
    with zipfile.ZipFile(path) as container:
        names = set(container.namelist())
        if "content.xml" in names:
            return _in_document(container, sheet)
        part = _part_of(container, sheet, names)
        if part is None:
            return {}
        with container.open(part) as stream:
            return _in_part(stream)  # type: ignore[arg-type] # a ZipExtFile reads like any binary stream


def column_letters(column: int) -> str:
    """The letters over a column, counted from 0: A, B … Z, AA."""
    letters = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def _part_of(container: zipfile.ZipFile, sheet: str, names: set[str]) -> str | None:
    """The part that holds a sheet: its name leads to a relation, and the relation to the part."""
    if not {"xl/workbook.xml", "xl/_rels/workbook.xml.rels"} <= names:
        return None
    book = container.read("xl/workbook.xml").decode("utf-8", "replace")
    relations = container.read("xl/_rels/workbook.xml.rels").decode("utf-8", "replace")
    targets = {one.get("Id"): one.get("Target", "") for one in _attributes(_RELATION, relations)}
    for one in _attributes(_SHEET, book):
        if one.get("name") == sheet:
            relation = next((value for key, value in one.items() if key.endswith(":id")), None)
            part = targets.get(relation, "")
            part = part.lstrip("/") if part.startswith("/") else f"xl/{part}"
            return part if part in names else None
    return None


def _attributes(tag: re.Pattern[str], text: str) -> Iterator[dict[str, str]]:
    for match in tag.finditer(text):
        yield {name: _plain(value) for name, value in _ATTRIBUTE.findall(match[1])}


def _plain(value: str) -> str:
    for entity, letter in _ENTITIES:
        value = value.replace(entity, letter)
    return re.sub(r"&#(\d{1,6});", lambda match: chr(int(match[1])), value)


def _in_part(stream: BinaryIO) -> Formulas:
    found: Formulas = defaultdict(list)
    waiting = b""
    while block := stream.read(BLOCK):
        waiting += block
        ends = [match.end() for match in _ROW_END.finditer(waiting)]
        if ends:
            _take(waiting[: ends[-1]], found)
            waiting = waiting[ends[-1] :]
    _take(waiting, found)
    return dict(found)


def _take(text: bytes, found: Formulas) -> None:
    if b"f>" not in text and b"<f" not in text and b":f" not in text:
        return
    for match in _CELL.finditer(text):
        place = _PLACE.search(match[1])
        if place:
            has_result = bool(match[2]) and not _IS_ERROR.search(match[1])
            found[int(place[2])].append((_column_number(place[1]), has_result))


def _column_number(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number - 1


def _in_document(container: zipfile.ZipFile, sheet: str) -> Formulas:
    """Walk an OpenDocument sheet, where a cell's place follows from what was repeated before it."""
    with container.open("content.xml") as stream:
        if not any(b"table:formula" in block for block in iter(lambda: stream.read(BLOCK), b"")):
            return {}
    walk = _Walk(sheet)
    parser = xml.parsers.expat.ParserCreate()
    parser.StartElementHandler, parser.EndElementHandler = walk.start, walk.end
    try:
        with container.open("content.xml") as stream:
            parser.ParseFile(stream)
    except xml.parsers.expat.ExpatError:
        raise HarmError("broken") from None
    return dict(walk.found)


class _Walk:
    """Where an OpenDocument parser stands: the sheet it is in, its row and its column."""

    __slots__ = ("_column", "_is_inside", "_repeats", "_row", "_sheet", "found")

    def __init__(self, sheet: str) -> None:
        self._sheet, self._is_inside = sheet, False
        self._row, self._column, self._repeats = 0, 0, 1
        self.found: Formulas = defaultdict(list)

    def start(self, name: str, said: dict[str, Any]) -> None:
        """Enter a table, a row or a cell."""
        if name == "table:table":
            self._is_inside, self._row = said.get("table:name") == self._sheet, 0
        elif not self._is_inside:
            return
        elif name == "table:table-row":
            self._row, self._column = self._row + 1, 0
            self._repeats = int(said.get("table:number-rows-repeated", 1))
        elif name in {"table:table-cell", "table:covered-table-cell"}:
            self._cell(said)

    def _cell(self, said: dict[str, Any]) -> None:
        repeats = int(said.get("table:number-columns-repeated", 1))
        if "table:formula" in said:
            kind = said.get("office:value-type", "")
            has_result = bool(kind) and kind != "error" and said.get("calcext:value-type") != "error"
            if self._repeats * repeats > CELLS:
                raise HarmError("too_large")
            for row in range(self._row, self._row + self._repeats):
                self.found[row] += [(at, has_result) for at in range(self._column, self._column + repeats)]
        self._column += repeats

    def end(self, name: str) -> None:
        """Leave a row or a table."""
        if name == "table:table-row" and self._is_inside:
            self._row += self._repeats - 1
        elif name == "table:table":
            self._is_inside = False
