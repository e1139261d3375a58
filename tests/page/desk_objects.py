"""One object of each kind of the department's desk, made once in a department and found again afterwards."""

import io
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID, uuid4

from limu import reactions
from limu.assessment import store as assessments
from limu.catalogue.store import insert_item
from limu.department.rules import Department, Officer
from limu.department.rules_key import Wish
from limu.department.store import all_departments, enter, officers_of, own_item
from limu.department.store_key import insert_key, keys_of
from limu.intake import store_mending
from limu.intake.actions_desk import Held
from limu.intake.desk import seal
from limu.ledger import store_removal
from limu.measure import store_window
from limu.measure.rules_window import Check, digest_of, number_of
from limu.wire.database import Connection, Database
from limu.wire.files import FileStore
from tests import standing
from tests.intake.made import HEADER, company

Parts = dict[str, str]
SINGLE = ("permit", "coercion")


def item_of(database: Database, officer: Officer) -> Parts:
    """An item that this department files and the other does not."""
    with database.connect("app") as connection:
        department = _department(connection, officer)
        code = SINGLE[department.name.endswith("2局")]
        _owned(connection, code, officer)
    return {"code": code}


def cell_of(database: Database, officer: Officer) -> Parts:
    """What this department has to file of an item, as the centre sees it."""
    return {"department": str(officer.department), **item_of(database, officer)}


def upload_of(database: Database, officer: Officer) -> Parts:
    """A file that waits for confirmation."""
    with database.connect("app") as connection:
        _owned(connection, "penalty", officer)
    rows = [HEADER, company(standing.code_of(77), 1)]
    content = "\n".join(",".join(row) for row in rows).encode()
    files = FileStore(database.home)
    return {"token": seal(officer, "penalty", Held(files.put(io.BytesIO(content)), "a.csv"))}


def batch_of(database: Database, officer: Officer) -> Parts:
    """A batch that brought one record."""
    return {"batch": str(_reported(database, officer)["submission"])}


def record_of(database: Database, officer: Officer) -> Parts:
    """A record of the department."""
    return {"record": str(_reported(database, officer)["id"])}


def removal_of(database: Database, officer: Officer) -> Parts:
    """A wish to take the department's record down."""
    record = _reported(database, officer)["id"]
    with database.connect("app") as connection:
        enter(connection, department=officer.department)
        if (wish := store_removal.open_removal(connection, record)) is None:
            store_removal.insert_removal(
                connection, id=uuid4(), department=officer.department, record=record, submission=None,
                kind="record_withdrawn", said=("报送有误", "核查单"), asked_by=officer.id,
            )  # fmt: skip
            wish = store_removal.open_removal(connection, record)
    assert wish is not None
    return {"removal": str(wish.id)}


def problem_row_of(database: Database, officer: Officer) -> Parts:
    """A row of a batch that was turned away, whose file is there no more."""
    batch = _reported(database, officer)["submission"]
    with database.connect("app") as connection:
        enter(connection, department=officer.department)
        connection.execute(
            """INSERT INTO limu.submission_row (submission, department, row_number, verdict, codes)
               VALUES (%s, %s, 4, 'refused', '{K-101}') ON CONFLICT DO NOTHING""",
            [batch, officer.department],
        )
    return {"batch": str(batch), "row": "4"}


def waiver_of(database: Database, officer: Officer) -> Parts:
    """A wish to set that row aside."""
    batch = UUID(problem_row_of(database, officer)["batch"])
    with database.connect("app") as connection:
        enter(connection, department=officer.department)
        clerk = next(o for o in officers_of(connection, officer.department) if "clerk" in o.roles)
        store_mending.insert_waiver(
            connection, id=uuid4(), submission=batch, row=5, department=officer.department,
            said=("not_ours", ""), asked_by=clerk.id,
        )  # fmt: skip
        row = connection.execute("SELECT id FROM limu.waiver WHERE submission = %s", [batch]).fetchone()
    assert row is not None
    return {"waiver": str(row["id"])}


def correction_of(database: Database, officer: Officer) -> Parts:
    """A wish to correct the department's record."""
    record = _reported(database, officer)["id"]
    with database.connect("app") as connection:
        enter(connection, department=officer.department)
        clerk = next(o for o in officers_of(connection, officer.department) if "clerk" in o.roles)
        store_mending.insert_correction(
            connection, id=uuid4(), department=officer.department, record=record, item="penalty",
            said=("entry_error", "录入有误", "核查单"), file_hash=bytes(32), asked_by=clerk.id,
        )  # fmt: skip
        wish = store_mending.open_corrections(connection, department=officer.department, record=record)[0]
    return {"correction": str(wish.id)}


def assessment_of(database: Database, officer: Officer) -> Parts:
    """The department's year, in draft."""
    with database.connect("app") as connection:
        enter(connection, department=officer.department)
        if not (found := assessments.of_department(connection, officer.department)):
            assessments.replace(
                connection, id=uuid4(), year=2025, department=officer.department, edition="2026",
                until_on=date(2025, 12, 31), officer=officer.id, facts=(), figures=(),
            )  # fmt: skip
            found = assessments.of_department(connection, officer.department)
    return {"assessment": str(found[0].id)}


def assessment_year_of(database: Database, officer: Officer) -> Parts:
    """The year of that draft."""
    assessment_of(database, officer)
    return {"year": "2025"}


def key_of(database: Database, officer: Officer) -> Parts:
    """A key that a clerk of the department asked for."""
    with database.connect("app") as connection:
        enter(connection, department=officer.department)
        found = keys_of(connection, department=officer.department)
        if not found:
            wish = Wish("案件系统", ("penalty",), ("submit", "read_submission"), standing.TODAY.replace(year=2027))
            clerk = next(o for o in officers_of(connection, officer.department) if "clerk" in o.roles)
            insert_key(connection, id=uuid4(), officer=clerk, wish=wish)
            found = keys_of(connection, department=officer.department)
    return {"key": str(found[0].id)}


def check_of(database: Database, officer: Officer) -> Parts:
    """A check at the window of the department."""
    record = _reported(database, officer)
    with database.connect("app") as connection:
        enter(connection, department=officer.department)
        found = connection.execute(
            "SELECT id FROM limu.measure_check WHERE department = %s", [officer.department]
        ).fetchone()
        if found is not None:
            return {"check": str(found["id"])}
        row = connection.execute(
            "SELECT s.id, s.uscc::text AS uscc FROM limu.record r JOIN limu.subject s ON s.id = r.subject"
            " WHERE r.id = %s",
            [record["id"]],
        ).fetchone()
        assert row is not None
        number = number_of(standing.TODAY, uuid4().int)
        digest = digest_of(number=number, uscc=row["uscc"], act="bidding", on=standing.TODAY, allowed=())
        check = Check(
            uuid4(), number, row["id"], row["uscc"], "", "bidding", "990100", standing.TODAY,
            datetime(2026, 11, 23, tzinfo=UTC), officer.person, officer.person_name, officer.department_name, digest,
            (),
        )  # fmt: skip
        store_window.insert_check(connection, check, officer)
    return {"check": str(check.id)}


def pending_of(database: Database, officer: Officer) -> Parts:
    """A row of the department that waits for a subject."""
    return {"pending": str(_waiting(database, officer))}


def judgement_of(database: Database, officer: Officer) -> Parts:
    """A judgement on a row of the department: nobody of the candidates."""
    found = "SELECT id FROM limu.judgement WHERE department = %s"
    pending = _waiting(database, officer)
    with database.connect("app") as connection:
        enter(connection, department=officer.department)
        if (row := connection.execute(found, [officer.department]).fetchone()) is None:
            judge = next(o for o in officers_of(connection, officer.department) if "centre_officer" in o.roles)
            reactions.judge_link(connection, pending=pending, subject=None, officer=judge)
            row = connection.execute(found, [officer.department]).fetchone()
    assert row is not None
    return {"judgement": str(row["id"])}


def _waiting(database: Database, officer: Officer) -> UUID:
    found = "SELECT id FROM limu.pending_record WHERE department = %s"
    with database.connect("app") as connection:
        enter(connection, department=officer.department)
        if (row := connection.execute(found, [officer.department]).fetchone()) is None:
            _owned(connection, "penalty", officer)
            made = standing.Standing(
                _department(connection, officer), officer, officer, officer, standing.catalogue()["penalty"], (), ()
            )
            standing.report(connection, made, [standing.row("91990100MA00000999", 700)])
            row = connection.execute(found, [officer.department]).fetchone()
    assert row is not None
    return UUID(str(row["id"]))


def _reported(database: Database, officer: Officer) -> dict[str, Any]:
    found = "SELECT id, submission FROM limu.record WHERE department = %s"
    with database.connect("app") as connection:
        enter(connection, department=officer.department)
        if row := connection.execute(found, [officer.department]).fetchone():
            return row
        department = _department(connection, officer)
        number = 500 + department.name.endswith("2局")
        code = standing.code_of(number)
        _owned(connection, "penalty", officer)
        made = standing.Standing(
            department, officer, officer, officer, standing.catalogue()["penalty"],
            (standing._subject(connection, code),), (code,),
        )  # fmt: skip
        standing.report(connection, made, [standing.row(code, number)])
        row = connection.execute(found, [officer.department]).fetchone()
    assert row is not None
    return row


def _owned(connection: Connection, code: str, officer: Officer) -> None:
    insert_item(connection, standing.catalogue()[code], drafted_by=uuid4(), confirmed_by=uuid4())
    own_item(connection, item=code, department=officer.department)


def _department(connection: Connection, officer: Officer) -> Department:
    return next(one for one in all_departments(connection) if one.id == officer.department)
