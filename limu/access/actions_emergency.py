"""Opening emergency access: written down and committed first, the role lives afterwards (wire/emergency.py)."""

from typing import Any
from uuid import UUID, uuid4

from psycopg import Connection
from psycopg.errors import ExclusionViolation, UniqueViolation

from limu.access import store_emergency as store
from limu.access.actions import Connect
from limu.access.rules_emergency import (
    NOT_ASKED,
    OPEN_ALREADY,
    Emergency,
    EmergencyRequest,
    why_not_asked,
    why_refused,
)
from limu.department.rules import Officer, Refusal, authorise
from limu.department.store import find_officer


def open_emergency(
    connect: Connect, *, first: Officer, second: Officer, reason: str, minutes: int
) -> Emergency | Refusal:
    """Write who opens it with whom and why, and commit; only then may the role be woken."""
    if refusal := why_refused(first, second, reason=reason, minutes=minutes):
        return refusal
    emergency = Emergency(uuid4(), first.code, second.code, reason.strip(), minutes)
    with connect() as connection:
        try:
            store.insert(connection, emergency, officer=first.id, second=second.id)
        except ExclusionViolation:
            connection.rollback()
            return OPEN_ALREADY
        connection.commit()
    return emergency


def ask_emergency(connect: Connect, *, first: Officer, reason: str, minutes: int) -> UUID | Refusal:
    """Ask for it at the command; the second person answers on a page of the desk, signed in there."""
    if refusal := why_not_asked(first, reason=reason, minutes=minutes):
        return refusal
    request = uuid4()
    with connect() as connection:
        store.insert_request(connection, id=request, officer=first.id, reason=reason.strip(), minutes=minutes)
        connection.commit()
    return request


def answer_emergency(
    connection: Connection[Any], *, second: Officer, request: UUID, is_agreed: bool
) -> EmergencyRequest | Refusal:
    """Agree to a request or decline it. Agreed, the opening is written: its minutes run from this commit on."""
    asked = next((one for one in store.waiting_requests(connection) if one.id == request), None)
    if refusal := authorise(second, "second_emergency", second.department):
        return refusal
    first = find_officer(connection, asked.officer) if asked else None
    if asked is None or first is None:
        return NOT_ASKED
    if is_agreed and (refusal := why_refused(first, second, reason=asked.reason, minutes=asked.minutes)):
        return refusal
    emergency = Emergency(uuid4(), first.code, second.code, asked.reason, asked.minutes)
    try:
        with connection.transaction():
            store.insert_answer(connection, request=request, officer=second.id, is_agreed=is_agreed)
            if is_agreed:
                store.insert(connection, emergency, officer=first.id, second=second.id, request=request)
    except UniqueViolation:
        return NOT_ASKED
    except ExclusionViolation:
        return OPEN_ALREADY
    return asked


def close_emergencies(connect: Connect, *, why: str) -> int:
    """Write down that what stood open is closed; tells how many there were."""
    with connect() as connection:
        closed = store.close_open(connection, why)
        connection.commit()
    return closed
