"""The authorisation matrix: every role at every door, over HTTP, compared with the one table (trust.md 3.6)."""

import re
from collections.abc import Callable, Iterator
from functools import cache
from typing import Any

import pytest
from django.test import Client
from django.urls import URLResolver, get_resolver

from limu.department.rules import ACTS, ROLES, Officer
from limu.page.doors import DOORS, KEYED, MY_OBJECT, MY_READ, MY_REPAIR, PUBLIC, SIGNED, Door
from limu.wire.database import Database
from tests import people
from tests.house.rooms import sources
from tests.page.objects import NOWHERE, OBJECTS

ACT_DOORS = [door for door in DOORS if door.act in ACTS]
RELATIONS = ("own", "other", "not there")


def _patterns(resolver: Any, prefix: str = "") -> Iterator[tuple[str, Any]]:
    for pattern in resolver.url_patterns:
        path = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from _patterns(pattern, path)
        else:
            yield path, pattern.callback


@pytest.fixture(scope="module")
def town(template: Database) -> Iterator[tuple[Database, dict[str, Officer], dict[str, Officer]]]:
    """Two departments, in each one officer of every role, and all of them able to sign in."""
    from tests.conftest import _clone  # noqa: PLC0415 - the module's own clone, shared by its cells

    with _clone(template) as clone, pytest.MonkeyPatch.context() as patch:
        patch.setenv("LIMU_DATABASE_NAME", clone.name)
        with people.doors_open(clone):
            with clone.connect("app") as app:
                first = people.staff_of(app, people.department_of(app, 1), prefix="one")
                second = people.staff_of(app, people.department_of(app, 2), prefix="two")
            people.give_logins(clone, [officer.code for officer in (*first.values(), *second.values())])
            people.give_factors(clone)
            yield clone, first, second


def test_every_address_has_a_row_and_every_row_an_address(own_database: Database) -> None:
    with people.doors_open(own_database):
        there = dict(_patterns(get_resolver()))

    assert sorted(there) == sorted(door.path for door in DOORS)
    assert [
        door.path for door in DOORS if door.act not in (PUBLIC, SIGNED, KEYED, MY_READ, MY_REPAIR, MY_OBJECT, *ACTS)
    ] == []


def test_every_view_asks_for_the_act_of_its_row(own_database: Database) -> None:
    with people.doors_open(own_database):
        there = dict(_patterns(get_resolver()))
    asked = {path: getattr(view, "act", None) for path, view in there.items()}

    expected = {door.path: door.act if door.act in ACTS else None for door in DOORS}
    assert asked == expected


def test_every_kind_of_object_can_be_made_and_missed() -> None:
    kinds = {door.names for door in ACT_DOORS if door.names} | {
        door.path for door in ACT_DOORS if "<" in door.path and not door.names
    }

    assert kinds - OBJECTS.keys() == set(), "add a maker to tests/page/objects.py"
    assert kinds - NOWHERE.keys() == set(), "name one that does not exist in tests/page/objects.py"


def _address(door: Door, parts: dict[str, str]) -> str:
    return "/" + re.sub(r"<(?:\w+:)?(\w+)>", lambda found: parts[found[1]], door.path)


def _may(role: str, door: Door, relation: str) -> bool:
    own, everywhere = ACTS[door.act]
    return relation != "not there" and (role in everywhere or (role in own and relation == "own"))


def _same_shape(answer: Any) -> tuple[int, str, dict[str, str]]:
    # What differs between any two requests: the number, the path in the links to the other language and edition.
    body = re.sub(r'(href|data-path)="[^"]*(lang|view)=[^"]*"', "", answer.content.decode())
    body = re.sub(r'<code data-testid="fault-number">[^<]*</code>', "", body)
    headers = {name: value for name, value in answer.headers.items() if name not in ("X-Request-Id", "Content-Length")}
    return answer.status_code, body, headers


@pytest.fixture(scope="module")
def foreign(town: tuple[Database, dict[str, Officer], dict[str, Officer]]) -> Callable[[str], dict[str, str]]:
    """An object of each kind in the other department: whoever looks from the first looks at the same one."""
    database, _, second = town
    return cache(lambda names: OBJECTS[names](database, second[min(ROLES)]))


@pytest.mark.parametrize("role", sorted(ROLES))
def test_every_cell_of_the_matrix_answers_as_the_table_says(
    town: tuple[Database, dict[str, Officer], dict[str, Officer]], foreign: Callable[[str], dict[str, str]], role: str
) -> None:
    database, first, _ = town
    client = people.signed_in(first[role].code)
    nothing = [_same_shape(client.get("/dept/nothing-at-all")), _same_shape(client.post("/dept/nothing-at-all"))]
    wrong: list[str] = []

    @cache  # A kind's object is the same behind each of its doors.
    def parts_of(names: str, relation: str) -> dict[str, str]:
        if names and relation == "other":
            return foreign(names)
        return _parts(database, names, relation=relation, own=first[role])

    for door in ACT_DOORS:
        for relation in RELATIONS if door.names else ("own",):
            parts = parts_of(door.names, relation)
            address = _address(door, parts)
            if _may(role, door, relation):
                answer = client.get(address)
                if not _is_open(answer):
                    wrong.append(f"{role} {door.path} {relation}: {answer.status_code}")
            elif [_same_shape(client.get(address)), _same_shape(client.post(address, {"reason": "任意"}))] != nothing:
                wrong.append(f"{role} {door.path} {relation}: tells itself from nothing")

    assert [answer[0] for answer in nothing] == [404, 404]
    assert wrong == []


ODD = ("2026-07-01T10:00:00+99:99", "9" * 30)
"""Words that no form sends: an instant of no zone, a number that fits no column."""


def _words_of_addresses() -> set[str]:
    read = re.compile(r'GET\.(?:get|getlist)\(\s*"(\w+)"')
    return {word for source in sources() for word in read.findall(source.text)}


def test_an_odd_word_in_an_address_is_no_fault_of_ours(
    town: tuple[Database, dict[str, Officer], dict[str, Officer]],
) -> None:
    database, first, _ = town
    words = _words_of_addresses()
    client_of = cache(lambda role: people.signed_in(first[role].code))
    wrong: list[str] = []
    for door in ACT_DOORS:
        role = min({*ACTS[door.act][0], *ACTS[door.act][1]})
        address = _address(door, _parts(database, door.names, relation="own", own=first[role]))
        for odd in ODD:
            answer = client_of(role).get(address, dict.fromkeys(words, odd))
            if answer.status_code >= 500:
                wrong.append(f"{role} {door.path} {odd!r}: {answer.status_code}")

    assert len(words) > 30
    assert wrong == []


def _is_open(answer: Any) -> bool:
    # A door that takes forms alone answers a look with 405; a way to the sign-in is no open door.
    to = answer.headers.get("Location", "")
    return answer.status_code in (200, 405) or (answer.status_code == 302 and not to.startswith("/account/"))


def _parts(database: Database, names: str, *, relation: str, own: Officer) -> dict[str, str]:
    if not names:
        return {}
    return NOWHERE[names] if relation == "not there" else OBJECTS[names](database, own)


@pytest.mark.parametrize(
    "door", [door for door in DOORS if door.act not in (PUBLIC, KEYED)], ids=lambda door: door.path
)
def test_a_stranger_comes_to_the_sign_in_alone(
    town: tuple[Database, dict[str, Officer], dict[str, Officer]], door: Door
) -> None:
    del town
    named = re.findall(r"<(?:(\w+):)?(\w+)>", door.path)
    parts = {name: "00000000-0000-4000-8000-000000000000" if kind == "uuid" else "1" for kind, name in named}
    address = _address(door, parts)

    stranger = Client()

    # What either set is forgotten: both are a stranger's first request.
    answers = [stranger.get(address)]
    stranger.cookies.clear()
    answers.append(stranger.post(address))

    for answer in answers:
        assert answer.status_code == 302
        assert answer["Location"].startswith("/account/login/")
