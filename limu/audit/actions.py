"""Giving events their places in the log: one sequencer, after commit, without a gap."""

from typing import Any

from psycopg import Connection

from limu.audit import store
from limu.audit.rules import Head
from limu.seal.leaf import leaf_bytes
from limu.seal.tree import Frontier

BATCH = 50_000


def sequence(connection: Connection[Any]) -> Head:
    """Append every committed event that has no place yet, and keep the head over them all.

    Held if we stop here: whole batches; the next run goes on from the last head."""
    while True:
        with connection.transaction():
            store.lock_sequencer(connection)
            head, more = _append_batch(connection)
        if not more:
            return head


def _append_batch(connection: Connection[Any]) -> tuple[Head, bool]:
    last = store.last_head(connection) or Head(0, Frontier().root(), b"")
    events = store.unsequenced(connection, limit=BATCH)
    if not events:
        return last, False
    frontier = Frontier(size=last.size, peaks=_split(last.frontier))
    hashes = [frontier.append(leaf_bytes(kind=e.kind, at=e.recorded_at, commitment=e.commitment)) for e in events]
    head = Head(frontier.size, frontier.root(), b"".join(frontier.peaks))
    store.copy_leaves(connection, first=last.size, events=events, hashes=hashes)
    store.insert_head(connection, head)
    return head, len(events) == BATCH


def _split(peaks: bytes) -> list[bytes]:
    return [peaks[start : start + 32] for start in range(0, len(peaks), 32)]
