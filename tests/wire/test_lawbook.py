"""The law a deployment decides by: two people confirm, a changed rule loses it, an addition counts."""

import hashlib
from datetime import date, timedelta

import psycopg
import pytest

from limu.department import actions
from limu.department.rules import Department, Officer
from limu.law.pack import EDITION, canonical, rule_versions
from limu.terms.days import add_working_days
from limu.wire.database import Connection
from limu.wire.lawbook import (
    CALENDAR,
    StoredPack,
    added_texts,
    current_book,
    current_calendar,
    installed_texts,
    note_addition,
    note_confirmations,
    pack_in_force,
    store_pack,
)
from limu.wire.statutes import packaged_parts, read_law_texts

LOCAL = "deadline/local/objection"
ADDITION = f"""[[deadline]]
key = "{LOCAL}"
act = "objection_mark"
label = "标注异议"
count = 1
start = "receipt"
region = "990100"
citations = ["ndrc-36/3"]
confidence = "confirmed"
"""
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
    version = rule_versions(installed_texts(connection))[KEY]

    confirm(connection, officers[0], version)
    assert not is_confirmed(connection)
    assert confirm(connection, officers[0], version) == 0

    confirm(connection, officers[1], version)
    assert is_confirmed(connection)


def test_two_people_who_read_different_texts_confirm_nothing(
    connection: Connection,
    officers: tuple[Officer, Officer],
) -> None:
    version = rule_versions(installed_texts(connection))[KEY]

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


def test_a_stored_pack_takes_the_place_of_what_ships_at_once(connection: Connection) -> None:
    before = current_book(connection)
    parts = dict(packaged_parts())
    parts["law/deadlines.toml"] = parts["law/deadlines.toml"].replace("许可和处罚上网公示", "许可和处罚上网公示（试）")
    take(connection, parts, date(2026, 11, 25))

    book = current_book(connection)
    changed = book.deadline("publication", on=date(2026, 12, 1))

    assert book is not before
    assert changed is not None
    assert changed.label == "许可和处罚上网公示（试）"
    assert current_book(connection) is book


def test_the_database_itself_refuses_an_older_pack(connection: Connection) -> None:
    take(connection, packaged_parts(), date(2026, 11, 26))

    with pytest.raises(psycopg.errors.RestrictViolation, match="newer law pack"):
        take(connection, packaged_parts(), date(2026, 11, 25))


def test_a_newer_edition_of_the_program_decides_over_an_older_pack(connection: Connection) -> None:
    take(connection, {"law/a.toml": ""}, EDITION - timedelta(days=1))

    assert pack_in_force(connection) is None
    assert installed_texts(connection) == read_law_texts()


def test_a_day_that_stood_provisionally_moves_when_the_calendar_comes(connection: Connection) -> None:
    start = date(2027, 1, 25)
    before = add_working_days(start, 7, calendar=current_calendar(connection))
    rest = "".join(f"2027-02-{day:02},春节,1\n" for day in range(1, 9)) + "2027-05-01,劳动节,1\n"
    parts = {**packaged_parts(), CALENDAR: packaged_parts()[CALENDAR] + rest}
    take(connection, parts, date(2026, 11, 25))

    after = add_working_days(start, 7, calendar=current_calendar(connection))

    assert (before.day, before.is_provisional) == (date(2027, 2, 3), True)
    assert (after.day, after.is_provisional) == (date(2027, 2, 11), False)


def test_a_local_addition_counts_only_when_two_people_confirmed_it(
    connection: Connection, officers: tuple[Officer, Officer]
) -> None:
    add(connection, officers[0])
    book = current_book(connection)
    assert book.is_local(LOCAL)
    assert book.rule(LOCAL) is not None
    assert not book.ref(LOCAL).is_confirmed
    assert book.ref(LOCAL).confidence_label == "待核实"

    version = rule_versions({**installed_texts(connection), **added_texts(connection)})[LOCAL]
    for officer in officers:
        confirm(connection, officer, version)

    assert current_book(connection).ref(LOCAL).is_confirmed
    assert current_book(connection).ref(LOCAL).confidence_label == "已由两人核对"


def test_an_addition_is_chained_and_never_changed(connection: Connection, officers: tuple[Officer, Officer]) -> None:
    add(connection, officers[0])
    add(connection, officers[0], ADDITION.replace(LOCAL, LOCAL + "2"), LOCAL + "2")
    rows = connection.execute("SELECT hash, chain FROM shown.law_addition ORDER BY place").fetchall()

    first, second = rows
    assert bytes(first["chain"]) == hashlib.sha256(bytes(first["hash"])).digest()
    assert bytes(second["chain"]) == hashlib.sha256(bytes(first["chain"]) + bytes(second["hash"])).digest()
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        connection.execute("UPDATE limu.law_addition SET difference = ''")


def take(connection: Connection, parts: dict[str, str], day: date) -> None:
    body = canonical({"parts": parts})
    pack = StoredPack(hashlib.sha256(body).digest(), day.isoformat(), day)
    store_pack(connection, pack, signed_by="test", body=body)


def add(connection: Connection, officer: Officer, text: str = ADDITION, rule: str = LOCAL) -> None:
    note_addition(
        connection,
        rule=rule,
        difference="试",
        basis=("《信用修复管理办法》第三条", "https://example.org/36"),
        text=text,
        officer=officer.id,
    )
