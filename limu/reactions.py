"""What follows what: the one table from act to consequences, in the transaction and after it.

| act                      | in the transaction (set-wise)                                  | after commit (outbox)      |
|--------------------------|----------------------------------------------------------------|----------------------------|
| a chunk is checked       | publication decided, subjects found, ledger entered, version up | events get their log places |
| an officer judges a link | ledger entered, waiting row settled, version up                 | events get their log places |
| a judgement is undone    | record unlinked, publication ended, waiting row opened again    | events get their log places |
| a record is withdrawn    | event appended, publication ended, version up                   | events get their log places |
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any, Literal
from uuid import UUID

import polars as pl
from psycopg import Connection

from limu.department.rules import NOT_THERE, Officer, Refusal, authorise
from limu.law.book import LawBook
from limu.ledger import actions as ledger
from limu.ledger import store as ledger_store
from limu.ledger.rules import Chunk, ChunkCounts
from limu.linking import actions as linking
from limu.publication import store as publication
from limu.publication.rules import decide_frame
from limu.record.event import EventKind
from limu.record.item import Item
from limu.wire.clock import register_today
from limu.wire.statutes import read_law_texts

Pause = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Reporting:
    """Whose file is being entered: the submission, its item and region, and what it says it is."""

    submission: UUID
    department: UUID
    region: str
    item: Item
    officer: UUID
    intent: Literal["report", "correction"] = "report"


@cache
def book() -> LawBook:
    """Return the law this process decides by."""
    read = LawBook.from_texts(read_law_texts())
    assert isinstance(read, LawBook), read
    return read


def prepare_chunk(frame: pl.DataFrame, *, reporting: Reporting, today: date) -> pl.DataFrame:
    """Decide publication for every row of a chunk; pure, so it may run while the chunk before is being written."""
    return decide_frame(frame, item=reporting.item, law=book(), region=reporting.region, today=today)


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
        _end(connection, record=record, subject=subject, department=chunk.department, kind="record_superseded",
             officers=(officer,), reason="报送单位更正", citation=None)  # fmt: skip


def withdraw_record(
    connection: Connection[Any], *, record: UUID, officer: Officer, second: Officer,
    kind: Literal["record_withdrawn", "record_revoked"], reason: str, citation: str,
) -> None | Refusal:
    """End a record everywhere because its decision was revoked or should not have been reported: two people, one act."""
    stored = ledger_store.find_record(connection, record, lock=True)
    if stored is None:
        return NOT_THERE
    for person in (officer, second):
        if refusal := authorise(person, "withdraw", stored.department):
            return refusal
    if officer.person == second.person:
        return Refusal("L-201", "停止公示须由两人办理，不能由同一人的两个账号完成。", "请由另一名复核员确认。")
    _end(connection, record=record, subject=stored.subject, department=stored.department, kind=kind,
         officers=(officer.id, second.id), reason=reason, citation=citation)  # fmt: skip
    ledger_store.bump_register(connection)
    return None


def unlink_record(connection: Connection[Any], *, record: UUID, officers: tuple[UUID, ...], reason: str) -> None:
    """Take a record off the subject it was wrongly linked to; the linking room opens the waiting row again."""
    stored = ledger_store.find_record(connection, record, lock=True)
    if stored is not None:
        _end(connection, record=record, subject=stored.subject, department=stored.department, kind="record_unlinked",
             officers=officers, reason=reason, citation=None)  # fmt: skip
        ledger_store.bump_register(connection)


def enter_judged(
    connection: Connection[Any], *, pending: UUID, subject: UUID, submission: UUID, department: UUID, item: str,
    item_version: int, officer: UUID,
) -> ChunkCounts:
    """Enter one waiting row under the subject that an officer found: the same path as a chunk of one row."""
    chunk = Chunk(submission, department, item, item_version, officer)
    ledger_store.clear_staging(connection)
    ledger_store.stage_pending(connection, pending=pending, subject=subject)
    counts = ledger.enter_chunk(connection, chunk)
    ledger_store.bump_register(connection)
    return counts


def _end(
    connection: Connection[Any], *, record: UUID, subject: UUID, department: UUID, kind: EventKind,
    officers: tuple[UUID, ...], reason: str, citation: str | None,
) -> None:
    ledger.append(
        connection, record=record, subject=subject, department=department, kind=kind,
        effective_on=register_today(connection), officers=officers, reason=reason, citation=citation,
    )  # fmt: skip
    publication.end(connection, subject=subject, record=record, reason=kind)
