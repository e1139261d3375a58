"""Whether a picture shows next to nothing: a white sheet, a finger before the lens, the inside of a pocket.

A JPEG is read as far as its DC values: the mean of each block of 8 × 8 pixels, and how much it differs from that of the
block before. On a sheet with something on it some hundreds of blocks differ; on an empty one none does, however much
the sensor noises. Nothing is decoded to pixels, and nobody's picture is kept here."""

import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

# Levels of grey by which two neighbouring blocks differ where something is drawn; noise stays below, even at night.
STEP: Final = 10
# A sheet of which fewer blocks differ holds less than one printed line.
LEAST_SHARE: Final = 0.0005
# Bytes of coded picture after which we judge by what was seen, if that is a third of it: about a second's work.
MOST_BYTES: Final = 2 << 20
LEAST_SEEN: Final = 1 / 3
# Deflate folds rows of one colour to a thousandth and two or three bytes for each; a single written line leaves more.
# What a quick encoder left at more than a fiftieth holds something anyhow.
LEAST_PNG: Final = 0.00115
LEAST_ROW: Final = 2.5
QUICK_PNG: Final = 0.02
MOST_ROWS: Final = 64 << 20
_CHANNELS: Final = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}
_BASELINE: Final = frozenset({0xC0, 0xC1})
_PROGRESSIVE: Final = 0xC2
_RESTART: Final = re.compile(rb"\xff[\xd0-\xd7]")
_EVERY: Final = 1 << 16


class UnreadableError(Exception):
    """The coded picture is of a kind, or in a state, that is not read here."""


@dataclass(slots=True)
class _Frame:
    """What the head of a JPEG says: size, parts (id, blocks across and down, quantiser), tables, low bits left out."""

    is_progressive: bool = False
    size: tuple[int, int] = (0, 0)
    parts: list[tuple[int, int, int, int]] = field(default_factory=list)
    steps: dict[int, int] = field(default_factory=dict)
    low: int = 0
    tables: dict[int, list[int]] = field(default_factory=dict)


def is_blank_png(content: bytes) -> bool:
    """Whether a PNG holds next to nothing: its rows, folded well, are what a single colour folds to."""
    width, height, depth = int.from_bytes(content[16:20]), int.from_bytes(content[20:24]), content[24]
    rows = height * (1 + (width * depth * _CHANNELS.get(content[25], 1) + 7) // 8)
    if len(content) > 256 + rows * QUICK_PNG:
        return False
    try:
        folded = zlib.compress(zlib.decompressobj().decompress(_png_data(content), MOST_ROWS))
    except zlib.error:
        return False
    return len(folded) < 64 + height * LEAST_ROW + min(rows, MOST_ROWS) * LEAST_PNG


def _png_data(content: bytes) -> bytes:
    parts, at = [], 8
    while at + 12 <= len(content):
        length = int.from_bytes(content[at : at + 4])
        if content[at + 4 : at + 8] == b"IDAT":
            parts.append(content[at + 8 : at + 8 + length])
        at += 12 + length
    return b"".join(parts)


def is_blank_jpeg(content: bytes) -> bool:
    """Whether a JPEG shows next to nothing; one that cannot be read here is not called blank."""
    try:
        frame, used, scan = _read_head(content)
        return _is_even(frame, used, scan)
    except (UnreadableError, IndexError, KeyError, ValueError):
        return False


def _segments(content: bytes) -> Iterator[tuple[int, bytes, int]]:
    at = 2
    while at + 4 <= len(content) and content[at] == 0xFF:
        if content[at + 1] == 0xFF:
            at += 1
            continue
        length = int.from_bytes(content[at + 2 : at + 4])
        if length < 2:
            break
        yield content[at + 1], content[at + 4 : at + 2 + length], at + 2 + length
        at += 2 + length


def _read_head(content: bytes) -> tuple[_Frame, list[tuple[int, int]], bytes]:
    """Read up to the first scan: the frame, the scan's (component, tables) and its coded bytes."""
    frame = _Frame()
    for marker, body, after in _segments(content):
        if marker == 0xDB:
            _read_steps(frame, body)
        elif marker == 0xC4:
            _read_tables(frame, body)
        elif marker in _BASELINE or marker == _PROGRESSIVE:
            frame.is_progressive = marker == _PROGRESSIVE
            frame.size = (int.from_bytes(body[3:5]), int.from_bytes(body[1:3]))
            frame.parts = [
                (body[at], body[at + 1] >> 4, body[at + 1] & 15, body[at + 2]) for at in range(6, len(body), 3)
            ]
        elif marker == 0xDA:
            used = [(body[1 + 2 * one], body[2 + 2 * one]) for one in range(body[0])]
            frame.low = body[-1] & 15 if frame.is_progressive else 0
            return frame, used, content[after:-2]
    raise UnreadableError


def _read_steps(frame: _Frame, body: bytes) -> None:
    """Keep the first quantiser, that of the DC values, of each table."""
    while body:
        wide = body[0] >> 4
        frame.steps[body[0] & 15] = int.from_bytes(body[1 : 2 + wide])
        body = body[1 + 64 * (1 + wide) :]


def _read_tables(frame: _Frame, body: bytes) -> None:
    """Spread each code over all 16-bit words that begin with it: how many bits go, and how far in the block."""
    while body:
        is_ac, counts = body[0] >> 4, body[1:17]
        symbols, code, at = body[17 : 17 + sum(counts)], 0, 0
        table = [0] * _EVERY
        for length, count in enumerate(counts, 1):
            for symbol in symbols[at : at + count]:
                run, bits = symbol >> 4, symbol & 15
                ahead = 64 if is_ac and not bits and run < 15 else run + 1
                first = code << (16 - length)
                entry = (ahead << 12 | length << 6 | length + bits) if is_ac else (bits << 6 | length)
                table[first : first + (1 << (16 - length))] = [entry] * (1 << (16 - length))
                code += 1
            at, code = at + count, code << 1
        if len(table) != _EVERY:
            raise UnreadableError
        frame.tables[body[0]] = table
        body = body[17 + sum(counts) :]


def _is_even(frame: _Frame, used: list[tuple[int, int]], scan: bytes) -> bool:
    """Walk the scan and count blocks that differ from the one before; stop as soon as they are enough."""
    known = {part: one for part, *one in frame.parts}
    is_alone = len(used) == 1
    turns = [
        (frame.tables[chosen >> 4], frame.tables.get(16 | chosen & 15), number == 0)
        for number, (part, chosen) in enumerate(used)
        for _ in range(1 if is_alone else known[part][0] * known[part][1])
    ]
    across, down, step = known[used[0][0]]
    wide = 8 * (1 if is_alone else across)
    # The lowest bits of a progressive picture come later: they are below what is looked for.
    walk = _Walk(
        turns, least=STEP * 8 / max(1, frame.steps[step] << frame.low), is_dc_only=frame.is_progressive,
        row=-(-frame.size[0] // wide) * (1 if is_alone else across * down),
        enough=LEAST_SHARE * frame.size[0] * frame.size[1] / 64,
    )  # fmt: skip
    for part in _RESTART.split(scan[:MOST_BYTES]):
        walk.go(part.replace(b"\xff\x00", b"\xff"))
        if walk.found >= walk.enough:
            return False
    return walk.seen >= LEAST_SEEN * walk.enough / LEAST_SHARE and walk.found < LEAST_SHARE * walk.seen


@dataclass(slots=True)
class _Walk:
    """Blocks of luminance that were seen, and how many of them differ from the one before in their row."""

    turns: list[tuple[list[int], list[int] | None, bool]]
    least: float
    is_dc_only: bool
    row: int
    enough: float
    seen: int = 0
    found: int = 0

    def go(self, coded: bytes) -> None:
        """Decode blocks until the bytes end, make no sense, or enough blocks differ."""
        bits = _Bits(coded)
        while bits.at - bits.kept // 8 < len(coded) and self.found < self.enough:
            for dc, ac, is_light in self.turns:
                differs = bits.take_dc(dc) >= self.least
                if is_light:
                    self.found += differs and self.seen % self.row != 0
                    self.seen += 1
                if ac is not None and not self.is_dc_only:
                    bits.pass_ac(ac)


@dataclass(slots=True)
class _Bits:
    """The coded bits, taken from the front."""

    coded: bytes
    at: int = 0
    kept: int = 0
    word: int = 0

    def take_dc(self, table: list[int]) -> int:
        """By how much the next block differs from the one before."""
        if self.kept < 32:
            self._fill()
        entry = table[self.word >> self.kept - 16 & 65535]
        size = entry >> 6
        self.kept -= (entry & 63) + size
        value = self.word >> self.kept & (1 << size) - 1
        return value if value >> max(0, size - 1) else (1 << size) - 1 - value

    def pass_ac(self, table: list[int]) -> None:
        """Pass by what a block holds beyond its mean."""
        word, kept, place = self.word, self.kept, 1
        while place < 64:
            if kept < 32:
                self.kept = kept
                self._fill()
                word, kept = self.word, self.kept
            entry = table[word >> kept - 16 & 65535]
            if not entry:
                raise UnreadableError
            kept -= entry & 63
            place += entry >> 12
        self.kept = kept

    def _fill(self) -> None:
        more = int.from_bytes(self.coded[self.at : self.at + 4].ljust(4, b"\0"))
        self.word, self.kept, self.at = (self.word & (1 << self.kept) - 1) << 32 | more, self.kept + 32, self.at + 4
