"""A chunk of a reported file on its way into the ledger: decided, made ready, written."""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any, Literal
from uuid import UUID

import polars as pl
from psycopg import Connection
from psycopg.errors import UniqueViolation

from limu.department.rules import Department
from limu.intake.rules import Submission
from limu.law.book import LawBook
from limu.ledger import actions_entering as entering
from limu.ledger import store as ledger_store
from limu.ledger import store_waiting as waiting
from limu.ledger.actions_entering import Bulk, Staged
from limu.ledger.rules import Chunk, ChunkCounts, Happened
from limu.ledger.rules_marks import Marks, joined
from limu.ledger.store_copy import marks_of
from limu.ledger.store_relink import ended_rows_of
from limu.linking import actions as linking
from limu.linking.actions import Settled
from limu.publication.rules import Memory, decide_frame
from limu.reactions_change import happen
from limu.reactions_restore import tell_resent
from limu.record.item import Item
from limu.upward import store as upward

Pause = Callable[[str], None]
Wait = Callable[[], None]


@dataclass(frozen=True, slots=True)
class Reporting:
    """Whose file is being entered: the submission, its item and region, and what it says it is."""

    submission: UUID
    department: UUID
    region: str
    item: Item
    officer: UUID
    intent: Literal["report", "correction"] = "report"

    def chunk(self) -> Chunk:
        """What the ledger is told of it."""
        return Chunk(
            self.submission, self.department, self.item.code, self.item.version, self.officer, self.intent
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Prepared:
    """A chunk ready to be written, with the rows it was made of and the subjects found for them."""

    frame: pl.DataFrame
    staged: Staged
    bulk: Bulk
    links: pl.DataFrame


@dataclass(slots=True)
class LedgerEntry:
    """Enters chunks of a submission; satisfies limu.intake.actions.Entry, which knows nothing of the ledger."""

    reporting: Reporting
    law: LawBook
    today: date
    memory: Memory = field(default_factory=Memory)
    settled: Settled = field(default_factory=Settled)
    # The keys of chunks that may not be committed yet: two are being written, one waits, the next is made ready.
    on_their_way: deque[pl.DataFrame] = field(default_factory=lambda: deque(maxlen=3))
    marks: Marks | None = None
    # The keys that waited before this file, while nobody else can add one.
    waited: pl.DataFrame | None = None
    is_held: bool = False

    def decide(self, frame: pl.DataFrame) -> pl.DataFrame:
        """Decide publication for every row."""
        return prepare_chunk(frame, reporting=self.reporting, law=self.law, today=self.today, memory=self.memory)

    def stage(self, connection: Connection[Any], frame: pl.DataFrame) -> Prepared:
        """Link the rows and make their texts; reads only, so it may run on a connection of its own."""
        before = tuple(self.on_their_way)
        if len(before) == 1 and self.marks is None:
            # Its second chunk: a file of many rows, most of which will be new.
            self.marks = marks_of(connection, self.reporting.chunk())
            self._mark(before[0])
        prepared = stage_chunk(
            connection, reporting=self.reporting, frame=frame, before=before, settled=self.settled, marks=self.marks
        )
        self.on_their_way.append(prepared.staged.keys)
        self._mark(prepared.staged.keys)
        return prepared

    def _mark(self, rows: pl.DataFrame) -> None:
        if self.marks is not None:
            self.marks.add(joined(rows.get_column("natural_key")))

    def enter(self, connection: Connection[Any], prepared: Prepared, pause: Pause) -> ChunkCounts:
        """Write the chunk and what follows, with nobody else entering rows of the item meanwhile."""
        ledger_store.lock_item(connection, department=self.reporting.department, item=self.reporting.item.code)
        return self.settle(connection, self.write(connection, prepared, pause=pause), pause)

    def hold(self, connection: Connection[Any]) -> None:
        """Be the only one to enter rows of the item until it is let go."""
        ledger_store.hold_item(connection, department=self.reporting.department, item=self.reporting.item.code)
        self.is_held = True

    def let_go(self, connection: Connection[Any]) -> None:
        """Let others enter rows of the item."""
        self.is_held, self.waited = False, None
        ledger_store.let_item_go(connection, department=self.reporting.department, item=self.reporting.item.code)

    def is_awaited(self, connection: Connection[Any]) -> bool:
        """Whether somebody waits for the item to be let go."""
        reporting = self.reporting
        return ledger_store.is_item_awaited(connection, department=reporting.department, item=reporting.item.code)

    def write(
        self, connection: Connection[Any], prepared: Prepared, *, pause: Pause, wait: Wait = lambda: None
    ) -> Prepared:
        """Write records, events and what is shown of them."""
        return write_chunk(connection, reporting=self.reporting, prepared=prepared, pause=pause, wait=wait)

    def settle(self, connection: Connection[Any], prepared: Prepared, pause: Pause) -> ChunkCounts:
        """Write what follows; the subject of what has ended is told that it was sent again."""
        keys = waiting.keys_waiting(connection, prepared.staged.chunk) if self.waited is None else self.waited
        self.waited = keys if self.is_held else None
        counts = settle_chunk(connection, reporting=self.reporting, prepared=prepared, waited=keys, pause=pause)
        tell_resent(connection, department=self.reporting.department, rows=counts.ended_rows)
        return counts

    def ended(self, connection: Connection[Any], *, tell: bool) -> dict[int, str]:
        """Tell which rows of this submission have ended since it came in."""
        rows = ended_rows_of(connection, department=self.reporting.department, submission=self.reporting.submission)
        if tell:
            tell_resent(connection, department=self.reporting.department, rows=rows)
        return {row.row_number: f"ended_{row.ended_as}" for row in rows}


def entry_factory(
    department: Department, item: Item, *, law: LawBook, today: date
) -> Callable[[Submission], LedgerEntry]:
    """Return what makes the ledger's entry for a submission of a department and an item."""

    def entry_for(submission: Submission) -> LedgerEntry:
        intent: Literal["report", "correction"] = "correction" if submission.intent == "correction" else "report"
        reporting = Reporting(submission.id, department.id, department.region, item, submission.officer, intent)
        return LedgerEntry(reporting, law, today)

    return entry_for


def prepare_chunk(
    frame: pl.DataFrame, *, reporting: Reporting, law: LawBook, today: date, memory: Memory | None = None
) -> pl.DataFrame:
    """Decide publication for every row of a chunk; pure, so it may run while the chunk before is being written.

    `law` is the deployment's (wire/lawbook.py: current_book); `memory` keeps decisions for the chunks after."""
    return decide_frame(frame, item=reporting.item, law=law, region=reporting.region, today=today, memory=memory)


def enter_chunk(
    connection: Connection[Any], *, reporting: Reporting, frame: pl.DataFrame, pause: Pause = lambda _: None
) -> ChunkCounts:
    """Carry a prepared chunk into the ledger, linked and published as the law says; the caller commits."""
    prepared = stage_chunk(connection, reporting=reporting, frame=frame)
    ledger_store.lock_item(connection, department=reporting.department, item=reporting.item.code)
    prepared = write_chunk(connection, reporting=reporting, prepared=prepared, pause=pause)
    waited = waiting.keys_waiting(connection, prepared.staged.chunk)
    return settle_chunk(connection, reporting=reporting, prepared=prepared, waited=waited, pause=pause)


def stage_chunk(
    connection: Connection[Any], *, reporting: Reporting, frame: pl.DataFrame, before: tuple[pl.DataFrame, ...] = (),
    settled: Settled | None = None, marks: Marks | None = None,
) -> Prepared:  # fmt: skip
    """Link the rows of a chunk and make the bytes that will be written of them; changes nothing."""
    sent = reporting.department, reporting.item.code
    found = linking.find_subjects(connection, frame, sent=sent, settled=settled)
    linked = frame.join(found.links, on="row_number", maintain_order="left")
    waits = frame.join(linking.doubt_frame(found.doubts), on="row_number", maintain_order="left")
    staged = entering.stage_rows(
        connection, reporting.chunk(), linked=linked, waiting=waits, before=before, marks=marks
    )
    bulk = entering.pack(staged)
    # The bytes hold what enters: to keep its rows as well takes some tens of megabytes a chunk.
    return Prepared(frame, replace(staged, entering=staged.entering.clear()), bulk, found.links)


def write_chunk(
    connection: Connection[Any], *, reporting: Reporting, prepared: Prepared, pause: Pause = lambda _: None,
    wait: Wait = lambda: None,
) -> Prepared:  # fmt: skip
    """Write what a chunk that was made ready brings: records, events, publication; the caller commits.

    The caller is the only one to enter rows of the item; the chunk before may still be under way elsewhere, and `wait`
    returns once it is whole. `pause` is told each point where a test may kill us; held there: nothing of the chunk."""
    pause("chunk_linked")
    prepared = _records_written(connection, reporting=reporting, prepared=prepared, wait=wait)
    pause("chunk_copied")
    entering.write_events(connection, prepared.staged.chunk, prepared.bulk)
    return prepared


def settle_chunk(
    connection: Connection[Any], *, reporting: Reporting, prepared: Prepared, waited: pl.DataFrame,
    pause: Pause = lambda _: None,
) -> ChunkCounts:  # fmt: skip
    """Write what follows from a chunk: waiting rows, what it replaces, what goes up; the chunk before is whole.

    `waited` are the keys of rows that waited for a subject before this submission."""
    staged = prepared.staged
    counts = _waiting_written(connection, prepared, waited)
    for record, subject in staged.replaced:
        said = (reporting.officer,), "报送单位更正"
        happen(connection, Happened(record, subject, reporting.department, "record_superseded", *said))
    upward.note_entered(connection, reporting.submission, first_row=_first_row(prepared.frame))
    pause("chunk_entered")
    ledger_store.bump_register(connection)
    return counts


def _first_row(frame: pl.DataFrame) -> int:
    # What lies before was noted with the chunk that brought it.
    return int(frame.select(pl.col("row_number").min()).item() or 0)


def _waiting_written(connection: Connection[Any], prepared: Prepared, waited: pl.DataFrame) -> ChunkCounts:
    """Keep the rows that have no subject yet; close those that came again with more."""
    staged = prepared.staged
    counts = entering.account_for(connection, staged)
    if not waited.height:
        return counts
    coded = prepared.frame.filter(pl.col("party_uscc").is_not_null())
    overtaking = coded.join(waited, on="natural_key", how="semi")
    if overtaking.height:
        found = overtaking.join(prepared.links, on="row_number", how="left")
        waiting.settle_overtaken(connection, staged.chunk, found)
    return counts


def _records_written(connection: Connection[Any], *, reporting: Reporting, prepared: Prepared, wait: Wait) -> Prepared:
    """Write the records; where another submission entered one of the keys meanwhile, look again and write the rest."""
    try:
        with connection.transaction():
            entering.write_records(connection, prepared.bulk)
    except UniqueViolation:
        wait()
        prepared = stage_chunk(connection, reporting=reporting, frame=prepared.frame)
        entering.write_records(connection, prepared.bulk)
    return prepared
