"""Entering a chunk in two steps: made ready by reading alone, then written in one transaction."""

import os
from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID, uuid4

import polars as pl
from psycopg import Connection

from limu.ledger import store, store_copy, store_twin, store_waiting
from limu.ledger.rules import Chunk, ChunkCounts, KnownRow
from limu.ledger.rules_entering import Moment, as_known, event_frame, newest, sort_rows
from limu.ledger.rules_marks import Marks, joined
from limu.ledger.store_copy import Rows
from limu.wire.clock import register_now, register_today


@dataclass(frozen=True, slots=True)
class Bulk:
    """What COPY will carry, and the salts of the events in it."""

    records: Rows
    events: Rows
    publications: Rows
    block: UUID
    salts: bytes


@dataclass(frozen=True, slots=True)
class Staged:
    """A chunk ready to be written: its rows, those that wait for a subject, and its account so far."""

    chunk: Chunk
    entering: pl.DataFrame
    now: datetime
    today: date
    linked: int
    published: int
    known: tuple[KnownRow, ...]
    replaced: tuple[tuple[UUID, UUID], ...]
    keys: pl.DataFrame
    waiting: pl.DataFrame


_SHOWN: Final = (
    "id", "subject", "content_hash", "version", "basis", "decision", "reason", "rule", "shown_from", "shown_until",
    "earliest_repair_on",
)  # fmt: skip
"""What an event and a publication carry of a row."""


def stage_rows(
    connection: Connection[Any], chunk: Chunk, *, linked: pl.DataFrame, waiting: pl.DataFrame,
    before: tuple[pl.DataFrame, ...] = (), marks: Marks | None = None,
) -> Staged:  # fmt: skip
    """Make a chunk ready: look up what is known of its keys. Changes nothing.

    `before` tells of chunks that are on their way and not yet committed; `marks` of keys that may be there, so that
    only rows of these are looked up."""
    suspects = linked.select("subject", "natural_key")
    if marks is not None:
        suspects = suspects.filter(marks.may_hold(joined(suspects.get_column("natural_key"))))
    coming = (one.join(suspects, on=["subject", "natural_key"], how="semi") for one in before)
    known = newest(*coming, store_copy.known_records(connection, chunk, suspects))
    rows = sort_rows(linked, known, chunk)
    twins = store_twin.twins_of_ended(connection, chunk, rows.entering)
    entering = rows.entering.filter(~pl.col("row_number").is_in([one.row_number for one in twins]))
    replaced = entering.filter(pl.col("old").is_not_null()).select("old", "subject").iter_rows()
    return Staged(
        chunk=chunk, entering=entering, now=register_now(connection), today=register_today(connection),
        linked=entering.height,
        published=int((entering.get_column("decision") == "published").sum()), known=(*rows.known, *twins),
        replaced=tuple((UUID(old), UUID(subject)) for old, subject in replaced), keys=as_known(entering),
        waiting=waiting,
    )  # fmt: skip


def pack(staged: Staged) -> Bulk:
    """Seal the events of a chunk, and put its rows into the bytes of three COPYs."""
    moment, block = Moment(staged.now, staged.today, os.urandom(32 * staged.linked)), uuid4()
    keys = store_copy.keys_of(staged.entering)
    # The keys of events and of what is shown begin with the subject: in that order their indexes grow page by page.
    order = staged.entering.get_column("subject").arg_sort()
    sorted_rows, sorted_keys = staged.entering.select(_SHOWN)[order], keys.ordered(order)
    events = event_frame(sorted_rows, staged.chunk, moment)
    return Bulk(
        records=store_copy.record_rows(staged.entering, staged.chunk, staged.now, keys=keys),
        events=store_copy.event_rows(events, staged.chunk, moment, block=block, keys=sorted_keys),
        publications=store_copy.publication_rows(sorted_rows, staged.now, keys=sorted_keys), block=block,
        salts=moment.salts,
    )  # fmt: skip


def write_records(connection: Connection[Any], bulk: Bulk) -> None:
    """Write the records. Held if we stop here: nothing; the caller's transaction carries the rest.

    Raises UniqueViolation where someone else entered one of the keys meanwhile."""
    if bulk.salts:
        store_copy.copy_rows(connection, "record", bulk.records)


def write_events(connection: Connection[Any], chunk: Chunk, bulk: Bulk) -> None:
    """Write the events, their salts, and what is shown, in the transaction of the records."""
    if bulk.salts:
        store.mark_uncounted(connection, chunk)
        store.insert_salts(connection, block=bulk.block, salts=bulk.salts)
        store_copy.copy_rows(connection, "record_event", bulk.events)
        store_copy.copy_rows(connection, "publication", bulk.publications)


def account_for(connection: Connection[Any], staged: Staged) -> ChunkCounts:
    """Keep the rows that wait for a subject, and account for every row of the chunk."""
    unlinked, waiting_already = store_waiting.keep_rows(connection, staged.chunk, staged.waiting)
    problems = [(row.row_number, store.verdict_of(row)) for row in (*staged.known, *waiting_already)]
    said = Counter(verdict for _, verdict in problems)
    return ChunkCounts(
        accepted=staged.linked + unlinked, duplicate=said["duplicate"], conflict=said["conflict"],
        linked=staged.linked, unlinked=unlinked, published=staged.published,
        withheld=staged.linked - staged.published, problem_rows=sorted(problems), refused=said["refused"],
        ended_rows=tuple(row for row in staged.known if row.ended_as),
    )  # fmt: skip
