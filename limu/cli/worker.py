"""`limu worker`: what must happen after a commit: events get their places in the log, the outbox is emptied."""

import os
import platform
from collections.abc import Callable, Mapping
from datetime import date
from functools import partial
from typing import Annotated, Any

import typer

from limu.access.tasks import end_overdue
from limu.audit.actions import sequence
from limu.audit.tasks import recompute_log
from limu.cli.frame import emit, err, prepared_database
from limu.feed.actions import CHANNEL, tell
from limu.feed.tasks import Pusher, make_daily, make_snapshot
from limu.intake.tasks import destroy_old_files, enter_submission
from limu.measure.tasks import Keeper
from limu.reactions_chunk import entry_factory
from limu.reactions_listing import tell_expired
from limu.reactions_repair import take_receipts
from limu.repair.tasks import destroy_old_drafts, destroy_unnamed
from limu.upward.tasks import work as upward
from limu.wire.clock import register_today
from limu.wire.database import Connection, Database
from limu.wire.exchange import find_exchange

PAUSE = 1.0
ATTEMPTS = 10

# What follows each kind of outbox row. A kind without a reaction stays in view, with the reason.
REACTIONS: Mapping[str, Callable[[Connection, dict[str, Any]], None]] = {
    "enter_submission": partial(enter_submission, entry_factory=entry_factory),
    "feed_snapshot": make_snapshot,
    "recompute_log": recompute_log,
}

# What is done once on each day of the register, safe to repeat.
DAILY: tuple[Callable[[Database, date], object], ...] = (
    destroy_old_files,
    make_daily,
    tell_expired,
    destroy_old_drafts,
    destroy_unnamed,
)


class Worker:
    """One round: tell holders, sequence, then react. Connections are kept between rounds and closed at the end."""

    def __init__(self, database: Database) -> None:
        self._database, self._swept_on = database, date.min
        self._database = database
        self._sequencer = database.connect("sequencer", autocommit=True)
        self._sequencer.execute(f"LISTEN {CHANNEL}")
        self._app = database.connect("app", autocommit=True)
        self._pusher, self._keeper = Pusher(database), Keeper(database)
        self._name = f"{platform.node()} {os.getpid()}"

    def round(self) -> int:
        """Do what is waiting; returns how many events stand in the log."""
        tell(self._sequencer)
        self._beat()
        end_overdue(self._database, self._app)
        head = sequence(self._sequencer)
        while self._react():
            pass
        self._sweep()
        self._keeper.round()
        self._go_up()
        self._pusher.begin()
        return head.size

    def wait(self, seconds: float) -> None:
        """Wait for a change that holders must hear of, or for so many seconds."""
        for _ in self._sequencer.notifies(timeout=seconds, stop_after=1):
            break

    def _sweep(self) -> None:
        """Do the daily work once the register's day has changed; a day that steps back brings none anew."""
        today = register_today(self._app)
        if today > self._swept_on:
            for chore in DAILY:
                chore(self._database, today)
            self._swept_on = today

    def _go_up(self) -> None:
        """Do a round with the platform above, where there is one."""
        if exchange := find_exchange(os.environ):
            with self._database.connect("app") as connection:
                upward(connection, exchange, react=take_receipts)

    def close(self) -> None:
        """Wait for what is being sent, and close both connections."""
        self._pusher.end()
        self._sequencer.close()
        self._app.close()

    def _beat(self) -> None:
        """Say that this worker is at work; who has not been seen for a day is forgotten."""
        self._app.execute(
            "INSERT INTO limu.worker_beat (worker) VALUES (%s)"
            " ON CONFLICT (worker) DO UPDATE SET seen_at = limu.register_now()",
            [self._name],
        )
        self._app.execute("DELETE FROM limu.worker_beat WHERE seen_at < limu.register_now() - interval '1 day'")

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
        reaction = REACTIONS.get(row["kind"])
        if reaction is None:
            return f"no reaction to {row['kind']}"
        try:
            with self._app.transaction():
                reaction(self._app, row["body"])
        except Exception as failure:  # noqa: BLE001 - whatever it was, the row keeps its reason and is tried again
            return type(failure).__name__
        return None


def worker(
    *,
    once: Annotated[bool, typer.Option("--once", help="只做一轮就结束。")] = False,
    as_json: Annotated[bool, typer.Option("--json")] = False,
) -> None:
    """处理提交之后的事：把新事件排入公开日志，清空待办；按 Ctrl-C 停止。"""
    with prepared_database() as database:
        hand = Worker(database)
        try:
            size = hand.round()
            if not once:
                err.print("后台处理已启动（Ctrl-C 停止）")
            while not once:
                hand.wait(PAUSE)
                size = hand.round()
        finally:
            hand.close()
    if as_json:
        emit({"log_size": size})


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("worker")(worker)
