"""Telling holders what changed: one writer, after commit, in one order."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from psycopg import Connection

from limu.catalogue.store import find_version
from limu.client.digest import IN_BUCKET
from limu.feed import store
from limu.feed.rules import ENTRY_MOVED, MOVED, Change, Copy, Seen, Told, copy_of, next_change
from limu.record.item import Item

BATCH = 20_000
CHANNEL = store.CHANNEL
Moves = dict[tuple[int, str, str, int], tuple[int, int]]
Pause = Callable[[str], None]


def tell(connection: Connection[Any], *, pause: Pause = lambda _: None) -> int:
    """Give a timepoint to every change that is committed and was not told; returns the last one.

    Held if we stop here: whole batches; marks of the rest stay, and what they name is not served meanwhile."""
    while True:
        with connection.transaction():
            store.lock_writer(connection)
            last, more = _tell_batch(connection, pause)
            pause("told")
        pause("committed")
        if not more:
            return last


def _tell_batch(connection: Connection[Any], pause: Pause) -> tuple[int, bool]:
    last, day, today = store.state(connection)
    if day < today:
        store.mark_turning(connection, after=day, until=today)
    store.widen(connection)
    is_filling = _fill(connection)
    pairs = store.take_marked(connection, limit=BATCH)
    pause("marks_taken")
    if not pairs:
        return last, is_filling
    seen = store.seen(connection, pairs)
    changes = _changes(connection, seen)
    if changes:
        last = write(connection, last + 1, changes)
    # Of one record there is one event a batch: what moved is told anew in the next.
    moved = [change for change in changes if change.kind in (MOVED, ENTRY_MOVED)]
    for change in moved:
        store.mark(connection, change.record, change.subject)
    # Whether more is marked is asked anew: many marks of one record are one pair, so a short batch may be a full one.
    return last, True


def _changes(connection: Connection[Any], seen: list[Seen]) -> list[Change]:
    told = store.told(connection, [one.record for one in seen])
    items: dict[tuple[str, int], Item] = {}
    found = (_change(connection, one, told.get(one.record), items=items) for one in seen)
    return [change for change in found if change is not None]


def _change(
    connection: Connection[Any], seen: Seen, told: Told | None, *, items: dict[tuple[str, int], Item]
) -> Change | None:
    if seen.source is None or seen.is_entry:
        return next_change(seen, told, None)
    key = (seen.source["item"], seen.source["item_version"])
    if key not in items:
        items[key] = find_version(connection, key[0], version=key[1])
    return next_change(seen, told, items[key])


def write(connection: Connection[Any], first: int, changes: list[Change]) -> int:
    """Write changes from a timepoint on, with their copies and marks; returns the last timepoint. Under the lock."""
    moves: Moves = {}
    for policy, item, region, leaf, mark in store.drop_copies(connection, [change.record for change in changes]):
        _move(moves, (policy, item, region, leaf // IN_BUCKET), by=(-1, mark))
    store.copy_events(connection, first, changes)
    made = _copies(store.policies(connection), first, changes)
    store.copy_copies(connection, made)
    for policy, _, change, copy in made:
        _move(moves, (policy, change.item, change.region, copy.leaf // IN_BUCKET), by=(1, copy.mark))
    if moves:
        store.move_buckets(connection, moves)
    last = first + len(changes) - 1
    store.keep_timepoint(connection, last)
    return last


def _copies(
    policies: dict[int, tuple[str, ...]], first: int, changes: list[Change]
) -> list[tuple[int, int, Change, Copy]]:
    return [
        (policy, timepoint, change, copy_of(change.record, change.body, fields))
        for timepoint, change in enumerate(changes, first)
        if change.body is not None
        for policy, fields in policies.items()
    ]


def _move(moves: Moves, key: tuple[int, str, str, int], *, by: tuple[int, int]) -> None:
    copies, mark = moves.get(key, (0, 0))
    moves[key] = (copies + by[0], mark ^ by[1])


def _fill(connection: Connection[Any]) -> bool:
    """Make the copies of a policy that is new; tells whether there is more to make."""
    for policy, fields in store.policies(connection, is_filled=False).items():
        rows = store.unfilled(connection, policy, limit=BATCH)
        made = []
        for row in rows:
            change = Change(row["record"], row["record"], row["item"], row["region"], "", "", None, row["body"])
            made.append((policy, row["timepoint"], change, copy_of(row["record"], row["body"], fields)))
        store.copy_copies(connection, made)
        moves: Moves = {}
        for _, _, change, copy in made:
            _move(moves, (policy, change.item, change.region, copy.leaf // IN_BUCKET), by=(1, copy.mark))
        if moves:
            store.move_buckets(connection, moves)
        if len(rows) < BATCH:
            store.set_filled(connection, policy)
        return True
    return False


def mark(connection: Connection[Any], record: UUID, subject: UUID) -> None:
    """Say that a record entered under a submission that was whole already; what changes is found without it."""
    store.mark(connection, record, subject)
