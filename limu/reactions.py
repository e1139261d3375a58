"""What follows what: the one table from act to consequences, in the transaction and after it.

| act                  | in the transaction (set-wise)                        | after commit      |
|----------------------|------------------------------------------------------|-------------------|
| a chunk is checked   | publication decided, subjects found, ledger entered  | log places given  |
| a link is judged     | ledger entered, waiting row settled                  | log places given  |
| a judgement undone   | record unlinked, publication ended, row waits again  | log places given  |
| a record withdrawn   | event appended, publication ended                    | log places given  |

Each of them moves the register's version on, in the same transaction. Giving log places needs no message: the
sequencer finds the events that have none (audit/actions.py), so a crash between the two columns loses nothing.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal
from uuid import UUID

import polars as pl
from psycopg import Connection

from limu.department.rules import NOT_THERE, Department, Officer, Refusal, authorise
from limu.intake.rules import Submission
from limu.law.book import LawBook
from limu.ledger import actions as ledger
from limu.ledger import store as ledger_store
from limu.ledger.rules import Chunk, ChunkCounts, Happened
from limu.linking import actions as linking
from limu.publication import store as publication
from limu.publication.rules import decide_frame
from limu.record.item import Item
from limu.wire.clock import register_today

Pause = Callable[[str], None]

SAME_PERSON = Refusal("L-201", "停止公示须由两人办理，不能由同一人的两个账号完成。", "请由另一名复核员确认。")
ALREADY_ENDED = Refusal("L-202", "该记录已经停止公示。", "无需重复办理；可查看其历史。")


@dataclass(frozen=True, slots=True)
class Reporting:
    """Whose file is being entered: the submission, its item and region, and what it says it is."""

    submission: UUID
    department: UUID
    region: str
    item: Item
    officer: UUID
    intent: Literal["report", "correction"] = "report"


@dataclass(frozen=True, slots=True)
class LedgerEntry:
    """Enters chunks of a submission; satisfies limu.intake.actions.Entry, which knows nothing of the ledger."""

    reporting: Reporting
    law: LawBook
    today: date

    def prepare(self, frame: pl.DataFrame) -> pl.DataFrame:
        """Decide publication for every row."""
        return prepare_chunk(frame, reporting=self.reporting, law=self.law, today=self.today)

    def enter(self, connection: Connection[Any], frame: pl.DataFrame, pause: Pause) -> ChunkCounts:
        """Link, enter and publish."""
        return enter_chunk(connection, reporting=self.reporting, frame=frame, pause=pause)


def entry_factory(
    department: Department, item: Item, *, law: LawBook, today: date
) -> Callable[[Submission], LedgerEntry]:
    """Return what makes the ledger's entry for a submission of a department and an item."""

    def entry_for(submission: Submission) -> LedgerEntry:
        intent: Literal["report", "correction"] = "correction" if submission.intent == "correction" else "report"
        reporting = Reporting(submission.id, department.id, department.region, item, submission.officer, intent)
        return LedgerEntry(reporting, law, today)

    return entry_for


def prepare_chunk(frame: pl.DataFrame, *, reporting: Reporting, law: LawBook, today: date) -> pl.DataFrame:
    """Decide publication for every row of a chunk; pure, so it may run while the chunk before is being written.

    `law` is the deployment's (wire/lawbook.py: current_book)."""
    return decide_frame(frame, item=reporting.item, law=law, region=reporting.region, today=today)


def enter_chunk(
    connection: Connection[Any], *, reporting: Reporting, frame: pl.DataFrame, pause: Pause = lambda _: None
) -> ChunkCounts:
    """Carry a prepared chunk into the ledger, linked and published as the law says; the caller commits.

    `pause` is told each point where a test may kill us; held there: nothing of the chunk."""
    chunk = Chunk(
        reporting.submission, reporting.department, reporting.item.code, reporting.item.version, reporting.officer,
        reporting.intent,
    )  # fmt: skip
    ledger_store.clear_staging(connection)
    ledger_store.copy_entries(connection, submission=reporting.submission, frame=frame)
    pause("chunk_copied")
    linking.link_chunk(connection, reporting.submission)
    pause("chunk_linked")
    counts = ledger.enter_chunk(connection, chunk)
    if reporting.intent == "correction":
        _supersede(connection, chunk, officer=reporting.officer)
    pause("chunk_entered")
    ledger_store.bump_register(connection)
    return counts


def _supersede(connection: Connection[Any], chunk: Chunk, *, officer: UUID) -> None:
    for record, subject in ledger_store.predecessors(connection, chunk):
        _end(
            connection,
            Happened(record, subject, chunk.department, "record_superseded", (officer,), "报送单位更正"),
        )


def withdraw_record(
    connection: Connection[Any],
    *,
    record: UUID,
    officer: Officer,
    second: Officer,
    kind: Literal["record_withdrawn", "record_revoked"],
    reason: str,
    citation: str,
) -> Refusal | None:
    """End a record everywhere because its decision fell, or it should not have been reported: two people, one act."""
    stored = ledger_store.find_record(connection, record, lock=True)
    if stored is None:
        return NOT_THERE
    for one in (officer, second):
        if refusal := authorise(one, "withdraw", stored.department):
            return refusal
    if officer.person == second.person:
        return SAME_PERSON
    if not ledger_store.is_open(connection, subject=stored.subject, record=record):
        return ALREADY_ENDED
    officers = (officer.id, second.id)
    _end(connection, Happened(record, stored.subject, stored.department, kind, officers, reason, citation))
    ledger_store.bump_register(connection)
    return None


def unlink_record(connection: Connection[Any], *, record: UUID, officers: tuple[UUID, ...], reason: str) -> None:
    """Take a record off the subject it was wrongly linked to; the linking room opens the waiting row again."""
    stored = ledger_store.find_record(connection, record, lock=True)
    if stored is None:
        return
    _end(connection, Happened(record, stored.subject, stored.department, "record_unlinked", officers, reason))
    ledger_store.bump_register(connection)


def enter_judged(connection: Connection[Any], *, pending: UUID, subject: UUID, reporting: Reporting) -> ChunkCounts:
    """Enter one waiting row under the subject that an officer found: the same path as a chunk of one row."""
    chunk = Chunk(
        reporting.submission,
        reporting.department,
        reporting.item.code,
        reporting.item.version,
        reporting.officer,
    )
    ledger_store.clear_staging(connection)
    ledger_store.stage_pending(connection, pending=pending, subject=subject)
    counts = ledger.enter_chunk(connection, chunk)
    ledger_store.bump_register(connection)
    return counts


def _end(connection: Connection[Any], what: Happened) -> None:
    ledger.append(connection, what, effective_on=register_today(connection))
    publication.end(connection, subject=what.subject, record=what.record, reason=what.kind)
