"""Every query on lists, their entries and steps."""

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from psycopg import Connection
from psycopg.rows import class_row, dict_row, tuple_row

from limu.department.rules import Officer
from limu.listing.rules import Entry, ListKind

_KIND = """
    SELECT k.code, k.name, k.field, k.shape, b.citation AS basis, r.citation AS rule, k.region,
           lower(k.during) AS from_on, upper(k.during) AS until_on, k.statement_days,
           coalesce((extract(year FROM k.term) * 12 + extract(month FROM k.term))::int, 0) AS term_months,
           (extract(year FROM k.early) * 12 + extract(month FROM k.early))::int AS early_months,
           k.is_confirmed AND NOT isempty(k.during) AS is_confirmed, coalesce(h.citation, '') AS hearing,
           coalesce(k.hearing_days, 0) AS hearing_days, coalesce(k.hearing_notice_days, 0) AS hearing_notice_days
    FROM limu.listing_kind k
    JOIN limu.measure_basis b ON b.article = k.basis JOIN limu.measure_basis r ON r.article = k.rule
    LEFT JOIN limu.measure_basis h ON h.article = k.hearing"""
_ENTRY = """
    SELECT id, list, subject, department, proposed_by, noticed_on, statement_until, stated_on, decided_on, ends_on,
           served_on, exited_on, hearing_until, hearing_asked_on, hearing_on, heard_on, hearing_is_own,
           hearing_withdrawn_on, CASE WHEN record IS NOT NULL THEN (
               SELECT CASE WHEN p.decision = 'ended' THEN 'ended'
                           WHEN p.reason IN ('held_objection', 'held_reorganisation') THEN 'held' END
               FROM limu.publication p
               WHERE p.subject = e.subject AND p.record = e.record AND p.known_until = 'infinity') END AS lost
    FROM limu.list_entry e"""


def list_kinds(connection: Connection[Any]) -> tuple[ListKind, ...]:
    """Every list the law book holds with a rule of entry and exit."""
    with connection.cursor(row_factory=class_row(ListKind)) as cursor:
        return tuple(cursor.execute(_KIND + " ORDER BY k.code").fetchall())


def find_kind(connection: Connection[Any], code: str) -> ListKind | None:
    """One list by its code."""
    with connection.cursor(row_factory=class_row(ListKind)) as cursor:
        return cursor.execute(_KIND + " WHERE k.code = %s", (code,)).fetchone()


def kept_lists(connection: Connection[Any], department: UUID) -> frozenset[str]:
    """The lists a department keeps today: it has the items that the law says they are reported under."""
    with connection.cursor(row_factory=tuple_row) as cursor:
        cursor.execute("SELECT code FROM limu.listing_kind WHERE limu.keeps_list(code, %s)", (department,))
        return frozenset(code for (code,) in cursor)


def insert_entry(
    connection: Connection[Any],
    *,
    entry: UUID,
    kind: str,
    subject: UUID,
    officer: Officer,
    region: str,
    facts: str,
    evidence: str,
    record: UUID | None = None,
) -> bool:
    """Begin an entry; False when the subject has a running one on this list by this department."""
    cursor = connection.execute(
        """INSERT INTO limu.list_entry (id, list, subject, department, region, record, facts, evidence, proposed_by)
           VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s) ON CONFLICT DO NOTHING""",
        (entry, kind, subject, officer.department, region, record, facts, evidence, officer.person),
    )
    return cursor.rowcount == 1


def may_rest_on(connection: Connection[Any], record: UUID, *, subject: UUID) -> bool:
    """Tell whether a record is this subject's and stands: nothing rests on what ended."""
    return (
        connection.execute(
            """SELECT FROM limu.publication p WHERE p.subject = %s AND p.record = %s AND p.known_until = 'infinity'
             AND p.decision <> 'ended' AND limu.ended_as(p.subject, p.record) IS NULL""",
            (subject, record),
        ).fetchone()
        is not None
    )


def insert_step(
    connection: Connection[Any],
    *,
    step: UUID,
    entry: UUID,
    kind: str,
    on: date,
    document: str,
    text: str,
    officer: Officer,
    until: date | None = None,
    **more: Any,
) -> None:
    """Append a step; `more` names how and with whom it leaves (exit_kind, second), or a notice's hearing_until."""
    connection.execute(
        """INSERT INTO limu.list_step (id, entry, kind, on_day, document_number, text, until_day, exit_kind, officer,
               person, department, second_person, hearing_until_day)
           VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)""",
        (
            step, entry, kind, on, document, text, until, more.get("exit_kind"), officer.id, officer.person,
            officer.department, more.get("second"), more.get("hearing_until"),
        ),
    )  # fmt: skip


def find_entry(connection: Connection[Any], entry: UUID) -> Entry | None:
    """One entry within what row-level security opens, locked: who decides first, decides."""
    with connection.cursor(row_factory=tuple_row) as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 1))", (str(entry),))
    with connection.cursor(row_factory=class_row(Entry)) as cursor:
        return cursor.execute(_ENTRY + " WHERE id = %s", (entry,)).fetchone()


def entries(connection: Connection[Any], *, subject: UUID | None = None, kind: str | None = None) -> tuple[Entry, ...]:
    """Entries of a subject or a list within what row-level security opens, the newest first."""
    with connection.cursor(row_factory=class_row(Entry)) as cursor:
        cursor.execute(
            _ENTRY + " WHERE (%(subject)s::uuid IS NULL OR subject = %(subject)s)"
            " AND (%(kind)s::text IS NULL OR list = %(kind)s)"
            " ORDER BY proposed_at DESC, id",
            {"subject": subject, "kind": kind},
        )
        return tuple(cursor.fetchall())


def entries_of(connection: Connection[Any], entries: Sequence[UUID]) -> dict[UUID, Entry]:
    """Several entries by their keys, within what row-level security opens."""
    with connection.cursor(row_factory=class_row(Entry)) as cursor:
        return {one.id: one for one in cursor.execute(_ENTRY + " WHERE id = ANY (%s)", (list(entries),))}


def running_on(connection: Connection[Any], record: UUID, *, department: UUID) -> tuple[UUID, ...]:
    """The served entries of a body that rest on a record and have not ended."""
    with connection.cursor(row_factory=tuple_row) as cursor:
        cursor.execute(
            """SELECT id FROM limu.list_entry WHERE record = %s AND department = %s AND served_on IS NOT NULL
                 AND exited_on IS NULL ORDER BY id""",
            (record, department),
        )
        return tuple(row[0] for row in cursor)


def steps_of(connection: Connection[Any], entry: UUID) -> tuple[dict[str, Any], ...]:
    """The steps of an entry in their order, as the desk and the file print them."""
    with connection.cursor(row_factory=dict_row) as cursor:
        cursor.execute(
            """SELECT s.kind, s.on_day, s.document_number, s.text, s.until_day, s.exit_kind,
                      coalesce(o.code, '') AS officer
               FROM limu.list_step s LEFT JOIN limu.officer o ON o.id = s.officer WHERE s.entry = %s
               ORDER BY s.recorded_at, s.on_day""",
            (entry,),
        )
        return tuple(cursor.fetchall())


def find_subject(connection: Connection[Any], uscc: str) -> UUID | None:
    """A subject by its code."""
    with connection.cursor(row_factory=tuple_row) as cursor:
        row = cursor.execute("SELECT id FROM limu.subject WHERE uscc = %s", (uscc,)).fetchone()
    return row[0] if row else None


def find_region(connection: Connection[Any], department: UUID) -> str:
    """The region in which a department acts."""
    with connection.cursor(row_factory=tuple_row) as cursor:
        row = cursor.execute("SELECT region FROM limu.department WHERE id = %s", (department,)).fetchone()
    return row[0] if row else ""


def shown_entries(connection: Connection[Any], kind: str, *, limit: int) -> tuple[dict[str, Any], ...]:
    """Who stands on a list today, as the public may see it; the newest first."""
    items = _shown_items(connection, kind)
    with connection.cursor(row_factory=dict_row) as cursor:
        cursor.execute(
            """SELECT id, uscc, name, from_on, nullif(until_on, 'infinity') AS until_on, authority, document
               FROM shown.list_entry WHERE list = %s AND item = ANY (%s) ORDER BY from_on DESC, id LIMIT %s""",
            (kind, items, limit),
        )
        return tuple(cursor.fetchall())


def shown_counts(connection: Connection[Any]) -> dict[str, int]:
    """How many organisations stand on each list today."""
    with connection.cursor(row_factory=tuple_row) as cursor:
        cursor.execute(
            "SELECT list, count(*) FROM shown.list_entry WHERE item = ANY (%s) GROUP BY list",
            (_shown_items(connection),),
        )
        return dict(cursor.fetchall())


def _shown_items(connection: Connection[Any], kind: str | None = None) -> list[str]:
    """The items of records that stand on lists, and the none of an entry made here.

    Asked first and told as values: by them the planner sees how few such records there are among millions."""
    with connection.cursor(row_factory=tuple_row) as cursor:
        cursor.execute(
            """SELECT DISTINCT item FROM shown.listing_kind k, unnest(k.items) item
               WHERE k.code = coalesce(%s::text, k.code)""",
            (kind,),
        )
        return ["", *(item for (item,) in cursor)]
