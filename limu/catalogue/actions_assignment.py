"""Let a department file an item: one person asks with the basis, another agrees, and the task stands (分配归集任务)."""

from datetime import date
from typing import Any
from uuid import UUID, uuid4

from psycopg import Connection

from limu.catalogue import store_assignment, store_draft, store_schedule
from limu.catalogue.rules_assignment import (
    BEFORE_END,
    DONE,
    OWN_WISH,
    OWNED,
    WAITS,
    Assignment,
    Typed,
    Wish,
    read_wish,
    shared_lists,
)
from limu.catalogue.store_ending import ends_on
from limu.department.rules import NOT_THERE, Officer, Refusal, authorise
from limu.department.store import all_departments, had_item, keep_list, lists_kept, own_item
from limu.wire.lawbook import current_book


def ask_assignment(connection: Connection[Any], typed: Typed, *, by: Officer, today: date) -> UUID | Refusal:
    """Ask that a department file a published item; nothing changes before another person has agreed."""
    if refusal := authorise(by, "assign_item", by.department):
        return refusal
    versions = store_draft.versions_of(connection, typed.item)
    whose = next((one.id for one in all_departments(connection) if str(one.id) == typed.department), None)
    wish = read_wish(
        typed, item=versions[0][0] if versions else None, department=whose, today=today,
        shared=shared_lists(current_book(connection)),
    )  # fmt: skip
    if isinstance(wish, Refusal):
        return wish
    if refusal := _why_not(connection, wish):
        return refusal
    assignment = uuid4()
    is_new = store_assignment.insert_assignment(connection, wish, id=assignment, officer=by.id)
    return assignment if is_new else WAITS


def settle_assignment(
    connection: Connection[Any], assignment: UUID, *, by: Officer, is_agreed: bool
) -> Assignment | Refusal:
    """Agree as another person, and the department has the task and its schedule; or send the wish back."""
    if refusal := authorise(by, "assign_item", by.department):
        return refusal
    found = store_assignment.find_assignment(connection, assignment, lock=True)
    if found is None:
        return NOT_THERE
    if found.is_agreed is not None:
        return DONE
    if is_agreed and found.asked_person == by.person:
        return OWN_WISH
    wish = found.wish
    if is_agreed and (refusal := _why_not(connection, wish)):
        return refusal
    store_assignment.settle_assignment(connection, assignment, officer=by.id, is_agreed=is_agreed)
    if is_agreed:
        _give(connection, wish, asked_by=found.asked_by)
    return found


def _give(connection: Connection[Any], wish: Wish, *, asked_by: UUID) -> None:
    """Make the task stand; one that stands already keeps its schedule and gains the lists."""
    stands = had_item(connection, item=wish.item, department=wish.department)
    if not stands or ends_on(connection, item=wish.item, department=wish.department) is not None:
        own_item(connection, item=wish.item, department=wish.department, since=wish.since)
        store_schedule.set_schedule(
            connection, item=wish.item, department=wish.department, schedule=wish.schedule
        )  # fmt: skip
        store_schedule.insert_change(
            connection, item=wish.item, department=wish.department, schedule=wish.schedule, basis=wish.basis,
            officer=asked_by,
        )  # fmt: skip
    for code in wish.lists:
        keep_list(connection, code=code, item=wish.item, department=wish.department, since=wish.since)


def _why_not(connection: Connection[Any], wish: Wish) -> Refusal | None:
    """A task that is there is not given again; one that ends comes back from its last day on."""
    if not had_item(connection, item=wish.item, department=wish.department):
        return None
    until = ends_on(connection, item=wish.item, department=wish.department)
    if until is None and set(wish.lists) - lists_kept(connection, item=wish.item, department=wish.department):
        return None
    return OWNED if until is None else BEFORE_END if wish.since < until else None
