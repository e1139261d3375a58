"""Opening emergency access: written down and committed first, the role lives afterwards (wire/emergency.py)."""

from uuid import uuid4

from limu.access import store_emergency as store
from limu.access.actions import Connect
from limu.access.rules_emergency import Emergency, why_refused
from limu.department.rules import Officer, Refusal


def open_emergency(
    connect: Connect, *, first: Officer, second: Officer, reason: str, minutes: int
) -> Emergency | Refusal:
    """Write who opens it with whom and why, and commit; only then may the role be woken."""
    if refusal := why_refused(first, second, reason=reason, minutes=minutes):
        return refusal
    emergency = Emergency(uuid4(), first.code, second.code, reason.strip(), minutes)
    with connect() as connection:
        store.insert(connection, emergency, officer=first.id, second=second.id)
        connection.commit()
    return emergency


def close_emergencies(connect: Connect, *, why: str) -> int:
    """Write down that what stood open is closed; tells how many there were."""
    with connect() as connection:
        closed = store.close_open(connection, why)
        connection.commit()
    return closed
