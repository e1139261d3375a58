"""The guard: every generated personal number is found in any Chinese text; organisations' numbers never are."""

import time
from datetime import date

import polars as pl
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from limu.terms.identity import (
    MASK,
    PersonalNumberKind,
    find_personal_numbers,
    has_personal_number,
    is_resident_number,
    mask_personal_numbers,
    masked_personal_numbers,
    resident_check_character,
)
from limu.terms.numbers import registration_check_digit
from limu.terms.uscc import ALPHABET, check_character, is_valid_uscc, organisation_check_character

DIGITS = "0123456789"
REGIONS = ("110105", "310115", "330102", "360100", "440300", "510104", "522625", "620102", "810000", "830000")

regions = st.sampled_from(REGIONS)
births = st.dates(date(1900, 1, 1), date(2026, 12, 31))
old_births = st.dates(date(1920, 1, 1), date(1999, 12, 31))
serials = st.text(alphabet=DIGITS, min_size=3, max_size=3)
chinese = st.text(
    alphabet="当事人张三的身份证号码为，住址在某市。（电话）“公司”因违法行为被处罚：、；以下简称甲 \n元号第字",
    max_size=30,
)
contexts = st.tuples(chinese, chinese)


@st.composite
def resident_numbers(draw: st.DrawFn) -> str:
    body = draw(regions) + f"{draw(births):%Y%m%d}" + draw(serials)
    return body + resident_check_character(body)


@st.composite
def mistyped_resident_numbers(draw: st.DrawFn) -> str:
    birth = draw(st.dates(date(1920, 1, 1), date(2010, 12, 31)))
    number = draw(regions) + f"{birth:%Y%m%d}" + draw(serials) + draw(st.sampled_from(DIGITS + "Xx"))
    # One in some ten thousand of them is a valid unified code (52…); a valid code is an organisation's.
    assume(not is_valid_uscc(number))
    return number


@st.composite
def old_resident_numbers(draw: st.DrawFn) -> str:
    return draw(regions) + f"{draw(old_births):%y%m%d}" + draw(serials)


mobiles = st.from_regex(r"\A1[3-9][0-9]{9}\Z")
passports = st.from_regex(r"\A(?:[EG][0-9]{8}|E[A-HJ-NP-Z][0-9]{7})\Z")


def fullwidth(text: str) -> str:
    return "".join(chr(ord(letter) + 0xFEE0) for letter in text)


def assert_gone(number: str, text: str) -> None:
    masked = mask_personal_numbers(text)
    assert MASK in masked
    assert number not in masked
    assert not find_personal_numbers(masked)


@given(st.one_of(resident_numbers(), old_resident_numbers()), contexts)
def test_identity_numbers_are_found_within_any_text(number: str, around: tuple[str, str]) -> None:
    assert_gone(number, around[0] + number + around[1])


@given(resident_numbers(), contexts)
def test_lower_case_fullwidth_and_tax_forms_are_found(number: str, around: tuple[str, str]) -> None:
    for written in (
        number.lower(),
        fullwidth(number),
        number + "01",
        f"ID{number}",
        f"{number[:6]} {number[6:14]} {number[14:]}",
    ):
        assert_gone(number, around[0] + written + around[1])


@given(
    resident_numbers(),
    st.sampled_from([" ", "-", "\t", "\n", "\u200b", "\ufeff", "."]),
    st.sampled_from([1, 2, 3, 4, 6]),
)
def test_numbers_broken_by_blanks_and_invisible_letters_are_found(number: str, gap: str, length: int) -> None:
    broken = gap.join(number[place : place + length] for place in range(0, 18, length))
    assert mask_personal_numbers(f"身份证{broken}。") == f"身份证{MASK}。"


@given(mistyped_resident_numbers(), contexts)
def test_mistyped_identity_numbers_are_found(number: str, around: tuple[str, str]) -> None:
    assert_gone(number, around[0] + number + around[1])


@given(
    mobiles,
    st.tuples(
        st.sampled_from(["电话", "手机：", "联系张三 ", "（", "", "＋86", "86-"]),
        st.sampled_from(["", "。", "）", "，号", "联系"]),
    ),
)
def test_mobile_numbers_are_found(number: str, around: tuple[str, str]) -> None:
    for written in (
        number,
        fullwidth(number),
        f"{number[:3]}-{number[3:7]}-{number[7:]}",
        f"{number[:3]} {number[3:7]} {number[7:]}",
    ):
        assert_gone(written, around[0] + written + around[1])


@given(passports, st.sampled_from(["护照", "护照号码：", "持", ""]))
def test_passports_are_found(number: str, before: str) -> None:
    assert_gone(number, before + number + "。")


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("持护照K12345678入境", PersonalNumberKind.PASSPORT),
        ("护照号：P1234567", PersonalNumberKind.PASSPORT),
        ("港澳居民来往内地通行证H12345678", PersonalNumberKind.TRAVEL_PERMIT),
        ("H1234567801", PersonalNumberKind.TRAVEL_PERMIT),
        ("台湾居民来往大陆通行证 12345678", PersonalNumberKind.TRAVEL_PERMIT),
        ("台胞证：1234567801A", PersonalNumberKind.TRAVEL_PERMIT),
        ("USA110080010234", PersonalNumberKind.FOREIGN_CARD),
        ("11010519491231002X01", PersonalNumberKind.PERSONAL_TAX),
        ("11010549123100201", PersonalNumberKind.PERSONAL_TAX),
    ],
)
def test_other_personal_numbers(text: str, kind: PersonalNumberKind) -> None:
    assert [number.kind for number in find_personal_numbers(text)] == [kind]


@st.composite
def unified_codes(draw: st.DrawFn) -> str:
    prefix = draw(st.sampled_from(["91", "92", "93", "11", "12", "31", "51", "52", "N2"]))
    inner = draw(st.text(alphabet=ALPHABET, min_size=8, max_size=8))
    body = prefix + draw(regions) + inner + organisation_check_character(inner)
    return body + check_character(body) if all(letter in ALPHABET for letter in body) else draw(unified_codes())


@given(unified_codes(), contexts)
def test_a_unified_code_is_no_personal_number(code: str, around: tuple[str, str]) -> None:
    assert is_resident_number(code) or not find_personal_numbers(around[0] + code + around[1])


@given(st.integers(0, 10**9), st.integers(0, 99), st.sampled_from(["元", "万元", "元整", " 元"]))
def test_amounts_are_no_personal_numbers(yuan: int, fen: int, unit: str) -> None:
    for written in (f"罚款{yuan}{unit}", f"{yuan}.{fen:02d}", f"¥{yuan:,}.{fen:02d}"):
        assert not find_personal_numbers(written)


@pytest.mark.parametrize(
    "text",
    [
        "罚款13800000000元",
        "注册资本人民币13912345678.00元",
        "浙杭综执罚决〔2026〕第000123号",
        "银保监罚决字〔2021〕13812345678号",
        "杭市监处罚〔2026〕33010220260001号",
        "国药准字H20201234",
        "国妆特字G20190001",
        "2026-11-23 09:00:00",
        "20261123090000",
        "2026年11月23日",
        "0571-88888888",
        "010-12345678、4008123123",
        "税号320100748204660",
        "注册号：110108000000016",
        "91990100MA0000001G、92990100MA00000070",
        "JY13301020012345",
        "许可证编号SC10633010212345",
        "",
        "无",
    ],
)
def test_what_is_no_personal_number(text: str) -> None:
    assert find_personal_numbers(text) == ()
    assert mask_personal_numbers(text) == text


def test_a_column_of_registration_numbers_can_pass() -> None:
    body = "33010220801010"
    number = next(
        candidate + registration_check_digit(candidate)
        for serial in range(100)
        if is_resident_number((candidate := f"330102{80:02d}0101{serial:02d}") + registration_check_digit(candidate))
    )
    assert len(body) == 14
    assert find_personal_numbers(number)
    assert not find_personal_numbers(number, registration_numbers_pass=True)
    assert find_personal_numbers(f"身份证{number}", registration_numbers_pass=True)
    assert not find_personal_numbers(f"注册号{number}")


def test_an_organisations_tax_number_passes_where_it_is_told() -> None:
    number = "360206680922403"
    assert find_personal_numbers(number)
    assert not find_personal_numbers(number, registration_numbers_pass=True)
    assert not find_personal_numbers(f"纳税人识别号：{number}")
    assert find_personal_numbers(f"身份证号{number}", registration_numbers_pass=True)


texts = st.lists(
    st.one_of(
        st.none(),
        st.text(max_size=12),
        chinese,
        mobiles,
        unified_codes(),
        passports,
        st.builds("".join, st.tuples(chinese, resident_numbers(), chinese)),
        st.builds(fullwidth, old_resident_numbers()),
        st.builds("\u200b".join, resident_numbers()),
        st.builds(" ".join, resident_numbers()),
    ),
    max_size=12,
)


@settings(deadline=None)
@given(texts)
def test_the_column_says_what_the_value_says(values: list[str | None]) -> None:
    frame = pl.DataFrame({"text": pl.Series(values, dtype=pl.String)})
    answers = frame.select(has=has_personal_number(pl.col("text")), masked=masked_personal_numbers(pl.col("text")))
    assert answers["has"].to_list() == [bool(value and find_personal_numbers(value)) for value in values]
    assert answers["masked"].to_list() == [value and mask_personal_numbers(value) for value in values]


def test_several_numbers_in_one_text_are_found_in_order() -> None:
    text = "张三（11010519491231002X）、李四电话13812345678；E12345678"
    assert [number.kind for number in find_personal_numbers(text)] == [
        PersonalNumberKind.RESIDENT,
        PersonalNumberKind.MOBILE,
        PersonalNumberKind.PASSPORT,
    ]
    assert mask_personal_numbers(text) == f"张三（{MASK}）、李四电话{MASK}；{MASK}"


def test_a_number_inside_a_longer_run_is_found() -> None:
    assert find_personal_numbers("0000" + "11010519491231002X" + "88")
    assert find_personal_numbers("4" * 24) == ()


def test_clean_columns_are_fast() -> None:
    column = pl.Series("t", ["对清河建材有限公司处以罚款人民币 20000 元，限期缴纳。"] * 200_000)
    begin = time.process_time()
    found = column.to_frame().select(has_personal_number(pl.col("t"))).to_series().sum()
    assert found == 0
    assert time.process_time() - begin < 10
