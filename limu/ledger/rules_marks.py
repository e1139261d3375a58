"""Which keys a department has certainly not filed yet: a mark a key, so that new rows of a file are not looked up."""

from typing import Final

import numpy as np
import polars as pl

_BITS: Final = 26
"""Eight megabytes; a million keys set one bit in 67, so of a hundred new rows one or two are looked up in vain."""


class Marks:
    """A mark for each key that is there; a key without one is not there, a key with one may be (a Bloom filter).

    Keys are hashes, so their first bytes are as good as chance."""

    def __init__(self) -> None:
        self._bytes = np.zeros(1 << (_BITS - 3), dtype=np.uint8)

    def add(self, keys: bytes) -> None:
        """Mark keys of 16 bytes, one behind the other."""
        places = _places(keys)
        np.bitwise_or.at(self._bytes, places >> 3, np.uint8(1) << (places & 7).astype(np.uint8))

    def may_hold(self, keys: bytes) -> pl.Series:
        """Say of each key whether it may be there."""
        places = _places(keys)
        return pl.Series((self._bytes[places >> 3] >> (places & 7).astype(np.uint8) & 1).astype(bool), dtype=pl.Boolean)


def _places(keys: bytes) -> "np.ndarray[tuple[int], np.dtype[np.int64]]":
    return (np.frombuffer(keys, dtype="<u8")[::2] >> (64 - _BITS)).astype(np.int64)


def joined(keys: pl.Series) -> bytes:
    """Keys of a column one behind the other."""
    return b"".join(keys.to_list())
