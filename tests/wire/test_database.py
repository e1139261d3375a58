"""What each role of the database may do at all."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from threading import Barrier
from time import sleep

import psycopg
import pytest

from limu.wire import database as wire
from limu.wire.clock import (
    Clock,
    ClockRefusedError,
    UnreadableClockError,
    read_clock,
    register_clock,
    register_today,
    store_clock,
)
from limu.wire.database import Connection, Database, Pool, connect
from limu.wire.migrate import MigrationError, migrate, read_steps
from limu.wire.roles import Role


def test_rows_come_as_dicts_under_the_role_asked_for(connection: Connection) -> None:
    row = connection.execute("SELECT current_user AS who, current_setting('TimeZone') AS zone").fetchone()

    assert row == {"who": "limu_app", "zone": "UTC"}


def test_a_session_finds_its_tables_first_in_limu_then_in_shown(connection: Connection) -> None:
    row = connection.execute("SHOW search_path").fetchone()

    assert row == {"search_path": "limu, shown, pg_temp"}


def test_the_module_function_finds_the_workers_database(database: Database) -> None:
    with connect("web") as opened:
        row = opened.execute("SELECT current_database() AS name").fetchone()

    assert row == {"name": database.name}


def test_a_process_has_one_pool_of_a_role_however_many_ask_for_it_at_once(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    asking, opened = Barrier(4), []
    make = wire._open_pool

    def slowly(role: Role) -> Pool:
        opened.append(role)
        sleep(0.05)
        return make(role)

    def ask(_: int) -> Pool:
        asking.wait()
        return pools("web")

    monkeypatch.setattr(wire, "_open_pool", slowly)
    pools = wire._Pools()
    with ThreadPoolExecutor(4) as threads:
        found = set(map(id, threads.map(ask, range(4))))

    assert (opened, len(found)) == (["web"], 1)
    with pools("web").connection() as connection:
        assert connection.info.dbname == database.name
    pools("web").close()


@pytest.mark.parametrize("role", ["app", "web", "sequencer"])
def test_no_working_role_may_make_tables(database: Database, role: str) -> None:
    with database.connect(role) as opened, pytest.raises(psycopg.Error):  # type: ignore[arg-type]
        opened.execute("CREATE TABLE limu.planted (x int)")


def test_the_web_role_only_reads(database: Database) -> None:
    with database.connect("web") as opened, pytest.raises(psycopg.errors.ReadOnlySqlTransaction):
        opened.execute("CREATE TEMPORARY TABLE planted (x int)")


def test_no_role_is_above_row_security(connection: Connection) -> None:
    rows = connection.execute(
        "SELECT rolname FROM pg_roles WHERE rolname LIKE 'limu\\_%' AND (rolsuper OR rolbypassrls)"
    ).fetchall()

    assert rows == []


def test_chinese_letters_make_trigrams(connection: Connection) -> None:
    row = connection.execute("SELECT cardinality(show_trgm('北京银行')) AS count").fetchone()

    assert row == {"count": 5}


def test_the_owner_shifts_the_clock_and_everyone_follows(owner: Connection) -> None:
    store_clock(owner, Clock(timedelta(days=400)))

    assert register_today(owner) == Clock(timedelta(days=400)).today()
    assert register_clock(owner).shift == timedelta(days=400)


def test_the_application_may_not_shift_the_clock(connection: Connection) -> None:
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        store_clock(connection, Clock(timedelta(days=1)))


def test_production_refuses_another_day() -> None:
    with pytest.raises(ClockRefusedError):
        read_clock({"LIMU_NOW": "2027-01-01"}, is_production=True)


def test_a_clock_that_cannot_be_read_says_how_to_write_it() -> None:
    with pytest.raises(UnreadableClockError) as told:
        read_clock({"LIMU_NOW": "tomorrow"}, is_production=False)
    assert "2026-07-01" in str(told.value)


def test_a_bare_day_begins_in_china() -> None:
    clock = read_clock({"LIMU_NOW": "2027-01-01"}, is_production=False)

    assert clock.today() == date(2027, 1, 1)
    assert abs(clock.now() - datetime(2026, 12, 31, 16, tzinfo=UTC)) < timedelta(minutes=1)


def test_a_second_migration_changes_nothing(own_database: Database) -> None:
    with own_database.connect("owner", autocommit=True) as owner:
        assert migrate(owner) == ()


def test_a_file_changed_after_it_was_applied_is_refused(own_database: Database) -> None:
    with own_database.connect("owner", autocommit=True) as owner:
        owner.execute("UPDATE limu.migration SET sha256 = 'other' WHERE path = %s", [read_steps()[0].path])

        with pytest.raises(MigrationError, match="后来被改动"):
            migrate(owner)
