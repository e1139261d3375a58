"""The emergency role: it exists without login and without rights, and lives for minutes (trust.md 1.7)."""

import secrets
from typing import Any

import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from limu.wire.database import Database
from limu.wire.roles import EMERGENCY

ROLE = sql.Identifier(EMERGENCY)
# What it reads: one view for each table of the register, each asking at every row whether the access is still open.
# The limit holds though opener, worker and server log are gone: an open session sees nothing after its last minute.
SCHEMA = sql.Identifier("emergency")
_TABLES = """
    SELECT c.relname AS name FROM pg_class c
    WHERE c.relnamespace = 'limu'::regnamespace AND c.relkind IN ('r', 'p') AND NOT c.relispartition ORDER BY 1"""


def wake(database: Database, *, minutes: int) -> str:
    """Let the role sign in and read for some minutes; returns how to connect. Every statement of it is logged.

    The opening must be committed before: without it every view is empty."""
    password = secrets.token_urlsafe(24)
    with database.connect("admin") as admin:
        admin.execute(
            sql.SQL("ALTER ROLE {} LOGIN NOBYPASSRLS PASSWORD {} VALID UNTIL {}").format(
                ROLE, sql.Literal(password), sql.Literal(_end(admin, minutes))
            )
        )
        for setting, value in {
            "default_transaction_read_only": "on", "idle_session_timeout": "10min", "log_statement": "all",
            "statement_timeout": f"{minutes}min", "search_path": "emergency, pg_temp",
        }.items():  # fmt: skip
            change = sql.SQL("ALTER ROLE {} SET {} = {}")
            admin.execute(change.format(ROLE, sql.Identifier(setting), _setting(value)))
        admin.execute(sql.SQL("GRANT CONNECT ON DATABASE {} TO {}").format(sql.Identifier(database.name), ROLE))
        _make_views(admin)
    given = conninfo_to_dict(database.conninfo("admin"))
    return make_conninfo("", **{**given, "user": EMERGENCY, "password": password, "application_name": "limu emergency"})


def kill(database: Database) -> int:
    """Take login and rights from the role and end its sessions; returns how many there were. Safe to repeat."""
    with database.connect("admin") as admin:
        admin.execute(sql.SQL("ALTER ROLE {} NOLOGIN NOBYPASSRLS PASSWORD NULL").format(ROLE))
        ended = admin.execute(
            "SELECT count(pg_terminate_backend(pid, 5000)) AS ended FROM pg_stat_activity WHERE usename = %s",
            [EMERGENCY],
        ).fetchone()
        admin.commit()
        admin.execute(sql.SQL("DROP SCHEMA IF EXISTS {} CASCADE").format(SCHEMA))
        admin.execute(sql.SQL("REVOKE ALL ON DATABASE {} FROM {}").format(sql.Identifier(database.name), ROLE))
    assert ended
    return int(ended["ended"])


def _make_views(admin: "psycopg.Connection[Any]") -> None:
    admin.execute("SET client_min_messages = warning")
    admin.execute(sql.SQL("DROP SCHEMA IF EXISTS {} CASCADE").format(SCHEMA))
    admin.execute(sql.SQL("CREATE SCHEMA {}").format(SCHEMA))
    for row in admin.execute(_TABLES).fetchall():
        make = sql.SQL(
            "CREATE VIEW {}.{} WITH (security_barrier = true) AS SELECT * FROM limu.{} WHERE limu.emergency_is_open()"
        )
        admin.execute(make.format(SCHEMA, sql.Identifier(row["name"]), sql.Identifier(row["name"])))
    admin.execute(sql.SQL("GRANT USAGE ON SCHEMA {} TO {}").format(SCHEMA, ROLE))
    admin.execute(sql.SQL("GRANT SELECT ON ALL TABLES IN SCHEMA {} TO {}").format(SCHEMA, ROLE))


def _setting(value: str) -> sql.Composable:
    return sql.SQL(", ").join(sql.Literal(part) for part in value.split(", "))


def _end(admin: "psycopg.Connection[Any]", minutes: int) -> str:
    row = admin.execute("SELECT (clock_timestamp() + make_interval(mins => %s))::text AS end", [minutes]).fetchone()
    assert row
    return str(row["end"])
