"""Proving at the command line who one is: both factors, the same lock, every try noted."""

from collections.abc import Iterator

import pytest
import typer

from limu.account import store
from limu.cli.second import second_officer
from limu.department.rules import Officer
from limu.wire.database import Database
from tests import people


@pytest.fixture
def town(own_database: Database) -> Iterator[tuple[Database, Officer]]:
    with people.doors_open(own_database):
        with own_database.connect("app") as app:
            officer = people.officer_in(app, people.department_of(app, 1), "one.security", "security_administrator")
        people.give_logins(own_database, [officer.code])
        people.give_factors(own_database)
        yield own_database, officer


def _prove(database: Database, officer: Officer, password: str, code: str) -> str:
    from limu.account.proof import prove  # noqa: PLC0415 - Django must be started

    refusal = prove(database, officer, password=password, code=code)
    return refusal.code if refusal else ""


def test_password_and_code_together_prove_and_a_code_is_good_once(town: tuple[Database, Officer]) -> None:
    code = people.code_now()

    assert _prove(*town, people.PASSWORD, "") == "A-106"
    assert _prove(*town, "falsch", code) == "A-106"
    assert _prove(*town, people.PASSWORD, code) == ""
    assert _prove(*town, people.PASSWORD, code) == "A-106"


def test_five_failures_lock_the_command_line_too(town: tuple[Database, Officer]) -> None:
    database, officer = town
    for _ in range(store.LOCK_AFTER):
        assert _prove(database, officer, "falsch", "000000") == "A-106"

    assert _prove(database, officer, people.PASSWORD, people.code_now()) == "A-107"
    with database.connect("account") as logins:
        noted = store.sign_ins_of(logins, officer.code)
    assert [(one.succeeded, one.network) for one in noted] == [(False, "命令行")] * store.LOCK_AFTER


def test_a_guarded_role_without_a_code_cannot_prove_at_the_command_line(town: tuple[Database, Officer]) -> None:
    database, officer = town
    with database.connect("account") as logins:
        store.forget_factors(logins, officer.code)

    assert _prove(database, officer, people.PASSWORD, "") == "A-108"


@pytest.mark.parametrize(("typed", "is_proved"), [(people.PASSWORD, True), ("falsch", False)])
def test_in_a_register_of_record_the_second_person_signs_in_at_the_command_line(
    town: tuple[Database, Officer], monkeypatch: pytest.MonkeyPatch, typed: str, is_proved: bool
) -> None:
    database, officer = town
    answers = iter((typed, people.code_now()))
    monkeypatch.setattr("limu.cli.second.needs_proof", lambda: True)
    monkeypatch.setattr("typer.prompt", lambda *_, **__: next(answers))
    with database.connect("app") as connection:
        if is_proved:
            assert second_officer(connection, officer.code, act="add_officer").person == officer.person
        else:
            with pytest.raises(typer.Exit):
                second_officer(connection, officer.code, act="add_officer")
