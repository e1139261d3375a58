"""Connections to the register's database, each under the role its work needs.

Rows come as dicts: a query's column names are the words of the field, and they survive a reordering of columns.
Transactions are the caller's: a connection leaves its `with` block by commit, or by rollback after an exception."""

import atexit
import fcntl
import os
import subprocess
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any, Literal

import psycopg
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from psycopg.rows import DictRow, dict_row
from psycopg_pool import ConnectionPool, PoolClosed, PoolTimeout

from limu.wire.cluster import SUPERUSER, find_cluster
from limu.wire.home import Home, find_home
from limu.wire.keys import lock_file, password
from limu.wire.postgres import SETTINGS, Server, find_server, start_server, stop_server
from limu.wire.roles import Role, role_name

Connection = psycopg.Connection[DictRow]
Pool = ConnectionPool[Connection]
Who = Role | Literal["admin"]
DEFAULT_NAME = "limu"
# Servers that we started and others still use: kept, so that the interpreter does not take them for forgotten.
_left_running: "list[subprocess.Popen[bytes]]" = []


@atexit.register
def _leave_running() -> None:
    # Nor at its own end: the last who uses a server stops it.
    for process in _left_running:
        process.returncode = process.poll() or 0


_pools: list[Pool] = []


class NoDatabaseError(Exception):
    """No database is running: set LIMU_DATABASE_URL, or start one with `limu demo` or `limu serve`."""

    def __str__(self) -> str:
        """Say what to do, since this reaches an operator."""
        return "没有在运行的数据库：请设置 LIMU_DATABASE_URL，或者用 limu demo、limu serve 启动。"


@dataclass(frozen=True, slots=True)
class Database:
    """One database of a running server, and the home that keeps its passwords."""

    home: Home
    name: str
    server: Server | None = None
    url: str | None = None

    def conninfo(self, who: Who) -> str:
        """Return how a role connects; it holds a password, so it is never printed or logged."""
        given = conninfo_to_dict(self.url) if self.url else self._embedded()
        given |= {"application_name": f"limu {who}", "connect_timeout": "10"}
        if who != "admin":
            given |= {"user": role_name(who), "password": password(self.home, role_name(who))}
        return make_conninfo("", **given)

    def connect(self, who: Who = "app", *, autocommit: bool = False) -> Connection:
        """Open one connection; the caller closes it."""
        return Connection.connect(self.conninfo(who), row_factory=dict_row, autocommit=autocommit)

    def named(self, name: str) -> "Database":
        """Return another database of the same server."""
        url = make_conninfo(self.url, dbname=name) if self.url else None
        return Database(self.home, name, self.server, url)

    def environment(self) -> dict[str, str]:
        """Return the settings by which another process finds this very database."""
        settings = {"LIMU_HOME": str(self.home.root), "LIMU_DATABASE_NAME": self.name}
        return settings | ({"LIMU_DATABASE_URL": self.url} if self.url else {})

    def _embedded(self) -> dict[str, Any]:
        assert self.server
        return {
            "host": self.server.socket or "127.0.0.1",
            "port": self.server.port,
            "dbname": self.name,
            "user": SUPERUSER,
            "password": password(self.home, SUPERUSER),
            "gssencmode": "disable",
            "sslmode": "disable",
        }


def find_database(environment: Mapping[str, str] | None = None) -> Database | None:
    """Find the database: LIMU_DATABASE_URL if set, else the embedded one if it is running."""
    settings = os.environ if environment is None else environment
    home = find_home(settings)
    if url := settings.get("LIMU_DATABASE_URL"):
        name = settings.get("LIMU_DATABASE_NAME") or str(conninfo_to_dict(url).get("dbname") or DEFAULT_NAME)
        return Database(home, name, url=make_conninfo(url, dbname=name))
    if server := find_server(home):
        return Database(home, settings.get("LIMU_DATABASE_NAME") or DEFAULT_NAME, server)
    return None


def is_made(home: Home) -> bool:
    """Tell whether there is a database to ask or to start; looking for one makes none."""
    return bool(os.environ.get("LIMU_DATABASE_URL")) or (home.root.is_dir() and find_cluster(home).exists)


def current_database() -> Database:
    """Return the running database or say that there is none."""
    found = find_database()
    if found is None:
        raise NoDatabaseError
    return found


def connect(role: Role = "app", *, autocommit: bool = False) -> Connection:
    """Open one connection to the running database under a role; the caller closes it."""
    return current_database().connect(role, autocommit=autocommit)


def beside(connection: "psycopg.Connection[Any]") -> Connection:
    """Open a second connection to the same database under the same role, for reading ahead; the caller closes it."""
    dsn = make_conninfo(connection.info.dsn, password=connection.info.password)
    return Connection.connect(dsn, row_factory=dict_row)


class _Pools:
    """This process's pools of connections, one a role: made at first use, so never before a fork, and once."""

    def __init__(self) -> None:
        self._made: dict[Role, Pool] = {}
        self._lock = threading.Lock()

    def __call__(self, role: Role = "web") -> Pool:
        """Return the pool of a role; of two threads that ask first one makes it, the other waits for that one."""
        made = self._made.get(role)
        if made is not None:
            return made
        with self._lock:
            if role not in self._made:
                self._made[role] = _open_pool(role)
            return self._made[role]

    def cache_clear(self) -> None:
        """Forget them, so that the next who asks gets a new one."""
        with self._lock:
            self._made.clear()


def _open_pool(role: Role) -> Pool:
    made = ConnectionPool(
        current_database().conninfo(role),
        min_size=1,
        # Two for each thread that answers (cli/serve.py): a page holds one while its traces are committed on another.
        max_size=int(os.environ.get("LIMU_POOL_SIZE", "24")),
        kwargs={"row_factory": dict_row},
        connection_class=Connection,
        name=f"limu {role}",
        open=True,
    )
    _pools.append(made)
    return made


pool = _Pools()


def is_lost(failure: BaseException) -> bool:
    """Tell whether a statement failed because the database went away under it, and not for its own sake."""
    if not isinstance(failure, psycopg.OperationalError) or isinstance(failure, PoolTimeout):
        return False
    return failure.sqlstate is None or failure.sqlstate.startswith(("08", "57P"))


def holds_nul(failure: BaseException) -> bool:
    """Tell whether a statement was not sent because a text in it holds a NUL, which PostgreSQL does not keep."""
    return isinstance(failure, psycopg.DataError) and failure.sqlstate is None and "NUL" in str(failure)


def is_away(failure: BaseException | None) -> bool:
    """Tell whether a failure, or what it came from, says that no database can be reached."""
    for _ in range(CAUSES):
        if failure is None:
            return False
        if isinstance(failure, (NoDatabaseError, PoolTimeout, PoolClosed)) or is_lost(failure):
            return True
        failure = failure.__cause__ or failure.__context__
    return False


def look_through() -> None:
    """Throw away the pooled connections that a database which went away has left behind."""
    for one in _pools:
        if not one.closed:
            one.check()


_LOST = threading.Event()
REACH_SECONDS = 2.0
CAUSES = 10
"""How far back the causes of a failure are looked at."""


def is_reachable() -> bool:
    """Tell whether the database answers at this moment; pools that lost it are made anew once it does again."""
    if not _LOST.is_set():
        with suppress(psycopg.OperationalError, PoolTimeout, PoolClosed, NoDatabaseError):
            with pool("app").connection(timeout=REACH_SECONDS) as connection:
                connection.execute("SELECT 1")
            return True
    try:
        with connect("app") as connection:
            connection.execute("SELECT 1")
    except (psycopg.OperationalError, NoDatabaseError):
        _LOST.set()
        return False
    _renew_pools()
    return True


def _renew_pools() -> None:
    # A pool whose server is gone tries again at growing intervals; who has found the server does not wait for that.
    roles: tuple[Role, ...] = ("app", "web")
    for role in roles:
        with suppress(NoDatabaseError):
            pool(role).close(timeout=0)
    pool.cache_clear()
    _LOST.clear()


@contextmanager
def running_database(home: Home | None = None, settings: Mapping[str, str] = SETTINGS) -> Iterator[Database]:
    """Lend the database, starting the embedded one if none runs; the last one out stops it.

    Every user holds a shared lock, which the kernel gives back if the process dies, so a `limu submit` beside a
    `limu demo` uses its server, and neither takes it away from the other."""
    place = home or find_home()
    if found := _external():
        yield found
        return
    users = os.open(place.run / "users.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    process = None
    with lock_file(place.run / "start.lock"):
        server = find_server(place)
        if server is None:
            child = start_server(place, settings)
            server, process = child.server, child.process
        fcntl.flock(users, fcntl.LOCK_SH)
    try:
        yield Database(place, os.environ.get("LIMU_DATABASE_NAME") or DEFAULT_NAME, server)
    finally:
        with lock_file(place.run / "start.lock"):
            if _is_last(users):
                stop_server(server, process)
            elif process:
                _left_running.append(process)
        os.close(users)


def stop_database(home: Home) -> bool:
    """Stop the embedded server whoever uses it; tell whether one was running."""
    with lock_file(home.run / "start.lock"):
        server = find_server(home)
        if server:
            stop_server(server)
    return server is not None


def _external() -> Database | None:
    return find_database() if os.environ.get("LIMU_DATABASE_URL") else None


def _is_last(users: int) -> bool:
    try:
        fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
