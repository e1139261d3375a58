"""Where a subject belongs: its region from the register's own words, its address, its name, or its code."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

_SUFFIX = re.compile(r"(?:特别行政区|(?:壮族|回族|维吾尔)?自治区|自治州|自治县|自治旗|新区|地区|省|市|区|县|旗|盟)$")
_CODE = re.compile(r"[0-9]{6}")
_EMPTY = frozenset(("N/A", "NA", "无", "-", "市辖区", "县"))
_MUNICIPALITIES = frozenset(("11", "12", "31", "50"))
LONGEST = 11


@dataclass(frozen=True, slots=True)
class RegionFinder:
    """Names of regions, whole and without their suffix, to codes; and which codes there are."""

    names: dict[str, tuple[str, ...]]
    codes: dict[str, str]
    known: frozenset[str] = field(default=frozenset())

    @classmethod
    def from_rows(cls, current: Iterable[tuple[str, str]], known: Iterable[str] = ()) -> "RegionFinder":
        """Build from rows (code, name) of the current table; `known` adds historical and extra codes."""
        codes = dict(current)
        names: dict[str, list[str]] = {}
        for code, name in sorted(codes.items(), key=lambda one: _level(one[0])):
            short = _SUFFIX.sub("", name)
            for spelling in {name, short} if len(short) > 1 else {name}:
                names.setdefault(spelling, []).append(code)
        return cls({name: tuple(found) for name, found in names.items()}, codes, frozenset(codes) | frozenset(known))

    def of_subject(self, *, code: str | None, stated: str | None, words: Iterable[str | None]) -> str | None:
        """The region of a subject: stated by its code, else of its unified code, made finer by words inside it."""
        if stated and _CODE.fullmatch(stated):
            return stated
        base = code[2:8] if code and code[2:8] in self.known else ""
        found = base
        for text in words:
            if text and text not in _EMPTY:
                found = self._refine(text, found)
            if _level(found) == 3:
                break
        # A deployment of its own region (a demonstration, a new zone) has codes that no table holds yet.
        return found or (code[2:8] if code and _CODE.fullmatch(code[2:8]) else None)

    def _refine(self, text: str, within: str) -> str:
        """Follow the names at the start of a text down from a region; what does not lie in it is not followed."""
        found, at = within, 0
        while at < len(text) and _level(found) < 3:
            step = self._step(text, at, found)
            if step is None:
                break
            found, at = step
        return found

    def _step(self, text: str, at: int, within: str) -> tuple[str, int] | None:
        for length in range(min(LONGEST, len(text) - at), 1, -1):
            named = self.names.get(text[at : at + length], ())
            if within and any(_is_inside(within, code) for code in named):
                # What we know lies in it already: read on.
                return within, at + length
            inside = [code for code in named if _is_inside(code, within)]
            highest = [code for code in inside if _level(code) == _level(inside[0])]
            if len(highest) == 1:
                return highest[0], at + length
        return None


def _level(code: str) -> int:
    if not code:
        return 0
    return 1 if code.endswith("0000") else 2 if code.endswith("00") else 3


def _is_inside(code: str, within: str) -> bool:
    if not within:
        return True
    kept = {1: 2, 2: 2 if within[:2] in _MUNICIPALITIES else 4, 3: 6}[_level(within)]
    return code[:kept] == within[:kept]
