"""What the worker does for the window: its caches are renewed, and what it answered without the register is entered."""

import time
from typing import Final
from uuid import UUID

import psycopg

from limu.access.actions import Connect
from limu.department.store import all_departments
from limu.measure.actions import sync_law
from limu.measure.actions_offline import WAITING, enter_waiting, make_cache
from limu.measure.rules_offline import Cache, offline_of
from limu.wire.box import Box, BoxError
from limu.wire.database import Database
from limu.wire.home import Home
from limu.wire.lawbook import current_book

RENEWED_EVERY: Final = 900.0


def renew_caches(connect: Connect, home: Home, *, only: UUID | None = None) -> int:
    """Make the cache of every department that has a window, each read as that department; returns how many."""
    with connect() as connection:
        sync_law(connection, current_book(connection))
        connection.commit()
        departments = [one for one in all_departments(connection) if only in (None, one.id) and not one.is_centre]
        connection.commit()
        made: dict[str, Cache] = {}
        for one in departments:
            made[one.region] = make_cache(connection, home, one, like=made.get(one.region))
            connection.rollback()
    return len(departments)


def enter_all(connect: Connect, home: Home, *, department: UUID | None = None) -> int:
    """Enter what waits, each check in a transaction of its own; returns how many were entered now.

    A check is removed from the disk only after its row is committed: a crash between the two enters nothing twice."""
    box, entered = Box(home, WAITING), 0
    for name in box.names():
        content = box.get(name)
        one = offline_of(content) if content is not None else None
        if one is None or department not in (None, one.department):
            continue
        with connect() as connection:
            sync_law(connection, current_book(connection))
            connection.commit()
            enter_waiting(connection, one, connect=connect)
            connection.commit()
        box.drop(name)
        entered += 1
    return entered


class Keeper:
    """The worker's hand for the window, one look a round."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._renewed = -RENEWED_EVERY

    def round(self) -> None:
        """Enter what waits, and renew the caches when their time has come."""
        connect, home = lambda: self._database.connect("app"), self._database.home
        try:
            enter_all(connect, home)
            if time.monotonic() - self._renewed >= RENEWED_EVERY:
                renew_caches(connect, home)
                self._renewed = time.monotonic()
        except (psycopg.Error, BoxError):
            # The next round tries again; a check stays on the disk until it is entered.
            return
