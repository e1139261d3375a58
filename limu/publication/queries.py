"""What doors may read of publication: frozen values, public today and nothing else."""

import base64
import json
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

from psycopg import Connection

from limu.check.kinds import KIND_LABELS
from limu.law.book import LawBook
from limu.publication import store
from limu.publication.rules import Wanted
from limu.wire.lawbook import current_book

Times = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Ended:
    """A record that was public and is so no more: nothing of its content can be had here."""


@dataclass(frozen=True, slots=True)
class PublicState:
    """One state the public page has had, of a record that is public today."""

    known_from: datetime
    known_until: datetime | None
    shown_from: date | None
    shown_until: date | None
    is_disputed: bool


@dataclass(frozen=True, slots=True)
class PublicRecord:
    """A record as the public may read it, with its term and the rule behind it."""

    id: UUID
    subject_id: UUID
    subject_uscc: str
    subject_name: str
    item: str
    item_version: int
    version: int
    document_number: str | None
    authority: str | None
    decided_on: date | None
    severity: str | None
    kinds: tuple[str, ...]
    fine_fen: int | None
    valid_from: date | None
    valid_until: date | None
    content: dict[str, str]
    shown_from: date
    shown_until: date
    earliest_repair_on: date | None
    rule_key: str
    citation: str
    is_disputed: bool
    department_name: str
    link_basis: str
    recorded_at: datetime
    history: tuple[PublicState, ...] = ()


@dataclass(frozen=True, slots=True)
class ShownThen:
    """A record as it was held to be public at some instant, whatever has become of it since."""

    id: UUID
    item: str
    item_version: int
    version: int
    document_number: str | None
    authority: str | None
    decided_on: date | None
    content: dict[str, str]
    department_name: str
    known_from: datetime
    known_until: datetime | None
    shown_from: date
    shown_until: date
    rule: str
    is_disputed: bool
    link_basis: str


@dataclass(frozen=True, slots=True)
class Page:
    """Some records, and where to go on; `after` is None on the last page."""

    records: tuple[PublicRecord, ...]
    after: str | None


@dataclass(frozen=True, slots=True)
class DepartmentQuality:
    """What a department sent of one item, and what became of it."""

    department: str
    item: str
    submissions: int
    received: int
    accepted: int
    refused: int
    duplicate: int
    conflict: int
    linked: int
    unlinked: int
    published: int
    withheld: int
    last_received_at: datetime


@dataclass(frozen=True, slots=True)
class RegisterVersion:
    """Under what a page may be cached: the version moves with every change, the day at midnight."""

    version: int
    changed_at: datetime
    today: date

    @property
    def tag(self) -> str:
        """Return the text that goes into an ETag."""
        return f"{self.version}-{self.today.isoformat()}"


def find_public_record(
    connection: Connection[Any], record: UUID, *, as_of: date | None = None, known_at: datetime | None = None
) -> PublicRecord | Ended | None:
    """Find a record that is public today; Ended for one that was; None for anything else."""
    row = store.find_public(connection, record, as_of=as_of, known_at=known_at)
    if row is None:
        return Ended() if store.is_ended(connection, record) else None
    states = store.history(connection, subject=row["subject"], record=record)
    return replace(_record(row, current_book(connection)), history=tuple(_state(state) for state in states))


def public_records_of(
    connection: Connection[Any],
    subject_id: UUID,
    *,
    item: str | Iterable[str] | None = None,
    limit: int = 20,
    after: str | None = None,
    as_of: date | None = None,
    known_at: datetime | None = None,
) -> Page:
    """List a subject's public records, of one item or some, the newest decision first."""
    items = () if item is None else (item,) if isinstance(item, str) else tuple(item)
    rows = store.public_of_subject(
        connection, subject_id, items=items, limit=limit, after=_cursor(after), as_of=as_of, known_at=known_at
    )
    return _page(rows, limit, current_book(connection))


def latest_public(
    connection: Connection[Any],
    wanted: Wanted,
    *,
    limit: int = 20,
    after: str | None = None,
    as_of: date | None = None,
    known_at: datetime | None = None,
) -> Page:
    """List public records of some items across subjects, the newest decision first unless asked otherwise."""
    rows = store.latest(connection, wanted, limit=limit, after=_cursor(after), as_of=as_of, known_at=known_at)
    return _page(rows, limit, current_book(connection))


def count_public(
    connection: Connection[Any],
    wanted: Wanted,
    *,
    most: int,
    as_of: date | None = None,
    known_at: datetime | None = None,
) -> int:
    """Count what such a list holds today; `most` means: that many or more."""
    return store.count_listed(connection, wanted, most=most, as_of=as_of, known_at=known_at)


def disputed_among(connection: Connection[Any], codes: Iterable[str]) -> frozenset[str]:
    """Of some organisations, by code, those with a public record that is objected to."""
    wanted = list(codes)
    return store.disputed_among(connection, wanted) if wanted else frozenset()


def newest_intake(connection: Connection[Any]) -> datetime | None:
    """When data last came in; None before the first submission."""
    return store.newest_intake(connection)


def public_counts_of(
    connection: Connection[Any], subject_id: UUID, *, as_of: date | None = None, known_at: datetime | None = None
) -> dict[str, int]:
    """Count a subject's public records by item."""
    return store.counts_of_subject(connection, subject_id, as_of=as_of, known_at=known_at)


def register_version(connection: Connection[Any]) -> RegisterVersion:
    """Return what a cached page must be keyed by, so that it is never stale."""
    return RegisterVersion(*store.register_state(connection))


def quality_by_department(connection: Connection[Any]) -> tuple[DepartmentQuality, ...]:
    """Account for what each department sent, by item; counts only."""
    return tuple(DepartmentQuality(**row) for row in store.quality(connection))


def _page(rows: list[store.Row], limit: int, law: LawBook) -> Page:
    records = tuple(_record(row, law) for row in rows[:limit])
    last = records[-1] if len(rows) > limit else None
    return Page(records, None if last is None else _encode(last.decided_on or last.shown_from, last.id))


def _record(row: store.Row, law: LawBook) -> PublicRecord:
    names = {"subject": "subject_id", "rule": "rule_key"}
    values = {names.get(key, key): value for key, value in row.items() if key != "known_from"}
    content = {key: value for key, value in values.pop("content").items() if value not in (None, "")}
    kinds = tuple(KIND_LABELS.get(kind, kind) for kind in values.pop("kinds") or ())
    return PublicRecord(**values, content=content, kinds=kinds, citation=_citation(values["rule_key"], law))


def _state(row: store.Row) -> PublicState:
    return PublicState(row["known_from"], row["known_until"], row["shown_from"], row["shown_until"], row["is_disputed"])


def _citation(rule_key: str, law: LawBook) -> str:
    return law.ref(rule_key).citation if law.rule(rule_key) else rule_key


def _encode(day: date, record: UUID) -> str:
    return base64.urlsafe_b64encode(json.dumps([day.isoformat(), str(record)]).encode()).decode().rstrip("=")


def is_cursor(text: str) -> bool:
    """Whether a text is a cursor that we handed out, or could have."""
    return _cursor(text) is not None


def _cursor(text: str | None) -> tuple[date, UUID] | None:
    """Read a cursor; one that is not ours starts from the beginning."""
    try:
        day, record = json.loads(base64.urlsafe_b64decode((text or "") + "=" * (-len(text or "") % 4)))
        return date.fromisoformat(day), UUID(record)
    except (ValueError, TypeError):
        return None


def shown_then(connection: Connection[Any], subject: UUID, *, on: date, known_at: datetime) -> tuple[ShownThen, ...]:
    """Tell what the register held, at an instant, to be public of a subject on a day.

    Only behind a spent ticket, and within what row-level security opens to its holder: what ended is shown here."""
    rows = store.shown_then(connection, subject=subject, on=on, known_at=known_at)
    return tuple(ShownThen(**row) for row in rows)


def history_of(connection: Connection[Any], subject: UUID) -> list[dict[str, Any]]:
    """List every state ever held of a subject's records, ended ones too.

    Only behind a spent ticket, and within what row-level security opens to its holder."""
    return store.all_states(connection, subject=subject)
