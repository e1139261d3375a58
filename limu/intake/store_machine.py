"""Queries on what machines asked for, by Idempotency-Key."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from psycopg import Connection
from psycopg.rows import class_row, scalar_row

KEPT_HOURS = 72
"""How long an Idempotency-Key is remembered (ux.md 3)."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A request under an Idempotency-Key: what it was, and the submission that answered it, once there is one."""

    fingerprint: bytes
    submission: UUID | None


def hold_request(connection: Connection[Any], key: UUID, name: str) -> bool:
    """Hold an Idempotency-Key against a second request at the same time; False where another holds it."""
    with connection.cursor(row_factory=scalar_row) as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(hashtextextended(%s, 11))", (f"{key}\x1f{name}",))
        return bool(cursor.fetchone())


def free_request(connection: Connection[Any], key: UUID, name: str) -> None:
    """Let an Idempotency-Key go."""
    connection.execute("SELECT pg_advisory_unlock(hashtextextended(%s, 11))", (f"{key}\x1f{name}",))


def note_request(
    connection: Connection[Any], *, key: UUID, name: str, department: UUID, fingerprint: bytes
) -> Asked:  # fmt: skip
    """Remember a request, or return the one remembered under this key; what is older than 72 hours is forgotten."""
    connection.execute(
        "DELETE FROM limu.machine_request"
        " WHERE key = %s AND asked_at < limu.register_now() - make_interval(hours => %s)",
        (key, KEPT_HOURS),
    )
    connection.execute(
        """INSERT INTO limu.machine_request (key, idempotency_key, department, fingerprint) VALUES (%s, %s, %s, %s)
           ON CONFLICT DO NOTHING""",
        (key, name, department, fingerprint),
    )
    with connection.cursor(row_factory=class_row(Asked)) as cursor:
        row = cursor.execute(
            "SELECT fingerprint, submission FROM limu.machine_request WHERE key = %s AND idempotency_key = %s",
            (key, name),
        ).fetchone()
    assert row is not None
    return Asked(bytes(row.fingerprint), row.submission)


def note_answer(connection: Connection[Any], *, key: UUID, name: str, submission: UUID) -> None:
    """Remember which submission answered a request."""
    connection.execute(
        "UPDATE limu.machine_request SET submission = %s WHERE key = %s AND idempotency_key = %s",
        (submission, key, name),
    )


def forget_request(connection: Connection[Any], *, key: UUID, name: str) -> None:
    """Forget a request that was refused before anything was kept: mended, it may come under the same key."""
    connection.execute(
        "DELETE FROM limu.machine_request WHERE key = %s AND idempotency_key = %s AND submission IS NULL", (key, name)
    )
