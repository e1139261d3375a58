"""The emergency role: it exists without login and without rights, and lives for minutes (trust.md 1.7)."""

import secrets
from typing import Any

import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from limu.wire.database import Database
from limu.wire.roles import EMERGENCY

ROLE = sql.Identifier(EMERGENCY)
SCHEMAS = ("limu", "shown")


def wake(database: Database, *, minutes: int) -> str:
    """Let the role sign in and read for some minutes; returns how to connect. Every statement of it is logged."""
    password = secrets.token_urlsafe(24)
    with database.connect("admin") as admin:
        admin.execute(
            sql.SQL("ALTER ROLE {} LOGIN BYPASSRLS PASSWORD {} VALID UNTIL {}").format(
                ROLE, sql.Literal(password), sql.Literal(_end(admin, minutes))
            )
        )
        admin.execute(sql.SQL("ALTER ROLE {} SET default_transaction_read_only = on").format(ROLE))
        admin.execute(sql.SQL("ALTER ROLE {} SET idle_session_timeout = '10min'").format(ROLE))
        admin.execute(sql.SQL("ALTER ROLE {} SET log_statement = 'all'").format(ROLE))
        admin.execute(sql.SQL("GRANT CONNECT ON DATABASE {} TO {}").format(sql.Identifier(database.name), ROLE))
        for schema in SCHEMAS:
            name = sql.Identifier(schema)
            admin.execute(sql.SQL("GRANT USAGE ON SCHEMA {} TO {}").format(name, ROLE))
            admin.execute(sql.SQL("GRANT SELECT ON ALL TABLES IN SCHEMA {} TO {}").format(name, ROLE))
    given = conninfo_to_dict(database.conninfo("admin"))
    return make_conninfo("", **{**given, "user": EMERGENCY, "password": password, "application_name": "limu emergency"})


def kill(database: Database) -> int:
    """Take login and rights from the role and end its sessions; returns how many there were. Safe to repeat."""
    with database.connect("admin") as admin:
        admin.execute(sql.SQL("ALTER ROLE {} NOLOGIN NOBYPASSRLS PASSWORD NULL").format(ROLE))
        ended = admin.execute(
            "SELECT count(pg_terminate_backend(pid)) AS ended FROM pg_stat_activity WHERE usename = %s", [EMERGENCY]
        ).fetchone()
        for schema in SCHEMAS:
            name = sql.Identifier(schema)
            admin.execute(sql.SQL("REVOKE ALL ON ALL TABLES IN SCHEMA {} FROM {}").format(name, ROLE))
            admin.execute(sql.SQL("REVOKE ALL ON SCHEMA {} FROM {}").format(name, ROLE))
        admin.execute(sql.SQL("REVOKE ALL ON DATABASE {} FROM {}").format(sql.Identifier(database.name), ROLE))
    assert ended
    return int(ended["ended"])


def _end(admin: "psycopg.Connection[Any]", minutes: int) -> str:
    row = admin.execute("SELECT (clock_timestamp() + make_interval(mins => %s))::text AS end", [minutes]).fetchone()
    assert row
    return str(row["end"])
