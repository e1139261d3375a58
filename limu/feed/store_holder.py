"""Queries on holders and on what two people do with them."""

from datetime import datetime
from typing import Any
from uuid import UUID

from psycopg import Connection
from psycopg.errors import UniqueViolation
from psycopg.rows import dict_row

from limu.feed.rules_holder import Act, ActKind, Holder, Wish

_HOLDER = """SELECT h.id, h.name, h.contact, h.agreement, h.from_on, h.until_on, h.items, h.regions, h.policy, p.fields,
    h.answer_hours, h.hook_url, h.since, s.state, p.is_filled
    FROM limu.feed_holder h JOIN limu.feed_policy p ON p.id = h.policy
    JOIN limu.feed_holder_state s ON s.holder = h.id"""
_ACT = """SELECT a.id, a.holder, h.name AS holder_name, a.kind, a.reason, a.asked_by, p.name AS asked_name,
    p.id AS asked_person, a.asked_at, q.name AS settled_name, a.settled_at, a.is_done
    FROM limu.feed_holder_act a JOIN limu.feed_holder h ON h.id = a.holder
    JOIN limu.officer o ON o.id = a.asked_by JOIN limu.person p ON p.id = o.person
    LEFT JOIN limu.officer u ON u.id = a.settled_by LEFT JOIN limu.person q ON q.id = u.person"""


def _holder(row: dict[str, Any]) -> Holder:
    return Holder(**{**row, **{name: tuple(row[name]) for name in ("items", "regions", "fields")}})


def find_by_token(connection: Connection[Any], hashed: bytes) -> Holder | None:
    """Find the holder of a token."""
    with connection.cursor(row_factory=dict_row) as cursor:
        row = cursor.execute(_HOLDER + " WHERE h.token_hash = %s", (hashed,)).fetchone()
    return None if row is None else _holder(row)


def find_holder(connection: Connection[Any], holder: UUID) -> Holder | None:
    """Find a holder."""
    with connection.cursor(row_factory=dict_row) as cursor:
        row = cursor.execute(_HOLDER + " WHERE h.id = %s", (holder,)).fetchone()
    return None if row is None else _holder(row)


def all_holders(connection: Connection[Any]) -> list[Holder]:
    """List every holder, by name."""
    with connection.cursor(row_factory=dict_row) as cursor:
        return [_holder(row) for row in cursor.execute(_HOLDER + " ORDER BY h.name")]


def insert_holder(connection: Connection[Any], holder: UUID, wish: Wish, *, hashed: bytes) -> bool:
    """Write an agreement and, where nobody has it yet, its field policy; False when the name is taken."""
    connection.execute(
        "INSERT INTO limu.feed_policy (fields) VALUES (%s) ON CONFLICT DO NOTHING", (sorted(set(wish.fields)),)
    )
    try:
        with connection.transaction():
            connection.execute(
                """INSERT INTO limu.feed_holder (id, name, contact, agreement, from_on, until_on, items, regions,
                       policy, answer_hours, hook_url, token_hash, since)
                   SELECT %s, %s, %s, %s, %s, %s, %s, %s, p.id, %s, %s, %s, s.timepoint
                   FROM limu.feed_policy p, limu.feed_state s WHERE p.fields = %s""",
                (holder, wish.name.strip(), wish.contact.strip(), wish.agreement.strip(), wish.from_on, wish.until_on,
                 list(wish.items), list(wish.regions), wish.answer_hours, wish.hook_url or None, hashed,
                 sorted(set(wish.fields))),
            )  # fmt: skip
    except UniqueViolation:
        return False
    connection.execute("SELECT pg_notify('limu_feed', '')")
    return True


def insert_act(
    connection: Connection[Any], act: UUID, *, holder: UUID, kind: ActKind, reason: str, officer: UUID
) -> bool:
    """Write what one person asks; False while another wish is open."""
    try:
        with connection.transaction():
            connection.execute(
                "INSERT INTO limu.feed_holder_act (id, holder, kind, reason, asked_by) VALUES (%s, %s, %s, %s, %s)",
                (act, holder, kind, reason.strip(), officer),
            )
    except UniqueViolation:
        return False
    return True


def find_act(connection: Connection[Any], act: UUID, *, lock: bool = False) -> Act | None:
    """Find an act; `lock` makes two who settle it wait for each other."""
    if lock:
        connection.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 7))", (str(act),))
    with connection.cursor(row_factory=dict_row) as cursor:
        row = cursor.execute(_ACT + " WHERE a.id = %s", (act,)).fetchone()
    return None if row is None else Act(**row)


def acts_of(connection: Connection[Any], holder: UUID) -> list[Act]:
    """List what was done with a holder, the newest first."""
    with connection.cursor(row_factory=dict_row) as cursor:
        cursor.execute(_ACT + " WHERE a.holder = %s ORDER BY a.asked_at DESC, a.id", (holder,))
        return [Act(**row) for row in cursor]


def open_acts(connection: Connection[Any]) -> list[Act]:
    """List what waits for a second person."""
    with connection.cursor(row_factory=dict_row) as cursor:
        return [Act(**row) for row in cursor.execute(_ACT + " WHERE a.settled_at IS NULL ORDER BY a.asked_at")]


def settle_act(connection: Connection[Any], act: UUID, *, officer: UUID, is_done: bool) -> None:
    """Write the second person's decision."""
    connection.execute(
        """UPDATE limu.feed_holder_act SET settled_by = %s, settled_at = limu.register_now(), is_done = %s
           WHERE id = %s AND settled_at IS NULL""",
        (officer, is_done, act),
    )


def open_hook(connection: Connection[Any], holder: Holder) -> None:
    """Begin to send to a holder that has an address."""
    connection.execute(
        """INSERT INTO limu.feed_hook (holder, sent) SELECT %s, timepoint FROM limu.feed_state
           ON CONFLICT (holder) DO NOTHING""",
        (holder.id,),
    )


def last_heard(connection: Connection[Any]) -> dict[UUID, tuple[int | None, int | None, datetime | None]]:
    """Tell of each holder how far it was delivered, how far it acknowledged, and when it last did."""
    with connection.cursor(row_factory=dict_row) as cursor:
        cursor.execute(
            """SELECT holder, max(upper(span) - 1) FILTER (WHERE NOT is_acknowledged) AS delivered,
                      max(upper(span) - 1) FILTER (WHERE is_acknowledged) AS acknowledged, max(at) AS at
               FROM limu.feed_receipt GROUP BY holder"""
        )
        return {row["holder"]: (row["delivered"], row["acknowledged"], row["at"]) for row in cursor}
