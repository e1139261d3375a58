"""What does not come back by itself: records moved to their right subject, and rows of what has ended."""

from typing import Any
from uuid import UUID

from psycopg import Connection
from psycopg.rows import dict_row

from limu.ledger.rules import KnownRow
from limu.record.state import State


def stage_record(connection: Connection[Any], old: UUID, *, subject: UUID, record: UUID, state: State) -> int:
    """Lay a record that left its subject back into staging under another; returns its version there.

    0: the same decision stands under that subject already, and nothing is to be entered. What the law gave the record
    (`state`) stays: the same days, the same rule."""
    connection.execute(
        """INSERT INTO staging.entry (submission, row_number, id, party_name, document_number, authority,
               authority_uscc, decided_on, published_on, conduct_ended_on, valid_from, valid_until, severity, kinds,
               fine_fen, content, closed, natural_key, content_hash, decision, reason, shown_from, shown_until,
               earliest_repair_on, rule)
           SELECT submission, row_number, %(record)s, party_name, document_number, authority, authority_uscc,
                  decided_on, published_on, conduct_ended_on, valid_from, valid_until, severity, kinds, fine_fen,
                  content, closed, natural_key, content_hash, %(decision)s, %(reason)s, %(from)s, %(until)s,
                  %(earliest)s, %(rule)s
           FROM limu.record WHERE id = %(old)s""",
        {"record": record, "old": old, "decision": state.given, "reason": state.ground, "from": state.shown_from,
         "until": state.shown_until, "earliest": state.earliest_repair_on, "rule": state.rule},
    )  # fmt: skip
    with connection.cursor(row_factory=dict_row) as cursor:
        row = cursor.execute(
            """INSERT INTO staging.link (submission, row_number, subject, basis, version)
               SELECT o.submission, o.row_number, %(subject)s, 'judgement',
                      CASE WHEN bool_and(r.id IS NULL
                               OR (u.id IS NOT NULL AND limu.ended_as(r.subject, r.id) IS NULL))
                           THEN coalesce(max(r.version), 0) + 1 ELSE 0 END
               FROM limu.record o
               LEFT JOIN limu.record r ON r.subject = %(subject)s AND r.department = o.department AND r.item = o.item
                   AND r.natural_key = o.natural_key
               LEFT JOIN limu.record_event u ON u.subject = r.subject AND u.record = r.id AND u.kind = 'record_unlinked'
               WHERE o.id = %(old)s GROUP BY o.submission, o.row_number RETURNING version""",
            {"subject": subject, "old": old},
        ).fetchone()
    assert row is not None
    return int(row["version"])


def reopen_pending(connection: Connection[Any], *, submission: UUID, row_number: int) -> None:
    """Let a row wait again for the matching desk, where it came from there."""
    connection.execute(
        "UPDATE limu.pending_record SET settled_at = NULL WHERE submission = %s AND row_number = %s",
        (submission, row_number),
    )


def ended_rows_of(connection: Connection[Any], *, department: UUID, submission: UUID) -> tuple[KnownRow, ...]:
    """List the rows of a submission whose records have ended since, with how."""
    with connection.cursor(row_factory=dict_row) as cursor:
        cursor.execute(
            """SELECT row_number, true AS is_equal, record, subject, ended_as FROM (
                   SELECT r.row_number, r.id AS record, r.subject, limu.ended_as(r.subject, r.id) AS ended_as
                   FROM limu.record r WHERE r.department = %s AND r.submission = %s) known
               WHERE ended_as IS NOT NULL ORDER BY row_number""",
            (department, submission),
        )
        return tuple(KnownRow(**row) for row in cursor)
