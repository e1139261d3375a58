"""Regions and industries, and the tables that ship with the program."""

import csv
from datetime import date
from pathlib import Path

import pytest

from limu.terms.industries import IndustryTable
from limu.terms.regions import RegionTable
from limu.terms.uscc import PREFIXES

TABLES = Path(__file__).parents[2] / "limu" / "terms" / "tables"
TODAY = date(2026, 11, 23)


def rows(name: str) -> list[tuple[str, ...]]:
    with (TABLES / name).open(encoding="utf-8") as lines:
        return [tuple(row) for row in csv.reader(lines)][1:]


@pytest.fixture(scope="module")
def regions() -> RegionTable:
    return RegionTable.from_rows(
        ((code, name, parent) for code, name, parent in rows("regions.csv")),
        ((code, name, first, last) for code, name, first, last in rows("regions_history.csv")),
        ((code, province) for code, province in rows("regions_extra.csv")),
    )


@pytest.fixture(scope="module")
def industries() -> IndustryTable:
    return IndustryTable.from_rows((code, name, section) for code, name, section in rows("industries.csv"))


@pytest.mark.parametrize("code", ["110000", "330114", "990100", "990106", "230199", "110103"])
def test_current_historical_and_extra_codes_are_known(code: str, regions: RegionTable) -> None:
    assert regions.is_known(code)
    assert code in regions


def test_what_is_no_region(regions: RegionTable) -> None:
    assert not regions.is_known("999999")
    assert 110000 not in regions
    assert regions.name_of("999999", TODAY) == ""


def test_names_follow_the_day(regions: RegionTable) -> None:
    assert regions.name_of("110103", date(2005, 6, 1)) == "崇文区"
    assert regions.name_of("110103", TODAY) == "崇文区"
    assert regions.name_of("990100", TODAY) == "示例市"
    assert regions.full_name_of("990104", TODAY) == "示例省示例市清河区"


def test_the_tree_of_regions(regions: RegionTable) -> None:
    assert regions.parent("330102") == "330100"
    assert regions.parent("330000") == ""
    assert regions.parent("230199") == "230100"
    assert regions.parent("110103") in {"110100", "110000"}
    assert regions.province_of("330102") == "330000"
    assert regions.is_within("330102", "330000")
    assert not regions.is_within("330102", "320000")
    assert "990100" in regions.children("990000")
    assert len(regions.children("")) == 32


def test_every_current_region_reaches_its_province(regions: RegionTable) -> None:
    assert len(regions.current) == 3348 + 8
    assert all(regions.is_within(code, regions.province_of(code)) for code in regions.current)


def test_an_industry_is_found_by_any_of_its_codes(industries: IndustryTable) -> None:
    assert industries.name_of("0111") == "稻谷种植"
    assert industries.section_of("A0111") == "A"
    assert industries.section_of("B0111") == ""
    assert industries.is_known("A")
    assert industries.is_known("011")
    assert industries.is_known("01")
    assert not industries.is_known("9999")
    assert not industries.is_known("")
    assert not industries.is_known("0")
    assert (industries.parent("0111"), industries.parent("01"), industries.parent("A")) == ("011", "A", "")
    assert industries.name_of("01") == industries.name_of("A") == "农、林、牧、渔业"


def test_every_class_lies_in_a_section(industries: IndustryTable) -> None:
    assert sum(code.isdigit() for code in industries.names) == 1381
    assert all(industries.section_of(code) in industries.names for code in industries.names)


def test_registration_departments_are_the_prefixes_of_the_code() -> None:
    listed = {department + category for department, _, category, _ in rows("registration_departments.csv")}
    assert listed == {first + second for first, seconds in PREFIXES.items() for second in seconds}
