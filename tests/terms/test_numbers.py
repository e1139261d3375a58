"""Older numbers of organisations."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from limu.terms.numbers import (
    NumberKind,
    OldTaxNumber,
    classify_number,
    is_valid_registration_number,
    registration_check_digit,
    split_old_tax_number,
)

digits = st.text(alphabet="0123456789", min_size=14, max_size=14)


@given(digits)
def test_exactly_one_check_digit_fits(first14: str) -> None:
    right = [digit for digit in "0123456789" if is_valid_registration_number(first14 + digit)]
    assert right == [registration_check_digit(first14)]


@given(digits, st.integers(0, 13), st.sampled_from("0123456789"))
def test_every_single_change_of_a_registration_number_is_noticed(first14: str, place: int, digit: str) -> None:
    number = first14 + registration_check_digit(first14)
    changed = number[:place] + digit + number[place + 1 :]
    assert is_valid_registration_number(changed) == (changed == number)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("91320100748204660Q", NumberKind.USCC),
        ("110108000000016", NumberKind.REGISTRATION),
        ("320100748204660", NumberKind.TAX),
        ("74820466-0", NumberKind.ORGANISATION_CODE),
        ("11010519491231002X01", NumberKind.PERSONAL_TAX),
        ("浙A12345", None),
        ("", None),
    ],
)
def test_numbers_are_told_apart(text: str, kind: NumberKind | None) -> None:
    assert classify_number(text) == kind


def test_a_tax_number_is_taken_apart() -> None:
    assert split_old_tax_number("320100748204660") == OldTaxNumber("320100", "748204660")
    assert split_old_tax_number("320100748204661") is None


def test_a_tax_number_built_on_a_person_keeps_only_the_region() -> None:
    assert split_old_tax_number("11010519491231002X01") == OldTaxNumber("110105", "", is_personal=True)
