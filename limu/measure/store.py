"""Every query on measures: the law as rows, a subject's grounds, and the decision for everyone in one statement."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from psycopg import Connection
from psycopg.rows import dict_row, tuple_row

from limu.measure.rules import Applied, Ground, LawRows

LOCK = 0x4D656173
_BASIS = """
    INSERT INTO limu.measure_basis (article, instrument, citation, rank, region, in_force, names_affiliates)
    VALUES (%(article)s, %(instrument)s, %(citation)s, %(rank)s, %(region)s, daterange(%(from)s, %(until)s),
            %(names_affiliates)s)
    ON CONFLICT (article) DO UPDATE SET instrument = EXCLUDED.instrument, citation = EXCLUDED.citation,
        rank = EXCLUDED.rank, region = EXCLUDED.region, in_force = EXCLUDED.in_force,
        names_affiliates = EXCLUDED.names_affiliates"""
_KIND = """
    INSERT INTO limu.measure_kind (code, number, name, effect, targets, body)
    VALUES (%(code)s, %(number)s, %(name)s, %(effect)s, %(targets)s, %(body)s)
    ON CONFLICT (code) DO UPDATE SET number = EXCLUDED.number, name = EXCLUDED.name, body = EXCLUDED.body,
        effect = EXCLUDED.effect, targets = EXCLUDED.targets"""
_GROUND = """
    INSERT INTO limu.ground_kind (code, name, items, list_names, kinds, words, needs_notice, is_confirmed)
    VALUES (%(code)s, %(name)s, %(items)s, %(list_names)s, %(kinds)s, %(words)s, %(needs_notice)s, %(is_confirmed)s)
    ON CONFLICT (code) DO UPDATE SET name = EXCLUDED.name, items = EXCLUDED.items, list_names = EXCLUDED.list_names,
        kinds = EXCLUDED.kinds, words = EXCLUDED.words, needs_notice = EXCLUDED.needs_notice,
        is_confirmed = EXCLUDED.is_confirmed"""
_RULE = """
    INSERT INTO limu.measure_rule (code, kind, effect, basis, basis_rank, basis_region, basis_in_force,
        basis_names_affiliates, region, during, ground_kind, acts, term, body, reaches_affiliates, is_confirmed)
    SELECT %(code)s, k.code, k.effect, b.article, b.rank, b.region, b.in_force, b.names_affiliates, %(region)s,
        daterange(%(from)s, %(until)s), %(ground_kind)s, %(acts)s, %(term)s::interval, %(body)s,
        %(reaches_affiliates)s, %(is_confirmed)s
    FROM limu.measure_kind k, limu.measure_basis b WHERE k.code = %(kind)s AND b.article = %(basis)s
    ON CONFLICT (code) DO UPDATE SET kind = EXCLUDED.kind, effect = EXCLUDED.effect, basis = EXCLUDED.basis,
        basis_rank = EXCLUDED.basis_rank, basis_region = EXCLUDED.basis_region,
        basis_in_force = EXCLUDED.basis_in_force, basis_names_affiliates = EXCLUDED.basis_names_affiliates,
        region = EXCLUDED.region, during = EXCLUDED.during, ground_kind = EXCLUDED.ground_kind,
        acts = EXCLUDED.acts, term = EXCLUDED.term, body = EXCLUDED.body,
        reaches_affiliates = EXCLUDED.reaches_affiliates, is_confirmed = EXCLUDED.is_confirmed"""
_LIST = """
    INSERT INTO limu.listing_kind (code, name, field, shape, basis, basis_rank, basis_region, basis_in_force,
        basis_names_affiliates, rule, rule_rank, rule_region, rule_in_force, rule_names_affiliates, region, during,
        statement_days, term, early, hearing, hearing_days, hearing_notice_days, is_confirmed)
    SELECT %(code)s, %(name)s, %(field)s, %(shape)s, b.article, b.rank, b.region, b.in_force, b.names_affiliates,
        r.article, r.rank, r.region, r.in_force, r.names_affiliates, %(region)s, daterange(%(from)s, %(until)s),
        %(statement_days)s, %(term)s::interval, %(early)s::interval, %(hearing)s, %(hearing_days)s,
        %(hearing_notice_days)s, %(is_confirmed)s
    FROM limu.measure_basis b, limu.measure_basis r WHERE b.article = %(basis)s AND r.article = %(rule)s
    ON CONFLICT (code) DO UPDATE SET name = EXCLUDED.name, field = EXCLUDED.field, shape = EXCLUDED.shape,
        basis = EXCLUDED.basis, basis_rank = EXCLUDED.basis_rank, basis_region = EXCLUDED.basis_region,
        basis_in_force = EXCLUDED.basis_in_force, basis_names_affiliates = EXCLUDED.basis_names_affiliates,
        rule = EXCLUDED.rule, rule_rank = EXCLUDED.rule_rank, rule_region = EXCLUDED.rule_region,
        rule_in_force = EXCLUDED.rule_in_force, rule_names_affiliates = EXCLUDED.rule_names_affiliates,
        region = EXCLUDED.region, during = EXCLUDED.during, statement_days = EXCLUDED.statement_days,
        term = EXCLUDED.term, early = EXCLUDED.early, hearing = EXCLUDED.hearing,
        hearing_days = EXCLUDED.hearing_days, hearing_notice_days = EXCLUDED.hearing_notice_days,
        is_confirmed = EXCLUDED.is_confirmed"""
_FOR_ALL = """
    SELECT s.uscc::text AS uscc, p.measure, p.basis, p.ground, p.from_on,
           nullif(p.until_on, 'infinity') AS until_on, p.body
    FROM shown.measure_period p JOIN limu.subject s ON s.id = p.subject
    WHERE p.from_on <= %(on)s AND %(on)s < p.until_on AND (%(act)s = '' OR %(act)s = ANY (p.acts))"""


def edition(connection: Connection[Any]) -> str:
    """Digest of the law the tables hold; empty before the first loading."""
    with connection.cursor(row_factory=tuple_row) as cursor:
        row = cursor.execute("SELECT digest FROM limu.measure_edition").fetchone()
    return row[0] if row else ""


def load_law(connection: Connection[Any], rows: LawRows) -> None:
    """Bring the tables to a new edition. What the new law ends is ended first, so that its basis may end after it."""
    connection.execute("SELECT pg_advisory_xact_lock(%s)", (LOCK,))
    with connection.cursor() as cursor:
        for table in ("measure_rule", "listing_kind"):
            cursor.execute(f"UPDATE limu.{table} SET during = 'empty', is_confirmed = false".encode())
        cursor.execute("UPDATE limu.ground_kind SET is_confirmed = false")
        for statement, some in (
            (_BASIS, rows.bases), (_KIND, rows.kinds), (_GROUND, rows.grounds), (_RULE, rows.rules),
            (_LIST, rows.lists),
        ):  # fmt: skip
            cursor.executemany(statement.encode(), some)
        cursor.execute(
            "INSERT INTO limu.measure_edition (digest) VALUES (%s)"
            " ON CONFLICT (only_row) DO UPDATE SET digest = EXCLUDED.digest, loaded_at = limu.register_now()",
            (rows.digest,),
        )


def grounds_of(
    connection: Connection[Any], subject: UUID, *, grounds: Sequence[UUID] | None = None
) -> tuple[Ground, ...]:  # fmt: skip
    """The grounds of one subject, past and future ones included; of `grounds` alone if they are named."""
    with connection.cursor(row_factory=tuple_row) as cursor:
        cursor.execute(
            """SELECT ground, ground_kind, region, from_on, nullif(until_on, 'infinity') FROM shown.measure_ground
               WHERE subject = %(subject)s AND (%(grounds)s::uuid[] IS NULL OR ground = ANY (%(grounds)s))
               ORDER BY from_on, ground""",
            {"subject": subject, "grounds": None if grounds is None else list(grounds)},
        )
        return tuple(Ground(*row) for row in cursor)


def decided_for(
    connection: Connection[Any], subjects: Iterable[str], *, act: str, on: date
) -> Iterator[tuple[str, Applied]]:
    """The same statement for some subjects, as values: what the property test compares with `decide`."""
    with connection.cursor(row_factory=tuple_row) as cursor:
        cursor.execute(
            (_FOR_ALL + " AND s.uscc = ANY (%(subjects)s)").encode(), {"act": act, "on": on, "subjects": list(subjects)}
        )
        for uscc, *rest in cursor:
            yield uscc, Applied(*rest)


def ground_names(connection: Connection[Any], subject: UUID) -> dict[UUID, str]:
    """Each ground of a subject in words: what it is, its document, and by whom."""
    with connection.cursor(row_factory=dict_row) as cursor:
        cursor.execute(
            """SELECT g.ground, k.name, g.document, g.authority FROM shown.measure_ground g
               JOIN limu.ground_kind k ON k.code = g.ground_kind WHERE g.subject = %s""",
            (subject,),
        )
        return {row["ground"]: f"{row['name']}，{row['document'] or ''}，{row['authority']}" for row in cursor}


def held_items(connection: Connection[Any], subject: UUID) -> frozenset[str]:
    """Items of which a record of the subject is public today."""
    with connection.cursor(row_factory=tuple_row) as cursor:
        cursor.execute("SELECT DISTINCT item FROM shown.record WHERE subject = %s", (subject,))
        return frozenset(row[0] for row in cursor)


def find_subject(connection: Connection[Any], uscc: str) -> tuple[UUID, str, str] | None:
    """A subject's id, public name and region by its code; a name never finds one here."""
    with connection.cursor(row_factory=tuple_row) as cursor:
        row = cursor.execute(
            "SELECT id, name, coalesce(region, '') FROM shown.subject WHERE uscc = %s", (uscc,)
        ).fetchone()
    return (row[0], row[1], row[2]) if row else None
