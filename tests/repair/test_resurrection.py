"""What ended stays ended, whoever sends it again; three lawful cases bring it back, by a served document of two."""

from datetime import date, timedelta

import pytest

from limu import reactions_repair, reactions_restore
from limu.case.rules import Case
from limu.department.rules import Refusal
from limu.department.store import enter
from limu.ledger.rules import ChunkCounts, StoredRecord
from limu.reactions import withdraw_record
from limu.reactions_restore import Served
from limu.repair import actions as repairs
from limu.wire.clock import register_today
from limu.wire.database import Connection, Database
from tests.lawful import Lawful, apply, centre, grant, shown, stand_lawful
from tests.people import department_of
from tests.standing import report, row


def _resend(connection: Connection, lawful: Lawful, *, correct: bool = False) -> ChunkCounts:
    facts = "换一种说法" if correct else "违法事实独一无二的文字"
    told = row(lawful.base.codes[0], 2, facts=facts, decided_on=date(2026, 7, 1))
    return report(connection, lawful.base, [told], correct=correct)


def _served(connection: Connection) -> Served:
    return Served("（2026）示01破1号之二", "终止重整计划的执行", register_today(connection))


@pytest.mark.parametrize("correct", [False, True], ids=["again", "as a correction"])
def test_a_repaired_record_sent_again_is_refused_under_a_code(connection: Connection, correct: bool) -> None:
    lawful = stand_lawful(connection)
    grant(connection, lawful, apply(connection, lawful))

    counts = _resend(connection, lawful, correct=correct)

    assert (counts.accepted, counts.refused, counts.refusals) == (0, 1, {2: "ended_repaired"})
    assert not shown(connection, lawful)
    assert connection.execute("SELECT count(*) AS n FROM shown.record").fetchone() == {"n": 0}


def test_a_revoked_record_sent_again_is_refused_too(connection: Connection) -> None:
    lawful = stand_lawful(connection)
    done = withdraw_record(
        connection, record=lawful.record, officer=lawful.handler, second=lawful.second, kind="record_revoked",
        reason="复议撤销", citation="示府复决〔2026〕1号", revoked_on=register_today(connection),
    )  # fmt: skip
    assert done is None

    assert _resend(connection, lawful, correct=True).refusals == {2: "ended_revoked"}


def test_one_that_ran_out_its_term_is_refused_when_it_is_sent_again(own_database: Database) -> None:
    with own_database.connect("app") as connection:
        lawful = stand_lawful(connection)
        assert shown(connection, lawful)
    with own_database.connect("owner") as owner:
        owner.execute("UPDATE limu.clock_setting SET shift = shift + interval '2 years'")
    with own_database.connect("app") as connection:
        assert not shown(connection, lawful)

        assert _resend(connection, lawful).refusals == {2: "ended_expired"}


@pytest.mark.parametrize("exception", ["failed_plan", "order"])
def test_two_of_the_body_may_restore_by_a_served_document(connection: Connection, exception: str) -> None:
    lawful = stand_lawful(connection)
    grant(connection, lawful, apply(connection, lawful))

    done = reactions_restore.restore_record(
        connection, record=lawful.record, people=(lawful.handler, lawful.second), exception=exception,
        document=_served(connection),
    )  # fmt: skip

    assert isinstance(done, StoredRecord), done
    assert shown(connection, lawful)


@pytest.mark.parametrize(
    ("exception", "document", "ahead", "code"),
    [("we changed our mind", "文号", 0, "X-501"), ("order", " ", 0, "H-102"), ("order", "文号", 1, "X-504")],
    ids=["no such case", "no document", "not served yet"],
)
def test_nothing_else_restores(connection: Connection, exception: str, document: str, ahead: int, code: str) -> None:
    lawful = stand_lawful(connection)
    grant(connection, lawful, apply(connection, lawful))
    by = Served(document, "内容", register_today(connection) + timedelta(days=ahead))

    done = reactions_restore.restore_record(
        connection, record=lawful.record, people=(lawful.handler, lawful.second), exception=exception, document=by
    )
    alone = reactions_restore.restore_record(
        connection, record=lawful.record, people=(lawful.handler, lawful.handler), exception="order",
        document=_served(connection),
    )  # fmt: skip

    assert isinstance(done, Refusal)
    assert done.code == code
    assert isinstance(alone, Refusal)
    assert alone.code == "C-201"
    assert not shown(connection, lawful)


def test_a_repair_by_false_material_is_void_and_the_record_is_back(connection: Connection) -> None:
    lawful = stand_lawful(connection)
    case = apply(connection, lawful)
    grant(connection, lawful, case)

    done = reactions_restore.annul_repair(
        connection, case.id, people=(lawful.handler, lawful.second), document=_served(connection)
    )

    assert isinstance(done, Case), done
    assert done.state == "void"
    assert shown(connection, lawful)
    # No text that was read names the years for which it may not apply again: it is not refused for that.
    assert isinstance(apply(connection, lawful), Case)


def test_a_shield_holds_publication_while_a_plan_is_carried_out(connection: Connection) -> None:
    lawful = stand_lawful(connection)
    people = (lawful.handler, lawful.second)

    begun = reactions_restore.shield(connection, subject=lawful.subject, people=people, ruling=_served(connection))
    hidden = shown(connection, lawful)
    ended = reactions_restore.shield(
        connection, subject=lawful.subject, people=people, ruling=_served(connection), ends=True
    )

    assert (begun, hidden, ended, shown(connection, lawful)) == (1, False, 1, True)


def test_a_decision_from_above_runs_the_very_same_act(connection: Connection) -> None:
    lawful = stand_lawful(connection)
    desk = department_of(connection, 90, is_centre=True)
    people = tuple(centre(connection, f"above.{n}", "centre_officer", department=desk) for n in "ab")
    enter(connection, department=desk.id, reach="centre")
    case = repairs.open_from_above(connection, lawful.record, "信用中国转来", outside_number="XYZX-1")
    assert isinstance(case, Case), case

    done = reactions_repair.receive_decision(
        connection, lawful.book, case.id, people=(people[0], people[1]), outside_number="XYZX-1",
        document=("示市监修〔2026〕1号", date(2026, 11, 20)),
    )  # fmt: skip

    assert isinstance(done, Case), done
    assert (done.state, done.outcome) == ("closed", "granted")
    assert not shown(connection, lawful)
