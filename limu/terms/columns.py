"""One truth for a value and for a column: a scalar function applied to each distinct value once."""

from collections.abc import Callable, Sequence
from typing import Final

import numpy as np
import polars as pl
from polars._typing import PolarsDataType

FEW: Final = 2_000
"""Up to so many values, going through them one by one costs less than having the engine find them again."""


def through_unique(series: pl.Series, function: Callable[[str], object], dtype: PolarsDataType) -> pl.Series:
    """Apply a function of text to a column by way of its distinct values; null stays null."""
    if len(series) <= FEW:
        known: dict[str | None, object] = {None: None}
        told = [known[text] if text in known else known.setdefault(text, function(text)) for text in series.to_list()]
        return pl.Series(series.name, told, dtype=dtype)
    unique = series.unique().drop_nulls()
    if not len(unique):
        return pl.Series(series.name, [None], dtype=dtype).new_from_index(0, len(series))
    if len(unique) == len(series):
        # Nothing repeats: the order of unique() is not promised, so compute in the column's own order.
        return pl.Series(series.name, [function(text) for text in series], dtype=dtype)
    answers = pl.Series("answer", [function(text) for text in unique], dtype=dtype)
    return series.replace_strict(unique, answers, default=None, return_dtype=dtype).alias(series.name)


def as_expression(expression: pl.Expr, function: Callable[[pl.Series], pl.Series], dtype: PolarsDataType) -> pl.Expr:
    """A column function as an expression; it treats each value by itself, so the engine may cut the column.

    What it answers to null is asked once: many columns of a file hold nothing that needs the function."""
    of_null: list[pl.Series] = []

    def told(series: pl.Series) -> pl.Series:
        # Where most of a column is null, the function is given the rest.
        if series.null_count() * 2 <= len(series):
            return function(series)
        if not of_null:
            of_null.append(function(pl.Series([None], dtype=series.dtype)))
        if series.null_count() == len(series):
            return of_null[0].new_from_index(0, len(series))
        return _told(series, function, of_null[0])

    return expression.map_batches(told, return_dtype=dtype, is_elementwise=True)


def _told(series: pl.Series, function: Callable[[pl.Series], pl.Series], of_null: pl.Series) -> pl.Series:
    is_there = series.is_not_null()
    answers = function(series.filter(is_there))
    places = np.full(len(series), len(answers), dtype=np.uint32)
    places[is_there.to_numpy()] = np.arange(len(answers), dtype=np.uint32)
    return pl.concat([answers, of_null.alias(answers.name)]).gather(places)


def told_together(frame: pl.DataFrame, names: Sequence[str]) -> tuple[pl.DataFrame, pl.Series]:
    """The distinct rows of some columns, and which of them stands in each row."""
    rows = frame.select(pl.int_range(pl.len()).alias("|place"), *names)
    distinct = rows.group_by(names, maintain_order=True).agg("|place")
    places = distinct.get_column("|place")
    which = np.empty(frame.height, dtype=np.uint32)
    which[places.explode().to_numpy()] = np.repeat(np.arange(distinct.height), places.list.len().to_numpy())
    return distinct.drop("|place"), pl.Series("which", which)
