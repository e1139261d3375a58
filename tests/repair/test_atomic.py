"""Repair ends a record everywhere, at once; what ended stays ended."""

from dataclasses import replace

import psycopg
import pytest

from limu import reactions_repair
from limu.case.rules import Case
from limu.case.store import documents_of
from limu.department.rules import Refusal
from limu.ledger.store import events_of
from limu.record.state import state_of
from limu.repair import actions as repairs
from limu.repair import rules_draft
from limu.repair.actions import Applied, Item
from limu.repair.rules import Ground
from limu.wire.database import Connection
from tests.lawful import COMMITMENT, PROOF, Lawful, apply, grant, shown, stand_lawful


def test_a_granted_repair_ends_publication_and_writes_its_letter(connection: Connection) -> None:
    lawful = stand_lawful(connection)
    assert shown(connection, lawful)

    done = grant(connection, lawful, apply(connection, lawful))

    assert (done.state, done.outcome) == ("granted", "granted")
    assert not shown(connection, lawful)
    kinds = [one["kind"] for one in connection.execute("SELECT kind FROM limu.letter").fetchall()]
    assert kinds == ["repair_decision"]
    state = state_of(events_of(connection, subject=lawful.subject, record=lawful.record))
    row = connection.execute(
        "SELECT decision, reason FROM limu.publication WHERE record = %s AND known_until = 'infinity'", (lawful.record,)
    ).fetchone()
    assert state is not None
    assert (
        row
        == {"decision": state.decision, "reason": state.reason}
        == {"decision": "ended", "reason": "record_repaired"}
    )


def test_one_person_cannot_grant_alone_and_the_second_of_two_is_told(connection: Connection) -> None:
    lawful = stand_lawful(connection)
    case = apply(connection, lawful)
    repairs.propose(connection, lawful.book, case.id, officer=lawful.handler, outcome="granted", reason="义务已履行")

    alone = reactions_repair.confirm_repair(connection, lawful.book, case.id, officer=lawful.handler)
    done = reactions_repair.confirm_repair(connection, lawful.book, case.id, officer=lawful.second)
    again = reactions_repair.confirm_repair(connection, lawful.book, case.id, officer=lawful.second)

    assert isinstance(alone, Refusal)
    assert alone.code == "C-201"
    assert isinstance(done, Case)
    assert isinstance(again, Refusal)
    assert "同意修复" in again.message


def test_a_repair_is_refused_only_out_of_the_catalogue_with_page_and_next_step(connection: Connection) -> None:
    lawful = stand_lawful(connection)
    case = apply(connection, lawful)

    def refuse(*grounds: Ground) -> object:
        return repairs.propose(
            connection,
            lawful.book,
            case.id,
            officer=lawful.handler,
            outcome="refused",
            reason="证明不清",
            grounds=grounds,
        )

    # Its earliest day is past: too early is no ground any more.
    made = refuse(), refuse(Ground("R99")), refuse(Ground("R03")), refuse(Ground("R01"))
    assert [getattr(one, "code", None) for one in made] == ["X-201", "X-202", "X-203", "X-204"]
    assert isinstance(refuse(Ground("R03", "2")), Case)
    done = reactions_repair.confirm_repair(connection, lawful.book, case.id, officer=lawful.second)
    assert isinstance(done, Case)
    assert shown(connection, lawful)
    letter = connection.execute("SELECT lines FROM limu.letter").fetchone()
    assert letter is not None
    assert any("R03" in line and "第 2 页" in line and "下一步" in line for line in letter["lines"])


def test_an_application_needs_the_commitment_a_proof_and_the_minimum_period(connection: Connection) -> None:
    from datetime import timedelta  # noqa: PLC0415

    from limu.wire.clock import register_today  # noqa: PLC0415

    lawful = stand_lawful(connection, decided_on=register_today(connection) - timedelta(days=20))

    def ask(*documents: object) -> object:
        return reactions_repair.apply_for_repair(
            connection,
            lawful.book,
            actor=lawful.agent,
            items=(Item(lawful.record),),
            documents=documents,  # type: ignore[arg-type]
        )

    codes = [getattr(one, "code", None) for one in (ask(PROOF), ask(COMMITMENT), ask(COMMITMENT, PROOF))]
    assert codes == ["X-125", "X-126", "X-109"]


def refused(connection: Connection, lawful: Lawful, ground: Ground, *, reason: str) -> Case:
    """Apply for a repair that two people of the body refuse."""
    case = apply(connection, lawful)
    repairs.propose(
        connection, lawful.book, case.id, officer=lawful.handler, outcome="refused", reason=reason, grounds=(ground,)
    )
    reactions_repair.confirm_repair(connection, lawful.book, case.id, officer=lawful.second)
    return case


def test_after_a_refusal_the_subject_applies_again_with_everything_kept(connection: Connection) -> None:
    lawful = stand_lawful(connection)
    case = refused(connection, lawful, Ground("R03", "2"), reason="不清")

    again = reactions_repair.resubmit(connection, lawful.book, case.id, agent=lawful.agent)

    assert isinstance(again, Applied)
    roles = connection.execute(
        "SELECT role FROM limu.case_document WHERE case_file = %s ORDER BY role", (again.cases[0].id,)
    ).fetchall()
    assert [one["role"] for one in roles] == ["commitment", "performance_proof"]


def test_refused_for_want_of_a_signature_it_is_applied_for_again_only_with_one(connection: Connection) -> None:
    lawful = stand_lawful(connection)
    case = refused(connection, lawful, Ground("R05", "1"), reason="签署的不是本主体")
    signed = replace(COMMITMENT, file_hash="ee" * 32)

    bare = reactions_repair.resubmit(connection, lawful.book, case.id, agent=lawful.agent)
    again = reactions_repair.resubmit(connection, lawful.book, case.id, agent=lawful.agent, documents=(signed,))

    assert bare == rules_draft.NOT_SIGNED
    assert isinstance(again, Applied)
    hashes = [one.file_hash for _, one, _ in documents_of(connection, again.cases[0].id) if one.role == "commitment"]
    assert hashes == [signed.file_hash]


@pytest.mark.parametrize("state", ["granted", "refused", "closed"])
def test_the_database_refuses_to_set_a_state_without_its_step(connection: Connection, state: str) -> None:
    lawful = stand_lawful(connection)
    case = apply(connection, lawful)

    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        connection.execute("UPDATE limu.case_file SET state = %s WHERE id = %s", (state, case.id))


def test_the_database_refuses_to_open_what_ended(connection: Connection) -> None:
    lawful = stand_lawful(connection)
    grant(connection, lawful, apply(connection, lawful))

    with pytest.raises(psycopg.errors.RestrictViolation, match="stays ended"):
        connection.execute(
            "UPDATE limu.publication SET known_until = limu.register_now() + interval '1 second'"
            " WHERE record = %s AND known_until = 'infinity'",
            (lawful.record,),
        )


def test_a_record_that_is_not_the_applicants_turns_into_an_objection(connection: Connection) -> None:
    lawful = stand_lawful(connection)
    case = apply(connection, lawful)
    repairs.propose(
        connection, lawful.book, case.id, officer=lawful.handler, outcome="refused", reason="决定书上是另一家",
        grounds=(Ground("R08"),),
    )  # fmt: skip

    reactions_repair.confirm_repair(connection, lawful.book, case.id, officer=lawful.second)

    opened = connection.execute("SELECT kind, state FROM limu.case_file WHERE kind = 'objection'").fetchone()
    assert opened == {"kind": "objection", "state": "received"}
    row = connection.execute("SELECT is_disputed FROM shown.record WHERE id = %s", (lawful.record,)).fetchone()
    assert row == {"is_disputed": True}
