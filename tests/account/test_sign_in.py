"""An officer signs in, and nobody else does."""

from collections.abc import Iterator

import pytest
from django.test import Client

from limu.wire.database import Database
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
