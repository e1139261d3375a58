"""A holder that was given a record under the wrong subject is told, answers, and the subject reads the answer."""

from dataclasses import dataclass

import pytest

from limu import reactions_objection
from limu.case.rules import Case
from limu.case.store import enter_subject
from limu.client.http import RefusedError
from limu.department.store import enter
from limu.feed.store_serve import insert_delivery
from limu.objection import actions as objections
from limu.objection import queries
from tests.feed.conftest import Town
from tests.lawful import Lawful, stand_lawful


@dataclass(frozen=True, slots=True)
class Moved:
    """A record under the wrong subject, given to a bank and since corrected; the second holder got nothing."""

    lawful: Lawful
    case: Case
    given: str
    passed_over: str


def moved(town: Town, *, number: int, is_right_known: bool) -> Moved:
    """Report, deliver, object, correct."""
    with town.database.connect("app") as app:
        lawful = stand_lawful(app, number=number)
    last = town.tell()
    bank, given = town.holder("示例银行")
    _, passed_over = town.holder("示例担保公司", regions=("1101",))
    with town.database.connect("app") as app:
        insert_delivery(app, bank.id, after=0, last=last)
    right = {"right_uscc": lawful.base.codes[1]} if is_right_known else {}
    with town.database.connect("app") as app:
        case = reactions_objection.open_objection(
            app, actor=lawful.agent, record=lawful.record, reason="not_mine", text="不是本单位"
        )
        assert isinstance(case, Case)
        enter(app, department=lawful.base.department.id)
        objections.propose(
            app, case.id, officer=lawful.handler, outcome="corrected", reason="同名", correction="wrong_subject",
            citation="登记档案", **right,
        )  # fmt: skip
        done = reactions_objection.confirm_objection(app, lawful.book, case.id, officer=lawful.second)
        assert isinstance(done, Case), done
    return Moved(lawful, done, given, passed_over)


def test_a_holder_of_a_copy_is_told_of_and_one_that_was_given_nothing_is_not(town: Town) -> None:
    found = moved(town, number=3, is_right_known=True)

    with town.database.connect("app") as app:
        enter(app, department=found.lawful.base.department.id)
        told = queries.reliances_of_case(app, found.case.id)

    assert [(one.holder, one.ways) for one in told] == [("示例银行", ("feed",))]


def test_a_bank_answers_over_its_own_token_and_the_subject_reads_it(town: Town) -> None:
    found = moved(town, number=4, is_right_known=False)
    site, stranger = town.site(found.given), town.site(found.passed_over)

    (notice,) = site.reliances()
    with pytest.raises(RefusedError, match="404"):
        stranger.answer_reliance(notice["id"], outcome="not_used", text="与我无关")
    with pytest.raises(RefusedError, match="422: 答复须选择结论"):
        site.answer_reliance(notice["id"], outcome="maybe", text="不清楚")
    site.answer_reliance(notice["id"], outcome="changed", text="已恢复授信额度")
    with pytest.raises(RefusedError, match="409"):
        site.answer_reliance(notice["id"], outcome="unchanged", text="再答一次")

    assert (notice["record"], notice["uscc"]) == (str(found.lawful.record), found.lawful.base.codes[0])
    assert notice["answer_by"] is not None
    assert [one["record"] for one in stranger.reliances()] == []
    with town.database.connect("app") as app:
        enter_subject(app, found.lawful.subject)
        (told,) = queries.reliances_of_case(app, found.case.id)
    assert (told.to_name, told.outcome, told.text) == ("示例银行", "changed", "已恢复授信额度")
