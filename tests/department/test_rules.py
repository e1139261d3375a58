from uuid import uuid4

import psycopg
import pytest

from limu.department.rules import ACTS, ROLES, Officer, authorise
from limu.wire.database import Connection
from tests.standing import stand


def _officer(*roles: str, is_active: bool = True) -> Officer:
    return Officer(
        uuid4(), "a", uuid4(), "示例员", uuid4(), "示例局", is_centre=False, roles=roles, is_active=is_active
    )


@pytest.mark.parametrize("act", sorted(ACTS))
@pytest.mark.parametrize("role", sorted(ROLES))
def test_a_role_may_do_exactly_what_the_table_says(role: str, act: str) -> None:
    officer = _officer(role)
    own, everywhere = ACTS[act]

    assert (authorise(officer, act, officer.department) is None) == (role in own | everywhere)
    assert (authorise(officer, act, uuid4()) is None) == (role in everywhere)


@pytest.mark.parametrize("act", sorted(ACTS))
def test_a_closed_account_may_do_nothing(act: str) -> None:
    officer = _officer(*ROLES, is_active=False)

    assert authorise(officer, act, officer.department) is not None


def test_one_person_never_holds_two_of_the_three_administrations(connection: Connection) -> None:
    standing = stand(connection)
    statement = "INSERT INTO limu.officer (id, code, person, department, roles) VALUES (%s, %s, %s, %s, %s)"
    first = (uuid4(), "sec.1", standing.clerk.person, standing.department.id, ["security_administrator"])
    connection.execute(statement, first)

    with pytest.raises(psycopg.errors.CheckViolation):
        connection.execute(statement, (uuid4(), "aud.1", standing.clerk.person, standing.department.id, ["auditor"]))
