"""`limu worker`: what must happen after a commit: events get their places in the log, the outbox is emptied."""

import os
import platform
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Annotated, NoReturn

import psycopg
import typer

from limu.access.tasks import end_overdue
from limu.audit.actions import sequence
from limu.cli.errands import Errands
from limu.cli.frame import emit, err, prepared_database
from limu.feed.actions import CHANNEL, tell
from limu.feed.tasks import Pusher
from limu.measure.tasks import Keeper
from limu.reactions_repair import take_receipts
from limu.upward.tasks import work as upward
from limu.wire.database import Database
from limu.wire.exchange import find_exchange

PAUSE = 1.0
LONGEST_PAUSE = 30.0


class Worker:
    """One round: tell holders, sequence, then react. Connections are kept between rounds and closed at the end."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._sequencer = database.connect("sequencer", autocommit=True)
        self._sequencer.execute(f"LISTEN {CHANNEL}")
        self._app = database.connect("app", autocommit=True)
        self._pusher, self._keeper, self._errands = Pusher(database), Keeper(database), Errands(database)
        self._name = f"{platform.node()} {os.getpid()}"

    def round(self) -> int:
        """Do all that waits, here and now; returns how many events stand in the log."""
        return self._round(self._errands.do, self._keeper.do)

    def turn(self) -> int:
        """A round whose long work goes on beside: what ends is told and logged while a file of hours is entered."""
        return self._round(self._errands.begin, self._keeper.begin)

    def _round(self, run_errands: Callable[[], None], keep_windows: Callable[[], None]) -> int:
        tell(self._sequencer)
        self._beat()
        end_overdue(self._database, self._app)
        head = sequence(self._sequencer)
        run_errands()
        keep_windows()
        self._go_up()
        self._pusher.begin()
        return head.size

    def wait(self, seconds: float) -> None:
        """Wait for a change that holders must hear of, or for so many seconds."""
        for _ in self._sequencer.notifies(timeout=seconds, stop_after=1):
            break

    def _go_up(self) -> None:
        """Do a round with the platform above, where there is one."""
        if exchange := find_exchange(os.environ):
            with self._database.connect("app") as connection:
                upward(connection, exchange, react=take_receipts)

    def close(self) -> None:
        """Stop what goes on beside, wait for what is being sent, and close the connections."""
        self._keeper.end()
        self._errands.end()
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


class Shift:
    """A worker that outlives the loss of its database: it says so, waits twice as long each time, and begins anew."""

    def __init__(self, database: Database, *, sleep: Callable[[float], None] = time.sleep) -> None:
        self._database, self._sleep = database, sleep
        self._hand: Worker | None = None
        self._failures = 0

    def turn(self) -> int | None:
        """Do a turn and wait for the next; None if the database was not there for it, or not in time."""
        try:
            self._hand = self._hand or Worker(self._database)
            size = self._hand.turn()
            if self._failures:
                err.print("后台处理已恢复。")
                self._failures = 0
            self._hand.wait(PAUSE)
        except psycopg.OperationalError as lost:
            self._begin_anew(lost)
            return None
        return size

    def close(self) -> None:
        """Close the worker, if one is at work."""
        if self._hand is not None:
            self._hand.close()

    def _begin_anew(self, lost: psycopg.OperationalError) -> None:
        pause = min(PAUSE * 2**self._failures, LONGEST_PAUSE)
        self._failures = min(self._failures + 1, 10)
        why = str(lost).strip().splitlines()
        reason = why[0] if why else type(lost).__name__
        err.print(f"后台处理中断：{reason}；{pause:.0f} 秒后继续，未完成的不会丢失。", highlight=False, markup=False)
        with suppress(psycopg.Error):
            self.close()
        self._hand = None
        self._sleep(pause)


def worker(
    *,
    once: Annotated[bool, typer.Option("--once", help="只做一轮就结束。")] = False,
    as_json: Annotated[bool, typer.Option("--json")] = False,
) -> None:
    """处理提交之后的事：把新事件排入公开日志，清空待办；按 Ctrl-C 停止。"""
    with prepared_database() as database:
        size = _once(database) if once else _until_stopped(database)
    if as_json:
        emit({"log_size": size})


def _once(database: Database) -> int:
    hand = Worker(database)
    try:
        return hand.round()
    finally:
        hand.close()


def _until_stopped(database: Database) -> NoReturn:
    err.print("后台处理已启动（Ctrl-C 停止）")
    shift = Shift(database)
    try:
        while True:
            shift.turn()
    finally:
        shift.close()


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("worker")(worker)
