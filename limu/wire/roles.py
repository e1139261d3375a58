"""The database's roles and what each may do at all; tables grant the rest (trust.md 1.5)."""

from collections.abc import Mapping
from typing import Any, Final, Literal

import psycopg
from psycopg import sql

Role = Literal["owner", "app", "web", "sequencer", "account"]
ROLES: Final[tuple[Role, ...]] = ("owner", "app", "web", "sequencer", "account")
PUBLISHER: Final = "limu_publisher"
# Without login and rights; `limu emergency` lends it both for minutes (wire/emergency.py).
EMERGENCY: Final = "limu_emergency"
EXTENSIONS: Final = ("pg_trgm", "btree_gist", "btree_gin")

# What a session of each role begins with. The web role reads, and never for long.
SESSIONS: Mapping[Role, Mapping[str, str]] = {
    "owner": {},
    "app": {"idle_in_transaction_session_timeout": "10min"},
    "web": {
        "default_transaction_read_only": "on",
        "statement_timeout": "10s",
        "idle_in_transaction_session_timeout": "30s",
    },
    "sequencer": {"idle_in_transaction_session_timeout": "1min"},
    "account": {"statement_timeout": "10s", "idle_in_transaction_session_timeout": "30s"},
}
# Sign-in sees accounts alone, everyone else records alone (decision 0007).
PATHS: Mapping[Role, str] = {"account": "account, pg_temp"}
RECORDS: Final = "limu, shown, pg_temp"


def role_name(role: Role) -> str:
    """Return the name a role has in the database."""
    return f"limu_{role}"


def ensure_roles(admin: "psycopg.Connection[Any]", passwords: Mapping[Role, str]) -> None:
    """Create the roles that are missing and set passwords and session settings of all; safe to repeat."""
    _ensure_role(admin, PUBLISHER, "NOLOGIN")
    _ensure_role(admin, EMERGENCY, "NOLOGIN")
    for role in ROLES:
        name = sql.Identifier(role_name(role))
        _ensure_role(admin, role_name(role), "LOGIN")
        admin.execute(sql.SQL("ALTER ROLE {} PASSWORD {}").format(name, sql.Literal(passwords[role])))
        path = sql.SQL(PATHS.get(role, RECORDS))
        admin.execute(sql.SQL("ALTER ROLE {} SET search_path = {}").format(name, path))
        for setting, value in {"timezone": "UTC", **SESSIONS[role]}.items():
            change = sql.SQL("ALTER ROLE {} SET {} = {}")
            admin.execute(change.format(name, sql.Identifier(setting), sql.Literal(value)))
    admin.execute("GRANT limu_publisher TO limu_owner")


def ensure_schema(admin: "psycopg.Connection[Any]") -> None:
    """Give the database to its owner, close it to everyone else, and bring the extensions; safe to repeat."""
    name = sql.Identifier(admin.info.dbname)
    everyone = sql.SQL(", ").join(sql.Identifier(role_name(role)) for role in ROLES)
    statements: list[sql.Composed | sql.SQL] = [
        sql.SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(name),
        sql.SQL("GRANT CONNECT, TEMPORARY ON DATABASE {} TO {}").format(name, everyone),
        sql.SQL("GRANT CREATE ON DATABASE {} TO limu_owner").format(name),
        sql.SQL("REVOKE ALL ON SCHEMA public FROM PUBLIC"),
        sql.SQL("CREATE SCHEMA IF NOT EXISTS limu AUTHORIZATION limu_owner"),
    ]
    for extension in EXTENSIONS:
        create = sql.SQL("CREATE EXTENSION IF NOT EXISTS {} WITH SCHEMA limu")
        statements.append(create.format(sql.Identifier(extension)))
    for statement in statements:
        admin.execute(statement)


def _ensure_role(admin: "psycopg.Connection[Any]", name: str, kind: Literal["LOGIN", "NOLOGIN"]) -> None:
    if admin.execute("SELECT FROM pg_roles WHERE rolname = %s", [name]).fetchone() is None:
        admin.execute(sql.SQL("CREATE ROLE {}").format(sql.Identifier(name)))
    admin.execute(sql.SQL("ALTER ROLE {} {} NOSUPERUSER NOBYPASSRLS").format(sql.Identifier(name), sql.SQL(kind)))
