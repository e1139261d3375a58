"""A scalar function over a column gives each value the answer that it has alone, however the column is filled."""

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from limu.terms.columns import FEW, as_expression, through_unique, told_together

CELLS = st.lists(st.one_of(st.none(), st.sampled_from(["甲", "乙", "", "丙公司"])), max_size=40)


def _length(text: str) -> int | None:
    return len(text) or None


@given(CELLS)
def test_an_expression_answers_each_value_as_the_function_answers_it_alone(cells: list[str | None]) -> None:
    frame = pl.DataFrame({"c": cells}, schema={"c": pl.String})
    lengths = as_expression(pl.col("c"), lambda column: through_unique(column, _length, pl.Int64), pl.Int64)
    assert frame.select(lengths).to_series().to_list() == [None if one is None else _length(one) for one in cells]


@given(CELLS)
def test_a_function_that_answers_for_null_is_heard_where_most_is_null(cells: list[str | None]) -> None:
    frame = pl.DataFrame({"c": cells}, schema={"c": pl.String})
    known = as_expression(pl.col("c"), lambda column: column.is_not_null(), pl.Boolean)
    assert frame.select(known).to_series().to_list() == [one is not None for one in cells]


def test_what_a_function_answers_to_null_is_asked_once_for_columns_that_hold_nothing() -> None:
    asked: list[int] = []

    def told(column: pl.Series) -> pl.Series:
        asked.append(len(column))
        return column.is_null()

    empty = as_expression(pl.col("c"), told, pl.Boolean)
    frames = [pl.DataFrame({"c": [None] * rows}, schema={"c": pl.String}) for rows in (3, 5)]
    assert [frame.select(empty).to_series().to_list() for frame in frames] == [[True] * 3, [True] * 5]
    assert asked == [1]


def test_a_long_column_of_few_values_is_answered_as_a_short_one() -> None:
    texts = ["甲公司", None, "乙"] * FEW
    answers = through_unique(pl.Series("c", texts), _length, pl.Int64)
    assert answers.to_list() == [3, None, 1] * FEW


def test_a_long_column_without_a_value_stays_empty_in_its_type() -> None:
    answers = through_unique(pl.Series("c", [None] * (FEW + 1), dtype=pl.String), _length, pl.Int64)
    assert (answers.dtype, answers.null_count()) == (pl.Int64(), FEW + 1)


@given(CELLS, CELLS)
def test_distinct_rows_laid_out_again_are_the_rows(left: list[str | None], right: list[str | None]) -> None:
    rows = list(zip(left, right, strict=False))
    frame = pl.DataFrame(rows, schema={"a": pl.String, "b": pl.String}, orient="row")
    distinct, which = told_together(frame, ["a", "b"])
    assert distinct.n_unique() == distinct.height == len(set(rows))
    assert distinct[which].rows() == rows
