"""An officer signs in, and nobody else does."""

from collections.abc import Iterator
from datetime import timedelta
from typing import LiteralString

import psycopg
import pytest
from django.test import Client

from limu.account import actions as accounts
from limu.account.rules import IDLE, WHOLE, needs_second_factor, why_ended
from limu.department import store as departments
from limu.department.rules import Refusal
from limu.wire.clock import Clock
from limu.wire.database import Database
from limu.wire.roles import Role
from tests import people


@pytest.fixture
def office(own_database: Database) -> Iterator[Database]:
    """One department with a clerk and a security administrator."""
    with people.doors_open(own_database):
        with own_database.connect("app") as app:
            department = people.department_of(app, 1)
            for role in ("clerk", "security_administrator"):
                people.officer_in(app, department, f"one.{role}", role)
        people.give_logins(own_database, ["one.clerk", "one.security_administrator"])
        yield own_database


def _try(client: Client, password: str, *, code: str = "one.clerk") -> str:
    answer = client.post("/account/login/", {"login": code, "password": password}, follow=True)
    return answer.content.decode()


def test_a_stranger_is_sent_to_sign_in_and_comes_back(office: Database) -> None:
    client = Client()
    asked = client.get("/dept?state=open")

    assert asked.status_code == 302
    assert asked["Location"] == "/account/login/?next=%2Fdept%3Fstate%3Dopen"
    page = client.get(asked["Location"])
    assert "登录" in page.content.decode()
    signed = client.post(asked["Location"], {"login": "one.clerk", "password": people.PASSWORD})
    assert signed["Location"] == "/dept?state=open"
    desk = client.get("/dept")
    assert desk.status_code == 200
    assert "示例员one.clerk" in desk.content.decode()
    assert desk["Cache-Control"] == "no-store"


def test_every_role_arrives_at_a_page_that_is_its_own(office: Database) -> None:
    with office.connect("app") as app:
        staff = people.staff_of(app, people.department_of(app, 2), prefix="two")
    people.give_logins(office, [officer.code for officer in staff.values()])

    for officer in staff.values():
        client = Client()
        answer = client.post("/account/login/", {"login": officer.code, "password": people.PASSWORD}, follow=True)
        assert answer.status_code == 200, (officer.roles, answer.redirect_chain)


def test_a_way_back_never_leads_to_another_site(office: Database) -> None:
    client = Client()
    answer = client.post(
        "/account/login/?next=https://elsewhere.example/", {"login": "one.clerk", "password": people.PASSWORD}
    )

    assert answer["Location"] == "/dept"


def test_wrong_passwords_and_unknown_names_are_told_alike_and_lock_after_five(office: Database) -> None:
    client = Client()

    assert "账号或密码不对" in _try(client, "wrong")
    assert "账号或密码不对" in _try(client, "wrong", code="nobody.here")
    for _ in range(4):
        assert "账号或密码不对" in _try(client, "wrong")
    assert "账号已锁定 15 分钟" in _try(client, people.PASSWORD)
    assert "账号已锁定 15 分钟" in _try(Client(), people.PASSWORD)
    with office.connect("account") as logins:
        noted = logins.execute("SELECT username, succeeded FROM account.sign_in ORDER BY id").fetchall()
    assert [row["username"] for row in noted] == ["one.clerk", "", "one.clerk", "one.clerk", "one.clerk", "one.clerk"]
    assert not any(row["succeeded"] for row in noted)


def test_the_first_page_tells_of_the_last_sign_in_and_of_failures_since(office: Database) -> None:
    assert "第一次登录" in _try(Client(), people.PASSWORD)
    _try(Client(), "wrong")
    page = _try(Client(), people.PASSWORD)

    assert "上次登录：" in page
    assert "此后有 1 次登录失败" in page
    assert "127.0.0.0/24" in page


def test_nobody_signs_up_or_resets_a_password_alone(office: Database) -> None:
    client = Client()
    form = {"username": "new", "password1": people.PASSWORD, "password2": people.PASSWORD}

    assert client.post("/account/signup/", form).status_code == 404
    assert client.get("/account/password/reset/").status_code == 404
    assert client.get("/account/email/").status_code == 404
    with office.connect("account") as logins:
        known = logins.execute("SELECT count(*) AS n FROM account.auth_user").fetchone()
    assert known == {"n": 2}


def test_a_session_ends_after_half_an_idle_hour_and_after_eight_hours() -> None:
    now = Clock().now()
    fresh, minute = now - timedelta(minutes=1), timedelta(minutes=1)

    assert why_ended(opened_at=fresh, seen_at=fresh, now=now) is None
    assert why_ended(opened_at=now - IDLE, seen_at=now - IDLE + minute, now=now) is None
    assert why_ended(opened_at=now - IDLE, seen_at=now - IDLE, now=now) == "idle"
    assert why_ended(opened_at=now - WHOLE, seen_at=fresh, now=now) == "whole"


@pytest.mark.parametrize(
    ("clock", "span", "told"), [("seen_at", IDLE, "30 分钟没有操作"), ("opened_at", WHOLE, "已满 8 小时")]
)
def test_an_ended_session_opens_no_page_and_says_why(office: Database, clock: str, span: timedelta, told: str) -> None:
    client = people.signed_in("one.clerk")
    session = client.session
    session[clock] = (Clock().now() - span).isoformat()
    session.save()

    answer = client.get("/dept", follow=True)
    assert answer.redirect_chain[0][0].startswith("/account/login/")
    assert told in answer.content.decode()
    assert client.get("/dept").status_code == 302


def test_a_closed_account_stops_at_once(office: Database) -> None:
    client = people.signed_in("one.clerk")
    assert client.get("/dept").status_code == 200
    with office.connect("app") as app, office.connect("account") as logins:
        security = departments.find_officer(app, "one.security_administrator")
        assert security
        closed = accounts.close_officer(app, logins, by=security, code="one.clerk")
        own = accounts.close_officer(app, logins, by=security, code=security.code)

    assert not isinstance(closed, Refusal)
    assert isinstance(own, Refusal)
    assert client.get("/dept").status_code in (302, 404)
    assert "账号或密码不对" in _try(Client(), people.PASSWORD)


def test_a_new_password_ends_the_sessions_of_the_old_one(office: Database) -> None:
    client = people.signed_in("one.clerk")
    people.give_logins(office, ["one.clerk"])

    assert client.get("/dept").status_code == 302


def test_a_weak_password_is_refused_in_our_language(office: Database) -> None:
    client = people.signed_in("one.clerk")
    form = {"oldpassword": people.PASSWORD, "password1": "12345678", "password2": "12345678"}
    page = client.post("/account/password/change/", form).content.decode()

    assert "密码" in page
    assert "全都是数字" in page
    strong = form | {"password1": "Eberesche-11-Ufer", "password2": "Eberesche-11-Ufer"}
    assert client.post("/account/password/change/", strong).status_code == 302


def test_guarded_roles_enrol_a_second_factor_before_the_first_page(office: Database) -> None:
    client = people.signed_in("one.security_administrator")
    asked = client.get("/ops")

    assert asked["Location"] == "/account/2fa/totp/activate/"
    again = client.get("/account/2fa/totp/activate/", follow=True)
    assert "确认身份" in again.content.decode()
    enrolled = client.post(
        again.redirect_chain[-1][0], {"password": people.PASSWORD, "next": "/account/2fa/totp/activate/"}, follow=True
    )
    page = enrolled.content.decode()
    assert "启用动态口令" in page
    secret = page.partition('data-testid="factor-secret">')[2].partition("<")[0]
    assert client.post("/account/2fa/totp/activate/", {"code": people.code_now(secret)}).status_code == 302
    assert client.get("/ops").status_code == 200
    with office.connect("account") as logins:
        kept = logins.execute("SELECT data::text AS data FROM account.mfa_authenticator WHERE type = 'totp'").fetchone()
    assert kept
    assert secret not in kept["data"]


def test_a_demonstration_asks_for_no_second_factor_and_production_does() -> None:
    assert needs_second_factor(("auditor",), mode="production")
    assert needs_second_factor(("clerk", "centre_officer"), mode="test")
    assert not needs_second_factor(("clerk", "reviewer"), mode="production")
    assert not needs_second_factor(("auditor",), mode="demonstration")


def test_the_last_factor_of_a_guarded_role_stays(office: Database) -> None:
    people.give_factors(office)
    client = people.signed_in("one.security_administrator")
    assert client.get("/ops").status_code == 200
    asked = client.get("/account/2fa/totp/deactivate/", follow=True)
    assert "确认身份" in asked.content.decode()
    form = {"password": people.PASSWORD, "next": "/account/2fa/totp/deactivate/"}
    client.post("/account/reauthenticate/", form)
    client.post("/account/2fa/totp/deactivate/", {})

    with office.connect("account") as logins:
        left = logins.execute("SELECT count(*) AS n FROM account.mfa_authenticator WHERE type = 'totp'").fetchone()
    assert left == {"n": 1}


def test_a_password_alone_does_not_open_an_account_with_a_factor(office: Database) -> None:
    people.give_factors(office)
    client = Client()
    answer = client.post("/account/login/", {"login": "one.security_administrator", "password": people.PASSWORD})

    assert answer["Location"] == "/account/2fa/authenticate/"
    assert client.get("/ops")["Location"].startswith("/account/login/")
    assert "动态口令不对" in client.post("/account/2fa/authenticate/", {"code": "000000"}).content.decode()


def test_forms_need_their_token(office: Database) -> None:
    client = Client(enforce_csrf_checks=True)
    answer = client.post("/account/login/", {"login": "one.clerk", "password": people.PASSWORD})

    assert answer.status_code == 403
    assert "提交没有生效" in answer.content.decode()


def test_cookies_are_closed_to_scripts_and_other_sites(office: Database) -> None:
    client = people.signed_in("one.clerk")
    client.get("/dept")

    for name in ("limu_session", "limu_csrf"):
        assert client.cookies[name]["httponly"]
        assert client.cookies[name]["samesite"] == "Lax"


@pytest.mark.parametrize(
    ("role", "statement"),
    [
        ("account", "SELECT FROM limu.officer"),
        ("account", "SELECT FROM limu.record"),
        ("account", "SELECT FROM shown.record"),
        ("account", "UPDATE account.sign_in SET succeeded = true"),
        ("account", "CREATE TABLE account.mine ()"),
        ("app", "SELECT FROM account.auth_user"),
        ("web", "SELECT FROM account.django_session"),
        ("sequencer", "SELECT FROM account.mfa_authenticator"),
    ],
)
def test_accounts_and_records_do_not_see_each_other(office: Database, role: Role, statement: LiteralString) -> None:
    with office.connect(role) as connection, pytest.raises(psycopg.errors.InsufficientPrivilege):
        connection.execute(statement)
