"""Guard against personal numbers: finds and masks numbers of natural persons in any text that enters.

Guarded: resident identity numbers of 18 (GB 11643-1999) and 15 digits, tax numbers built on them (two characters
more), mobile numbers, passports, travel permits of Hong Kong, Macau and Taiwan, residence cards of foreigners.
Never taken for one: a valid unified social credit code, a document number, an amount, a date.
Where a number fits both a person's rule and an organisation's, the person is protected.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

import polars as pl

from limu.terms.columns import as_expression
from limu.terms.uscc import is_valid_uscc, organisation_check_character, valid_uscc_mask

MASK = "〔个人号码已隐去〕"


class PersonalNumberKind(StrEnum):
    """Which number of a person was found."""

    RESIDENT = "resident"
    RESIDENT_OLD = "resident_old"
    PERSONAL_TAX = "personal_tax"
    MOBILE = "mobile"
    PASSPORT = "passport"
    TRAVEL_PERMIT = "travel_permit"
    FOREIGN_CARD = "foreign_card"


@dataclass(frozen=True, slots=True)
class PersonalNumber:
    """A personal number's place in a text; the number itself is deliberately not carried along."""

    kind: PersonalNumberKind
    start: int
    end: int


# First two digits of GB/T 2260 regions, and 81-83 of the residence permits for Hong Kong, Macau and Taiwan.
_PROVINCES = frozenset(
    str(code)
    for block in (range(11, 16), range(21, 24), range(31, 38), range(41, 47), range(50, 55), range(61, 66))
    for code in block
) | {"71", "81", "82", "83"}
_RESIDENT_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_LAST_YEAR_WITHOUT_CHECK = 2015
_CONTEXT = 14

# One to one, so that places in the folded text are places in the text.
_FOLD = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: 0x20, 0x2002: 0x20, 0x2003: 0x20, 0xA0: 0x20}
_TOKEN = re.compile(r"[0-9A-Za-z]+")
_GAP = r"[ \t\r\n\-.]"
_SPACED_RESIDENT = re.compile(
    rf"(?<![0-9A-Za-z])\d{{6}}{_GAP}{{0,2}}\d{{4}}{_GAP}?\d{{2}}{_GAP}?\d{{2}}{_GAP}{{0,2}}\d{{3}}{_GAP}?[0-9Xx](?![0-9A-Za-z])"
)
_EVENLY_SPACED = re.compile(rf"(?<![0-9A-Za-z])(?:[0-9]{_GAP}?){{17}}[0-9Xx](?![0-9A-Za-z])")
_SPACED_MOBILE = re.compile(rf"(?<![0-9A-Za-z.,])(?:\+?86{_GAP}?)?1[3-9]\d{_GAP}\d{{4}}{_GAP}\d{{4}}(?![0-9A-Za-z.])")
_INVISIBLE = re.compile("[\u200b-\u200f\u2060\ufeff\xad]")
_RUN = re.compile(r"\d{15,}[Xx]?\d{0,2}|\d{11,14}")
_MOBILE = re.compile(r"(?:0|\+?86|0086)?1[3-9]\d{9}")
_PASSPORT_STRICT = re.compile(r"(?:[EG]\d{8}|E[A-HJ-NP-Z]\d{7})", re.IGNORECASE)
_PASSPORT_NEAR = re.compile(r"(?:[DSPHK][A-Z]?\d{7,8}|1[45]\d{7}|[A-Z]{1,2}\d{6,8}|\d{9})", re.IGNORECASE)
_PERMIT_STRICT = re.compile(r"[HM](?:\d{10}|(?!19|20)\d{8})", re.IGNORECASE)
_PERMIT_NEAR = re.compile(r"(?:[HMCWK]?\d{8,10}|[A-Z]\d{8}|\d{10}[A-Z])", re.IGNORECASE)
_FOREIGN_CARD = re.compile(r"[A-Z]{3}[1-8]\d{11}", re.IGNORECASE)
_AMOUNT_AFTER = re.compile(r"\s*(?:元|万|亿|千|百|美元|人民币|股|吨|平方|件|份|公斤|\.\d|,\d{3})")
_AMOUNT_BEFORE = re.compile(r"(?:[¥￥$]|人民币|金额[:为]?|RMB|[0-9][.,])\s*$", re.IGNORECASE)
_DOCUMENT_BEFORE = re.compile(r"(?:[〕\]】]\s*第?|字第?|第)\s*$")
_PASSPORT_WORD = re.compile("护照|passport", re.IGNORECASE)
_PERMIT_WORD = re.compile("通行证|回乡证|台胞证|来往内地|来往大陆|港澳|台湾居民")
_REGISTRATION_WORD = re.compile("注册号|注册登记|执照|登记证?号|纳税人识别|税号|税务登记")
_CARD_WORD = re.compile("身份证|公民身份|证件号|居民证")


def is_resident_number(text: str) -> bool:
    """Whether 15 or 18 characters are a resident identity number: region, plausible birth date, check character.

    With a wrong check character the number still counts when the birth year is up to 2015: mistyped and altered
    numbers betray a person as well.
    """
    if len(text) == 18:
        return _is_resident_18(text)
    return len(text) == 15 and _is_resident_15(text)


def resident_check_character(first17: str) -> str:
    """Eighteenth character of an identity number: ISO 7064 MOD 11-2 (GB 11643-1999)."""
    total = sum(int(digit) * weight for digit, weight in zip(first17, _RESIDENT_WEIGHTS, strict=True))
    return "10X98765432"[total % 11]


def _has_resident_check(text: str) -> bool:
    return resident_check_character(text[:17]) == text[17].upper()


def _is_resident_18(text: str) -> bool:
    if not (text.isascii() and text[:17].isdigit() and text[17] in "0123456789Xx") or text[0] == "0":
        return False
    year = int(text[6:10])
    is_foreign_form = text[0] == "9"
    if not (is_foreign_form or text[:2] in _PROVINCES) or not _is_birth_date(year, text[10:14]):
        return False
    if _has_resident_check(text):
        return not is_valid_uscc(text) or not is_foreign_form
    return year <= _LAST_YEAR_WITHOUT_CHECK and not is_foreign_form and not _is_whole_uscc(text)


def _is_whole_uscc(text: str) -> bool:
    return is_valid_uscc(text) and organisation_check_character(text[8:16]) == text[16]


def _is_resident_15(text: str) -> bool:
    if not (text.isascii() and text.isdigit()) or text[:2] not in _PROVINCES:
        return False
    return _is_birth_date(1900 + int(text[6:8]), text[8:12])


def _is_birth_date(year: int, month_day: str) -> bool:
    if not 1850 <= year <= 2099:
        return False
    try:
        date(year, int(month_day[:2]), int(month_day[2:]))
    except ValueError:
        return False
    return True


def find_personal_numbers(text: str, *, registration_numbers_pass: bool = False) -> tuple[PersonalNumber, ...]:
    """All personal numbers of a text in their order, without overlap.

    Fifteen digits can be both an old identity number and an organisation's registration or tax number. In running
    text the person is protected unless 注册号 or 税号 stands before; a column of such numbers says
    `registration_numbers_pass`.
    """
    if not _could_hold(text):
        return ()
    if _INVISIBLE.search(text):
        return _found_between_invisible(text, passes=registration_numbers_pass)
    return _found(text, passes=registration_numbers_pass)


def _found(text: str, *, passes: bool) -> tuple[PersonalNumber, ...]:
    folded = text.translate(_FOLD)
    return tuple(_without_overlap([*_spaced(folded), *_whole_tokens(folded, passes=passes)]))


def _found_between_invisible(text: str, *, passes: bool) -> tuple[PersonalNumber, ...]:
    kept = [place for place, letter in enumerate(text) if not _INVISIBLE.match(letter)]
    found = _found("".join(text[place] for place in kept), passes=passes)
    return tuple(PersonalNumber(one.kind, kept[one.start], kept[one.end - 1] + 1) for one in found)


def mask_personal_numbers(text: str, *, registration_numbers_pass: bool = False) -> str:
    """The text with every personal number replaced by 〔个人号码已隐去〕."""
    found = find_personal_numbers(text, registration_numbers_pass=registration_numbers_pass)
    if not found:
        return text
    pieces, last = [], 0
    for number in found:
        pieces += [text[last : number.start], MASK]
        last = number.end
    return "".join([*pieces, text[last:]])


def _could_hold(text: str) -> bool:
    return sum(letter.isdigit() for letter in text) >= 7


def _spaced(text: str) -> Iterator[PersonalNumber]:
    for pattern in (_SPACED_RESIDENT, _EVENLY_SPACED):
        for match in pattern.finditer(text):
            number = re.sub(_GAP, "", match[0])
            if len(number) < len(match[0]) and is_resident_number(number) and _has_resident_check(number):
                yield PersonalNumber(PersonalNumberKind.RESIDENT, match.start(), match.end())
    for match in _SPACED_MOBILE.finditer(text):
        yield PersonalNumber(PersonalNumberKind.MOBILE, match.start(), match.end())


def _whole_tokens(text: str, *, passes: bool) -> Iterator[PersonalNumber]:
    for match in _TOKEN.finditer(text):
        token = match[0]
        if len(token) < 8 or not any(letter.isdigit() for letter in token):
            continue
        if len(token) == 18 and is_valid_uscc(token.upper()) and not is_resident_number(token):
            continue
        before = text[max(0, match.start() - _CONTEXT) : match.start()]
        kind = _kind_of_lettered(token, before, whole=len(token) == len(text.strip()))
        if kind is not None:
            yield PersonalNumber(kind, match.start(), match.end())
        else:
            yield from _runs_of_token(text, match.start(), match.end(), passes=passes)


def _kind_of_lettered(token: str, before: str, *, whole: bool) -> PersonalNumberKind | None:
    if _DOCUMENT_BEFORE.search(before):
        return None
    if _PASSPORT_STRICT.fullmatch(token) or (_PASSPORT_WORD.search(before) and _PASSPORT_NEAR.fullmatch(token)):
        return PersonalNumberKind.PASSPORT
    if _PERMIT_WORD.search(before) and _PERMIT_NEAR.fullmatch(token):
        return PersonalNumberKind.TRAVEL_PERMIT
    if whole and _PERMIT_STRICT.fullmatch(token):
        return PersonalNumberKind.TRAVEL_PERMIT
    if _FOREIGN_CARD.fullmatch(token):
        return PersonalNumberKind.FOREIGN_CARD
    return None


def _runs_of_token(text: str, start: int, end: int, *, passes: bool) -> Iterator[PersonalNumber]:
    for match in _RUN.finditer(text, start, end):
        before = text[max(0, match.start() - _CONTEXT) : match.start()]
        after = text[match.end() : match.end() + _CONTEXT]
        kind = _kind_of_digits(match[0], before, after, passes=passes)
        if kind is not None:
            yield PersonalNumber(kind, match.start(), match.end())
        elif len(match[0]) > 18:
            yield from _inside_long_run(match[0], match.start())


def _kind_of_digits(run: str, before: str, after: str, *, passes: bool) -> PersonalNumberKind | None:
    if len(run) == 18 and is_resident_number(run):
        return PersonalNumberKind.RESIDENT
    if len(run) in {17, 20} and is_resident_number(run[:-2]):
        return PersonalNumberKind.PERSONAL_TAX
    if len(run) == 15 and _is_resident_15(run) and not _is_registration(run, before, passes=passes):
        return PersonalNumberKind.RESIDENT_OLD
    if _MOBILE.fullmatch(run) and not _is_amount_or_document(before, after):
        return PersonalNumberKind.MOBILE
    return None


def _is_registration(run: str, before: str, *, passes: bool) -> bool:
    if _CARD_WORD.search(before):
        return False
    is_told = passes or _REGISTRATION_WORD.search(before) is not None
    if _registration_check_holds(run):
        # The seventh digit 0 or 1 marks a domestic company; as a birth year it would be before 1920.
        return is_told or run[6] in "01"
    return is_told and organisation_check_character(run[6:14]) == run[14]


def _registration_check_holds(run: str) -> bool:
    product = 10
    for digit in run[:14]:
        product = ((product + int(digit)) % 10 or 10) * 2 % 11
    return (product + int(run[14])) % 10 == 1


def _is_amount_or_document(before: str, after: str) -> bool:
    if _AMOUNT_AFTER.match(after) or _AMOUNT_BEFORE.search(before):
        return True
    return _DOCUMENT_BEFORE.search(before) is not None and after.startswith("号")


def _inside_long_run(run: str, start: int) -> Iterator[PersonalNumber]:
    for place in range(len(run) - 17):
        window = run[place : place + 18]
        if is_resident_number(window) and _has_resident_check(window):
            yield PersonalNumber(PersonalNumberKind.RESIDENT, start + place, start + place + 18)


def _without_overlap(found: list[PersonalNumber]) -> Iterator[PersonalNumber]:
    last = 0
    for number in sorted(found, key=lambda one: (one.start, -one.end)):
        if number.start >= last:
            yield number
            last = number.end


# Columns: a coarse pattern in the engine, then the rules above for the few values it leaves.

_COARSE = (
    r"\d{6}(?:1[89]|20)\d{2}[01]\d[0-3]\d{4}[0-9Xx]"  # eighteen, and within longer runs
    r"|[1-9]\d{7}[01]\d[0-3]\d{4}"  # fifteen
    r"|1[3-9]\d{9}"  # mobile
    r"|[A-Za-z]{1,3}\d{6,12}"  # passports, permits, cards
    r"|护照|通行证|回乡证|台胞证|来往内地|来往大陆|台湾居民|[Pp]assport"
)
_SEVEN_DIGITS = "(?:[0-9\uff10-\uff19][^0-9\uff10-\uff19]*){7}"
_LIKE_RESIDENT = r"^\d{6}(?:1[89]|20)\d{2}[01]\d[0-3]\d{4}[0-9Xx]$"
_SEPARATORS = "[\\s\\-.\u200b-\u200f\u2060\ufeff\xad]"


_NOWHERE = pl.Series(dtype=pl.UInt32)


def has_personal_number(expression: pl.Expr, *, registration_numbers_pass: bool = False) -> pl.Expr:
    """Whether each value of a column holds a personal number; null holds none."""

    def judge(series: pl.Series) -> pl.Series:
        return _holds(series, registration_numbers_pass=registration_numbers_pass)

    return as_expression(expression, judge, pl.Boolean)


def masked_personal_numbers(expression: pl.Expr, *, registration_numbers_pass: bool = False) -> pl.Expr:
    """The column with every personal number replaced, as mask_personal_numbers does."""

    def mask(series: pl.Series) -> pl.Series:
        return _masked(series, registration_numbers_pass=registration_numbers_pass)

    return as_expression(expression, mask, pl.String)


def _suspects(series: pl.Series) -> pl.Series:
    """Places of the values that deserve the closer look, in three steps from cheap to dear."""
    # What cannot be suspect was left out before: most columns of a file come empty.
    if series.null_count() == len(series):
        return _NOWHERE
    places = series.str.contains(_SEVEN_DIGITS).fill_null(value=False).arg_true()
    texts = series.gather(places)
    is_plain_code = valid_uscc_mask(texts) & ~texts.str.contains(_LIKE_RESIDENT)
    places = places.filter(~is_plain_code)
    folded = series.gather(places).str.normalize("NFKC").str.replace_all(_SEPARATORS, "")
    return places.filter(folded.str.contains(_COARSE))


def _holds(series: pl.Series, *, registration_numbers_pass: bool) -> pl.Series:
    places = _suspects(series)
    texts = series.gather(places)
    answers = [bool(find_personal_numbers(text, registration_numbers_pass=registration_numbers_pass)) for text in texts]
    found = pl.repeat(value=False, n=len(series), dtype=pl.Boolean, eager=True).alias(series.name)
    return found.scatter(places, answers) if len(places) else found


def _masked(series: pl.Series, *, registration_numbers_pass: bool) -> pl.Series:
    places = _suspects(series)
    if not len(places):
        return series
    masked = [
        mask_personal_numbers(text, registration_numbers_pass=registration_numbers_pass)
        for text in series.gather(places)
    ]
    return series.clone().scatter(places, masked)
