"""Queries on the keys of departments' machines."""

import hmac
from collections.abc import Callable
from dataclasses import fields
from datetime import datetime
from typing import Any
from uuid import UUID

from psycopg import Connection
from psycopg.rows import dict_row, scalar_row

from limu.department.rules import Officer
from limu.department.rules_key import Key, Wish

_OFFICER = [one.name for one in fields(Officer)]
_SELECT = """
    SELECT k.id, k.department, k.name, k.items, k.acts, k.expires_on, k.asked_at, sp.name AS settled_name, k.settled_at,
           k.is_agreed, rp.name AS revoked_name, k.revoked_at, k.last_used_at,
           (SELECT max(s.dies_at) FROM limu.api_secret s WHERE s.key = k.id AND s.dies_at > limu.register_now())
               AS old_dies_at,
           o.id AS o_id, o.code AS o_code, o.person AS o_person, p.name AS o_person_name,
           o.department AS o_department, d.name AS o_department_name, d.is_centre AS o_is_centre, o.roles AS o_roles,
           o.is_active AS o_is_active
    FROM limu.api_key k
    JOIN limu.officer o ON o.id = k.officer JOIN limu.person p ON p.id = o.person
    JOIN limu.department d ON d.id = o.department
    LEFT JOIN limu.officer so ON so.id = k.settled_by LEFT JOIN limu.person sp ON sp.id = so.person
    LEFT JOIN limu.officer ro ON ro.id = k.revoked_by LEFT JOIN limu.person rp ON rp.id = ro.person
"""


def _key(row: dict[str, Any]) -> Key:
    officer = {name: row.pop(f"o_{name}") for name in _OFFICER}
    told = {**row, "items": tuple(row["items"]), "acts": tuple(row["acts"])}
    return Key(**told, officer=Officer(**{**officer, "roles": tuple(officer["roles"])}))


def insert_key(connection: Connection[Any], *, id: UUID, officer: Officer, wish: Wish) -> None:  # noqa: A002
    """Keep a wish for a key; it opens nothing yet."""
    connection.execute(
        "INSERT INTO limu.api_key (id, department, officer, name, items, acts, expires_on)"
        " VALUES (%s, %s, %s, %s, %s, %s, %s)",
        (id, officer.department, officer.id, wish.name.strip(), list(wish.items), list(wish.acts), wish.expires_on),
    )


def insert_secret(
    connection: Connection[Any], *, id: UUID, key: Key, salt: bytes, digest: bytes, officer: UUID  # noqa: A002
) -> None:  # fmt: skip
    """Keep a secret's salted hash."""
    connection.execute(
        "INSERT INTO limu.api_secret (id, key, department, salt, digest, made_by) VALUES (%s, %s, %s, %s, %s, %s)",
        (id, key.id, key.department, salt, digest, officer),
    )


def end_secrets(connection: Connection[Any], key: UUID, *, hours: int) -> None:
    """Let the present secrets of a key live so many hours more, and none longer than it would have."""
    connection.execute(
        """UPDATE limu.api_secret SET dies_at = least(dies_at, limu.register_now() + make_interval(hours => %s))
           WHERE key = %s AND (dies_at IS NULL OR dies_at > limu.register_now())""",
        (hours, key),
    )


def live_secrets(connection: Connection[Any], key: UUID) -> list[tuple[bytes, bytes]]:
    """List salt and digest of the secrets of a key that live."""
    with connection.cursor(row_factory=dict_row) as cursor:
        cursor.execute(
            "SELECT salt, digest FROM limu.api_secret"
            " WHERE key = %s AND (dies_at IS NULL OR dies_at > limu.register_now())",
            (key,),
        )
        return [(bytes(row["salt"]), bytes(row["digest"])) for row in cursor]


def find_secret(connection: Connection[Any], key: UUID, digest: Callable[[bytes], bytes]) -> UUID | None:
    """Find the secret of a key by its digest under each salt, dead ones too."""
    with connection.cursor(row_factory=dict_row) as cursor:
        cursor.execute("SELECT id, salt, digest FROM limu.api_secret WHERE key = %s", (key,))
        fits = (row for row in cursor if hmac.compare_digest(digest(bytes(row["salt"])), bytes(row["digest"])))
        found = next(fits, None)
    return found["id"] if found else None


def name_key(connection: Connection[Any], key: UUID) -> None:
    """Open row-level security for the one key that a request names, until the transaction ends."""
    connection.execute("SELECT set_config('limu.api_key', %s, true)", (str(key),))


def find_key(connection: Connection[Any], key: UUID, *, lock: bool = False) -> Key | None:
    """Find a key within what row-level security opens."""
    with connection.cursor(row_factory=dict_row) as cursor:
        row = cursor.execute(_SELECT + " WHERE k.id = %s" + (" FOR UPDATE OF k" if lock else ""), (key,)).fetchone()
    return None if row is None else _key(row)


def keys_of(connection: Connection[Any], *, department: UUID) -> tuple[Key, ...]:
    """List a department's keys, the newest first."""
    with connection.cursor(row_factory=dict_row) as cursor:
        cursor.execute(_SELECT + " WHERE k.department = %s ORDER BY k.asked_at DESC, k.id", (department,))
        return tuple(_key(row) for row in cursor)


def settle_key(connection: Connection[Any], key: UUID, *, officer: UUID, is_agreed: bool) -> None:
    """Write down what the second person decided."""
    connection.execute(
        "UPDATE limu.api_key SET settled_by = %s, settled_at = limu.register_now(), is_agreed = %s WHERE id = %s",
        (officer, is_agreed, key),
    )


def revoke_key(connection: Connection[Any], key: UUID, *, officer: UUID) -> None:
    """Close a key for good."""
    connection.execute(
        "UPDATE limu.api_key SET revoked_by = %s, revoked_at = limu.register_now() WHERE id = %s", (officer, key)
    )


def note_use(connection: Connection[Any], key: UUID) -> datetime:
    """Write down that a key was used."""
    with connection.cursor(row_factory=scalar_row) as cursor:
        at = cursor.execute(
            "UPDATE limu.api_key SET last_used_at = limu.register_now() WHERE id = %s RETURNING last_used_at", (key,)
        ).fetchone()
    assert isinstance(at, datetime)
    return at
