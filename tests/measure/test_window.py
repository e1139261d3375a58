"""The window: an answer with articles, comply or explain, a slip that verifies, and use beyond the law found."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import psycopg
import pytest
from hypothesis import given
from hypothesis import strategies as st

from limu.department.rules import NOT_THERE, Refusal
from limu.department.store import enter
from limu.law.measure import ACTS
from limu.listing import actions as listing
from limu.measure import store_window
from limu.measure.actions_window import Moment, answer_check, check_many, check_subject, report_uses
from limu.measure.queries import NO_SUBJECT, NOT_A_CODE
from limu.measure.rules_overreach import Lawful, Reported, beyond
from limu.measure.rules_window import ANSWERED, NO_ACT, NO_REASON, UNANSWERED, Check, Used, digest_of, number_of
from limu.wire.clock import register_today
from limu.wire.database import Connection, Database
from tests.listed import LEAVING, Listed, enlist, stand_listed
from tests.standing import code_of, stand

AT = datetime(2026, 11, 24, 9, tzinfo=UTC)


class Window:
    """A standing that is committed, an open connection of the application's role, and who asks."""

    def __init__(self, database: Database, connection: Connection) -> None:
        self.database, self.connection = database, connection
        self.listed: Listed = stand_listed(connection)
        enlist(connection, self.listed, number=0)
        self.today = register_today(connection)
        connection.commit()
        enter(connection, department=self.listed.department.id)

    def ask(self, number: int = 0, *, act: str = "government_funds", code: str | None = None) -> Check | Refusal:
        """Check one of the subjects as an officer of the department that listed it."""
        return check_subject(
            self.connection, code or self.listed.base.codes[number], act=act, officer=self.listed.proposer,
            when=Moment(self.today, AT), connect=lambda: self.database.connect("app"),
        )  # fmt: skip

    def found(self, number: int = 0, *, act: str = "government_funds") -> Check:
        """The same, where an answer is sure."""
        checked = self.ask(number, act=act)
        assert isinstance(checked, Check), checked
        return checked


@pytest.fixture
def window(own_database: Database) -> Iterator[Window]:
    """Stand the window up in a database of its own: tickets are committed."""
    with own_database.connect("app") as connection:
        yield Window(own_database, connection)
        connection.rollback()


def test_a_listed_subject_meets_its_measures_with_article_ground_and_days(window: Window) -> None:
    (one,) = window.found().allowed

    assert one.rule == "consequence/wages/funds"
    assert "第四十八条" in one.basis
    assert "拖欠农民工工资" in one.told
    assert one.from_on <= window.today
    assert one.until_on is not None


def test_a_measure_belongs_to_the_acts_the_law_names_and_to_no_other(window: Window) -> None:
    assert not window.found(act="registration").allowed
    assert not window.found(1).allowed


def test_a_name_is_no_code_an_unknown_code_no_subject_an_unknown_act_no_act(window: Window) -> None:
    assert window.ask(code="示例市某某有限公司") == NOT_A_CODE
    assert window.ask(code=code_of(9999)) == NO_SUBJECT
    assert window.ask(act="anything") == NO_ACT


def test_who_asked_is_written_down_before_the_answer_is_read(window: Window) -> None:
    window.found()
    window.connection.rollback()
    enter(window.connection, department=window.listed.department.id)

    rows = window.connection.execute("SELECT purpose, subject, scope FROM limu.read_ticket").fetchall()

    assert [(row["purpose"], row["subject"], row["scope"]) for row in rows] == [
        ("window_check", window.listed.base.subjects[0], ACTS["government_funds"])
    ]


def test_a_body_complies_or_explains_once_and_for_every_measure(window: Window) -> None:
    check = window.found()
    key, officer = check.allowed[0].key, window.listed.proposer

    assert answer_check(window.connection, check.id, {}, officer=officer) == (UNANSWERED,)
    refused = answer_check(window.connection, check.id, {f"use:{key}": "no", f"reason:{key}": "  "}, officer=officer)
    assert refused == (NO_REASON,)
    done = answer_check(
        window.connection, check.id, {f"use:{key}": "no", f"reason:{key}": "项目属于应急救灾"}, officer=officer
    )
    assert done == (Used(check.allowed[0], is_used=False, reason="项目属于应急救灾"),)
    assert store_window.uses_of(window.connection, check.id) == {key: (False, "项目属于应急救灾")}
    again = answer_check(window.connection, check.id, {f"use:{key}": "yes"}, officer=officer)
    assert again == (ANSWERED,)


def test_another_department_sees_no_check_and_answers_none(window: Window) -> None:
    check = window.found()
    window.connection.commit()
    other = stand(window.connection, number=2)
    window.connection.commit()
    enter(window.connection, department=other.department.id)

    assert store_window.find_check(window.connection, check.id) is None
    assert answer_check(window.connection, check.id, {}, officer=other.clerk) == (NOT_THERE,)


def test_a_slip_verifies_by_number_and_tail_together_and_says_when_today_differs(window: Window) -> None:
    check = window.found()
    window.connection.commit()
    with window.database.connect("web") as anyone:
        genuine = store_window.verify(anyone, check.number, check.tail)
        altered = digest_of(number=check.number, uscc=check.uscc, act=check.act, on=check.checked_on, allowed=())
        assert genuine is not None
        assert (genuine.measures, genuine.is_as_then) == (1, True)
        assert store_window.verify(anyone, check.number, altered[:12]) is None
        another = check.number[:-1] + ("1" if check.number.endswith("0") else "0")
        assert store_window.verify(anyone, another, check.tail) is None

    _leave(window)

    with window.database.connect("web") as anyone:
        later = store_window.verify(anyone, check.number, check.tail)
    assert later is not None
    assert not later.is_as_then
    # What it named has ended: not even how much that was is told to whoever holds the paper.
    assert later.measures is None


def test_a_slip_that_found_nothing_is_superseded_by_what_came_since(window: Window) -> None:
    check = window.found(1, act="supervision")
    assert not check.allowed
    window.connection.commit()
    enter(window.connection, department=window.listed.department.id)
    enlist(window.connection, window.listed, kind="tax", number=1)
    window.connection.commit()

    with window.database.connect("web") as anyone:
        later = store_window.verify(anyone, check.number, check.tail)

    assert later is not None
    assert (later.is_as_then, later.measures) == (False, None)


def test_a_use_whose_ground_has_ended_is_found_and_named(window: Window) -> None:
    check = window.found()
    answer_check(window.connection, check.id, {f"use:{check.allowed[0].key}": "yes"}, officer=window.listed.proposer)
    window.connection.commit()
    enter(window.connection, department=window.listed.department.id)
    assert store_window.overreach(window.connection, limit=10) == ()

    _leave(window)

    enter(window.connection, department=window.listed.department.id)
    (found,) = store_window.overreach(window.connection, limit=10)
    assert (found["uscc"], found["reasons"]) == (check.uscc, ["outside_time"])


def _leave(window: Window) -> None:
    enter(window.connection, department=window.listed.department.id)
    row = window.connection.execute("SELECT id FROM limu.list_entry").fetchone()
    assert row is not None
    done = listing.exit_entry(
        window.connection,
        row["id"],
        officer=window.listed.proposer,
        second=window.listed.decider,
        exit_kind="revocation",
        decision=LEAVING,
    )
    assert not isinstance(done, Refusal), done
    window.connection.commit()


def test_a_list_is_decided_as_each_subject_is(window: Window) -> None:
    codes = list(window.listed.base.codes)
    many = check_many(
        window.connection, codes, act="government_funds", officer=window.listed.proposer,
        when=Moment(window.today, AT), connect=lambda: window.database.connect("app"),
    )  # fmt: skip
    assert not isinstance(many, Refusal)

    alone = {
        code: [(one.measure, one.basis, one.told, one.from_on, one.until_on, one.is_disputed) for one in check.allowed]
        for number, code in enumerate(codes)
        for check in (window.found(number),)
        if check.allowed
    }
    assert many == alone


def test_reported_use_is_judged_against_the_law_of_the_subject(window: Window) -> None:
    allowed = window.found().allowed[0]
    code = window.listed.base.codes[0]
    fair = Reported(code, allowed.measure, "《保障农民工工资支付条例》第四十八条", "government_funds", window.today,
                    allowed.until_on)  # fmt: skip
    cases = {
        fair: (),
        replace(fair, act="land"): ("outside_scope",),
        replace(fair, until_on=None): ("outside_time",),
        replace(fair, basis="本局内部通知"): ("no_basis",),
        replace(fair, measure="限制乘坐公交"): ("unknown_measure",),
        replace(fair, uscc=window.listed.base.codes[1]): ("no_ground",),
        replace(fair, uscc=code_of(9999)): ("no_subject",),
    }

    judged = report_uses(window.connection, list(cases), officer=window.listed.proposer)

    assert not isinstance(judged, Refusal)
    assert dict(judged) == cases
    beyond_law = store_window.overreach(window.connection, limit=50)
    assert len(beyond_law) == len([one for one in cases.values() if one])


def test_the_database_refuses_a_check_to_be_changed(window: Window) -> None:
    window.found()

    with pytest.raises((psycopg.errors.InsufficientPrivilege, psycopg.errors.RaiseException)):
        window.connection.execute("UPDATE limu.measure_check SET act = 'land'")


def test_a_role_without_the_act_gets_no_answer(window: Window) -> None:
    stranger = replace(window.listed.proposer, roles=("auditor",))

    refused = check_subject(
        window.connection, window.listed.base.codes[0], act="land", officer=stranger, when=Moment(window.today, AT),
        connect=lambda: window.database.connect("app"),
    )  # fmt: skip

    assert refused == NOT_THERE


DAYS = st.dates(date(2024, 1, 1), date(2030, 1, 1))


@given(begins=DAYS, length=st.integers(1, 900), within=st.integers(0, 400), span=st.integers(1, 400))
def test_a_use_inside_one_lawful_period_is_never_called_beyond_it(
    begins: date, length: int, within: int, span: int
) -> None:
    lawful = Lawful(
        "甲", "《某法》第一条", frozenset({"land"}), begins, begins + timedelta(days=length), is_within=True
    )
    used = Reported("x", "甲", "《某法》第一条", "land", begins + timedelta(days=within),
                    begins + timedelta(days=within + span))  # fmt: skip

    assert (beyond(used, frozenset({"甲"}), [lawful]) == ()) == (within + span <= length)


@given(st.integers(min_value=0, max_value=2**48 - 1))
def test_the_number_of_a_check_has_the_form_the_database_asks_for(chance: int) -> None:
    number = number_of(date(2026, 11, 24), chance)

    assert number.startswith("HC20261124-")
    assert len(number) == 19
    assert not set(number[11:]) & set("IO")
