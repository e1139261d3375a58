"""Headers recognised: which row holds them, and which field each names."""

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from limu.intake.rules import NO_HEADER, UserFault
from limu.intake.rules_mapping import HeaderMapping

SEARCHED_ROWS: Final = 30
"""How far down a header may stand below titles and notes."""

ANSWER_COLUMNS: Final = ("处理结果", "问题说明")
"""First columns of the workbook we return; a corrected one comes back with them."""

ANY_HEADER: Final = "*"
"""Among the known headers: every filled cell counts, so that a header nobody knows yet can be shown and mapped."""

_NOISE: Final = re.compile(r"[\s\u200b-\u200f\ufeff＊*]+|^[\"'“”]+|[\"'“”]+$")


def normal_header(text: str) -> str:
    """A header without what breaks it: width, blanks, tabs, line breaks, the star of a required field."""
    return _NOISE.sub("", unicodedata.normalize("NFKC", text)).lower()


def known_headers(names: Mapping[str, str]) -> dict[str, str]:
    """The item's headers (see `Item.headers`) under their normal form."""
    return {normal_header(name): code for name, code in reversed(list(names.items()))}


def find_header(rows: Iterable[Sequence[str]], known: Iterable[str]) -> tuple[int, int] | None:
    """The index of the header among the first rows and how many of its cells are known; None where none is.

    The row with most known cells wins, the first of equals; one known cell suffices only where it stands alone."""
    names = frozenset(known)
    best: tuple[int, int] | None = None
    for index, row in enumerate(rows):
        filled = [cell for cell in map(normal_header, row) if cell]
        score = len(filled) if ANY_HEADER in names else len(names.intersection(filled))
        if score and (score >= 2 or len(filled) == 1) and (best is None or score > best[1]):
            best = (index, score)
    return best


def trimmed_header(cells: Sequence[Any]) -> tuple[str, ...]:
    """The header's cells without the empty ones at its end."""
    names = [str(cell or "").strip() for cell in cells]
    while names and not names[-1]:
        names.pop()
    return tuple(names)


class Plan:
    """Which column of the file feeds which field, what is constant, what is left out."""

    __slots__ = ("columns", "constants", "ignored", "values")

    def __init__(self, columns: dict[str, int], constants: dict[str, str], ignored: tuple[str, ...]) -> None:
        self.columns = columns
        self.constants = constants
        self.ignored = ignored
        self.values: dict[str, dict[str, str]] = {}


def plan_columns(header: Sequence[str], names: Mapping[str, str], mapping: HeaderMapping) -> Plan | UserFault:
    """Match a header to fields: the mapping first, then the item's own names; a doubt is a fault, not a guess."""
    known = known_headers(names)
    stated = {normal_header(source): code for source, code in mapping.columns.items()}
    left_out = {normal_header(source) for source in mapping.ignored} | set(ANSWER_COLUMNS)
    seen: set[str] = set()
    columns: dict[str, int] = {}
    ignored: list[str] = []
    for index, name in enumerate(header):
        plain = normal_header(name)
        if not plain or plain in left_out:
            continue
        if plain in seen:
            return UserFault("F-104", f"表头“{name.strip()}”出现了两次。", "请删除或者改名其中一列。")
        seen.add(plain)
        code = stated.get(plain) or known.get(plain)
        if code is None:
            ignored.append(name.strip())
        elif code in columns:
            other = header[columns[code]].strip()
            return UserFault("F-105", f"“{other}”和“{name.strip()}”对应同一个要素。", "请用 --mapping 说明用哪一列。")
        else:
            columns[code] = index
    if not columns:
        return NO_HEADER
    constants = {code: text for code, text in mapping.constants.items() if code not in columns}
    plan = Plan(columns, constants, tuple(ignored))
    plan.values = mapping.values
    return plan
