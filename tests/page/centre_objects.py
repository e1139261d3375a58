"""One object of each kind of the credit centre's desk, found again afterwards."""

from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

from limu.access import actions_emergency as emergency
from limu.access import store_emergency
from limu.catalogue import store_assignment, store_draft, store_ending
from limu.catalogue.rules_assignment import Wish
from limu.catalogue.rules_schedule import Schedule
from limu.catalogue.store import insert_item
from limu.department.rules import Officer
from limu.department.store import enter, officers_of, own_item
from limu.wire.database import Database
from tests import standing

Parts = dict[str, str]


def request_of(database: Database, officer: Officer) -> Parts:
    """A request for emergency access that waits for its second person."""
    with database.connect("app") as connection:
        asking = next(o for o in officers_of(connection, officer.department) if "system_administrator" in o.roles)
        found = [one for one in store_emergency.waiting_requests(connection) if one.officer == asking.code]
    if found:
        return {"asked": str(found[0].id)}
    made = emergency.ask_emergency(
        lambda: database.connect("app"), first=asking, reason="主体页打不开，查看记录行", minutes=15
    )
    return {"asked": str(made)}


def item_of(database: Database, officer: Officer) -> Parts:
    """An item of the catalogue; it belongs to no department."""
    del officer
    with database.connect("app") as connection:
        insert_item(connection, standing.catalogue()["permit"], drafted_by=uuid4(), confirmed_by=uuid4())
    return {"code": "permit"}


def draft_of(database: Database, officer: Officer) -> Parts:
    """A draft of an item's next version that waits for its second person."""
    with database.connect("app") as connection:
        found = store_draft.drafts(connection)
        if not found:
            item = replace(
                standing.catalogue()["permit"], version=2, in_force_from=standing.TODAY + timedelta(days=400)
            )  # fmt: skip
            store_draft.insert_draft(connection, item, id=uuid4(), reason="新的时限", officer=officer.id)
            found = store_draft.drafts(connection)
    return {"draft": str(found[0].id)}


def task_of(database: Database, officer: Officer) -> Parts:
    """A task of the worker that has failed for good."""
    del officer
    with database.connect("app") as connection:
        row = connection.execute("SELECT id FROM limu.outbox WHERE kind = 'unknown'").fetchone()
        if row is None:
            row = connection.execute(
                "INSERT INTO limu.outbox (id, kind, body, attempts, failure)"
                " VALUES (gen_random_uuid(), 'unknown', '{}', 10, 'no reaction to unknown') RETURNING id"
            ).fetchone()
    assert row is not None
    return {"task": str(row["id"])}


def assignment_of(database: Database, officer: Officer) -> Parts:
    """A wish that a department file an item, which waits for its second person."""
    with database.connect("app") as connection:
        item_of(database, officer)
        enter(connection, department=officer.department, reach="centre")
        found = store_assignment.assignments(connection, limit=1)
        if not found:
            wish = Wish("permit", officer.department, standing.TODAY, Schedule(20), "任务分工方案")
            store_assignment.insert_assignment(connection, wish, id=uuid4(), officer=officer.id)
            found = store_assignment.assignments(connection, limit=1)
    return {"assignment": str(found[0].id)}


def ending_of(database: Database, officer: Officer) -> Parts:
    """A wish that a department no longer file an item, which waits for its second person."""
    with database.connect("app") as connection:
        item_of(database, officer)
        own_item(connection, item="permit", department=officer.department)
        enter(connection, department=officer.department, reach="centre")
        if not store_ending.waiting(connection):
            store_ending.insert_ending(
                connection, id=uuid4(), item="permit", department=officer.department,
                until=standing.TODAY + timedelta(days=400), basis="职责调整方案", officer=officer.id,
            )  # fmt: skip
        return {"ending": str(store_ending.waiting(connection)[0].id)}
