"""The worker's errands: the outbox and the work of a day, which may take minutes and keep nothing else waiting."""

from collections.abc import Callable, Mapping
from datetime import date
from functools import partial
from typing import Any

from limu.audit.tasks import recompute_log
from limu.feed.tasks import make_daily, make_snapshot
from limu.intake.tasks import count_lags, destroy_old_files, enter_submission, write_workbook
from limu.reactions_chunk import entry_factory
from limu.reactions_listing import tell_expired
from limu.repair.tasks import destroy_old_drafts, destroy_unnamed
from limu.wire.apart import PATIENCE, Apart
from limu.wire.clock import register_today
from limu.wire.database import Connection, Database
from limu.wire.halt import Halt
from limu.wire.outbox import ATTEMPTS

Reaction = Callable[[Connection, dict[str, Any]], None]

# What is done once on each day of the register, safe to repeat.
DAILY: tuple[Callable[[Database, date], object], ...] = (
    destroy_old_files,
    make_daily,
    tell_expired,
    destroy_old_drafts,
    destroy_unnamed,
)


class Errands:
    """All that waits, done one after the other: here and now, or in a thread of its own."""

    def __init__(self, database: Database) -> None:
        self._database, self._swept_on, self._halt = database, date.min, Halt()
        self._app = database.connect("app", autocommit=True)
        self._apart = Apart("errands", self.do)
        # What follows each kind of outbox row. A kind without a reaction stays in view, with the reason.
        self._reactions: Mapping[str, Reaction] = {
            "enter_submission": partial(enter_submission, entry_factory=entry_factory, breathe=self._breathe),
            "feed_snapshot": make_snapshot,
            "recompute_log": recompute_log,
            "write_workbook": partial(write_workbook, breathe=self._breathe),
        }

    def do(self) -> None:
        """Do what waits, and the work of the day when the register's day has changed."""
        while self._react():
            self._halt.here()
        count_lags(self._app)
        self._sweep()

    def begin(self) -> None:
        """Go on in a thread, unless an errand is under way; raises what broke the one before."""
        self._apart.begin()

    def end(self) -> None:
        """Ask the errand in work to stop, and wait for that."""
        self._halt.ask()
        if self._apart.wait(PATIENCE):
            self._app.close()

    def _breathe(self) -> None:
        """Let a long errand stop here, and show the server that its row is in hand: it hangs up on who is idle long."""
        self._halt.here()
        self._app.execute("SELECT")

    def _sweep(self) -> None:
        """Do the daily work once the register's day has changed; a day that steps back brings none anew."""
        today = register_today(self._app)
        if today > self._swept_on:
            for chore in DAILY:
                chore(self._database, today)
                self._halt.here()
            self._swept_on = today

    def _react(self) -> bool:
        """Take one waiting row under a lock, so that two workers never do the same; tell whether there was one."""
        with self._app.transaction():
            row = self._app.execute(
                "SELECT id, kind, body FROM limu.outbox WHERE done_at IS NULL AND attempts < %s"
                " ORDER BY created_at LIMIT 1 FOR UPDATE SKIP LOCKED",
                [ATTEMPTS],
            ).fetchone()
            if row is None:
                return False
            failure = self._try(row)
            # Held at a crash: the row is still waiting; reactions are safe to repeat.
            self._app.execute(
                "UPDATE limu.outbox SET attempts = attempts + 1, failure = %s,"
                " done_at = CASE WHEN %s::text IS NULL THEN limu.register_now() END WHERE id = %s",
                [failure, failure, row["id"]],
            )
        return failure is None

    def _try(self, row: dict[str, Any]) -> str | None:
        reaction = self._reactions.get(row["kind"])
        if reaction is None:
            return f"no reaction to {row['kind']}"
        try:
            with self._app.transaction():
                reaction(self._app, row["body"])
        except Exception as failure:  # noqa: BLE001 - whatever it was, the row keeps its reason and is tried again
            return type(failure).__name__
        return None
