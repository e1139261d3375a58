"""A chunk made ready and written: what it may carry, who may write through the door, and who was faster."""

import hashlib
from dataclasses import replace
from datetime import date
from uuid import uuid4

import polars as pl
import psycopg
import pytest

from limu import reactions_chunk
from limu.department.store import enter
from limu.ledger import store_waiting
from limu.wire.database import Connection
from limu.wire.lawbook import current_book
from tests.standing import SCHEMA, TODAY, Standing, report, row, stand

ODD = '甲\t乙\\N\n"丙"{丁},𠮷\\'


def opened(connection: Connection, standing: Standing) -> reactions_chunk.Reporting:
    submission = uuid4()
    enter(connection, department=standing.department.id)
    connection.execute(
        """INSERT INTO limu.submission (id, department, item, item_version, officer, file_hash, intent)
           VALUES (%s, %s, %s, %s, %s, %s, 'report')""",
        (submission, standing.department.id, standing.item.code, standing.item.version, standing.clerk.id,
         hashlib.sha256(submission.bytes).digest()),
    )  # fmt: skip
    return reactions_chunk.Reporting(submission, standing.department.id, "990100", standing.item, standing.clerk.id)


def staged(
    connection: Connection, reporting: reactions_chunk.Reporting, *rows: dict[str, object]
) -> reactions_chunk.Prepared:
    schema = {name: SCHEMA.get(name, pl.String) for name in rows[0]}
    frame = reactions_chunk.prepare_chunk(
        pl.DataFrame(list(rows), schema=schema), reporting=reporting, law=current_book(connection), today=TODAY
    )
    return reactions_chunk.stage_chunk(connection, reporting=reporting, frame=frame)


def test_whatever_a_cell_holds_comes_out_as_it_went_in(connection: Connection) -> None:
    standing = stand(connection)
    odd = row(standing.codes[0], 2) | {
        "party_name": ODD, "authority": ODD, "kinds": [ODD, "罚款"], "fine_fen": None, "valid_until": None,
        "decided_on": date(1987, 2, 28), "closed": '{"a":"\\\\\\t"}',
    }  # fmt: skip

    report(connection, standing, [odd, row(standing.codes[1], 3)])

    found = connection.execute(
        """SELECT party_name, authority, kinds, fine_fen, valid_until, decided_on, closed FROM limu.record
           WHERE row_number = 2"""
    ).fetchone()
    assert found == {
        "party_name": ODD, "authority": ODD, "kinds": [ODD, "罚款"], "fine_fen": None, "valid_until": None,
        "decided_on": date(1987, 2, 28), "closed": {"a": "\\\t"},
    }  # fmt: skip


@pytest.mark.parametrize("table", ["record", "record_event", "publication"])
def test_the_door_for_copy_lets_nobody_read_or_name_a_department(connection: Connection, table: str) -> None:
    standing = stand(connection)
    report(connection, standing, [row(standing.codes[0], 2)])

    for statement in (
        f"SELECT subject FROM limu.{table}_rows",
        f"INSERT INTO limu.{table}_rows (subject, department) VALUES (gen_random_uuid(), gen_random_uuid())",
        f"UPDATE limu.{table}_rows SET department = gen_random_uuid()",
        f"DELETE FROM limu.{table}_rows",
        f"TRUNCATE limu.{table}_rows",
    ):
        with pytest.raises(psycopg.errors.InsufficientPrivilege), connection.transaction():
            connection.execute(statement.encode())


def test_through_the_door_a_row_is_the_department_s_that_the_session_entered(connection: Connection) -> None:
    standing, other = stand(connection), stand(connection, number=2)
    reporting = opened(connection, standing)
    prepared = staged(connection, reporting, row(standing.codes[0], 2))

    enter(connection, department=other.department.id)
    with pytest.raises(psycopg.errors.ForeignKeyViolation), connection.transaction():
        reactions_chunk.write_chunk(connection, reporting=reporting, prepared=prepared)


def test_a_row_that_another_submission_entered_meanwhile_is_a_duplicate(connection: Connection) -> None:
    standing = stand(connection)
    reporting = opened(connection, standing)
    same, new = row(standing.codes[0], 2), row(standing.codes[1], 3)
    prepared = staged(connection, reporting, same, new)
    report(connection, standing, [same | {"id": str(uuid4())}])

    written = reactions_chunk.write_chunk(connection, reporting=reporting, prepared=prepared)
    waited = store_waiting.keys_waiting(connection, reporting.chunk())
    counts = reactions_chunk.settle_chunk(connection, reporting=reporting, prepared=written, waited=waited)

    assert (counts.accepted, counts.duplicate, counts.problem_rows) == (1, 1, [(2, "duplicate")])
    events = connection.execute("SELECT count(*) AS n FROM limu.record_event").fetchone()
    assert events == {"n": 2}


def test_a_row_of_a_chunk_on_its_way_is_known_to_the_next(connection: Connection) -> None:
    standing = stand(connection)
    entry = reactions_chunk.LedgerEntry(opened(connection, standing), current_book(connection), TODAY)
    again = row(standing.codes[0], 2)
    schema = {name: SCHEMA.get(name, pl.String) for name in again}
    first, second = (
        entry.stage(
            connection, entry.decide(pl.DataFrame([again | {"id": str(uuid4()), "row_number": at}], schema=schema))
        )
        for at in (2, 3)
    )

    told = [entry.enter(connection, prepared, lambda _: None) for prepared in (first, second)]

    assert [(one.accepted, one.duplicate) for one in told] == [(1, 0), (0, 1)]


def test_a_correction_takes_the_last_word_of_the_chunk_before(connection: Connection) -> None:
    standing = stand(connection)
    report(connection, standing, [row(standing.codes[0], 2)])
    reporting = replace(opened(connection, standing), intent="correction")
    entry = reactions_chunk.LedgerEntry(reporting, current_book(connection), TODAY)
    versions = [row(standing.codes[0], at, facts=facts) for at, facts in ((2, "更正一"), (2, "更正二"))]
    schema = {name: SCHEMA.get(name, pl.String) for name in versions[0]}
    ready = [entry.stage(connection, entry.decide(pl.DataFrame([one], schema=schema))) for one in versions]

    told = [entry.enter(connection, prepared, lambda _: None) for prepared in ready]

    assert [one.accepted for one in told] == [1, 1]
    shown = connection.execute("SELECT content FROM limu.record ORDER BY version DESC LIMIT 1").fetchone()
    assert shown
    assert shown["content"]["facts"] == "更正二"
