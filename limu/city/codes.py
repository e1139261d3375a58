"""Codes and older numbers of the city's organisations, all with right check characters, set-wise."""

import numpy as np
import numpy.typing as npt
import polars as pl

from limu.city.chance import Numbers, Places, drawn
from limu.terms.uscc import ALPHABET, ORGANISATION_WEIGHTS, WEIGHTS

REGION = "990100"
# GB 11714 counts letters as 10 to 35 with I, O, S, V, Z among them; GB 32100 leaves those out of its alphabet.
_GB11714 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_ALPHABET = np.frombuffer(ALPHABET.encode(), dtype=np.uint8)
_ORGANISATION_VALUE = np.asarray([_GB11714.index(letter) for letter in ALPHABET], dtype=np.int64)
_CHECKS = np.frombuffer(b"0123456789X", dtype=np.uint8)
# Places 5 and 6 of the alphabet's 31^6 numbers are taken by the seven named organisations (ux.md 5.7).
_ROOM, _STRIDE, _FIRST = 31**6, 387_420_489, 1_000

Bytes = npt.NDArray[np.uint8]


def codes_of(numbers: Numbers, prefixes: Places, known: tuple[str, ...]) -> pl.Series:
    """Give each number its unified code: its prefix, the city's region, a body of its own, both check characters."""
    rows = np.empty((len(numbers), 18), dtype=np.uint8)
    rows[:, :2] = np.frombuffer("".join(known).encode(), dtype=np.uint8).reshape(-1, 2)[prefixes]
    rows[:, 2:8] = np.frombuffer(REGION.encode(), dtype=np.uint8)
    places = _body(numbers)
    rows[:, 8:16] = _ALPHABET[places]
    rows[:, 16] = _organisation_check(places)
    rows[:, 17] = _last(rows[:, :17])
    return _texts(rows)


def registration_numbers_of(numbers: Numbers) -> pl.Series:
    """Give each number a business registration number of fifteen digits with its check digit (GS 15-2006)."""
    rows = np.empty((len(numbers), 15), dtype=np.uint8)
    rows[:, :6] = np.frombuffer(REGION.encode(), dtype=np.uint8)
    serial = numbers.astype(np.int64) + 10_000_000
    for place in range(8):
        rows[:, 13 - place] = 48 + serial // 10**place % 10
    product = np.full(len(numbers), 10, dtype=np.int64)
    for place in range(14):
        total = (product + rows[:, place] - 48) % 10
        product = np.where(total == 0, 10, total) * 2 % 11
    rows[:, 14] = 48 + (11 - product) % 10
    return _texts(rows)


def spoiled(codes: pl.Series, numbers: Numbers) -> pl.Series:
    """Change the last character of each code, as a slip of the hand does."""
    step = drawn(numbers, salt=91, below=30) + 1
    rows = np.frombuffer("".join(codes.to_list()).encode(), dtype=np.uint8).reshape(-1, 18).copy()
    values = np.searchsorted(_ALPHABET, rows[:, 17])
    rows[:, 17] = _ALPHABET[(values + step) % 31]
    return _texts(rows)


def _body(numbers: Numbers) -> Places:
    # A stride prime to 31^6 visits every number once: no two organisations share a code, at any size.
    value = (numbers.astype(np.int64) + _FIRST) * _STRIDE % _ROOM
    places = np.empty((len(numbers), 8), dtype=np.int64)
    places[:, 0], places[:, 1] = ALPHABET.index("M"), ALPHABET.index("B")
    for place in range(6):
        places[:, 7 - place] = value % 31
        value //= 31
    return places


def _organisation_check(places: Places) -> Bytes:
    total = _ORGANISATION_VALUE[places] @ np.asarray(ORGANISATION_WEIGHTS, dtype=np.int64)
    checks: Bytes = _CHECKS[-total % 11]
    return checks


def _last(rows: Bytes) -> Bytes:
    values = np.searchsorted(_ALPHABET, rows)
    last: Bytes = _ALPHABET[-(values @ np.asarray(WEIGHTS, dtype=np.int64)) % 31]
    return last


def _texts(rows: Bytes) -> pl.Series:
    width = rows.shape[1]
    return pl.Series(rows.astype(np.uint8).view(f"S{width}").ravel().astype(str), dtype=pl.String)
