"""Queries of a department's desk: its own records, with what is shown of each; row-level security opens no other's."""

from datetime import datetime
from typing import Any
from uuid import UUID

from psycopg import Connection
from psycopg.rows import dict_row

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


def of_department(
    connection: Connection[Any], *, department: UUID, item: str, uscc: str, document: str,
    before: tuple[datetime, UUID] | None, limit: int,
) -> list[Row]:  # fmt: skip
    """List a department's records, the newest first, by item, subject's code or document number."""
    values = {
        "department": department, "item": item, "uscc": uscc, "document": document, "limit": limit + 1,
        "before_at": before[0] if before else None, "before_id": before[1] if before else None,
    }  # fmt: skip
    where = " AND r.item = %(item)s" if item else ""
    where += " AND r.subject = (SELECT s.id FROM limu.subject s WHERE s.uscc = %(uscc)s)" if uscc else ""
    where += " AND r.document_number = %(document)s" if document else ""
    where += " AND (r.recorded_at, r.id) < (%(before_at)s, %(before_id)s)" if before else ""
    with connection.cursor(row_factory=dict_row) as cursor:
        return cursor.execute(
            _ROWS + where + " ORDER BY r.recorded_at DESC, r.id DESC LIMIT %(limit)s", values
        ).fetchall()


def one(connection: Connection[Any], *, department: UUID, record: UUID) -> Row | None:
    """Find one record of a department."""
    with connection.cursor(row_factory=dict_row) as cursor:
        return cursor.execute(_ROWS + " AND r.id = %(record)s", {"department": department, "record": record}).fetchone()


def public_content(connection: Connection[Any], record: UUID) -> dict[str, Any] | None:
    """Read what the public may see of a record today; None where it is not public."""
    with connection.cursor(row_factory=dict_row) as cursor:
        return cursor.execute("SELECT item, content FROM shown.record WHERE id = %s", (record,)).fetchone()


def of_subject(connection: Connection[Any], subject: UUID, *, limit: int) -> list[Row]:
    """List a subject's own records, the newest first; row-level security opens them to its agent."""
    with connection.cursor(row_factory=dict_row) as cursor:
        return cursor.execute(
            _ROWS.replace("r.department = %(department)s", "r.subject = %(subject)s")
            + " ORDER BY r.recorded_at DESC, r.id DESC LIMIT %(limit)s",
            {"subject": subject, "limit": limit},
        ).fetchall()


def names_of_subject(connection: Connection[Any], subject: UUID) -> dict[UUID, tuple[str, str]]:
    """Item and deciding body of each record of a subject, in words."""
    with connection.cursor(row_factory=dict_row) as cursor:
        cursor.execute(
            """SELECT r.id, i.name, coalesce(r.authority, d.name) AS authority FROM limu.record r
               JOIN limu.catalogue_item i ON i.code = r.item AND i.version = r.item_version
               JOIN limu.department d ON d.id = r.department WHERE r.subject = %s""",
            (subject,),
        )
        return {row["id"]: (row["name"], row["authority"]) for row in cursor}
