"""Regions of GB/T 2260: current, historical, and the extra codes that real unified codes carry."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date


@dataclass(frozen=True, slots=True)
class PastName:
    """A name that a code had from one edition of the standard to another, both as YYYYMM."""

    name: str
    first_edition: str
    last_edition: str

    def holds_on(self, day: date) -> bool:
        """Whether the name stood in the editions around that day."""
        return self.first_edition <= f"{day:%Y%m}" <= self.last_edition


@dataclass(frozen=True, slots=True)
class RegionTable:
    """Which codes exist or existed, their names and their places in the tree."""

    current: Mapping[str, str]
    parents: Mapping[str, str]
    historical: Mapping[str, tuple[PastName, ...]]
    extra: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def from_rows(
        cls,
        current: Iterable[tuple[str, str, str]],
        historical: Iterable[tuple[str, str, str, str]] = (),
        extra: Iterable[tuple[str, str]] = (),
    ) -> "RegionTable":
        """Build from rows (code, name, parent), (code, name, first edition, last edition), (code, province's name)."""
        present = list(current)
        past: dict[str, list[PastName]] = {}
        for code, name, first, last in historical:
            past.setdefault(code, []).append(PastName(name, first, last))
        return cls(
            {code: name for code, name, _ in present},
            {code: parent for code, _, parent in present if parent},
            {code: tuple(sorted(names, key=lambda one: one.last_edition)) for code, names in past.items()},
            dict(extra),
        )

    def __contains__(self, code: object) -> bool:
        return isinstance(code, str) and self.is_known(code)

    def is_known(self, code: str) -> bool:
        """Whether the code is or was a region, or is one of the extra codes of development zones and new areas."""
        return code in self.current or code in self.historical or code in self.extra

    def name_of(self, code: str, on: date) -> str:
        """Name of the region on a day: of the edition then in force, else the current or the nearest past name."""
        past = self.historical.get(code, ())
        for one in reversed(past):
            if one.holds_on(on):
                return one.name
        if code in self.current:
            return self.current[code]
        return past[-1].name if past else self.extra.get(code, "")

    def parent(self, code: str) -> str:
        """Code of the region above; by the standard's digits where the table does not say; empty for a province."""
        if code in self.parents:
            return self.parents[code]
        if code.endswith("0000"):
            return ""
        city = code[:4] + "00"
        return city if code != city and self.is_known(city) else code[:2] + "0000"

    def province_of(self, code: str) -> str:
        """Code of the province, autonomous region or municipality: the first two digits."""
        return code[:2] + "0000"

    def full_name_of(self, code: str, on: date) -> str:
        """Names from the province down, joined."""
        names: list[str] = []
        while code:
            names.insert(0, self.name_of(code, on))
            code = self.parent(code)
        return "".join(names)

    def is_within(self, code: str, region: str) -> bool:
        """Whether a region is the other one or lies in it."""
        while code:
            if code == region:
                return True
            code = self.parent(code)
        return False

    def children(self, code: str) -> tuple[str, ...]:
        """Codes right below, in their order; of the empty code, the provinces."""
        return tuple(sorted(one for one in self.current if self.parent(one) == code))
