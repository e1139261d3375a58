"""The catalogue of this edition: classes, bases, fields, headers; and what may never be an item."""

import tomllib
from copy import deepcopy
from dataclasses import replace
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, Final

import pytest

from limu.catalogue.queries import find_shipped_item, parsed_files, shipped_items
from limu.catalogue.rules import CLOSED_KINDS, ORGANISATIONS, CatalogueFault, is_loaded, item_faults, latest, load_items
from limu.check.kinds import KIND_LABELS, KIND_OF_WORD
from limu.law.statute import FORBIDDEN_KINDS
from limu.record.item import CLASS_NAMES, Field, Item

STANDARD_2018: Final = [
    "CF_XDR_MC",
    "CF_XDR_LB",
    "CF_XDR_SHXYM",
    "CF_XDR_GSZC",
    "CF_XDR_ZZJG",
    "CF_XDR_SWDJ",
    "CF_XDR_SYDW",
    "CF_XDR_SHZZ",
    "CF_FRDB",
    "CF_FR_ZJLX",
    "CF_FR_ZJHM",
    "CF_XDR_ZJLX",
    "CF_XDR_ZJHM",
    "CF_WSH",
    "CF_WFXW",
    "CF_SY",
    "CF_YJ",
    "CF_CFLB",
    "CF_NR",
    "CF_NR_FK",
    "CF_NR_WFFF",
    "CF_NR_ZKDX",
    "CF_JDRQ",
    "CF_YXQ",
    "CF_GSJZQ",
    "CF_CFJG",
    "CF_CFJGDM",
    "CF_SJLY",
    "CF_SJLYDM",
    "BZ",
]
STANDARD_2017: Final = [
    "CF_WSH",
    "CF_CFMC",
    "CF_BM",
    "CF_CFLB1",
    "CF_CFLB2",
    "CF_SY",
    "CF_YJ",
    "CF_XDR_MC",
    "CF_XDR_SHXYM",
    "CF_XDR_ZDM",
    "CF_XDR_GSDJ",
    "CF_XDR_SWDJ",
    "CF_XDR_SFZ",
    "CF_FR",
    "CF_JG",
    "CF_JDRQ",
    "CF_XZJG",
    "CF_ZT",
    "DFBM",
    "SJC",
    "BZ",
    "CF_SYFW",
    "CF_SXYZCD",
    "CF_GSJZQ",
]
PERMIT_2018: Final = [
    "XK_XDR_MC",
    "XK_XDR_LB",
    "XK_XDR_SHXYM",
    "XK_XDR_GSZC",
    "XK_XDR_ZZJG",
    "XK_XDR_SWDJ",
    "XK_XDR_SYDW",
    "XK_XDR_SHZZ",
    "XK_FRDB",
    "XK_FR_ZJLX",
    "XK_FR_ZJHM",
    "XK_XDR_ZJLX",
    "XK_XDR_ZJHM",
    "XK_XKWS",
    "XK_WSH",
    "XK_XKLB",
    "XK_XKZS",
    "XK_XKBH",
    "XK_NR",
    "XK_JDRQ",
    "XK_YXQZ",
    "XK_YXQZI",
    "XK_XKJG",
    "XK_XKJGDM",
    "XK_ZT",
    "XK_LYDW",
    "XK_LYDWDM",
    "BZ",
]
PERMIT_2017: Final = [
    "XK_WSH",
    "XK_XMMC",
    "XK_BM",
    "XK_SPLB",
    "XK_NR",
    "XK_XDR",
    "XK_XDR_SHXYM",
    "XK_XDR_ZDM",
    "XK_XDR_GSDJ",
    "XK_XDR_SWDJ",
    "XK_XDR_SFZ",
    "XK_FR",
    "XK_JDRQ",
    "XK_JZQ",
    "XK_XZJG",
    "XK_ZT",
    "DFBM",
    "SJC",
    "BZ",
    "XK_SYFW",
]


def item(code: str) -> Item:
    found = find_shipped_item(code)
    assert found is not None
    return found


@cache
def _parsed() -> list[dict[str, Any]]:
    return parsed_files()


def shipped() -> list[dict[str, Any]]:
    """Every file as it is on disk, for a test that may change it."""
    return deepcopy(_parsed())


def raw(code: str) -> dict[str, Any]:
    (found,) = [file["item"] for file in shipped() if file.get("item", {}).get("code") == code]
    return dict(found)


def faults(changed: dict[str, Any]) -> set[str]:
    shared = [file for file in shipped() if "shared" in file]
    return {fault.code for fault in load_items([*shared, {"item": changed}]) if isinstance(fault, CatalogueFault)}


def test_all_thirteen_classes_are_covered_by_at_least_twenty_items() -> None:
    assert {one.class_number for one in shipped_items()} == set(CLASS_NAMES)
    assert len(shipped_items()) >= 20


def test_the_items_the_issue_names_are_there() -> None:
    named = (
        "penalty penalty_summary permit abnormal_list serious_list court_defaulter tax_grade_a tax_violation inspection"
    )
    named += " pledge honour contract registration"

    assert set(named.split()) <= {one.code for one in shipped_items()}


def test_every_basis_resolves_in_the_law_texts() -> None:
    texts = tomllib.loads(Path("limu/law/texts/articles.toml").read_text(encoding="utf-8"))
    articles = {article["key"] for article in texts["article"]}

    assert {key for one in shipped_items() for key in one.basis} <= articles


def test_every_item_of_the_law_s_terms_is_in_the_catalogue() -> None:
    known = {one.code for one in shipped_items()}
    terms = tomllib.loads(Path("limu/law/texts/terms.toml").read_text(encoding="utf-8"))["term"]
    named = {code for term in terms for code in term["items"]}

    assert {"penalty", "permit", "serious_list"} <= named & known


def test_kinds_of_penalty_are_those_of_the_law_texts() -> None:
    texts = tomllib.loads(Path("limu/law/texts/classes.toml").read_text(encoding="utf-8"))["kind"]

    assert {kind["key"]: kind["label"] for kind in texts} == KIND_LABELS
    assert all(KIND_OF_WORD.get(kind["label"]) == kind["key"] for kind in texts)


@pytest.mark.parametrize(
    ("code", "columns"),
    [("penalty", STANDARD_2018), ("penalty", STANDARD_2017), ("permit", PERMIT_2018), ("permit", PERMIT_2017)],
)
def test_every_column_of_the_upload_standards_is_known(code: str, columns: list[str]) -> None:
    assert [column for column in columns if column not in item(code).headers()] == []


def test_columns_of_both_standards_lead_to_the_same_fields() -> None:
    headers = item("penalty").headers()

    assert headers["CF_NR"] == headers["CF_JG"] == headers["处罚内容"] == headers["＊处罚内容"] == "decision"
    assert headers["CF_CFJG"] == headers["CF_XZJG"] == headers["处罚机关"] == "authority"


def test_a_label_beats_another_field_s_alias() -> None:
    for one in shipped_items():
        headers = one.headers()
        assert all(headers[field.label] == field.code for field in one.fields)


def test_labels_of_an_item_are_all_different() -> None:
    for one in shipped_items():
        labels = [field.label for field in one.fields]
        assert len(labels) == len(set(labels)), one.code


def test_nothing_personal_is_public_anywhere() -> None:
    personal = [field for one in shipped_items() for field in one.fields if field.personal != "none"]

    assert personal
    assert not any(field.is_public or field.publicity == "public" for field in personal)


def test_numbers_of_persons_never_enter_a_report() -> None:
    numbers = [field for one in shipped_items() for field in one.fields if field.personal == "identity_number"]

    assert numbers
    assert not any(field.subject_report for field in numbers)


def test_no_item_is_about_natural_persons() -> None:
    for one in shipped_items():
        assert set(one.subject_kinds) <= set(ORGANISATIONS)
        assert one.information_kind not in CLOSED_KINDS


def test_a_penalty_that_may_be_published_shows_what_the_penalty_law_asks_for() -> None:
    needed = {field.column or field.code for field in item("penalty").fields if field.required == "publish"}

    assert {"authority", "document_number", "decided_on", "legal_basis"} <= needed


def test_few_fields_are_needed_to_accept() -> None:
    assert all(sum(field.required == "accept" for field in one.fields) <= 2 for one in shipped_items())


def test_an_item_without_basis_is_refused() -> None:
    assert "T-101" in faults({**raw("honour"), "basis": []})
    assert "T-101" in faults({**raw("honour"), "basis": [""]})


@pytest.mark.parametrize("kind", sorted(FORBIDDEN_KINDS))
def test_an_item_of_a_forbidden_kind_is_refused(kind: str) -> None:
    assert "T-102" in faults({**raw("honour"), "information_kind": kind})


def test_an_item_about_persons_is_refused() -> None:
    assert "T-103" in faults({**raw("honour"), "subject_kinds": ["natural_person"]})


@pytest.mark.parametrize(
    ("code", "change"),
    [
        ("T-104", {"class_number": 14}),
        ("T-105", {"natural_key": ["nothing"]}),
        ("T-107", {"fields": [{"use": "authority"}], "natural_key": ["authority"]}),
        ("T-108", {"version": 0}),
        ("T-109", {"in_force_until": date(2000, 1, 1)}),
        ("T-001", {"fields": [{"use": "no_such_field"}]}),
    ],
)
def test_a_broken_item_is_refused_with_its_code(code: str, change: dict[str, Any]) -> None:
    assert code in faults({**raw("honour"), **change})


@pytest.mark.parametrize(
    ("code", "change"),
    [
        ("T-201", {"kind": "colour"}),
        ("T-202", {"personal": "person", "publicity": "public"}),
        ("T-203", {"column": "mood"}),
        ("T-204", {"column": "decided_on", "kind": "text"}),
        ("T-205", {"kind": "code", "codelist": ()}),
        ("T-206", {"required": "perhaps"}),
    ],
)
def test_a_broken_field_is_refused_with_its_code(code: str, change: dict[str, Any]) -> None:
    honour = item("honour")
    broken: Field = replace(honour.fields[-1], **change)

    assert code in {fault.code for fault in item_faults(replace(honour, fields=(*honour.fields[:-1], broken)))}


def test_a_field_or_version_that_stands_twice_is_refused() -> None:
    honour = item("honour")
    twice = replace(honour, fields=(*honour.fields, honour.fields[-1]))

    assert "T-106" in {fault.code for fault in item_faults(twice)}
    files = [file for file in shipped() if "shared" in file]
    assert "T-110" in {getattr(one, "code", "") for one in load_items([*files, *[{"item": raw("honour")}] * 2])}


def test_one_unlawful_item_refuses_the_whole_pack() -> None:
    files = [*shipped(), {"item": {**raw("honour"), "code": "honour_b", "basis": []}}]

    result = load_items(files)

    assert not is_loaded(result)
    assert is_loaded(shipped_items())


def test_the_version_in_force_is_a_function_of_the_day() -> None:
    first = replace(item("honour"), in_force_from=date(2020, 1, 1), in_force_until=None)
    second = replace(first, version=2, in_force_from=date(2026, 1, 1))

    assert latest((first, second), date(2025, 12, 31)) == (first,)
    assert latest((second, first), date(2026, 1, 1)) == (second,)
    assert latest((first, second), date(2019, 12, 31)) == ()
