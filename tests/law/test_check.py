"""The proof of the law data: what ships is whole, and every planted fault is found."""

from copy import deepcopy
from datetime import date
from typing import Any

import pytest

from limu.law.book import BrokenLawError, LawBook, packaged_book
from limu.law.check import check_information_kind, check_law
from limu.law.statute import CONFIDENCE_LABELS, FORBIDDEN_KINDS, RANK_LABELS, RANKS
from limu.wire.statutes import read_catalogue_items, read_law_texts


def texts() -> dict[str, Any]:
    return deepcopy(dict(read_law_texts()))


def codes(changed: dict[str, Any]) -> set[str]:
    return {fault.code for fault in check_law(changed)}


def row(changed: dict[str, Any], text: str, key: str) -> dict[str, Any]:
    rows = (one for rows in changed[text].values() for one in rows)
    found: dict[str, Any] = next(one for one in rows if one["key"] == key)
    return found


def test_what_ships_has_no_fault() -> None:
    assert check_law(read_law_texts()) == ()


def test_every_rule_has_a_citation_and_a_confidence() -> None:
    book = packaged_book(read_law_texts())

    assert all(rule.citations and rule.confidence in CONFIDENCE_LABELS for rule in book.rules())
    assert all(book.ref(rule.key).citation for rule in book.rules())


def test_every_basis_of_the_catalogue_resolves() -> None:
    book = packaged_book(read_law_texts())
    bases = {basis for text in read_catalogue_items().values() for basis in text.get("item", {}).get("basis", ())}

    assert bases
    assert {one for one in bases if book.article(one) is None} == set()


@pytest.mark.parametrize(
    ("text", "key", "change", "code"),
    [
        ("terms.toml", "term/ndrc-36/general", {"citations": ["nowhere/1"]}, "citation_unknown"),
        ("terms.toml", "term/ndrc-36/general", {"citations": []}, "citation_missing"),
        ("terms.toml", "term/ndrc-36/general", {"confidence": "sure"}, "confidence"),
        ("terms.toml", "term/ndrc-36/general", {"maximum": "2y"}, "maximum_above"),
        ("terms.toml", "term/ndrc-36/general", {"maximum": "a year"}, "period"),
        ("terms.toml", "term/ndrc-36/general", {"minimum": "2y"}, "minimum_above"),
        ("terms.toml", "term/ndrc-36/general", {"start": "full moon"}, "start"),
        ("terms.toml", "term/ndrc-36/general", {"severity": "grave"}, "severity"),
        ("terms.toml", "term/ndrc-36/general", {"from": date(2026, 4, 2)}, "gap"),
        ("terms.toml", "term/2019-527/general", {"until": date(2026, 3, 31)}, "gap"),
        ("terms.toml", "term/samr-107/general", {"from": date(2025, 12, 24)}, "overlap"),
        ("terms.toml", "term/samr-107/general", {"confidence": "confirmed"}, "confidence_above"),
        ("terms.toml", "term/ndrc-36/general", {"until": date(2026, 4, 1)}, "dates"),
        ("terms.toml", "term/ndrc-36/general", {"unheard": 1}, "word_unknown"),
        ("terms.toml", "term/ndrc-36/general", {"items": "penalty"}, "word_shape"),
        ("instruments.toml", "ndrc-36", {"rank": "decree"}, "rank"),
        ("instruments.toml", "shandong-credit", {"region": ""}, "region"),
        ("articles.toml", "ndrc-36/general", {"instrument": "nowhere"}, "instrument_unknown"),
        ("articles.toml", "ndrc-36/general", {"summary": ""}, "article_empty"),
        ("withheld.toml", "withheld/minor", {"text": ""}, "withheld_reason"),
        ("withheld.toml", "withheld/detention", {"kinds": ["flogging"]}, "kind_unknown"),
        ("deadlines.toml", "deadline/withdrawal", {"unit": "moon"}, "deadline"),
        ("terms.toml", "term/samr-45/general", {"fields": ["public_security"]}, "field_favours"),
        ("terms.toml", "term/ndrc-36/general", {"items": ["petition"]}, "forbidden_kind"),
        ("instruments.toml", "ndrc-36", {"until": date(2030, 1, 1)}, "basis_ended"),
        ("terms.toml", "term/samr-45/general", {"fields": ["astrology"]}, "field_unknown"),
        ("fields.toml", "field/food", {"label": ""}, "field_empty"),
        ("regions.toml", "cap/shandong", {"region": ""}, "period"),
        ("lists.toml", "list/samr", {"hearing": ""}, "list_hearing"),
        ("lists.toml", "list/samr", {"hearing_days": 0}, "list_hearing"),
        ("lists.toml", "list/samr", {"hearing_confidence": "sure"}, "list_hearing"),
        ("lists.toml", "list/samr", {"hearing": "nowhere/1"}, "citation_unknown"),
        ("lists.toml", "list/samr", {"items": []}, "list_item"),
        ("relief.toml", "leniency/penalty", {"text": ""}, "leniency_empty"),
    ],
)
def test_a_planted_fault_is_found(text: str, key: str, change: dict[str, Any], code: str) -> None:
    changed = texts()
    row(changed, text, key).update(change)

    assert code in codes(changed)


def test_the_same_key_twice_is_a_fault() -> None:
    changed = texts()
    changed["terms.toml"]["term"].append(dict(changed["terms.toml"]["term"][0]))

    assert "key_double" in codes(changed)


def test_an_unknown_table_is_a_fault() -> None:
    assert codes({**texts(), "more.toml": {"score": [{"key": "x"}]}}) == {"table_unknown"}


def test_a_missing_confidence_is_a_fault() -> None:
    changed = texts()
    del row(changed, "terms.toml", "term/ndrc-36/general")["confidence"]

    assert "word_missing" in codes(changed)


def test_broken_texts_make_no_book() -> None:
    changed = texts()
    row(changed, "terms.toml", "term/ndrc-36/general")["citations"] = ["nowhere/1"]

    assert not isinstance(LawBook.from_texts(changed), LawBook)
    with pytest.raises(BrokenLawError, match="citation_unknown"):
        packaged_book(changed)


@pytest.mark.parametrize("kind", ["petition", "speech", "belief", "health", "consumption", "biometric", "person"])
def test_forbidden_kinds_are_closed_in_code(kind: str) -> None:
    fault = check_information_kind(kind)

    assert kind in FORBIDDEN_KINDS
    assert fault is not None
    assert fault.code == "forbidden_kind"
    assert check_information_kind("organisation_conduct") is None


def test_every_rank_has_its_chinese_name() -> None:
    assert set(RANK_LABELS) == set(RANKS)


def test_pages_get_values_ready_to_render() -> None:
    book = packaged_book(read_law_texts())
    instrument = book.instrument("ndrc-36")
    assert instrument is not None

    assert instrument.name == "《信用修复管理办法》（国家发展改革委令第36号）"
    assert (instrument.rank_label, instrument.confidence_label) == ("部门规章", "已核对")
    assert [one.number for one in book.articles("ndrc-36")][:3] == ["第二条", "第三条", "第四条"]
    assert book.instruments()[0].rank == "law"
    assert {one.confidence_label for one in book.unconfirmed()} <= {"据转述", "征求意见稿", "待核实"}
