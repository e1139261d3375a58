"""Queries of linking: set-wise over a chunk in staging, and the judgements of people."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from psycopg import Connection
from psycopg.rows import dict_row, scalar_row
from psycopg.types.json import Jsonb

from limu.linking.rules import BRANCH

# One look for all stated codes with their names. A pair stays for the second look where its name is another registered
# subject's, or a branch's of the code's owner (or the other way round).
_BY_CODE = """
    SELECT string_agg(coalesce(f.id::text, ''), E'\\n' ORDER BY a.place) AS subjects
    FROM unnest(string_to_array(%(codes)s, E'\\n'), string_to_array(%(names)s, E'\\n'))
        WITH ORDINALITY AS a (code, name, place)
    LEFT JOIN LATERAL (
        SELECT s.id FROM limu.subject s WHERE s.uscc = a.code AND (
            a.name = '' OR a.name = s.name_normal OR s.kind = 'sole_trader'
            OR EXISTS (SELECT FROM limu.subject_name n WHERE n.subject = s.id AND n.name_normal = a.name)
            OR NOT (
                EXISTS (SELECT FROM limu.subject_name n WHERE n.name_normal = a.name AND n.subject <> s.id)
                OR (starts_with(a.name, s.name_normal) AND substr(a.name, length(s.name_normal) + 1) ~ %(branch)s)
                OR (starts_with(s.name_normal, a.name) AND substr(s.name_normal, length(a.name) + 1) ~ %(branch)s)))
        LIMIT 1) f ON true
"""
# Every way a subject can be found, for all asked texts of a chunk at once.
_CANDIDATES = """
    WITH found (asked, subject, way, number_kind) AS (
        SELECT a.text, s.id, 'uscc', NULL FROM unnest(%(codes)s::text[]) AS a (text)
        JOIN limu.subject s ON s.uscc = a.text
        UNION ALL
        SELECT a.text, n.subject, 'number', n.kind FROM unnest(%(numbers)s::text[]) AS a (text)
        JOIN limu.subject_number n ON n.number = a.text AND (n.kind <> 'irregular_code' OR n.confirmed_by IS NOT NULL)
        UNION ALL
        SELECT a.text, s.id, 'organisation_code', 'organisation' FROM unnest(%(organisations)s::text[]) AS a (text)
        JOIN limu.subject s ON substr(s.uscc::text, 9, 9) = a.text
        UNION ALL
        SELECT a.text, n.subject, CASE WHEN n.is_current THEN 'name' ELSE 'former' END, NULL
        FROM unnest(%(names)s::text[]) AS a (text) JOIN limu.subject_name n ON n.name_normal = a.text
        JOIN limu.subject h ON h.id = n.subject AND (h.kind <> 'sole_trader' OR h.is_searchable)
    )
    SELECT f.asked, f.way, f.number_kind, s.id AS subject, coalesce(s.uscc, '') AS uscc, s.name,
           s.name_normal AS normal, s.kind, coalesce(s.region, '') AS region, coalesce(s.registrar, '') AS registrar,
           coalesce(s.address, '') AS address
    FROM found f JOIN limu.subject s ON s.id = f.subject
"""


def subjects_by_pair(connection: Connection[Any], codes: Sequence[str], names: Sequence[str]) -> list[str]:
    """Find the subjects that an exact unified code with its name settles: one text a pair, empty where it does not.

    One value goes there and one comes back: a row for each would cost more than the look."""
    texts = ("\n".join(text.replace("\n", " ") for text in column) for column in (codes, names))
    values = dict(zip(("codes", "names"), texts, strict=True)) | {"branch": f"({BRANCH})(\\([^()]*\\))?$"}
    with connection.cursor(row_factory=scalar_row) as cursor:
        found = cursor.execute(_BY_CODE, values).fetchone()
    return str(found).split("\n") if found is not None else []


def candidates(
    connection: Connection[Any],
    *,
    codes: Sequence[str],
    numbers: Sequence[str],
    organisations: Sequence[str],
    names: Sequence[str],
) -> list[dict[str, Any]]:
    """Find every subject that one of these texts points to, with the way it was found."""
    values = {"codes": codes, "numbers": numbers, "organisations": organisations, "names": names}
    with connection.cursor(row_factory=dict_row) as cursor:
        return cursor.execute(_CANDIDATES, {name: list(value) for name, value in values.items()}).fetchall()


def subjects_by_code(connection: Connection[Any], codes: Sequence[str]) -> list[dict[str, Any]]:
    """Read the subjects of these codes as candidates found by a similar name."""
    with connection.cursor(row_factory=dict_row) as cursor:
        return cursor.execute(
            "SELECT id AS subject, uscc, name, name_normal AS normal, kind, coalesce(region, '') AS region,"
            " coalesce(registrar, '') AS registrar, coalesce(address, '') AS address"
            " FROM limu.subject WHERE uscc = ANY(%s::text[])",
            (list(codes),),
        ).fetchall()


def find_pending(connection: Connection[Any], pending: UUID) -> dict[str, Any] | None:
    """Find a waiting row, locked for the judgement."""
    with connection.cursor(row_factory=dict_row) as cursor:
        return cursor.execute(
            "SELECT id, department, item, coalesce(party_name, '') AS party_name, party, reason, candidates,"
            " submission, settled_at FROM limu.pending_record WHERE id = %s FOR UPDATE",
            (pending,),
        ).fetchone()


def subject_name(connection: Connection[Any], subject: UUID) -> str | None:
    """The registered name of a subject."""
    with connection.cursor(row_factory=dict_row) as cursor:
        row = cursor.execute("SELECT name FROM limu.subject WHERE id = %s", (subject,)).fetchone()
    return row["name"] if row else None


def insert_judgement(connection: Connection[Any], values: dict[str, Any]) -> None:
    """Append a judgement; none is ever changed."""
    connection.execute(
        "INSERT INTO limu.judgement (id, pending, department, subject, record, verdict, undoes, evidence, reason,"
        " officer, person, second_person, act, judged_at)"
        " VALUES (%(id)s, %(pending)s, %(department)s, %(subject)s, %(record)s,"
        " %(verdict)s, %(undoes)s, %(evidence)s, %(reason)s, %(officer)s, %(person)s, %(second_person)s,"
        " %(act)s, limu.register_now())",
        {**values, "evidence": Jsonb(values["evidence"])},
    )


def find_judgement(connection: Connection[Any], judgement: UUID) -> dict[str, Any] | None:
    """Find a judgement, and whether it was undone."""
    with connection.cursor(row_factory=dict_row) as cursor:
        return cursor.execute(
            "SELECT j.id, j.pending, j.department, j.subject, j.record, j.verdict, j.officer, j.person,"
            " EXISTS (SELECT FROM limu.judgement u WHERE u.undoes = j.id) AS is_undone"
            " FROM limu.judgement j WHERE j.id = %s",
            (judgement,),
        ).fetchone()


def waiting(connection: Connection[Any], *, limit: int, after: UUID | None) -> list[dict[str, Any]]:
    """List waiting rows with their reasons and candidates, the oldest first, page by page."""
    with connection.cursor(row_factory=dict_row) as cursor:
        return cursor.execute(
            "SELECT id, department, item, party_name, party, reason, candidates, entered_at FROM limu.pending_record p"
            " WHERE settled_at IS NULL AND (%(after)s::uuid IS NULL OR (entered_at, id) >"
            " (SELECT entered_at, id FROM limu.pending_record WHERE id = %(after)s))"
            " ORDER BY entered_at, id LIMIT %(limit)s",
            {"after": after, "limit": limit},
        ).fetchall()


def count_waiting(connection: Connection[Any]) -> int:
    """Count waiting rows within what row-level security opens."""
    with connection.cursor(row_factory=dict_row) as cursor:
        row = cursor.execute("SELECT count(*) AS rows FROM limu.pending_record WHERE settled_at IS NULL").fetchone()
    return int(row["rows"]) if row else 0
