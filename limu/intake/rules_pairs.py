"""A sheet that is one record: what a field is called stands beside what it holds (栏目—内容)."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from limu.intake.rules_headers import normal_header

LEAST_PAIRS: Final = 3
"""So many known names with something beside them make a record, if no row of the sheet is a better header."""

Found = dict[str, tuple[str, int, int]]
"""By name as written: its text, and the row (from 1) and column (from 0) in which that stands."""


def records_of(rows: Iterable[Sequence[str]], known: frozenset[str], *, first_key: str | None) -> Iterator[Found]:
    """Read the records of a sheet; a new one begins at the first key, or where a name comes a second time."""
    record: Found = {}
    begun: set[str] = set()
    for number, cells in enumerate(rows, start=1):
        for name, text, at in _pairs(cells, known):
            plain = normal_header(name)
            if plain == first_key or (first_key is None and plain in begun):
                if record:
                    yield record
                record, begun = {}, set()
            record.setdefault(name, (text, number, at))
            begun.add(plain)
    if record:
        yield record


def _pairs(cells: Sequence[str], known: frozenset[str]) -> Iterator[tuple[str, str, int]]:
    """The known names of a row with the next filled cell that is no name itself; a name without one says nothing."""
    name = ""
    for at, cell in enumerate(cells):
        if not cell.strip():
            continue
        if normal_header(cell.rstrip(":：")) in known:
            name = cell.strip().rstrip(":：")
        elif name:
            yield name, cell, at
            name = ""
