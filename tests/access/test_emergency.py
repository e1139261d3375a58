"""Emergency access: dead otherwise, two people, written down before it lives."""

from dataclasses import replace

import psycopg
import pytest

from limu.access import actions_emergency as actions
from limu.access import store_emergency as store
from limu.department.rules import Officer, Refusal
from limu.wire.database import Connection, Database
from limu.wire.emergency import kill, wake
from limu.wire.roles import EMERGENCY
from tests import people

REASON = "主体页打不开，查看该主体的记录行"


@pytest.fixture
def two(own_database: Database) -> tuple[Officer, Officer]:
    """A system and a security administrator."""
    with own_database.connect("app") as app:
        department = people.department_of(app, 1)
        return (
            people.officer_in(app, department, "one.system", "system_administrator"),
            people.officer_in(app, department, "one.security", "security_administrator"),
        )


def _rows(database: Database) -> int:
    with database.connect("app") as app:
        return len(store.newest(app))


def _open(database: Database, first: Officer, second: Officer, **changed: object) -> object:
    told: dict[str, object] = {"reason": REASON, "minutes": 15, **changed}
    return actions.open_emergency(lambda: database.connect("app"), first=first, second=second, **told)  # type: ignore[arg-type]


def test_one_person_a_wrong_role_no_reason_or_too_long_open_nothing(
    own_database: Database, two: tuple[Officer, Officer]
) -> None:
    first, second = two
    refused = [
        _open(own_database, first, first),
        _open(own_database, second, first),
        _open(own_database, first, replace(second, person=first.person)),
        _open(own_database, first, replace(second, is_active=False)),
        _open(own_database, first, second, reason="看看"),
        _open(own_database, first, second, minutes=61),
        _open(own_database, first, second, minutes=0),
    ]

    assert all(isinstance(outcome, Refusal) for outcome in refused)
    assert _rows(own_database) == 0


def test_it_is_written_down_before_the_role_lives_and_the_role_dies(
    own_database: Database, two: tuple[Officer, Officer]
) -> None:
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(_as_emergency(own_database, "anything"))
    opened = _open(own_database, *two)
    assert not isinstance(opened, Refusal)
    assert _rows(own_database) == 1
    way = wake(own_database, minutes=15)
    session = psycopg.connect(way)
    assert session.execute("SELECT count(*) FROM limu.officer").fetchone() == (2,)
    with pytest.raises(psycopg.errors.ReadOnlySqlTransaction):
        session.execute("INSERT INTO limu.person VALUES (gen_random_uuid(), 'x')")
    session.rollback()
    session.execute("SET SESSION default_transaction_read_only = off")
    session.commit()
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        session.execute("INSERT INTO limu.person VALUES (gen_random_uuid(), 'x')")
    session.rollback()
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        session.execute("SELECT FROM account.auth_user")
    session.rollback()

    assert kill(own_database) == 1
    with pytest.raises(psycopg.OperationalError):
        session.execute("SELECT 1")
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(way)
    assert actions.close_emergencies(lambda: own_database.connect("app"), why="closed") == 1
    assert actions.close_emergencies(lambda: own_database.connect("app"), why="closed") == 0


def test_what_was_written_of_it_stays(own_database: Database, two: tuple[Officer, Officer], owner: Connection) -> None:
    del owner
    _open(own_database, *two)
    with own_database.connect("owner") as other, pytest.raises(psycopg.errors.RestrictViolation):
        other.execute("DELETE FROM limu.emergency_access")


def _as_emergency(database: Database, password: str) -> str:
    given = psycopg.conninfo.conninfo_to_dict(database.conninfo("admin"))
    return psycopg.conninfo.make_conninfo("", **{**given, "user": EMERGENCY, "password": password})
