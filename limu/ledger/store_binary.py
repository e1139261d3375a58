"""Rows in the binary form of COPY (PostgreSQL manual, COPY, Binary Format): neither side prints or parses text.

A part of the rows is either equal in every row (bytes), or equally long in every row (a matrix of bytes), or of any
length (a column of bytes), its length before it in each case. The engine of the frames puts them side by side."""

from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, date, datetime
from functools import reduce
from operator import add
from typing import Any, Final
from uuid import UUID

import numpy as np
import numpy.typing as npt
import polars as pl

from limu.terms.columns import told_together

Matrix = npt.NDArray[np.uint8]
Part = bytes | Matrix | pl.Series

HEAD: Final = b"PGCOPY\n\xff\r\n\x00" + bytes(8)
TAIL: Final = b"\xff\xff"
NULL: Final = b"\xff\xff\xff\xff"
_EPOCH: Final = (date(2000, 1, 1) - date(1970, 1, 1)).days
_ORIGIN: Final = date(2000, 1, 1).toordinal()
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
    return sized(day_bytes(value))


def day_bytes(value: date) -> bytes:
    """A day without its length."""
    return (value.toordinal() - _ORIGIN).to_bytes(4, "big", signed=True)


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
    return _framed(_side_by_side(column), width)


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
    if column.null_count() == len(column):
        return NULL
    framed = _framed(column.fill_null(0).to_numpy().astype(f">i{width}").tobytes(), width)
    if column.null_count() == 0:
        return framed
    told = pl.when(pl.lit(column).is_null()).then(pl.lit(NULL)).otherwise(pl.lit(_bytes(framed)))
    return pl.select(told).to_series()


def _framed(values: bytes | Matrix, width: int) -> Matrix:
    matrix = np.frombuffer(values, dtype=np.uint8).reshape(-1, width)
    return np.hstack([_spread(np.frombuffer(width.to_bytes(4, "big"), dtype=np.uint8), len(matrix)), matrix])


def mapped(column: pl.Series, encode: Callable[[Any], bytes]) -> Part:
    """A column of few distinct values, each encoded once."""
    return together(column.to_frame(), {column.name: encode})


def together(columns: pl.DataFrame, encode: Mapping[str, Callable[[Any], bytes]]) -> Part:
    """Several columns of few distinct values side by side, each distinct row of them encoded once."""
    names = list(encode)
    distinct, which = told_together(columns, names)
    texts = [
        b"".join(NULL if one is None else sized(encode[name](one)) for name, one in zip(names, row, strict=True))
        for row in distinct.iter_rows()
    ]
    return texts[0] if len(texts) == 1 else pl.Series(texts, dtype=pl.Binary)[which]


def texts(column: pl.Series) -> Part:
    """A column of texts."""
    return _texts(column, b"")


def documents(column: pl.Series) -> Part:
    """A column of jsonb, from texts of JSON: a byte of version stands before each."""
    return _texts(column, b"\x01")


def _texts(column: pl.Series, before: bytes) -> Part:
    if column.null_count() == len(column):
        return NULL
    lengths = (column.str.len_bytes().cast(pl.Int64) + len(before)).fill_null(0).to_numpy().astype(">i4")
    heads = np.frombuffer(lengths.tobytes(), dtype=np.uint8).reshape(-1, 4)
    told = _bytes(np.hstack([heads, _spread(np.frombuffer(before, np.uint8), len(column))]))
    whole = told + column.cast(pl.Binary)
    return whole.fill_null(NULL) if column.null_count() else whole


def listed(joined: str) -> bytes:
    """A list of short words, which were joined by unit separators (0x1f)."""
    return array((word.encode() for word in joined.split("\x1f") if word), TEXT_OID)


def encoded(parts: Mapping[tuple[str, ...], Part], rows: int) -> tuple[tuple[str, ...], tuple[bytes | memoryview, ...]]:
    """Put rows together: their columns in the order to name to COPY (equally long ones first), and their bytes.

    The bytes come as what stands before the rows, the rows, and what stands behind: to join them is to copy them."""
    plain = {names: part for names, part in parts.items() if not isinstance(part, pl.Series)}
    # Each part is added to what stands before it, which is copied: the longest come last.
    loose = {names: part for names, part in parts.items() if isinstance(part, pl.Series)}
    loose = dict(sorted(loose.items(), key=lambda one: one[1].estimated_size()))
    named = tuple(name for names in (*plain, *loose) for name in names)
    if not rows:
        return named, (HEAD, TAIL)
    start = _spread(np.frombuffer(len(named).to_bytes(2, "big"), dtype=np.uint8), rows)
    equal = [_spread(np.frombuffer(one, np.uint8), rows) if isinstance(one, bytes) else one for one in plain.values()]
    whole: pl.Series = reduce(add, loose.values(), _bytes(np.hstack([start, *equal])))
    return named, (HEAD, _side_by_side(whole).data, TAIL)


def _side_by_side(column: pl.Series) -> Matrix:
    """All bytes of a column, none of whose values is null or empty, one after another."""
    return column.cast(pl.List(pl.UInt8)).explode().to_numpy()


def _bytes(matrix: Matrix) -> pl.Series:
    """The rows of a matrix as a column of bytes."""
    rows = pl.Series(values=np.ascontiguousarray(matrix), dtype=pl.Array(pl.UInt8, matrix.shape[1]))
    return rows.cast(pl.List(pl.UInt8)).cast(pl.Binary)


def _spread(values: Matrix, rows: int) -> Matrix:
    return np.broadcast_to(values, (rows, len(values)))


def identifier(value: UUID) -> bytes:
    """An identifier that is equal in every row."""
    return sized(value.bytes)
