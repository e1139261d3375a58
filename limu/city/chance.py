"""Chance without a generator: what row i gets depends on i alone, so any size and any chunk give the same city."""

import numpy as np
import numpy.typing as npt

Numbers = npt.NDArray[np.uint64]
Places = npt.NDArray[np.int64]

_STEP = np.uint64(0x9E3779B97F4A7C15)
_FIRST = np.uint64(0xBF58476D1CE4E5B9)
_SECOND = np.uint64(0x94D049BB133111EB)


def numbered(first: int, count: int) -> Numbers:
    """Number the rows of a chunk from `first` on."""
    return np.arange(first, first + count, dtype=np.uint64)


def mixed(numbers: Numbers, salt: int) -> Numbers:
    """Spread numbers over 64 bits by SplitMix64 (Steele, Lea, Flood 2014); another salt is another draw."""
    with np.errstate(over="ignore"):
        value = (numbers + np.uint64(salt) * np.uint64(0xD1342543DE82EF95)) * _STEP + _STEP
        value = (value ^ (value >> np.uint64(30))) * _FIRST
        value = (value ^ (value >> np.uint64(27))) * _SECOND
    return value ^ (value >> np.uint64(31))


def drawn(numbers: Numbers, *, salt: int, below: int) -> Places:
    """Draw one of `below` places for each number."""
    return (mixed(numbers, salt) % np.uint64(below)).astype(np.int64)


def skewed(numbers: Numbers, *, salt: int, below: int) -> Places:
    """Draw places of which low ones come up more often: a few organisations hold most records."""
    share = (mixed(numbers, salt) >> np.uint64(11)).astype(np.float64) / float(1 << 53)
    return np.minimum((share * share * below).astype(np.int64), below - 1)


def weighted(numbers: Numbers, weights: tuple[int, ...], *, salt: int) -> Places:
    """Draw a place by weight."""
    ends = np.cumsum(np.asarray(weights, dtype=np.int64))
    return np.searchsorted(ends, drawn(numbers, salt=salt, below=int(ends[-1])), side="right").astype(np.int64)
