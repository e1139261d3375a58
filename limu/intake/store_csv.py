"""CSV read as a stream: encoding and delimiter found, blocks cut at the ends of records, memory bounded (RFC 4180)."""

import codecs
import csv
import io
from collections.abc import Generator, Iterable, Iterator
from itertools import chain, repeat
from pathlib import Path
from typing import Final

import numpy as np
import polars as pl

from limu.intake.rules import HOSTILE, LONG, NO_HEADER, TEXT_ROWS, FaultyFileError, Layout, UserFault
from limu.intake.rules_headers import MERGED_NOTE, SEARCHED_ROWS, FoundHeader, find_header
from limu.intake.store_table import SURPLUS, Table, column_names

SAMPLE: Final = 1 << 20
BLOCK: Final = 8 << 20
FIRST_BLOCK: Final = 2 << 20
COUNTED: Final = 1 << 20
"""Bytes looked through at a time where nothing but line ends is looked for: they stay near the processor."""
LONGEST_RECORD: Final = 8 << 20
DELIMITERS: Final = ",\t;|"
WIDEST: Final = 512
csv.field_size_limit(LONGEST_RECORD)


def read_csv(path: Path, *, known: Iterable[str]) -> Table | UserFault:
    """Recognise a CSV file's encoding, delimiter and header, and return its rows to be read."""
    encoding = find_encoding(path)
    if isinstance(encoding, UserFault):
        return encoding
    lines = _lines(path, encoding, quoted=True)
    most = TEXT_ROWS + SEARCHED_ROWS
    if lines > most and has_more_lines(path, encoding, than=most):
        return LONG
    sample = _sample(path, encoding)
    records = list(_records(sample, SEARCHED_ROWS))
    delimiter, found = _find_delimiter([text for text, _ in records], frozenset(known))
    if found is None:
        return NO_HEADER
    header = found.names
    if len(header) > WIDEST:
        return HOSTILE
    notes = (MERGED_NOTE,) if found.lines > 1 else ()
    layout = Layout("csv", header, found.row + 1, encoding=encoding, notes=notes)
    frames = _frames(path, layout, delimiter=delimiter, skipped=len(sample[: records[found.row][1]].encode()))
    return Table(layout, frames, lines)


def find_encoding(path: Path) -> str | UserFault:
    """Tell UTF-8 (with or without BOM), UTF-16 with BOM, and GB18030 (GBK) apart by the bytes themselves."""
    with path.open("rb") as file:
        head = file.read(SAMPLE)
        if head.startswith(codecs.BOM_UTF8):
            return "utf-8-sig"
        if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
            return "utf-16"
        while head.isascii() and (more := file.read(BLOCK)):
            head = more
        head = head + file.readline(SAMPLE) if not head.endswith(b"\n") else head
    for encoding in ("utf-8", "gb18030"):
        try:
            codecs.getincrementaldecoder(encoding)().decode(head, final=False)
        except UnicodeDecodeError:
            continue
        return encoding
    return UserFault("F-106", "无法识别文件的文字编码。", "请另存为 UTF-8 或者 GB18030（GBK）编码的 CSV。")


def has_more_lines(path: Path, encoding: str, *, than: int) -> bool:
    """Whether a file has more lines than a number, those inside quotes not counted; a few passes over its bytes."""
    if path.stat().st_size <= than:
        return False
    return _lines(path, encoding, quoted=True) > than and _lines(path, encoding, quoted=False) > than


def _lines(path: Path, encoding: str, *, quoted: bool) -> int:
    pieces = _utf8(path, encoding) if encoding == "utf-16" else _raw(path)
    if quoted:
        return sum(int(np.count_nonzero(np.frombuffer(piece, dtype=np.uint8) == ord("\n"))) for piece in pieces)
    found, is_inside = 0, False
    for piece in pieces:
        characters = np.frombuffer(piece, dtype=np.uint8)
        inside = np.bitwise_xor.accumulate(characters == ord('"')) ^ is_inside
        found += int(np.count_nonzero((characters == ord("\n")) & ~inside))
        is_inside = bool(inside[-1])
    return found


def _raw(path: Path) -> Iterator[bytes]:
    """The bytes as they are, old line ends as new; in no encoding but UTF-16 are these two bytes parts of others."""
    with path.open("rb") as file:
        is_old_mac = b"\n" not in file.read(SAMPLE)
        file.seek(0)
        while piece := file.read(COUNTED):
            yield piece.replace(b"\r", b"\n") if is_old_mac else piece


def _sample(path: Path, encoding: str) -> str:
    with path.open("rb") as file:
        text = codecs.getincrementaldecoder(encoding)(errors="replace").decode(file.read(SAMPLE))
    return text.replace("\r", "\n") if "\n" not in text else text


def _find_delimiter(records: list[str], known: frozenset[str]) -> tuple[str, FoundHeader | None]:
    """The delimiter under which most headers are known, with the header."""
    best: tuple[str, FoundHeader | None] = (",", None)
    # What separates nothing anywhere leaves one cell a row, and the comma has tried that.
    for mark in DELIMITERS[0] + "".join(one for one in DELIMITERS[1:] if any(one in text for text in records)):
        rows = [next(csv.reader(io.StringIO(text, newline=""), delimiter=mark), []) for text in records]
        found = find_header(rows, known)
        if found and (best[1] is None or found.score > best[1].score):
            best = (mark, found)
    return best


def _records(text: str, most: int) -> Iterator[tuple[str, int]]:
    """The first records of a text, a line break inside quotes not ending one, each with the place after it."""
    start = place = found = 0
    is_inside = False
    while place < len(text) and found < most:
        line, end = place, text.find("\n", place)
        place = len(text) if end < 0 else end + 1
        is_inside ^= text.count('"', line, place) % 2 == 1
        if not is_inside or place == len(text):
            yield text[start:place].rstrip("\r\n"), place
            start, found, is_inside = place, found + 1, False


def _frames(path: Path, layout: Layout, *, delimiter: str, skipped: int) -> Generator[pl.DataFrame, None, None]:
    number = layout.header_row + 1
    width = len(layout.header)
    for block in _blocks(path, str(layout.encoding), skipped):
        frame = _parse(block, delimiter=delimiter, width=width)
        numbers = pl.int_range(number, number + frame.height, eager=True, dtype=pl.Int64).alias("row_number")
        number += frame.height
        yield frame.insert_column(0, numbers)


def _parse(block: bytes, *, delimiter: str, width: int) -> pl.DataFrame:
    schema = dict.fromkeys(column_names(width), pl.String())
    try:
        return pl.read_csv(io.BytesIO(block), has_header=False, schema=schema, separator=delimiter)
    except pl.exceptions.PolarsError:
        return _parse_slowly(block, delimiter=delimiter, width=width)


def _parse_slowly(block: bytes, *, delimiter: str, width: int) -> pl.DataFrame:
    """Records that no strict reader takes: stray quotes, cells beyond the header (marked), blank lines."""
    try:
        rows = list(csv.reader(io.StringIO(block.decode("utf-8"), newline=""), delimiter=delimiter))
    except (UnicodeDecodeError, csv.Error) as cause:
        raise FaultyFileError(HOSTILE) from cause
    surplus = [any(cell.strip() for cell in row[width:]) for row in rows]
    names = column_names(width)
    table = {name: [row[at] if at < len(row) else None for row in rows] for at, name in enumerate(names)}
    frame = pl.DataFrame(table, schema=dict.fromkeys(names, pl.String()))
    return frame.with_columns(pl.Series(SURPLUS, surplus, dtype=pl.Boolean)) if any(surplus) else frame


def _blocks(path: Path, encoding: str, skipped: int) -> Iterator[bytes]:
    """Yield UTF-8 blocks that end where a record ends, the first `skipped` bytes left out."""
    waiting = b""
    for piece in _utf8(path, encoding):
        cut = min(skipped, len(piece))
        skipped -= cut
        # A block is laid together once: it is megabytes, and nothing else goes on while bytes are moved.
        waiting = b"".join((waiting, memoryview(piece)[cut:]))
        end = _record_end(waiting)
        if end:
            yield waiting[:end]
            waiting = waiting[end:]
        elif len(waiting) > LONGEST_RECORD:
            raise FaultyFileError(UserFault("F-107", "引号不成对，或者有一行过长。", "请检查文件中的英文双引号。"))
    if waiting:
        yield waiting


def _record_end(block: bytes) -> int:
    """The place after the last line break that stands outside quotes; 0 where there is none."""
    end = block.rfind(b"\n") + 1
    is_inside = block.count(b'"', 0, end) % 2 == 1
    while end and is_inside:
        # The line that holds the last quote: those without one below it stand inside as well.
        before = block.rfind(b"\n", 0, block.rfind(b'"', 0, end)) + 1
        is_inside ^= block.count(b'"', before, end) % 2 == 1
        end = before
    return end


def _utf8(path: Path, encoding: str) -> Iterator[bytes]:
    decoder = codecs.getincrementaldecoder(encoding)()
    with path.open("rb") as file:
        is_old_mac = b"\n" not in file.read(SAMPLE)
        file.seek(3 if encoding == "utf-8-sig" else 0)
        # The first piece is smaller: what is at the beginning is waited for.
        for size in chain((FIRST_BLOCK,), repeat(BLOCK)):
            if not (piece := file.read(size)):
                return
            if encoding not in {"utf-8", "utf-8-sig"}:
                piece = _recoded(decoder, piece)
            yield piece.replace(b"\r", b"\n") if is_old_mac else piece


def _recoded(decoder: codecs.IncrementalDecoder, piece: bytes) -> bytes:
    try:
        return decoder.decode(piece).encode()
    except UnicodeDecodeError as cause:
        raise FaultyFileError(
            UserFault("F-106", "文件中有无法识别的文字编码。", "请另存为 UTF-8 或者 GB18030（GBK）编码的 CSV。")
        ) from cause
