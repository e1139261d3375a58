"""The unified code: real vectors, the seven demonstration codes, and properties over every change of a character."""

import csv
import os
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from limu.terms.uscc import (
    ALPHABET,
    PREFIXES,
    SubjectKind,
    UsccFaultCode,
    check_character,
    clean_uscc,
    cleaned_uscc,
    diagnose_uscc,
    expected_check_characters,
    is_valid_organisation_code,
    is_valid_uscc,
    organisation_check_character,
    organisation_code_of,
    region_of,
    subject_kind_of,
    valid_uscc,
    valid_uscc_mask,
)

SAMPLES = Path(os.environ.get("LIMU_SAMPLES", Path(__file__).parents[3] / "shared" / "data"))
DEMONSTRATION = (
    "91990100MA0000001G",
    "91990100MA0000002K",
    "91990100MA0000003N",
    "12990100MB00000041",
    "52990100MJ0000005E",
    "N2990100MF0000006R",
    "92990100MA00000070",
)
REAL = ("91320100748204660Q", "11320100MB1886843H", "91310000132204400J", "91110000600037341L", "9144030067857530XL")
prefixes = st.sampled_from([first + second for first, seconds in PREFIXES.items() for second in seconds])


@st.composite
def codes(draw: st.DrawFn) -> str:
    body = draw(prefixes) + draw(st.text(alphabet=ALPHABET, min_size=15, max_size=15))
    return body + check_character(body)


@pytest.mark.parametrize("code", DEMONSTRATION + REAL)
def test_known_codes_are_valid(code: str) -> None:
    assert is_valid_uscc(code)


@pytest.mark.parametrize("code", REAL)
def test_real_codes_have_a_right_organisation_code(code: str) -> None:
    assert is_valid_organisation_code(organisation_code_of(code))
    assert diagnose_uscc(code) is None


@given(codes())
def test_a_generated_code_is_valid_and_has_no_refusing_fault(code: str) -> None:
    fault = diagnose_uscc(code)
    assert is_valid_uscc(code)
    assert fault is None or fault.is_warning


@given(codes(), st.integers(2, 17), st.sampled_from(ALPHABET))
def test_every_single_change_is_noticed(code: str, place: int, letter: str) -> None:
    changed = code[:place] + letter + code[place + 1 :]
    assert is_valid_uscc(changed) == (changed == code)


@given(codes(), st.integers(2, 15))
def test_every_swap_of_neighbours_is_noticed(code: str, place: int) -> None:
    swapped = code[:place] + code[place + 1] + code[place] + code[place + 2 :]
    assert is_valid_uscc(swapped) == (swapped == code)


@given(
    st.lists(st.one_of(st.none(), st.text(max_size=20), codes(), st.text(alphabet=ALPHABET, min_size=18, max_size=18)))
)
def test_the_column_says_what_the_value_says(texts: list[str | None]) -> None:
    series = pl.Series("code", texts, dtype=pl.String)
    expected = [text is not None and is_valid_uscc(text) for text in texts]
    assert valid_uscc_mask(series).to_list() == expected
    assert series.to_frame().select(valid_uscc(pl.col("code"))).to_series().to_list() == expected


@given(st.lists(st.text(alphabet="09AGagzxＡｇ９\u2002\u200b\ufeff\u3000\xa0\x1f\x00 \t\n无ß", max_size=24)))
def test_cleaning_a_column_is_cleaning_its_values(texts: list[str]) -> None:
    series = pl.Series("code", texts, dtype=pl.String)
    cleaned = series.to_frame().select(cleaned_uscc(pl.col("code"))).to_series()
    assert cleaned.to_list() == [clean_uscc(text) for text in texts]


def test_columns_longer_than_a_chunk_are_whole() -> None:
    series = pl.Series([*DEMONSTRATION, "x", None] * 9_000)
    assert valid_uscc_mask(series).sum() == 7 * 9_000
    assert len(expected_check_characters(series)) == len(series)


def test_the_expected_characters_of_a_column() -> None:
    series = pl.Series("c", ["91990100MA0000001A", "91990100MA000000IA", "short", None])
    assert expected_check_characters(series).to_list() == ["G", None, None, None]
    assert expected_check_characters(series.head(0)).to_list() == []
    assert valid_uscc_mask(series.head(0)).to_list() == []


@pytest.mark.parametrize(
    ("text", "code", "words"),
    [
        ("", UsccFaultCode.PLACEHOLDER, "占位"),
        ("无", UsccFaultCode.PLACEHOLDER, "无"),
        ("0" * 18, UsccFaultCode.PLACEHOLDER, "占位"),
        ("91110108MA01GXXXXX", UsccFaultCode.PLACEHOLDER, "占位"),
        ("91990100MA000000", UsccFaultCode.LENGTH, "应为 18 位，现为 16 位"),
        ("330100000012345", UsccFaultCode.LENGTH, "旧的注册号"),
        ("9.1E+17", UsccFaultCode.LENGTH, "科学计数法"),
        ("91990100MA00O0001G", UsccFaultCode.LETTER, "第 13 位“O”"),
        ("B1990100MA0000001G", UsccFaultCode.PREFIX, "前两位“B1”"),
        ("99990100MA0000001G", UsccFaultCode.PREFIX, "前两位“99”"),
        ("91990100MA0000001A", UsccFaultCode.CHECK, "第 18 位校验码应为“G”"),
        ("913101156317433000", UsccFaultCode.CHECK, "末三位为 000"),
    ],
)
def test_each_fault_says_what_and_how(text: str, code: UsccFaultCode, words: str) -> None:
    fault = diagnose_uscc(text)
    assert fault is not None
    assert fault.code == code
    assert words in fault.message
    assert fault.cure.endswith("。")
    assert not fault.is_warning


def test_the_inner_digit_and_the_region_only_warn() -> None:
    body = "91990100MA0000002"
    inner = organisation_check_character(body[8:16])
    wrong = body[:16] + ("0" if inner != "0" else "1")
    fault = diagnose_uscc(wrong + check_character(wrong))
    assert fault is not None
    assert (fault.code, fault.is_warning, fault.expected) == (UsccFaultCode.INNER_CHECK, True, inner)
    unknown = diagnose_uscc(REAL[0], regions={"110000"})
    assert unknown is not None
    assert (unknown.code, unknown.is_warning) == (UsccFaultCode.REGION, True)
    assert diagnose_uscc(REAL[0], regions={region_of(REAL[0])}) is None


@pytest.mark.parametrize("written", ["９１990100MA0000001G", "91990100 ma0000001g", "\u200291990100MA0000001G\ufeff"])
def test_ways_of_writing_are_cleaned(written: str) -> None:
    assert clean_uscc(written) == DEMONSTRATION[0]


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        ("91990100MA0000001G", SubjectKind.ENTERPRISE),
        ("12990100MB00000041", SubjectKind.PUBLIC_INSTITUTION),
        ("52990100MJ0000005E", SubjectKind.SOCIAL_ORGANISATION),
        ("N2990100MF0000006R", SubjectKind.VILLAGE_COLLECTIVE),
        ("92990100ma00000070", SubjectKind.SOLE_TRADER),
        ("31", SubjectKind.LAW_FIRM),
        ("11", SubjectKind.STATE_ORGAN),
        ("93", SubjectKind.COOPERATIVE),
        ("A1", SubjectKind.MILITARY),
        ("Y1", SubjectKind.OTHER),
    ],
)
def test_the_kind_of_a_body(code: str, kind: SubjectKind) -> None:
    assert subject_kind_of(code) == kind


@pytest.mark.parametrize(
    ("code", "is_right"), [("74820466-0", True), ("MB1886843", True), ("748204661", False), ("7482", False)]
)
def test_organisation_codes(code: str, is_right: bool) -> None:
    assert is_valid_organisation_code(code) is is_right


def test_the_shared_vectors() -> None:
    path = SAMPLES / "uscc-vectors" / "vectors.csv"
    if not path.exists():
        pytest.skip("the shared vectors are not here (LIMU_SAMPLES)")
    with path.open(encoding="utf-8") as lines:
        rows = list(csv.DictReader(lines))
    assert len(rows) > 40
    for row in rows:
        assert is_valid_uscc(row["代码"]) == (row["校验位通过(自算)"] == "是"), row["代码"]
        if row["期望"].startswith("valid"):
            assert is_valid_uscc(clean_uscc(row["代码"])), row["代码"]


def test_the_real_register_passes_as_its_description_says() -> None:
    path = SAMPLES / "registry-sample-cn-2019" / "registry.csv"
    if not path.exists():
        pytest.skip("the register sample is not here (LIMU_SAMPLES)")
    codes_column = pl.read_csv(path, infer_schema_length=0).get_column("统一社会信用代码")
    cleaned = codes_column.to_frame("c").select(cleaned_uscc(pl.col("c"))).to_series()
    assert valid_uscc_mask(cleaned).sum() >= 17_152
