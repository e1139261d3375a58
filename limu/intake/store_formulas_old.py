"""Where an old workbook (.xls, BIFF8 in a compound file, [MS-CFB] and [MS-XLS]) holds formulas. Runs in the child."""

import struct
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from limu.wire.confine import HarmError

HEADER: Final = 512
LAST_SECTOR: Final = 0xFFFFFFFA
SMALL_STREAM: Final = 4096
_BOUNDSHEET, _BOF, _FORMULA = 0x0085, 0x0809, 0x0006
_NO_RESULT: Final = (2, 3)
"""Kinds of stored result that are none: an error, or nothing at all."""


def old_formulas(path: Path, sheet: str) -> dict[int, list[tuple[int, bool]]]:
    """Find the formulas of one sheet, by row; a container that can not be followed is a broken one."""
    try:
        stream = _Compound(path.read_bytes()).stream("Workbook")
        return _in_stream(stream, sheet) if stream else {}
    except (struct.error, IndexError, ValueError, UnicodeDecodeError):
        raise HarmError("broken") from None


class _Compound:
    """A compound file: sectors in chains, and a directory of streams."""

    def __init__(self, file: bytes) -> None:
        self._file = file
        self._size = 1 << struct.unpack_from("<H", file, 30)[0]
        self._small = 1 << struct.unpack_from("<H", file, 32)[0]
        if self._size not in (512, 4096) or self._small != 64:
            raise ValueError
        fat = [one for one in struct.unpack_from("<109I", file, 76) if one < LAST_SECTOR]
        more, count = struct.unpack_from("<2I", file, 68)
        for _ in range(count):
            part = struct.unpack(f"<{self._size // 4}I", self._sector(more))
            fat += [one for one in part[:-1] if one < LAST_SECTOR]
            more = part[-1]
        self._fat = [link for one in fat for link in struct.unpack(f"<{self._size // 4}I", self._sector(one))]
        self._directory = self._chain(struct.unpack_from("<I", file, 48)[0])
        self._smalls = struct.unpack_from("<I", file, 60)[0]

    def stream(self, wanted: str) -> bytes:
        """The bytes of a stream by its name; empty where there is none."""
        entries = [self._directory[at : at + 128] for at in range(0, len(self._directory), 128)]
        for entry in entries:
            length = struct.unpack_from("<H", entry, 64)[0]
            name = entry[: max(0, length - 2)].decode("utf-16-le", "replace")
            start, size = struct.unpack_from("<2I", entry, 116)
            if name == wanted and size >= SMALL_STREAM:
                return self._chain(start)[:size]
            if name == wanted:
                return self._small_chain(entries[0], start)[:size]
        return b""

    def _sector(self, number: int) -> bytes:
        at = (number + 1) * self._size
        return self._file[at : at + self._size].ljust(self._size, b"\0")

    def _chain(self, start: int) -> bytes:
        return b"".join(self._sector(one) for one in _follow(self._fat, start))

    def _small_chain(self, root: bytes, start: int) -> bytes:
        table = self._chain(self._smalls)
        links = struct.unpack(f"<{len(table) // 4}I", table)
        inside = self._chain(struct.unpack_from("<I", root, 116)[0])
        return b"".join(inside[one * self._small : (one + 1) * self._small] for one in _follow(links, start))


def _follow(links: list[int] | tuple[int, ...], start: int) -> Iterator[int]:
    """The sectors of a chain; one that comes back to itself is no chain."""
    steps = 0
    while start < LAST_SECTOR:
        yield start
        steps += 1
        if steps > len(links):
            raise ValueError
        start = links[start]


def _in_stream(stream: bytes, sheet: str) -> dict[int, list[tuple[int, bool]]]:
    found: dict[int, list[tuple[int, bool]]] = defaultdict(list)
    start = next((place for name, place in _sheets(stream) if name == sheet), None)
    if start is None:
        return {}
    for kind, body in _substream(stream, start):
        if kind == _FORMULA:
            row, column = struct.unpack_from("<2H", body)
            result = body[6:14]
            is_none = result[6:8] == b"\xff\xff" and result[0] in _NO_RESULT
            found[row + 1].append((column, not is_none))
    return dict(found)


def _sheets(stream: bytes) -> Iterator[tuple[str, int]]:
    for kind, body in _substream(stream, 0):
        if kind == _BOUNDSHEET:
            place, _, length, is_wide = struct.unpack_from("<IHBB", body)
            width = 2 if is_wide & 1 else 1
            yield body[8 : 8 + length * width].decode("utf-16-le" if width == 2 else "latin-1"), place


def _substream(stream: bytes, start: int) -> Iterator[tuple[int, bytes]]:
    """The records from one beginning to its end; what begins inside (a chart) is passed over."""
    at, depth = start, 0
    while at + 4 <= len(stream):
        kind, length = struct.unpack_from("<2H", stream, at)
        depth += kind == _BOF
        depth -= kind == 0x000A
        if depth == 1:
            yield kind, stream[at + 4 : at + 4 + length]
        if depth <= 0:
            return
        at += 4 + length
