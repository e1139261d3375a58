"""A register with a server of its own and all that runs beside it: web, worker, a holder; each can be killed."""

import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from shutil import rmtree
from uuid import UUID

import psycopg

from limu.audit.queries_invariants import look
from limu.case.rules import Agent
from limu.cli.serve import is_free, run_server, wait_until_up
from limu.client.http import Site
from limu.department.rules import Officer, Refusal
from limu.department.store import enter
from limu.feed import actions_holder
from limu.feed.actions import tell
from limu.feed.rules_holder import Wish
from limu.wire.clock import register_today
from limu.wire.database import Connection, Database
from limu.wire.home import Home
from limu.wire.migrate import prepare_database
from limu.wire.postgres import TEST_SETTINGS, Child, find_server, start_server, stop_server
from tests.lawful import Lawful, stand_lawful
from tests.listed import own_lists
from tests.people import department_of, officer_in
from tests.standing import _subject, code_of, report, row

PATIENCE = 60.0
KEPT = ("LIMU_HOME", "LIMU_DATABASE_NAME", "LIMU_MODE", "LIMU_RATE_PER_MINUTE")


def _killed(process: "subprocess.Popen[bytes]") -> None:
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()


@dataclass(slots=True)
class Ground:
    """The processes of one deployment, and the people of its register."""

    home: Home
    folder: Path
    port: int
    server: Child
    database: Database = field(init=False)
    lawful: Lawful = field(init=False)
    lister: Officer = field(init=False)
    decider: Officer = field(init=False)
    centre: Officer = field(init=False)
    token: str = field(init=False)
    running: "dict[str, subprocess.Popen[bytes]]" = field(default_factory=dict)
    # Servers that were killed: kept until they have been waited for.
    dead: list[Child] = field(default_factory=list)
    cells: int = 0

    @property
    def origin(self) -> str:
        """Where the pages are."""
        return f"http://127.0.0.1:{self.port}"

    def site(self) -> Site:
        """The feed as the holder reaches it."""
        return Site(self.origin, self.token, patience=PATIENCE)

    def app(self) -> Connection:
        """A connection in which the deciding body has entered its rows."""
        connection = self.database.connect("app")
        enter(connection, department=self.lawful.base.department.id)
        return connection

    def stand(self) -> None:
        """Make the register and its people, and start what runs beside it."""
        self.database = Database(self.home, "limu", self.server.server)
        prepare_database(self.database)
        os.environ.update(self.database.environment())
        with self.database.connect("app") as connection:
            self.lawful = stand_lawful(connection)
            base = self.lawful.base
            own_lists(connection, base.department.id)
            self.lister = officer_in(connection, base.department, "lister.x", "list_officer")
            self.decider = officer_in(connection, base.department, "lister.y", "list_officer")
            desk = department_of(connection, 90, is_centre=True)
            self.centre = officer_in(connection, desk, "centre.x", "centre_officer")
            confirmer = officer_in(connection, desk, "centre.y", "confirmer")
            self.token = _holder(connection, asker=self.centre, confirmer=confirmer)
        self.tell()
        (self.folder / "token").write_text(self.token, "utf-8")

    def start(self, *names: str) -> None:
        """Start the processes named that do not run."""
        for name in names:
            if name not in self.running or self.running[name].poll() is not None:
                self.running[name] = self._started(name)
        if "web" in names:
            assert any(wait_until_up(self.running["web"], self.port) for _ in range(3)), "the web server did not start"

    def _started(self, name: str) -> "subprocess.Popen[bytes]":
        if name == "web":
            # Its own children die a moment after it.
            while not is_free("127.0.0.1", self.port):
                time.sleep(0.05)
            return run_server(self.port, database=self.database)
        words = {
            "worker": ["worker"],
            "holder": ["feed", "follow", "--from", self.origin, "--token-file", str(self.folder / "token"), "--copy",
                       str(self.folder / "copy.db")],
        }[name]  # fmt: skip
        return subprocess.Popen(
            [sys.executable, "-m", "limu.cli", *words], env=os.environ | self.database.environment(),
            start_new_session=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip

    def kill(self, victim: str, *, backend: int = 0) -> None:
        """Kill one of them outright, without a word."""
        if victim == "backend":
            os.kill(backend, signal.SIGKILL)
        elif victim == "postmaster":
            # The tree: its children would serve on for a moment, and what they commit is committed.
            root = self.server.server.pid
            for one in (root, *_children(root)):
                with suppress(ProcessLookupError):
                    os.kill(one, signal.SIGKILL)
        elif (process := self.running.pop(victim, None)) is not None:
            _killed(process)

    def recover(self) -> None:
        """Bring back the database: wait for a killed server's children to be gone, start it, wait for its answer."""
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            # While it recovers from a killed backend it answers nobody, and lives: only a dead one is started anew.
            if self.server.process.poll() is not None and find_server(self.home) is None:
                self.server = start_server(self.home, TEST_SETTINGS)
                self.database = Database(self.home, "limu", self.server.server)
                # It listens at another port now: whoever was connected has to be started anew.
                for name in [*self.running]:
                    self.kill(name)
            try:
                with self.database.connect("admin") as admin:
                    admin.execute("SELECT 1")
            except psycopg.OperationalError:
                time.sleep(0.1)
            else:
                return
        raise AssertionError("the database did not come back")

    def record(self) -> tuple[UUID, Agent]:
        """Report one more public record, of a subject that nothing else is known of."""
        self.cells += 1
        code = code_of(50_000 + self.cells)
        with self.app() as connection:
            subject = _subject(connection, code)
            made = row(code, 1000 + self.cells)
            counts = report(connection, self.lawful.base, [made])
            assert counts.published == 1, counts
        return UUID(str(made["id"])), Agent(subject, "经办人赵某")

    def tell(self) -> int:
        """Tell holders what is committed, as the worker does."""
        with self.database.connect("sequencer", autocommit=True) as sequencer:
            return tell(sequencer)

    def broken(self) -> list[str]:
        """Name what does not hold of all that must."""
        with self.database.connect("app") as connection:
            found = [f"{one.key} {one.sentence}: {', '.join(one.named)}" for one in look(connection) if not one.holds]
            connection.rollback()
        return found

    def asked(self, path: str) -> int:
        """What the site answers, once its own connections have come back."""
        deadline = time.monotonic() + PATIENCE
        while (status := self._asked(path)) >= 500 and time.monotonic() < deadline:
            time.sleep(0.2)
        return status

    def _asked(self, path: str) -> int:
        try:
            with urllib.request.urlopen(f"{self.origin}{path}", timeout=PATIENCE) as answer:  # noqa: S310 - our own address
                answer.read()
                return int(answer.status)
        except urllib.error.HTTPError as refused:
            refused.close()
            return refused.code

    def subject_list(self, subject: UUID) -> list[str]:
        """The ids of the records that the interface lists of a subject."""
        with self.database.connect("app") as connection:
            found = connection.execute("SELECT uscc FROM limu.subject WHERE id = %s", (subject,)).fetchone()
        assert found is not None
        with urllib.request.urlopen(  # noqa: S310 - our own address
            f"{self.origin}/api/v1/subjects/{found['uscc']}/records", timeout=PATIENCE
        ) as answer:
            told = json.loads(answer.read())
        return [one["id"] for one in told.get("records", told.get("items", []))]

    def close(self) -> None:
        """Stop everything and leave nothing."""
        for process in self.running.values():
            if process.poll() is None:
                _killed(process)
        if found := find_server(self.home):
            stop_server(found, self.server.process)
        rmtree(self.folder, ignore_errors=True)


def _children(parent: int) -> list[int]:
    found = subprocess.run(["ps", "-o", "pid=", "--ppid", str(parent)], check=False, capture_output=True, text=True)  # noqa: S607
    return [int(one) for one in found.stdout.split()]


def _holder(connection: Connection, *, asker: Officer, confirmer: Officer) -> str:
    day = register_today(connection)
    wish = Wish("示例银行", "科技部 010-0000000", "协议〔2026〕1号", day, day.replace(year=day.year + 1))
    known = (frozenset({"penalty"}), frozenset({"facts", "authority", "document_number", "subject_name"}))
    made = actions_holder.ask_holder(connection, officer=asker, wish=wish, reason="签订协议", known=known)
    assert not isinstance(made, Refusal), made
    act = connection.execute("SELECT id FROM limu.feed_holder_act WHERE holder = %s", (made[0].id,)).fetchone()
    assert act is not None
    assert actions_holder.settle_act(connection, officer=confirmer, act=act["id"], is_agreed=True) is None
    return made[1]


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def ground() -> Iterator[Ground]:
    """Lend a ground, and clear it away."""
    folder = Path(tempfile.mkdtemp(prefix="limu-test-"))
    folder.chmod(0o711)
    kept = {name: os.environ.get(name) for name in KEPT}
    os.environ.update(LIMU_HOME=str(folder / "home"), LIMU_MODE="test", LIMU_RATE_PER_MINUTE="0")
    home = Home(folder / "home")
    made = Ground(home, folder, _free_port(), start_server(home, TEST_SETTINGS))
    try:
        made.stand()
        yield made
    finally:
        made.close()
        for name, value in kept.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value
