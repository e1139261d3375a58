"""One truth for a value and for a column: a scalar function applied to each distinct value once."""

from collections.abc import Callable

import polars as pl
from polars._typing import PolarsDataType


def through_unique(series: pl.Series, function: Callable[[str], object], dtype: PolarsDataType) -> pl.Series:
    """Apply a function of text to a column by way of its distinct values; null stays null."""
    unique = series.unique().drop_nulls()
    if not len(unique):
        return pl.Series(series.name, [None] * len(series), dtype=dtype)
    if len(unique) == len(series):
        # Nothing repeats: the order of unique() is not promised, so compute in the column's own order.
        return pl.Series(series.name, [function(text) for text in series], dtype=dtype)
    answers = pl.Series("answer", [function(text) for text in unique], dtype=dtype)
    return series.replace_strict(unique, answers, default=None, return_dtype=dtype).alias(series.name)


def as_expression(expression: pl.Expr, function: Callable[[pl.Series], pl.Series], dtype: PolarsDataType) -> pl.Expr:
    """A column function as an expression; it treats each value by itself, so the engine may cut the column."""
    return expression.map_batches(function, return_dtype=dtype, is_elementwise=True)
