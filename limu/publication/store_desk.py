"""Queries of a department's desk: its own records, with what is shown of each; row-level security opens no other's."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from psycopg import Connection
from psycopg.rows import dict_row, scalar_row

Row = dict[str, Any]

_ROWS = """
    SELECT r.id, r.subject, r.item, r.version, r.row_number, r.submission, r.document_number, r.party_name,
           r.decided_on, r.recorded_at, p.decision, p.reason, p.shown_from, p.shown_until, p.is_disputed
    FROM limu.record r
    LEFT JOIN limu.publication p ON p.subject = r.subject AND p.record = r.id AND p.known_until = 'infinity'
    WHERE r.department = %(department)s
"""


def of_submission(
    connection: Connection[Any], *, department: UUID, submission: UUID, after: int, limit: int
) -> list[Row]:
    """List the records that a submission brought, in the order of its file, and one more than asked."""
    with connection.cursor(row_factory=dict_row) as cursor:
        return cursor.execute(
            _ROWS + " AND r.submission = %(submission)s AND r.row_number > %(after)s"
            " ORDER BY r.row_number LIMIT %(limit)s",
            {"department": department, "submission": submission, "after": after, "limit": limit + 1},
        ).fetchall()


@dataclass(frozen=True, slots=True)
class Place:
    """Where a department's list stands: its submissions by receipt, the rows of each in the order of the file."""

    received_at: datetime
    submission: UUID
    row_number: int
    id: UUID


# The lateral limit keeps the order of work: a submission, its next rows, and stop, however many records there are.
_BY_SUBMISSION = f"""
    SELECT x.* FROM (
        SELECT s.id, s.received_at FROM limu.submission s
        WHERE s.department = %(department)s AND s.accepted > 0 AND (%(item)s = '' OR s.item = %(item)s)
          AND (%(received_at)s::timestamptz IS NULL OR (s.received_at, s.id) <= (%(received_at)s, %(from)s))
        ORDER BY s.received_at DESC, s.id DESC) s
    CROSS JOIN LATERAL (
        {_ROWS.replace(" p.is_disputed", " p.is_disputed, s.received_at")} AND r.submission = s.id
          AND r.row_number >= CASE WHEN s.id = %(from)s THEN %(row)s ELSE 0 END
          AND NOT (r.submission = coalesce(%(from)s, r.id) AND r.row_number = %(row)s AND r.id <= %(id)s)
        ORDER BY r.row_number, r.id LIMIT %(limit)s) x
    ORDER BY s.received_at DESC, s.id DESC, x.row_number, x.id LIMIT %(limit)s"""
_FEW = (
    _ROWS.replace(" p.is_disputed", " p.is_disputed, s.received_at").replace(
        "    WHERE", "    JOIN limu.submission s ON s.id = r.submission\n    WHERE"
    )
    + """ AND (%(item)s = '' OR r.item = %(item)s)
      AND (%(received_at)s::timestamptz IS NULL OR (s.received_at, s.id) < (%(received_at)s, %(from)s)
           OR s.id = %(from)s AND (r.row_number, r.id) > (%(row)s, %(id)s))"""
)


def of_department(
    connection: Connection[Any], *, department: UUID, item: str, uscc: str, document: str, after: Place | None,
    limit: int,
) -> list[Row]:  # fmt: skip
    """List a department's records, the newest submission first, by item, subject's code or document number."""
    values = {
        "department": department, "item": item, "uscc": uscc, "document": document, "limit": limit + 1,
        "received_at": after and after.received_at, "from": after and after.submission,
        "row": after.row_number if after else 0, "id": after and after.id,
    }  # fmt: skip
    few = " AND r.subject = (SELECT c.id FROM limu.subject c WHERE c.uscc = %(uscc)s)" if uscc else ""
    few += " AND r.document_number = %(document)s" if document else ""
    last = " ORDER BY s.received_at DESC, s.id DESC, r.row_number, r.id LIMIT %(limit)s"
    with connection.cursor(row_factory=dict_row) as cursor:
        return cursor.execute(_FEW + few + last if few else _BY_SUBMISSION, values).fetchall()


def one(connection: Connection[Any], *, department: UUID, record: UUID) -> Row | None:
    """Find one record of a department."""
    with connection.cursor(row_factory=dict_row) as cursor:
        return cursor.execute(_ROWS + " AND r.id = %(record)s", {"department": department, "record": record}).fetchone()


def public_content(connection: Connection[Any], record: UUID) -> dict[str, Any] | None:
    """Read what the public may see of a record today; None where it is not public."""
    with connection.cursor(row_factory=dict_row) as cursor:
        return cursor.execute("SELECT item, content FROM shown.record WHERE id = %s", (record,)).fetchone()


_OF_SUBJECT = _ROWS.replace(
    "FROM limu.record r\n",
    """FROM (SELECT * FROM limu.record WHERE subject = %(subject)s AND (%(record)s::uuid IS NULL OR id = %(record)s)
          ORDER BY recorded_at DESC, id DESC LIMIT %(limit)s OFFSET %(skip)s) r\n""",
).replace("WHERE r.department = %(department)s", "ORDER BY r.recorded_at DESC, r.id DESC")


def of_subject(
    connection: Connection[Any], subject: UUID, *, limit: int, skip: int = 0, record: UUID | None = None
) -> list[Row]:  # fmt: skip
    """List a subject's own records, the newest first, or one of them; row-level security opens them to its agent."""
    values = {"subject": subject, "limit": limit, "skip": skip, "record": record}
    with connection.cursor(row_factory=dict_row) as cursor:
        return cursor.execute(_OF_SUBJECT, values).fetchall()


def count_public(connection: Connection[Any], subject: UUID, *, today: date) -> int:
    """How many of a subject's own records are public today."""
    with connection.cursor(row_factory=scalar_row) as cursor:
        found = cursor.execute(
            """SELECT count(*) FROM limu.publication WHERE subject = %s AND known_until = 'infinity'
               AND decision = 'published' AND shown_from <= %s AND shown_until > %s""",
            (subject, today, today),
        ).fetchone()
    return int(found or 0)


def names_of(connection: Connection[Any], subject: UUID, records: Sequence[UUID]) -> dict[UUID, tuple[str, str]]:
    """Item and deciding body of some records of a subject, in words."""
    with connection.cursor(row_factory=dict_row) as cursor:
        cursor.execute(
            """SELECT r.id, i.name, coalesce(r.authority, d.name) AS authority FROM limu.record r
               JOIN limu.catalogue_item i ON i.code = r.item AND i.version = r.item_version
               JOIN limu.department d ON d.id = r.department WHERE r.subject = %s AND r.id = ANY (%s)""",
            (subject, list(records)),
        )
        return {row["id"]: (row["name"], row["authority"]) for row in cursor}
