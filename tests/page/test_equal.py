"""Not allowed and not there cost the same: an answer's time cannot tell what exists elsewhere (trust.md 3.6)."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
import pytest

from limu.department.rules import Officer
from limu.page.doors import DEPARTMENT_DOORS
from limu.wire.database import Database
from tests import people
from tests.page.objects import NOWHERE, OBJECTS
from tests.page.test_doors import _address

NAMING = [door for door in DEPARTMENT_DOORS if door.names]


@pytest.fixture(scope="module")
def town(template: Database) -> Iterator[tuple[Database, Officer, Officer]]:
    from tests.conftest import _clone  # noqa: PLC0415 - the module's own clone, shared by its cells

    with _clone(template) as clone, pytest.MonkeyPatch.context() as patch:
        patch.setenv("LIMU_DATABASE_NAME", clone.name)
        with people.doors_open(clone):
            with clone.connect("app") as app:
                ours, theirs = (people.department_of(app, number) for number in (1, 2))
                first = people.officer_in(app, ours, "one.all", "clerk", "reviewer")
                people.staff_of(app, theirs, prefix="two")
                second = people.officer_in(app, theirs, "two.all", "clerk", "reviewer")
            people.give_logins(clone, [first.code])
            yield clone, first, second


@contextmanager
def _counted() -> Iterator[list[str]]:
    told: list[str] = []
    execute = psycopg.Cursor.execute

    def counting(self: Any, query: Any, *args: Any, **kwargs: Any) -> Any:
        told.append(str(query)[:60])
        return execute(self, query, *args, **kwargs)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(psycopg.Cursor, "execute", counting)
        yield told


@pytest.mark.parametrize("door", NAMING, ids=lambda door: door.path)
def test_what_is_another_s_and_what_is_nowhere_take_the_same_statements(
    town: tuple[Database, Officer, Officer], door: Any
) -> None:
    database, first, second = town
    client = people.signed_in(first.code)
    theirs = _address(door, OBJECTS[door.names](database, second))
    nowhere = _address(door, NOWHERE[door.names])
    client.get(nowhere)
    counted: list[list[str]] = []
    for address in (theirs, nowhere):
        with _counted() as told:
            assert client.get(address).status_code == 404
        counted.append(told)

    assert counted[0] == counted[1]
