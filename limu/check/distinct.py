"""Columns of few distinct values computed once for each value: a file repeats its authority in every row."""

from collections.abc import Iterable
from typing import Final

import polars as pl

SAMPLE: Final = 1_024
MOST_IN_SAMPLE: Final = 768
LEAST_REPEATED: Final = 8
"""A column is worth it from this many rows a value on."""


class Distinct:
    """A frame to which expressions are added; one that looks at a single field of few values is computed on those.

    Columns are named after their field: `field` itself, then `field|typed` and the like. Every expression treats a
    row by itself; one that compares rows goes through `frame`."""

    __slots__ = ("_places", "_values", "frame")

    def __init__(self, frame: pl.DataFrame, fields: Iterable[str]) -> None:
        self.frame = frame
        found = _few_values(frame, _repeating(frame, fields))
        self._places = _places(frame, found)
        # Side by side in one frame, the shorter ones filled up: one run of the engine serves all fields.
        values = [one.to_frame() for one in found.values()]
        self._values = pl.concat(values, how="horizontal_extend") if values else pl.DataFrame()

    def with_columns(self, expressions: Iterable[pl.Expr]) -> None:
        """Add columns, each computed of those that were there before."""
        wide, narrow = self._told_apart(expressions)
        if narrow:
            self._values = self._values.with_columns(narrow)
        if wide:
            self.frame = self.frame.with_columns(wide)
        if narrow:
            self.frame = self.frame.with_columns(self._spread(self._values, narrow))

    def computed(self, expressions: Iterable[pl.Expr]) -> pl.DataFrame:
        """Compute columns without adding them, as many rows as there are, in the order given."""
        ordered = list(expressions)
        wide, narrow = self._told_apart(ordered)
        # with_columns: an expression of constants alone would come back as one value.
        found = self.frame.with_columns(wide) if wide else self.frame
        few = self._spread(self._values.with_columns(narrow), narrow) if narrow else []
        series = {one.name: one for one in few}
        names = [one.meta.output_name() for one in ordered]
        return pl.DataFrame([series[name] if name in series else found.get_column(name) for name in names])

    def holding(self, fields: Iterable[str], pattern: str) -> frozenset[str]:
        """The fields of which some cell matches a pattern."""
        found: set[str] = set()
        codes = list(fields)
        for frame, own in ((self._values, self._places), (self.frame, set(codes) - self._places.keys())):
            asked = [pl.col(code).str.contains(pattern).any() for code in codes if code in own]
            told = frame.select(asked).row(0, named=True) if asked else {}
            found |= {code for code, is_found in told.items() if is_found}
        return frozenset(found)

    def _spread(self, values: pl.DataFrame, expressions: list[pl.Expr]) -> list[pl.Series]:
        """Lay computed values out over the rows in which they stand."""
        series = []
        for one in expressions:
            column = values.get_column(one.meta.output_name())
            places = self._places[_field_of(one)]
            series.append(column.new_from_index(0, self.frame.height) if places is None else column[places])
        return series

    def _told_apart(self, expressions: Iterable[pl.Expr]) -> tuple[list[pl.Expr], list[pl.Expr]]:
        wide: list[pl.Expr] = []
        narrow: list[pl.Expr] = []
        there = frozenset(self._values.columns)
        for one in expressions:
            roots = one.meta.root_names()
            is_own = len({root.partition("|")[0] for root in roots}) == 1 and there.issuperset(roots)
            (narrow if is_own else wide).append(one)
        return wide, narrow


def _field_of(expression: pl.Expr) -> str:
    """The field that an expression looks at, the first of its columns."""
    return expression.meta.root_names()[0].partition("|")[0]


def _repeating(frame: pl.DataFrame, fields: Iterable[str]) -> list[str]:
    """The fields that repeat themselves in the first rows."""
    codes = list(fields)
    if frame.height <= SAMPLE or not codes:
        return []
    told = frame.head(SAMPLE).select(pl.col(codes).n_unique()).row(0)
    return [code for code, count in zip(codes, told, strict=True) if count <= MOST_IN_SAMPLE]


def _few_values(frame: pl.DataFrame, codes: list[str]) -> dict[str, pl.Series]:
    """The distinct values of each column that has few of them."""
    if not codes:
        return {}
    told = frame.select(pl.col(code).unique().implode() for code in codes)
    every = {code: told.get_column(code).item().alias(code) for code in codes}
    return {code: values for code, values in every.items() if len(values) * LEAST_REPEATED <= frame.height}


def _places(frame: pl.DataFrame, found: dict[str, pl.Series]) -> dict[str, pl.Series | None]:
    """Which of its values stands in each row of a column; nothing where there is one."""
    several = {code: values for code, values in found.items() if len(values) > 1}
    if not several:
        return dict.fromkeys(found)
    placed = frame.select(
        pl.col(code).replace_strict(values, pl.Series(range(len(values)), dtype=pl.UInt32), return_dtype=pl.UInt32)
        for code, values in several.items()
    )
    return {code: placed.get_column(code) if code in several else None for code in found}
