"""Queries of repair: what may be repaired, which notices are not served yet, what the platform above decided."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final
from uuid import UUID

from psycopg import Connection
from psycopg.rows import class_row, dict_row, tuple_row

from limu.department.rules import Officer


@dataclass(frozen=True, slots=True)
class Repairable:
    """An adverse record with its days, as it stands in publication today."""

    record: UUID
    subject: UUID
    department: UUID
    item: str
    document_number: str | None
    authority: str
    decided_on: date | None
    decision: str
    reason: str
    shown_until: date | None
    earliest_repair_on: date | None
    rule: str | None
    list_earliest_on: date | None
    notice_served_on: date | None
    body: str = ""
    performed_on: date | None = None
    # An entry of a list that rests on no reported record; `record` is then the entry's id.
    is_entry: bool = False

    def is_over(self, *, on: date) -> bool:
        """Whether its term has run out: publication and use have ended by themselves, and nothing is left to repair."""
        return self.shown_until is not None and self.shown_until <= on

    @property
    def verified_by(self) -> str:
        """The body that has verified performance itself, or nothing."""
        return self.body if self.performed_on else ""


_TOLD = """
    SELECT r.id AS record, r.subject, r.department, r.item, r.document_number,
           coalesce(r.authority, d.name) AS authority,
           r.decided_on, p.decision, p.reason, p.shown_until, p.earliest_repair_on, p.rule,
           (SELECT max((e.decided_on + k.early)::date + 1) FROM limu.list_entry e
            JOIN limu.listing_kind k ON k.code = e.list
            WHERE k.early > '0' AND e.record = r.id AND e.subject = r.subject AND e.served_on IS NOT NULL
              AND e.exited_on IS NULL
           ) AS list_earliest_on,
           n.on_day AS notice_served_on, d.short_name AS body,
           CASE WHEN v.is_performed THEN v.on_day END AS performed_on"""
_BESIDE = """
    JOIN limu.publication p ON p.subject = r.subject AND p.record = r.id AND p.known_until = 'infinity'
    JOIN limu.catalogue_item i ON i.code = r.item AND i.version = r.item_version AND i.is_adverse
    JOIN limu.department d ON d.id = r.department
    LEFT JOIN limu.repair_service n ON n.record = r.id
    LEFT JOIN LATERAL (SELECT p.is_performed, p.on_day FROM limu.repair_performance p WHERE p.record = r.id
                       ORDER BY p.number DESC LIMIT 1) v ON true"""


def _among(chosen: str) -> str:
    """Adverse records with what stands beside them: of those alone that a query chooses (subject, id)."""
    return f"{_TOLD} FROM ({chosen}) c JOIN limu.record r USING (subject, id) {_BESIDE}"


_REPAIRABLE = f"{_TOLD} FROM limu.record r {_BESIDE}"
# A body's decisions in the order of their days, each looked at only as far as a page needs: item by item from an index
# of all bodies' records, or from its own files where they are a needle in it. The lateral limits keep that order of
# work; a plain join would be taken for a small one and be sorted whole.
FEW: Final = 5_000
_STANDS = """CROSS JOIN LATERAL (
            SELECT FROM limu.publication p
            JOIN limu.catalogue_item i ON i.code = r.item AND i.version = r.item_version AND i.is_adverse
            WHERE p.subject = r.subject AND p.record = r.id AND p.known_until = 'infinity' AND p.decision <> 'ended'
              AND {of_state} LIMIT 1) p"""
_FIRST = "AND {of_record} ORDER BY r.decided_on{way}, r.id{way} LIMIT %(skip)s + %(limit)s"
_IN_ORDER = f"""
    WITH own AS MATERIALIZED (
        SELECT s.item, sum(s.accepted) AS rows FROM limu.submission s WHERE s.department = %(department)s
          AND s.item IN (SELECT code FROM limu.catalogue_item WHERE is_adverse) GROUP BY 1)
    SELECT x.subject, x.id FROM own o CROSS JOIN LATERAL (
        (SELECT r.subject, r.id, r.decided_on FROM limu.record r {_STANDS}
         WHERE o.rows > {FEW} AND r.item = o.item AND r.department = %(department)s {_FIRST})
        UNION ALL
        (SELECT r.subject, r.id, r.decided_on FROM limu.submission s JOIN limu.record r ON r.submission = s.id {_STANDS}
         WHERE o.rows <= {FEW} AND s.item = o.item AND s.department = %(department)s {_FIRST})) x
    ORDER BY x.decided_on{{way}}, x.id{{way}} LIMIT %(limit)s OFFSET %(skip)s"""


def _listed(
    connection: Connection[Any], values: dict[str, Any], *, of_state: str, of_record: str, way: str
) -> tuple[Repairable, ...]:  # fmt: skip
    chosen = _IN_ORDER.format(of_state=of_state, of_record=of_record, way=way)
    with connection.cursor(row_factory=class_row(Repairable)) as cursor:
        cursor.execute(
            f"{_among(chosen)} ORDER BY r.decided_on{way}, r.id{way}",
            values,
        )
        return tuple(cursor.fetchall())


def find_repairable(connection: Connection[Any], record: UUID) -> Repairable | None:
    """One adverse record within what row-level security opens."""
    with connection.cursor(row_factory=class_row(Repairable)) as cursor:
        return cursor.execute(_REPAIRABLE + " WHERE r.id = %s", (record,)).fetchone()


def annulled_on(connection: Connection[Any], subject: UUID) -> date | None:
    """The last day on which a repair of this subject was annulled: it had been obtained by false material."""
    with connection.cursor(row_factory=tuple_row) as cursor:
        row = cursor.execute(
            """SELECT max(s.on_day) FROM limu.case_step s JOIN limu.case_file c ON c.id = s.case_file
               WHERE c.subject = %s AND c.kind = 'repair' AND s.kind = 'annul'""",
            (subject,),
        ).fetchone()
    day: date | None = row[0] if row else None
    return day


def find_entry(connection: Connection[Any], entry: UUID) -> Repairable | None:
    """One entry in force that rests on no record, of a list whose rule knows an exit before its day."""
    with connection.cursor(row_factory=class_row(Repairable)) as cursor:
        return cursor.execute(
            """SELECT e.id AS record, e.subject, e.department, 'serious_list' AS item,
                      e.decision_document AS document_number, d.name AS authority, e.decided_on,
                      CASE WHEN e.exited_on IS NULL AND (e.ends_on IS NULL OR e.ends_on > limu.register_today())
                           THEN 'published' ELSE 'ended' END AS decision,
                      k.name AS reason, e.ends_on AS shown_until, NULL::date AS earliest_repair_on, NULL AS rule,
                      (e.decided_on + k.early)::date + CASE WHEN k.early > '0' THEN 1 ELSE 0 END AS list_earliest_on,
                      e.served_on AS notice_served_on, true AS is_entry
               FROM limu.list_entry e JOIN limu.listing_kind k ON k.code = e.list AND k.early IS NOT NULL
               JOIN limu.department d ON d.id = e.department
               WHERE e.id = %s AND e.record IS NULL AND e.served_on IS NOT NULL""",
            (entry,),
        ).fetchone()


_SOONEST = "ORDER BY coalesce(p.earliest_repair_on <= %(on)s, true) DESC, r.decided_on DESC, r.id"
# Of a subject with a hundred thousand records those of the page are chosen before anything is looked up beside them.
_OF_SUBJECT = f"""
    SELECT r.subject, r.id FROM limu.record r
    JOIN limu.publication p ON p.subject = r.subject AND p.record = r.id AND p.known_until = 'infinity'
    JOIN limu.catalogue_item i ON i.code = r.item AND i.version = r.item_version AND i.is_adverse
    WHERE r.subject = %(subject)s AND p.decision <> 'ended'
      AND (%(records)s::uuid[] IS NULL OR r.id = ANY (%(records)s))
      AND (%(on)s::date IS NULL OR p.shown_until IS NULL OR p.shown_until > %(on)s)
    {_SOONEST} LIMIT %(limit)s"""


def repairable_of(
    connection: Connection[Any], subject: UUID, *, on: date | None = None, records: Sequence[UUID] | None = None,
    limit: int | None = None,
) -> tuple[Repairable, ...]:  # fmt: skip
    """A subject's adverse records that nothing has ended, within what row-level security opens.

    With a day, those whose term has not run out, and first such as may be asked for by their own day; `records` names
    the only ones of interest."""
    values = {"subject": subject, "on": on, "records": None if records is None else list(records), "limit": limit}
    with connection.cursor(row_factory=class_row(Repairable)) as cursor:
        cursor.execute(
            f"{_among(_OF_SUBJECT)} {_SOONEST}",
            values,
        )
        return tuple(cursor.fetchall())


def find_by_document(
    connection: Connection[Any], *, uscc: str, document_number: str, authority: str = ""
) -> Repairable | None:
    """The record that a platform above names by code and document number; none where two fit."""
    with connection.cursor(row_factory=class_row(Repairable)) as cursor:
        cursor.execute(
            _REPAIRABLE
            + """ WHERE r.subject = (SELECT id FROM limu.subject WHERE uscc = %(uscc)s)
                AND r.document_number = %(document)s AND p.decision <> 'ended'
                AND (%(authority)s = '' OR r.authority = %(authority)s OR d.name = %(authority)s)""",
            {"uscc": uscc, "document": document_number, "authority": authority},
        )
        found = cursor.fetchall()
    return found[0] if len(found) == 1 else None


def missing_notices(
    connection: Connection[Any], *, department: UUID, limit: int = 200, skip: int = 0
) -> tuple[Repairable, ...]:  # fmt: skip
    """Decisions of a body whose repair notice nobody has recorded as served, the oldest first."""
    return _listed(
        connection, {"department": department, "limit": limit, "skip": skip}, way="", of_record="true",
        of_state="""p.earliest_repair_on IS NOT NULL
            AND NOT EXISTS (SELECT FROM limu.repair_service n WHERE n.record = r.id)""",
    )  # fmt: skip


def count_missing(connection: Connection[Any]) -> dict[UUID, int]:
    """How many notices each body has not recorded as served, within what row-level security opens."""
    with connection.cursor(row_factory=tuple_row) as cursor:
        cursor.execute(
            """SELECT b.department, b.n - coalesce(s.n, 0) FROM shown.repairable_by_body() b
               LEFT JOIN (SELECT p.department, count(*) AS n FROM limu.repair_service n
                          JOIN limu.publication p ON p.subject = n.subject AND p.record = n.record
                              AND p.known_until = 'infinity' AND p.decision <> 'ended'
                              AND p.earliest_repair_on IS NOT NULL GROUP BY 1) s ON s.department = b.department
               WHERE b.n > coalesce(s.n, 0)"""
        )
        return dict(cursor.fetchall())


def insert_service(
    connection: Connection[Any], one: Repairable, *, on: date, way: str, lines: Sequence[str], officer: UUID
) -> bool:
    """Record the service of a notice; False where it was recorded before."""
    made = connection.execute(
        """INSERT INTO limu.repair_service (record, subject, department, on_day, way, lines, officer)
           VALUES (%s, %s, %s, %s, %s, %s, %s) ON CONFLICT DO NOTHING""",
        (one.record, one.subject, one.department, on, way, list(lines), officer),
    )
    return made.rowcount == 1


def insert_decision_above(
    connection: Connection[Any], *, id: UUID, outside_number: str, case_file: UUID, parties: tuple[UUID, UUID],  # noqa: A002
    document: tuple[str, date], people: tuple[Officer, Officer],
) -> bool:  # fmt: skip
    """Keep what the platform above decided; False where it was received before."""
    made = connection.execute(
        """INSERT INTO limu.decision_above (id, outside_number, case_file, subject, department, document_number,
               decided_on, officer, person, second_person)
           VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s) ON CONFLICT DO NOTHING""",
        (id, outside_number, case_file, *parties, *document, people[0].id, people[0].person, people[1].person),
    )
    return made.rowcount == 1


def insert_restoration(
    connection: Connection[Any], *, id: UUID, record: UUID, parties: tuple[UUID, UUID], exception: str,  # noqa: A002
    document: tuple[str, str, date], people: tuple[Officer, Officer],
) -> None:  # fmt: skip
    """Write down by which served document, and by which two people, a record is shown again."""
    first, second = people
    connection.execute(
        """INSERT INTO limu.restoration (id, record, subject, department, exception, document_number, document,
               served_on, officer, person, second_officer, second_person)
           VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)""",
        (id, record, *parties, exception, *document, first.id, first.person, second.id, second.person),
    )


def applications(connection: Connection[Any], *, is_waiting: bool, limit: int, skip: int) -> list[dict[str, Any]]:
    """Applications for repair within reach: where a case is new and not taken in, the oldest first; or the others."""
    with connection.cursor(row_factory=dict_row) as cursor:
        return cursor.execute(
            """SELECT a.id, a.number, a.received_at, coalesce(s.uscc, '') AS uscc, s.name, w.is_waiting,
                      count(*) OVER ()::int AS total
               FROM limu.application a JOIN limu.subject s ON s.id = a.subject
               CROSS JOIN LATERAL (SELECT coalesce(bool_or(c.state = 'received' AND NOT EXISTS (
                   SELECT FROM limu.case_step x WHERE x.case_file = c.id AND x.kind = 'forward')), false) AS is_waiting
                   FROM limu.case_file c WHERE c.application = a.id) w
               WHERE a.kind = 'repair' AND w.is_waiting = %s
               ORDER BY CASE WHEN w.is_waiting THEN a.received_at END, a.received_at DESC, a.id
               LIMIT %s OFFSET %s""",
            (is_waiting, limit, skip),
        ).fetchall()


def decisions_of(
    connection: Connection[Any], *, department: UUID, text: str, limit: int, skip: int
) -> tuple[Repairable, ...]:  # fmt: skip
    """A body's adverse decisions that nothing has ended, by document number; the newest first."""
    return _listed(
        connection, {"department": department, "text": text, "limit": limit, "skip": skip}, way=" DESC",
        of_state="(p.shown_until IS NULL OR p.shown_until > limu.register_today())",
        of_record="(%(text)s = '' OR strpos(r.document_number, %(text)s) > 0)",
    )  # fmt: skip


def waiting_above(connection: Connection[Any]) -> list[dict[str, Any]]:
    """Decisions whose receipt from the platform above has not come, the oldest first (the board).

    Every repair that was granted, and what was refused of applications from above."""
    with connection.cursor(row_factory=dict_row) as cursor:
        return cursor.execute(_WAITING + " ORDER BY c.decided_on, c.number").fetchall()


def waits_above(connection: Connection[Any], case: UUID) -> bool:
    """Tell whether a case waits for its receipt."""
    return connection.execute(_WAITING + " AND c.id = %s", (case,)).fetchone() is not None


def outside_number(connection: Connection[Any], application: UUID) -> str:
    """The number under which the platform above sent an application."""
    with connection.cursor(row_factory=tuple_row) as cursor:
        row = cursor.execute("SELECT outside_number FROM limu.application WHERE id = %s", (application,)).fetchone()
    return row[0] or "" if row else ""


_WAITING = """
    SELECT c.id, c.number, c.record, c.subject, c.decided_on, c.state, d.name AS department, s.uscc, s.name
    FROM limu.case_file c JOIN limu.department d ON d.id = c.department JOIN limu.subject s ON s.id = c.subject
    WHERE c.kind = 'repair' AND (c.state = 'granted' OR (
        c.door = 'above' AND c.state IN ('refused', 'not_accepted') AND NOT EXISTS (
            SELECT FROM limu.case_step r WHERE r.case_file = c.id AND r.kind = 'receipt' AND r.number > (
                SELECT max(k.number) FROM limu.case_step k WHERE k.case_file = c.id AND k.kind = 'confirm'))))"""


def find_subject(connection: Connection[Any], uscc: str) -> UUID | None:
    """A subject by its code."""
    with connection.cursor(row_factory=tuple_row) as cursor:
        row = cursor.execute("SELECT id FROM limu.subject WHERE uscc = %s", (uscc,)).fetchone()
    return row[0] if row else None
