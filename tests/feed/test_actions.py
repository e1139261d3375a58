"""The writer of the feed: nothing that happened is missed, in the order in which it was committed."""

import threading
from uuid import UUID

import pytest

from limu import reactions
from limu.department import store as department_store
from limu.feed.actions import mark, tell
from limu.wire.database import Connection, Database
from tests import standing
from tests.standing import Standing, report, row, stand


def events(connection: Connection, *, after: int = 0) -> list[tuple[int, str, bool, str | None]]:
    """What the feed tells after a timepoint: timepoint, kind, whether it ends, the content it still carries."""
    rows = connection.execute(
        """SELECT e.timepoint, e.kind, e.is_end, c.body FROM limu.feed_event e
           LEFT JOIN limu.feed_copy c ON c.policy = 1 AND c.timepoint = e.timepoint
           WHERE e.timepoint > %s ORDER BY e.timepoint""",
        (after,),
    )
    return [(r["timepoint"], r["kind"], r["is_end"], r["body"]) for r in rows]


def told(database: Database) -> int:
    """Let the writer tell what is committed."""
    with database.connect("sequencer", autocommit=True) as sequencer:
        return tell(sequencer)


def reported(database: Database, number: int = 1, *, rows: int = 3) -> tuple[Standing, list[UUID]]:
    """A department whose penalties have been reported and committed."""
    with database.connect("app") as connection:
        place = stand(connection, number=number)
        made = [row(place.codes[n % 3], number * 100 + n) for n in range(rows)]
        report(connection, place, made)
    return place, [UUID(str(one["id"])) for one in made]


def withdraw(database: Database, place: Standing, record: UUID) -> None:
    with database.connect("app") as connection:
        department_store.enter(connection, department=place.department.id)
        done = reactions.withdraw_record(
            connection, record=record, officer=place.reviewer, second=place.second, kind="record_withdrawn",
            reason="报送有误", citation="撤回决定1号",
        )  # fmt: skip
        assert done is None


def test_every_public_record_is_told_once_with_its_content(own_database: Database) -> None:
    _, records = reported(own_database)

    assert told(own_database) == 3
    assert told(own_database) == 3
    with own_database.connect("app") as connection:
        seen = events(connection)
    assert [one[:3] for one in seen] == [(n, "record.published", False) for n in (1, 2, 3)]
    assert all(standing.SECRET in (one[3] or "") for one in seen)
    assert len(records) == 3


def test_an_end_takes_the_content_out_of_every_earlier_event(own_database: Database) -> None:
    place, records = reported(own_database)
    told(own_database)
    withdraw(own_database, place, records[1])

    assert told(own_database) == 4
    with own_database.connect("app") as connection:
        seen = events(connection)
        left = connection.execute(
            "SELECT count(*) AS n FROM limu.feed_copy WHERE record = %s", (records[1],)
        ).fetchone()
    assert seen[-1] == (4, "record.withdrawn", True, None)
    assert [one[3] is not None for one in seen].count(True) == 2
    assert all(str(records[1]) not in (one[3] or "") for one in seen)
    assert left == {"n": 0}


def test_a_withdrawal_is_marked_in_its_own_transaction_so_that_a_dead_writer_serves_nothing(
    own_database: Database,
) -> None:
    place, records = reported(own_database)
    told(own_database)
    withdraw(own_database, place, records[0])

    with own_database.connect("app") as connection:
        marked = connection.execute("SELECT record FROM limu.feed_dirty").fetchall()
    assert [one["record"] for one in marked] == [records[0]]


def test_the_end_of_a_term_is_told_on_its_day(own_database: Database) -> None:
    reported(own_database)
    told(own_database)
    with own_database.connect("owner") as owner:
        owner.execute("UPDATE limu.clock_setting SET shift = interval '80 years'")

    assert told(own_database) == 6
    with own_database.connect("app") as connection:
        assert {one[1] for one in events(connection, after=3)} == {"record.expired"}


def test_a_batch_full_of_marks_of_one_record_is_not_the_last(
    own_database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("limu.feed.actions.BATCH", 4)
    place, records = reported(own_database, rows=6)
    with own_database.connect("app") as connection:
        for _ in range(3):
            mark(connection, records[0], place.subjects[0])

    assert told(own_database) == 6
    with own_database.connect("app") as connection:
        assert connection.execute("SELECT record FROM limu.feed_dirty").fetchall() == []


def test_before_many_are_told_the_planner_learns_what_a_file_brought(own_database: Database) -> None:
    def known() -> float:
        with own_database.connect("owner") as owner:
            row = owner.execute("SELECT reltuples FROM pg_class WHERE relname = 'publication_rows'").fetchone()
        assert row is not None
        return float(row["reltuples"])

    reported(own_database, rows=20)
    assert told(own_database) == 20
    assert known() <= 0, "a few are not worth the look"
    reported(own_database, number=2, rows=6_000)

    assert told(own_database) == 6_020
    assert known() == 6_020


def test_a_renamed_subject_is_told_as_a_change(own_database: Database) -> None:
    place, _ = reported(own_database)
    told(own_database)
    with own_database.connect("app") as connection:
        connection.execute(
            "UPDATE limu.subject SET public_name = '示例市新名有限公司' WHERE id = %s", (place.subjects[0],)
        )

    assert told(own_database) == 4
    with own_database.connect("app") as connection:
        (change,) = events(connection, after=3)
    assert change[1] == "record.changed"
    assert "新名" in str(change[3])


def test_buckets_hold_the_marks_of_the_copies_and_nothing_else(own_database: Database) -> None:
    place, records = reported(own_database)
    told(own_database)
    withdraw(own_database, place, records[2])
    told(own_database)

    with own_database.connect("app") as connection:
        rows = connection.execute(
            """SELECT (SELECT sum(copies) FROM limu.feed_bucket) AS kept,
                      (SELECT bit_xor(mark) FROM limu.feed_bucket) AS mark,
                      count(*) AS copies, bit_xor(c.mark) AS all FROM limu.feed_copy c"""
        ).fetchone()
    assert rows is not None
    assert rows["kept"] == rows["copies"] == 2
    assert rows["mark"] == rows["all"]


@pytest.mark.parametrize("point", ["marks_taken", "told"])
def test_a_writer_that_dies_leaves_nothing_half_told(own_database: Database, point: str) -> None:
    place, records = reported(own_database)
    told(own_database)
    withdraw(own_database, place, records[0])

    class DiedError(Exception):
        pass

    def die(at: str) -> None:
        if at == point:
            raise DiedError

    with own_database.connect("sequencer", autocommit=True) as sequencer, pytest.raises(DiedError):
        tell(sequencer, pause=die)
    assert told(own_database) == 4
    with own_database.connect("app") as connection:
        assert [one[:2] for one in events(connection, after=3)] == [(4, "record.withdrawn")]


def write_all(database: Database, place: Standing, records: list[UUID]) -> None:
    for record in records:
        withdraw(database, place, record)


def tell_until(database: Database, stop: threading.Event) -> None:
    with database.connect("sequencer", autocommit=True) as sequencer:
        while not stop.is_set():
            tell(sequencer)
        tell(sequencer)


def read_on(database: Database, seen: list[int], *, last: int, wanted: int) -> None:
    with database.connect("app", autocommit=True) as reader:
        while len(seen) < wanted:
            seen += [one[0] for one in events(reader, after=seen[-1] if seen else last)]


def test_no_reader_passes_over_an_event_while_many_write(own_database: Database) -> None:
    place, records = reported(own_database, rows=24)
    stop, seen, last = threading.Event(), list[int](), told(own_database)
    writers = [threading.Thread(target=write_all, args=(own_database, place, records[n::4])) for n in range(4)]
    tellers = [threading.Thread(target=tell_until, args=(own_database, stop)) for _ in range(2)]
    reader = threading.Thread(target=read_on, args=(own_database, seen), kwargs={"last": last, "wanted": 24})
    for thread in (*writers, *tellers, reader):
        thread.start()
    for thread in (*writers,):
        thread.join(120)
    stop.set()
    for thread in (*tellers, reader):
        thread.join(120)

    assert seen == list(range(last + 1, last + 25))
