"""An entry into a serious list, made once in a department and found again afterwards."""

from uuid import UUID

from limu.department.rules import Officer
from limu.department.store import enter, officers_of
from limu.listing import actions, store, store_exit
from limu.listing.actions import Proposed
from limu.measure.actions import sync_law
from limu.wire.database import Database
from tests.listed import CASE, NOTICE, confirmed_book, own_lists
from tests.page.desk_objects import record_of

Parts = dict[str, str]


def entry_of(database: Database, officer: Officer) -> Parts:
    """An entry of the department that waits for its subject's statement."""
    record = record_of(database, officer)["record"]
    with database.connect("app") as connection:
        enter(connection, department=officer.department)
        own = [one for one in store.entries(connection) if one.department == officer.department]
        if own:
            return {"entry": str(own[0].id)}
        row = connection.execute(
            "SELECT s.uscc::text AS uscc FROM limu.record r JOIN limu.subject s ON s.id = r.subject WHERE r.id = %s",
            [record],
        ).fetchone()
        assert row is not None
        sync_law(connection, confirmed_book())
        own_lists(connection, officer.department)
        lister = next(o for o in officers_of(connection, officer.department) if "list_officer" in o.roles)
        made = actions.propose_entry(
            connection, officer=lister, kind="wages", uscc=row["uscc"], case=CASE, notice=NOTICE
        )
        assert isinstance(made, Proposed), made
    return {"entry": str(made.entry)}


def paper_of(database: Database, officer: Officer) -> Parts:
    """The notice of that entry."""
    entry = entry_of(database, officer)["entry"]
    with database.connect("app") as connection:
        enter(connection, department=officer.department)
        notice = store_exit.steps_at_desk(connection, UUID(entry))[0]
    return {"entry": entry, "paper": str(notice["id"])}
