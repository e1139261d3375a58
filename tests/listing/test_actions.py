"""An entry's way through the desk's own doors, and what each step refuses in words (ux.md J11)."""

from datetime import date, timedelta
from uuid import uuid4

import psycopg
import pytest

from limu.department.rules import NOT_THERE, Refusal
from limu.department.store import enter, keep_list, own_item
from limu.listing import actions, queries, rules, store
from limu.listing.actions import Case, Document, Proposed
from limu.listing.rules import ListKind, entry_ends, refuse_exit
from limu.wire.clock import register_today
from limu.wire.database import Connection
from tests.listed import CASE, DECISION, LEAVING, NOTICE, SERVICE, active, enlist, propose, stand_listed
from tests.people import department_of, officer_in


def test_an_entry_is_public_after_service_and_gone_after_its_exit(connection: Connection) -> None:
    listed = stand_listed(connection)
    entry = enlist(connection, listed)
    shown = [row["uscc"] for row in queries.public_entries(connection, "list/wages")]
    done = actions.exit_entry(
        connection, entry, officer=listed.proposer, second=listed.decider, exit_kind="revocation", decision=LEAVING
    )

    assert shown == [listed.base.codes[0]]
    assert not isinstance(done, Refusal)
    assert queries.public_entries(connection, "list/wages") == ()
    assert active(connection, listed.base.subjects[0]) == []


def test_the_steps_are_dated_documents_in_order(connection: Connection) -> None:
    listed = stand_listed(connection)
    entry = enlist(connection, listed)
    steps = queries.steps(connection, entry)

    assert [step["kind"] for step in steps] == ["notice", "statement", "decision", "service"]
    assert [step["document_number"] for step in steps][2] == DECISION.number
    assert all(step["on_day"] == register_today(connection) for step in steps)


def test_no_proposal_without_basis_facts_or_a_subject(connection: Connection) -> None:
    listed = stand_listed(connection)

    def ask(kind: str, code: str, case: Case = CASE) -> object:
        return actions.propose_entry(
            connection, officer=listed.proposer, kind=kind, uscc=code, case=case, notice=NOTICE
        )

    code = listed.base.codes[0]
    assert ask("", code) == rules.NO_BASIS
    assert ask("research", code) == rules.NO_BASIS
    assert ask("wages", code, Case("", "")) == rules.NO_FACTS
    assert getattr(ask("wages", "91990100MA9999999X"), "code", "") == "N-108"
    assert isinstance(ask("wages", code), Proposed)
    assert ask("wages", code) == rules.ALREADY_RUNNING


def test_a_department_enters_nobody_into_the_list_of_another(connection: Connection) -> None:
    listed = stand_listed(connection)
    housing = department_of(connection, 5)
    lister = officer_in(connection, housing, "housing.a", "list_officer")
    own_item(connection, item="serious_list", department=housing.id)
    keep_list(connection, code="list/work-safety", item="serious_list", department=housing.id)

    def ask(kind: str) -> object:
        return actions.propose_entry(
            connection, officer=lister, kind=kind, uscc=listed.base.codes[0], case=CASE, notice=NOTICE
        )

    enter(connection, department=housing.id)
    assert [ask(kind) for kind in ("tax", "wages", "customs", "samr")] == [rules.NOT_OURS] * 4
    assert isinstance(ask("work-safety"), Proposed)
    with pytest.raises(psycopg.errors.CheckViolation, match="kept by another department"):
        store.insert_entry(
            connection, entry=uuid4(), kind="list/customs", subject=listed.base.subjects[0], officer=lister,
            region="990100", facts="事实", evidence="证据",
        )  # fmt: skip


def test_the_window_is_kept_unless_the_subject_has_stated(connection: Connection) -> None:
    listed = stand_listed(connection)
    entry = propose(connection, listed)
    early = actions.decide_entry(connection, entry, officer=listed.decider, decision=DECISION)
    actions.take_statement(connection, entry, officer=listed.proposer, statement=Document("陈述1", "已付"))
    ends = actions.decide_entry(connection, entry, officer=listed.decider, decision=DECISION)

    assert isinstance(early, Refusal)
    assert early.code == "N-209"
    assert isinstance(ends, date)


def test_two_accounts_of_one_person_are_one_person(connection: Connection) -> None:
    listed = stand_listed(connection)
    entry = propose(connection, listed)
    actions.take_statement(connection, entry, officer=listed.proposer, statement=Document("陈述1", "已付"))

    assert actions.decide_entry(connection, entry, officer=listed.twin, decision=DECISION) == rules.SAME_PERSON
    running = enlist(connection, listed, number=1)
    assert (
        actions.exit_entry(
            connection, running, officer=listed.proposer, second=listed.twin, exit_kind="revocation", decision=LEAVING
        )
        == rules.EXIT_BY_TWO
    )


def test_a_clerk_may_take_a_statement_but_not_list(connection: Connection) -> None:
    listed = stand_listed(connection)
    entry = propose(connection, listed)
    clerk = listed.base.clerk

    assert actions.decide_entry(connection, entry, officer=clerk, decision=DECISION) == NOT_THERE
    assert actions.serve_entry(connection, entry, officer=clerk, service=SERVICE) == NOT_THERE
    assert not isinstance(
        actions.take_statement(connection, entry, officer=clerk, statement=Document("陈述1", "已付")), Refusal
    )
    assert actions.serve_entry(connection, uuid4(), officer=listed.decider, service=SERVICE) == NOT_THERE


def test_a_refused_proposal_ends_and_leaves_the_way_open(connection: Connection) -> None:
    listed = stand_listed(connection)
    entry = propose(connection, listed)
    actions.take_statement(connection, entry, officer=listed.proposer, statement=Document("陈述1", "已付"))
    outcome = actions.decide_entry(connection, entry, officer=listed.decider, decision=DECISION, is_refused=True)

    assert outcome is None
    assert actions.serve_entry(connection, entry, officer=listed.decider, service=SERVICE) == rules.ENDED
    assert isinstance(propose(connection, listed), type(entry))


KIND = ListKind("list/wages", "示例", "wages", "ordinary", "依据", "规则", "", None, None, 5, 36, 6, True)


def test_the_term_runs_from_the_decision_and_an_early_exit_waits(connection: Connection) -> None:
    listed = stand_listed(connection)
    entry = store.find_entry(connection, enlist(connection, listed))
    assert entry is not None
    assert entry.decided_on is not None
    soon = refuse_exit(KIND, entry, exit_kind="condition", on=entry.decided_on + timedelta(days=30))

    assert entry_ends(KIND, date(2026, 1, 5), None) == date(2029, 1, 6)
    assert soon is not None
    assert soon.code == "N-302"
    assert refuse_exit(KIND, entry, exit_kind="condition", on=entry.decided_on + timedelta(days=200)) is None


@pytest.mark.parametrize("days", [0, -3])
def test_a_list_without_a_fixed_term_needs_the_day_of_its_end(days: int) -> None:
    open_kind = ListKind("list/procurement", "示例", "x", "procurement", "b", "r", "", None, None, 5, 0, None, True)
    decided = date(2026, 1, 5)

    assert entry_ends(open_kind, decided, None) == rules.NO_END
    assert entry_ends(open_kind, decided, decided + timedelta(days=days)) == rules.NO_END
