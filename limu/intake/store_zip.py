"""A workbook's container looked at before a parser touches it: parts, sizes, ratio, DTD, rows (trust.md 1.5)."""

import re
import zipfile
import zlib
from typing import BinaryIO, Final

from limu.intake.rules import (
    BROKEN,
    CELLS,
    HOSTILE,
    INFLATED,
    MISMATCH,
    PARTS,
    RATIO,
    TOO_LARGE,
    WORKBOOK_ROWS,
    UserFault,
)

BLOCK: Final = 1 << 20
SMALL: Final = 1 << 20
"""Up to here the ratio of a part says nothing: an empty style sheet packs a hundredfold."""

_DECLARED: Final = re.compile(rb"<!(?:DOCTYPE|ENTITY)", re.IGNORECASE)
_FAR_ROW: Final = re.compile(rb'\br="[A-Z]{0,3}(\d{6,})"')


def inspect_container(file: BinaryIO) -> UserFault | None:
    """Refuse a container that could harm a parser or that two parsers could read differently."""
    try:
        with zipfile.ZipFile(file) as container:
            return _inspect(container)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, OSError, ValueError):
        return BROKEN


def _inspect(container: zipfile.ZipFile) -> UserFault | None:
    entries = container.infolist()
    names = [entry.filename.lower() for entry in entries]
    if len(entries) > PARTS or len(set(names)) != len(names):
        return HOSTILE
    if not {"[content_types].xml", "content.xml"} & set(names):
        return MISMATCH
    inflated = cells = 0
    for entry in entries:
        part = _Part(entry.filename)
        with container.open(entry) as stream:
            while block := stream.read(BLOCK):
                inflated += len(block)
                if inflated > INFLATED:
                    return TOO_LARGE
                if fault := part.look(block, packed=entry.compress_size):
                    return fault
        cells += part.cells
    return TOO_LARGE if cells > CELLS else None


class _Part:
    """One part as its blocks come by."""

    __slots__ = ("cells", "is_sheet", "is_xml", "seen", "tail")

    def __init__(self, name: str) -> None:
        self.is_xml = name.lower().endswith((".xml", ".rels", ".vml"))
        self.is_sheet = "worksheets/" in name.lower()
        self.seen = self.cells = 0
        self.tail = b""

    def look(self, block: bytes, *, packed: int) -> UserFault | None:
        is_first = not self.seen
        self.seen += len(block)
        if self.seen > SMALL and self.seen > RATIO * max(packed, 1):
            return HOSTILE
        if not self.is_xml:
            return None
        # XML in another encoding than UTF-8 could hide a declaration from this search.
        if is_first and (block[:2] in (b"\xff\xfe", b"\xfe\xff") or b"\0" in block[:64]):
            return HOSTILE
        text = self.tail + block
        self.tail = block[-64:]
        if _DECLARED.search(text):
            return HOSTILE
        if self.is_sheet:
            self.cells += block.count(b"<c ")
            if any(int(number) > WORKBOOK_ROWS + 100 for number in _FAR_ROW.findall(text)):
                return TOO_LARGE
        return None
