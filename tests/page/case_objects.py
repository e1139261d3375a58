"""A case of each department's record, with one stored document, made once and found again."""

from typing import Any

from limu import reactions_objection
from limu.case import actions, store
from limu.case.rules import Agent, Document
from limu.department.rules import Officer
from limu.department.store import enter
from limu.ledger.store import find_record
from limu.objection.actions_declaration import declare
from limu.objection.rules_declaration import Declaration
from limu.objection.store_declaration import declarations_of, proofs_of
from limu.wire.database import Database
from limu.wire.files import FileStore
from limu.wire.home import find_home
from tests.page import desk_objects

Parts = dict[str, str]


def case_of(database: Database, officer: Officer) -> Parts:
    """An objection to a record of the department."""
    return {"case": str(_opened(database, officer)["id"])}


def paper_of(database: Database, officer: Officer) -> Parts:
    """Its evidence."""
    found = _opened(database, officer)
    return {"case": str(found["id"]), "paper": str(found["paper"])}


def proof_of(database: Database, officer: Officer) -> Parts:
    """A proof that came with what the subject says about the department's record."""
    record = desk_objects._reported(database, officer)["id"]
    with database.connect("app") as connection:
        enter(connection, department=officer.department, reach="centre")
        stored = find_record(connection, record)
        assert stored is not None
        if not declarations_of(connection, record):
            kept = actions.store_document(FileStore(find_home(), "cases"), b"%PDF", role="evidence", name="证明.pdf")
            assert isinstance(kept, Document)
            made = declare(connection, record, agent=Agent(stored.subject, "某"), text="已经改正。", proofs=(kept,))
            assert isinstance(made, Declaration), made
        ((found,),) = proofs_of(connection, [one.id for one in declarations_of(connection, record)]).values()
    return {"paper": str(found.id)}


def _opened(database: Database, officer: Officer) -> dict[str, Any]:
    record = desk_objects._reported(database, officer)["id"]
    with database.connect("app") as connection:
        enter(connection, department=officer.department)
        running = [one for one in store.cases_about(connection, record) if one.is_open]
        if not running:
            stored = find_record(connection, record)
            assert stored is not None
            kept = actions.store_document(FileStore(find_home(), "cases"), b"%PDF", role="evidence", name="证据.pdf")
            assert isinstance(kept, Document)
            reactions_objection.open_objection(
                connection, actor=Agent(stored.subject, "某"), record=record, reason="wrong_content", text="不对",
                documents=(kept,),
            )  # fmt: skip
            running = list(store.cases_about(connection, record))
        papers = store.documents_of(connection, running[0].id)
    return {"id": running[0].id, "paper": papers[0][0]}
