"""The web process killed while it answers a second person's confirmation: nothing of it, and the page works again."""

import http.cookiejar
import os
import re
import signal
import subprocess
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
from uuid import UUID

import pytest

from limu.cli.serve import is_free, run_server, wait_until_up
from limu.department.store import enter
from limu.repair import actions as repairs
from limu.wire.database import Database
from tests.faults.ground import _free_port
from tests.lawful import Lawful, apply, stand_lawful
from tests.people import PASSWORD, doors_open, give_logins

pytestmark = pytest.mark.slow
PATIENCE = 60.0


class Browser:
    """Somebody signed in at the real server, with cookies and nothing else."""

    def __init__(self, origin: str) -> None:
        self._origin = origin
        self._cookies = http.cookiejar.CookieJar()
        self._opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(self._cookies))

    def get(self, path: str) -> str:
        """Read a page."""
        with self._opener.open(f"{self._origin}{path}", timeout=PATIENCE) as answer:
            return str(answer.read().decode())

    def token(self, path: str) -> str:
        """Read a page for the token of its form."""
        found = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', self.get(path))
        assert found is not None
        return found[1]

    def post(self, path: str, token: str, **form: str) -> str:
        """Send the form of a page; returns where it led."""
        body = urllib.parse.urlencode({**form, "csrfmiddlewaretoken": token}).encode()
        with self._opener.open(f"{self._origin}{path}", data=body, timeout=PATIENCE) as answer:
            return str(answer.url)


def _waits(database: Database) -> bool:
    with database.connect("admin") as admin:
        row = admin.execute(
            "SELECT count(*) AS n FROM pg_stat_activity WHERE datname = current_database()"
            " AND usename = 'limu_app' AND wait_event_type = 'Lock'"
        ).fetchone()
    return bool(row and row["n"])


def _standing(database: Database) -> tuple[Lawful, UUID]:
    with database.connect("app") as connection:
        lawful = stand_lawful(connection)
        case = apply(connection, lawful).id
        enter(connection, department=lawful.base.department.id)
        repairs.propose(connection, lawful.book, case, officer=lawful.handler, outcome="granted", reason="义务已履行")
    with doors_open(database):
        give_logins(database, [lawful.second.code])
    return lawful, case


def _state(database: Database, lawful: Lawful) -> dict[str, object]:
    with database.connect("admin") as admin:
        row = admin.execute(
            "SELECT (SELECT state FROM limu.case_file) AS state, (SELECT count(*) FROM limu.letter) AS letters,"
            " (SELECT count(*) FROM limu.record_event WHERE kind = 'record_repaired') AS ends,"
            " (SELECT count(*) FROM shown.record WHERE id = %s) AS public",
            (lawful.record,),
        ).fetchone()
    assert row is not None
    return row


def _serve(database: Database, port: int) -> "subprocess.Popen[bytes]":
    while not is_free("127.0.0.1", port):
        time.sleep(0.05)
    server = run_server(port, database=database)
    assert wait_until_up(server, port)
    return server


def test_the_web_process_killed_while_it_confirms_leaves_nothing_and_is_asked_again(
    own_database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LIMU_RATE_PER_MINUTE", "0")
    lawful, case = _standing(own_database)
    port = _free_port()
    server = _serve(own_database, port)
    second, page = Browser(f"http://127.0.0.1:{port}"), f"/dept/cases/{case}/confirm"
    try:
        second.post("/account/login/", second.token("/account/login/"), login=lawful.second.code, password=PASSWORD)
        token = second.token(page)
        with own_database.connect("app") as holder:
            enter(holder, department=lawful.base.department.id)
            posted = threading.Thread(target=_post_and_fall, args=(second, page, token))
            holder.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", (str(lawful.record),))
            posted.start()
            deadline = time.monotonic() + PATIENCE
            while not _waits(own_database):
                assert time.monotonic() < deadline
                time.sleep(0.05)
            os.killpg(server.pid, signal.SIGKILL)
            server.wait()
        posted.join(PATIENCE)
        assert _state(own_database, lawful) == {"state": "proposed", "letters": 0, "ends": 0, "public": 1}

        server = _serve(own_database, port)
        assert second.post(page, second.token(page), decision="confirm").endswith(f"/dept/cases/{case}")
        assert _state(own_database, lawful) == {"state": "granted", "letters": 1, "ends": 1, "public": 0}
    finally:
        os.killpg(server.pid, signal.SIGKILL)
        server.wait()


def _post_and_fall(browser: Browser, page: str, token: str) -> None:
    try:
        browser.post(page, token, decision="confirm")
    except (urllib.error.URLError, ConnectionError):
        return
