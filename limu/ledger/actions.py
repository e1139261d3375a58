"""Writing to the ledger: a chunk of checked rows, or one event. Never commits: the door owns the transaction."""

import os
from collections import Counter
from datetime import date
from typing import Any, Literal
from uuid import uuid4

from psycopg import Connection

from limu.ledger import store
from limu.ledger.rules import Chunk, ChunkCounts, Entered, Happened
from limu.record.event import Event, canonical_value
from limu.seal.canonical import canonical_bytes
from limu.seal.leaf import commit
from limu.wire.clock import register_now


def enter_chunk(connection: Connection[Any], chunk: Chunk) -> ChunkCounts:
    """Enter what lies in staging, every row of it linked, and account for it.

    Held if we stop here: nothing; the caller's transaction carries records, events, salts, publication and cursor."""
    links = store.count_links(connection)
    corrected = Entered(0, 0)
    if chunk.intent == "correction":
        store.raise_versions(connection, chunk)
        corrected = _enter(connection, chunk, links=links, kind="record_corrected")
    fresh = _enter(connection, chunk, links=links, kind="record_entered")
    linked, published = fresh.linked + corrected.linked, fresh.published + corrected.published
    known = store.known_rows(connection, chunk) if linked < links else ()
    problems = [(row.row_number, store.verdict_of(row)) for row in known]
    said = Counter(verdict for _, verdict in problems)
    return ChunkCounts(
        accepted=linked, duplicate=said["duplicate"], conflict=said["conflict"], linked=linked, unlinked=0,
        published=published, withheld=linked - published, problem_rows=sorted(problems),
        refused=said["refused"], ended_rows=tuple(row for row in known if row.ended_as),
    )  # fmt: skip


def _enter(
    connection: Connection[Any], chunk: Chunk, *, links: int, kind: Literal["record_entered", "record_corrected"]
) -> Entered:
    return store.enter_linked(connection, chunk, block=uuid4(), salts=os.urandom(32 * links), kind=kind)


def append(connection: Connection[Any], what: Happened, *, effective_on: date) -> Event:
    """Append one event to a record's history, with a commitment under a salt of its own."""
    event = Event(
        id=uuid4(),
        record=what.record,
        subject=what.subject,
        department=what.department,
        kind=what.kind,
        effective_on=effective_on,
        recorded_at=register_now(connection),
        officers=what.officers,
        reason=what.reason,
        citation=what.citation,
        body=dict(what.body),
    )
    salt = os.urandom(32)
    commitment = commit(salt, canonical_bytes(canonical_value(event)))
    store.append_event(connection, event, commitment=commitment, block=uuid4(), salt=salt)
    return event
