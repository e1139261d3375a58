"""A list opens with few statements, however long it is: every page of a menu, over a base with one of everything."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
import pytest

from limu.department.rules import ACTS, ROLES, Officer
from limu.page.doors import DOORS, Door
from limu.wire.database import Database
from tests import people
from tests.page.objects import OBJECTS

LISTS = [door for door in DOORS if door.menu and door.act in ACTS]


@contextmanager
def counted() -> Iterator[list[str]]:
    told: list[str] = []
    execute = psycopg.Cursor.execute

    def counting(self: Any, query: Any, *args: Any, **kwargs: Any) -> Any:
        told.append(" ".join(str(query).split()))
        return execute(self, query, *args, **kwargs)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(psycopg.Cursor, "execute", counting)
        yield told


@pytest.fixture(scope="module")
def town(template: Database) -> Iterator[dict[str, Officer]]:
    from tests.conftest import _clone  # noqa: PLC0415 - the module's own clone, shared by its cells

    with _clone(template) as clone, pytest.MonkeyPatch.context() as patch:
        patch.setenv("LIMU_DATABASE_NAME", clone.name)
        with people.doors_open(clone):
            with clone.connect("app") as app:
                staff = people.staff_of(app, people.department_of(app, 1, is_centre=True), prefix="one")
            people.give_logins(clone, [one.code for one in staff.values()])
            people.give_factors(clone)
            for maker in OBJECTS.values():
                maker(clone, staff["clerk"])
            yield staff


@pytest.mark.parametrize("door", LISTS, ids=lambda door: door.path)
def test_a_list_opens_with_few_statements(town: dict[str, Officer], door: Door) -> None:
    own, everywhere = ACTS[door.act]
    role = next(role for role in sorted(ROLES) if role in own or role in everywhere)
    client = people.signed_in(town[role].code)
    address = f"/{door.path}"
    client.get(address)

    with counted() as told:
        answer = client.get(address)

    assert answer.status_code == 200
    print("COUNT", len(told), door.path)
    for one in told: print("   ", one[:150])
