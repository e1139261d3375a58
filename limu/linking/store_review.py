"""Queries of the matching desk; row-level security opens what the act may reach."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from psycopg import Connection
from psycopg.rows import class_row, dict_row

from limu.linking.rules_review import Known

MOST_ALIKE = 200
"""The most rows that one act judges together."""

_WAITING = """
    SELECT p.id, d.short_name AS department_name, i.name AS item_name, coalesce(p.party_name, '') AS name, p.reason,
           coalesce(p.record ->> 'document_number', '') AS document_number, p.entered_at,
           jsonb_array_length(p.candidates) AS candidates,
           EXISTS (SELECT FROM limu.link_wish w WHERE w.pending = p.id AND w.settled_at IS NULL) AS is_wished
    FROM limu.pending_record p
    JOIN limu.department d ON d.id = p.department
    JOIN limu.catalogue_item i ON i.code = p.item AND i.version = p.item_version
"""
_ROW = """
    SELECT p.id, p.department, d.short_name AS department_name, p.item, i.name AS item_name, p.party_normal,
           coalesce(p.party_name, '') AS party_name, p.party, p.reason, p.candidates, p.entered_at, p.settled_at,
           p.record ->> 'document_number' AS document_number, (p.record ->> 'decided_on')::date AS decided_on,
           EXISTS (SELECT FROM limu.link_wish w WHERE w.pending = p.id AND w.settled_at IS NULL) AS is_wished,
           (SELECT count(*) FROM (
               SELECT FROM limu.pending_record q
               WHERE q.settled_at IS NULL AND q.party_normal = p.party_normal AND q.id <> p.id
                 AND q.party_name IS NOT DISTINCT FROM p.party_name AND q.party = p.party
                 AND q.candidates = p.candidates LIMIT %(most)s) x)::int AS alike
    FROM limu.pending_record p
    JOIN limu.department d ON d.id = p.department
    JOIN limu.catalogue_item i ON i.code = p.item AND i.version = p.item_version
"""


def queue(
    connection: Connection[Any], *, department: UUID | None, until: datetime | None, wished: bool,
    after: tuple[datetime, UUID] | None, limit: int,
) -> list[dict[str, Any]]:  # fmt: skip
    """List waiting rows of every department, the oldest first, and one more than asked.

    `until` keeps those that came before it, `wished` those whose first judgement waits for another person."""
    where = " WHERE p.settled_at IS NULL"
    where += " AND p.department = %(department)s" if department else ""
    where += " AND p.entered_at < %(until)s" if until else ""
    where += " AND p.id IN (SELECT pending FROM limu.link_wish WHERE settled_at IS NULL)" if wished else ""
    where += " AND (p.entered_at, p.id) > (%(at)s, %(id)s)" if after else ""
    values: dict[str, Any] = {"department": department, "until": until, "limit": limit + 1}
    values |= {"at": after[0], "id": after[1]} if after else {}
    with connection.cursor(row_factory=dict_row) as cursor:
        statement = _WAITING + where + " ORDER BY p.entered_at, p.id LIMIT %(limit)s"
        return cursor.execute(statement, values).fetchall()


def find_row(connection: Connection[Any], pending: UUID) -> dict[str, Any] | None:
    """Find one row, waiting or settled."""
    with connection.cursor(row_factory=dict_row) as cursor:
        return cursor.execute(_ROW + " WHERE p.id = %(id)s", {"id": pending, "most": MOST_ALIKE}).fetchone()


def alike(connection: Connection[Any], pending: UUID) -> list[dict[str, Any]]:
    """List the waiting rows that say the same of a party and have the same candidates, this one first."""
    with connection.cursor(row_factory=dict_row) as cursor:
        return cursor.execute(
            """SELECT q.id, d.short_name AS department_name, i.name AS item_name, q.entered_at,
                      q.record ->> 'document_number' AS document_number
               FROM limu.pending_record p JOIN limu.pending_record q
                 ON q.settled_at IS NULL AND q.party_normal = p.party_normal AND q.party = p.party
                 AND q.party_name IS NOT DISTINCT FROM p.party_name AND q.candidates = p.candidates
               JOIN limu.department d ON d.id = q.department
               JOIN limu.catalogue_item i ON i.code = q.item AND i.version = q.item_version
               WHERE p.id = %s AND p.settled_at IS NULL
                 AND NOT EXISTS (SELECT FROM limu.link_wish w WHERE w.pending = q.id AND w.settled_at IS NULL)
               ORDER BY q.id <> p.id, q.entered_at, q.id LIMIT %s""",
            (pending, MOST_ALIKE),
        ).fetchall()


def known(connection: Connection[Any], subjects: Sequence[UUID]) -> dict[UUID, Known]:
    """Read what the register says of candidates, under the names the public is shown."""
    with connection.cursor(row_factory=dict_row) as cursor:
        rows = cursor.execute(
            """SELECT s.id AS subject, coalesce(s.uscc, '') AS uscc, s.public_name AS name, s.kind,
                      coalesce(s.region, '') AS region, coalesce(s.registrar, '') AS registrar,
                      coalesce(s.address, '') AS address,
                      ARRAY(SELECT n.name FROM limu.subject_name n WHERE n.subject = s.id AND NOT n.is_current
                            ORDER BY n.name) AS former,
                      ARRAY(SELECT n.number FROM limu.subject_number n WHERE n.subject = s.id ORDER BY n.number)
                        AS numbers
               FROM limu.subject s WHERE s.id = ANY (%s)""",
            (list(subjects),),
        ).fetchall()
    return {
        row["subject"]: Known(**row | {"former": tuple(row["former"]), "numbers": tuple(row["numbers"])})
        for row in rows
    }


@dataclass(frozen=True, slots=True)
class Wish:
    """A first judgement that waits for another person, or what became of it."""

    id: UUID
    pending: UUID
    department: UUID
    subject: UUID
    reason: str
    risks: list[str]
    asked_by: UUID
    asked_code: str
    asked_person: UUID
    asked_name: str
    asked_at: datetime
    settled_at: datetime | None
    is_agreed: bool | None


_WISH = """
    SELECT w.id, w.pending, w.department, w.subject, w.reason, w.risks, w.asked_by, o.code AS asked_code,
           o.person AS asked_person, n.name AS asked_name, w.asked_at, w.settled_at, w.is_agreed
    FROM limu.link_wish w JOIN limu.officer o ON o.id = w.asked_by JOIN limu.person n ON n.id = o.person
"""


def insert_wish(connection: Connection[Any], values: dict[str, Any]) -> bool:
    """Keep a first judgement; False where one waits already."""
    row = connection.execute(
        """INSERT INTO limu.link_wish (id, pending, department, subject, reason, risks, asked_by)
           VALUES (%(id)s, %(pending)s, %(department)s, %(subject)s, %(reason)s, %(risks)s, %(asked_by)s)
           ON CONFLICT (pending) WHERE settled_at IS NULL DO NOTHING RETURNING id""",
        values,
    ).fetchone()
    return row is not None


def open_wish(connection: Connection[Any], pending: UUID) -> Wish | None:
    """Find the first judgement of a row that waits, locked for the decision on it."""
    with connection.cursor(row_factory=class_row(Wish)) as cursor:
        statement = _WISH + " WHERE w.pending = %s AND w.settled_at IS NULL FOR UPDATE OF w"
        return cursor.execute(statement, (pending,)).fetchone()


def settle_wish(connection: Connection[Any], wish: UUID, *, officer: UUID, is_agreed: bool) -> None:
    """Write down what became of a first judgement."""
    connection.execute(
        "UPDATE limu.link_wish SET settled_by = %s, settled_at = limu.register_now(), is_agreed = %s WHERE id = %s",
        (officer, is_agreed, wish),
    )


@dataclass(frozen=True, slots=True)
class Judged:
    """A judgement as the desk tells it: what became of which row, by whom, on which evidence."""

    id: UUID
    pending: UUID
    act: UUID | None
    verdict: str
    record: UUID | None
    reason: str | None
    evidence: dict[str, Any]
    judged_at: datetime
    officer_name: str
    officer_code: str
    second_name: str | None
    subject_name: str | None
    uscc: str | None
    is_undone: bool
    is_public: bool


_JUDGED = """
    SELECT j.id, j.pending, j.act, j.verdict, j.record, j.reason, j.evidence, j.judged_at, n.name AS officer_name,
           o.code AS officer_code, m.name AS second_name, s.public_name AS subject_name, s.uscc,
           EXISTS (SELECT FROM limu.judgement u WHERE u.undoes = j.id) AS is_undone,
           EXISTS (SELECT FROM limu.publication b WHERE b.subject = j.subject AND b.record = j.record
                   AND b.known_until = 'infinity' AND b.decision = 'published'
                   AND b.shown_from <= %(today)s AND b.shown_until > %(today)s) AS is_public
    FROM limu.judgement j JOIN limu.officer o ON o.id = j.officer JOIN limu.person n ON n.id = j.person
    LEFT JOIN limu.person m ON m.id = j.second_person LEFT JOIN limu.subject s ON s.id = j.subject
"""


def history(connection: Connection[Any], pending: UUID, *, today: date) -> list[Judged]:
    """List what was judged of a row, the newest first."""
    with connection.cursor(row_factory=class_row(Judged)) as cursor:
        statement = _JUDGED + " WHERE j.pending = %(pending)s ORDER BY j.judged_at DESC, j.verdict"
        return cursor.execute(statement, {"pending": pending, "today": today}).fetchall()


def find_judged(connection: Connection[Any], judgement: UUID, *, today: date) -> Judged | None:
    """Find one judgement."""
    with connection.cursor(row_factory=class_row(Judged)) as cursor:
        statement = _JUDGED + " WHERE j.id = %(judgement)s"
        return cursor.execute(statement, {"judgement": judgement, "today": today}).fetchone()


def same_act(connection: Connection[Any], judgement: UUID) -> list[UUID]:
    """List the judgements that one press made together and nobody has undone; alone, this one."""
    with connection.cursor(row_factory=dict_row) as cursor:
        cursor.execute(
            """SELECT o.id FROM limu.judgement j JOIN limu.judgement o ON o.id = j.id OR o.act = j.act
               WHERE j.id = %s AND o.undoes IS NULL
                 AND NOT EXISTS (SELECT FROM limu.judgement u WHERE u.undoes = o.id) ORDER BY o.judged_at, o.id""",
            (judgement,),
        )
        return [row["id"] for row in cursor]


def oldest(connection: Connection[Any]) -> tuple[int, datetime | None, int]:
    """Count waiting rows up to a thousand and one, find the oldest, and count first judgements that wait."""
    with connection.cursor(row_factory=dict_row) as cursor:
        row = cursor.execute(
            """SELECT (SELECT count(*) FROM (SELECT FROM limu.pending_record WHERE settled_at IS NULL LIMIT 1001) x)
                        AS rows,
                      (SELECT entered_at FROM limu.pending_record WHERE settled_at IS NULL
                       ORDER BY entered_at, id LIMIT 1) AS oldest,
                      (SELECT count(*) FROM limu.link_wish w JOIN limu.pending_record p ON p.id = w.pending
                       WHERE w.settled_at IS NULL AND p.settled_at IS NULL) AS wishes"""
        ).fetchone()
    assert row is not None
    return int(row["rows"]), row["oldest"], int(row["wishes"])
