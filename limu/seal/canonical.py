"""One value, one sequence of bytes: the JSON Canonicalization Scheme (RFC 8785), without floats."""

import json
from collections.abc import Mapping, Sequence

import polars as pl

LARGEST_INTEGER = 2**53 - 1

_ENCODER = json.JSONEncoder(ensure_ascii=False, allow_nan=False, separators=(",", ":"), check_circular=False)


class NotCanonicalError(ValueError):
    """The value has no canonical form: a float, a large integer, a lone surrogate, or an unknown type."""


def canonical_bytes(value: object) -> bytes:
    """UTF-8 bytes of a value by RFC 8785; our events hold strings, integers, booleans, null, lists and objects only.

    Floats are refused because two programs may print them differently; integers beyond 2^53-1 because
    a reader in JavaScript would not get them back (RFC 7493, I-JSON).
    """
    try:
        return _ENCODER.encode(_ordered(value)).encode("utf-8")
    except UnicodeEncodeError as error:
        raise NotCanonicalError("a lone surrogate has no UTF-8 form") from error


def is_canonical(data: bytes) -> bool:
    """Whether the bytes are exactly what canonical_bytes would write for the value they hold."""
    try:
        return canonical_bytes(json.loads(data)) == data
    except ValueError:
        return False


def canonical_rows(frame: pl.DataFrame) -> list[bytes]:
    """Canonical bytes of each row of a frame as an object of its columns: the bulk form of canonical_bytes.

    Columns hold texts, integers or booleans, or lists of them; others are refused. Nulls are written as null.
    The engine writes the rows (about forty times faster); those with control characters, where writers of JSON
    differ, are written here.
    """
    for name, dtype in frame.schema.items():
        _refuse_other_types(name, dtype)
        _refuse_large_integers(frame.get_column(name))
    columns: list[str] = sorted(frame.schema, key=_utf16_order)
    ordered = frame.select(columns)
    encoded = ordered.select(pl.struct(pl.all()).struct.json_encode().alias("row")).to_series()
    rows: list[bytes] = encoded.cast(pl.Binary).to_list()
    for place in encoded.str.contains(_UNSURE).arg_true():
        rows[place] = canonical_bytes(ordered.row(place, named=True))
    return rows


# What writers of JSON escape differently, as it looks in the engine's own output.
_UNSURE = r"[\x00-\x1f\x7f]|\\[bfnrtu/]"


def _refuse_other_types(name: str, dtype: pl.DataType) -> None:
    inner = dtype.inner if isinstance(dtype, pl.List) else dtype
    if not (inner.is_integer() or inner in {pl.String, pl.Boolean, pl.Null}):
        raise NotCanonicalError(f"column {name}: {dtype} has no canonical form; write it as text")


def _refuse_large_integers(column: pl.Series) -> None:
    flat = column.list.explode() if column.dtype == pl.List else column
    if not flat.dtype.is_integer():
        return
    low, high = pl.DataFrame({"n": flat}).select(low=pl.col("n").min(), high=pl.col("n").max()).row(0)
    for end in (low, high):
        if end is not None:
            _bounded(end)


def _ordered(value: object) -> object:
    if value is None or isinstance(value, str | bool):
        return value
    if isinstance(value, int):
        return _bounded(value)
    if isinstance(value, Mapping):
        return _ordered_object(value)
    if isinstance(value, Sequence) and not isinstance(value, bytes | bytearray | memoryview):
        return [_ordered(item) for item in value]
    raise NotCanonicalError(f"{type(value).__name__} has no canonical form")


def _bounded(value: int) -> int:
    if abs(value) > LARGEST_INTEGER:
        raise NotCanonicalError("integers end at 2^53-1; write larger ones as strings")
    return int(value)


def _ordered_object(value: Mapping[object, object]) -> dict[str, object]:
    keys: list[str] = []
    for key in value:
        if not isinstance(key, str):
            raise NotCanonicalError("keys of an object are strings")
        keys.append(key)
    return {key: _ordered(value[key]) for key in sorted(keys, key=_utf16_order)}


def _utf16_order(key: str) -> bytes:
    # RFC 8785 3.2.3 sorts by UTF-16 code units, which differs from code points above U+FFFF.
    return key.encode("utf-16-be", "surrogatepass")
