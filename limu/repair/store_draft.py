"""Queries on drafts of applications for repair, their files, reminders, and what a body has verified."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID, uuid4

from psycopg import Connection
from psycopg.rows import class_row, dict_row, tuple_row

from limu.department.rules import Officer
from limu.repair.rules_draft import Draft, DraftFile
from limu.repair.store import Repairable

_FILE = (
    "SELECT id, record, name, encode(file_hash, 'hex') AS file_hash, bytes, kind, clarity FROM limu.repair_draft_file"
)


def find_draft(connection: Connection[Any], agent: UUID, *, days: int, lock: bool = False) -> Draft | None:
    """The draft of an agent with its files, for so many days after its last change; locked, it is handed in once."""
    with connection.cursor(row_factory=dict_row) as cursor:
        row = cursor.execute(
            """SELECT agent, subject, records, signed_text, signed_at, changed_at,
                      limu.draft_until(changed_at, %(days)s) AS until_on
               FROM limu.repair_draft
               WHERE agent = %(agent)s AND limu.register_today() < limu.draft_until(changed_at, %(days)s)"""
            + (" FOR UPDATE" if lock else ""),
            {"agent": agent, "days": days},
        ).fetchone()
    if row is None:
        return None
    with connection.cursor(row_factory=class_row(DraftFile)) as cursor:
        files = cursor.execute(_FILE + " WHERE agent = %s ORDER BY added_at, id", (agent,)).fetchall()
    return Draft(**{**row, "records": tuple(row["records"])}, files=tuple(files))


def end_over(connection: Connection[Any], agent: UUID, *, days: int) -> None:
    """Drop an agent's draft if its days are over: a new one begins with nothing of it."""
    connection.execute(
        """DELETE FROM limu.repair_draft
           WHERE agent = %s AND limu.draft_until(changed_at, %s) <= limu.register_today()""",
        (agent, days),
    )


def end_old(connection: Connection[Any], *, days: int) -> list[str]:
    """Drop every draft whose days are over; returns the hashes of files that nothing names any more."""
    with connection.cursor(row_factory=tuple_row) as cursor:
        cursor.execute("SELECT encode(gone, 'hex') FROM limu.end_old_drafts(%s) gone", (days,))
        return [row[0] for row in cursor]


def put_records(connection: Connection[Any], *, agent: UUID, subject: UUID, records: Sequence[UUID]) -> None:
    """Keep which records an agent chose; a commitment signed for others no longer stands."""
    connection.execute(
        """INSERT INTO limu.repair_draft AS d (agent, subject, records) VALUES (%(agent)s, %(subject)s, %(records)s)
           ON CONFLICT (agent) DO UPDATE SET records = excluded.records, changed_at = limu.register_now(),
               signed_text = CASE WHEN d.records = excluded.records THEN d.signed_text END,
               signed_at = CASE WHEN d.records = excluded.records THEN d.signed_at END""",
        {"agent": agent, "subject": subject, "records": list(records)},
    )


def put_signature(connection: Connection[Any], agent: UUID, text: str) -> None:
    """Keep the commitment as it was signed."""
    connection.execute(
        """UPDATE limu.repair_draft SET signed_text = %s, signed_at = limu.register_now(),
               changed_at = limu.register_now() WHERE agent = %s""",
        (text, agent),
    )


def insert_file(connection: Connection[Any], draft: Draft, file: DraftFile) -> None:
    """Keep a proof with a draft."""
    connection.execute(
        """INSERT INTO limu.repair_draft_file (id, agent, subject, record, name, file_hash, bytes, kind, clarity)
           VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s)""",
        (file.id, draft.agent, draft.subject, file.record, file.name, bytes.fromhex(file.file_hash), file.bytes,
         file.kind, file.clarity),
    )  # fmt: skip
    connection.execute("UPDATE limu.repair_draft SET changed_at = limu.register_now() WHERE agent = %s", (draft.agent,))


def find_file(connection: Connection[Any], agent: UUID, file: UUID) -> DraftFile | None:
    """One proof of an agent's own draft."""
    with connection.cursor(row_factory=class_row(DraftFile)) as cursor:
        return cursor.execute(_FILE + " WHERE agent = %s AND id = %s", (agent, file)).fetchone()


def delete_file(connection: Connection[Any], agent: UUID, file: UUID) -> list[str]:
    """Take a proof out of a draft; returns its hash."""
    with connection.cursor(row_factory=tuple_row) as cursor:
        cursor.execute(
            "DELETE FROM limu.repair_draft_file WHERE agent = %s AND id = %s RETURNING encode(file_hash, 'hex')",
            (agent, file),
        )
        return [row[0] for row in cursor]


def delete_draft(connection: Connection[Any], agent: UUID) -> list[str]:
    """Drop a draft: it was handed in, or thrown away; returns the hashes of its files."""
    with connection.cursor(row_factory=tuple_row) as cursor:
        cursor.execute(
            """WITH gone AS (DELETE FROM limu.repair_draft WHERE agent = %(agent)s)
               SELECT encode(file_hash, 'hex') FROM limu.repair_draft_file WHERE agent = %(agent)s""",
            {"agent": agent},
        )
        return [row[0] for row in cursor]


def free_contents(connection: Connection[Any], hashes: Sequence[str], *, why: str) -> list[str]:
    """Write down as destroyed those of these contents that nothing names, and return their hashes, locked."""
    with connection.cursor(row_factory=tuple_row) as cursor:
        cursor.execute(
            "SELECT encode(gone, 'hex') FROM limu.free_contents(%s, %s) gone",
            ([bytes.fromhex(one) for one in hashes], why),
        )
        return [row[0] for row in cursor]


def register_identity(connection: Connection[Any]) -> UUID:
    """Which register this is: drawn when its schema was made, and never another."""
    with connection.cursor(row_factory=tuple_row) as cursor:
        row = cursor.execute("SELECT id FROM limu.register_identity").fetchone()
    assert row is not None
    identity: UUID = row[0]
    return identity


def names_any(connection: Connection[Any], hashes: Sequence[str]) -> bool:
    """Whether a case, a declaration or a draft of this register names one of these contents."""
    with connection.cursor(row_factory=tuple_row) as cursor:
        row = cursor.execute("SELECT limu.names_any_content(%s)", ([bytes.fromhex(one) for one in hashes],)).fetchone()
    return row is not None and bool(row[0])


def put_reminder(connection: Connection[Any], *, record: UUID, subject: UUID, agent: UUID) -> None:
    """Keep the wish to be reminded of a record; asked twice it is one."""
    connection.execute(
        "INSERT INTO limu.repair_reminder (record, subject, agent) VALUES (%s, %s, %s) ON CONFLICT DO NOTHING",
        (record, subject, agent),
    )


def delete_reminder(connection: Connection[Any], *, record: UUID, subject: UUID) -> None:
    """Forget the wish."""
    connection.execute("DELETE FROM limu.repair_reminder WHERE subject = %s AND record = %s", (subject, record))


def reminders_of(connection: Connection[Any], subject: UUID) -> frozenset[UUID]:
    """The records of which a subject wants to be reminded."""
    with connection.cursor(row_factory=tuple_row) as cursor:
        cursor.execute("SELECT record FROM limu.repair_reminder WHERE subject = %s", (subject,))
        return frozenset(row[0] for row in cursor)


def insert_performance(
    connection: Connection[Any], one: Repairable, *, is_performed: bool, evidence: str, officer: Officer
) -> None:
    """Append what the deciding body has seen of performance."""
    connection.execute(
        """INSERT INTO limu.repair_performance (id, record, subject, department, is_performed, evidence, officer,
               person) VALUES (%s, %s, %s, %s, %s, %s, %s, %s)""",
        (uuid4(), one.record, one.subject, one.department, is_performed, evidence, officer.id, officer.person),
    )
