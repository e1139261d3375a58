"""What the worker does for the window: its caches are renewed, and what it answered without the register is entered."""

import time
from collections.abc import Callable
from contextlib import suppress
from typing import Final
from uuid import UUID

import psycopg

from limu.access.actions import Connect
from limu.department.store import all_departments
from limu.measure.actions import sync_law
from limu.measure.actions_offline import WAITING, enter_waiting, make_cache
from limu.measure.rules_offline import Cache, offline_of
from limu.wire.apart import PATIENCE, Apart
from limu.wire.box import Box, BoxError
from limu.wire.database import Connection, Database
from limu.wire.halt import Halt
from limu.wire.home import Home
from limu.wire.keys import lock_file
from limu.wire.lawbook import current_book

RENEWED_EVERY: Final = 900.0
LOCK: Final = "window-cache.lock"


def renew_caches(
    connect: Connect, home: Home, *, only: UUID | None = None, breathe: Callable[[], None] = lambda: None
) -> int:
    """Make the cache of every department that has a window, each read as that department; returns how many.

    One renewal of a home at a time, whoever asks: a slow one would put what it read before over what came after it.
    Held if we stop here: each cache is whole, its last or its new one."""
    with lock_file(home.run / LOCK), connect() as connection:
        breathe()
        sync_law(connection, current_book(connection))
        connection.commit()
        departments = [one for one in all_departments(connection) if only in (None, one.id) and not one.is_centre]
        connection.commit()
        made: dict[str, Cache] = {}
        for one in departments:
            breathe()
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
    """The worker's hand for the window: a look a round, and renewals, which read a large register for a minute."""

    def __init__(self, database: Database) -> None:
        self._database, self._halt = database, Halt()
        self._renewed = -RENEWED_EVERY
        self._reading: Connection | None = None
        self._renewal = Apart("window caches", self._renew)

    def do(self) -> None:
        """Enter what waits, and renew the caches when their time has come, here and now."""
        self._enter()
        if self._is_due():
            self._renew()

    def begin(self) -> None:
        """Enter what waits; a renewal goes on beside. Raises what broke the one before."""
        self._enter()
        if self._is_due():
            self._renewal.begin()

    def end(self) -> None:
        """Ask the renewal in work to stop, and wait for that; in the middle of a read the read is broken off."""
        self._halt.ask()
        for _ in range(int(PATIENCE)):
            if self._reading is not None:
                with suppress(psycopg.Error):
                    self._reading.cancel_safe(timeout=1.0)
            if self._renewal.wait(1.0):
                return

    def _is_due(self) -> bool:
        return time.monotonic() - self._renewed >= RENEWED_EVERY

    def _enter(self) -> None:
        # The next round tries again; a check stays on the disk until it is entered.
        with suppress(psycopg.Error, BoxError):
            enter_all(lambda: self._database.connect("app"), self._database.home)

    def _renew(self) -> None:
        # The next round tries again; the caches of before are there until then, each with its age.
        with suppress(psycopg.Error, BoxError):
            renew_caches(self._connect, self._database.home, breathe=self._halt.here)
            self._renewed = time.monotonic()

    def _connect(self) -> Connection:
        self._reading = self._database.connect("app")
        return self._reading
