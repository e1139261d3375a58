"""The unified social credit code (GB 32100-2015) and the organisation code inside it (GB 11714-1997)."""

import re
import unicodedata
from collections.abc import Container
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import numpy.typing as npt
import polars as pl

from limu.terms.columns import as_expression

ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
WEIGHTS = tuple(pow(3, place, 31) for place in range(17))
ORGANISATION_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)
LENGTH = 18

# Registering department (first character) and kinds of body (second character): GB 32100-2015 table 1 and its
# amendment XG1-2016; A, N and Y follow later notices (law.md 6.1).
PREFIXES = {
    "1": "1239",
    "2": "19",
    "3": "123459",
    "4": "19",
    "5": "1239",
    "6": "129",
    "7": "129",
    "8": "19",
    "9": "123",
    "A": "19",
    "N": "1239",
    "Y": "1",
}

Mask = npt.NDArray[np.bool_]
Bytes = npt.NDArray[np.uint8]

_VALUES = {letter: value for value, letter in enumerate(ALPHABET)}
_ORGANISATION_VALUES = {letter: value for value, letter in enumerate("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ")}
_INVISIBLE = re.compile("[\\s\\x00-\\x1f\u200b-\u200f\u2060\ufeff]+")
_PLACEHOLDER_WORDS = frozenset(
    ("", "无", "暂无", "没有", "不详", "未知", "空", "N/A", "NA", "NULL", "NONE", "-", "--", "/", "\\", "0", ".", "*")
)
_LOOK_ALIKE = {"O": "0", "I": "1", "Z": "2", "S": "5", "V": "U"}
_CHECK_LICENCE = "请核对营业执照或登记证书。"


class SubjectKind(StrEnum):
    """What kind of body a code was given to, as its first two characters tell."""

    ENTERPRISE = "enterprise"
    SOLE_TRADER = "sole_trader"
    COOPERATIVE = "cooperative"
    STATE_ORGAN = "state_organ"
    PUBLIC_INSTITUTION = "public_institution"
    SOCIAL_ORGANISATION = "social_organisation"
    VILLAGE_COLLECTIVE = "village_collective"
    LAW_FIRM = "law_firm"
    MILITARY = "military"
    OTHER = "other"


_KINDS = {
    "91": SubjectKind.ENTERPRISE,
    "92": SubjectKind.SOLE_TRADER,
    "93": SubjectKind.COOPERATIVE,
    "11": SubjectKind.STATE_ORGAN,
    "12": SubjectKind.PUBLIC_INSTITUTION,
    "13": SubjectKind.SOCIAL_ORGANISATION,
    "31": SubjectKind.LAW_FIRM,
    "51": SubjectKind.SOCIAL_ORGANISATION,
    "52": SubjectKind.SOCIAL_ORGANISATION,
    "53": SubjectKind.SOCIAL_ORGANISATION,
    "59": SubjectKind.SOCIAL_ORGANISATION,
    "A1": SubjectKind.MILITARY,
    "A9": SubjectKind.MILITARY,
    "N1": SubjectKind.VILLAGE_COLLECTIVE,
    "N2": SubjectKind.VILLAGE_COLLECTIVE,
    "N3": SubjectKind.VILLAGE_COLLECTIVE,
    "N9": SubjectKind.VILLAGE_COLLECTIVE,
}


class UsccFaultCode(StrEnum):
    """What can be wrong with a code; inner_check and region only warn."""

    PLACEHOLDER = "placeholder"
    LENGTH = "length"
    LETTER = "letter"
    PREFIX = "prefix"
    CHECK = "check"
    INNER_CHECK = "inner_check"
    REGION = "region"


@dataclass(frozen=True, slots=True)
class UsccFault:
    """One thing wrong with a code: what, where (1-based, 0 for the whole), and the way out in Chinese."""

    code: UsccFaultCode
    position: int
    message: str
    cure: str
    expected: str = ""

    @property
    def is_warning(self) -> bool:
        """Real registers hold codes with an unlisted region or a wrong inner check digit; these warn only."""
        return self.code in {UsccFaultCode.INNER_CHECK, UsccFaultCode.REGION}


def clean_uscc(text: str) -> str:
    """The code as it should be written: half-width, without any blank (U+2002 and zero-width too), upper case."""
    return _INVISIBLE.sub("", unicodedata.normalize("NFKC", text)).upper()


def check_character(first17: str) -> str:
    """Eighteenth character by GB 32100-2015 4.5: (31 - sum of value times 3^(i-1) mod 31) mod 31."""
    total = sum(_VALUES[letter] * weight for letter, weight in zip(first17, WEIGHTS, strict=True))
    return ALPHABET[-total % 31]


def organisation_check_character(first8: str) -> str:
    """Ninth character by GB 11714-1997 3.3: 11 - (weighted sum mod 11), with 10 as X and 11 as 0."""
    total = sum(
        _ORGANISATION_VALUES[letter] * weight for letter, weight in zip(first8, ORGANISATION_WEIGHTS, strict=True)
    )
    return "0123456789X"[-total % 11]


def is_valid_organisation_code(text: str) -> bool:
    """Whether nine characters, with or without the hyphen before the last, form an organisation code (GB 11714)."""
    code = clean_uscc(text).replace("-", "")
    if len(code) != 9 or any(letter not in _ORGANISATION_VALUES for letter in code):
        return False
    return organisation_check_character(code[:8]) == code[8]


def organisation_code_of(uscc: str) -> str:
    """Characters 9 to 17, the organisation code that the unified code was built on."""
    return clean_uscc(uscc)[8:17]


def region_of(uscc: str) -> str:
    """Characters 3 to 8, the region of registration at the time of assignment (GB/T 2260)."""
    return clean_uscc(uscc)[2:8]


def subject_kind_of(uscc: str) -> SubjectKind:
    """Kind of body by the first two characters; 92 is a sole trader, who has a person's protection."""
    return _KINDS.get(clean_uscc(uscc)[:2], SubjectKind.OTHER)


def is_valid_uscc(text: str) -> bool:
    """Whether the text, as written, is a code: 18 characters of the alphabet, known prefix, right check character.

    The inner check digit and the region are not part of it (design 8): real codes break both.
    """
    if len(text) != LENGTH or text[1] not in PREFIXES.get(text[0], ""):
        return False
    if any(letter not in _VALUES for letter in text):
        return False
    return check_character(text[:17]) == text[17]


def diagnose_uscc(text: str, *, regions: Container[str] | None = None) -> UsccFault | None:
    """The first thing wrong with a code, gravest first, after cleaning; None when all is well.

    Give `regions` (current, historical and extra codes) to be warned of an unknown region as well.
    """
    code = clean_uscc(text)
    return _fault_of_form(code) or _fault_of_content(code, regions)


def _fault_of_form(code: str) -> UsccFault | None:
    if is_placeholder(code):
        message = f"“{code or '空'}”不是统一社会信用代码，只是占位文字"
        return UsccFault(UsccFaultCode.PLACEHOLDER, 0, message, "请填写真实代码。")
    if len(code) != LENGTH:
        return _length_fault(code)
    for place, letter in enumerate(code, start=1):
        if letter not in _VALUES:
            return _letter_fault(place, letter)
    if code[1] not in PREFIXES.get(code[0], ""):
        return UsccFault(UsccFaultCode.PREFIX, 1, f"前两位“{code[:2]}”不是已知的登记管理部门和机构类别", _CHECK_LICENCE)
    return None


def _fault_of_content(code: str, regions: Container[str] | None) -> UsccFault | None:
    expected = check_character(code[:17])
    if code[17] != expected:
        if code.isdigit() and code.endswith("000"):
            return UsccFault(
                UsccFaultCode.CHECK,
                18,
                f"第 18 位校验码应为“{expected}”；末三位为 000，可能被表格软件当作数字改坏",
                "请把单元格设为文本格式后重新填写。",
                expected,
            )
        return UsccFault(UsccFaultCode.CHECK, 18, f"第 18 位校验码应为“{expected}”", _CHECK_LICENCE, expected)
    inner = organisation_check_character(code[8:16])
    if code[16] != inner:
        message = f"第 17 位（组织机构代码校验码）应为“{inner}”"
        return UsccFault(UsccFaultCode.INNER_CHECK, 17, message, _CHECK_LICENCE, inner)
    if regions is not None and code[2:8] not in regions:
        return UsccFault(UsccFaultCode.REGION, 3, f"第 3—8 位“{code[2:8]}”不是已知的行政区划代码", _CHECK_LICENCE)
    return None


def _length_fault(code: str) -> UsccFault:
    message = f"应为 18 位，现为 {len(code)} 位"
    if re.fullmatch(r"\d(\.\d+)?E\+?\d+", code):
        return UsccFault(
            UsccFaultCode.LENGTH, 0, f"{message}；已被表格软件改成科学计数法", "请把单元格设为文本格式后重新填写。"
        )
    if len(code) == 15 and code[:14].isdigit():
        message += "，像是旧的注册号或税务登记号"
        return UsccFault(UsccFaultCode.LENGTH, 0, message, "请填写营业执照上的 18 位代码。")
    return UsccFault(UsccFaultCode.LENGTH, 0, message, _CHECK_LICENCE)


def _letter_fault(place: int, letter: str) -> UsccFault:
    message = f"第 {place} 位“{letter}”不在代码字符集内（数字和除 I、O、Z、S、V 以外的大写字母）"
    twin = _LOOK_ALIKE.get(letter, "")
    cure = f"请核对是否为“{twin}”。" if twin else _CHECK_LICENCE
    return UsccFault(UsccFaultCode.LETTER, place, message, cure, twin)


def is_placeholder(code: str) -> bool:
    """Whether a cleaned text stands where a code should be only to fill the cell: 无, N/A, all one character, TEST."""
    if code in _PLACEHOLDER_WORDS or len(set(code)) == 1:
        return True
    if is_valid_uscc(code):
        return False
    return any(filler in code for filler in ("TEST", "TEMPLATE", "XXXX", "****", "UUUU", "QWER"))


# Columns: the check over the raw bytes, 18 to a row (stack.md 3 measured 2.9 million rows a second).

_CHUNK = 65_536
_BYTE_VALUES = np.full(256, 0, dtype=np.float32)
_BYTE_KNOWN = np.zeros(256, dtype=np.bool_)
for _letter, _value in _VALUES.items():
    _BYTE_VALUES[ord(_letter)] = _value
    _BYTE_KNOWN[ord(_letter)] = True
_WEIGHT_COLUMN = np.array(WEIGHTS, dtype=np.float32)
_PREFIX_KNOWN = np.zeros(65_536, dtype=np.bool_)
for _first, _seconds in PREFIXES.items():
    for _second in _seconds:
        _PREFIX_KNOWN[ord(_first) * 256 + ord(_second)] = True
_ALPHABET_BYTES = np.frombuffer(ALPHABET.encode("ascii"), dtype=np.uint8)


def cleaned_uscc(expression: pl.Expr) -> pl.Expr:
    """The column form of clean_uscc."""
    return (
        expression.str.normalize("NFKC")
        .str.replace_all("[\\s\\x00-\\x1f\u200b-\u200f\u2060\ufeff]+", "")
        .str.to_uppercase()
    )


def valid_uscc(expression: pl.Expr) -> pl.Expr:
    """The column form of is_valid_uscc; null is not valid. Clean the column first."""
    return as_expression(expression, valid_uscc_mask, pl.Boolean)


def valid_uscc_mask(series: pl.Series) -> pl.Series:
    """Which values of a column are valid codes as written, by numpy over their bytes; null is not."""
    answers = [_valid_chunk(series.slice(start, _CHUNK)) for start in range(0, len(series), _CHUNK)]
    mask = np.concatenate(answers) if answers else np.zeros(0, dtype=np.bool_)
    return pl.Series(series.name, mask, dtype=pl.Boolean)


def expected_check_characters(series: pl.Series) -> pl.Series:
    """The eighteenth character each code should have; null where the first seventeen cannot be one. For messages."""
    answers = [_expected_chunk(series.slice(start, _CHUNK)) for start in range(0, len(series), _CHUNK)]
    return pl.concat(answers).alias(series.name) if answers else pl.Series(series.name, [], dtype=pl.String)


def _rows_of_18(series: pl.Series) -> tuple[Mask, Bytes]:
    fits = (series.str.len_bytes() == LENGTH).fill_null(value=False)
    joined = series.filter(fits).str.join("").item() or ""
    return fits.to_numpy(), np.frombuffer(joined.encode("utf-8"), dtype=np.uint8).reshape(-1, LENGTH)


def _check_bytes(rows: Bytes) -> Bytes:
    totals = _BYTE_VALUES[rows[:, :17]] @ _WEIGHT_COLUMN
    return _ALPHABET_BYTES[-totals.astype(np.int32) % 31]


def _valid_chunk(series: pl.Series) -> Mask:
    fits, rows = _rows_of_18(series)
    is_valid = _BYTE_KNOWN[rows].all(axis=1)
    is_valid &= _PREFIX_KNOWN[rows[:, 0].astype(np.int32) * 256 + rows[:, 1]]
    is_valid &= _check_bytes(rows) == rows[:, 17]
    mask = np.zeros(len(series), dtype=np.bool_)
    mask[fits] = is_valid
    return mask


def _expected_chunk(series: pl.Series) -> pl.Series:
    fits, rows = _rows_of_18(series)
    letters = _check_bytes(rows).astype(np.uint32)
    letters[~_BYTE_KNOWN[rows[:, :17]].all(axis=1)] = 0
    codes = np.zeros(len(series), dtype=np.uint32)
    codes[fits] = letters
    return pl.Series([chr(code) if code else None for code in codes.tolist()], dtype=pl.String)
