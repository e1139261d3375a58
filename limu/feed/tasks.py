"""What the worker does for holders beside telling: snapshots that were asked for, webhooks that are due."""

import threading
from contextlib import suppress
from datetime import date
from functools import partial
from typing import Any
from uuid import UUID

import psycopg

from limu.feed import actions_snapshot, store_holder
from limu.feed.actions_hook import HOOK_KEY, send_due
from limu.feed.rules_holder import Holder
from limu.wire.database import Connection, Database
from limu.wire.home import find_home
from limu.wire.keys import key
from limu.wire.outgoing import post, reach_of


def make_snapshot(connection: Connection, body: dict[str, Any]) -> None:
    """Make the snapshot that a holder asked for, unless there is one that is right."""
    holder = store_holder.find_holder(connection, UUID(body["holder"]))
    if holder is not None and holder.is_filled and actions_snapshot.current(connection, find_home(), holder) is None:
        actions_snapshot.make(connection, find_home(), holder)


def push(database: Database) -> int:
    """Send what is due to the webhooks, on a connection of its own: a slow receiver keeps nobody else waiting."""
    with database.connect("app", autocommit=True) as connection:
        sending = partial(post, reach=reach_of(database.home))
        return send_due(connection, post=sending, master=key(database.home, HOOK_KEY))


class Pusher:
    """Pushes beside the worker's other work, one push at a time."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._thread: threading.Thread | None = None

    def begin(self) -> None:
        """Push, unless a push is under way."""
        if self._thread is None or not self._thread.is_alive():
            self._thread = threading.Thread(target=self._push, name="feed push", daemon=True)
            self._thread.start()

    def end(self) -> None:
        """Wait until what is being sent has been sent."""
        if self._thread is not None:
            self._thread.join()

    def _push(self) -> None:
        # The database may go away under us; the next round tries again.
        with suppress(psycopg.Error):
            push(self._database)


def make_daily(database: Database, today: date) -> int:
    """Make a snapshot of every scope in use that has none which is right; tells how many were made."""
    del today
    with database.connect("app", autocommit=True) as connection:
        return sum(_make_daily(connection, holder) for holder in store_holder.all_holders(connection))


def _make_daily(connection: Connection, holder: Holder) -> bool:
    if holder.state != "active" or not holder.is_filled:
        return False
    with connection.transaction():
        if actions_snapshot.current(connection, find_home(), holder) is not None:
            return False
        actions_snapshot.make(connection, find_home(), holder)
    return True
