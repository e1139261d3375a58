"""Brings the schema to this version: SQL files in one explicit order, each once, each in its own transaction."""

import hashlib
from dataclasses import dataclass
from importlib.resources import files

from psycopg import sql

from limu.wire.accounts import migrate_accounts
from limu.wire.database import Connection, Database
from limu.wire.keys import password
from limu.wire.roles import ROLES, ensure_roles, ensure_schema, role_name

# Any number will do, as long as every migration takes the same one.
LOCK = 0x4C696D75


class MigrationError(Exception):
    """The schema on the server and the files of this version do not fit."""


@dataclass(frozen=True, slots=True)
class Step:
    """One file of the schema."""

    path: str
    text: str

    @property
    def digest(self) -> str:
        """Return the SHA-256 by which a later change of an applied file is noticed."""
        return hashlib.sha256(self.text.encode()).hexdigest()


def prepare_database(database: Database) -> tuple[str, ...]:
    """Make roles, the database and its schema, or bring them to this version; returns the files applied now."""
    with database.named(_maintenance_name(database)).connect("admin", autocommit=True) as admin:
        admin.execute("SELECT pg_advisory_lock(%s)", [LOCK])
        ensure_roles(admin, {role: password(database.home, role_name(role)) for role in ROLES})
        if admin.execute("SELECT FROM pg_database WHERE datname = %s", [database.name]).fetchone() is None:
            admin.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(database.name)))
    with database.connect("admin") as admin:
        ensure_schema(admin)
    with database.connect("owner", autocommit=True) as owner:
        applied = migrate(owner)
    migrate_accounts(database)
    return applied


def migrate(owner: Connection) -> tuple[str, ...]:
    """Apply the files not yet applied; refuse if an applied one has changed since.

    A crash leaves whole files only: a file and its line in limu.migration are one transaction."""
    owner.execute("SELECT pg_advisory_lock(%s)", [LOCK])
    try:
        owner.execute(
            "CREATE TABLE IF NOT EXISTS limu.migration (path text PRIMARY KEY, sha256 text NOT NULL,"
            " applied_at timestamptz NOT NULL DEFAULT statement_timestamp())"
        )
        known = {row["path"]: row["sha256"] for row in owner.execute("SELECT path, sha256 FROM limu.migration")}
        steps = read_steps()
        _refuse_changed(steps, known)
        return tuple(_apply(owner, step) for step in steps if step.path not in known)
    finally:
        owner.execute("SELECT pg_advisory_unlock(%s)", [LOCK])


def read_steps() -> tuple[Step, ...]:
    """Read the files that limu/wire/sql/ORDER names, in its order."""
    package = files("limu")
    lines = (line.partition("#")[0].strip() for line in (package / "wire/sql/ORDER").read_text("utf-8").splitlines())
    return tuple(Step(line, (package / line).read_text("utf-8")) for line in lines if line)


def applied_paths(database: Database) -> frozenset[str]:
    """Name the files applied to a database."""
    with database.connect("owner", autocommit=True) as owner:
        return frozenset(row["path"] for row in owner.execute("SELECT path FROM limu.migration"))


def _refuse_changed(steps: tuple[Step, ...], known: dict[str, str]) -> None:
    changed = [step.path for step in steps if known.get(step.path, step.digest) != step.digest]
    if changed:
        raise MigrationError(f"已应用的结构文件后来被改动：{'、'.join(changed)}。请恢复原样，另写新文件。")


def _apply(owner: Connection, step: Step) -> str:
    with owner.transaction():
        owner.execute("SET LOCAL lock_timeout = '5s'")
        owner.execute(step.text.encode())
        owner.execute("INSERT INTO limu.migration (path, sha256) VALUES (%s, %s)", [step.path, step.digest])
    return step.path


def _maintenance_name(database: Database) -> str:
    # A server of one's own has `postgres`; on a given server the database exists, and its URL is what we have.
    return database.name if database.url else "postgres"
