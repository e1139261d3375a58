"""A case moves along its arrows and no others; the code's table and the database's are one."""

import psycopg
import pytest
from hypothesis import given
from hypothesis import strategies as st

from limu.case.rules import FINAL, MOVES, OUTCOMES, STATES, STEPS
from limu.wire.database import Connection
from tests.lawful import apply, stand_lawful


def test_the_database_holds_the_arrows_of_the_code(connection: Connection) -> None:
    held = {tuple(row.values()) for row in connection.execute("SELECT kind, step, before, after FROM limu.case_move")}

    assert held == {(one.kind, one.step, one.before, one.after) for one in MOVES}


def test_every_state_and_step_has_words_and_is_reached() -> None:
    assert {one.after for one in MOVES} == set(STATES)
    assert {one.step for one in MOVES} == set(STEPS)
    assert {outcome for some in OUTCOMES.values() for outcome in some} <= set(STATES)


@given(st.sampled_from(["objection", "repair"]), st.lists(st.integers(0, 99), max_size=12))
def test_no_path_leaves_a_final_state_but_by_appeal_receipt_or_annulment(kind: str, picks: list[int]) -> None:
    state = ""
    for pick in picks:
        ways = [one for one in MOVES if one.kind == kind and one.before == state]
        if not ways:
            break
        way = ways[pick % len(ways)]
        assert state not in FINAL or way.step in ("appeal", "receipt", "annul")
        state = way.after


@pytest.mark.parametrize(
    ("kind", "after"), [("confirm", "granted"), ("receipt", "closed"), ("annul", "void"), ("uphold_appeal", "checking")]
)
def test_the_database_refuses_a_step_out_of_order(connection: Connection, kind: str, after: str) -> None:
    lawful = stand_lawful(connection)
    case = apply(connection, lawful)

    with pytest.raises(psycopg.errors.CheckViolation):
        connection.execute(
            """INSERT INTO limu.case_step (id, case_file, department, subject, kind, before, after, officer, person,
                   outcome, reason, number)
               VALUES (gen_random_uuid(), %s, %s, %s, %s, 'received', %s, %s, %s, %s, '理由', 9)""",
            (case.id, case.department, case.subject, kind, after, lawful.handler.id, lawful.handler.person,
             "granted" if kind == "confirm" else None),
        )  # fmt: skip


def test_the_database_refuses_a_refusal_without_a_ground_and_a_third_material_without_a_rule(
    connection: Connection,
) -> None:
    lawful = stand_lawful(connection)
    case = apply(connection, lawful)
    step = """INSERT INTO limu.case_step (id, case_file, department, subject, kind, before, after, officer, person,
                  outcome, reason, number)
              VALUES (gen_random_uuid(), %s, %s, %s, 'propose', 'received', 'proposed', %s, %s, 'refused', '不行', 9)"""
    paper = """INSERT INTO limu.case_document (id, case_file, department, subject, role, name, file_hash, bytes,
                   brought_by)
               VALUES (gen_random_uuid(), %s, %s, %s, 'other', '培训证明', %s, 1, '某')"""

    for statement, values in (
        (step, (case.id, case.department, case.subject, lawful.handler.id, lawful.handler.person)),
        (paper, (case.id, case.department, case.subject, bytes(32))),
    ):
        with pytest.raises(psycopg.errors.CheckViolation), connection.transaction():
            connection.execute(statement.encode(), values)
