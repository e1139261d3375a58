from dataclasses import replace
from uuid import uuid4

import pytest

from limu.access.actions import open_ticket
from limu.access.rules import Purpose, Ticket, TicketError
from limu.access.store import insert_ticket, spend_ticket
from limu.department.rules import Officer, Refusal
from limu.department.store import enter
from limu.wire.database import Database
from tests.standing import Standing, stand


@pytest.fixture
def standing(own_database: Database) -> Standing:
    with own_database.connect("app") as app:
        return stand(app)


def _ticket(database: Database, standing: Standing) -> Ticket:
    ticket = open_ticket(
        lambda: database.connect("app"),
        officer=standing.reviewer,
        purpose="deciding_body",
        subject=standing.subjects[0],
        scope="history",
    )
    assert isinstance(ticket, Ticket)
    return ticket


def test_a_ticket_is_committed_before_it_can_be_spent(own_database: Database, standing: Standing) -> None:
    ticket = _ticket(own_database, standing)

    with own_database.connect("app") as reader:
        spend_ticket(reader, ticket)

    with own_database.connect("app") as later, pytest.raises(TicketError):
        spend_ticket(later, ticket)


def test_a_ticket_of_the_same_transaction_is_none(own_database: Database, standing: Standing) -> None:
    ticket = _ticket(own_database, standing)
    fresh = replace(ticket, id=uuid4())
    with own_database.connect("app") as reader:
        insert_ticket(reader, fresh)
        with pytest.raises(TicketError):
            spend_ticket(reader, fresh)


def test_a_read_that_is_rolled_back_stays_in_the_trail(own_database: Database, standing: Standing) -> None:
    ticket = _ticket(own_database, standing)
    with own_database.connect("app") as reader:
        spend_ticket(reader, ticket)
        reader.rollback()

    with own_database.connect("app") as reader:
        enter(reader, department=standing.department.id)
        kept = reader.execute("SELECT officer FROM limu.read_ticket WHERE id = %s", (ticket.id,)).fetchone()

    assert kept == {"officer": standing.reviewer.id}


def test_a_clerk_gets_no_ticket_and_nobody_states_another_s_purpose(own_database: Database, standing: Standing) -> None:
    def ask(officer: Officer, purpose: Purpose) -> Ticket | Refusal:
        return open_ticket(
            lambda: own_database.connect("app"), officer=officer, purpose=purpose, subject=None, scope="history"
        )

    assert isinstance(ask(standing.clerk, "deciding_body"), Refusal)
    assert isinstance(ask(standing.reviewer, "audit"), Refusal)
