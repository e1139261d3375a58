"""A holder that was given a record under the wrong subject is named to that subject when the link is corrected."""

from limu import reactions_objection
from limu.case.rules import Case
from limu.department.store import enter
from limu.feed.store_serve import insert_delivery
from limu.objection import actions as objections
from limu.objection import queries
from tests.feed.conftest import Town
from tests.lawful import stand_lawful


def test_a_holder_of_a_copy_is_told_of_and_one_that_was_given_nothing_is_not(town: Town) -> None:
    with town.database.connect("app") as app:
        lawful = stand_lawful(app, number=3)
    last = town.tell()
    given, _ = town.holder("示例银行")
    town.holder("示例担保公司", regions=("1101",))
    with town.database.connect("app") as app:
        insert_delivery(app, given.id, after=0, last=last)
    with town.database.connect("app") as app:
        case = reactions_objection.open_objection(
            app, actor=lawful.agent, record=lawful.record, reason="not_mine", text="不是本单位"
        )
        assert isinstance(case, Case)
        enter(app, department=lawful.base.department.id)
        objections.propose(
            app, case.id, officer=lawful.handler, outcome="corrected", reason="同名", correction="wrong_subject",
            right_uscc=lawful.base.codes[1], citation="登记档案",
        )  # fmt: skip
        done = reactions_objection.confirm_objection(app, lawful.book, case.id, officer=lawful.second)
        assert isinstance(done, Case), done

        told = queries.reliances_of_case(app, case.id)

    assert [(one.holder, one.ways) for one in told] == [("示例银行", ("feed",))]
