"""An objection marks a record at once; doubt about whom it concerns stops everything until it is decided."""

from datetime import date

import pytest

from limu import reactions_objection
from limu.case import actions as cases
from limu.case.rules import Case
from limu.case.store_letter import Letter
from limu.department.rules import Refusal
from limu.department.store import enter
from limu.objection import actions as objections
from limu.objection import queries
from limu.objection.rules import NOTHING_LEFT, REASONS
from limu.reactions import withdraw_record
from limu.wire.clock import register_today
from limu.wire.database import Connection
from tests.lawful import Lawful, centre, judged, shown, stand_lawful
from tests.standing import TODAY, report, row


def _open(connection: Connection, lawful: Lawful, reason: str) -> Case:
    made = reactions_objection.open_objection(
        connection, actor=lawful.agent, record=lawful.record, reason=reason, text="与本单位无关"
    )
    assert isinstance(made, Case), made
    return made


def _decide(connection: Connection, lawful: Lawful, case: Case, outcome: str, **more: str) -> Case | Refusal:
    proposed = objections.propose(
        connection, case.id, officer=lawful.handler, outcome=outcome, reason="核查档案", **more
    )  # fmt: skip
    assert isinstance(proposed, Case), proposed
    return reactions_objection.confirm_objection(connection, lawful.book, case.id, officer=lawful.second)


def _public(connection: Connection, lawful: Lawful) -> tuple[bool, bool]:
    row = connection.execute("SELECT is_disputed FROM shown.record WHERE id = %s", (lawful.record,)).fetchone()
    return row is not None, bool(row and row["is_disputed"])


def test_with_an_exact_code_the_mark_appears_and_the_record_stays(connection: Connection) -> None:
    lawful = stand_lawful(connection)

    case = _open(connection, lawful, "not_mine")

    assert case.number.startswith("YY")
    assert _public(connection, lawful) == (True, True)


@pytest.mark.parametrize("reason", REASONS)
def test_each_kind_of_objection_marks_the_record_at_once_and_names_it(connection: Connection, reason: str) -> None:
    lawful = stand_lawful(connection)

    case = _open(connection, lawful, reason)

    assert _public(connection, lawful) == (True, True)
    assert case.reason.startswith(REASONS[reason])  # type: ignore[index]
    told = connection.execute(
        "SELECT officers, reason FROM limu.record_event WHERE kind = 'record_disputed'"
    ).fetchone()
    assert told == {"officers": [], "reason": REASONS[reason]}  # type: ignore[index]


def test_what_fell_while_it_was_examined_is_not_maintained(connection: Connection) -> None:
    lawful = stand_lawful(connection)
    case = _open(connection, lawful, "wrong_content")
    waiting = objections.propose(connection, case.id, officer=lawful.handler, outcome="kept", reason="核查档案")
    assert isinstance(waiting, Case)
    done = withdraw_record(
        connection, record=lawful.record, officer=lawful.handler, second=lawful.second, kind="record_revoked",
        reason="复议撤销", citation="示府复决〔2026〕1号", revoked_on=register_today(connection),
    )  # fmt: skip
    assert done is None

    confirmed = reactions_objection.confirm_objection(connection, lawful.book, case.id, officer=lawful.second)
    cases.send_back(connection, case.id, officer=lawful.second, reason="决定已被撤销")
    again = objections.propose(connection, case.id, officer=lawful.handler, outcome="kept", reason="核查档案")
    deleted = _decide(connection, lawful, case, "deleted")

    assert confirmed == again == NOTHING_LEFT
    assert isinstance(deleted, Case)
    assert _public(connection, lawful) == (False, False)


def test_without_an_exact_code_publication_stops_with_the_objection_itself(connection: Connection) -> None:
    lawful = stand_lawful(connection)
    lawful = Lawful(lawful.base, lawful.book, judged(connection, lawful), lawful.agent)
    assert shown(connection, lawful)

    case = _open(connection, lawful, "not_mine")

    assert _public(connection, lawful) == (False, False)
    assert isinstance(_decide(connection, lawful, case, "kept"), Case)
    assert _public(connection, lawful) == (True, False)


@pytest.mark.parametrize(("outcome", "public"), [("kept", (True, False)), ("deleted", (False, False))])
def test_the_outcome_lifts_the_mark_or_ends_the_record(
    connection: Connection, outcome: str, public: tuple[bool, bool]
) -> None:
    lawful = stand_lawful(connection)
    case = _open(connection, lawful, "wrong_content")

    done = _decide(connection, lawful, case, outcome)

    assert isinstance(done, Case)
    assert done.state == outcome
    assert _public(connection, lawful) == public


def test_the_author_of_a_record_handles_no_objection_to_it(connection: Connection) -> None:
    lawful = stand_lawful(connection)
    case = _open(connection, lawful, "wrong_content")
    connection.execute("UPDATE limu.officer SET roles = '{clerk,reviewer}' WHERE id = %s", (lawful.base.clerk.id,))
    from limu.department.store import find_officer  # noqa: PLC0415

    author = find_officer(connection, lawful.base.clerk.code)
    assert author is not None

    made = objections.propose(connection, case.id, officer=author, outcome="kept", reason="没有错")

    assert isinstance(made, Refusal)
    assert made.code == "C-202"


def test_a_corrected_link_leaves_at_once_and_appears_only_after_the_right_subject_was_told(
    connection: Connection,
) -> None:
    lawful = stand_lawful(connection)
    right = lawful.base.subjects[1]
    case = _open(connection, lawful, "not_mine")

    done = _decide(
        connection, lawful, case, "corrected", correction="wrong_subject", right_uscc=lawful.base.codes[1],
        citation="登记档案",
    )  # fmt: skip

    assert isinstance(done, Case), done
    assert not shown(connection, lawful)
    owners = "SELECT subject FROM shown.record"
    assert connection.execute(owners).fetchall() == []
    letter = connection.execute("SELECT id FROM limu.letter WHERE subject = %s", (right,)).fetchone()
    assert letter is not None
    today = connection.execute("SELECT limu.register_today() AS day").fetchone()
    assert today is not None
    day: date = today["day"]
    served = reactions_objection.serve_letter(connection, letter["id"], by=lawful.handler, on=day, way="post")
    assert isinstance(served, Letter)
    assert [one["subject"] for one in connection.execute(owners).fetchall()] == [right]


def test_an_upheld_appeal_marks_the_record_again_and_a_dismissed_one_leaves_the_result(connection: Connection) -> None:
    lawful = stand_lawful(connection)
    case = _open(connection, lawful, "wrong_content")
    assert isinstance(_decide(connection, lawful, case, "kept"), Case)
    appealed = cases.appeal(connection, case.id, agent=lawful.agent, reason="没有看附件")
    assert isinstance(appealed, Case)
    supervisor = centre(connection, "appeal.one", "supervisor")
    enter(connection, department=supervisor.department, reach="centre")

    body = reactions_objection.settle_appeal(
        connection, case.id, officer=lawful.handler, is_upheld=True, reason="我同意"
    )  # fmt: skip
    upheld = reactions_objection.settle_appeal(
        connection, case.id, officer=supervisor, is_upheld=True, reason="附件没有核查"
    )

    assert isinstance(body, Refusal)
    assert isinstance(upheld, Case)
    assert upheld.state == "checking"
    assert _public(connection, lawful) == (True, True)
    enter(connection, department=lawful.base.department.id)
    assert isinstance(_decide(connection, lawful, upheld, "kept"), Case)
    again = cases.appeal(connection, case.id, agent=lawful.agent, reason="再申诉")
    assert isinstance(again, Refusal)
    assert again.code == "C-109"


def test_the_statistics_of_the_bodies_sum_to_all_objections(connection: Connection) -> None:
    lawful = stand_lawful(connection)
    case = _open(connection, lawful, "wrong_content")
    assert isinstance(_decide(connection, lawful, case, "deleted"), Case)

    (one,) = queries.statistics(connection, today=TODAY)

    assert (one.department, one.opened, one.decided, one.upheld, one.late) == (lawful.base.department.name, 1, 1, 1, 0)
    assert (one.median_days, one.share_upheld, one.share_late) == (0.0, 1.0, 0.0)
    total = connection.execute("SELECT count(*) AS n FROM limu.case_file WHERE kind = 'objection'").fetchone()
    assert total == {"n": one.opened}


def test_a_correction_of_content_is_confirmed_only_when_the_corrected_version_is_there_and_says_its_kind(
    connection: Connection,
) -> None:
    lawful = stand_lawful(connection)
    case = _open(connection, lawful, "wrong_content")
    unkind = objections.propose(connection, case.id, officer=lawful.handler, outcome="corrected", reason="有误")
    assert isinstance(unkind, Refusal)
    assert unkind.code == "O-201"

    early = _decide(connection, lawful, case, "corrected", correction="clerical")
    assert isinstance(early, Refusal)
    assert early.code == "O-202"
    told = row(lawful.base.codes[0], 2, facts="更正后的事实", decided_on=date(2026, 7, 1))
    assert report(connection, lawful.base, [told], correct=True).accepted == 1
    enter(connection, department=lawful.base.department.id)
    done = reactions_objection.confirm_objection(connection, lawful.book, case.id, officer=lawful.second)

    assert isinstance(done, Case), done
    assert done.state == "corrected"
    assert not shown(connection, lawful)
    contents = [one["content"]["facts"] for one in connection.execute("SELECT content FROM shown.record").fetchall()]
    assert contents == ["更正后的事实"]
    letter = connection.execute("SELECT lines FROM limu.letter WHERE kind = 'objection_result'").fetchone()
    assert letter is not None
    assert "更正（笔误）" in letter["lines"][1]
