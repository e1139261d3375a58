"""Links that a person took back: the machine does not make them again, it asks anew."""

from typing import Any
from uuid import UUID

import polars as pl
from psycopg import Connection
from psycopg.rows import dict_row

ASKED_ANEW = "这一行曾关联到该主体，后经撤销；现再次报送，请重新判断"

# The subjects and keys under which something stands while the last word of a person on that link was to undo it: no
# version of the record is left that was not taken off.
_UNDONE = """
    SELECT DISTINCT r.subject::text AS subject, r.natural_key AS key, coalesce(s.uscc, '') AS uscc, s.name
    FROM limu.judgement j
    JOIN limu.record r ON r.id = j.record AND r.subject = j.subject AND r.item = %(item)s
    JOIN limu.subject s ON s.id = r.subject
    WHERE j.department = %(department)s AND j.verdict = 'undone'
      AND r.version = (SELECT max(n.version) FROM limu.record n
                       WHERE n.subject = r.subject AND n.department = r.department AND n.item = r.item
                         AND n.natural_key = r.natural_key)
"""


def undone_links(
    connection: Connection[Any], links: pl.DataFrame, frame: pl.DataFrame, *, sent: tuple[UUID, str]
) -> list[tuple[int, dict[str, Any]]]:
    """Find the links that a person has undone, each with the subject as the candidate of a doubt.

    An undoing has the last word until somebody judges anew: sent again, the row is neither linked by itself nor
    passed over as known."""
    with connection.cursor(row_factory=dict_row) as cursor:
        undone = cursor.execute(_UNDONE, {"department": sent[0], "item": sent[1]}).fetchall()
    if not undone:
        return []
    by_key = {(row["subject"], bytes(row["key"])): row for row in undone}
    keyed = links.join(frame.select("row_number", "natural_key"), on="row_number", maintain_order="left")
    keyed = keyed.filter(pl.col("subject").is_in([row["subject"] for row in undone]))
    return [
        (number, _candidate(row, basis))
        for number, subject, basis, key in keyed.select("row_number", "subject", "basis", "natural_key").iter_rows()
        if (row := by_key.get((subject, key)))
    ]


def _candidate(row: dict[str, Any], basis: str) -> dict[str, Any]:
    reasons = ["统一社会信用代码一致" if basis == "uscc" else "比对一致", "此前的关联已撤销"]
    return {"subject": row["subject"], "uscc": row["uscc"], "name": row["name"], "reasons": reasons}
