"""A wholly new item: made of what is typed, refused with every fault at once."""

from datetime import date

import pytest

from limu.catalogue.queries import shared_fields
from limu.catalogue.rules import ORGANISATIONS
from limu.catalogue.rules_draft import why_unlawful
from limu.catalogue.rules_new import OFFERED, new_faults, new_item
from limu.record.item import Item

TYPED = {
    "code": "site_inspection", "name": "工地检查结果", "class_number": "3", "basis": "catalogue-2024/3",
    "in_force_from": "2026-12-01", "use.document_number": "1", "key.document_number": "1", "use.decided_on": "1",
    "own.0.code": "result", "own.0.label": "检查结论", "own.0.kind": "text", "own.0.publicity": "public",
    "own.0.required": "no", "own.0.personal": "none",
}  # fmt: skip


def _made(**more: str) -> Item:
    return new_item({**TYPED, **more}, kinds=ORGANISATIONS, shared=shared_fields())


def _faults(item: Item) -> list[str]:
    return [
        one.code for one in (*new_faults(item, is_article=lambda key: key == "catalogue-2024/3"), *why_unlawful(item))
    ]


def test_every_offered_field_is_one_that_items_share() -> None:
    assert set(OFFERED) <= set(shared_fields())


def test_a_new_item_holds_the_party_the_chosen_fields_and_its_own() -> None:
    item = _made()

    assert [field.code for field in item.fields] == ["party_name", "document_number", "decided_on", "result"]
    assert (item.version, item.natural_key, item.in_force_from) == (1, ("document_number",), date(2026, 12, 1))
    assert _faults(item) == []


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"basis": ""}, "T-101"),
        ({"basis": "nothing/1"}, "T-111"),
        ({"information_kind": "petition"}, "T-102"),
        ({"key.document_number": ""}, "T-105"),
        ({"code": "Baustelle"}, "T-112"),
        ({"name": " "}, "T-113"),
        ({"own.0.label": ""}, "T-114"),
        ({"own.0.personal": "person"}, "T-202"),
        ({"class_number": "14"}, "T-104"),
    ],
)
def test_what_may_not_stand_is_refused_by_its_rule(more: dict[str, str], code: str) -> None:
    assert _faults(_made(**more)) == [code]


def test_a_person_is_no_subject() -> None:
    item = new_item(TYPED, kinds=["person"], shared=shared_fields())

    assert _faults(item) == ["T-103"]
