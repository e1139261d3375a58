"""Holders over a real socket: what they are given, what they are not, and that a copy follows."""

import json
import threading
import time
from pathlib import Path
from uuid import UUID, uuid4

import pytest

from limu.client.digest import canonical, digest_of, salted
from limu.client.follow import catch_up
from limu.client.http import GoneError, RefusedError
from limu.client.reconcile import differences, mend
from limu.client.store import Copy
from limu.department.rules import Refusal
from limu.feed import actions_holder, actions_snapshot, store_holder
from limu.feed.rules_holder import NAME_TAKEN, SAME_PERSON, Wish
from limu.wire.clock import register_today
from limu.wire.home import Home
from limu.wire.signing import public_key, verifies
from tests.feed.conftest import Town
from tests.feed.test_actions import reported, withdraw
from tests.standing import SECRET


@pytest.fixture
def copy(tmp_path: Path) -> Copy:
    return Copy(tmp_path / "copy.db")


def ids(copy: Copy) -> set[UUID]:
    return {record for record, _ in copy.records()}


def test_a_holder_follows_ends_and_acknowledges(town: Town, copy: Copy) -> None:
    place, records = reported(town.database)
    _, token = town.holder()
    site = town.site(token)

    catch_up(site, copy)
    assert ids(copy) == set(records)
    withdraw(town.database, place, records[0])
    town.tell()
    catch_up(site, copy)

    assert ids(copy) == set(records[1:])
    assert copy.acknowledged == copy.timepoint == 4
    with town.database.connect("app") as connection:
        row = connection.execute("SELECT * FROM shown.propagation()").fetchone()
    assert row is not None
    assert (row["changes"], row["acknowledged"], row["late"], row["waiting"]) == (1, 1, 0, 0)


def test_what_ended_is_in_no_event_any_more_even_before_the_writer_has_told_it(town: Town) -> None:
    place, records = reported(town.database)
    _, token = town.holder()
    site = town.site(token)
    before = [event["subject"] for event in site.events(0).events if "data" in event]
    withdraw(town.database, place, records[1])
    marked = [event["subject"] for event in site.events(0).events if "data" in event]
    town.tell()
    events = site.events(0).events

    assert str(records[1]) in before
    assert str(records[1]) not in marked
    assert [e["type"] for e in events if e["subject"] == str(records[1])] == [
        "limu.record.published", "limu.record.withdrawn",
    ]  # fmt: skip
    assert SECRET not in json.dumps([e for e in events if e["subject"] == str(records[1])], ensure_ascii=False)
    assert all(event["specversion"] == "1.0" for event in events)


def test_a_field_policy_holds_back_what_the_agreement_does_not_name_but_never_the_term(town: Town) -> None:
    reported(town.database)
    _, token = town.holder(fields=("document_number",))
    (event, *_) = town.site(token).events(0).events

    assert set(event["data"]["content"]) == {"document_number"}
    assert {"shown_from", "shown_until", "is_disputed", "subject_uscc"} <= set(event["data"])
    assert "authority" not in event["data"]
    assert SECRET not in json.dumps(event, ensure_ascii=False)


def test_without_an_agreement_that_runs_nothing_is_given(town: Town) -> None:
    holder, token = town.holder()
    with town.database.connect("app") as connection:
        act = actions_holder.ask_act(
            connection, officer=town.asker, holder=holder.id, kind="pause", reason="检查"
        )  # fmt: skip
        assert isinstance(act, UUID)
        assert actions_holder.settle_act(connection, officer=town.asker, act=act, is_agreed=True) == SAME_PERSON
        assert actions_holder.settle_act(connection, officer=town.confirmer, act=act, is_agreed=True) is None

    for wrong in (token, token + "x", ""):
        with pytest.raises(RefusedError):
            town.site(wrong).events(0)


def test_a_waiting_holder_hears_at_once(town: Town) -> None:
    place, records = reported(town.database)
    _, token = town.holder()
    site, heard = town.site(token), []
    head = site.events(0).head
    thread = threading.Thread(target=lambda: heard.append((site.events(head, wait=25), time.monotonic())))
    thread.start()
    time.sleep(0.5)
    withdraw(town.database, place, records[0])
    began = time.monotonic()
    town.tell()
    thread.join(30)

    # Long before its wait is over, on a machine that has much else to do too.
    assert [e["ended"] for e in heard[0][0].events] == [True]
    assert heard[0][1] - began < 15


def test_a_timepoint_older_than_ninety_days_is_gone_with_the_way_to_the_snapshot(town: Town, copy: Copy) -> None:
    place, records = reported(town.database)
    holder, token = town.holder()
    with town.database.connect("owner") as owner:
        owner.execute("UPDATE limu.clock_setting SET shift = interval '91 days'")
    withdraw(town.database, place, records[0])
    town.tell()
    site = town.site(token)

    with pytest.raises(GoneError):
        site.events(0)
    with town.database.connect("app") as connection:
        actions_snapshot.make(connection, town.database.home, holder)
    catch_up(site, copy)
    assert ids(copy) == set(records[1:])


def test_a_holder_lost_for_a_week_is_equal_again(town: Town, copy: Copy) -> None:
    place, records = reported(town.database, rows=9)
    _, token = town.holder()
    site = town.site(token)
    catch_up(site, copy)
    with town.database.connect("owner") as owner:
        owner.execute("UPDATE limu.clock_setting SET shift = interval '7 days'")
    for record in records[:4]:
        withdraw(town.database, place, record)
    _, fresh = reported(town.database, 2, rows=3)
    town.tell()

    catch_up(site, copy)
    assert ids(copy) == {*records[4:], *fresh}
    assert differences(site, copy).records == ()


def test_a_holder_lost_for_a_hundred_days_with_a_stale_copy_begins_at_the_snapshot_and_is_equal(
    town: Town, copy: Copy
) -> None:
    place, records = reported(town.database, rows=4)
    holder, token = town.holder()
    site = town.site(token)
    catch_up(site, copy)
    _, later = reported(town.database, 2, rows=3)
    town.tell()
    with town.database.connect("owner") as owner:
        owner.execute("UPDATE limu.clock_setting SET shift = interval '100 days'")
    for record in records[:2]:
        withdraw(town.database, place, record)
    town.tell()
    with pytest.raises(GoneError):
        site.events(copy.timepoint)
    assert ids(copy) == set(records), "what ended is still in the copy that was away"
    with town.database.connect("app") as connection:
        actions_snapshot.make(connection, town.database.home, holder)

    catch_up(site, copy)

    assert ids(copy) == {*records[2:], *later}
    assert differences(site, copy).records == ()
    assert copy.measure_again() == 0
    assert copy.acknowledged == copy.timepoint


@pytest.mark.parametrize("point", ["page_received", "page_taken", "owed_asked", "acknowledged"])
def test_a_holder_killed_anywhere_goes_on_and_is_equal(town: Town, tmp_path: Path, point: str) -> None:
    place, records = reported(town.database)
    _, token = town.holder()
    site = town.site(token)

    class KilledError(Exception):
        pass

    def kill(at: str) -> None:
        if at == point:
            raise KilledError

    first = Copy(tmp_path / "copy.db")
    with pytest.raises(KilledError):
        catch_up(site, first, pause=kill)
    withdraw(town.database, place, records[2])
    town.tell()
    again = Copy(tmp_path / "copy.db")
    catch_up(site, again)

    assert ids(again) == set(records[:2])
    assert differences(site, again).records == ()
    assert again.acknowledged == again.timepoint


def test_is_my_copy_right_answers_only_on_what_was_delivered(town: Town) -> None:
    place, records = reported(town.database)
    _, token = town.holder()
    site, salt = town.site(token), b"0123456789abcdef"
    assert set(site.check(salt, {records[0]: b"x" * 32}).values()) == {"unknown"}
    bodies = {UUID(e["subject"]): e["data"] for e in site.events(0).events}
    right = salted(digest_of(canonical(bodies[records[0]])), salt)
    changed = salted(digest_of(canonical(bodies[records[1]] | {"fine_fen": 1})), salt)
    withdraw(town.database, place, records[2])

    answers = site.check(salt, {records[0]: right, records[1]: changed, records[2]: right, uuid4(): right})
    assert list(answers.values()) == ["same", "differs", "withdrawn", "unknown"]


def test_a_changed_copy_is_found_named_mended_and_its_ticket_closes(town: Town, copy: Copy) -> None:
    _, records = reported(town.database, rows=30)
    _, token = town.holder()
    site = town.site(token)
    catch_up(site, copy)
    copy._file.execute(
        "UPDATE copy SET body = replace(body, '示例市第1局', '示例市第2局') WHERE id = ?", (records[7].hex,)
    )
    assert copy.measure_again() == 1

    found = differences(site, copy)
    assert (found.differing, found.missing, found.surplus) == ((records[7],), (), ())
    mend(site, copy, found)
    assert differences(site, copy).records == ()
    with town.database.connect("app") as connection:
        rows = connection.execute("SELECT kind, outcome FROM limu.feed_deviation").fetchall()
    assert [(row["kind"], row["outcome"]) for row in rows] == [("differs", "核对一致")]


def test_a_snapshot_is_signed_and_withdrawn_as_soon_as_one_of_its_records_ends(town: Town) -> None:
    place, records = reported(town.database)
    holder, token = town.holder()
    home: Home = town.database.home
    with town.database.connect("app") as connection:
        made = actions_snapshot.make(connection, home, holder)
        assert actions_snapshot.current(connection, home, holder) == made
    site = town.site(token)
    told = json.loads(site.read("/feed/snapshot"))
    assert told["manifest"]["copies"] == 3
    assert verifies(public_key(home, "feed"), made.signature, canonical(told["manifest"]).encode())
    assert {file["name"] for file in told["manifest"]["files"]} == {
        "records.jsonl", "records.csv", "records.parquet",
    }  # fmt: skip
    path = told["manifest"]["files"][0]["path"]
    assert SECRET in site.read(path).decode()

    withdraw(town.database, place, records[0])
    assert "manifest" not in json.loads(site.read("/feed/snapshot"))
    with pytest.raises(GoneError):
        site.read(path)
    assert not (home.folder("feed") / made.id.hex).exists()


def test_what_was_never_given_cannot_be_acknowledged(town: Town) -> None:
    reported(town.database)
    _, token = town.holder()
    site = town.site(token)

    site.acknowledge(1000)
    with town.database.connect("app") as connection:
        assert connection.execute("SELECT FROM limu.feed_receipt").fetchall() == []
    page = site.events(0)
    site.acknowledge(page.last)
    site.acknowledge(page.last)
    with town.database.connect("app") as connection:
        rows = connection.execute("SELECT span::text FROM limu.feed_receipt WHERE is_acknowledged").fetchall()
    assert [row["span"] for row in rows] == ["[1,4)"]


def test_no_holder_without_two_people(town: Town) -> None:
    with town.database.connect("app") as connection:
        made = actions_holder.ask_act(
            connection, officer=town.confirmer, holder=uuid4(), kind="end", reason="x"
        )  # fmt: skip
    assert isinstance(made, Refusal)


def test_a_name_is_one_holder_s_until_its_agreement_is_refused_or_ends(town: Town) -> None:
    with town.database.connect("app") as connection:
        today = register_today(connection)
        wish = Wish("示例银行", "科技部", "协议〔2026〕9号", today, today.replace(year=today.year + 1))

        def ask() -> object:
            return actions_holder.ask_holder(
                connection, officer=town.asker, wish=wish, reason="接入", known=(frozenset(), frozenset())
            )

        first, second = ask(), ask()
        assert isinstance(first, tuple)
        assert second == NAME_TAKEN
        (act,) = store_holder.acts_of(connection, first[0].id)
        assert actions_holder.settle_act(connection, officer=town.confirmer, act=act.id, is_agreed=False) is None

        assert isinstance(ask(), tuple)
        connection.rollback()
