"""The three ways up, each with the simulated platform at its other end."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Final
from uuid import UUID

from psycopg import sql
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from limu.city.upper import BEHAVIOURS, Mischief, Upper
from limu.city.upper_doors import FolderDoor, TablesDoor, open_service
from limu.department.store import enter
from limu.reactions_repair import take_receipts
from limu.upward import tasks
from limu.upward.rules import HEAD, columns_of
from limu.wire.database import Database
from limu.wire.exchange import FolderExchange, ServiceExchange
from limu.wire.port import Exchange
from limu.wire.staging import TableExchange, agreed_tables
from tests.standing import catalogue

WAYS: Final = ("folder", "service", "tables")


@dataclass(frozen=True, slots=True)
class Way:
    """Our side, the platform, and what makes the platform look at what came."""

    exchange: Exchange
    node: Upper
    look: Callable[[], object]


@contextmanager
def open_way(
    name: str, root: Path, database: Database, *, seed: int = 7, mischief: Mischief = BEHAVIOURS["well"]
) -> Iterator[Way]:
    """One of the three, with a platform that behaves so."""
    root.mkdir(exist_ok=True)
    node = Upper(root / "state.db", seed=seed, mischief=mischief)
    with {"folder": _folder, "service": _service, "tables": _tables}[name](root, node, database) as way:
        yield way
    node.close()


@contextmanager
def _folder(root: Path, node: Upper, _: Database) -> Iterator[Way]:
    yield Way(FolderExchange(root), node, lambda: FolderDoor(root).work(node))


@contextmanager
def _service(_: Path, node: Upper, __: Database) -> Iterator[Way]:
    server = open_service(node, token="key")
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield Way(ServiceExchange(f"http://127.0.0.1:{server.server_port}/up", "key"), node, lambda: None)
    server.shutdown()
    server.server_close()
    thread.join()


@contextmanager
def _tables(_: Path, node: Upper, database: Database) -> Iterator[Way]:
    theirs, ours = above(database)
    yield Way(TableExchange(ours), node, lambda: TablesDoor(theirs).work(node))


def above(database: Database) -> tuple[str, str]:
    """A database of the platform above's own, with a role that may send and nothing else: their address and ours.

    One for each database of ours; the run's server goes with all of them."""
    name = f"above_{database.name}"
    made = sql.Identifier(name)
    theirs = database.named(name).conninfo("admin")
    with database.named("postgres").connect("admin", autocommit=True) as admin:
        if admin.execute("SELECT FROM pg_database WHERE datname = %s", [name]).fetchone() is None:
            admin.execute(sql.SQL("CREATE DATABASE {}").format(made))
            admin.execute(sql.SQL("CREATE ROLE {} LOGIN PASSWORD 'sender'").format(made))
            item = catalogue()["penalty"]
            columns = {item.code: (*HEAD, *columns_of(item).values())}
            TablesDoor(theirs, agreed_tables(columns, role=name)).set_up()
    return theirs, make_conninfo("", **{**conninfo_to_dict(theirs), "user": name, "password": "sender"})


def shift(database: Database, by: timedelta) -> None:
    """Let time pass."""
    with database.connect("owner") as owner:
        owner.execute("UPDATE limu.clock_setting SET shift = shift + %s", [by])


def states(database: Database) -> dict[tuple[str, int], str]:
    """How each row stands with us."""
    with database.connect("app") as connection:
        enter(connection, department=UUID(int=0), reach="centre")
        found = connection.execute("SELECT record, turn, state FROM limu.upward_row").fetchall()
    return {(one["record"].hex, one["turn"]): one["state"] for one in found}


def once(database: Database, way: Way) -> tasks.Round:
    """One round of ours, with all that follows from it."""
    with database.connect("app") as connection:
        return tasks.work(connection, way.exchange, react=take_receipts)


def until_answered(database: Database, way: Way) -> None:
    """Rounds of both sides, hours apart, until nothing is open any more."""
    for _ in range(60):
        once(database, way)
        way.look()
        once(database, way)
        found = states(database)
        if found and set(found.values()) <= {"accepted", "returned"}:
            return
        shift(database, timedelta(hours=7))
    raise AssertionError(f"rows are open for ever: {found}")
