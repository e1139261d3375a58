"""The chunks of a file made ready while the chunk before is being written: judged, decided and staged in turn."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from typing import Any, Protocol, TypeVar
from uuid import UUID

import polars as pl
from psycopg import Connection

from limu.department.store import enter
from limu.intake.queries import Judged
from limu.intake.rules import Counts, Verdict
from limu.wire.database import beside

Pause = Callable[[str], None]
Wait = Callable[[], None]
T = TypeVar("T")
LEAST_ROW = 100
"""Bytes that a row of a file has at least, roughly: a file that may have a second chunk is made ready beside."""


class Entered(Protocol):
    """What the ledger answers for a chunk (limu.ledger.rules.ChunkCounts)."""

    @property
    def accepted(self) -> int:
        """Rows that became records or wait for a subject."""

    @property
    def duplicate(self) -> int:
        """Rows that are there already."""

    @property
    def conflict(self) -> int:
        """Rows whose key is there with other content."""

    @property
    def linked(self) -> int:
        """Records of a known subject."""

    @property
    def unlinked(self) -> int:
        """Rows that wait for a subject."""

    @property
    def published(self) -> int:
        """Records that the law shows."""

    @property
    def withheld(self) -> int:
        """Records kept and not shown."""

    @property
    def problem_rows(self) -> list[tuple[int, Verdict]]:
        """Each row that did not enter, with why."""

    @property
    def refused(self) -> int:
        """Rows of what has ended, which do not come back by being sent again."""

    @property
    def refusals(self) -> dict[int, str]:
        """The code of each of them."""


class Entry(Protocol):
    """What follows when a chunk is entered; limu.reactions knows, this room does not (house.md 3)."""

    def decide(self, frame: pl.DataFrame) -> pl.DataFrame:
        """Decide publication; pure, so it runs while the chunk before is being written."""

    def stage(self, connection: Connection[Any], frame: pl.DataFrame) -> Any:
        """Make a decided chunk ready for writing; reads only, so it may run beside, in its order."""

    def enter(self, connection: Connection[Any], prepared: Any, pause: Pause) -> Entered:
        """Write and settle the chunk that was made ready, with nobody else entering rows of the item meanwhile."""

    def hold(self, connection: Connection[Any]) -> None:
        """Be the only one to enter rows of the item until it is let go, whatever connection writes."""

    def let_go(self, connection: Connection[Any]) -> None:
        """Let others enter rows of the item."""

    def is_awaited(self, connection: Connection[Any]) -> bool:
        """Whether somebody waits for the item to be let go."""

    def write(self, connection: Connection[Any], prepared: Any, *, pause: Pause, wait: Wait) -> Any:
        """Write what a chunk brings, in the caller's transaction; returns it as it was written.

        It may run while the chunk before is written elsewhere; `wait` returns once that one is whole."""

    def settle(self, connection: Connection[Any], prepared: Any, pause: Pause) -> Entered:
        """Write what follows from the chunk, after the one before is whole; returns its account."""

    def ended(self, connection: Connection[Any], *, tell: bool) -> dict[int, str]:
        """Rows of this submission whose records have ended since, each with its code; `tell` tells their subjects."""


def counts_of(judged: Judged, entered: Entered | None) -> Counts:
    """The account of a chunk: what the checks refused, and what the ledger answered if any row came to it."""
    if entered is None:
        return Counts(received=judged.entries, refused=len(judged.refused))
    names = ("accepted", "duplicate", "conflict", "linked", "unlinked", "published", "withheld")
    told = {name: getattr(entered, name) for name in names}
    return Counts(received=judged.entries, refused=len(judged.refused) + entered.refused, **told)


@contextmanager
def made_ready(
    connection: Connection[Any], entry: Entry, *, decided: Iterator[tuple[Judged, pl.DataFrame | None]],
    department: UUID, is_long: bool,
) -> Iterator[Iterator[tuple[Judged, Any]]]:  # fmt: skip
    """Lend the chunks of a file made ready for writing: a long file's beside, on a connection that reads ahead."""
    if not is_long:
        yield _made_ready(connection, entry, decided=decided, department=department)
        return
    with (
        closing(beside(connection)) as side,
        closing(Ahead(_made_ready(side, entry, decided=decided, department=department))) as coming,
    ):
        yield coming


def _made_ready(
    connection: Connection[Any], entry: Entry, *, decided: Iterator[tuple[Judged, pl.DataFrame | None]],
    department: UUID,
) -> Iterator[tuple[Judged, Any]]:  # fmt: skip
    for judged, frame in decided:
        if frame is None or not frame.height:
            yield judged, frame
            continue
        enter(connection, department=department)
        prepared = entry.stage(connection, frame)
        connection.rollback()
        yield judged, prepared


class Ahead(Iterator[T]):
    """Makes the next item in a thread while the present one is in work; one ahead, so memory stays bounded.

    It begins at once. Closing it waits for the item in work and throws that away."""

    def __init__(self, items: Iterator[T]) -> None:
        self._items, self._worker = items, ThreadPoolExecutor(1)
        self._coming = self._worker.submit(next, items, None)

    def __next__(self) -> T:
        item = self._coming.result()
        if item is None:
            raise StopIteration
        self._coming = self._worker.submit(next, self._items, None)
        return item

    def close(self) -> None:
        """End the thread."""
        self._worker.shutdown()
