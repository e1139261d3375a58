"""A workbook's container looked at before a parser touches it: parts, sizes, ratio, DTD, rows (trust.md 1.5)."""

import re
import zipfile
import zlib
from typing import BinaryIO, Final

from limu.wire.confine import Harm

WORKBOOK_ROWS: Final = 100_000
CELLS: Final = 2_000_000
CELL_TEXT: Final = 32 * 1024
PARTS: Final = 64
INFLATED: Final = 256 << 20
RATIO: Final = 100
"""Limits of a workbook, which is read whole; larger tables come as CSV or JSON Lines, which are streamed."""

BLOCK: Final = 1 << 20
SMALL: Final = 1 << 20
"""Up to here the ratio of a part says nothing: an empty style sheet packs a hundredfold."""

_DECLARED: Final = re.compile(rb"<!(?:DOCTYPE|ENTITY)", re.IGNORECASE)
_FAR_ROW: Final = re.compile(rb'\br="[A-Z]{0,3}(\d{6,})"')


def inspect_container(file: BinaryIO) -> Harm | None:
    """Refuse a container that could harm a parser or that two parsers could read differently."""
    try:
        with zipfile.ZipFile(file) as container:
            return _inspect(container)
    # All that the library raises for a container that is broken, and its sender is told so: cut off (OSError where a
    # place lies before the beginning, EOFError), of a wrong sum, of a header that means nothing (ValueError), encrypted
    # or packed in a way it does not know (RuntimeError, of which NotImplementedError is one).
    except (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError, OSError, ValueError):
        return "broken"


def _inspect(container: zipfile.ZipFile) -> Harm | None:
    entries = container.infolist()
    names = [entry.filename.lower() for entry in entries]
    if len(entries) > PARTS or len(set(names)) != len(names):
        return "hostile"
    if not {"[content_types].xml", "content.xml"} & set(names):
        return "mismatch"
    inflated = cells = 0
    for entry in entries:
        part = _Part(entry.filename)
        with container.open(entry) as stream:
            while block := stream.read(BLOCK):
                inflated += len(block)
                if inflated > INFLATED:
                    return "too_large"
                if harm := part.look(block, packed=entry.compress_size):
                    return harm
        cells += part.cells
    return "too_large" if cells > CELLS else None


class _Part:
    """One part as its blocks come by."""

    __slots__ = ("cells", "is_sheet", "is_xml", "seen", "tail")

    def __init__(self, name: str) -> None:
        self.is_xml = name.lower().endswith((".xml", ".rels", ".vml"))
        self.is_sheet = "worksheets/" in name.lower()
        self.seen = self.cells = 0
        self.tail = b""

    def look(self, block: bytes, *, packed: int) -> Harm | None:
        is_first = not self.seen
        self.seen += len(block)
        if self.seen > SMALL and self.seen > RATIO * max(packed, 1):
            return "hostile"
        if not self.is_xml:
            return None
        # XML in another encoding than UTF-8 could hide a declaration from this search.
        if is_first and (block[:2] in (b"\xff\xfe", b"\xfe\xff") or b"\0" in block[:64]):
            return "hostile"
        text = self.tail + block
        self.tail = block[-64:]
        if _DECLARED.search(text):
            return "hostile"
        if self.is_sheet:
            self.cells += block.count(b"<c ")
            if any(int(number) > WORKBOOK_ROWS + 100 for number in _FAR_ROW.findall(text)):
                return "too_large"
        return None
