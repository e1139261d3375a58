"""Events of the law for the public log: what was added or confirmed, by which office; sealed where the act is."""

import os
from collections.abc import Sequence
from typing import Any, Literal
from uuid import UUID, uuid4

import psycopg
import psycopg.rows
from psycopg.types.json import Jsonb

from limu.record.event import instant_text
from limu.seal.canonical import canonical_bytes
from limu.seal.leaf import SALT_LENGTH, commit
from limu.wire.clock import register_now

LawEventKind = Literal["law_added", "law_confirmed"]


def note_law_events(
    connection: "psycopg.Connection[Any]", kind: LawEventKind, rules: Sequence[str], *, officer: UUID,
    facts: dict[str, str],
) -> None:  # fmt: skip
    """Write one event for each rule; the sequencer gives it a place in the log after the commit."""
    with connection.cursor(row_factory=psycopg.rows.scalar_row) as cursor:
        office = cursor.execute(
            "SELECT d.uscc FROM limu.officer o JOIN limu.department d ON d.id = o.department WHERE o.id = %s",
            (officer,),
        ).fetchone()
    now = register_now(connection)
    rows = []
    for rule in rules:
        event, salt = uuid4(), os.urandom(SALT_LENGTH)
        body = {
            "id": str(event), "kind": kind, "rule": rule, "office": office, "recorded_at": instant_text(now), **facts,
        }  # fmt: skip
        rows.append((event, kind, rule, Jsonb(body), now, salt, commit(salt, canonical_bytes(body))))
    with connection.cursor() as writing:
        writing.executemany(
            """INSERT INTO limu.law_event (id, kind, rule_key, body, recorded_at, salt, commitment)
               VALUES (%s, %s, %s, %s, %s, %s, %s)""",
            rows,
        )
