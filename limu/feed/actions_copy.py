"""Serving a holder: what is given is noted before it leaves; a copy that is not right becomes a ticket."""

import secrets
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Final, Literal
from uuid import UUID, uuid4

from psycopg import Connection

from limu.client.digest import salted
from limu.feed import store_serve as store
from limu.feed.rules_holder import RIGHT_AGAIN, Holder
from limu.feed.store_serve import Events

Verdict = Literal["same", "differs", "withdrawn", "unknown"]
KEPT_DAYS: Final = 90
DRAWS: Final = 50


class TooOldError(Exception):
    """The timepoint lies before what is kept: a holder begins again with the newest snapshot."""


def give(connection: Connection[Any], holder: Holder, *, after: int, limit: int, days: int = KEPT_DAYS) -> Events:
    """Give a holder its next events, and note which span it was given, in one transaction."""
    at = store.head(connection)
    if after < store.horizon(connection, days=max(days, KEPT_DAYS)) or after > at:
        raise TooOldError
    page = store.events(connection, holder, after=after, limit=limit)
    if page.last > after:
        store.insert_delivery(connection, holder.id, after=after, last=page.last)
    return page


def acknowledge(connection: Connection[Any], holder: Holder, timepoints: Sequence[int], *, until: int | None) -> int:
    """Note what a holder has taken into its copy; what it was never given cannot be acknowledged."""
    spans = [(one, one) for one in timepoints]
    if until is not None and until > 0:
        spans.append((1, until))
    return store.insert_acknowledged(connection, holder.id, spans) if spans else 0


def check(
    connection: Connection[Any], holder: Holder, hashes: Mapping[UUID, bytes | None], *, salt: bytes, today: date
) -> dict[UUID, Verdict]:
    """Tell of each copy whether it is right. A copy that is not is a ticket, until the holder has mended it.

    A hash of None says that the holder keeps nothing of the record."""
    known = store.digests(connection, holder, list(hashes))
    verdicts = {record: _verdict(record, given, known=known, salt=salt) for record, given in hashes.items()}
    right = [r for r, v in verdicts.items() if v == "same" or (v == "withdrawn" and hashes[r] is None)]
    store.close_deviations(connection, holder.id, right, outcome=RIGHT_AGAIN)
    for record, verdict in verdicts.items():
        if verdict in {"differs", "withdrawn"} and record not in right:
            # Nothing is kept of what is public: that is a lack, and no other content.
            kind = "missing" if verdict == "differs" and hashes[record] is None else verdict
            _open_ticket(connection, holder=holder.id, record=record, kind=kind, today=today)
    return verdicts


def _verdict(record: UUID, given: bytes | None, *, known: Mapping[UUID, bytes | None], salt: bytes) -> Verdict:
    if record not in known:
        return "unknown"
    digest = known[record]
    if digest is None:
        return "withdrawn"
    return "same" if given is not None and secrets.compare_digest(salted(bytes(digest), salt), given) else "differs"


def ticket_number(today: date) -> str:
    """Draw a number for a ticket; it tells the day and nothing else."""
    return f"PC{today:%Y%m%d}{secrets.randbelow(10**6):06d}"


def report_copy(connection: Connection[Any], *, record: UUID | None, place: str, today: date) -> str:
    """Keep a report of a stale copy somewhere; tells its number."""
    number = _open_ticket(connection, holder=None, record=record, kind="stale", today=today, place=place)
    assert number is not None
    return number


def _open_ticket(
    connection: Connection[Any], *, holder: UUID | None, record: UUID | None, kind: str, today: date, place: str = ""
) -> str | None:
    """Open a ticket and tell its number; None where the holder has an open one for this record.

    Numbers are drawn: of many on one day two may be the same, and the second is drawn again."""
    for _ in range(DRAWS):
        number = ticket_number(today)
        if store.insert_deviation(
            connection, uuid4(), number=number, holder=holder, record=record, kind=kind, place=place
        ):  # fmt: skip
            return number
        if holder is not None and store.has_open_deviation(connection, holder, record):
            return None
    raise AssertionError("no number is free")
