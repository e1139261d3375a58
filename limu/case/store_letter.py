"""Queries on letters and notices, and on their service."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal
from uuid import UUID

from psycopg import Connection

Way = Literal["portal", "post", "in_person", "electronic", "announcement"]
WAYS: dict[Way, str] = {
    "portal": "企业服务站内送达", "post": "邮寄送达", "in_person": "直接送达", "electronic": "电子送达",
    "announcement": "公告送达",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Letter:
    """A letter or notice: to a subject, or to another body; with its service, once it was served."""

    id: UUID
    case_file: UUID | None
    department: UUID
    subject: UUID | None
    to_department: UUID | None
    kind: str
    number: str
    title: str
    lines: tuple[str, ...]
    record: UUID | None
    issued_at: datetime
    issued_on: date
    answer_by: date | None = None
    served_on: date | None = None
    way: Way | None = None

    @property
    def way_word(self) -> str:
        """How it was served, in words."""
        return WAYS[self.way] if self.way else "尚未送达"


_LETTER = """
    SELECT l.id, l.case_file, l.department, l.subject, l.to_department, l.kind, l.number, l.title, l.lines, l.record,
           l.issued_at, l.issued_on, l.answer_by, s.on_day AS served_on, s.way
    FROM limu.letter l LEFT JOIN limu.letter_service s ON s.letter = l.id"""


def insert_letter(connection: Connection[Any], letter: Letter) -> None:
    """Issue a letter; it is never changed."""
    connection.execute(
        """INSERT INTO limu.letter (id, case_file, department, subject, to_department, kind, number, title, lines,
               record, issued_at, issued_on, answer_by)
           VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)""",
        (letter.id, letter.case_file, letter.department, letter.subject, letter.to_department, letter.kind,
         letter.number, letter.title, list(letter.lines), letter.record, letter.issued_at, letter.issued_on,
         letter.answer_by),
    )  # fmt: skip


def insert_service(connection: Connection[Any], letter: Letter, *, on: date, way: Way, by: str) -> bool:
    """Write down when and how a letter was served; False where it was before."""
    made = connection.execute(
        """INSERT INTO limu.letter_service (letter, department, subject, to_department, on_day, way, by)
           VALUES (%s, %s, %s, %s, %s, %s, %s) ON CONFLICT DO NOTHING""",
        (letter.id, letter.department, letter.subject, letter.to_department, on, way, by),
    )
    return made.rowcount == 1


def find_letter(connection: Connection[Any], letter: UUID) -> Letter | None:
    """One letter within what row-level security opens."""
    return _one(connection, " WHERE l.id = %s", (letter,))


def _one(connection: Connection[Any], where: str, values: tuple[Any, ...]) -> Letter | None:
    found = _all(connection, where, values)
    return found[0] if found else None


def _all(connection: Connection[Any], where: str, values: tuple[Any, ...]) -> tuple[Letter, ...]:
    with connection.cursor(row_factory=_rows) as cursor:
        return tuple(cursor.execute(_LETTER + where, values).fetchall())


def _rows(cursor: Any) -> Any:
    names = [column.name for column in cursor.description or ()]

    def made(values: Any) -> Letter:
        columns = dict(zip(names, values, strict=True))
        return Letter(**{**columns, "lines": tuple(columns["lines"])})

    return made


def letters_of_case(connection: Connection[Any], case: UUID) -> tuple[Letter, ...]:
    """The letters of one case, in order."""
    return _all(connection, " WHERE l.case_file = %s ORDER BY l.issued_at, l.number", (case,))


def letters_about(connection: Connection[Any], thing: UUID) -> tuple[Letter, ...]:
    """The letters about one record or one entry of a list, in order, within what row-level security opens."""
    return _all(connection, " WHERE l.record = %s ORDER BY l.issued_at, l.number", (thing,))


def letters_to_subject(connection: Connection[Any], subject: UUID) -> tuple[Letter, ...]:
    """A subject's letters, the newest first."""
    return _all(connection, " WHERE l.subject = %s ORDER BY l.issued_at DESC, l.number LIMIT 200", (subject,))


def unserved_of(
    connection: Connection[Any], department: UUID, *, limit: int, skip: int = 0
) -> tuple[Letter, ...]:  # fmt: skip
    """A body's letters to subjects whose service is not recorded, the oldest first."""
    where = """ WHERE l.department = %s AND l.subject IS NOT NULL AND s.letter IS NULL
        ORDER BY l.issued_at, l.number LIMIT %s OFFSET %s"""
    return _all(connection, where, (department, limit, skip))


def has_letter_today(connection: Connection[Any], *, record: UUID, kind: str) -> bool:
    """Whether a letter of this kind about this record went out today."""
    row = connection.execute(
        "SELECT FROM limu.letter WHERE record = %s AND kind = %s AND issued_on = limu.register_today() LIMIT 1",
        (record, kind),
    ).fetchone()
    return row is not None
