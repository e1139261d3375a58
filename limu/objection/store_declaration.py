"""Queries of declarations: written, reviewed, taken back, shown."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID, uuid4

from psycopg import Connection
from psycopg.rows import class_row

from limu.case.rules import Document
from limu.objection.rules_declaration import Declaration


@dataclass(frozen=True, slots=True)
class Shown:
    """A declaration as the public reads it."""

    text: str
    declared_on: date


@dataclass(frozen=True, slots=True)
class Waiting:
    """A declaration that somebody has to look at, with what it is about."""

    id: UUID
    subject: UUID
    record: UUID
    uscc: str
    name: str
    document_number: str | None
    authority: str | None
    text: str
    declared_on: date


@dataclass(frozen=True, slots=True)
class Proof:
    """A file that came with a declaration."""

    id: UUID
    declaration: UUID
    subject: UUID
    record: UUID
    name: str
    file_hash: str
    bytes: int


_PROOF = """
    SELECT d.id, d.declaration, d.subject, c.record, d.name, encode(d.file_hash, 'hex') AS file_hash, d.bytes
    FROM limu.declaration_document d JOIN limu.declaration c ON c.id = d.declaration"""
_DECLARATION = """
    SELECT d.id, d.subject, d.record, d.text, d.agent, d.declared_at, v.ground, coalesce(v.note, '') AS note,
           CASE WHEN w.declaration IS NOT NULL THEN 'withdrawn' WHEN v.declaration IS NULL THEN 'waiting'
                WHEN NOT v.is_shown THEN 'refused'
                WHEN EXISTS (SELECT FROM limu.declaration n JOIN limu.declaration_review r ON r.declaration = n.id
                             WHERE n.record = d.record AND r.is_shown
                               AND (n.declared_at, n.id) > (d.declared_at, d.id)) THEN 'replaced'
                ELSE 'shown' END AS standing
    FROM limu.declaration d LEFT JOIN limu.declaration_review v ON v.declaration = d.id
    LEFT JOIN limu.declaration_withdrawal w ON w.declaration = d.id"""


def lock_record(connection: Connection[Any], record: UUID) -> None:
    """Let acts on the declarations of one record follow each other."""
    connection.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 13))", (str(record),))


def declarations_of(connection: Connection[Any], record: UUID) -> tuple[Declaration, ...]:
    """What a subject has declared about a record, the newest first; within what row-level security opens."""
    with connection.cursor(row_factory=class_row(Declaration)) as cursor:
        return tuple(
            cursor.execute(
                _DECLARATION + " WHERE d.record = %s ORDER BY d.declared_at DESC, d.id DESC LIMIT 50", (record,)
            ).fetchall()
        )


def find_declaration(connection: Connection[Any], declaration: UUID) -> Declaration | None:
    """One declaration."""
    with connection.cursor(row_factory=class_row(Declaration)) as cursor:
        return cursor.execute(_DECLARATION + " WHERE d.id = %s", (declaration,)).fetchone()


def waiting(connection: Connection[Any], *, limit: int, skip: int = 0) -> tuple[Waiting, ...]:
    """Declarations nobody has looked at, the oldest first."""
    with connection.cursor(row_factory=class_row(Waiting)) as cursor:
        return tuple(
            cursor.execute(
                """SELECT d.id, d.subject, d.record, coalesce(s.uscc::text, '') AS uscc, s.public_name AS name,
                          r.document_number, r.authority, d.text,
                          (d.declared_at AT TIME ZONE 'Asia/Shanghai')::date AS declared_on
                   FROM limu.declaration d JOIN limu.subject s ON s.id = d.subject
                   JOIN limu.record r ON r.subject = d.subject AND r.id = d.record
                   WHERE NOT EXISTS (SELECT FROM limu.declaration_review v WHERE v.declaration = d.id)
                     AND NOT EXISTS (SELECT FROM limu.declaration_withdrawal w WHERE w.declaration = d.id)
                     AND EXISTS (SELECT FROM shown.record x WHERE x.subject = d.subject AND x.id = d.record OFFSET 0)
                   ORDER BY d.declared_at, d.id LIMIT %s OFFSET %s""",
                (limit, skip),
            ).fetchall()
        )


def insert_declaration(
    connection: Connection[Any], one: UUID, *, subject: UUID, record: UUID, text: str, agent: str
) -> None:
    """Write what a subject says."""
    connection.execute(
        "INSERT INTO limu.declaration (id, subject, record, text, agent) VALUES (%s, %s, %s, %s, %s)",
        (one, subject, record, text, agent),
    )


def insert_proof(connection: Connection[Any], declaration: UUID, *, subject: UUID, proof: Document) -> None:
    """Keep a proof with what a subject says."""
    connection.execute(
        """INSERT INTO limu.declaration_document (id, declaration, subject, name, file_hash, bytes)
           VALUES (%s, %s, %s, %s, %s, %s)""",
        (uuid4(), declaration, subject, proof.name, bytes.fromhex(proof.file_hash), proof.bytes),
    )


def proofs_of(connection: Connection[Any], declarations: Sequence[UUID]) -> dict[UUID, list[Proof]]:
    """The proofs of some declarations, by declaration, in the order of their arrival."""
    found: dict[UUID, list[Proof]] = {}
    with connection.cursor(row_factory=class_row(Proof)) as cursor:
        cursor.execute(_PROOF + " WHERE d.declaration = ANY (%s) ORDER BY d.added_at, d.id", (list(declarations),))
        for one in cursor:
            found.setdefault(one.declaration, []).append(one)
    return found


def find_proof(connection: Connection[Any], proof: UUID) -> Proof | None:
    """One proof within what row-level security opens."""
    with connection.cursor(row_factory=class_row(Proof)) as cursor:
        return cursor.execute(_PROOF + " WHERE d.id = %s", (proof,)).fetchone()


def insert_review(
    connection: Connection[Any], one: Declaration, *, is_shown: bool, ground: str | None, note: str, officer: UUID
) -> None:
    """Write down who looked at it, and what came of it."""
    connection.execute(
        """INSERT INTO limu.declaration_review (declaration, subject, is_shown, ground, note, officer)
           VALUES (%s, %s, %s, %s, %s, %s)""",
        (one.id, one.subject, is_shown, ground, note, officer),
    )


def insert_withdrawal(connection: Connection[Any], one: Declaration, *, agent: str) -> None:
    """Write down that the subject took it back."""
    connection.execute(
        "INSERT INTO limu.declaration_withdrawal (declaration, subject, agent) VALUES (%s, %s, %s)",
        (one.id, one.subject, agent),
    )


def is_public(connection: Connection[Any], record: UUID) -> bool:
    """Whether the record is public today."""
    return connection.execute("SELECT FROM shown.record WHERE id = %s", (record,)).fetchone() is not None


def shown_of(connection: Connection[Any], record: UUID) -> Shown | None:
    """What the public reads beside a record."""
    with connection.cursor(row_factory=class_row(Shown)) as cursor:
        return cursor.execute("SELECT text, declared_on FROM shown.declaration WHERE record = %s", (record,)).fetchone()


def shown_among(connection: Connection[Any], subject: UUID) -> dict[UUID, Shown]:
    """What the public reads beside the records of one subject."""
    rows = connection.execute("SELECT record, text, declared_on FROM shown.declaration WHERE subject = %s", (subject,))
    return {row["record"]: Shown(row["text"], row["declared_on"]) for row in rows}
