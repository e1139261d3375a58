"""Queries on accounts, under the role that sees nothing else; statements name Django's tables in its schema."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from psycopg import Connection
from psycopg.rows import class_row

Means = Literal["password", "passkey", "oidc"]


@dataclass(frozen=True, slots=True)
class LastSignIn:
    """The sign-in before this one, and the tries that failed since."""

    at: datetime
    network: str
    failures: int


def put_login(connection: Connection[Any], *, code: str, name: str, hashed: str) -> None:
    """Open the login of an officer, or replace its password; the sessions opened under the old one end."""
    connection.execute(
        """INSERT INTO account.auth_user (username, password, first_name, last_name, email, is_superuser, is_staff,
               is_active, date_joined)
           VALUES (%s, %s, %s, '', '', false, false, true, clock_timestamp())
           ON CONFLICT (username) DO UPDATE SET password = excluded.password, is_active = true""",
        (code, hashed, name),
    )


def close_login(connection: Connection[Any], code: str) -> None:
    """Close a login and take its factors away; the officer's acts stay what they were."""
    connection.execute(
        "DELETE FROM account.mfa_authenticator WHERE user_id IN (SELECT id FROM account.auth_user WHERE username = %s)",
        (code,),
    )
    connection.execute("UPDATE account.auth_user SET is_active = false, password = '!' WHERE username = %s", (code,))


def forget_factors(connection: Connection[Any], code: str) -> int:
    """Take the second factors of a login away, for someone who lost the device; tells how many there were."""
    return connection.execute(
        "DELETE FROM account.mfa_authenticator WHERE user_id IN (SELECT id FROM account.auth_user WHERE username = %s)",
        (code,),
    ).rowcount


def has_login(connection: Connection[Any], code: str) -> bool:
    """Tell whether an officer can sign in."""
    row = connection.execute("SELECT FROM account.auth_user WHERE username = %s AND is_active", (code,)).fetchone()
    return row is not None


def note_sign_in(connection: Connection[Any], *, username: str, means: Means, network: str, succeeded: bool) -> None:
    """Write down a try; a name that is no login is not kept, it may be a password typed into the wrong field."""
    connection.execute(
        """INSERT INTO account.sign_in (username, succeeded, means, network)
           SELECT coalesce((SELECT username FROM account.auth_user WHERE username = %s), ''), %s, %s, %s""",
        (username, succeeded, means, network),
    )


def last_sign_in(connection: Connection[Any], username: str) -> LastSignIn | None:
    """Find the newest sign-in of an account, before the present one is noted."""
    with connection.cursor(row_factory=class_row(LastSignIn)) as cursor:
        return cursor.execute(
            """SELECT last.at, last.network, (SELECT count(*)::int FROM account.sign_in f
                   WHERE f.username = last.username AND NOT f.succeeded AND f.at > last.at) AS failures
               FROM account.sign_in last WHERE last.username = %s AND last.succeeded
               ORDER BY last.at DESC LIMIT 1""",
            (username,),
        ).fetchone()


@dataclass(frozen=True, slots=True)
class SignIn:
    """One noted try to sign in."""

    at: datetime
    succeeded: bool
    means: Means
    network: str


def sign_ins_of(connection: Connection[Any], username: str, *, limit: int = 10) -> list[SignIn]:
    """List the newest tries to sign in to an account, the newest first."""
    with connection.cursor(row_factory=class_row(SignIn)) as cursor:
        return cursor.execute(
            "SELECT at, succeeded, means, network FROM account.sign_in WHERE username = %s ORDER BY at DESC LIMIT %s",
            (username, limit),
        ).fetchall()


@dataclass(frozen=True, slots=True)
class Login:
    """How an account signs in, as its administrator may know it."""

    username: str
    is_active: bool
    factors: int
    last_at: datetime | None


def logins(connection: Connection[Any], codes: Sequence[str]) -> dict[str, Login]:
    """Find the logins of accounts."""
    with connection.cursor(row_factory=class_row(Login)) as cursor:
        rows = cursor.execute(
            """SELECT u.username, u.is_active,
                   (SELECT count(*)::int FROM account.mfa_authenticator a
                    WHERE a.user_id = u.id AND a.type IN ('totp', 'webauthn')) AS factors,
                   (SELECT max(s.at) FROM account.sign_in s
                    WHERE s.username = u.username AND s.succeeded) AS last_at
               FROM account.auth_user u WHERE u.username = ANY (%s)""",
            (list(codes),),
        ).fetchall()
    return {row.username: row for row in rows}


LOCK_AFTER = 5


def failures_since(connection: Connection[Any], username: str) -> int:
    """Count the tries that failed in the last quarter of an hour and were followed by no success."""
    row = connection.execute(
        """SELECT count(*)::int AS n FROM account.sign_in f
           WHERE f.username = %(code)s AND NOT f.succeeded AND f.at > clock_timestamp() - interval '15 minutes'
             AND f.at > coalesce((SELECT max(at) FROM account.sign_in s WHERE s.username = %(code)s AND s.succeeded),
                                 '-infinity')""",
        {"code": username},
    ).fetchone()
    return 0 if row is None else int(row["n"] if isinstance(row, dict) else row[0])
