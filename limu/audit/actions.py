"""Giving events their places in the log: one sequencer, after commit, without a gap."""

from typing import Any

from psycopg import Connection

from limu.audit import store
from limu.audit.rules import Head, Unsequenced
from limu.seal.leaf import leaf_bytes
from limu.seal.tree import Frontier, proofs_in_batch

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
    since, oldest = store.cursor(connection)
    events = store.unsequenced(connection, since=since, limit=BATCH)
    more = len(events) == BATCH
    # What began before the oldest open transaction has ended and is read; beyond a full batch nothing is read yet.
    reached = max((one.entered_in for one in events), default=since) if more else oldest
    store.move_cursor(connection, max(since, min(oldest, reached)))
    if not events:
        return last, False
    frontier = Frontier(size=last.size, peaks=_split(last.frontier))
    hashes = [frontier.append(leaf_bytes(kind=e.kind, at=e.recorded_at, commitment=e.commitment)) for e in events]
    head = Head(frontier.size, frontier.root(), b"".join(frontier.peaks))
    store.copy_leaves(connection, first=last.size, events=events, hashes=hashes)
    store.insert_head(connection, head)
    _prove_law(connection, last, head=head, events=events, hashes=hashes)
    return head, more


def _prove_law(
    connection: Connection[Any], last: Head, *, head: Head, events: list[Unsequenced], hashes: list[bytes]
) -> None:
    """Keep for each event of the law the way from its leaf to the root: its page is public and must answer at once."""
    places = {last.size + place: one.event for place, one in enumerate(events) if one.record is None}
    if places:
        before = Frontier(size=last.size, peaks=_split(last.frontier))
        proofs = proofs_in_batch(before, hashes, list(places))
        store.insert_law_proofs(connection, head.size, paths={places[at]: path for at, path in proofs.items()})


def _split(peaks: bytes) -> list[bytes]:
    return [peaks[start : start + 32] for start in range(0, len(peaks), 32)]
