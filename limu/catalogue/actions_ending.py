"""End that a department files an item: one person asks with the basis, another agrees (终止报送)."""

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID, uuid4

from psycopg import Connection

from limu.catalogue import store_ending
from limu.catalogue.rules_ending import DAY_GONE, DONE, ENDS, NO_TASK, OWN_WISH, WAITS, Ending, read_ending
from limu.department.rules import NOT_THERE, Officer, Refusal, authorise
from limu.department.store import disown_item, owns_item


@dataclass(frozen=True, slots=True)
class Typed:
    """An ending as the form brings it."""

    item: str
    department: UUID
    until: str = ""
    basis: str = ""


def ask_ending(connection: Connection[Any], typed: Typed, *, by: Officer, today: date) -> UUID | Refusal:
    """Ask that a department no longer file an item; nothing changes before another person has agreed."""
    if refusal := authorise(by, "assign_item", by.department):
        return refusal
    if not owns_item(connection, item=typed.item, department=typed.department):
        return NO_TASK
    if store_ending.ends_on(connection, item=typed.item, department=typed.department):
        return ENDS
    read = read_ending(typed.until, typed.basis, today=today)
    if isinstance(read, Refusal):
        return read
    ending = uuid4()
    is_new = store_ending.insert_ending(
        connection, id=ending, item=typed.item, department=typed.department, until=read[0], basis=read[1],
        officer=by.id,
    )  # fmt: skip
    return ending if is_new else WAITS


def settle_ending(
    connection: Connection[Any], ending: UUID, *, by: Officer, is_agreed: bool, today: date
) -> Ending | Refusal:
    """Agree as another person, and the task ends on its day; or send the wish back. What was sent is not touched."""
    if refusal := authorise(by, "assign_item", by.department):
        return refusal
    found = store_ending.find_ending(connection, ending, lock=True)
    if found is None:
        return NOT_THERE
    if found.is_agreed is not None:
        return DONE
    if is_agreed and found.asked_person == by.person:
        return OWN_WISH
    if is_agreed and found.until <= today:
        return DAY_GONE
    store_ending.settle_ending(connection, ending, officer=by.id, is_agreed=is_agreed)
    if is_agreed:
        disown_item(connection, item=found.item, department=found.department, until=found.until)
    return found
