"""Queries on agents; row-level security opens one subject, or the one account that a sign-in names."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from psycopg import Connection
from psycopg.rows import class_row, dict_row, tuple_row

from limu.agent.rules import Account, Invitation, Notice

_ACCOUNT = """
    SELECT a.id, a.code, a.subject, coalesce(s.uscc, '') AS uscc, s.name AS subject_name, a.person_name, a.scopes,
           a.expires_on, a.is_active, a.added_at, e.ended_at, coalesce(b.person_name, o.name, '') AS ended_by,
           coalesce(e.reason, '') AS ended_why
    FROM limu.agent a JOIN limu.subject s ON s.id = a.subject
    LEFT JOIN limu.agent_ending e ON e.agent = a.id LEFT JOIN limu.agent b ON b.id = e.by_agent
    LEFT JOIN (limu.officer f JOIN limu.department o ON o.id = f.department) ON f.id = e.officer"""
_INVITATION = """
    SELECT i.id, i.number, i.subject, i.person_name, i.scopes, i.expires_on, o.person AS checker, i.counter_salt,
           i.counter_digest, i.letter_salt, i.letter_digest, i.dies_on, i.tries, i.used_at
    FROM limu.agent_invitation i JOIN limu.officer o ON o.id = i.checked_by"""


def find_agent(connection: Connection[Any], code: str) -> tuple[Account, date] | None:
    """Find the account that a session names, with the register's day, and open the rows of its subject alone."""
    connection.execute("SELECT set_config('limu.agent', %s, true)", (code,))
    with connection.cursor(row_factory=class_row(Account)) as cursor:
        found = cursor.execute(_ACCOUNT + " WHERE a.code = %s", (code,)).fetchone()
    if found is None:
        return None
    with connection.cursor(row_factory=tuple_row) as cursor:
        row = cursor.execute(
            "SELECT limu.register_today(), set_config('limu.subject', %s, true)", (str(found.subject),)
        ).fetchone()
    assert row is not None
    return found, row[0]


def agents_of(connection: Connection[Any], subject: UUID) -> tuple[Account, ...]:
    """Everyone who acts or acted for a subject, the newest first."""
    with connection.cursor(row_factory=class_row(Account)) as cursor:
        return tuple(cursor.execute(_ACCOUNT + " WHERE a.subject = %s ORDER BY a.added_at DESC", (subject,)).fetchall())


def notices_of(connection: Connection[Any], subject: UUID, *, limit: int = 10) -> tuple[Notice, ...]:
    """What its agents were told, the newest first."""
    with connection.cursor(row_factory=class_row(Notice)) as cursor:
        return tuple(
            cursor.execute(
                "SELECT text, told_at FROM limu.agent_notice WHERE subject = %s ORDER BY told_at DESC LIMIT %s",
                (subject, limit),
            ).fetchall()
        )


def insert_notice(connection: Connection[Any], subject: UUID, text: str) -> None:
    """Tell those who act for a subject."""
    connection.execute(
        "INSERT INTO limu.agent_notice (id, subject, text) VALUES (gen_random_uuid(), %s, %s)", (subject, text)
    )


def find_subject(connection: Connection[Any], uscc: str) -> tuple[UUID, str] | None:
    """A subject and its name by its code."""
    with connection.cursor(row_factory=tuple_row) as cursor:
        row = cursor.execute("SELECT id, name FROM limu.subject WHERE uscc = %s", (uscc,)).fetchone()
    return (row[0], row[1]) if row else None


def insert_invitation(connection: Connection[Any], one: Invitation, *, licence: str, officer: UUID) -> None:
    """Keep the first proof."""
    connection.execute(
        """INSERT INTO limu.agent_invitation (id, number, subject, person_name, scopes, expires_on, licence, checked_by,
               counter_salt, counter_digest, dies_on)
           VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)""",
        (one.id, one.number, one.subject, one.person_name, list(one.scopes), one.expires_on, licence, officer,
         one.counter_salt, one.counter_digest, one.dies_on),
    )  # fmt: skip


def find_invitation(connection: Connection[Any], number: str) -> Invitation | None:
    """Find the invitation of a number and lock it: tries are counted one after the other."""
    connection.execute("SELECT set_config('limu.invitation', %s, true)", (number,))
    with connection.cursor(row_factory=class_row(Invitation)) as cursor:
        return cursor.execute(_INVITATION + " WHERE i.number = %s", (number,)).fetchone()


def note_letter(
    connection: Connection[Any], invitation: UUID, *, officer: UUID, to: str, salt: bytes, digest: bytes
) -> bool:  # fmt: skip
    """Keep the second proof; False where a letter went out before."""
    made = connection.execute(
        """UPDATE limu.agent_invitation SET posted_by = %s, posted_at = limu.register_now(), posted_to = %s,
               letter_salt = %s, letter_digest = %s WHERE id = %s AND posted_at IS NULL""",
        (officer, to, salt, digest, invitation),
    )
    return made.rowcount == 1


def note_try(connection: Connection[Any], one: Invitation) -> None:
    """Count a try that failed."""
    _enter(connection, one.subject)
    connection.execute("UPDATE limu.agent_invitation SET tries = tries + 1 WHERE id = %s AND tries < 5", (one.id,))


def use_invitation(connection: Connection[Any], one: Invitation) -> bool:
    """Use an invitation up; False where another was faster."""
    _enter(connection, one.subject)
    made = connection.execute(
        "UPDATE limu.agent_invitation SET used_at = limu.register_now() WHERE id = %s AND used_at IS NULL", (one.id,)
    )
    return made.rowcount == 1


def insert_agent(connection: Connection[Any], account: Account, *, invitation: UUID | None) -> None:
    """Open an account; without an invitation it is marked as a demonstration's."""
    connection.execute(
        """INSERT INTO limu.agent (id, code, subject, person_name, scopes, expires_on, invitation, is_demonstration)
           VALUES (%s, %s, %s, %s, %s, %s, %s, %s)""",
        (account.id, account.code, account.subject, account.person_name, list(account.scopes), account.expires_on,
         invitation, invitation is None),
    )  # fmt: skip


def end_agent(
    connection: Connection[Any], account: Account, *, by: Account | None, officer: UUID | None, reason: str
) -> None:  # fmt: skip
    """End an account at once; who did it and why stays."""
    connection.execute(
        "INSERT INTO limu.agent_ending (agent, subject, by_agent, officer, reason) VALUES (%s, %s, %s, %s, %s)",
        (account.id, account.subject, by.id if by else None, officer, reason),
    )
    connection.execute("UPDATE limu.agent SET is_active = false WHERE id = %s", (account.id,))


def register_now(connection: Connection[Any]) -> datetime:
    """The register's moment."""
    with connection.cursor(row_factory=tuple_row) as cursor:
        row = cursor.execute("SELECT limu.register_now()").fetchone()
    assert row is not None
    moment: datetime = row[0]
    return moment


def register_today(connection: Connection[Any]) -> date:
    """The register's day."""
    with connection.cursor(row_factory=dict_row) as cursor:
        row = cursor.execute("SELECT limu.register_today() AS day").fetchone()
    assert row is not None
    day: date = row["day"]
    return day


def readers_of(
    connection: Connection[Any], subject: UUID, *, limit: int = 200, before: datetime | None = None,
    by_agents: bool = False,
) -> list[dict[str, Any]]:  # fmt: skip
    """Who read what is not public of a subject: when, for whom, why, on which basis; or its own agents, by name."""
    with connection.cursor(row_factory=dict_row) as cursor:
        return cursor.execute(
            """SELECT t.id AS ticket, t.opened_at, d.name AS department, a.person_name AS agent, p.label AS purpose,
                      p.basis, t.purpose AS code, t.scope, t.scope LIKE '%%(command line)' AS is_typed,
                      q.ticket IS NOT NULL AS is_asked, r.ticket IS NOT NULL AS is_replied
               FROM limu.read_ticket t JOIN limu.purpose p ON p.code = t.purpose
               LEFT JOIN limu.department d ON d.id = t.department LEFT JOIN limu.agent a ON a.id = t.agent
               LEFT JOIN limu.read_question q ON q.ticket = t.id LEFT JOIN limu.read_reply r ON r.ticket = t.id
               WHERE t.subject = %s AND (%s::timestamptz IS NULL OR t.opened_at < %s)
                 AND (t.agent IS NOT NULL) = %s
               ORDER BY t.opened_at DESC, t.id LIMIT %s""",
            (subject, before, before, by_agents, limit),
        ).fetchall()


def _enter(connection: Connection[Any], subject: UUID) -> None:
    connection.execute("SELECT set_config('limu.subject', %s, true)", (str(subject),))
