"""Accounts from the command line: a named officer with the right role, a password told once, and no demonstration."""

import re

import pytest
import typer
from django.test import Client

from limu.cli import serve
from limu.cli.department import open_demonstration_logins
from limu.cli.main import run
from limu.department import actions as departments
from limu.department import store
from limu.wire.database import Database
from tests import people
from tests.standing import code_of

PASSWORD = re.compile(r"[A-Za-z0-9]{4}(?:-[A-Za-z0-9]{4}){3}")


@pytest.fixture
def office(own_database: Database) -> Database:
    """A department with a security administrator and a clerk, none of whom can sign in yet."""
    with own_database.connect("app") as app:
        department = people.department_of(app, 1)
        for role in ("clerk", "security_administrator"):
            people.officer_in(app, department, f"one.{role}", role)
    return own_database


def _told(captured: pytest.CaptureFixture[str]) -> str:
    found = PASSWORD.search(captured.readouterr().out)
    assert found
    return found[0]


def test_an_account_is_opened_renewed_and_closed(office: Database, capsys: pytest.CaptureFixture[str]) -> None:
    uscc = code_of(1, prefix="11", place="MB")
    acting = ["--as", "one.security_administrator"]

    assert run(["officer", "add", "one.new", "示例员新", "--department", uscc, "--role", "clerk", *acting]) == 0
    first = _told(capsys)
    assert run(["officer", "password", "one.new", *acting]) == 0
    second = _told(capsys)
    with people.doors_open(office):
        for password, way in ((first, "/account/login/"), (second, "/dept")):
            client = Client()
            client.post("/account/login/", {"login": "one.new", "password": password})
            assert client.get("/dept", follow=True).request["PATH_INFO"] == way
    assert run(["officer", "close", "one.new", *acting]) == 0
    with office.connect("app") as app:
        closed = store.find_officer(app, "one.new")
    assert closed is not None
    assert not closed.is_active
    assert run(["officer", "password", "one.new", *acting]) == 1


def test_a_second_account_of_a_person_counts_as_the_same_person(office: Database) -> None:
    uscc = code_of(1, prefix="11", place="MB")
    asked = ["officer", "add", "one.clerk2", "任意", "--department", uscc, "--role", "reviewer"]

    assert run([*asked, "--same-person-as", "one.clerk", "--as", "one.security_administrator"]) == 0
    with office.connect("app") as app:
        first, second = store.find_officer(app, "one.clerk"), store.find_officer(app, "one.clerk2")
    assert first
    assert second
    assert first.person == second.person
    assert second.person_name == first.person_name


@pytest.mark.parametrize(
    "command",
    [
        ["officer", "password", "one.security_administrator", "--as", "one.clerk"],
        ["officer", "close", "one.security_administrator", "--as", "one.clerk"],
        ["officer", "password", "nobody", "--as", "one.security_administrator"],
        ["officer", "password", "one.clerk"],
        ["officer", "password", "one.clerk", "--as", "nobody"],
    ],
)
def test_without_the_role_or_a_name_nothing_is_done(office: Database, command: list[str]) -> None:
    assert run(command) == 1
    with office.connect("account") as logins:
        assert logins.execute("SELECT count(*) AS n FROM account.auth_user").fetchone() == {"n": 0}


def test_production_does_not_start_with_accounts_of_a_demonstration(
    own_database: Database, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with own_database.connect("app") as app:
        department = people.department_of(app, 1)
        departments.add_officer(
            app,
            by=None,
            code="demo.clerk",
            person_name="示例员甲",
            department=department,
            roles=("clerk",),
            is_demonstration=True,
        )
        people.officer_in(app, department, "one.security", "security_administrator")
    password = open_demonstration_logins(own_database)
    assert password
    assert PASSWORD.fullmatch(password)
    assert open_demonstration_logins(own_database) is None, "told once"

    serve.refuse_demonstration(own_database)
    monkeypatch.setattr(serve, "read_mode", lambda *_told: "production")
    with pytest.raises(typer.Exit):
        serve.refuse_demonstration(own_database)
    assert "demo.clerk" in capsys.readouterr().err
    assert run(["officer", "close", "demo.clerk", "--as", "one.security"]) == 0
    serve.refuse_demonstration(own_database)
