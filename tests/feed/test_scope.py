"""What an agreement does not cover is not told in any way: neither by the feed nor by asking about it."""

import secrets
from pathlib import Path
from uuid import UUID

import pytest

from limu.client.digest import canonical, digest_of, salted
from limu.client.follow import catch_up
from limu.client.store import Copy
from limu.feed import actions_copy
from limu.wire.clock import register_today
from tests.feed.conftest import Town
from tests.feed.test_actions import reported, withdraw

SALT = b"0123456789abcdef"


def test_two_holders_have_each_its_own_scope_and_nothing_of_the_other(town: Town) -> None:
    _, records = reported(town.database)
    _, all_of_it = town.holder("甲银行")
    _, elsewhere = town.holder("乙银行", regions=("11",))
    full, other = town.site(all_of_it), town.site(elsewhere)
    bodies = {UUID(event["subject"]): event["data"] for event in full.events(0).events}
    right = {record: salted(digest_of(canonical(body)), SALT) for record, body in bodies.items()}

    page = other.events(0)

    assert set(bodies) == set(records)
    # The whole span is behind it, and nothing of it was for this holder: so it learns nothing by asking either.
    assert (page.events, page.last) == ((), 3)
    assert set(full.check(SALT, dict(right)).values()) == {"same"}
    assert set(other.check(SALT, dict(right)).values()) == {"unknown"}
    assert other.copies(records).events == ()
    assert other.tree("whole")["copies"] == 0
    assert _kinds(town) == []


def test_what_moved_out_of_a_scope_has_ended_for_its_holder(town: Town) -> None:
    _, records = reported(town.database, rows=1)
    _moved(town, "990102")
    _, token = town.holder("甲银行", regions=("990102",))
    site = town.site(token)
    (body,) = (event["data"] for event in site.events(0).events)
    last = site.events(0).last
    _moved(town, "110101")

    assert [event["type"] for event in site.events(last).events] == ["limu.record.moved"]
    assert site.check(SALT, {records[0]: salted(digest_of(canonical(body)), SALT)}) == {records[0]: "withdrawn"}


def test_a_copy_that_is_lacking_is_a_ticket_of_that_name_and_no_other_content(town: Town, tmp_path: Path) -> None:
    place, records = reported(town.database)
    _, token = town.holder()
    site, copy = town.site(token), Copy(tmp_path / "copy.db")
    catch_up(site, copy)
    withdraw(town.database, place, records[2])

    assert list(site.check(SALT, {records[0]: None, records[1]: b"x" * 32, records[2]: b"x" * 32}).values()) == [
        "differs", "differs", "withdrawn",
    ]  # fmt: skip
    assert _kinds(town) == [(records[0], "missing"), (records[1], "differs"), (records[2], "withdrawn")]
    copy.close()


def test_a_number_that_is_taken_is_drawn_again(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    _, records = reported(town.database)
    drawn = iter([7, 7, 8, 8, 9])
    monkeypatch.setattr(secrets, "randbelow", lambda _: next(drawn))
    with town.database.connect("app") as connection:
        day = register_today(connection)
        numbers = [
            actions_copy.report_copy(connection, record=records[0], place="https://x.example/", today=day)
            for _ in range(3)
        ]

    assert [number[-6:] for number in numbers] == ["000007", "000008", "000009"]


def _moved(town: Town, region: str) -> None:
    with town.database.connect("admin") as admin:
        admin.execute("UPDATE limu.subject SET region = %s", (region,))
    town.tell()


def _kinds(town: Town) -> list[tuple[UUID, str]]:
    with town.database.connect("app") as connection:
        rows = connection.execute("SELECT record, kind FROM limu.feed_deviation").fetchall()
    order = ("missing", "differs", "withdrawn")
    return sorted(((row["record"], row["kind"]) for row in rows), key=lambda one: order.index(one[1]))
