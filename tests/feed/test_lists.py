"""Entries into serious lists reach every copy, and so does every way in which they cease (Opinion item 12; J11, 6)."""

import json
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from limu import reactions_listing
from limu.audit.store_invariants import broken, promises, see_all
from limu.client.follow import catch_up
from limu.client.store import Copy
from limu.department.store import enter
from limu.feed import actions_snapshot
from limu.wire.database import Database
from limu.wire.home import Home
from tests.feed.conftest import Town
from tests.feed.test_actions import told
from tests.lawful import apply, enlist_on, grant, stand_lawful
from tests.listed import LEAVING, Listed, enlist, stand_listed


def listed_in(database: Database) -> tuple[Listed, UUID]:
    """An entry in force, committed."""
    with database.connect("app") as connection:
        listed = stand_listed(connection)
        return listed, enlist(connection, listed)


def leave(database: Database, listed: Listed, entry: UUID) -> None:
    with database.connect("app") as connection:
        enter(connection, department=listed.department.id)
        reactions_listing.end_entry(
            connection, entry, officer=listed.proposer, second=listed.decider, exit_kind="revocation", decision=LEAVING
        )


def heard(database: Database, entry: UUID) -> list[tuple[str, str, bool]]:
    """What was told of an entry: kind, reason, whether content still lies beside it."""
    with database.connect("app") as connection:
        rows = connection.execute(
            """SELECT e.kind, e.reason, c.body IS NOT NULL AS full FROM limu.feed_event e
               LEFT JOIN limu.feed_copy c ON c.policy = 1 AND c.timepoint = e.timepoint
               WHERE e.record = %s ORDER BY e.timepoint""",
            (entry,),
        )
        return [(row["kind"], row["reason"], row["full"]) for row in rows]


def test_an_entry_and_its_exit_reach_a_holder_its_copy_and_the_board(town: Town, tmp_path: Path) -> None:
    listed, entry = listed_in(town.database)
    holder, token = town.holder()
    site, copy = town.site(token), Copy(tmp_path / "copy.db")
    catch_up(site, copy)
    body = json.loads(copy.find(entry) or "{}")
    with town.database.connect("app") as connection:
        held = actions_snapshot.make(connection, Home(tmp_path), holder)
    leave(town.database, listed, entry)
    marked = _events(site, entry)
    town.tell()
    events = _events(site, entry)
    catch_up(site, copy)

    assert body["content"]["list_name"] == "拖欠农民工工资失信联合惩戒对象名单"
    assert "第四十八条" in body["content"]["legal_basis"]
    assert (body["item"], body["subject_uscc"]) == ("serious_list", listed.base.codes[0])
    assert held.copies == 1
    assert [("data" in one) for one in marked] == [False]
    assert [(one["type"], one["reason"], "data" in one) for one in events] == [
        ("limu.list.entered", "list_entered", False), ("limu.list.exited", "list_revocation", False),
    ]  # fmt: skip
    assert set(events[1]) == {
        "specversion", "id", "source", "type", "subject", "time", "timepoint", "reason", "ended",
    }  # fmt: skip
    assert copy.find(entry) is None
    with town.database.connect("app") as connection:
        assert actions_snapshot.current(connection, Home(tmp_path), holder) is None
        row = connection.execute("SELECT changes, acknowledged, late FROM shown.propagation()").fetchone()
    assert row == {"changes": 2, "acknowledged": 2, "late": 0}
    copy.close()


def _events(site: Any, entry: UUID) -> list[dict[str, Any]]:
    return [one for one in site.events(0).events if one["subject"] == str(entry)]


def test_a_holder_of_penalties_alone_is_told_of_no_list(town: Town) -> None:
    _, entry = listed_in(town.database)
    _, token = town.holder(items=("penalty",))

    assert _events(town.site(token), entry) == []


def test_nothing_is_told_before_service_and_a_date_ends_it_by_itself(own_database: Database) -> None:
    _, entry = listed_in(own_database)
    told(own_database)
    with own_database.connect("app") as connection:
        see_all(connection)
        assert [one for one in promises() if broken(connection, one)] == []
    with own_database.connect("owner") as owner:
        owner.execute("UPDATE limu.clock_setting SET shift = interval '4 years'")
    told(own_database)

    assert heard(own_database, entry) == [
        ("list.entered", "list_entered", False), ("list.exited", "term_over", False),
    ]  # fmt: skip


@pytest.mark.parametrize("statement", ["UPDATE limu.subject SET public_name = '示例市新名有限公司'"])
def test_a_renamed_subject_is_told_as_a_change_of_its_entry(own_database: Database, statement: str) -> None:
    _, entry = listed_in(own_database)
    told(own_database)
    with own_database.connect("app") as connection:
        connection.execute(statement.encode())
    told(own_database)

    assert [one[0] for one in heard(own_database, entry)] == ["list.entered", "list.changed"]


def test_a_list_that_loses_its_confirmation_takes_its_entries_out_of_every_copy(own_database: Database) -> None:
    _, entry = listed_in(own_database)
    told(own_database)
    for is_confirmed in (False, True):
        with own_database.connect("app") as connection:
            connection.execute(
                "UPDATE limu.listing_kind SET is_confirmed = %s WHERE code = 'list/wages'", (is_confirmed,)
            )
        told(own_database)

    assert heard(own_database, entry) == [
        ("list.entered", "list_entered", False), ("list.withheld", "list_without_basis", False),
        ("list.entered", "list_entered", True),
    ]  # fmt: skip


def test_an_entry_on_a_repaired_record_is_told_with_it(own_database: Database) -> None:
    with own_database.connect("app") as connection:
        lawful = stand_lawful(connection)
        entry = enlist_on(connection, lawful)
        case = apply(connection, lawful)
    told(own_database)
    with own_database.connect("app") as connection:
        enter(connection, department=lawful.base.department.id)
        grant(connection, lawful, case)
    told(own_database)

    assert heard(own_database, entry)[1:] == [("list.exited", "list_repair", False)]
    assert [one[0] for one in heard(own_database, lawful.record)][1:] == ["record.repaired"]
