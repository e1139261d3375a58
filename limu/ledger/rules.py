"""The ledger's values: a chunk being entered, what entered, a record as stored."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal
from uuid import UUID

from limu.record.event import EventKind, Plain, instant_text

Intent = Literal["report", "correction"]
EndedAs = Literal["repaired", "revoked", "deleted", "expired"]


@dataclass(frozen=True, slots=True)
class Chunk:
    """Whose rows are being entered, under which item, by whom."""

    submission: UUID
    department: UUID
    item: str
    item_version: int
    officer: UUID
    intent: Intent = "report"


@dataclass(frozen=True, slots=True)
class Entered:
    """How many rows of a chunk became records, and how many of those the law shows."""

    linked: int
    published: int


@dataclass(frozen=True, slots=True)
class KnownRow:
    """A row that entered nothing because its key is in the ledger: with the same content, or with other."""

    row_number: int
    is_equal: bool
    record: UUID | None = None
    subject: UUID | None = None
    ended_as: EndedAs | None = None


@dataclass(frozen=True, slots=True)
class ChunkCounts:
    """The account of a chunk; what was sent in is accounted for, always (invariant I16)."""

    accepted: int
    duplicate: int
    conflict: int
    linked: int
    unlinked: int
    published: int
    withheld: int
    problem_rows: list[tuple[int, Literal["refused", "duplicate", "conflict"]]]
    # Rows of what has ended: refused under a code, their department and their subject are told (no resurrection).
    refused: int = 0
    ended_rows: tuple[KnownRow, ...] = ()

    @property
    def refusals(self) -> dict[int, str]:
        """The code of each refused row."""
        return {row.row_number: f"ended_{row.ended_as}" for row in self.ended_rows}


def written_around(chunk: Chunk, *, kind: str, now: datetime, today: date) -> dict[str, str]:
    """Write out what the canonical form of every event of a chunk has around its own values (decision 0005)."""
    before_id = f',"citation":null,"department":"{chunk.department}","effective_on":"{today}","id":"'
    before_record = f'","kind":"{kind}","officers":["{chunk.officer}"],"reason":null,"record":"'
    before_subject = f'","recorded_at":"{instant_text(now)}","subject":"'
    return {"before_id": before_id, "before_record": before_record, "before_subject": before_subject}


@dataclass(frozen=True, slots=True)
class Happened:
    """What an act did to a record, before it has a time and a commitment."""

    record: UUID
    subject: UUID
    department: UUID
    kind: EventKind
    officers: tuple[UUID, ...]
    reason: str | None
    citation: str | None = None
    body: tuple[tuple[str, Plain], ...] = ()


@dataclass(frozen=True, slots=True)
class StoredRecord:
    """A record as the ledger holds it, its closed fields included; never leaves without a ticket."""

    id: UUID
    subject: UUID
    department: UUID
    item: str
    item_version: int
    version: int
    natural_key: bytes
    document_number: str | None
    authority: str | None
    decided_on: date | None
    severity: str | None
    kinds: list[str] | None
    fine_fen: int | None
    valid_from: date | None
    valid_until: date | None
    content: dict[str, Any]
    closed: dict[str, Any]
    recorded_at: datetime
    submission: UUID
    row_number: int
    link_basis: str
