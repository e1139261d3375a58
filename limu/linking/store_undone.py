"""Links that a person took back: the machine does not make them again, it asks anew."""

from typing import Any
from uuid import UUID

from psycopg import Connection
from psycopg.rows import dict_row
from psycopg.types.json import Jsonb

ASKED_ANEW = "这一行曾关联到该主体，后经撤销；现再次报送，请重新判断"

# The rows of staging linked to a subject under which their key stands, while the last word of a person on that link
# was to undo it: no version of the record is left that was not taken off.
_UNDONE = """
    WITH undone AS MATERIALIZED (
        SELECT DISTINCT r.subject, r.natural_key
        FROM limu.submission sent
        JOIN limu.judgement j ON j.department = sent.department AND j.verdict = 'undone'
        JOIN limu.record r ON r.id = j.record AND r.subject = j.subject AND r.item = sent.item
        WHERE sent.id = %(submission)s
          AND r.version = (SELECT max(n.version) FROM limu.record n
                           WHERE n.subject = r.subject AND n.department = r.department AND n.item = r.item
                             AND n.natural_key = r.natural_key)
    ), again AS MATERIALIZED (
        SELECT l.submission, l.row_number, l.subject
        FROM undone u JOIN staging.link l ON l.subject = u.subject
        JOIN staging.entry e ON e.submission = l.submission AND e.row_number = l.row_number
            AND e.natural_key = u.natural_key
        WHERE l.submission = %(submission)s
    )
    DELETE FROM staging.link l USING again a, limu.subject s
    WHERE l.submission = a.submission AND l.row_number = a.row_number AND s.id = a.subject
    RETURNING l.row_number, l.basis, s.id AS subject, coalesce(s.uscc, '') AS uscc, s.name
"""


def unlink_undone(connection: Connection[Any], submission: UUID) -> int:
    """Turn links that a person has undone into doubts with the subject as candidate; returns how many.

    An undoing has the last word until somebody judges anew: sent again, the row is neither linked by itself nor
    passed over as known."""
    if connection.execute("SELECT FROM limu.judgement WHERE verdict = 'undone' LIMIT 1").fetchone() is None:
        return 0
    with connection.cursor(row_factory=dict_row) as cursor:
        rows = cursor.execute(_UNDONE, {"submission": submission}).fetchall()
    with connection.cursor().copy("COPY staging.doubt (submission, row_number, reason, candidates) FROM STDIN") as copy:
        copy.set_types(["uuid", "int4", "text", "jsonb"])
        for row in rows:
            reasons = ["统一社会信用代码一致" if row["basis"] == "uscc" else "比对一致", "此前的关联已撤销"]
            found = {"subject": str(row["subject"]), "uscc": row["uscc"], "name": row["name"], "reasons": reasons}
            copy.write_row((submission, row["row_number"], ASKED_ANEW, Jsonb([found])))
    return len(rows)
