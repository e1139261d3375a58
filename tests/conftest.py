"""One embedded server per worker, one migrated template in it, and a clone of that for everyone who asks."""

import os
import shutil
import socket
import sys
import tempfile
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings
from psycopg import sql

from limu.wire.cluster import SUPERUSER
from limu.wire.database import Connection, Database, running_database
from limu.wire.home import Home, find_home
from limu.wire.keys import password
from limu.wire.migrate import prepare_database
from limu.wire.postgres import TEST_SETTINGS, find_server, stop_server
from limu.wire.roles import ROLES, role_name
from tests.zygote import Zygote

# The same examples on every machine, so that a green run stays green; `HYPOTHESIS_PROFILE=search` looks for new ones.
# No deadline: an example's time says more about the machine's other work than about the rule.
settings.register_profile("house", derandomize=True, deadline=None)
settings.register_profile("search", deadline=None)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "house"))

TEMPLATE = "limu_template"
RUN = "LIMU_TEST_RUN"
BEFORE = "LIMU_TEST_TMPDIR"
AGE = 6 * 3600
MEMORY = Path("/dev/shm")  # noqa: S108 - memory that looks like a folder, not a place for secrets of anybody else
ROOM = 4 << 30


def pytest_configure(config: pytest.Config) -> None:
    """Name the run's folder once, in the process that leads the workers; each of them has a home of its own there.

    Uploads lie in the home: a test that lets their days pass would destroy those that another worker has just sent."""
    if hasattr(config, "workerinput"):
        os.environ["LIMU_HOME"] = str(Path(os.environ[RUN]) / f"home-{config.workerinput['workerid']}")
        return
    for name in ("LIMU_DATABASE_URL", "LIMU_DATABASE_NAME", "LIMU_NOW"):
        os.environ.pop(name, None)
    os.environ["LIMU_MODE"] = "test"
    os.environ["LIMU_LANG"] = "zh"
    # Each test file is compiled twice as long as it is loaded, and the program anew in every process of the run: where
    # the machine says to keep no bytecode, this run keeps it all the same (git does not see it).
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    sys.dont_write_bytecode = False
    run = Path(tempfile.mkdtemp(prefix="limu-test-", dir=_quick_folder()))
    run.chmod(0o711)
    os.environ |= {RUN: str(run), "LIMU_HOME": str(run / "home")}
    if run.parent == MEMORY:
        # Servers of a test's own, browsers' profiles and tmp_path go there too, and with the run; what must stay for
        # a look afterwards gets a place by --basetemp.
        (run / "tmp").mkdir()
        (run / "tmp").chmod(0o1777)
        os.environ |= {"TMPDIR": str(run / "tmp"), BEFORE: tempfile.gettempdir()}
        tempfile.tempdir = None


def pytest_unconfigure(config: pytest.Config) -> None:
    """Stop the run's server and remove its folder; what a killed run left behind goes too."""
    if hasattr(config, "workerinput") or RUN not in os.environ:
        return
    if before := os.environ.pop(BEFORE, ""):
        os.environ["TMPDIR"], tempfile.tempdir = before, None
    _end_run(Path(os.environ.pop(RUN)))
    for old in (one for place in {tempfile.gettempdir(), _quick_folder()} for one in Path(place).glob("limu-test-*")):
        if old.stat().st_uid == os.getuid() and _age(old) > AGE:
            _end_run(old)


def _quick_folder() -> str:
    """Memory where there is plenty: each clone is a thousand files, and a disk is slow to forget those of the last."""
    is_roomy = MEMORY.is_dir() and os.access(MEMORY, os.W_OK) and shutil.disk_usage(MEMORY).free > ROOM
    return str(MEMORY) if is_roomy else tempfile.gettempdir()


def _age(folder: Path) -> float:
    return time.time() - folder.stat().st_mtime  # noqa: TID251 - the age of a folder on disk, not the register's day


def _end_run(folder: Path) -> None:
    for place in (*folder.glob("home*"), *folder.glob("tmp/limu-test-*/home")):
        if server := find_server(Home(place)):
            stop_server(server)
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def template() -> Iterator[Database]:
    """The migrated template of this worker's server."""
    with running_database(find_home(), TEST_SETTINGS) as running:
        database = running.named(TEMPLATE)
        _shorten_sign_in(database.named("postgres"))
        prepare_database(database)
        yield database


def _shorten_sign_in(server: Database) -> None:
    """Let passwords be hashed once, not 4,096 times: they are random, and every connection of the run computes it."""
    with server.connect("admin", autocommit=True) as admin:
        if admin.info.server_version < 160000:
            return
        name, own = sql.Identifier(SUPERUSER), sql.Literal(password(server.home, SUPERUSER))
        admin.execute(sql.SQL("ALTER ROLE {} SET scram_iterations = 1").format(name))
        admin.execute("SET scram_iterations = 1")
        admin.execute(sql.SQL("ALTER ROLE {} PASSWORD {}").format(name, own))


@contextmanager
def _clone(template: Database) -> Iterator[Database]:
    clone = template.named(f"limu_{uuid.uuid4().hex[:12]}")
    name, source = sql.Identifier(clone.name), sql.Identifier(TEMPLATE)
    server = template.named("postgres")
    # In memory its files are copied as they are, in half the time; a disk would be asked to keep each of them for good.
    strategy = sql.SQL("FILE_COPY" if MEMORY in template.home.root.parents else "WAL_LOG")
    with server.connect("admin", autocommit=True) as admin:
        admin.execute(sql.SQL("CREATE DATABASE {} TEMPLATE {} STRATEGY {}").format(name, source, strategy))
        # What belongs to a database and not to its content is not cloned.
        admin.execute(sql.SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(name))
        admin.execute(
            sql.SQL("GRANT CONNECT, TEMPORARY ON DATABASE {} TO {}").format(
                name, sql.SQL(", ").join(sql.Identifier(role_name(role)) for role in ROLES)
            )
        )
    try:
        yield clone
    finally:
        with server.connect("admin", autocommit=True) as admin:
            admin.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(name))


@pytest.fixture(scope="session")
def database(template: Database) -> Iterator[Database]:
    """A database for this worker, shared by its tests: leave no committed rows that another test could meet.

    LIMU_DATABASE_NAME names it, so `limu.wire.database.connect()` and child processes find it."""
    with _clone(template) as clone:
        os.environ["LIMU_DATABASE_NAME"] = clone.name
        yield clone
        os.environ.pop("LIMU_DATABASE_NAME", None)


@pytest.fixture
def connection(database: Database) -> Iterator[Connection]:
    """A connection of the application's role, in a transaction that is rolled back after the test."""
    with database.connect("app") as opened:
        yield opened
        opened.rollback()


@pytest.fixture
def owner(database: Database) -> Iterator[Connection]:
    """A connection of the owner's role, rolled back likewise; the owner alone may shift the clock."""
    with database.connect("owner") as opened:
        yield opened
        opened.rollback()


@pytest.fixture
def own_database(template: Database, monkeypatch: pytest.MonkeyPatch) -> Iterator[Database]:
    """A database for one test alone: append-only rows, commits, crashes."""
    with _clone(template) as clone:
        monkeypatch.setenv("LIMU_DATABASE_NAME", clone.name)
        yield clone


@pytest.fixture(scope="session")
def zygote() -> Iterator[Zygote]:
    """The program, loaded once for all commands that a test runs in processes of their own."""
    loaded = Zygote()
    yield loaded
    loaded.close()


@pytest.fixture(scope="session")
def samples() -> Path:
    """The folder of real tables (LIMU_SAMPLES, else beside the checkout); a test that reads them skips without it."""
    folder = Path(os.environ.get("LIMU_SAMPLES") or Path(__file__).parents[2] / "shared" / "data")
    if not folder.is_dir():
        pytest.skip(f"no real tables at {folder} (LIMU_SAMPLES)")
    return folder


@pytest.fixture(autouse=True, scope="session")
def _loopback_only() -> Iterator[None]:
    """Close every socket that would leave this machine, for the whole run."""
    connect = socket.socket.connect

    def guarded(self: socket.socket, address: Any) -> None:
        if self.family in (socket.AF_INET, socket.AF_INET6) and address[0] not in ("127.0.0.1", "::1", "localhost"):
            raise PermissionError(f"tests stay on this machine; refused {address[0]}")
        connect(self, address)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket.socket, "connect", guarded)
        yield
