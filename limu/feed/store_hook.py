"""Queries on webhooks: whose time has come, how far it is, what was given up."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from psycopg import Connection
from psycopg.rows import class_row


@dataclass(frozen=True, slots=True)
class Hook:
    """How far a holder's webhook is."""

    holder: UUID
    sent: int
    attempts: int


def next_due(connection: Connection[Any]) -> Hook | None:
    """Take one webhook that has something to send and may, under a lock that no other worker waits for."""
    with connection.cursor(row_factory=class_row(Hook)) as cursor:
        return cursor.execute(
            """SELECT k.holder, k.sent, k.attempts FROM limu.feed_hook k
               JOIN limu.feed_holder h ON h.id = k.holder AND h.hook_url IS NOT NULL
               JOIN limu.feed_policy p ON p.id = h.policy AND p.is_filled
               JOIN limu.feed_holder_state s ON s.holder = k.holder AND s.state = 'active'
               WHERE NOT k.is_dead AND k.next_at <= limu.register_now()
                 AND k.sent < (SELECT timepoint FROM limu.feed_state)
               ORDER BY k.next_at LIMIT 1 FOR UPDATE OF k SKIP LOCKED"""
        ).fetchone()


def move(connection: Connection[Any], holder: UUID, *, sent: int) -> None:
    """Note that all up to a timepoint was taken."""
    connection.execute(
        """UPDATE limu.feed_hook SET sent = %s, attempts = 0, failure = NULL, next_at = limu.register_now()
           WHERE holder = %s""",
        (sent, holder),
    )


def fail(
    connection: Connection[Any], holder: UUID, *, attempts: int, pause: int, failure: str, is_dead: bool
) -> None:  # fmt: skip
    """Note a failure and when to try again."""
    connection.execute(
        """UPDATE limu.feed_hook SET attempts = %s, failure = %s, is_dead = %s,
               next_at = limu.register_now() + make_interval(secs => %s) WHERE holder = %s""",
        (attempts, failure, is_dead, pause, holder),
    )


def bury(connection: Connection[Any], letter: UUID, holder: UUID, *, first: int, last: int, failure: str) -> None:
    """Keep what was given up."""
    connection.execute(
        "INSERT INTO limu.feed_dead_letter (id, holder, first, last, failure) VALUES (%s, %s, %s, %s, %s)",
        (letter, holder, first, last, failure),
    )


def revive(connection: Connection[Any], holder: UUID) -> None:
    """Let a webhook be sent again from where it stopped."""
    connection.execute(
        """UPDATE limu.feed_hook SET attempts = 0, is_dead = false, failure = NULL, next_at = limu.register_now()
           WHERE holder = %s""",
        (holder,),
    )
    connection.execute(
        """UPDATE limu.feed_dead_letter SET replayed_at = limu.register_now()
           WHERE holder = %s AND replayed_at IS NULL""",
        (holder,),
    )
