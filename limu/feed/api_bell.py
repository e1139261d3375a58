"""Waiting for the next timepoint without holding a connection: one listener for each process rings for all who wait."""

import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache

import psycopg

from limu.wire.database import NoDatabaseError, connect

WAITERS = int(os.environ.get("LIMU_FEED_WAITERS", "8"))
SLOTS = threading.BoundedSemaphore(max(WAITERS, 1))
AGAIN = 1.0


class Bell:
    """Rings when a timepoint was given. It may ring for nothing; it never keeps silent for longer than a second."""

    def __init__(self, name: str) -> None:
        self._rung = threading.Condition()
        self._last = 0
        threading.Thread(target=self._listen, name=f"feed bell {name}", daemon=True).start()

    def wait(self, after: int, seconds: float) -> None:
        """Wait until a later timepoint than this was given, or for so many seconds at most."""
        with self._rung:
            if self._last <= after:
                self._rung.wait(min(seconds, AGAIN))

    def _listen(self) -> None:
        while True:
            try:
                with connect("app", autocommit=True) as connection:
                    connection.execute("LISTEN limu_feed_told")
                    for heard in connection.notifies():
                        self._ring(int(heard.payload))
            except (psycopg.Error, NoDatabaseError):
                # The database went away: whoever waits looks for itself each second meanwhile.
                time.sleep(AGAIN)

    def _ring(self, timepoint: int) -> None:
        with self._rung:
            self._last = max(self._last, timepoint)
            self._rung.notify_all()


@cache
def bell(name: str) -> Bell:
    """The bell of this process for a database."""
    return Bell(name)


@contextmanager
def waiting_place() -> Iterator[bool]:
    """Take a place among those who may wait; without one, an answer is given at once."""
    is_free = SLOTS.acquire(blocking=False)
    try:
        yield is_free
    finally:
        if is_free:
            SLOTS.release()
