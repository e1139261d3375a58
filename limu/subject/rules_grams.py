"""Grams of names: what the index holds, what short queries look up, and how a match ranks.

A gram is one 64-bit number that names it exactly; the index keeps it folded to 31 bits, and a match is always checked
again on the text. Columns are computed over the code points of all names of a chunk at once."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

Numbers = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]

KEPT = 20
# Owners of one chunk are counted in 20 bits while lines are sorted.
CHUNK = 1 << 20
# Kinds of gram, in the bits above 44: neighbouring characters; two and three neighbouring initials.
_PAIR, _INITIALS_2, _INITIALS_3 = (kind << 44 for kind in (1, 2, 3))
_FOLD = np.uint64(0x9E3779B97F4A7C15)


def single(character: str) -> int:
    """Gram of one character."""
    return ord(character)


def pair(two: str) -> int:
    """Gram of two neighbouring characters."""
    return _PAIR | ord(two[0]) << 21 | ord(two[1])


def initials_pair(two: str) -> int:
    """Gram of two neighbouring initials."""
    return _INITIALS_2 | ord(two[0]) << 21 | ord(two[1])


def initials_triple(three: str) -> int:
    """Gram of three neighbouring initials."""
    return _INITIALS_3 | ord(three[0]) << 14 | ord(three[1]) << 7 | ord(three[2])


def pairs_of(name: str) -> tuple[int, ...]:
    """The pairs of a name, each once, in the order of the name."""
    return tuple(dict.fromkeys(pair(name[at : at + 2]) for at in range(len(name) - 1)))


def initials_pairs_of(initials: str) -> tuple[int, ...]:
    """The pairs of a run of initials, each once."""
    return tuple(dict.fromkeys(initials_pair(initials[at : at + 2]) for at in range(len(initials) - 1)))


def read_gram(gram: int) -> tuple[str, bool]:
    """The text that a gram stands for, and whether it is initials."""
    kind, rest = gram >> 44 << 44, gram & ((1 << 44) - 1)
    if kind == _INITIALS_3:
        return "".join(chr(rest >> shift & 0x7F) for shift in (14, 7, 0)), True
    if kind == 0:
        return chr(rest), False
    return chr(rest >> 21) + chr(rest & 0x1FFFFF), kind == _INITIALS_2


def fold(gram: int) -> int:
    """Fold a gram to what the index holds: the high 31 bits of a multiplicative hash."""
    return (gram * int(_FOLD) & 0xFFFFFFFFFFFFFFFF) >> 33


def _folded(grams: Numbers) -> Numbers:
    return ((grams.astype(np.uint64) * _FOLD) >> np.uint64(33)).astype(np.int64)


@dataclass(frozen=True, slots=True)
class _Text:
    """All texts of a chunk as one run of code points, with whose each is and where it stands."""

    codes: Numbers
    row: Numbers
    place: Numbers
    length: Numbers
    is_end: Flags


@dataclass(frozen=True, slots=True)
class _Grams:
    """Grams, whose each is, and how it lies in the text: 0 the whole, 1 its start, 2 inside."""

    gram: Numbers
    row: Numbers
    match: Numbers


def _lay_out(texts: pl.Series) -> _Text:
    joined = "\n".join(texts.to_list()) + "\n"
    codes = np.frombuffer(joined.encode("utf-32-le"), dtype="<u4").astype(np.int64)
    is_end = codes == ord("\n")
    row = np.concatenate(([0], np.cumsum(is_end)[:-1]))
    ends = np.flatnonzero(is_end)
    starts = np.concatenate(([0], ends[:-1] + 1))
    return _Text(codes, row, np.arange(len(codes)) - starts[row], ends - starts, is_end)


def _grams(text: _Text, size: int, *, tag: int, shift: int) -> _Grams:
    first = np.flatnonzero(~text.is_end)
    for step in range(1, size):
        first = first[first + step < len(text.codes)]
        first = first[~text.is_end[first + step]]
    gram = np.full(len(first), tag, dtype=np.int64)
    for step in range(size):
        gram |= text.codes[first + step] << (shift * (size - 1 - step))
    row, place = text.row[first], text.place[first]
    return _Grams(gram, row, np.where(text.length[row] == size, 0, np.where(place == 0, 1, 2)))


def index_grams(names: pl.Series, initials: pl.Series) -> pl.Series:
    """What the index holds for each name: its folded pairs and pairs of initials, each once."""
    parts = (_grams(_lay_out(names), 2, tag=_PAIR, shift=21), _grams(_lay_out(initials), 2, tag=_INITIALS_2, shift=21))
    row = np.concatenate([part.row for part in parts])
    gram = _folded(np.concatenate([part.gram for part in parts]))
    packed = row << 31 | gram
    packed.sort()
    packed = packed[np.concatenate(([True], packed[1:] != packed[:-1]))] if len(packed) else packed
    counts = np.bincount(packed >> 31, minlength=len(names))
    frame = pl.DataFrame({"row": packed >> 31, "gram": packed & 0x7FFFFFFF})
    lists = frame.group_by("row", maintain_order=True).agg("gram")["gram"]
    whole = pl.DataFrame({"at": np.where(counts > 0, np.cumsum(counts > 0) - 1, -1)})
    return whole.select(
        pl.when(pl.col("at") >= 0).then(pl.lit(lists).gather(pl.col("at").clip(lower_bound=0))) if len(lists)
        else pl.lit([], dtype=pl.List(pl.Int64))
    ).to_series().fill_null([])  # fmt: skip


@dataclass(frozen=True, slots=True)
class Lines:
    """Per gram how many owners have it, and the best twenty of them: gram, rank, owner, in order."""

    totals: pl.DataFrame
    best: pl.DataFrame


def gram_lines(names: pl.DataFrame) -> Lines:
    """Count and rank the grams of names. Columns: owner (below CHUNK), name_normal, initials, is_current.

    A rank is a hundred times the kind of match plus the name's length, so that shorter names come first. Kinds: the
    whole current name 0, a whole former name 1, the start of the current name 2, inside it 3, in a former name 4."""
    text, letters = _lay_out(names["name_normal"]), _lay_out(names["initials"])
    parts = (
        _grams(text, 1, tag=0, shift=0),
        _grams(text, 2, tag=_PAIR, shift=21),
        _grams(letters, 2, tag=_INITIALS_2, shift=21),
        _grams(letters, 3, tag=_INITIALS_3, shift=7),
    )
    gram, row, match = (np.concatenate([getattr(part, name) for part in parts]) for name in ("gram", "row", "match"))
    is_current = names["is_current"].to_numpy()[row]
    kind = np.where(is_current, np.where(match == 0, 0, match + 1), np.where(match == 0, 1, 4))
    rank = kind * 100 + np.minimum(text.length[row], 99)
    return _count(gram, names["owner"].to_numpy().astype(np.int64)[row], rank)


def _count(gram: Numbers, owner: Numbers, rank: Numbers) -> Lines:
    grams, number = np.unique(gram, return_inverse=True)
    lines = number << 30 | owner << 10 | rank
    lines.sort()
    lines = lines[np.concatenate(([True], np.diff(lines >> 10) > 0))] if len(lines) else lines
    lines = lines >> 30 << 30 | (lines & 0x3FF) << 20 | lines >> 10 & 0xFFFFF
    lines.sort()
    number = lines >> 30
    total = np.bincount(number, minlength=len(grams))
    start = np.cumsum(total) - total
    kept = np.flatnonzero(np.arange(len(lines)) - start[number] < KEPT)
    lines = lines[kept]
    return Lines(
        pl.DataFrame({"gram": grams, "total": total}, schema={"gram": pl.Int64, "total": pl.Int64}),
        pl.DataFrame({"gram": grams[lines >> 30], "rank": lines >> 20 & 0x3FF, "owner": lines & 0xFFFFF}),
    )
