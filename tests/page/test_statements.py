"""A list opens with few statements, however long: every page of a menu, over a base with something of each kind."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
import pytest
from django.test import Client

from limu.department.rules import ACTS, ROLES, Officer
from limu.page.doors import DOORS, Door
from limu.wire.database import Database, current_database
from tests import people
from tests.page.objects import OBJECTS

LISTS = [door for door in DOORS if door.menu and door.act in ACTS]
MOST = 6
# Pages that gather from many rooms: no list, and no more than this.
GATHERING = {"dept": 14, "ops": 17, "ops/system": 12, "ops/cases": 10}
# What stands before every signed page: whose session, who, the day, and the trace that is committed before a read.
BEFORE = re.compile(
    r'django_session|"auth_user"|FROM limu\.officer o JOIN|set_config\(\'limu\.department\'|limu\.read_ticket'
    r"|limu\.emergency_access"
)


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
def clients(template: Database) -> Iterator[dict[str, Client]]:
    """An officer of every role of the centre, signed in, and two departments with something of each kind."""
    from tests.conftest import _clone  # noqa: PLC0415 - the module's own clone, shared by its cells

    with _clone(template) as clone, pytest.MonkeyPatch.context() as patch:
        patch.setenv("LIMU_DATABASE_NAME", clone.name)
        with people.doors_open(clone):
            with clone.connect("app") as app:
                staff = people.staff_of(app, people.department_of(app, 1, is_centre=True), prefix="one")
                other = people.staff_of(app, people.department_of(app, 2), prefix="two")
            people.give_logins(clone, [one.code for one in staff.values()])
            people.give_factors(clone)
            for officer in (staff["clerk"], other["clerk"]):
                _seed(clone, officer)
            yield {role: people.signed_in(one.code) for role, one in staff.items()}


def _seed(database: Database, officer: Officer) -> None:
    for maker in OBJECTS.values():
        maker(database, officer)


def _role(door: Door) -> str:
    own, everywhere = ACTS[door.act]
    return next(role for role in sorted(ROLES) if role in own or role in everywhere)


@pytest.mark.parametrize("door", LISTS, ids=lambda door: door.path)
def test_a_list_opens_with_few_statements(clients: dict[str, Client], door: Door) -> None:
    client, address = clients[_role(door)], f"/{door.path}"
    assert client.get(address).status_code == 200

    with counted() as told:
        client.get(address)

    own = [one for one in told if not BEFORE.search(one)]
    assert len(own) <= GATHERING.get(door.path, MOST), own


def test_the_matching_desk_asks_once_for_each_thing_on_it(clients: dict[str, Client]) -> None:
    with current_database().connect("admin") as admin:
        admin.execute("UPDATE limu.pending_record SET settled_at = NULL")
    client = clients["centre_officer"]
    assert "data-case" in client.get("/ops/matching").content.decode(), "a row is open"

    with counted() as told:
        client.get("/ops/matching")

    own = [one for one in told if not BEFORE.search(one)]
    # The rows, the departments of the filter, the row in work, its candidates.
    assert len(own) <= 4, own
