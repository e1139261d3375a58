"""A hearing before an entry, where the rule of the list gives one: nothing is decided over it (行政处罚法 63, 64)."""

from datetime import date, timedelta
from uuid import UUID, uuid4

import psycopg
import pytest

from limu import reactions_listing
from limu.case.rules import Agent
from limu.case.store import enter_subject
from limu.case.store_letter import letters_about
from limu.department.rules import NOT_THERE, Officer, Refusal
from limu.department.store import enter
from limu.listing import actions, actions_hearing, actions_own, rules_hearing, store
from limu.listing.actions import Document, Proposed
from limu.listing.rules import Entry
from limu.terms.days import add_working_days
from limu.wire.clock import register_today
from limu.wire.database import Connection, Database
from limu.wire.lawbook import current_calendar
from tests.listed import CASE, DECISION, NOTICE, Listed, stand_listed

STATED = Document("陈述1", "已经改正")
MINUTES = Document("示听〔2026〕1号", "双方到场，当事人提交整改验收意见。")
HEARING = Document("示听通〔2026〕1号", "九时，示例市市场监督管理局三楼")


def told(connection: Connection, listed: Listed, *, kind: str = "samr", number: int = 0) -> UUID:
    """An entry proposed on a list, with its letter."""
    done = reactions_listing.propose_entry(
        connection, officer=listed.proposer, kind=kind, uscc=listed.base.codes[number], case=CASE, notice=NOTICE
    )
    assert isinstance(done, Proposed), done
    return done.entry


def found(connection: Connection, entry: UUID) -> Entry:
    """The entry as its steps have left it."""
    one = store.find_entry(connection, entry)
    assert one is not None
    return one


def ask(connection: Connection, listed: Listed, entry: UUID, *, number: int = 0, text: str = "") -> str | Refusal:
    """Ask for a hearing as a portal session does: under the rows of the subject and no body's."""
    connection.execute("SELECT set_config('limu.department', '', true)")
    enter_subject(connection, listed.base.subjects[number])
    done = actions_own.ask_hearing(connection, entry, agent=Agent(listed.base.subjects[number], "赵经办"), text=text)
    connection.execute("SELECT set_config('limu.subject', '', true)")
    enter(connection, department=listed.department.id)
    return done


def decide(connection: Connection, listed: Listed, entry: UUID) -> object:
    """Try to enter it by the second person."""
    return reactions_listing.decide_entry(connection, entry, officer=listed.decider, decision=DECISION)


def test_the_notice_says_until_when_a_hearing_may_be_asked_for_and_by_which_article(connection: Connection) -> None:
    listed = stand_listed(connection)
    entry = told(connection, listed)
    other = told(connection, listed, kind="wages")

    until = found(connection, entry).hearing_until
    assert until == add_working_days(register_today(connection), 5, calendar=current_calendar(connection)).day
    (letter,) = letters_about(connection, entry)
    said = "\n".join(letter.lines)
    assert f"有权要求听证，期限至 {until}" in said
    assert "行政处罚法》第六十三条" in said
    # A list whose rule gives none promises none.
    assert found(connection, other).hearing_until is None
    assert "听证" not in "\n".join(letters_about(connection, other)[0].lines)
    assert ask(connection, listed, other) == rules_hearing.NO_HEARING


def test_a_statement_does_not_shorten_the_days_in_which_a_hearing_may_be_asked_for(connection: Connection) -> None:
    listed = stand_listed(connection)
    entry = told(connection, listed)
    actions.take_statement(connection, entry, officer=listed.proposer, statement=STATED)

    refused = decide(connection, listed, entry)

    assert isinstance(refused, Refusal)
    assert refused.code == "N-233"
    # Not to enter is in the subject's favour and waits for nobody.
    done = reactions_listing.decide_entry(connection, entry, officer=listed.decider, decision=DECISION, is_refused=True)
    assert done is None


def test_once_asked_for_nothing_is_decided_before_the_minutes_stand(connection: Connection) -> None:
    listed = stand_listed(connection)
    entry = told(connection, listed)
    number = ask(connection, listed, entry)
    again = ask(connection, listed, entry)
    actions.take_statement(connection, entry, officer=listed.proposer, statement=STATED)
    refused = decide(connection, listed, entry)
    early = actions_hearing.take_minutes(connection, entry, officer=listed.decider, minutes=MINUTES)

    assert isinstance(number, str)
    assert number.startswith("TZ")
    assert again == rules_hearing.ASKED_ALREADY
    assert isinstance(refused, Refusal)
    assert refused.code == "N-232"
    assert early == rules_hearing.NOT_FIXED


def test_its_day_lies_seven_working_days_ahead_and_is_told_by_a_served_letter(connection: Connection) -> None:
    listed = stand_listed(connection)
    entry = told(connection, listed)
    kind = store.find_kind(connection, "list/samr")
    assert kind is not None
    day = rules_hearing.earliest_hearing(kind, register_today(connection), current_calendar(connection))
    unasked = reactions_listing.fix_hearing(connection, entry, officer=listed.proposer, notice=HEARING, on=day)
    actions_hearing.take_request(connection, entry, officer=listed.base.clerk, wish=Document("申请1", "要求听证"))
    soon = reactions_listing.fix_hearing(
        connection, entry, officer=listed.proposer, notice=HEARING, on=day - timedelta(days=1)
    )
    fixed = reactions_listing.fix_hearing(connection, entry, officer=listed.proposer, notice=HEARING, on=day)
    later = Document("示听通〔2026〕2号", "改在十时")
    put_off = reactions_listing.fix_hearing(
        connection, entry, officer=listed.proposer, notice=later, on=day + timedelta(days=7)
    )

    assert unasked == rules_hearing.NOT_ASKED
    assert isinstance(soon, Refusal)
    assert (soon.code, str(day) in soon.message) == ("N-230", True)
    assert isinstance(fixed, Entry)
    assert isinstance(put_off, Entry)
    assert found(connection, entry).hearing_on == day + timedelta(days=7)
    letters = [one for one in letters_about(connection, entry) if one.kind == "list_hearing"]
    assert [(one.served_on is not None, one.subject) for one in letters] == [(True, listed.base.subjects[0])] * 2
    assert actions_hearing.fix_hearing(
        connection, entry, officer=listed.base.clerk, notice=HEARING, on=day
    ) == NOT_THERE  # fmt: skip


def withdraw(connection: Connection, listed: Listed, entry: UUID, *, number: int = 0, text: str = "") -> str | Refusal:
    """Take the wish back as a portal session does."""
    connection.execute("SELECT set_config('limu.department', '', true)")
    enter_subject(connection, listed.base.subjects[number])
    agent = Agent(listed.base.subjects[number], "赵经办")
    done = reactions_listing.withdraw_own_hearing(connection, entry, agent=agent, text=text)
    connection.execute("SELECT set_config('limu.subject', '', true)")
    enter(connection, department=listed.department.id)
    return done


def test_who_asked_for_a_hearing_takes_it_back_and_the_days_run_as_they_ran(connection: Connection) -> None:
    listed = stand_listed(connection)
    entry = told(connection, listed)
    early = withdraw(connection, listed, entry)
    ask(connection, listed, entry)
    until = found(connection, entry).hearing_until
    kind = store.find_kind(connection, "list/samr")
    assert kind is not None
    day = rules_hearing.earliest_hearing(kind, register_today(connection), current_calendar(connection))
    reactions_listing.fix_hearing(connection, entry, officer=listed.proposer, notice=HEARING, on=day)
    long = withdraw(connection, listed, entry, text="撤" * 2001)
    number = withdraw(connection, listed, entry, text="已经协商一致")
    again = withdraw(connection, listed, entry)
    actions.take_statement(connection, entry, officer=listed.proposer, statement=STATED)
    refused = decide(connection, listed, entry)
    left = found(connection, entry)

    assert (early, long, again) == (rules_hearing.NOT_ASKED, rules_hearing.LONG_WITHDRAWAL, rules_hearing.NOT_ASKED)
    assert isinstance(number, str)
    assert number.startswith("TC")
    # Nothing of it stands any more, but its days are not shortened, nor is it decided in them.
    assert (left.hearing_asked_on, left.hearing_on, left.hearing_until) == (None, None, until)
    assert left.next_step(register_today(connection)) == f"听证申请已撤回，可以再次提出，至 {until}"
    assert isinstance(refused, Refusal)
    assert refused.code == "N-233"
    (letter,) = [one for one in letters_about(connection, entry) if one.kind == "list_hearing_over"]
    said = "\n".join(letter.lines)
    assert all(
        one in said for one in (number, f"原定于 {day} 举行的听证不再举行", f"{until}（含当日），期内可以再次要求")
    )
    assert "行政处罚法》第六十三条" in said
    # It may change its mind within its days, and back.
    assert isinstance(ask(connection, listed, entry), str)
    assert isinstance(withdraw(connection, listed, entry), str)


def test_a_body_takes_back_no_wish_but_one_that_was_handed_to_it(connection: Connection) -> None:
    listed = stand_listed(connection)
    own, handed = told(connection, listed), told(connection, listed, number=1)
    ask(connection, listed, own)
    actions_hearing.take_request(connection, handed, officer=listed.base.clerk, wish=Document("申请1", "要求听证"))
    paper = Document("撤1", "书面撤回")

    def back(entry: UUID, officer: Officer) -> object:
        return reactions_listing.withdraw_hearing(connection, entry, officer=officer, wish=paper)

    assert back(own, listed.proposer) == rules_hearing.WISH_IS_OWN
    assert withdraw(connection, listed, own, number=1) == NOT_THERE
    with pytest.raises(psycopg.errors.CheckViolation, match="withdrawn by the subject"), connection.transaction():
        connection.execute(STEP, (uuid4(), own, "hearing_withdrawal", 1, listed.proposer.id, listed.proposer.person,
                                  listed.department.id))  # fmt: skip
    assert isinstance(back(handed, listed.base.clerk), Entry)
    letters = [one for one in letters_about(connection, handed) if one.kind == "list_hearing_over"]
    # Whoever did not take it back hears of it by a letter, and says so.
    assert [(one.served_on is not None, "非你单位撤回的" in one.lines[-1]) for one in letters] == [(True, True)]
    # What was handed in may be taken back in the portal too.
    actions_hearing.take_request(connection, handed, officer=listed.base.clerk, wish=Document("申请2", "要求听证"))
    assert isinstance(withdraw(connection, listed, handed, number=1), str)


STEP = """INSERT INTO limu.list_step (id, entry, kind, on_day, document_number, text, until_day, officer, person,
    department) VALUES (%s, %s, %s, limu.register_today(), '1', '1', limu.register_today() + %s, %s, %s, %s)"""


def test_the_database_holds_no_decision_over_a_hearing_and_none_presided_by_the_proposer(
    connection: Connection,
) -> None:
    listed = stand_listed(connection)
    entry = told(connection, listed)
    actions.take_statement(connection, entry, officer=listed.proposer, statement=STATED)

    def step(kind: str, who: str, days: int = 30) -> None:
        by = listed.proposer if who == "proposer" else listed.decider
        with connection.transaction():
            connection.execute(STEP, (uuid4(), entry, kind, days, by.id, by.person, by.department))

    with pytest.raises(psycopg.errors.CheckViolation, match="decided_after_hearing"):
        step("decision", "decider")
    with pytest.raises(psycopg.errors.CheckViolation, match="out of order"):
        step("hearing_notice", "proposer")
    step("hearing_request", "proposer")
    step("hearing_notice", "proposer")
    with pytest.raises(psycopg.errors.CheckViolation, match="presided"):
        step("hearing_minutes", "proposer")
    # Its day has not come.
    with pytest.raises(psycopg.errors.CheckViolation, match="heard_on_its_day"):
        step("hearing_minutes", "decider")
    with pytest.raises(psycopg.errors.CheckViolation, match="out of order"):
        step("hearing_request", "proposer")


def test_an_entry_of_such_a_list_cannot_begin_without_the_hearing_being_told(connection: Connection) -> None:
    listed = stand_listed(connection)
    told(connection, listed)
    entry = uuid4()
    done = store.insert_entry(
        connection, entry=entry, kind="list/samr", subject=listed.base.subjects[1], officer=listed.proposer,
        region="990100", facts="事实", evidence="证据",
    )  # fmt: skip

    assert done
    with pytest.raises(psycopg.errors.CheckViolation, match="names until when"):
        connection.execute(
            STEP,
            (uuid4(), entry, "notice", 5, listed.proposer.id, listed.proposer.person, listed.department.id),
        )


def test_a_hearing_is_held_by_another_and_decided_on_its_minutes(own_database: Database) -> None:
    with own_database.connect("app") as connection:
        listed = stand_listed(connection)
        entry, silent = told(connection, listed), told(connection, listed, number=1)
        ask(connection, listed, entry, text="整改已经验收")
        kind = store.find_kind(connection, "list/samr")
        assert kind is not None
        day = rules_hearing.earliest_hearing(kind, register_today(connection), current_calendar(connection))
        reactions_listing.fix_hearing(connection, entry, officer=listed.proposer, notice=HEARING, on=day)
        too_soon = actions_hearing.take_minutes(connection, entry, officer=listed.decider, minutes=MINUTES)
        waits = (day - register_today(connection)).days
    with own_database.connect("owner") as owner:
        owner.execute("UPDATE limu.clock_setting SET shift = shift + make_interval(days => %s)", (waits,))
    with own_database.connect("app") as connection:
        enter(connection, department=listed.department.id)
        own = actions_hearing.take_minutes(connection, entry, officer=listed.twin, minutes=MINUTES)
        unheard = decide(connection, listed, entry)
        held = actions_hearing.take_minutes(connection, entry, officer=listed.decider, minutes=MINUTES)
        late = ask(connection, listed, silent, number=1)
        done_with = withdraw(connection, listed, entry)
        decided = [decide(connection, listed, one) for one in (entry, silent)]

    assert isinstance(too_soon, Refusal)
    assert too_soon.code == "N-231"
    assert own == rules_hearing.PRESIDED_BY_PROPOSER
    assert isinstance(unheard, Refusal)
    assert isinstance(held, Entry)
    assert done_with == rules_hearing.HEARD
    # Who did not ask in time is decided once the days are over.
    assert isinstance(late, Refusal)
    assert late.code == "N-229"
    assert all(isinstance(one, date) for one in decided), decided
