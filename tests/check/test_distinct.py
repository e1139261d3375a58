"""A file of many rows says of each what it says of a file with that row alone; values that repeat are judged once."""

from datetime import date
from typing import Any, Final

import polars as pl

from limu.check.distinct import SAMPLE, Distinct
from limu.check.judge import apply_checks
from tests.check.test_checks import MANY_ROWS, ROWS, SPOILED, TODAY, item

TIMES: Final = SAMPLE // 8


def _rows() -> list[dict[str, Any]]:
    spoiled = [{**ROWS["penalty"], **change} for code, (kind, change) in SPOILED.items() if kind == "penalty"]
    return [ROWS["penalty"], *spoiled, {**ROWS["penalty"], "party_name": "王小明", "party_uscc": ""}]


def test_a_row_among_many_is_judged_as_a_row_alone() -> None:
    rows = _rows()
    many = pl.DataFrame(
        [{**row, "row_number": number} for number, row in enumerate(rows * TIMES, start=2)], infer_schema_length=None
    )
    judged = apply_checks(many, item("penalty"), today=TODAY)
    assert many.height > SAMPLE

    for place, row in enumerate(rows):
        alone = apply_checks(pl.DataFrame([{**row, "row_number": place + 2}]), item("penalty"), today=TODAY)
        found = judged.findings.filter((pl.col("row_number") == place + 2) & ~pl.col("code").is_in(list(MANY_ROWS)))
        told = alone.findings.filter(~pl.col("code").is_in(list(MANY_ROWS)))
        assert found.rows() == told.rows()
        assert judged.frame.filter(pl.col("row_number") == place + 2).rows() == alone.frame.rows()


def test_equal_rows_are_still_compared_with_each_other() -> None:
    many = pl.DataFrame([{**ROWS["penalty"], "row_number": number} for number in range(2, 2 + 2 * SAMPLE)])

    told = apply_checks(many, item("penalty"), today=TODAY).findings

    assert set(told.filter(pl.col("code") == "D-103").get_column("row_number")) == set(range(2, 2 + 2 * SAMPLE))


def test_what_is_computed_of_few_values_stands_in_its_rows() -> None:
    frame = pl.DataFrame({"few": ["甲", None, "乙"] * SAMPLE, "many": [str(number) for number in range(3 * SAMPLE)]})
    cells = Distinct(frame, ["few", "many"])

    cells.with_columns([pl.col("few").str.len_chars().alias("few|length"), pl.col("many").alias("many|same")])
    both = cells.computed([
        (pl.col("few|length").fill_null(0) + 1).alias("few|more"), pl.col("many|same").alias("many|again"),
        pl.concat_str("few", "many").alias("both"), pl.lit(1).alias("one"),
    ])  # fmt: skip

    assert both.columns == ["few|more", "many|again", "both", "one"]
    assert both.get_column("few|more").to_list() == [2, 1, 2] * SAMPLE
    assert both.get_column("both").to_list()[:3] == ["甲0", None, "乙2"]
    assert both.get_column("one").to_list() == [1] * (3 * SAMPLE)


def test_the_day_counts_as_an_argument_for_every_value() -> None:
    rows = [{**ROWS["penalty"], "row_number": number, "decided_on": "2026-05-01"} for number in range(2, 2000)]
    early = apply_checks(pl.DataFrame(rows), item("penalty"), today=date(2026, 4, 1)).findings
    late = apply_checks(pl.DataFrame(rows), item("penalty"), today=TODAY).findings

    assert set(early.get_column("code")) > set(late.get_column("code"))
