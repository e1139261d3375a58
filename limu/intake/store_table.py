"""A table being read: its layout, and its rows as frames of texts."""

from collections.abc import Generator, Iterator
from dataclasses import dataclass

import polars as pl

from limu.intake.rules import Layout

SURPLUS = "surplus"
"""Column that marks rows with filled cells beyond the header; present only where there are such rows."""


FORMULAS = "formulas"
"""Column that lists a row's formula cells, by their column; the complement (~) of a column is one never computed."""

MARKS = (SURPLUS, FORMULAS)


@dataclass(frozen=True, slots=True)
class Table:
    """A file understood; frames have `row_number` (row of the user's file) and a text column for each header."""

    layout: Layout
    frames: Generator[pl.DataFrame, None, None]
    lines: int | None = None
    """How many lines the file has, where they were counted: about as many as rows, more where cells have several."""


def column_names(width: int) -> list[str]:
    """The names of a frame's text columns, by their place."""
    return [f"c{index}" for index in range(width)]


def chunked(frames: Iterator[pl.DataFrame], heights: Iterator[int]) -> Iterator[pl.DataFrame]:
    """Cut frames of any height into chunks of stated heights, so that a resumed reading meets the same borders."""
    waiting: list[pl.DataFrame] = []
    height, size = 0, next(heights)
    for frame in frames:
        waiting.append(frame)
        height += frame.height
        while height >= size:
            whole = pl.concat(waiting, how="diagonal") if len(waiting) > 1 else waiting[0]
            yield whole.slice(0, size)
            rest = whole.slice(size)
            waiting, height, size = [rest], rest.height, next(heights)
    if height:
        yield pl.concat(waiting, how="diagonal") if len(waiting) > 1 else waiting[0]
