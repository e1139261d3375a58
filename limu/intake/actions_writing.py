"""Chunks written into the ledger, each in a transaction of its own: those of a long file by two connections in turn.

The next chunk is begun while the one before is being written. Its account, the cursor and the commit wait for that
one, so chunks become whole in the order of the file, and no chunk waits for one behind it: what two of them could
wait for (the submission's row, the register's version, rows that wait for a subject) is touched after that alone.
The keys that stand in both were told apart when the later one was made ready (limu.reactions_chunk)."""

from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing, contextmanager
from dataclasses import dataclass
from typing import Any, Protocol
from uuid import UUID

import polars as pl
from psycopg import Connection

from limu.department.store import enter
from limu.intake import store
from limu.intake.actions_ahead import Entered, Entry, Pause, counts_of
from limu.intake.queries import Judged
from limu.intake.rules import Verdict
from limu.wire.database import beside

Chunk = tuple[Judged, Any]


@dataclass(frozen=True, slots=True)
class Work:
    """What the chunks of a file have in common."""

    submission: UUID
    department: UUID
    entry: Entry
    pause: Pause


class Writer(Protocol):
    """Writes the chunks of a file in their order."""

    def write(self, chunk: Chunk) -> None:
        """Write a chunk, or begin to; what went wrong with an earlier one is raised."""


@contextmanager
def writer_of(connection: Connection[Any], work: Work, *, is_long: bool) -> Iterator[Writer]:
    """Lend what writes the chunks of a file; all that was begun is whole, or is not there, when it is given back."""
    if not is_long:
        yield Alone(connection, work)
        return
    with closing(beside(connection)) as second:
        store.share_submission(second, work.submission)
        second.commit()
        pair = Pair(connection, second, work)
        try:
            yield pair
            pair.drain()
        finally:
            pair.close()


class Alone:
    """Writes each chunk before it returns."""

    def __init__(self, connection: Connection[Any], work: Work) -> None:
        self._connection, self._work = connection, work

    def write(self, chunk: Chunk) -> None:
        """Write a chunk; others of its item wait until it is whole."""
        _entered_alone(self._connection, self._work, chunk)


class Pair:
    """Writes the chunks of a file by turns on two connections, each in a thread of its own."""

    def __init__(self, first: Connection[Any], second: Connection[Any], work: Work) -> None:
        self._lanes = [(one, ThreadPoolExecutor(1)) for one in (first, second)]
        self._work, self._begun, self._is_held = work, 0, False
        self._under_way: deque[Future[bool]] = deque()

    def write(self, chunk: Chunk) -> None:
        """Begin a chunk, once the one before the last is whole; others of the item who wait have their turn first."""
        if not self._is_held:
            self._hold()
        elif len(self._under_way) == len(self._lanes) and self._under_way.popleft().result():
            self.drain()
            self._let_go()
            self._hold()
        connection, thread = self._lanes[self._begun % len(self._lanes)]
        before = self._under_way[-1] if self._under_way else None
        self._under_way.append(thread.submit(_entered_beside, connection, self._work, chunk, before=before))
        self._begun += 1

    def drain(self) -> None:
        """Wait until all that was begun is whole."""
        while self._under_way:
            self._under_way.popleft().result()

    def close(self) -> None:
        """Wait for what is under way, whatever becomes of it, and let others of the item go on."""
        for _, thread in self._lanes:
            thread.shutdown()
        if self._is_held and not self._lanes[0][0].closed:
            self._let_go()

    def _hold(self) -> None:
        connection, _ = self._lanes[0]
        self._work.entry.hold(connection)
        connection.commit()
        self._is_held = True

    def _let_go(self) -> None:
        connection, _ = self._lanes[0]
        connection.rollback()
        self._work.entry.let_go(connection)
        connection.commit()
        self._is_held = False


def _entered_alone(connection: Connection[Any], work: Work, chunk: Chunk) -> None:
    judged, prepared = chunk
    _begin(connection, work)
    entered = None if _is_empty(prepared) else work.entry.enter(connection, prepared, work.pause)
    _end(connection, work, judged, entered=entered)


def _entered_beside(connection: Connection[Any], work: Work, chunk: Chunk, *, before: Future[bool] | None) -> bool:
    """Tell whether others of the item wait to enter theirs."""
    judged, prepared = chunk

    def wait() -> None:
        if before is not None:
            before.result()

    _begin(connection, work)
    if not _is_empty(prepared):
        prepared = work.entry.write(connection, prepared, pause=work.pause, wait=wait)
    wait()
    entered = None if _is_empty(prepared) else work.entry.settle(connection, prepared, work.pause)
    is_awaited = work.entry.is_awaited(connection)
    _end(connection, work, judged, entered=entered)
    return is_awaited


def _is_empty(prepared: Any) -> bool:
    # A chunk of which no row was accepted comes as it was judged.
    return isinstance(prepared, pl.DataFrame)


def _begin(connection: Connection[Any], work: Work) -> None:
    connection.rollback()
    enter(connection, department=work.department)


def _end(connection: Connection[Any], work: Work, judged: Judged, *, entered: Entered | None) -> None:
    """Write the verdicts, the account and the cursor, and commit: until here nothing of the chunk is there."""
    counts, problems = counts_of(judged, entered), list[tuple[int, Verdict, tuple[str, ...]]]()
    if entered is not None:
        refusals = entered.refusals
        problems = [(row, why, (refusals.get(row, why),)) for row, why in entered.problem_rows]
    assert counts.adds_up(), counts
    refused: list[tuple[int, Verdict, tuple[str, ...]]] = [(row, "refused", codes) for row, codes in judged.refused]
    store.insert_rows(connection, submission=work.submission, department=work.department, rows=refused + problems)
    store.add_chunk(connection, work.submission, chunks_done=judged.number + 1, counts=counts)
    work.pause("before_commit")
    connection.commit()
    work.pause("after_commit")
