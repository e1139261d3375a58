"""Queries on publication: closing and opening its rows, and what the public views hold."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from psycopg import Connection
from psycopg.rows import dict_row, tuple_row

from limu.publication.rules import Wanted
from limu.record.state import State

Row = dict[str, Any]

_RECORD = """SELECT id, subject, subject_uscc, subject_name, item, item_version, version, document_number, authority,
    decided_on, severity, kinds, fine_fen, valid_from, valid_until, content, shown_from, shown_until,
    earliest_repair_on, rule, is_disputed, known_from, department_name, link_basis, recorded_at FROM shown.record"""

# Both times narrow what is public today; neither widens it (design.md 3 and 8).
_TIMES = """ AND (%(as_of)s::date IS NULL OR shown_from <= %(as_of)s)
    AND (%(known_at)s::timestamptz IS NULL OR recorded_at <= %(known_at)s)"""


def end(connection: Connection[Any], *, subject: UUID, record: UUID, reason: str) -> bool:
    """Close what is shown of a record and open the row that says why; False when there was nothing to end."""
    closed = connection.execute(
        """WITH closed AS (
               UPDATE limu.publication
               SET known_until = greatest(limu.register_now(), known_from + interval '1 microsecond')
               WHERE subject = %(subject)s AND record = %(record)s AND known_until = 'infinity' AND decision <> 'ended'
               RETURNING *)
           INSERT INTO limu.publication (subject, record, department, known_from, decision, reason, shown_from,
               shown_until, earliest_repair_on, rule)
           SELECT subject, record, department, known_until, 'ended', %(reason)s, shown_from, shown_until,
               earliest_repair_on, rule FROM closed""",
        {"subject": subject, "record": record, "reason": reason},
    )
    return closed.rowcount == 1


def turn(connection: Connection[Any], *, subject: UUID, record: UUID, state: State) -> bool:
    """Write what the events now say over what was shown: decision, reason and mark; the days stay the law's."""
    turned = connection.execute(
        """WITH closed AS (
               UPDATE limu.publication
               SET known_until = greatest(limu.register_now(), known_from + interval '1 microsecond')
               WHERE subject = %(subject)s AND record = %(record)s AND known_until = 'infinity'
                 AND (decision, reason, is_disputed) IS DISTINCT FROM (%(decision)s, %(reason)s, %(is_disputed)s)
               RETURNING *)
           INSERT INTO limu.publication (subject, record, department, known_from, decision, reason, shown_from,
               shown_until, earliest_repair_on, rule, is_disputed)
           SELECT subject, record, department, known_until, %(decision)s, %(reason)s, shown_from, shown_until,
               earliest_repair_on, rule, %(is_disputed)s FROM closed""",
        {"subject": subject, "record": record, "decision": state.decision, "reason": state.reason,
         "is_disputed": state.is_disputed},
    )  # fmt: skip
    return turned.rowcount == 1


def find_public(
    connection: Connection[Any], record: UUID, *, as_of: date | None, known_at: datetime | None
) -> Row | None:
    """Find one record that is public today."""
    with connection.cursor(row_factory=dict_row) as cursor:
        values = {"id": record, "as_of": as_of, "known_at": known_at}
        return cursor.execute(_RECORD + " WHERE id = %(id)s" + _TIMES, values).fetchone()


def is_ended(connection: Connection[Any], record: UUID) -> bool:
    """Tell whether a record was public once and is so no more; says nothing else about it."""
    return connection.execute("SELECT FROM shown.ended_record WHERE id = %s", (record,)).fetchone() is not None


def public_of_subject(
    connection: Connection[Any],
    subject: UUID,
    *,
    items: tuple[str, ...],
    limit: int,
    after: tuple[date, UUID] | None,
    as_of: date | None,
    known_at: datetime | None,
) -> list[Row]:
    """List a subject's public records, the newest first, and one more than asked to tell whether there are more."""
    values = {"subject": subject, "items": list(items), "limit": limit + 1, "as_of": as_of, "known_at": known_at}
    where = " WHERE subject = %(subject)s AND (cardinality(%(items)s::text[]) = 0 OR item = ANY (%(items)s))" + _TIMES
    with connection.cursor(row_factory=dict_row) as cursor:
        return cursor.execute(_RECORD + where + _after(values, after), values).fetchall()


def latest(
    connection: Connection[Any],
    wanted: Wanted,
    *,
    limit: int,
    after: tuple[date, UUID] | None,
    as_of: date | None,
    known_at: datetime | None,
) -> list[Row]:
    """List public records across subjects that carry a decision day, in the order asked for."""
    values = _asked(wanted, as_of=as_of, known_at=known_at) | {"most": limit + 1}
    values["day"], values["last"] = after or (None, None)
    way = "" if wanted.oldest_first else " DESC"
    statement = f"{_RECORD.replace('shown.record', _LISTED)} ORDER BY decided_on{way}, id{way}"
    with connection.cursor(row_factory=dict_row) as cursor:
        return cursor.execute(statement, values).fetchall()


def count_listed(
    connection: Connection[Any], wanted: Wanted, *, most: int, as_of: date | None, known_at: datetime | None
) -> int:
    """Count what a list holds today, and stop at `most`."""
    values = _asked(wanted, as_of=as_of, known_at=known_at) | {"most": most}
    with connection.cursor(row_factory=dict_row) as cursor:
        row = cursor.execute(
            """SELECT shown.count_listed(%(items)s, %(authority)s, %(region)s, %(status)s, %(from)s, %(until)s,
                                         %(as_of)s, %(known_at)s, %(most)s) AS n""",
            values,
        ).fetchone()
    assert row is not None
    return int(row["n"])


_LISTED = """shown.listed_records(%(items)s, %(authority)s, %(region)s, %(status)s, %(from)s, %(until)s,
    %(as_of)s, %(known_at)s, %(oldest_first)s, %(day)s, %(last)s, %(most)s)"""


def _asked(wanted: Wanted, *, as_of: date | None, known_at: datetime | None) -> Row:
    return {
        "items": list(wanted.items), "authority": wanted.authority, "region": wanted.region, "status": wanted.status,
        "from": wanted.decided_from, "until": wanted.decided_until, "oldest_first": wanted.oldest_first,
        "as_of": as_of, "known_at": known_at,
    }  # fmt: skip


def disputed_among(connection: Connection[Any], codes: list[str]) -> frozenset[str]:
    """Of some organisations, those with a public record that is objected to."""
    with connection.cursor(row_factory=dict_row) as cursor:
        cursor.execute("SELECT uscc FROM shown.disputed_subject WHERE uscc = ANY (%s)", (codes,))
        return frozenset(row["uscc"] for row in cursor)


def newest_intake(connection: Connection[Any]) -> datetime | None:
    """When the newest submission that is whole came in."""
    with connection.cursor(row_factory=dict_row) as cursor:
        row = cursor.execute("SELECT received_at FROM shown.newest_intake").fetchone()
    return None if row is None else row["received_at"]


def _after(values: Row, after: tuple[date, UUID] | None) -> str:
    order = " ORDER BY coalesce(decided_on, shown_from) DESC, id DESC LIMIT %(limit)s"
    if after is None:
        return order
    values |= {"after_day": after[0], "after_id": after[1]}
    return " AND (coalesce(decided_on, shown_from), id) < (%(after_day)s::date, %(after_id)s::uuid)" + order


def counts_of_subject(
    connection: Connection[Any], subject: UUID, *, as_of: date | None, known_at: datetime | None
) -> dict[str, int]:
    """Count a subject's public records by item."""
    with connection.cursor(row_factory=dict_row) as cursor:
        cursor.execute(
            "SELECT item, count(*) AS n FROM shown.record WHERE subject = %(subject)s" + _TIMES + " GROUP BY item",
            {"subject": subject, "as_of": as_of, "known_at": known_at},
        )
        return {row["item"]: row["n"] for row in cursor}


def history(connection: Connection[Any], *, subject: UUID, record: UUID) -> list[Row]:
    """List the public states of a record that is public today."""
    with connection.cursor(row_factory=dict_row) as cursor:
        return cursor.execute(
            """SELECT known_from, nullif(known_until, 'infinity') AS known_until, decision, shown_from, shown_until,
                      rule, is_disputed
               FROM shown.publication_history WHERE subject = %s AND record = %s ORDER BY known_from""",
            (subject, record),
        ).fetchall()


def register_state(connection: Connection[Any]) -> tuple[int, datetime, date]:
    """Read the register's version, when it changed, and the register's day."""
    with connection.cursor(row_factory=tuple_row) as cursor:
        row = cursor.execute("SELECT version, changed_at, today FROM shown.register_state").fetchone()
    assert row is not None
    return row[0], row[1], row[2]


def quality(connection: Connection[Any]) -> list[Row]:
    """Read the public account of each department's submissions."""
    with connection.cursor(row_factory=dict_row) as cursor:
        return cursor.execute("SELECT * FROM shown.department_quality ORDER BY department, item").fetchall()


def shown_then(connection: Connection[Any], *, subject: UUID, on: date, known_at: datetime) -> list[Row]:
    """Read what the register held at an instant to be public of a subject on a day; under row-level security."""
    with connection.cursor(row_factory=dict_row) as cursor:
        return cursor.execute(
            """SELECT r.id, r.item, r.item_version, r.version, r.document_number, r.authority, r.decided_on, r.content,
                      d.name AS department_name, p.known_from, nullif(p.known_until, 'infinity') AS known_until,
                      p.shown_from, p.shown_until, p.rule, p.is_disputed, r.link_basis
               FROM limu.publication p JOIN limu.record r ON r.subject = p.subject AND r.id = p.record
               JOIN limu.department d ON d.id = p.department
               WHERE p.subject = %(subject)s AND p.known_from <= %(at)s AND %(at)s < p.known_until
                 AND p.decision = 'published' AND p.shown_from <= %(on)s AND %(on)s < p.shown_until
               ORDER BY r.decided_on DESC NULLS LAST, r.id LIMIT 500""",
            {"subject": subject, "on": on, "at": known_at},
        ).fetchall()


def all_states(connection: Connection[Any], *, subject: UUID) -> list[Row]:
    """Read every state ever held of a subject's records; for those who hold a ticket, under row-level security."""
    with connection.cursor(row_factory=dict_row) as cursor:
        return cursor.execute(
            """SELECT p.record, p.known_from, nullif(p.known_until, 'infinity') AS known_until, p.decision, p.reason,
                      p.shown_from, p.shown_until, p.rule, r.item, r.document_number, r.authority, r.decided_on,
                      r.content
               FROM limu.publication p JOIN limu.record r ON r.subject = p.subject AND r.id = p.record
               WHERE p.subject = %s ORDER BY p.record, p.known_from""",
            (subject,),
        ).fetchall()
