"""The security administrator keeps the accounts at a desk; the auditor looks; nobody else sees that they exist."""

import re
from collections.abc import Iterator

import pytest
from django.test import Client

from limu.department import store
from limu.wire.database import Database
from tests import people

DRAWN = re.compile(r'data-testid="drawn">([^<]+)<')


@pytest.fixture
def office(own_database: Database) -> Iterator[Database]:
    """A department with a clerk, an auditor and a security administrator."""
    with people.doors_open(own_database):
        with own_database.connect("app") as app:
            department = people.department_of(app, 1)
            for role in ("clerk", "auditor", "security_administrator"):
                people.officer_in(app, department, f"one.{role}", role)
        people.give_logins(own_database, ["one.clerk", "one.auditor", "one.security_administrator"])
        people.give_factors(own_database)
        yield own_database


def _form(database: Database, **changed: object) -> dict[str, object]:
    with database.connect("app") as app:
        department = store.all_departments(app)[0]
    return {
        "code": "one.new",
        "person": "示例员新",
        "same": "",
        "department": str(department.id),
        "role": ["clerk"],
        **changed,
    }


def test_many_accounts_are_leafed_through_and_what_was_asked_stays(office: Database) -> None:
    with office.connect("app") as app:
        department = store.all_departments(app)[0]
        for number in range(23):
            people.officer_in(app, department, f"many.{number:02}", "clerk")
    auditor = people.signed_in("one.auditor")

    first = auditor.get("/ops/accounts?q=many.").content.decode()
    last = auditor.get("/ops/accounts?q=many.&skip=20").content.decode()

    assert "共 23 个账号" in first
    assert 'href="/ops/accounts?q=many.&amp;skip=20" rel="next"' in first
    assert "many.19" in first
    assert "many.20" not in first
    assert "many.22" in last
    assert 'href="/ops/accounts?q=many." rel="prev"' in last


def _open_with(password: str, code: str) -> Client:
    client = Client()
    client.post("/account/login/", {"login": code, "password": password})
    return client


def test_an_account_is_opened_and_its_password_told_once(office: Database) -> None:
    security = people.signed_in("one.security_administrator")
    page = security.post("/ops/new-account", _form(office)).content.decode()
    drawn = DRAWN.search(page)

    assert drawn
    assert _open_with(drawn[1], "one.new").get("/dept").status_code == 200
    assert drawn[1] not in security.get("/ops/accounts/one.new").content.decode()
    assert "示例员新" in security.get("/ops/accounts?q=one.new").content.decode()


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"code": "Bad Name"}, "不合规则"),
        ({"code": "one.clerk"}, "已经存在"),
        ({"person": ""}, "没有填写使用人姓名"),
        ({"department": "elsewhere"}, "没有选择部门"),
        ({"role": []}, "没有这些角色"),
        ({"role": ["root"]}, "没有这些角色"),
        ({"role": ["auditor", "security_administrator"]}, "三种管理角色中的两种"),
        ({"same": "one.auditor", "role": ["system_administrator"]}, "三种管理角色中的两种"),
        ({"same": "nobody"}, "没有账号 nobody"),
    ],
)
def test_a_refused_form_says_why_and_keeps_what_was_typed(
    office: Database, changed: dict[str, object], told: str
) -> None:
    answer = people.signed_in("one.security_administrator").post("/ops/new-account", _form(office, **changed))
    page = answer.content.decode()

    assert answer.status_code == 422
    assert told in page
    assert f'value="{changed.get("code", "one.new")}"' in page
    with office.connect("app") as app:
        assert len(store.all_officers(app)) == 3


def test_a_new_password_replaces_the_old_one_and_its_sessions(office: Database) -> None:
    clerk = people.signed_in("one.clerk")
    security = people.signed_in("one.security_administrator")
    drawn = DRAWN.search(security.post("/ops/accounts/one.clerk/password").content.decode())

    assert drawn
    assert clerk.get("/dept").status_code == 302
    assert _open_with(people.PASSWORD, "one.clerk").get("/dept").status_code == 302
    assert _open_with(drawn[1], "one.clerk").get("/dept").status_code == 200


def test_an_account_is_closed_for_good_but_never_ones_own(office: Database) -> None:
    clerk = people.signed_in("one.clerk")
    security = people.signed_in("one.security_administrator")

    asked = security.post("/ops/accounts/one.clerk/close")
    assert 'data-testid="close-sure"' in asked.content.decode()
    mistyped = security.post("/ops/accounts/one.clerk/close", {"again": "one.clark"})
    assert mistyped.status_code == 422
    assert clerk.get("/dept").status_code == 200
    assert "已停用" in security.post("/ops/accounts/one.clerk/close", {"again": "one.clerk"}).content.decode()
    assert clerk.get("/dept").status_code in (302, 404)
    own = security.post("/ops/accounts/one.security_administrator/close", {"again": "one.security_administrator"})
    assert own.status_code == 422
    assert "不能停用自己的账号" in own.content.decode()
    assert security.get("/ops").status_code == 200


def test_the_auditor_looks_and_changes_nothing(office: Database) -> None:
    auditor = people.signed_in("one.auditor")
    page = auditor.get("/ops/accounts/one.clerk").content.decode()

    assert "最近登录" in page
    assert "重设密码" not in page
    assert auditor.post("/ops/accounts/one.clerk/password").status_code == 404
    assert auditor.get("/ops/new-account").status_code == 404
