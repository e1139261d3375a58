"""Killed at any named point, process or database, a repair has happened whole or not at all (trust.md 3.2)."""

import json
import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
import pytest

from limu import reactions_repair
from limu.case.store import cases
from limu.department.store import enter
from limu.reactions_repair import POINTS
from limu.repair import actions as repairs
from limu.wire.database import Connection, Database
from limu.wire.home import Home
from limu.wire.migrate import prepare_database
from limu.wire.postgres import TEST_SETTINGS, Child, find_server, start_server, stop_server
from tests.lawful import Lawful, apply, enlist_on, grant, stand_lawful
from tests.zygote import Zygote


@pytest.fixture
def standing(own_database: Database) -> Lawful:
    """A repaired-to-be record on which a list entry rests, committed."""
    with own_database.connect("app") as connection:
        lawful = stand_lawful(connection)
        enlist_on(connection, lawful)
        apply(connection, lawful)
    return lawful


def whole(database: Database, lawful: Lawful) -> dict[str, Any]:
    """Everything a repair touches, as the owner of the tables sees it."""
    with database.connect("admin") as admin:

        def one(statement: str) -> Any:
            row = admin.execute(statement.encode(), {"record": lawful.record}).fetchone()
            return next(iter(row.values())) if row else None

        return {
            "public": one("SELECT count(*) FROM shown.record WHERE id = %(record)s"),
            "event": one("SELECT count(*) FROM limu.record_event WHERE kind = 'record_repaired'"),
            "salted": one(
                "SELECT count(*) FROM limu.record_event e JOIN limu.log_salt s ON s.block = e.salt_block"
                " WHERE e.kind = 'record_repaired'"
            ),
            "state": one("SELECT state FROM limu.case_file"),
            "exited": one("SELECT count(*) FROM limu.list_entry WHERE exited_on IS NOT NULL"),
            "grounds": one("SELECT count(*) FROM shown.measure_ground"),
            "letters": one("SELECT count(*) FROM limu.letter WHERE kind = 'repair_decision'"),
        }


NOTHING = {"public": 1, "event": 0, "salted": 0, "exited": 0, "grounds": 1, "letters": 0}
ALL = {"public": 0, "event": 1, "salted": 1, "state": "granted", "exited": 1, "grounds": 0, "letters": 1}


@dataclass(frozen=True, slots=True)
class Decision:
    """`limu repair decide` in a process of its own, which a fault may kill."""

    zygote: Zygote
    database: Database
    lawful: Lawful
    number: str

    def run(self, fault: str = "") -> "subprocess.CompletedProcess[str]":
        """Run it to its end."""
        people = ("--as", self.lawful.handler.code, "--second", self.lawful.second.code)
        return self.zygote.run(
            "repair", "decide", self.number, *people, "--outcome", "granted", "--reason", "义务已履行", "--json",
            env={**os.environ, **self.database.environment(), "LIMU_FAULT": fault, "LIMU_MODE": "test"},
        )  # fmt: skip


def number_of(database: Database) -> str:
    with database.connect("admin") as admin:
        row = admin.execute("SELECT number FROM limu.case_file").fetchone()
    assert row
    return str(row["number"])


@pytest.mark.parametrize("point", POINTS)
def test_a_repair_killed_anywhere_is_whole_or_nothing_and_can_be_done_again(
    standing: Lawful, own_database: Database, zygote: Zygote, point: str
) -> None:
    decide = Decision(zygote, own_database, standing, number_of(own_database))
    killed = decide.run(point)

    assert killed.returncode == -signal.SIGKILL
    held = whole(own_database, standing)
    assert held == ALL if point == "after_commit" else held == {**NOTHING, "state": "received"}

    again = decide.run()
    assert again.returncode == (1 if point == "after_commit" else 0)
    assert whole(own_database, standing) == ALL
    assert point == "after_commit" or json.loads(again.stdout)["state"] == "granted"


GROUND = "limu_ground"


@pytest.fixture(scope="module")
def own_server() -> Iterator[Home]:
    """A server of this module alone: a killed backend takes all of its server's sessions with it."""
    folder = Path(tempfile.mkdtemp(prefix="limu-test-"))
    folder.chmod(0o711)
    home = Home(folder / "home")
    _start(home)
    prepare_database(_database(home, GROUND))
    yield home
    if server := find_server(home):
        stop_server(server, STARTED[-1].process)
    STARTED.clear()
    shutil.rmtree(folder, ignore_errors=True)


# The server's process, and those that were killed before it: kept until they are waited for.
STARTED: list[Child] = []


def _start(home: Home) -> None:
    for dead in STARTED:
        dead.process.wait(timeout=120)
    STARTED.append(start_server(home, TEST_SETTINGS))


@pytest.mark.parametrize(
    ("victim", "point"),
    [("backend", "ended"), ("backend", "noticed"), ("server", "listed"), ("server", "before_commit")],
)
def test_a_database_killed_under_a_repair_comes_back_with_nothing_of_it(
    own_server: Home, monkeypatch: pytest.MonkeyPatch, victim: str, point: str
) -> None:
    """Kill -9 of the session's process (PostgreSQL ends all others and recovers), or of the whole server."""
    database = _database(own_server, f"limu_{victim}_{point}")
    monkeypatch.setenv("LIMU_DATABASE_NAME", database.name)
    with _database(own_server, "postgres").connect("admin", autocommit=True) as admin:
        admin.execute(f"CREATE DATABASE {database.name} TEMPLATE {GROUND}".encode())
    with database.connect("app") as connection:
        lawful = stand_lawful(connection)
        enlist_on(connection, lawful)
        apply(connection, lawful)
    connection = database.connect("app")
    assert _is_lost(connection, lawful, point=point, kill=lambda: _kill(own_server, connection, victim))
    connection.close()
    database = _back(own_server, database.name)
    assert whole(database, lawful) == {**NOTHING, "state": "received"}

    with database.connect("app") as again:
        enter(again, department=lawful.base.department.id)
        grant(again, lawful, cases(again)[0][0])
    assert whole(database, lawful) == ALL


def _database(home: Home, name: str) -> Database:
    server = find_server(home)
    assert server
    return Database(home, name, server)


def _kill(home: Home, connection: Connection, victim: str) -> None:
    server = find_server(home)
    assert server
    os.kill(connection.info.backend_pid if victim == "backend" else server.pid, signal.SIGKILL)


def _is_lost(connection: Connection, lawful: Lawful, *, point: str, kill: Callable[[], None]) -> bool:
    def pause(here: str) -> None:
        if here == point:
            kill()
            time.sleep(0.3)

    enter(connection, department=lawful.base.department.id)
    ((case, _),) = cases(connection)
    repairs.propose(connection, lawful.book, case.id, officer=lawful.handler, outcome="granted", reason="义务已履行")
    try:
        reactions_repair.confirm_repair(connection, lawful.book, case.id, officer=lawful.second, pause=pause)
        pause("before_commit")
        connection.commit()
    except psycopg.OperationalError:
        return True
    return False


def _back(home: Home, name: str) -> Database:
    """Wait until the server answers again, starting it where it is gone (its children must be gone first)."""
    for _ in range(600):
        if find_server(home) is None:
            _start(home)
        try:
            database = _database(home, name)
            with database.connect("admin") as admin:
                admin.execute("SELECT 1")
        except (psycopg.OperationalError, AssertionError):
            time.sleep(0.2)
        else:
            return database
    raise AssertionError("the database did not come back")
