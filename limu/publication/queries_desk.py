"""A department's own records as its desk lists them: which they are, and whether they are shown."""

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final, Literal
from uuid import UUID

from psycopg import Connection

from limu.publication import store_desk

Shown = Literal["shown", "disputed", "soon", "over", "withheld", "corrected", "ended", "waiting", "held", "repaired"]

SHOWN_WORDS: Final[Mapping[Shown, str]] = {
    "shown": "公示中",
    "disputed": "异议处理中",
    "soon": "待公示",
    "over": "到期停止公示",
    "withheld": "不公示",
    "corrected": "已更正",
    "ended": "已撤销",
    "waiting": "待关联",
    "held": "暂停公示",
    "repaired": "已修复，停止公示",
}
_ENDED: Final[Mapping[str, Shown]] = {
    "record_superseded": "corrected",
    "record_unlinked": "waiting",
    "record_repaired": "repaired",
}
_HELD: Final = {
    "held_objection": "异议处理中，核查期间停止公示和使用",
    "held_reorganisation": "破产重整或者和解期间屏蔽",
}


@dataclass(frozen=True, slots=True)
class OwnRecord:
    """One record of the department, with its state in the words of ux.md 2.5."""

    id: UUID
    subject: UUID
    item: str
    version: int
    row_number: int
    submission: UUID
    document_number: str | None
    party_name: str | None
    decided_on: date | None
    recorded_at: datetime
    shown: Shown
    reason: str
    shown_from: date | None
    shown_until: date | None

    @property
    def word(self) -> str:
        """The state in words."""
        return SHOWN_WORDS[self.shown]

    @property
    def is_public(self) -> bool:
        """Whether its public page answers today."""
        return self.shown in ("shown", "disputed")

    @property
    def can_end(self) -> bool:
        """Whether there is something to take down."""
        return self.shown not in ("corrected", "ended", "waiting", "repaired")


def records_of_submission(
    connection: Connection[Any], *, department: UUID, submission: UUID, today: date, after: int = 0, limit: int = 50
) -> tuple[tuple[OwnRecord, ...], bool]:
    """List what a submission brought, and whether there is more."""
    rows = store_desk.of_submission(
        connection, department=department, submission=submission, after=after, limit=limit
    )  # fmt: skip
    return tuple(_record(row, today) for row in rows[:limit]), len(rows) > limit


def records_of_department(
    connection: Connection[Any], *, department: UUID, today: date, item: str = "", uscc: str = "", document: str = "",
    after: str = "", limit: int = 50,
) -> tuple[tuple[OwnRecord, ...], str]:  # fmt: skip
    """List a department's records, the newest submission first, and where to go on (empty on the last page)."""
    rows = store_desk.of_department(
        connection, department=department, item=item, uscc=uscc, document=document, after=_place(after), limit=limit
    )
    return tuple(_record(row, today) for row in rows[:limit]), _encode(rows[limit - 1]) if len(rows) > limit else ""


def own_record(
    connection: Connection[Any], *, department: UUID, record: UUID, today: date
) -> OwnRecord | None:  # fmt: skip
    """Find one record of a department."""
    row = store_desk.one(connection, department=department, record=record)
    return None if row is None else _record(row, today)


def _record(row: dict[str, Any], today: date) -> OwnRecord:
    plain = {name: value for name, value in row.items() if name not in ("decision", "is_disputed", "received_at")}
    plain["reason"] = plain["reason"] or ""
    plain["reason"] = _HELD.get(plain["reason"], plain["reason"])
    return OwnRecord(**plain, shown=_shown(row, today))


def _shown(row: Mapping[str, Any], today: date) -> Shown:
    if row["decision"] == "ended":
        return _ENDED.get(row["reason"], "ended")
    if row["decision"] != "published":
        return "held" if row["reason"] in _HELD else "withheld"
    if today < row["shown_from"]:
        return "soon"
    if today >= row["shown_until"]:
        return "over"
    return "disputed" if row["is_disputed"] else "shown"


def _encode(last: Mapping[str, Any]) -> str:
    plain = json.dumps(
        [last["received_at"].isoformat(), str(last["submission"]), last["row_number"], str(last["id"])]
    )  # fmt: skip
    return base64.urlsafe_b64encode(plain.encode()).decode().rstrip("=")


def _place(text: str) -> store_desk.Place | None:
    """Read a cursor; one that is not ours starts from the beginning."""
    try:
        at, submission, row, record = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
        return store_desk.Place(datetime.fromisoformat(at), UUID(submission), int(row), UUID(record))
    except (ValueError, TypeError, AttributeError):
        return None


def public_texts(connection: Connection[Any], record: UUID) -> dict[str, str] | None:
    """What the public may read of a record today, by field; None where it is not public."""
    found = store_desk.public_content(connection, record)
    if found is None:
        return None
    content = found["content"] if isinstance(found["content"], dict) else json.loads(found["content"])
    return {code: str(text) for code, text in content.items() if text is not None}


def records_of_subject(
    connection: Connection[Any], subject: UUID, *, today: date, limit: int, skip: int = 0
) -> tuple[OwnRecord, ...]:  # fmt: skip
    """List a subject's own records from a place on, also those not public."""
    return tuple(_record(row, today) for row in store_desk.of_subject(connection, subject, limit=limit, skip=skip))


def record_of_subject(
    connection: Connection[Any], subject: UUID, record: UUID, *, today: date
) -> OwnRecord | None:  # fmt: skip
    """Find one own record of a subject."""
    rows = store_desk.of_subject(connection, subject, limit=1, record=record)
    return _record(rows[0], today) if rows else None
