"""Industries of GB/T 4754-2017: sections (门类), divisions (大类) and classes (小类)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class IndustryTable:
    """Names by code: a letter for a section, four digits for a class; divisions are known by number only."""

    names: Mapping[str, str]
    sections: Mapping[str, str]

    @classmethod
    def from_rows(cls, rows: Iterable[tuple[str, str, str]]) -> "IndustryTable":
        """Build from rows (code, name, section); a section's own row has its letter in both places."""
        listed = list(rows)
        return cls({code: name for code, name, _ in listed}, {code: section for code, _, section in listed})

    def is_known(self, code: str) -> bool:
        """Whether the code is a section, division, group or class; a section's letter before the digits is allowed."""
        return self.section_of(code) != ""

    def name_of(self, code: str) -> str:
        """Name of the class, or of the section for everything above a class; empty when unknown."""
        digits = _digits(code)
        return self.names.get(digits) or self.names.get(self.section_of(code), "")

    def section_of(self, code: str) -> str:
        """Letter of the section a code lies in; empty when unknown or when letter and digits disagree."""
        digits = _digits(code)
        letter = code[: len(code) - len(digits)]
        if not digits:
            return letter if letter in self.names else ""
        found = self.sections.get(digits) or self._section_of_prefix(digits)
        return "" if letter and letter != found else found

    def parent(self, code: str) -> str:
        """The code one step up: class, group, division, section; empty above a section."""
        digits = _digits(code)
        if len(digits) > 2:
            return digits[:-1]
        return self.section_of(code) if digits else ""

    def _section_of_prefix(self, digits: str) -> str:
        if not 2 <= len(digits) <= 3:
            return ""
        return next((section for code, section in self.sections.items() if code.startswith(digits)), "")


def _digits(code: str) -> str:
    return code[1:] if code[:1].isalpha() else code
