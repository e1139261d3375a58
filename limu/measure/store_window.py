"""Queries of the window: what is allowed at an act today, the kept check, its answers, and reported uses."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any
from uuid import UUID, uuid4

from psycopg import Connection
from psycopg.rows import dict_row, tuple_row
from psycopg.types.json import Jsonb

from limu.department.rules import Officer
from limu.measure.rules_overreach import Lawful, Reported
from limu.measure.rules_window import Allowed, Check, Used, Verified, allowed_of, answer_of

Decided = tuple[str, str, str, date, date | None, bool]
"""A measure of a list that is checked at once: its name, article, ground in words, from, until (exclusive)."""

_CHECK = """
    SELECT c.id, c.number, c.subject, s.uscc::text AS uscc, s.public_name AS name, c.act, c.region::text AS region,
           c.checked_on, c.checked_at, c.person, person.name AS officer_name, d.name AS department_name, c.digest,
           c.answer
    FROM limu.measure_check c JOIN limu.subject s ON s.id = c.subject JOIN limu.department d ON d.id = c.department
    JOIN limu.person person ON person.id = c.person"""


def allowed_at(connection: Connection[Any], subject: UUID, *, act: str, region: str, on: date) -> tuple[Allowed, ...]:
    """Measures the law allows against a subject at an act, in the territory of the asking body."""
    with connection.cursor(row_factory=tuple_row) as cursor:
        cursor.execute(
            """SELECT p.rule, p.measure, p.basis, p.ground,
                      concat_ws('，', k.name, p.document, p.authority), p.from_on, nullif(p.until_on, 'infinity'),
                      p.body, p.is_disputed
               FROM shown.measure_period p JOIN limu.ground_kind k ON k.code = p.ground_kind
               WHERE p.subject = %(subject)s AND %(act)s = ANY (p.acts) AND limu.is_within(%(region)s, p.region)
                 AND p.from_on <= %(on)s AND %(on)s < p.until_on
               ORDER BY p.measure, p.from_on, p.ground""",
            {"subject": subject, "act": act, "region": region, "on": on},
        )
        return tuple(Allowed(*row) for row in cursor)


def insert_check(connection: Connection[Any], check: Check, officer: Officer) -> None:
    """Keep a check as it was answered."""
    connection.execute(
        """INSERT INTO limu.measure_check (id, number, subject, act, region, checked_on, answer, digest, officer,
               person, department) VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)""",
        (
            check.id, check.number, check.subject, check.act, check.region, check.checked_on,
            Jsonb(answer_of(check.allowed)), check.digest, officer.id, officer.person, officer.department,
        ),
    )  # fmt: skip


def find_check(connection: Connection[Any], check: UUID) -> Check | None:
    """A kept check the reader's department may see."""
    with connection.cursor(row_factory=dict_row) as cursor:
        row = cursor.execute((_CHECK + " WHERE c.id = %s").encode(), (check,)).fetchone()
    return None if row is None else Check(**row | {"allowed": allowed_of(row.pop("answer"))})


def recent_checks(connection: Connection[Any], *, department: UUID, limit: int) -> tuple[dict[str, Any], ...]:
    """The newest checks of a department, each with how many measures it found and how many were answered."""
    with connection.cursor(row_factory=dict_row) as cursor:
        cursor.execute(
            """SELECT c.id, c.number, s.public_name AS name, c.act, c.checked_at, jsonb_array_length(c.answer) AS found,
                      (SELECT count(*) FROM limu.measure_use u WHERE u.slip = c.id) AS answered
               FROM limu.measure_check c JOIN limu.subject s ON s.id = c.subject
               WHERE c.department = %s ORDER BY c.checked_at DESC, c.id LIMIT %s""",
            (department, limit),
        )
        return tuple(cursor)


def uses_of(connection: Connection[Any], check: UUID) -> dict[str, tuple[bool, str]]:
    """What was answered to a check: by the key of each measure, whether it was used and else why not."""
    with connection.cursor(row_factory=tuple_row) as cursor:
        cursor.execute(
            "SELECT rule || '|' || ground, is_used, coalesce(reason, '') FROM limu.measure_use WHERE slip = %s",
            (check,),
        )
        return {key: (is_used, reason) for key, is_used, reason in cursor}


def insert_uses(connection: Connection[Any], check: Check, uses: Iterable[Used], *, officer: Officer) -> None:
    """Keep what the body did; the database refuses a use that the law does not allow today."""
    with connection.cursor() as cursor:
        cursor.executemany(
            """INSERT INTO limu.measure_use (id, subject, ground_subject, rule, ground, act, during, region, is_used,
                   reason, officer, person, department, slip)
               VALUES (%s, %s, %s, %s, %s, %s, daterange(%s, %s), %s, %s, nullif(%s, ''), %s, %s, %s, %s)""",
            [
                (
                    uuid4(), check.subject, check.subject, one.allowed.rule, one.allowed.ground, check.act,
                    check.checked_on, one.allowed.until_on, check.region, one.is_used, one.reason, officer.id,
                    officer.person, officer.department, check.id,
                )
                for one in uses
            ],
        )  # fmt: skip


def region_of(connection: Connection[Any], department: UUID) -> str:
    """Where a department acts."""
    with connection.cursor(row_factory=tuple_row) as cursor:
        row = cursor.execute("SELECT region::text FROM limu.department WHERE id = %s", (department,)).fetchone()
    assert row is not None
    return str(row[0])


def by_code_or_name(
    connection: Connection[Any], codes: Sequence[str], names: Sequence[str]
) -> tuple[dict[str, str], dict[str, list[tuple[str, str]]]]:
    """Public names by code, and organisations (code, name) by a normal current or former name."""
    with connection.cursor(row_factory=tuple_row) as cursor:
        cursor.execute("SELECT uscc::text, name FROM shown.subject WHERE uscc = ANY (%s)", (list(codes),))
        known = {row[0]: row[1] for row in cursor}
        cursor.execute(
            "SELECT DISTINCT name_normal, subject FROM shown.subject_name WHERE name_normal = ANY (%s)", (list(names),)
        )
        named = cursor.fetchall()
        cursor.execute(
            "SELECT id, uscc::text, name FROM shown.subject WHERE id = ANY (%s)", ([subject for _, subject in named],)
        )
        subjects = {subject: (code, name) for subject, code, name in cursor}
    found: dict[str, list[tuple[str, str]]] = {}
    for normal, subject in named:
        if subject in subjects:
            found.setdefault(normal, []).append(subjects[subject])
    return known, {normal: sorted(some) for normal, some in found.items()}


def subjects_of(connection: Connection[Any], codes: Sequence[str]) -> dict[str, UUID]:
    """Ids of the subjects with these codes."""
    with connection.cursor(row_factory=tuple_row) as cursor:
        cursor.execute("SELECT uscc::text, id FROM shown.subject WHERE uscc = ANY (%s)", (list(codes),))
        return {row[0]: row[1] for row in cursor}


def allowed_for(
    connection: Connection[Any], codes: Sequence[str], *, act: str, region: str, on: date
) -> dict[str, list[Decided]]:
    """The same decision for many codes at once: measure, basis, ground in words, from, until, disputed, by code."""
    found: dict[str, list[Decided]] = {}
    # Subjects first: a view keeps its rows behind a barrier that a join does not pass, a list of subjects does.
    code_of = {subject: code for code, subject in subjects_of(connection, codes).items()}
    with connection.cursor(row_factory=tuple_row) as cursor:
        cursor.execute(
            """SELECT p.subject, p.measure, p.basis, concat_ws('，', k.name, p.document, p.authority), p.from_on,
                      nullif(p.until_on, 'infinity'), p.is_disputed
               FROM shown.measure_period p JOIN limu.ground_kind k ON k.code = p.ground_kind
               WHERE p.subject = ANY (%(subjects)s) AND %(act)s = ANY (p.acts)
                 AND limu.is_within(%(region)s, p.region) AND p.from_on <= %(on)s AND %(on)s < p.until_on
               ORDER BY p.measure""",
            {"subjects": list(code_of), "act": act, "region": region, "on": on},
        )
        for subject, *rest in cursor:
            found.setdefault(code_of[subject], []).append((rest[0], rest[1], rest[2], rest[3], rest[4], rest[5]))
    return found


def verify(connection: Connection[Any], number: str, tail: str) -> Verified | None:
    """A slip by its number and the tail of its digest together."""
    with connection.cursor(row_factory=tuple_row) as cursor:
        row = cursor.execute("SELECT * FROM shown.verify_slip(%s, %s)", (number, tail)).fetchone()
    return Verified(*row) if row else None


def measure_names(connection: Connection[Any]) -> frozenset[str]:
    """Names of the fourteen measures."""
    with connection.cursor(row_factory=tuple_row) as cursor:
        return frozenset(row[0] for row in cursor.execute("SELECT name FROM limu.measure_kind"))


def lawful_periods(
    connection: Connection[Any], codes: Sequence[str], *, region: str
) -> dict[str, tuple[UUID, list[Lawful]]]:
    """For each code that is a subject: its id, and every period in which the law allows a measure against it."""
    found: dict[str, tuple[UUID, list[Lawful]]] = {
        code: (subject, []) for code, subject in subjects_of(connection, codes).items()
    }
    code_of = {subject: code for code, (subject, _) in found.items()}
    with connection.cursor(row_factory=tuple_row) as cursor:
        cursor.execute(
            """SELECT p.subject, p.measure, p.basis, p.acts, p.from_on, least(p.until_on, DATE '9999-12-31'),
                      limu.is_within(%s, p.region)
               FROM shown.measure_period p WHERE p.subject = ANY (%s)""",
            (region, list(code_of)),
        )
        for subject, measure, basis, acts, *rest in cursor:
            found[code_of[subject]][1].append(Lawful(measure, basis, frozenset(acts), *rest))
    return found


def insert_reports(
    connection: Connection[Any],
    rows: Iterable[tuple[Reported, UUID | None, tuple[str, ...]]],
    *,
    officer: Officer,
) -> None:
    """Keep reported uses, each with what is beyond the law."""
    with connection.cursor() as cursor:
        cursor.executemany(
            """INSERT INTO limu.measure_report (id, department, uscc, subject, measure, basis, act, from_on, until_on,
                   reasons, reported_by) VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)""",
            [
                (uuid4(), officer.department, one.uscc, subject, one.measure, one.basis, one.act, one.from_on,
                 one.until_on, list(reasons), officer.id)
                for one, subject, reasons in rows
            ],
        )  # fmt: skip


def overreach(connection: Connection[Any], *, limit: int, skip: int = 0) -> tuple[dict[str, Any], ...]:
    """Uses beyond the law the reader may see: reported ones, and window uses whose ground has ended since."""
    with connection.cursor(row_factory=dict_row) as cursor:
        cursor.execute(
            """SELECT r.subject, d.name AS department, r.uscc::text AS uscc, r.measure, r.basis, r.act, r.from_on,
                      r.until_on, r.reasons, r.reported_at AS found_at
               FROM limu.measure_report r JOIN limu.department d ON d.id = r.department WHERE r.reasons <> '{}'
               UNION ALL
               SELECT o.subject, d.name, s.uscc::text, k.name, b.citation, o.act, lower(o.during), upper(o.during),
                      ARRAY['outside_time'], o.recorded_at
               FROM limu.measure_outlived o JOIN limu.department d ON d.id = o.department
               JOIN limu.subject s ON s.id = o.subject JOIN limu.measure_rule m ON m.code = o.rule
               JOIN limu.measure_kind k ON k.code = m.kind JOIN limu.measure_basis b ON b.article = m.basis
               ORDER BY 2, found_at DESC, uscc, measure LIMIT %s OFFSET %s""",
            (limit, skip),
        )
        return tuple(cursor)


def use_counts(connection: Connection[Any]) -> tuple[dict[str, Any], ...]:
    """By department: checks, measures used, not used with a reason, reported, and beyond the law."""
    with connection.cursor(row_factory=dict_row) as cursor:
        cursor.execute(
            """SELECT d.name,
                  (SELECT count(*) FROM limu.measure_check c WHERE c.department = d.id) AS checks,
                  (SELECT count(*) FROM limu.measure_use u WHERE u.department = d.id AND u.is_used) AS used,
                  (SELECT count(*) FROM limu.measure_use u WHERE u.department = d.id AND NOT u.is_used) AS explained,
                  (SELECT count(*) FROM limu.measure_report r WHERE r.department = d.id) AS reported,
                  (SELECT count(*) FROM limu.measure_report r WHERE r.department = d.id AND r.reasons <> '{}')
                  + (SELECT count(*) FROM limu.measure_outlived o WHERE o.department = d.id) AS beyond
               FROM limu.department d ORDER BY beyond DESC, d.name"""
        )
        return tuple(row for row in cursor if row["checks"] or row["used"] or row["reported"])
