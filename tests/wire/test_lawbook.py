"""The law a deployment decides by: two people confirm, a changed rule loses it, an addition counts."""

import hashlib
from datetime import date
from typing import Any

import pytest

from limu.department import actions
from limu.department.rules import Department, Officer
from limu.law.pack import rule_versions
from limu.wire.database import Connection
from limu.wire.home import Home
from limu.wire.lawbook import current_book, installed_texts, note_confirmations

KEY = "class/serious/activity"
TEXT = hashlib.sha256("《信用修复管理办法》".encode()).digest()


@pytest.fixture
def officers(connection: Connection) -> tuple[Officer, Officer]:
    department = actions.add_department(
        connection,
        officer=None,
        uscc="11990100MB00000044",
        name="示例市信用中心",
        region="990100",
        is_centre=True,
    )
    assert isinstance(department, Department), department
    made = [
        actions.add_officer(
            connection,
            by=None,
            code=code,
            person_name=code,
            department=department,
            roles=("centre_officer",),
        )
        for code in ("law-one", "law-two")
    ]
    first, second = made
    assert isinstance(first, Officer)
    assert isinstance(second, Officer)
    return first, second


def confirm(connection: Connection, officer: Officer, version: str, text: bytes = TEXT) -> int:
    return note_confirmations(connection, [version], person=officer.person, officer=officer.id, text_hash=text)


def is_confirmed(connection: Connection) -> bool:
    found = current_book(connection).classify(["责令关闭"], item="penalty", field=None, decided_on=date(2026, 7, 1))
    return found.is_confirmed


def test_one_person_is_not_enough_and_two_are(connection: Connection, officers: tuple[Officer, Officer]) -> None:
    version = rule_versions(installed_texts())[KEY]

    confirm(connection, officers[0], version)
    assert not is_confirmed(connection)
    assert confirm(connection, officers[0], version) == 0

    confirm(connection, officers[1], version)
    assert is_confirmed(connection)


def test_two_people_who_read_different_texts_confirm_nothing(
    connection: Connection,
    officers: tuple[Officer, Officer],
) -> None:
    version = rule_versions(installed_texts())[KEY]

    confirm(connection, officers[0], version)
    confirm(connection, officers[1], version, hashlib.sha256(b"other").digest())

    assert not is_confirmed(connection)


def test_a_confirmation_of_an_older_wording_counts_no_more(
    connection: Connection,
    officers: tuple[Officer, Officer],
) -> None:
    for officer in officers:
        confirm(connection, officer, f"{KEY}#0123456789abcdef")

    assert not is_confirmed(connection)


def test_the_same_law_is_the_same_book(connection: Connection) -> None:
    assert current_book(connection) is current_book(connection)


def test_an_installed_pack_takes_the_place_of_what_ships(tmp_path: Any) -> None:

    home = Home(tmp_path)
    folder = home.folder("law")
    (folder / "x.json").write_text('{"parts": {"law/a.toml": "[[design]]\\nkey = \\"d\\"\\n", "catalogue/b.toml": ""}}')
    (folder / "current.json").write_text('{"pack": "x.json", "version": "1"}')

    assert installed_texts(home) == {"a.toml": {"design": [{"key": "d"}]}}
