"""Headers recognised: which row holds them, and which field each names."""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final, NamedTuple

from limu.intake.rules import NO_HEADER, UserFault
from limu.intake.rules_mapping import HeaderMapping

SEARCHED_ROWS: Final = 30
"""How far down a header may stand below titles and notes."""

ANSWER_COLUMNS: Final = ("处理结果", "问题说明")
"""First columns of the workbook we return; a corrected one comes back with them."""

ANY_HEADER: Final = "*"
"""Among the known headers: every filled cell counts, so that a header nobody knows yet can be shown and mapped."""

SHORT_NAME: Final = 2

LONGEST_NAME: Final = 200
"""A cell longer than this names no column, and is not looked at as if it might."""

MERGED_NOTE: Final = "表头有两行或者三行，已按合并表头理解"

_NOISE: Final = re.compile(r"[\s\u200b-\u200f\ufeff＊*]+|^[\"'“”]+|[\"'“”]+$")


def normal_header(text: str) -> str:
    """A header without what breaks it: width, blanks, tabs, line breaks, the star of a required field."""
    if len(text) > LONGEST_NAME:
        return text
    return _NOISE.sub("", text if text.isascii() else unicodedata.normalize("NFKC", text)).lower()


def known_headers(names: Mapping[str, str]) -> dict[str, str]:
    """The item's headers (see `Item.headers`) under their normal form."""
    return {normal_header(name): code for name, code in reversed(list(names.items()))}


class FoundHeader(NamedTuple):
    """Where a header ends (index of its last row), how many names of it are known, the names, of how many lines."""

    row: int
    score: int
    names: tuple[str, ...]
    lines: int = 1


def find_header(rows: Iterable[Sequence[str]], known: Iterable[str]) -> FoundHeader | None:
    """Find the header among the first rows: a row, or two or three merged, with most known names; None where none is.

    The first of equals wins; one known name suffices only where it stands alone. More rows are one header (groups above
    their columns) only if together they are known better than any of them, or any two, by themselves."""
    names = frozenset(known)
    best: FoundHeader | None = None
    above: list[_Scored] = []
    for index, row in enumerate(rows):
        scored = _Scored(row, _score(row, names))
        for found in _headers_ending(index, scored, above=above, names=names):
            if best is None or found.score > best.score:
                best = found
        above = [*above[-1:], scored]
    return best


class _Scored(NamedTuple):
    row: Sequence[str]
    score: int


def _headers_ending(
    index: int, last: _Scored, *, above: Sequence[_Scored], names: frozenset[str]
) -> Iterator[FoundHeader]:
    """A row as a header, then with the row above it, then with the two above, as long as each is known better."""
    most = last.score
    if most:
        yield FoundHeader(index, most, trimmed_header(last.row))
    if ANY_HEADER in names:
        return
    for count in range(1, len(above) + 1):
        upper = above[-count:]
        merged: Sequence[str] = upper[0].row
        for lower in (*upper[1:], last):
            merged = merged_names(merged, lower.row, names)
        together = _score(merged, names)
        most = max(most, upper[0].score)
        if together > most:
            yield FoundHeader(index, together, trimmed_header(merged), count + 1)
        most = max(most, together)


def _score(row: Sequence[str], names: frozenset[str]) -> int:
    filled = [cell for cell in map(normal_header, row) if cell]
    score = len(filled) if ANY_HEADER in names else len(names.intersection(filled))
    return score if score >= 2 or len(filled) == 1 else 0


def merged_names(upper: Sequence[str], lower: Sequence[str], names: frozenset[str]) -> list[str]:
    """The names of a header of two lines: a group reaches to the right as long as nothing stands above a column."""
    merged, group = [], ""
    for at in range(max(len(upper), len(lower))):
        top = str(upper[at] or "").strip() if at < len(upper) else ""
        sub = str(lower[at] or "").strip() if at < len(lower) else ""
        group = top or group
        merged.append(_joined(group, sub, names) if sub else top)
        if not sub:
            group = ""
    return merged


def _joined(group: str, sub: str, names: frozenset[str]) -> str:
    """What a column below a group is called: both words where they are a name, the lower where it tells enough.

    A short word (名称, 代码) below a group that names a field itself is that field's, and not the party's."""
    whole, plain = normal_header(group + sub), normal_header(sub)
    if whole in names:
        return group + sub
    is_others = len(plain) <= SHORT_NAME and normal_header(group) in names
    return sub if plain in names and not is_others else group + sub


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
