"""Emergency access: dead otherwise, two people, written down before it lives."""

from dataclasses import replace
from datetime import datetime

import psycopg
import pytest

from limu.access import actions_emergency as actions
from limu.access import store_emergency as store
from limu.access.tasks import end_overdue
from limu.department.rules import Officer, Refusal
from limu.wire.clock import Clock
from limu.wire.database import Connection, Database
from limu.wire.emergency import kill, wake
from limu.wire.roles import EMERGENCY
from limu.wire.said import statements
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


def opened_at(database: Database) -> datetime:
    with database.connect("app") as app:
        at = store.newest(app)[0].opened_at
    assert at is not None
    return at


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
    assert session.execute("SELECT count(*) FROM officer").fetchone() == (2,)
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        session.execute("SELECT FROM limu.officer")
    session.rollback()
    assert session.execute("SHOW default_transaction_read_only").fetchone() == ("on",)
    session.execute("SET SESSION default_transaction_read_only = off")
    session.commit()
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        session.execute("INSERT INTO person VALUES (gen_random_uuid(), 'x')")
    session.rollback()
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        session.execute("SELECT FROM account.auth_user")
    session.rollback()

    assert kill(own_database) == 1
    with pytest.raises(psycopg.OperationalError):
        session.execute("SELECT 1")
    told = statements(own_database, since=opened_at(own_database), until=Clock().now())
    assert told is not None
    assert [one.text for one in told if "officer" in one.text or "person" in one.text] == [
        "SELECT count(*) FROM officer",
        "SELECT FROM limu.officer",
        "INSERT INTO person VALUES (gen_random_uuid(), 'x')",
    ]
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


def test_an_open_session_sees_nothing_after_the_limit_and_the_worker_ends_it(
    own_database: Database, two: tuple[Officer, Officer]
) -> None:
    # The opener is gone, as after kill -9: nobody calls kill, and the session stays open.
    with own_database.connect("owner") as owner:
        owner.execute(
            "INSERT INTO limu.emergency_access (id, officer, second, reason, minutes, opened_at)"
            " VALUES (gen_random_uuid(), %s, %s, %s, 1, clock_timestamp() - interval '54 seconds')",
            [two[0].id, two[1].id, REASON],
        )
    session = psycopg.connect(wake(own_database, minutes=1), autocommit=True)
    assert session.execute("SELECT count(*) FROM officer").fetchone() == (2,)
    # Its minute has six seconds left: enough for a busy machine to come this far.
    session.execute("SELECT pg_sleep(6.2)")

    assert session.execute("SELECT count(*) FROM officer").fetchone() == (0,)
    with own_database.connect("app", autocommit=True) as app:
        assert end_overdue(own_database, app) == 1
        assert end_overdue(own_database, app) == 0
        assert store.newest(app)[0].why == "ended"
    with pytest.raises(psycopg.OperationalError):
        session.execute("SELECT 1")


def test_a_second_opening_while_one_is_open_is_refused(own_database: Database, two: tuple[Officer, Officer]) -> None:
    _open(own_database, *two)

    refused = _open(own_database, *two)

    assert isinstance(refused, Refusal)
    assert refused.code == "A-104"


def test_a_request_is_answered_once_and_by_another_person(own_database: Database, two: tuple[Officer, Officer]) -> None:
    first, second = two
    asked = actions.ask_emergency(lambda: own_database.connect("app"), first=first, reason=REASON, minutes=5)
    assert not isinstance(asked, Refusal)

    with own_database.connect("app") as app:
        same = replace(second, person=first.person)
        assert isinstance(actions.answer_emergency(app, second=same, request=asked, is_agreed=True), Refusal)
        assert isinstance(actions.answer_emergency(app, second=first, request=asked, is_agreed=True), Refusal)
        assert not isinstance(actions.answer_emergency(app, second=second, request=asked, is_agreed=True), Refusal)
        assert isinstance(actions.answer_emergency(app, second=second, request=asked, is_agreed=False), Refusal)
        opened = store.opened_by_request(app, asked)

    assert opened is not None
    assert (opened.officer, opened.second, opened.minutes) == ("one.system", "one.security", 5)


def test_a_request_older_than_half_an_hour_is_not_answered(
    own_database: Database, two: tuple[Officer, Officer]
) -> None:
    with own_database.connect("owner") as owner:
        row = owner.execute(
            "INSERT INTO limu.emergency_request (id, officer, reason, minutes, asked_at)"
            " VALUES (gen_random_uuid(), %s, %s, 5, clock_timestamp() - interval '31 minutes') RETURNING id",
            [two[0].id, REASON],
        ).fetchone()
    assert row
    with own_database.connect("app") as app:
        refused = actions.answer_emergency(app, second=two[1], request=row["id"], is_agreed=True)

    assert isinstance(refused, Refusal)
    assert refused.code == "A-105"


def test_the_database_refuses_two_accounts_of_one_person(own_database: Database, two: tuple[Officer, Officer]) -> None:
    with own_database.connect("owner") as owner:
        other = owner.execute(
            "INSERT INTO limu.officer (id, code, person, department, roles) SELECT gen_random_uuid(), 'one.other',"
            " person, department, '{clerk}' FROM limu.officer WHERE id = %s RETURNING id",
            [two[0].id],
        ).fetchone()
        assert other
        with pytest.raises(psycopg.errors.CheckViolation):
            owner.execute(
                "INSERT INTO limu.emergency_access (id, officer, second, reason, minutes)"
                " VALUES (gen_random_uuid(), %s, %s, %s, 5)",
                [two[0].id, other["id"], REASON],
            )
