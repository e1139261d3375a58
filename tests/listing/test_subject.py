"""What the subject of an entry is told, states and reads; nobody acts in its name (国办发〔2020〕49号第八条)."""

from uuid import UUID, uuid4

import psycopg
import pytest

from limu import reactions_listing
from limu.case.rules import Agent
from limu.case.store import enter_subject
from limu.case.store_letter import Letter, letters_about
from limu.department.rules import NOT_THERE, Refusal
from limu.listing import actions, actions_own, rules, store, store_exit
from limu.listing.actions import Proposed
from limu.wire.clock import register_today
from limu.wire.database import Connection
from tests.listed import CASE, DECISION, LEAVING, NOTICE, SERVICE, Listed, stand_listed


def told(connection: Connection, listed: Listed, *, number: int = 0) -> UUID:
    """An entry proposed with its letter."""
    done = reactions_listing.propose_entry(
        connection, officer=listed.proposer, kind="wages", uscc=listed.base.codes[number], case=CASE, notice=NOTICE,
        way="post",
    )  # fmt: skip
    assert isinstance(done, Proposed), done
    return done.entry


def letter(connection: Connection, entry: UUID, kind: str) -> Letter:
    (found,) = [one for one in letters_about(connection, entry) if one.kind == kind]
    return found


def agent_of(listed: Listed, number: int = 0) -> Agent:
    return Agent(listed.base.subjects[number], "赵经办")


def _as_subject(connection: Connection, agent: Agent) -> None:
    """A portal session: the rows of the subject and no body's."""
    connection.execute("SELECT set_config('limu.department', '', true)")
    enter_subject(connection, agent.subject)


def test_the_notice_names_facts_basis_consequences_and_rights_and_is_served_on_its_day(connection: Connection) -> None:
    listed = stand_listed(connection)
    entry = told(connection, listed)
    notice = letter(connection, entry, "list_notice")
    found = store.find_entry(connection, entry)
    assert found is not None

    said = "\n".join(notice.lines)
    for text in (CASE.facts, CASE.evidence, "第四十八条", "第五条", "陈述、申辩", str(found.statement_until)):
        assert text in said
    assert (notice.subject, notice.served_on, notice.way) == (
        listed.base.subjects[0], register_today(connection), "post",
    )  # fmt: skip


def test_a_subjects_own_statement_opens_the_decision_and_is_read_by_the_decider(connection: Connection) -> None:
    listed, agent = (stood := stand_listed(connection)), agent_of(stood)
    entry = told(connection, listed)
    assert isinstance(
        reactions_listing.decide_entry(connection, entry, officer=listed.decider, decision=DECISION), Refusal
    )
    _as_subject(connection, agent)
    number = actions_own.state_own(connection, entry, agent=agent, text=" 工资已于十月付清 ")
    _as_officer(connection, listed)
    steps = store_exit.steps_at_desk(connection, entry)
    ends = reactions_listing.decide_entry(connection, entry, officer=listed.decider, decision=DECISION)

    assert isinstance(number, str)
    assert [(one["kind"], one["text"], one["is_own"]) for one in steps][1] == ("statement", "工资已于十月付清", True)
    assert not isinstance(ends, Refusal)


def _as_officer(connection: Connection, listed: Listed) -> None:
    connection.execute("SELECT set_config('limu.subject', '', true)")
    connection.execute("SELECT set_config('limu.department', %s, true)", (str(listed.department.id),))


def test_an_empty_a_long_and_a_late_statement_are_told_so(connection: Connection) -> None:
    listed, agent = (stood := stand_listed(connection)), agent_of(stood)
    entry = told(connection, listed)

    assert actions_own.state_own(connection, entry, agent=agent, text="  ") == rules.NO_STATEMENT
    assert actions_own.state_own(connection, entry, agent=agent, text="字" * 2001) == rules.LONG_STATEMENT
    actions.take_statement(connection, entry, officer=listed.proposer, statement=actions.Document("陈述1", "已付"))
    reactions_listing.decide_entry(connection, entry, officer=listed.decider, decision=DECISION)
    assert actions_own.state_own(connection, entry, agent=agent, text="晚了") == rules.DECIDED


def test_another_subject_neither_sees_nor_states(connection: Connection) -> None:
    listed = stand_listed(connection)
    entry = told(connection, listed)
    _as_subject(connection, agent_of(listed, 1))

    assert store.find_entry(connection, entry) is None
    assert store_exit.steps_at_desk(connection, entry) == ()
    assert letters_about(connection, entry) == ()
    assert actions_own.state_own(connection, entry, agent=agent_of(listed, 1), text="不是我") == NOT_THERE
    assert actions_own.state_own(connection, uuid4(), agent=agent_of(listed, 1), text="不是我") == NOT_THERE


AGENTS_STEP = """INSERT INTO limu.list_step (id, entry, kind, on_day, document_number, text, department, agent)
    VALUES (gen_random_uuid(), %s, %s, limu.register_today(), '1', '1', %s, '某')"""


def test_nobody_writes_in_an_agents_name_and_an_agent_takes_no_other_step(connection: Connection) -> None:
    listed = stand_listed(connection)
    entry = told(connection, listed)
    with pytest.raises(psycopg.errors.InsufficientPrivilege), connection.transaction():
        connection.execute(AGENTS_STEP, (entry, "statement", listed.department.id))
    _as_subject(connection, agent_of(listed))
    for kind in ("refusal", "service"):
        with pytest.raises(psycopg.Error), connection.transaction():
            connection.execute(AGENTS_STEP, (entry, kind, listed.department.id))
    with pytest.raises(psycopg.errors.InsufficientPrivilege), connection.transaction():
        connection.execute(AGENTS_STEP, (entry, "statement", uuid4()))

    connection.execute(AGENTS_STEP, (entry, "statement", listed.department.id))
    assert len(store_exit.steps_at_desk(connection, entry)) == 2


def test_entry_refusal_and_exit_are_letters_too(connection: Connection) -> None:
    listed = stand_listed(connection)
    entries = [told(connection, listed, number=number) for number in (0, 1)]
    for entry in entries:
        actions.take_statement(connection, entry, officer=listed.proposer, statement=actions.Document("陈述1", "付"))
    reactions_listing.decide_entry(connection, entries[1], officer=listed.decider, decision=DECISION, is_refused=True)
    ends = reactions_listing.decide_entry(connection, entries[0], officer=listed.decider, decision=DECISION)
    unserved = [one.kind for one in letters_about(connection, entries[0])]
    reactions_listing.serve_entry(connection, entries[0], officer=listed.proposer, service=SERVICE)
    done = reactions_listing.end_entry(
        connection, entries[0], officer=listed.proposer, second=listed.decider, exit_kind="revocation",
        decision=LEAVING,
    )  # fmt: skip
    left = letter(connection, entries[0], "list_exit")

    assert unserved == ["list_notice"]
    assert str(ends) in "".join(letter(connection, entries[0], "list_decision").lines)
    assert "不列入" in "".join(letter(connection, entries[1], "list_refusal").lines).replace("不将你单位列入", "不列入")
    assert not isinstance(done, Refusal)
    assert "列入决定被撤销" in "".join(left.lines)
    assert left.served_on is None
    served = reactions_listing.serve_letter(connection, entries[0], left.id, officer=listed.proposer, way="post")
    assert not isinstance(served, Refusal)
    again = reactions_listing.serve_letter(connection, entries[0], left.id, officer=listed.proposer, way="post")
    assert getattr(again, "code", "") == "C-111"
    assert reactions_listing.serve_letter(
        connection, entries[1], left.id, officer=listed.proposer, way="post"
    ) == NOT_THERE  # fmt: skip
