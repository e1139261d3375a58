"""Columns of few distinct values computed once for each value: a file repeats its authority in every row."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

import polars as pl

SAMPLE: Final = 1_024
MOST_IN_SAMPLE: Final = 128
LEAST_REPEATED: Final = 8
"""A column is worth it from this many rows a value on."""


@dataclass(frozen=True, slots=True)
class _Few:
    """A column's distinct values with what was computed of them, and which of them stands in each row."""

    values: pl.DataFrame
    places: pl.Series


class Distinct:
    """A frame to which expressions are added; one that looks at a single field of few values is computed on those.

    Columns are named after their field: `field` itself, then `field|typed` and the like. Every expression treats a
    row by itself; one that compares rows goes through `frame`."""

    __slots__ = ("_few", "frame")

    def __init__(self, frame: pl.DataFrame, fields: Iterable[str]) -> None:
        self.frame = frame
        self._few = {code: few for code in fields if (few := _few_values(frame.get_column(code))) is not None}

    def with_columns(self, expressions: Iterable[pl.Expr]) -> None:
        """Add columns, each computed of those that were there before."""
        wide, narrow = self._told_apart(expressions)
        added: list[pl.Series] = []
        for code, own in narrow.items():
            few = self._few[code]
            self._few[code] = _Few(few.values.with_columns(own), few.places)
            added += _spread(self._few[code], [one.meta.output_name() for one in own])
        if wide:
            self.frame = self.frame.with_columns(wide)
        self.frame = self.frame.with_columns(added)

    def computed(self, expressions: Iterable[pl.Expr]) -> pl.DataFrame:
        """Compute columns without adding them, as many rows as there are, in the order given."""
        ordered = list(expressions)
        wide, narrow = self._told_apart(ordered)
        # with_columns: an expression of constants alone would come back as one value.
        found = self.frame.with_columns(wide) if wide else self.frame
        series: dict[str, pl.Series] = {}
        for code, own in narrow.items():
            few = _Few(self._few[code].values.with_columns(own), self._few[code].places)
            series |= {one.name: one for one in _spread(few, [expression.meta.output_name() for expression in own])}
        names = [one.meta.output_name() for one in ordered]
        return pl.DataFrame([series[name] if name in series else found.get_column(name) for name in names])

    def any_of(self, code: str, pattern: str) -> bool:
        """Tell whether some cell of a field matches a pattern."""
        frame = self._few[code].values if code in self._few else self.frame
        return bool(frame.get_column(code).str.contains(pattern).any())

    def _told_apart(self, expressions: Iterable[pl.Expr]) -> tuple[list[pl.Expr], dict[str, list[pl.Expr]]]:
        wide: list[pl.Expr] = []
        narrow: dict[str, list[pl.Expr]] = {}
        for one in expressions:
            roots = one.meta.root_names()
            codes = {root.partition("|")[0] for root in roots}
            code = codes.pop() if len(codes) == 1 else ""
            is_own = code in self._few and all(root in self._few[code].values.columns for root in roots)
            if is_own:
                narrow.setdefault(code, []).append(one)
            else:
                wide.append(one)
        return wide, narrow


def _few_values(column: pl.Series) -> _Few | None:
    if len(column) <= SAMPLE or column.head(SAMPLE).n_unique() > MOST_IN_SAMPLE:
        return None
    values = column.unique()
    if len(values) * LEAST_REPEATED > len(column):
        return None
    if len(values) == 1:
        return _Few(values.to_frame(), pl.repeat(0, len(column), dtype=pl.UInt32, eager=True))
    numbered = values.to_frame().with_row_index("|place")
    places = column.to_frame().join(numbered, on=column.name, how="left", maintain_order="left", nulls_equal=True)
    return _Few(values.to_frame(), places.get_column("|place"))


def _spread(few: _Few, names: list[str]) -> list[pl.Series]:
    return few.values.select(names).select(pl.all().gather(few.places)).get_columns()
