"""However the platform above errs, every accepted row ends in exactly one state there, and the desk says which."""

import tempfile
from datetime import timedelta
from pathlib import Path
from random import Random
from uuid import UUID

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from limu.city.upper import Mischief, Upper
from limu.department.store import enter
from limu.upward import store, tasks
from limu.upward.queries import returned, standings
from limu.wire.database import Connection, Database
from limu.wire.exchange import FolderExchange
from tests.standing import Standing, report, row, stand


@pytest.fixture
def standing(own_database: Database) -> Standing:
    with own_database.connect("app") as connection:
        made = stand(connection)
        store.set_channel(connection, is_open=True, officer=made.clerk.id)
        connection.commit()
    return made


def shift(database: Database, by: timedelta) -> None:
    with database.connect("owner") as owner:
        owner.execute("UPDATE limu.clock_setting SET shift = shift + %s", [by])


def enter_rows(database: Database, standing: Standing, numbers: range) -> None:
    with database.connect("app") as connection:
        report(connection, standing, [row(standing.codes[n % 3], n) for n in numbers])
        connection.commit()


def states(database: Database, standing: Standing) -> list[tuple[str, str]]:
    with database.connect("app") as connection:
        enter(connection, department=standing.department.id)
        found = connection.execute("SELECT record, state FROM limu.upward_row").fetchall()
    return [(one["record"].hex, one["state"]) for one in found]


def until_answered(database: Database, standing: Standing, node: Upper, root: Path) -> int:
    """Rounds of both sides, hours apart, until nothing is open any more."""
    for count in range(200):
        with database.connect("app") as connection:
            tasks.work(connection, FolderExchange(root))
        node.work()
        found = states(database, standing)
        if found and all(state in ("accepted", "returned") for _, state in found):
            return count
        shift(database, timedelta(hours=7))
    raise AssertionError("rows are open for ever")


SHARES = st.floats(0.0, 0.7)
MISCHIEF = st.builds(Mischief, loses=SHARES, mutes=SHARES, repeats=SHARES, delays=SHARES, splits=SHARES, refuses=SHARES)


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(MISCHIEF, st.integers(0, 2**32))
def test_every_accepted_row_ends_in_exactly_one_state_above(
    own_database: Database, standing: Standing, mischief: Mischief, seed: int
) -> None:
    before = len(states(own_database, standing))
    with tempfile.TemporaryDirectory() as folder:
        node = Upper(Path(folder), Random(seed), mischief)
        enter_rows(own_database, standing, range(before + 1, before + 6))
        until_answered(own_database, standing, node, Path(folder))
        found = dict(states(own_database, standing))

        assert len(found) == len(states(own_database, standing)) == before + 5
        told = {record: verdict for (record, _), verdict in node.verdicts().items()}
        assert len(told) == 5
        assert {record: found[record] for record in told} == told


def test_a_row_is_noted_in_the_transaction_that_enters_it(own_database: Database, standing: Standing) -> None:
    with own_database.connect("app") as connection:
        report(connection, standing, [row(standing.codes[0], 1)])
        connection.rollback()
    assert states(own_database, standing) == []
    enter_rows(own_database, standing, range(1, 3))
    assert [state for _, state in states(own_database, standing)] == ["waiting", "waiting"]


def test_a_closed_channel_notes_nothing(own_database: Database, standing: Standing) -> None:
    with own_database.connect("app") as connection:
        store.set_channel(connection, is_open=False, officer=standing.clerk.id)
    enter_rows(own_database, standing, range(1, 3))

    assert states(own_database, standing) == []


def answered(database: Database, standing: Standing, root: Path, mischief: Mischief) -> Upper:
    node = Upper(root, Random(7), mischief)
    enter_rows(database, standing, range(1, 4))
    until_answered(database, standing, node, root)
    return node


def own(connection: Connection, standing: Standing) -> None:
    enter(connection, department=standing.department.id)


def test_what_comes_back_is_told_in_our_words_at_the_same_row(
    own_database: Database, standing: Standing, tmp_path: Path
) -> None:
    answered(own_database, standing, tmp_path, Mischief(refuses=1.0))
    with own_database.connect("app") as connection:
        own(connection, standing)
        found = returned(connection, department=standing.department.id)
        told = standings(connection, [one.record for one in found])

    assert len(found) == 3
    assert {one.row_number for one in found} == {1, 2, 3}
    assert all(one.words and one.words[0].cure for one in found)
    assert {one.word for one in told.values()} == {"上级退回"}


def test_an_answer_is_given_once_for_good(own_database: Database, standing: Standing, tmp_path: Path) -> None:
    answered(own_database, standing, tmp_path, Mischief())
    with own_database.connect("admin") as admin, pytest.raises(psycopg.errors.RestrictViolation):
        admin.execute("UPDATE limu.upward_row SET state = 'returned'")


def test_an_answer_to_another_content_settles_nothing(
    own_database: Database, standing: Standing, tmp_path: Path
) -> None:
    enter_rows(own_database, standing, range(1, 2))
    with own_database.connect("app") as connection:
        tasks.work(connection, FolderExchange(tmp_path))
        own(connection, standing)
        number = connection.execute("SELECT number FROM limu.upward_package").fetchone()
        assert number is not None
        record = UUID(states(own_database, standing)[0][0])
        forged = (
            f'{{"number":"{number["number"]}","sha256":"{"00" * 32}","rows":[{{"record":"{record.hex}",'
            '"operation":"report","verdict":"accepted"}]}'
        )
        assert tasks.take_answer(connection, forged.encode()) == 0
    assert [state for _, state in states(own_database, standing)] == ["packed"]


def test_a_platform_that_cannot_be_reached_is_tried_again(
    own_database: Database, standing: Standing, tmp_path: Path
) -> None:
    enter_rows(own_database, standing, range(1, 2))
    blocked = tmp_path / "file"
    blocked.write_text("in the way")
    with own_database.connect("app") as connection:
        assert tasks.work(connection, FolderExchange(blocked)).sent == 0
        assert tasks.work(connection, FolderExchange(tmp_path)).sent == 0
        shift(own_database, timedelta(minutes=2))
        assert tasks.work(connection, FolderExchange(tmp_path)).sent == 1
