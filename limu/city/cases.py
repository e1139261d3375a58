"""Objections and repairs of the city: a few cases in every state, by the acts that real ones go through."""

from typing import Any
from uuid import UUID

from psycopg import Connection

from limu.case import actions as cases
from limu.case.rules import Agent, Case, Document
from limu.city.people import CityError, Staff
from limu.department.rules import Refusal
from limu.department.store import enter
from limu.law.book import LawBook
from limu.objection import actions as objections
from limu.objection.actions_declaration import declare
from limu.reactions_declaration import review_declaration
from limu.reactions_objection import confirm_objection, open_objection
from limu.reactions_repair import apply_for_repair, confirm_repair
from limu.repair import actions as repairs
from limu.repair.actions import Applied, Item
from limu.repair.actions_draft import verify_performance
from limu.repair.rules import Ground
from limu.wire.database import Database
from limu.wire.files import FileStore
from limu.wire.lawbook import current_book

# How far the case on each record is carried, in this order; as far as there are records.
REPAIRS = ("received", "checking", "proposed", "refused")
OBJECTIONS = ("disputed", "kept")
# Adverse records of synthetic organisations: the seven named ones are left to the journeys.
_RECORDS = """
    SELECT r.id, r.subject FROM shown.record r
    WHERE r.department_name = %s AND r.item = 'penalty' AND r.earliest_repair_on <= limu.register_today()
      AND r.subject_uscc NOT LIKE '91990100MA00000%%'
    ORDER BY r.decided_on DESC, r.id LIMIT 6"""

_PAID = "SELECT id FROM limu.record WHERE department = %s AND document_number = '示市监处罚〔2026〕1号'"


def open_cases(database: Database, staff: Staff, centre: Staff) -> int:
    """Open the cases of one department, once; returns how many there are now."""
    files = FileStore(database.home, "cases")
    with database.connect("app") as connection:
        enter(connection, department=staff.department.id)
        if connection.execute("SELECT FROM limu.case_file LIMIT 1").fetchone() is not None:
            return 0
        rows = connection.execute(_RECORDS, (staff.department.name,)).fetchall()
        book = current_book(connection)
        for row, state in zip(rows, (*REPAIRS, *OBJECTIONS), strict=False):
            agent = Agent(row["subject"], "示例经办人")
            act = _repair if state in REPAIRS else _object
            act(connection, book, staff, agent=agent, record=row["id"], state=state, files=files)
            if state in OBJECTIONS:
                _say(connection, centre, agent=agent, record=row["id"], is_shown=state == "kept")
                enter(connection, department=staff.department.id)
    return len(rows)


def verify_payment(database: Database, staff: Staff) -> None:
    """Let the market bureau say that A of ux.md 5.7 was paid, as its own system shows; said once."""
    with database.connect("app") as connection:
        enter(connection, department=staff.department.id)
        row = connection.execute(_PAID, (staff.department.id,)).fetchone()
        if row is not None:
            evidence = "非税收入缴款书（演示）"
            verify_performance(
                connection, row["id"], officer=staff.officers["reviewer"], is_performed=True, evidence=evidence
            )


def _must(outcome: Case | Applied | Refusal) -> Any:
    if isinstance(outcome, Refusal):
        raise CityError(outcome.message)
    return outcome


def _paper(files: FileStore, role: str, name: str) -> Document:
    kept = cases.store_document(files, f"{name}（演示）".encode(), role=role, name=name)
    assert isinstance(kept, Document)
    return kept


def _repair(
    connection: Connection[Any], book: LawBook, staff: Staff, *, agent: Agent, record: UUID, state: str,
    files: FileStore,
) -> None:  # fmt: skip
    papers = (_paper(files, "commitment", "信用承诺书.txt"), _paper(files, "performance_proof", "缴款凭证.txt"))
    made = _must(apply_for_repair(connection, book, actor=agent, items=(Item(record),), documents=papers))
    case, handler = made.cases[0].id, staff.officers["reviewer"]
    if state == "received":
        return
    enter(connection, department=staff.department.id)
    _must(cases.accept(connection, case, officer=handler))
    if state == "checking":
        return
    outcome, grounds = ("refused", (Ground("R03", "2"),)) if state == "refused" else ("granted", ())
    _must(
        repairs.propose(
            connection, book, case, officer=handler, outcome=outcome, reason="核对了缴款凭证和承诺书", grounds=grounds
        )
    )  # fmt: skip
    if state == "refused":
        _must(confirm_repair(connection, book, case, officer=staff.officers["reviewer2"]))


def _object(
    connection: Connection[Any], book: LawBook, staff: Staff, *, agent: Agent, record: UUID, state: str,
    files: FileStore,
) -> None:  # fmt: skip
    paper = _paper(files, "evidence", "说明材料.txt")
    case = _must(
        open_objection(
            connection, actor=agent, record=record, reason="wrong_content", text="处罚内容与决定书不一致。",
            documents=(paper,),
        )
    )  # fmt: skip
    if state == "kept":
        enter(connection, department=staff.department.id)
        reason = "与决定书核对一致"
        _must(
            objections.propose(connection, case.id, officer=staff.officers["reviewer"], outcome="kept", reason=reason)
        )
        _must(confirm_objection(connection, book, case.id, officer=staff.officers["reviewer2"]))


def _say(connection: Connection[Any], centre: Staff, *, agent: Agent, record: UUID, is_shown: bool) -> None:
    """Let an organisation say its own words beside its record; one of two still waits at the centre."""
    said = declare(connection, record, agent=agent, text="处罚内容已经全部履行，有关问题已经整改。")
    if isinstance(said, Refusal):
        raise CityError(said.message)
    # The centre's desk opens every body's rows, and no subject's session.
    connection.execute("SELECT set_config('limu.subject', '', true)")
    enter(connection, department=centre.department.id, reach="centre")
    if is_shown:
        done = review_declaration(connection, said.id, officer=centre.officers["officer"], is_shown=True)
        if isinstance(done, Refusal):
            raise CityError(done.message)
