"""Older numbers of organisations: registration numbers, tax numbers, organisation codes."""

from dataclasses import dataclass
from enum import StrEnum

from limu.terms.identity import is_resident_number
from limu.terms.uscc import clean_uscc, is_valid_organisation_code, is_valid_uscc


class NumberKind(StrEnum):
    """Which number a text is, as far as its form and check digit tell."""

    USCC = "uscc"
    ORGANISATION_CODE = "organisation_code"
    REGISTRATION = "registration"
    TAX = "tax"
    PERSONAL_TAX = "personal_tax"


@dataclass(frozen=True, slots=True)
class OldTaxNumber:
    """A tax registration number of before 2015: the region that registered and what it was built on."""

    region: str
    organisation_code: str
    is_personal: bool = False


def registration_check_digit(first14: str) -> str:
    """Fifteenth digit of a business registration number: ISO 7064 MOD 11,10 (GS 15-2006, 注册号编制规则)."""
    product = 10
    for digit in first14:
        total = (product + int(digit)) % 10 or 10
        product = total * 2 % 11
    return str((11 - product) % 10)


def is_valid_registration_number(text: str) -> bool:
    """Whether fifteen digits are a business registration number with the right check digit (GS 15-2006)."""
    number = clean_uscc(text)
    return len(number) == 15 and _is_digits(number) and registration_check_digit(number[:14]) == number[14]


def split_old_tax_number(text: str) -> OldTaxNumber | None:
    """Take apart a tax number: 6 digits of region and 9 characters of organisation code, or an identity number and 2.

    Numbers built on a person's identity number keep nothing but the region: the number itself must not travel.
    """
    number = clean_uscc(text)
    if len(number) in {17, 20} and is_resident_number(number[:-2]) and number[-2:].isalnum():
        return OldTaxNumber(number[:6], "", is_personal=True)
    if len(number) == 15 and _is_digits(number[:6]) and is_valid_organisation_code(number[6:]):
        return OldTaxNumber(number[:6], number[6:])
    return None


def classify_number(text: str) -> NumberKind | None:
    """Which of the organisation's numbers a text is; None when it is none of them.

    Fifteen digits that fit both rules are read as a registration number, the more common of the two.
    """
    number = clean_uscc(text)
    if is_valid_uscc(number):
        return NumberKind.USCC
    if is_valid_registration_number(number):
        return NumberKind.REGISTRATION
    tax = split_old_tax_number(number)
    if tax is not None:
        return NumberKind.PERSONAL_TAX if tax.is_personal else NumberKind.TAX
    if is_valid_organisation_code(number):
        return NumberKind.ORGANISATION_CODE
    return None


def _is_digits(text: str) -> bool:
    return text.isascii() and text.isdigit()
