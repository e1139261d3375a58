"""The worker gives events their places and leaves nothing failed out of sight."""

import os
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from pathlib import Path
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from psycopg.types.json import Jsonb

from limu.city.found import found_city
from limu.city.progress import Nobody
from limu.cli.worker import Shift, Worker
from limu.measure import tasks as window
from limu.measure.actions_offline import CACHES, make_cache
from limu.wire.box import Box
from limu.wire.database import Connection, Database, Who
from tests import people

PATIENCE = 120.0


def test_every_event_of_the_city_gets_its_place(own_database: Database) -> None:
    found_city(own_database, Nobody(), subjects=5, records=8)
    worker = Worker(own_database)

    size, again = worker.round(), worker.round()
    worker.close()

    with own_database.connect("owner") as owner, own_database.connect("admin") as admin:
        events = admin.execute(
            """SELECT (SELECT count(*) FROM limu.record_event) + (SELECT count(*) FROM limu.law_event) AS events,
                      (SELECT count(*) FROM limu.record_event) AS of_records"""
        ).fetchone()
        del owner
    assert events is not None
    assert size == again == events["events"] > events["of_records"] > 5


def test_an_outbox_row_without_a_reaction_stays_in_view_with_its_reason(own_database: Database) -> None:
    with own_database.connect("app") as app:
        app.execute("INSERT INTO limu.outbox (id, kind, body) VALUES (%s, 'unknown_kind', %s)", [uuid4(), Jsonb({})])
    worker = Worker(own_database)

    worker.round()
    worker.close()

    with own_database.connect("app") as app:
        row = app.execute("SELECT done_at, attempts, failure FROM limu.outbox").fetchone()
    assert row is not None
    assert (row["done_at"], row["attempts"], row["failure"]) == (None, 1, "no reaction to unknown_kind")


def test_a_worker_goes_on_after_the_database_was_away_and_says_so(
    own_database: Database, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    away = [psycopg.errors.ConnectionTimeout("connection timeout expired")] * 3
    slept: list[float] = []

    def connect(self: Database, who: Who = "app", *, autocommit: bool = False) -> Connection:
        if away:
            raise away.pop()
        return reached(self, who, autocommit=autocommit)

    reached = Database.connect
    monkeypatch.setattr(Database, "connect", connect)
    shift = Shift(own_database, sleep=slept.append)

    turns = [shift.turn() for _ in range(4)]
    shift.close()

    assert (turns[:3], slept) == ([None] * 3, [1.0, 2.0, 4.0])
    assert isinstance(turns[3], int)
    said = capsys.readouterr().err
    assert said.count("connection timeout expired") == 3
    assert "4 秒后继续" in said
    assert "后台处理已恢复" in said


def test_a_worker_whose_connections_were_cut_begins_anew(own_database: Database) -> None:
    shift = Shift(own_database, sleep=lambda _: None)
    assert shift.turn() is not None
    with own_database.connect("admin", autocommit=True) as admin:
        admin.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database()"
            " AND pid <> pg_backend_pid()"
        )

    assert shift.turn() is None
    assert shift.turn() is not None
    shift.close()


def test_what_ends_is_logged_while_an_errand_is_under_way(
    own_database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun, released = threading.Event(), threading.Event()

    def long_errand(_: Connection, body: dict[str, Any]) -> None:
        del body
        begun.set()
        assert released.wait(PATIENCE)

    monkeypatch.setattr("limu.cli.errands.recompute_log", long_errand)
    with own_database.connect("app") as app:
        app.execute("INSERT INTO limu.outbox (id, kind, body) VALUES (%s, 'recompute_log', %s)", [uuid4(), Jsonb({})])
    worker = Worker(own_database)
    before = worker.turn()
    assert begun.wait(PATIENCE)

    found_city(own_database, Nobody(), subjects=5, records=8)
    during = worker.turn()
    with own_database.connect("app") as app:
        waiting = app.execute("SELECT count(*) AS rows FROM limu.outbox WHERE done_at IS NULL").fetchone()
    released.set()
    worker.close()

    assert waiting == {"rows": 1}
    assert during > before
    with own_database.connect("app") as app:
        row = app.execute("SELECT count(*) AS rows FROM limu.outbox WHERE done_at IS NULL").fetchone()
    assert row == {"rows": 0}


def _told(database: Database) -> int:
    with database.connect("owner") as owner:
        row = owner.execute("SELECT count(*) AS told FROM limu.feed_event").fetchone()
    assert row is not None
    return int(row["told"])


def test_while_the_caches_of_the_windows_are_renewed_telling_goes_on(
    own_database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun, released = threading.Event(), threading.Event()

    def long_read(*words: Any, **options: Any) -> Any:
        begun.set()
        assert released.wait(PATIENCE)
        return make_cache(*words, **options)

    monkeypatch.setattr(window, "make_cache", long_read)
    with own_database.connect("app") as app:
        department = people.department_of(app, 77)
        app.commit()
    worker = Worker(own_database)
    worker.turn()
    assert begun.wait(PATIENCE)
    before = _told(own_database)

    found_city(own_database, Nobody(), subjects=5, records=8)
    worker.turn()
    during = _told(own_database)
    none_yet = Box(own_database.home, CACHES).age_of(str(department.id))
    released.set()
    worker.close()

    assert during > before
    assert none_yet is None


def test_one_round_renews_the_caches_of_the_windows_before_it_ends(own_database: Database) -> None:
    with own_database.connect("app") as app:
        department = people.department_of(app, 77)
        app.commit()
    worker = Worker(own_database)

    worker.round()
    made = Box(own_database.home, CACHES).age_of(str(department.id))
    worker.close()

    assert made is not None


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _waited_for(address: str) -> int:
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        try:
            with urllib.request.urlopen(address, timeout=5) as answer:  # noqa: S310 - our own address
                return int(answer.status)
        except OSError:
            time.sleep(0.2)
    return 0


def _left_over(folder: str) -> list[str]:
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            found += [process.name] if folder in (process / "environ").read_text() else []
        except OSError:
            continue
    return [pid for pid in found if pid != str(os.getpid())]


@pytest.mark.slow
def test_ctrl_c_stops_pages_worker_and_database(home: dict[str, str]) -> None:
    port = _free_port()
    words = ["demo", "--no-samples", "--subjects", "5", "--records", "8", "--port", str(port)]
    demo = subprocess.Popen([sys.executable, "-m", "limu.cli", *words], env=home, start_new_session=True)

    status = _waited_for(f"http://127.0.0.1:{port}/")
    demo.send_signal(signal.SIGINT)

    assert status == 200
    assert demo.wait(timeout=60) == 0
    assert _left_over(home["LIMU_HOME"]) == []
    assert not (Path(home["LIMU_HOME"]) / "database" / "postmaster.pid").exists()
