"""A hearing at the desk: a written wish taken down or back, its day fixed, its minutes entered. Never commits."""

from datetime import date
from typing import Any
from uuid import UUID

from psycopg import Connection

from limu.department.rules import Officer, Refusal
from limu.listing import rules_hearing, store
from limu.listing.actions import Document, find_for, take_step
from limu.listing.rules import Entry
from limu.wire.clock import register_today
from limu.wire.lawbook import current_calendar


def take_request(connection: Connection[Any], entry: UUID, *, officer: Officer, wish: Document) -> Entry | Refusal:
    """Record a wish for a hearing that the subject handed to the body."""
    found = find_for(connection, entry, officer=officer, act="list_state")
    if isinstance(found, Refusal):
        return found
    if refusal := rules_hearing.refuse_request(found, text=wish.text, on=register_today(connection)):
        return refusal
    take_step(connection, entry, kind="hearing_request", document=wish, officer=officer)
    return found


def take_withdrawal(connection: Connection[Any], entry: UUID, *, officer: Officer, wish: Document) -> Entry | Refusal:
    """Record that a wish handed to the body was taken back in writing; one of the portal is taken back there."""
    found = find_for(connection, entry, officer=officer, act="list_state")
    if isinstance(found, Refusal):
        return found
    if refusal := rules_hearing.refuse_withdrawal(found, text=wish.text, is_own=False):
        return refusal
    take_step(connection, entry, kind="hearing_withdrawal", document=wish, officer=officer)
    return found


def fix_hearing(
    connection: Connection[Any], entry: UUID, *, officer: Officer, notice: Document, on: date | None
) -> Entry | Refusal:
    """Fix the day of a hearing, or put it off: the notice says day and place."""
    found = find_for(connection, entry, officer=officer, act="list_serve")
    if isinstance(found, Refusal):
        return found
    kind = store.find_kind(connection, found.list)
    assert kind is not None
    refusal = rules_hearing.refuse_day(
        kind, found, hearing_on=on, on=register_today(connection), calendar=current_calendar(connection)
    )
    if refusal is not None:
        return refusal
    take_step(connection, entry, kind="hearing_notice", document=notice, officer=officer, until=on)
    return found


def take_minutes(connection: Connection[Any], entry: UUID, *, officer: Officer, minutes: Document) -> Entry | Refusal:
    """Enter the minutes by who presided, never the proposer; from then on it may be decided on their ground."""
    found = find_for(connection, entry, officer=officer, act="list_decide")
    if isinstance(found, Refusal):
        return found
    refusal = rules_hearing.refuse_minutes(found, person=officer.person, on=register_today(connection))
    if refusal is not None:
        return refusal
    take_step(connection, entry, kind="hearing_minutes", document=minutes, officer=officer)
    return found
