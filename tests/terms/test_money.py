"""Money: exact in both directions, and the column as the value."""

from decimal import Decimal

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from limu.terms.money import (
    amount_wan_fen,
    amount_yuan_fen,
    find_chinese_amounts,
    parse_amount_wan,
    parse_amount_yuan,
    parse_chinese_amount,
    parse_chinese_number,
)


@given(st.integers(0, 10**14 - 1))
def test_every_amount_of_fen_comes_back(fen: int) -> None:
    assert parse_amount_yuan(str(Decimal(fen).scaleb(-2))) == fen
    assert parse_amount_wan(f"{Decimal(fen).scaleb(-6):f}") == fen
    assert parse_amount_yuan(f"{Decimal(fen).scaleb(-2):,}") == fen


@pytest.mark.parametrize(
    ("text", "fen"),
    [
        ("20000", 2_000_000),
        ("１，０００．５０", 100_050),
        ("¥ 1,234.5元", 123_450),
        ("3.5万元", 3_500_000),
        ("1亿元", 10_000_000_000),
        ("0.10000", 10),
        ("0.001", None),
        ("-5", None),
        ("1e6", None),
        ("五元", None),
        ("", None),
        ("1234567890123", None),
        ("999999999999亿元", None),
        ("99999999999999999,999", None),
    ],
)
def test_amounts_in_yuan(text: str, fen: int | None) -> None:
    assert parse_amount_yuan(text) == fen


@pytest.mark.parametrize(
    ("text", "fen"),
    [
        ("0.000001", 1),
        ("2", 2_000_000),
        ("115.5", 115_500_000),
        ("20000元", 2_000_000),
        ("0.0000001", None),
        ("1.", 1_000_000),
    ],
)
def test_amounts_in_ten_thousands(text: str, fen: int | None) -> None:
    assert parse_amount_wan(text) == fen


amounts = st.one_of(
    st.none(),
    st.text(alphabet="0123456789.,元万亿 ¥", max_size=12),
    st.from_regex(r"\A[0-9]{1,13}(\.[0-9]{0,8})?\Z"),
    st.sampled_from(["1,000.5", "３", "3.5万元", "", "nan", "1\n"]),
)


@given(st.lists(amounts))
def test_the_column_says_what_the_value_says(texts: list[str | None]) -> None:
    frame = pl.DataFrame({"a": pl.Series(texts, dtype=pl.String)})
    columns = frame.select(yuan=amount_yuan_fen(pl.col("a")), wan=amount_wan_fen(pl.col("a")))
    assert columns["yuan"].to_list() == [None if text is None else parse_amount_yuan(text) for text in texts]
    assert columns["wan"].to_list() == [None if text is None else parse_amount_wan(text) for text in texts]
    assert columns.dtypes == [pl.Int64, pl.Int64]


@pytest.mark.parametrize(
    ("text", "fen"),
    [
        ("三十五万元", 35_000_000),
        ("壹仟元整", 100_000),
        ("贰万零伍佰元", 2_050_000),
        ("十元伍角叁分", 1_053),
        ("一亿二千万元", 12_000_000_000),
        ("两百元", 20_000),
        ("元", None),
        ("三十五万", None),
        ("甲乙元", None),
        ("十元甲角", None),
    ],
)
def test_amounts_in_chinese_numerals(text: str, fen: int | None) -> None:
    assert parse_chinese_amount(text) == fen


def test_amounts_are_found_in_running_text() -> None:
    assert find_chinese_amounts("对该公司警告并罚款三十五万元，对分公司罚款一万元") == (35_000_000, 1_000_000)
    assert parse_chinese_number("") is None
