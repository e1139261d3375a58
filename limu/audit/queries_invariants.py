"""Whether everything that must hold does hold: the promises of sql/invariants.sql, the log, and every public text."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import polars as pl
from psycopg import Connection

from limu.audit import queries, store, store_invariants
from limu.audit.rules_invariants import Promise, Verdict, verdict_of
from limu.seal.tree import Frontier
from limu.terms.identity import has_personal_number

LOG_OPENS = Promise("I7", "日志的每一页都能由事件重新算出")
LOG_GROWS = Promise("I7", "曾经给出的每个树头都是今天日志的前段")
NOTHING_OF_OTHERS = Promise("I11", "任何单位都看不到其他单位的数据")
NO_PERSON = Promise("I12", "公示和同步的内容中没有个人号码")


def look(connection: Connection[Any], *, only: str = "") -> Iterator[Verdict]:
    """Look at every promise, or at those of one invariant; a transaction in one snapshot is the caller's (`begin`)."""
    store_invariants.see_all(connection)
    for promise in promises():
        if only in ("", promise.key):
            yield verdict_of(promise, _broken(connection, promise))


def promises() -> tuple[Promise, ...]:
    """Every promise, in the order of their numbers."""
    every = (*store_invariants.promises(), LOG_OPENS, LOG_GROWS, NOTHING_OF_OTHERS, NO_PERSON)
    return tuple(sorted(every, key=lambda one: int(one.key[1:])))


def begin(connection: Connection[Any]) -> None:
    """Begin a transaction that sees one moment and changes nothing."""
    store_invariants.begin(connection)


def _broken(connection: Connection[Any], promise: Promise) -> list[str]:
    look_at = _LOOKS.get(promise)
    return store_invariants.broken(connection, promise) if look_at is None else look_at(connection)


def _unopened(connection: Connection[Any]) -> list[str]:
    audit = queries.recompute(connection)
    named = [str(event) for event in audit.broken]
    return named if named or audit.is_equal else [f"树根 {audit.root.hex()}"]


def _forked(connection: Connection[Any]) -> list[str]:
    """Name the sizes at which the log once had another root than its leaves give today."""
    frontier, hashes, forked = Frontier(), iter(store.leaf_hashes(connection)), []
    for size, root in store_invariants.heads(connection):
        while frontier.size < size and (digest := next(hashes, None)) is not None:
            frontier.append_hash(digest)
        if frontier.size != size or frontier.root() != bytes(root):
            forked.append(str(size))
    return forked


def _persons(connection: Connection[Any]) -> list[str]:
    found: list[str] = []
    for rows in store_invariants.public_texts(connection):
        frame = pl.DataFrame(rows, schema={"place": pl.String, "text": pl.String}, orient="row")
        found += frame.filter(has_personal_number(pl.col("text"))).get_column("place").to_list()
    return found


# What is no query: the log is recomputed, every department is entered, every public text is read.
_LOOKS: Mapping[Promise, Callable[[Connection[Any]], list[str]]] = {
    LOG_OPENS: _unopened,
    LOG_GROWS: _forked,
    NOTHING_OF_OTHERS: store_invariants.seen_of_others,
    NO_PERSON: _persons,
}
