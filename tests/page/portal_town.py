"""An organisation with a record, its agents, an agent of another, and the bodies around it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

import pytest
from django.test import Client

from limu.account.store import put_login
from limu.agent import actions
from limu.agent.rules import Account
from limu.department.rules import Refusal
from limu.wire.database import Connection, Database
from limu.wire.passwords import hash_password
from tests import people
from tests.lawful import Lawful, centre, stand_lawful

UNTIL = date(2028, 1, 1)


@dataclass(frozen=True, slots=True)
class Town:
    """A record of one organisation, its agent, an agent without scopes, one of another organisation, an officer."""

    database: Database
    lawful: Lawful
    agents: dict[str, str]


@pytest.fixture
def town(own_database: Database) -> Iterator[Town]:
    with people.doors_open(own_database):
        with own_database.connect("app") as app:
            lawful = stand_lawful(app, number=2)
            desk = centre(app, "desk.one", "centre_officer")
            second = people.officer_in(app, people.department_of(app, 92, is_centre=True), "desk.two", "centre_officer")
            codes = lawful.base.codes
            agents = {
                "own": bind(app, (desk, second), codes[0], scopes=("read", "repair", "objection")).code,
                "reader": bind(app, (desk, second), codes[0], scopes=("objection",)).code,
                "other": bind(app, (desk, second), codes[1], scopes=("read", "repair", "objection")).code,
            }
        with own_database.connect("account") as logins:
            for code in agents.values():
                put_login(logins, code=code, name=code, hashed=hash_password(people.PASSWORD))
        people.give_logins(own_database, [lawful.handler.code])
        yield Town(own_database, lawful, agents)


def bind(app: Connection, desk: tuple[Any, Any], uscc: str, *, scopes: tuple[str, ...]) -> Account:
    """Give both proofs."""
    invited = actions.invite(
        app, officer=desk[0], uscc=uscc, person_name="赵经办", licence="营业执照", scopes=scopes, expires_on=UNTIL
    )
    assert not isinstance(invited, Refusal), invited
    sealed = actions.seal_letter(app, officer=desk[1], number=invited[0].number, to="示例市立木路1号")
    assert not isinstance(sealed, Refusal), sealed
    made = actions.join(
        app,
        number=invited[0].number,
        counter=invited[1],
        letter=sealed[1],
        passwords=(people.PASSWORD, people.PASSWORD),
    )
    assert isinstance(made, Account), made
    return made


def signed(town: Town, who: str) -> Client:
    """The agent so called, signed in."""
    return people.signed_in(town.agents[who])
