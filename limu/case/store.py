"""Every query on cases: opened, moved on by steps, read by their parties."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from psycopg import Connection
from psycopg.rows import class_row, dict_row, tuple_row
from psycopg.types.json import Jsonb

from limu.case.rules import Actor, Agent, Case, CaseKind, Document, Door, Step
from limu.department.store import enter

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Beside:
    """What a list says beside a case: whose it is, the region of its body, and how many cases the list has."""

    uscc: str
    name: str
    region: str
    total: int


_CASE = """
    SELECT id, number, application, kind, door, subject, department, record, entry, state, reason, opened_at, opened_on,
           accepted_on, proposed_by, proposed_outcome, decided_on, outcome, author
    FROM limu.case_file"""
_WANTED = """ WHERE (%(department)s::uuid IS NULL OR department = %(department)s)
        AND (%(subject)s::uuid IS NULL OR subject = %(subject)s) AND (%(kind)s::text IS NULL OR kind = %(kind)s)
        AND (%(is_open)s::boolean IS NULL
             OR %(is_open)s = (state IN ('received', 'gaps', 'checking', 'proposed', 'appealed')))"""


def hold_content(connection: Connection[Any], file_hash: str) -> None:
    """Keep a content from being destroyed as unnamed until this transaction, which will name it, has ended."""
    connection.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 3))", (file_hash,))


def enter_subject(connection: Connection[Any], subject: UUID) -> None:
    """Open the rows of one subject for the present transaction: what a portal session of its agent may see."""
    connection.execute("SELECT set_config('limu.subject', %s, true)", (str(subject),))


def enter_body_of(connection: Connection[Any], agent: Agent, *, thing: UUID) -> UUID | None:
    """For an act of an agent on its own record or entry: open the subject's rows and those of the deciding body."""
    enter_subject(connection, agent.subject)
    with connection.cursor(row_factory=tuple_row) as cursor:
        row = cursor.execute("SELECT shown.body_of_own(%s)", (thing,)).fetchone()
    if row is None or row[0] is None:
        return None
    enter(connection, department=row[0])
    body: UUID = row[0]
    return body


def author_of(connection: Connection[Any], record: UUID) -> UUID | None:
    """The person who entered a record."""
    with connection.cursor(row_factory=tuple_row) as cursor:
        row = cursor.execute("SELECT shown.author_of(%s)", (record,)).fetchone()
    return row[0] if row else None


def insert_application(
    connection: Connection[Any], *, id: UUID, number: str, kind: CaseKind, subject: UUID, door: Door, agent: str,  # noqa: A002
    outside_number: str | None = None,
) -> bool:  # fmt: skip
    """Keep an application; False where the platform above has sent this one before."""
    made = connection.execute(
        """INSERT INTO limu.application (id, number, kind, subject, door, agent, outside_number)
           VALUES (%s, %s, %s, %s, %s, %s, %s) ON CONFLICT DO NOTHING""",
        (id, number, kind, subject, door, agent, outside_number),
    )
    return made.rowcount == 1


def insert_case(
    connection: Connection[Any], *, id: UUID, application: UUID, number: str, kind: CaseKind, door: Door,  # noqa: A002
    parties: tuple[UUID, UUID], about: tuple[UUID | None, UUID | None], reason: str,
) -> bool:  # fmt: skip
    """Open a case for (subject, department) about a (record, list entry); False where one is open already."""
    subject, department = parties
    record, entry = about
    made = connection.execute(
        """INSERT INTO limu.case_file (id, application, number, kind, door, subject, department, record, entry, author,
               reason)
           VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s) ON CONFLICT DO NOTHING""",
        (id, application, number, kind, door, subject, department, record, entry,
         author_of(connection, record) if record else None, reason),
    )  # fmt: skip
    return made.rowcount == 1


def insert_step(
    connection: Connection[Any], case: Case, *, kind: str, after: str, actor: Actor, reason: str = "",
    citation: str = "", outcome: str | None = None, body: Row | None = None,
) -> None:  # fmt: skip
    """Append a step; the database moves the case on, or refuses."""
    officer = None if isinstance(actor, Agent) else actor
    connection.execute(
        """INSERT INTO limu.case_step (id, case_file, department, subject, kind, before, after, officer, person, agent,
               outcome, body, reason, citation, number)
           VALUES (gen_random_uuid(), %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s,
               1 + (SELECT count(*) FROM limu.case_step WHERE case_file = %s))""",
        (case.id, case.department, case.subject, kind, case.state, after, officer and officer.id,
         officer and officer.person, actor.name if isinstance(actor, Agent) else None, outcome, Jsonb(body or {}),
         reason.strip(), citation.strip(), case.id),
    )  # fmt: skip


def find_case(connection: Connection[Any], case: UUID, *, lock: bool = False) -> Case | None:
    """One case within what row-level security opens; locked, who decides first decides."""
    if lock:
        connection.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 2))", (str(case),))
    with connection.cursor(row_factory=class_row(Case)) as cursor:
        return cursor.execute(_CASE + " WHERE id = %s", (case,)).fetchone()


def find_number(connection: Connection[Any], number: str) -> Case | None:
    """One case by its number."""
    with connection.cursor(row_factory=class_row(Case)) as cursor:
        return cursor.execute(_CASE + " WHERE number = %s", (number,)).fetchone()


_IN_ORDER = """ ORDER BY (c.state IN ('received', 'gaps', 'checking', 'proposed', 'appealed')) DESC,
    CASE WHEN c.decided_on IS NULL THEN c.opened_at END, c.opened_at DESC, c.id"""


def cases(
    connection: Connection[Any], *, department: UUID | None = None, subject: UUID | None = None,
    kind: CaseKind | None = None, is_open: bool | None = None, limit: int = 200, skip: int = 0,
) -> tuple[tuple[Case, Beside], ...]:  # fmt: skip
    """Cases within what row-level security opens, the oldest open one first, then what was decided last."""
    values: Row = {
        "department": department, "subject": subject, "kind": kind, "is_open": is_open, "limit": limit, "skip": skip,
    }  # fmt: skip
    with connection.cursor(row_factory=dict_row) as cursor:
        cursor.execute(
            f"""SELECT c.*, coalesce(s.uscc, '') AS uscc, coalesce(s.name, '') AS name, d.region,
                    (SELECT count(*) FROM limu.case_file{_WANTED}) AS total
                FROM (SELECT c.* FROM ({_CASE}{_WANTED}) c{_IN_ORDER} LIMIT %(limit)s OFFSET %(skip)s) c
                LEFT JOIN limu.subject s ON s.id = c.subject
                JOIN limu.department d ON d.id = c.department{_IN_ORDER}""",
            values,
        )
        return tuple(
            (Case(**row), beside) for row in cursor
            if (beside := Beside(row.pop("uscc"), row.pop("name"), row.pop("region"), row.pop("total")))
        )  # fmt: skip


def cases_of_application(connection: Connection[Any], application: UUID) -> tuple[Case, ...]:
    """The cases of one application in the order of their numbers."""
    with connection.cursor(row_factory=class_row(Case)) as cursor:
        cursor.execute(_CASE + " WHERE application = %s ORDER BY length(number), number", (application,))
        return tuple(cursor.fetchall())


def cases_by_application(
    connection: Connection[Any], applications: Sequence[UUID]
) -> dict[UUID, tuple[Case, ...]]:  # fmt: skip
    """The cases of several applications, each in the order of their numbers."""
    found: dict[UUID, tuple[Case, ...]] = {}
    with connection.cursor(row_factory=class_row(Case)) as cursor:
        cursor.execute(_CASE + " WHERE application = ANY (%s) ORDER BY length(number), number", (list(applications),))
        for case in cursor:
            found[case.application] = (*found.get(case.application, ()), case)
    return found


def application_number(connection: Connection[Any], application: UUID) -> str:
    """The receipt number of an application within what row-level security opens."""
    with connection.cursor(row_factory=tuple_row) as cursor:
        row = cursor.execute("SELECT number FROM limu.application WHERE id = %s", (application,)).fetchone()
    return row[0] if row else ""


def cases_about(connection: Connection[Any], thing: UUID) -> tuple[Case, ...]:
    """Cases about a record or a list entry, the newest first."""
    with connection.cursor(row_factory=class_row(Case)) as cursor:
        cursor.execute(
            _CASE + " WHERE record = %(thing)s OR entry = %(thing)s ORDER BY opened_at DESC", {"thing": thing}
        )
        return tuple(cursor.fetchall())


def steps_of(connection: Connection[Any], case: UUID) -> tuple[Step, ...]:
    """What was done on a case, in order."""
    with connection.cursor(row_factory=class_row(Step)) as cursor:
        return tuple(
            cursor.execute(
                """SELECT s.kind, s.before, s.after, s.on_day, s.recorded_at,
                          coalesce(s.agent, p.name || '（' || d.short_name || '）') AS by, s.reason, s.citation,
                          s.outcome, s.body
                   FROM limu.case_step s LEFT JOIN limu.person p ON p.id = s.person
                   LEFT JOIN limu.officer o ON o.id = s.officer LEFT JOIN limu.department d ON d.id = o.department
                   WHERE s.case_file = %s ORDER BY s.number""",
                (case,),
            ).fetchall()
        )


def steps_by_case(connection: Connection[Any], cases: Sequence[UUID]) -> dict[UUID, tuple[Step, ...]]:
    """What was done on each of many cases, in order, without the names: what their clocks are run from."""
    found: dict[UUID, list[Step]] = {case: [] for case in cases}
    with connection.cursor(row_factory=dict_row) as cursor:
        cursor.execute(
            """SELECT case_file, kind, before, after, on_day, recorded_at, '' AS by, reason, citation, outcome, body
               FROM limu.case_step WHERE case_file = ANY (%s) ORDER BY case_file, number""",
            (list(cases),),
        )
        for row in cursor:
            found[row.pop("case_file")].append(Step(**row))
    return {case: tuple(steps) for case, steps in found.items()}


def last_actors(connection: Connection[Any], case: UUID, *, kind: str) -> UUID | None:
    """The officer of the last step of a kind."""
    with connection.cursor(row_factory=tuple_row) as cursor:
        row = cursor.execute(
            "SELECT officer FROM limu.case_step WHERE case_file = %s AND kind = %s ORDER BY number DESC LIMIT 1",
            (case, kind),
        ).fetchone()
    return row[0] if row else None


def insert_document(
    connection: Connection[Any],
    case: Case,
    document: Document,
    *,
    by: str,
) -> None:
    """Add a document to a case; the database refuses a third material without its rule."""
    connection.execute(
        """INSERT INTO limu.case_document (id, case_file, department, subject, role, name, file_hash, bytes, cited_rule,
               brought_by)
           VALUES (gen_random_uuid(), %s, %s, %s, %s, %s, %s, %s, %s, %s)""",
        (
            case.id, case.department, case.subject, document.role, document.name, bytes.fromhex(document.file_hash),
         document.bytes, document.cited_rule, by),
    )  # fmt: skip


def documents_of(connection: Connection[Any], case: UUID) -> tuple[tuple[UUID, Document, date], ...]:
    """The documents of a case with their ids and days."""
    with connection.cursor(row_factory=dict_row) as cursor:
        cursor.execute(
            """SELECT id, role, name, encode(file_hash, 'hex') AS file_hash, bytes, cited_rule,
                      (brought_at AT TIME ZONE 'Asia/Shanghai')::date AS brought_on
               FROM limu.case_document WHERE case_file = %s ORDER BY brought_at, id""",
            (case,),
        )
        return tuple(
            (
                row["id"],
                Document(row["role"], row["name"], row["file_hash"], row["bytes"], row["cited_rule"]),
                row["brought_on"],
            )
            for row in cursor
        )


def subject_names(connection: Connection[Any], subjects: Sequence[UUID]) -> dict[UUID, tuple[str, str]]:
    """Code and name of subjects, for the lists of a desk."""
    with connection.cursor(row_factory=dict_row) as cursor:
        cursor.execute(
            "SELECT id, coalesce(uscc, '') AS uscc, name FROM limu.subject WHERE id = ANY (%s)", (list(subjects),)
        )
        return {row["id"]: (row["uscc"], row["name"]) for row in cursor}


def region_of(connection: Connection[Any], department: UUID) -> str:
    """The region in which a department acts."""
    with connection.cursor(row_factory=tuple_row) as cursor:
        row = cursor.execute("SELECT region FROM limu.department WHERE id = %s", (department,)).fetchone()
    return row[0] if row else ""


def regions_of(connection: Connection[Any], departments: Iterable[UUID]) -> dict[UUID, str]:
    """The region in which each of many departments acts."""
    with connection.cursor(row_factory=tuple_row) as cursor:
        cursor.execute("SELECT id, region FROM limu.department WHERE id = ANY (%s)", (list(departments),))
        return dict(cursor.fetchall())


def person_of(connection: Connection[Any], officer: UUID) -> UUID:
    """The person behind an account."""
    with connection.cursor(row_factory=tuple_row) as cursor:
        row = cursor.execute("SELECT person FROM limu.officer WHERE id = %s", (officer,)).fetchone()
    assert row is not None
    person: UUID = row[0]
    return person
