"""Answer workbooks that the worker writes: asked for once, then known by their hash."""

from typing import Any
from uuid import UUID, uuid4

from psycopg import Connection
from psycopg.rows import dict_row, scalar_row
from psycopg.types.json import Jsonb

from limu.intake.rules import Submission
from limu.wire.files import FileHash
from limu.wire.outbox import ATTEMPTS


def ask_workbook(connection: Connection[Any], batch: Submission) -> None:
    """Leave the workbook of a batch to the worker; asked again while it is being written, nothing happens."""
    asked = connection.execute(
        """INSERT INTO limu.answer_workbook AS w (submission, department) VALUES (%s, %s)
           ON CONFLICT (submission) DO UPDATE SET asked_at = limu.register_now(), file_hash = NULL, made_at = NULL
           WHERE w.file_hash IS NOT NULL RETURNING submission""",
        (batch.id, batch.department),
    ).fetchone()
    if asked is not None:
        body = {"submission": str(batch.id), "department": str(batch.department)}
        connection.execute(
            "INSERT INTO limu.outbox (id, kind, body) VALUES (%s, 'write_workbook', %s)", (uuid4(), Jsonb(body))
        )


def is_given_up(connection: Connection[Any], submission: UUID) -> bool:
    """Whether the worker has tried to write this workbook as often as it does, in vain."""
    with connection.cursor(row_factory=scalar_row) as cursor:
        return bool(
            cursor.execute(
                """SELECT attempts >= %s FROM limu.outbox WHERE kind = 'write_workbook' AND done_at IS NULL
                   AND body ->> 'submission' = %s ORDER BY created_at DESC LIMIT 1""",
                (ATTEMPTS, str(submission)),
            ).fetchone()
        )


def try_again(connection: Connection[Any], batch: Submission) -> None:
    """Have the worker try a workbook anew that it has given up."""
    connection.execute(
        """UPDATE limu.outbox SET attempts = 0 WHERE kind = 'write_workbook' AND done_at IS NULL AND attempts >= %s
           AND body ->> 'submission' = %s""",
        (ATTEMPTS, str(batch.id)),
    )


def workbook_of(connection: Connection[Any], submission: UUID) -> tuple[bool, FileHash | None]:
    """Whether the workbook of a batch was asked for, and its hash once it is written."""
    with connection.cursor(row_factory=dict_row) as cursor:
        row = cursor.execute(
            "SELECT encode(file_hash, 'hex') AS file FROM limu.answer_workbook WHERE submission = %s", (submission,)
        ).fetchone()
    return (False, None) if row is None else (True, FileHash(row["file"]) if row["file"] else None)


def note_workbook(connection: Connection[Any], submission: UUID, file: FileHash) -> None:
    """Write down that the workbook is written."""
    connection.execute(
        "UPDATE limu.answer_workbook SET file_hash = %s, made_at = limu.register_now() WHERE submission = %s",
        (bytes.fromhex(file), submission),
    )


def forget_workbook(connection: Connection[Any], submission: UUID) -> None:
    """Take the wish back: its upload is gone, nothing can be written any more."""
    connection.execute("DELETE FROM limu.answer_workbook WHERE submission = %s", (submission,))
