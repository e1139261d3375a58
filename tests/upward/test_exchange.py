"""By every way and however the platform above errs, each accepted row ends in one state, the same at both ends."""

import itertools
from datetime import timedelta
from pathlib import Path

import psycopg
import pytest

from limu.city.upper import BEHAVIOURS, Mischief
from limu.department.store import enter
from limu.upward import store, tasks
from limu.upward.queries import returned, standings
from limu.wire.database import Database
from limu.wire.exchange import FolderExchange
from tests.standing import SECRET, Standing, report, row
from tests.upward.ways import WAYS, above, once, open_way, shift, states, until_answered

NUMBERS = itertools.count(1)


def enter_rows(database: Database, standing: Standing, count: int) -> set[str]:
    """Report some rows; returns their records."""
    before = {record for record, _ in states(database)}
    with database.connect("app") as connection:
        report(connection, standing, [row(standing.codes[n % 3], next(NUMBERS)) for n in range(count)])
    return {record for record, _ in states(database)} - before


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("behaviour", BEHAVIOURS)
def test_every_accepted_row_ends_in_the_same_state_at_both_ends(
    shared: Database, standing: Standing, tmp_path: Path, way: str, behaviour: str
) -> None:
    with open_way(way, tmp_path, shared, mischief=BEHAVIOURS[behaviour]) as opened:
        # Refusals fall by lot: of so many rows one does.
        count = 16 if behaviour == "refuses" else 4
        made = enter_rows(shared, standing, count)
        until_answered(shared, opened)
        found = {record: state for (record, _), state in states(shared).items() if record in made}
        told = {record: verdict for record, (_, _, verdict) in opened.node.standing().items()}

    assert len(made) == count
    assert told == found
    assert behaviour != "refuses" or "returned" in found.values()


def test_the_platform_s_database_holds_the_agreed_tables_and_our_role_may_only_send(shared: Database) -> None:
    theirs, ours = above(shared)
    forged = "INSERT INTO up_answer (number, sha256, record, turn, verdict) VALUES ('', '', '', 1, 'accepted')"
    with psycopg.connect(theirs) as connection:
        tables = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1").fetchall()
    with psycopg.connect(ours, autocommit=True) as connection:
        for statement in ("DELETE FROM up_penalty", "UPDATE up_package SET seen = 0", "CREATE TABLE mine ()", forged):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                connection.execute(statement)

    assert [one[0] for one in tables] == ["up_answer", "up_package", "up_penalty"]


def test_sent_again_a_package_of_tables_says_so_and_writes_no_row_twice(
    shared: Database, standing: Standing, tmp_path: Path
) -> None:
    made = enter_rows(shared, standing, 2)
    with open_way("tables", tmp_path, shared) as opened:
        once(shared, opened)
        shift(shared, timedelta(hours=7))
        once(shared, opened)
        with psycopg.connect(above(shared)[0]) as connection:
            rows = connection.execute(
                """SELECT record, turn, operation, "CF_SY", attempt, rows FROM up_penalty JOIN up_package USING (number)
                   WHERE record = ANY (%s)""",
                (list(made),),
            ).fetchall()
        until_answered(shared, opened)

    assert {one[0] for one in rows} == made
    assert [one[1:] for one in rows] == [(1, "report", SECRET, 2, 2)] * 2


def test_a_row_is_noted_in_the_transaction_that_enters_it(shared: Database, standing: Standing) -> None:
    before = states(shared)
    with shared.connect("app") as connection:
        report(connection, standing, [row(standing.codes[0], next(NUMBERS))])
        connection.rollback()

    assert states(shared) == before


def test_a_closed_channel_notes_nothing(shared: Database, standing: Standing) -> None:
    for is_open in (False, True):
        with shared.connect("app") as connection:
            store.set_channel(connection, is_open=is_open, officer=standing.clerk.id)
        assert (enter_rows(shared, standing, 2) != set()) == is_open


def test_what_comes_back_is_told_in_our_words_at_the_same_row(
    shared: Database, standing: Standing, tmp_path: Path
) -> None:
    with open_way("folder", tmp_path, shared, mischief=Mischief(refuses=1.0)) as opened:
        made = enter_rows(shared, standing, 2)
        until_answered(shared, opened)
    with shared.connect("app") as connection:
        enter(connection, department=standing.department.id)
        found = [one for one in returned(connection, department=standing.department.id) if one.record.hex in made]
        told = standings(connection, [one.record for one in found])

    assert found
    assert all(one.row_number and one.words and one.words[0].cure for one in found)
    assert {one.word for one in told.values()} == {"上级退回"}


def test_an_answer_is_given_once_for_good(shared: Database, standing: Standing, tmp_path: Path) -> None:
    with open_way("folder", tmp_path, shared) as opened:
        enter_rows(shared, standing, 1)
        until_answered(shared, opened)
    with shared.connect("admin") as admin, pytest.raises(psycopg.errors.RestrictViolation):
        admin.execute("UPDATE limu.upward_row SET state = 'returned'")


def test_an_answer_to_another_content_settles_nothing(shared: Database, standing: Standing, tmp_path: Path) -> None:
    (record,) = enter_rows(shared, standing, 1)
    with open_way("folder", tmp_path, shared) as opened:
        once(shared, opened)
        with shared.connect("app") as connection:
            enter(connection, department=standing.department.id)
            found = connection.execute(
                "SELECT package FROM limu.upward_row WHERE record::text = %s::uuid::text", (record,)
            ).fetchone()
            assert found is not None
            forged = (
                f'{{"number":"{found["package"]}","sha256":"{"00" * 32}","rows":[{{"record":"{record}",'
                '"turn":1,"verdict":"accepted"}]}'
            )
            assert tasks.take_answer(connection, forged.encode()) == 0
        assert states(shared)[record, 1] == "packed"
        until_answered(shared, opened)


def test_a_platform_that_cannot_be_reached_is_tried_again(shared: Database, standing: Standing, tmp_path: Path) -> None:
    enter_rows(shared, standing, 1)
    blocked = tmp_path / "file"
    blocked.write_text("in the way")
    with shared.connect("app") as connection:
        assert tasks.work(connection, FolderExchange(blocked)).sent == 0
        assert tasks.work(connection, FolderExchange(tmp_path)).sent == 0
        shift(shared, timedelta(minutes=2))
        assert tasks.work(connection, FolderExchange(tmp_path)).sent == 1
