"""The centre takes an application in (修复受理): told to the subject, once, and nothing waits for it."""

from limu.case import store as case_store
from limu.case.rules import Case
from limu.department.rules import NOT_THERE, Refusal
from limu.department.store import enter
from limu.repair import actions as repairs
from limu.repair.actions_draft import verify_performance
from limu.repair.store import find_repairable
from limu.wire.database import Connection
from tests.lawful import apply, centre, grant, stand_lawful


def test_an_application_is_taken_in_once_and_only_by_the_centre(connection: Connection) -> None:
    lawful = stand_lawful(connection)
    case = apply(connection, lawful)
    desk = centre(connection, "desk.forward", "centre_officer")

    enter(connection, department=lawful.handler.department)
    stranger = repairs.forward(connection, case.application, officer=lawful.handler)
    enter(connection, department=desk.department, reach="centre")
    done = repairs.forward(connection, case.application, officer=desk)
    again = repairs.forward(connection, case.application, officer=desk)

    assert stranger == NOT_THERE
    assert isinstance(done, tuple)
    assert [one.state for one in done] == ["received"]
    assert isinstance(again, Refusal)
    assert again.code == "X-403"
    assert [one.kind for one in case_store.steps_of(connection, case.id)] == ["open", "forward"]


def test_a_body_decides_without_waiting_for_the_centre(connection: Connection) -> None:
    lawful = stand_lawful(connection)
    case = apply(connection, lawful)

    done = grant(connection, lawful, case)

    assert isinstance(done, Case)
    assert done.state == "granted"


def test_a_body_verifies_performance_with_evidence_and_may_take_it_back(connection: Connection) -> None:
    lawful = stand_lawful(connection)
    enter(connection, department=lawful.handler.department)

    def say(*, is_performed: bool, evidence: str) -> Refusal | None:
        return verify_performance(
            connection, lawful.record, officer=lawful.handler, is_performed=is_performed, evidence=evidence
        )

    silent = say(is_performed=True, evidence=" ")
    assert silent is not None
    assert silent.code == "X-306"
    assert say(is_performed=True, evidence="缴款书 1 号") is None
    twice = say(is_performed=True, evidence="缴款书 1 号")
    assert twice is not None
    assert twice.code == "X-307"
    found = find_repairable(connection, lawful.record)
    assert found is not None
    assert found.verified_by == lawful.base.department.short_name
    assert say(is_performed=False, evidence="缴款被退回") is None
    found = find_repairable(connection, lawful.record)
    assert found is not None
    assert found.verified_by == ""
