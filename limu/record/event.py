"""What can happen to a record, as plain values; the canonical form that the public log commits to."""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Literal
from uuid import UUID

EventKind = Literal[
    "record_entered", "record_corrected", "record_superseded", "record_withdrawn", "record_revoked", "record_unlinked"
]

EVENT_LABELS: dict[str, str] = {
    "record_entered": "入库并关联主体",
    "record_corrected": "更正后入库",
    "record_superseded": "已由更正后的版本替代",
    "record_withdrawn": "报送单位撤回",
    "record_revoked": "原决定被撤销",
    "record_unlinked": "撤销主体关联",
}

# Events after which a record is never public again, whatever its term says.
ENDING: frozenset[str] = frozenset({"record_superseded", "record_withdrawn", "record_revoked", "record_unlinked"})

Plain = str | int | bool | None


@dataclass(frozen=True, slots=True)
class Event:
    """One act on one record: who, when, effective from which day, on which ground."""

    id: UUID
    record: UUID
    subject: UUID
    department: UUID
    kind: EventKind
    effective_on: date
    recorded_at: datetime
    officers: tuple[UUID, ...]
    reason: str | None
    citation: str | None
    body: dict[str, Plain]


def instant_text(instant: datetime) -> str:
    """Write an instant in UTC to the microsecond, the form the log commits to (RFC 3339)."""
    return instant.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def canonical_value(event: Event) -> dict[str, object]:
    """Lay an event out as the value whose canonical bytes (RFC 8785) the log commits to. Final: see docs/decisions."""
    return {
        "body": dict(event.body),
        "citation": event.citation,
        "department": str(event.department),
        "effective_on": event.effective_on.isoformat(),
        "id": str(event.id),
        "kind": event.kind,
        "officers": [str(officer) for officer in event.officers],
        "reason": event.reason,
        "record": str(event.record),
        "recorded_at": instant_text(event.recorded_at),
        "subject": str(event.subject),
    }
