"""Rows in the binary form of COPY (PostgreSQL manual, COPY, Binary Format): neither side prints or parses text.

A column is either equal in every row (bytes), or equally long in every row (a matrix of bytes), or neither (a list)."""

from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime
from typing import Any, Final
from uuid import UUID

import numpy as np
import numpy.typing as npt
import polars as pl

Matrix = npt.NDArray[np.uint8]
Part = bytes | Matrix | list[bytes]

HEAD: Final = b"PGCOPY\n\xff\r\n\x00" + bytes(8)
TAIL: Final = b"\xff\xff"
NULL: Final = b"\xff\xff\xff\xff"
_EPOCH: Final = (date(2000, 1, 1) - date(1970, 1, 1)).days
_START: Final = datetime(2000, 1, 1, tzinfo=UTC)
# Types of the elements of an array, as pg_type numbers them.
TEXT_OID: Final = 25
UUID_OID: Final = 2950


def sized(value: bytes) -> bytes:
    """A value with its length before it."""
    return len(value).to_bytes(4, "big") + value


def text(value: str | None) -> bytes:
    """A text that is equal in every row."""
    return NULL if value is None else sized(value.encode())


def integer(value: int) -> bytes:
    """An integer of four bytes."""
    return sized(value.to_bytes(4, "big", signed=True))


def day(value: date) -> bytes:
    """A day, counted from 2000-01-01."""
    return integer((value - date(1970, 1, 1)).days - _EPOCH)


def instant(value: datetime) -> bytes:
    """An instant, counted in microseconds from the first moment of 2000."""
    past = value - _START
    return sized(((past.days * 86_400 + past.seconds) * 1_000_000 + past.microseconds).to_bytes(8, "big", signed=True))


def array(elements: Iterable[bytes], oid: int) -> bytes:
    """An array of one dimension, without its length."""
    items = [sized(one) for one in elements]
    if not items:
        return bytes(8) + oid.to_bytes(4, "big")
    head = (1).to_bytes(4, "big") + bytes(4) + oid.to_bytes(4, "big") + len(items).to_bytes(4, "big")
    return head + (1).to_bytes(4, "big") + b"".join(items)


def uuids(column: pl.Series) -> Matrix:
    """A column of identifiers, written with dashes or without."""
    return _framed(bytes.fromhex("".join(column.to_list()).replace("-", "")), 16)


def digests(column: pl.Series, width: int) -> Matrix:
    """A column of bytes of one length."""
    return _framed(b"".join(column.to_list()), width)


def counted(column: pl.Series) -> Matrix:
    """A column of integers of four bytes without nulls."""
    return _framed(column.cast(pl.Int32).to_numpy().astype(">i4").tobytes(), 4)


def days(column: pl.Series) -> Part:
    """A column of days."""
    return _numbers(column.cast(pl.Int32) - _EPOCH, 4)


def amounts(column: pl.Series) -> Part:
    """A column of integers of eight bytes."""
    return _numbers(column, 8)


def _numbers(column: pl.Series, width: int) -> Part:
    if column.null_count() == 0:
        return _framed(column.to_numpy().astype(f">i{width}").tobytes(), width)
    return mapped(column, lambda number: number.to_bytes(width, "big", signed=True))


def _framed(values: bytes, width: int) -> Matrix:
    matrix = np.frombuffer(values, dtype=np.uint8).reshape(-1, width)
    return np.hstack([np.tile(np.frombuffer(width.to_bytes(4, "big"), dtype=np.uint8), (len(matrix), 1)), matrix])


def mapped(column: pl.Series, encode: Callable[[Any], bytes]) -> Part:
    """A column of few distinct values, each encoded once."""
    values = column.to_list()
    table = {value: NULL if value is None else sized(encode(value)) for value in set(values)}
    if len(table) == 1:
        return next(iter(table.values()))
    return [table[value] for value in values]


def texts(column: pl.Series) -> Part:
    """A column of texts."""
    if column.null_count() == len(column):
        return NULL
    return [NULL if one is None else sized(one) for one in column.cast(pl.Binary).to_list()]


def documents(column: pl.Series) -> Part:
    """A column of jsonb, from texts of JSON: a byte of version stands before each."""
    if column.null_count() == len(column):
        return NULL
    return [
        NULL if one is None else (len(one) + 1).to_bytes(4, "big") + b"\x01" + one
        for one in column.cast(pl.Binary).to_list()
    ]


def lists(column: pl.Series) -> Part:
    """A column of lists of short words, of which there are few."""
    joined = column.list.join("\x1f")
    return mapped(joined, lambda words: array((word.encode() for word in words.split("\x1f") if word), TEXT_OID))


def encoded(parts: dict[str, Part], rows: int) -> tuple[tuple[str, ...], bytes]:
    """Put rows together: their columns in the order to name to COPY (equally long ones first), and their bytes."""
    if not rows:
        return tuple(parts), HEAD + TAIL
    plain = {name: part for name, part in parts.items() if not isinstance(part, list)}
    loose = {name: part for name, part in parts.items() if isinstance(part, list)}
    start = np.frombuffer(len(parts).to_bytes(2, "big"), dtype=np.uint8)
    blocks = [_spread(start, rows), *(_spread(np.frombuffer(p, np.uint8), rows) if isinstance(p, bytes) else p
                                      for p in plain.values())]  # fmt: skip
    matrix = np.hstack(blocks)
    width, whole = matrix.shape[1], matrix.tobytes()
    pieces: list[bytes] = [b""] * (rows * (1 + len(loose)))
    pieces[:: 1 + len(loose)] = [whole[place : place + width] for place in range(0, rows * width, width)]
    for number, part in enumerate(loose.values(), start=1):
        pieces[number :: 1 + len(loose)] = part
    return (*plain, *loose), b"".join((HEAD, *pieces, TAIL))


def _spread(values: Matrix, rows: int) -> Matrix:
    return np.broadcast_to(values, (rows, len(values)))


def identifier(value: UUID) -> bytes:
    """An identifier that is equal in every row."""
    return sized(value.bytes)
