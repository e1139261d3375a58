"""A new version of an item: refused by words and by the database, published by a second person, never rewritten."""

from dataclasses import replace
from datetime import timedelta
from uuid import UUID, uuid4

import psycopg
import pytest

from limu.catalogue import store, store_draft
from limu.catalogue.actions_draft import draft_item, publish_draft, withdraw_draft
from limu.catalogue.rules import CLOSED_KINDS
from limu.catalogue.rules_draft import CLOSED_WORDS, compare
from limu.catalogue.rules_new import new_faults
from limu.department.rules import Officer, Refusal
from limu.law.book import packaged_book
from limu.record.item import Item
from limu.wire.database import Connection
from limu.wire.statutes import read_law_texts
from tests import people, standing

TODAY = standing.TODAY
BOOK = packaged_book(read_law_texts())


def _is_article(key: str) -> bool:
    return BOOK.article(key) is not None


@pytest.fixture
def editors(connection: Connection) -> tuple[Officer, Officer, Officer]:
    """Two catalogue editors, and a second account of the first one's person."""
    centre = people.department_of(connection, 91, is_centre=True)
    first = people.officer_in(connection, centre, "edit.one", "catalogue_editor")
    second = people.officer_in(connection, centre, "edit.two", "catalogue_editor")
    third = replace(first, id=uuid4(), code="edit.again")
    connection.execute(
        "INSERT INTO limu.officer (id, code, person, department, roles) VALUES (%s, %s, %s, %s, '{catalogue_editor}')",
        [third.id, third.code, third.person, centre.id],
    )
    store.insert_item(connection, _item(), drafted_by=first.person, confirmed_by=second.person)
    return first, second, third


def _item() -> Item:
    return standing.catalogue()["permit"]


def _next(**changed: object) -> Item:
    told: dict[str, object] = {"version": 2, "in_force_from": TODAY + timedelta(days=7), "frequency": "3 个工作日内"}
    return replace(_item(), **{**told, **changed})  # type: ignore[arg-type]


def _drafted(connection: Connection, by: Officer, item: Item | None = None) -> UUID:
    draft = draft_item(connection, item or _next(), by=by, reason="新的时限文件", today=TODAY, is_article=_is_article)
    assert isinstance(draft, UUID)
    return draft


def test_a_draft_is_published_by_another_person_and_holds_from_its_day(
    connection: Connection, editors: tuple[Officer, Officer, Officer]
) -> None:
    first, second, third = editors
    draft = _drafted(connection, first)
    for same in (first, third):
        refused = publish_draft(connection, draft, by=same, today=TODAY)
        assert isinstance(refused, Refusal)
        assert refused.code == "T-401"

    assert isinstance(publish_draft(connection, draft, by=second, today=TODAY), Item)

    before = store.find_item(connection, "permit", on=TODAY + timedelta(days=6))
    after = store.find_item(connection, "permit", on=TODAY + timedelta(days=7))
    assert before
    assert after
    assert (before.version, after.version, after.frequency) == (1, 2, "3 个工作日内")
    again = publish_draft(connection, draft, by=second, today=TODAY)
    assert isinstance(again, Refusal)
    assert again.code == "T-405"


def test_one_draft_of_an_item_waits_at_a_time(
    connection: Connection, editors: tuple[Officer, Officer, Officer]
) -> None:
    draft = _drafted(connection, editors[0])

    refused = draft_item(
        connection, _next(sharing="有条件共享"), by=editors[1], reason="另一份", today=TODAY, is_article=_is_article
    )

    assert isinstance(refused, Refusal)
    assert refused.code == "T-402"
    withdraw_draft(connection, draft, by=editors[1])
    _drafted(connection, editors[1])


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"basis": ("no-such-law/1",)}, "T-111"),
        ({"fields": (*_item().fields, replace(_item().fields[-1], code="Bad Code"))}, "T-114"),
        ({"name": ""}, "T-113"),
    ],
)
def test_a_new_version_is_held_to_what_a_new_item_is_held_to(
    connection: Connection, editors: tuple[Officer, Officer, Officer], changed: dict[str, object], code: str
) -> None:
    refused = draft_item(
        connection, _next(**changed), by=editors[0], reason="试一试", today=TODAY, is_article=_is_article
    )

    assert isinstance(refused, tuple)
    assert code in {fault.code for fault in refused}


def test_every_shipped_item_could_be_drafted_again() -> None:
    assert [fault for item in standing.catalogue().values() for fault in new_faults(item, is_article=_is_article)] == []


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"basis": ()}, "T-101"),
        ({"information_kind": "petition"}, "T-102"),
        ({"subject_kinds": ("natural_person",)}, "T-103"),
        ({"fields": tuple(replace(one, personal="contact", publicity="public") for one in _item().fields)}, "T-202"),
        ({"fields": tuple(replace(one, publicity="everyone") for one in _item().fields)}, "T-207"),  # type: ignore[arg-type]
    ],
)
def test_an_unlawful_version_is_refused_in_words_and_by_the_database(
    connection: Connection, editors: tuple[Officer, Officer, Officer], changed: dict[str, object], code: str
) -> None:
    wrong = _next(**changed)

    refused = draft_item(connection, wrong, by=editors[0], reason="试一试", today=TODAY, is_article=_is_article)

    assert isinstance(refused, tuple)
    assert code in {fault.code for fault in refused}
    assert all(fault.message.endswith("。") for fault in refused)
    with pytest.raises(psycopg.errors.CheckViolation):
        store.insert_item(connection, wrong, drafted_by=editors[0].person, confirmed_by=editors[1].person)


def test_every_prohibited_kind_has_its_word() -> None:
    assert CLOSED_WORDS.keys() == CLOSED_KINDS


def test_a_draft_without_reason_change_or_with_a_past_day_is_refused(
    connection: Connection, editors: tuple[Officer, Officer, Officer]
) -> None:
    same = _next(frequency=_item().frequency)
    tried = [
        (_next(), " ", "T-404"), (same, "没有变化", "T-403"),
        (_next(in_force_from=TODAY - timedelta(days=1)), "倒签", "T-406"),
    ]  # fmt: skip
    for item, reason, code in tried:
        refused = draft_item(connection, item, by=editors[0], reason=reason, today=TODAY, is_article=_is_article)
        assert isinstance(refused, Refusal)
        assert refused.code == code


def test_the_database_lets_nobody_publish_his_own_draft_or_rewrite_one(
    connection: Connection, editors: tuple[Officer, Officer, Officer]
) -> None:
    draft = _drafted(connection, editors[0])
    with pytest.raises(psycopg.errors.CheckViolation), connection.transaction():
        store_draft.settle_draft(connection, draft, officer=editors[2].id, is_published=True)
    store_draft.settle_draft(connection, draft, officer=editors[0].id, is_published=False)
    with pytest.raises(psycopg.errors.RestrictViolation):
        store_draft.settle_draft(connection, draft, officer=editors[1].id, is_published=True)


def test_two_versions_are_compared_field_by_field() -> None:
    kept = _item().fields[1:]
    after = _next(
        fields=(replace(kept[0], publicity="closed", length=9), *kept[1:]), in_force_from=_item().in_force_from
    )

    found = {(one.what, one.kind) for one in compare(_item(), after)}

    assert ("时限", "修改") in found
    assert ("字段", "删除") in found
    assert ("长度", "修改") in found or kept[0].length == 9
    assert compare(_item(), _item()) == ()
