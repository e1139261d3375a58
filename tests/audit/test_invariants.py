"""What must hold is looked at as an operator looks, and each look fails once somebody has broken what it guards."""

import json
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import pytest

from limu.audit.actions import sequence
from limu.audit.queries_invariants import look, promises
from limu.cli.main import run
from limu.department.store import enter
from limu.feed.actions import tell
from limu.measure.actions_window import Moment, check_subject
from limu.measure.rules_window import Check
from limu.wire.clock import register_today
from limu.wire.database import Connection, Database
from tests.lawful import Lawful, apply, enlist_on, grant, stand_lawful
from tests.listed import Listed, enlist
from tests.people import officer_in
from tests.standing import report, row, stand


@dataclass(frozen=True, slots=True)
class Register:
    """A register with a bit of everything: a repaired record, public ones, an entry that runs, a check, a holder."""

    database: Database
    lawful: Lawful
    public: UUID
    entry: UUID


@pytest.fixture(scope="module")
def register(template: Database) -> Iterator[Register]:
    from tests.conftest import _clone  # noqa: PLC0415 - the module's own clone, shared by its tests

    with _clone(template) as clone, pytest.MonkeyPatch.context() as patch:
        patch.setenv("LIMU_DATABASE_NAME", clone.name)
        yield _register(clone)


def _register(database: Database) -> Register:
    with database.connect("app") as connection:
        lawful = stand_lawful(connection)
        enlist_on(connection, lawful)
        grant(connection, lawful, apply(connection, lawful))
        base = lawful.base
        made = [row(base.codes[1], 31), row(base.codes[2], 32)]
        report(connection, base, made)
        people = [officer_in(connection, base.department, f"wages.{n}", "list_officer", "reviewer") for n in "ab"]
        enter(connection, department=base.department.id)
        entry = enlist(connection, Listed(base, people[0], people[1], people[0], lawful.book), number=1)
        stand(connection, number=2)
        today = register_today(connection)
    with database.connect("app") as connection:
        enter(connection, department=base.department.id)
        checked = check_subject(
            connection, base.codes[1], act="government_funds", officer=people[0],
            when=Moment(today, datetime(2026, 11, 24, 9, tzinfo=UTC)), connect=lambda: database.connect("app"),
        )  # fmt: skip
        assert isinstance(checked, Check), checked
    with database.connect("sequencer", autocommit=True) as sequencer:
        tell(sequencer)
        sequence(sequencer)
    return Register(database, lawful, UUID(str(made[0]["id"])), entry)


def broken(connection: Connection, key: str) -> list[str]:
    """Name the promises of an invariant that do not hold, as the application's role finds them."""
    connection.execute("SET LOCAL session_replication_role = origin")
    connection.execute("SET LOCAL ROLE limu_app")
    return [f"{one.key} {one.sentence}" for one in look(connection, only=key) if not one.holds]


def test_an_operator_is_told_that_everything_holds_and_nothing_is_changed(
    register: Register, capsys: pytest.CaptureFixture[str]
) -> None:
    assert os.environ["LIMU_DATABASE_NAME"] == register.database.name

    assert run(["doctor", "--invariants", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert {one["key"] for one in told} >= {f"I{n}" for n in range(1, 13)}
    assert [one for one in told if one["count"]] == []


DEEDS = re.split(r"^--: (.+) \| (.+)$", (Path(__file__).parent / "plants.sql").read_text("utf-8"), flags=re.MULTILINE)
# What was promised, what was done, and how: triggers and keys out of the way, checks dropped.
PLANTS = list(zip(DEEDS[1::3], DEEDS[2::3], DEEDS[3::3], strict=True))


@pytest.mark.parametrize(
    ("promise", "plant"), [(promise, plant) for promise, _, plant in PLANTS], ids=[one for _, one, _ in PLANTS]
)
def test_a_broken_promise_is_found(register: Register, promise: str, plant: str) -> None:
    with register.database.connect("admin") as admin:
        admin.execute("SET LOCAL session_replication_role = replica")
        admin.execute(plant.encode())
        found = broken(admin, promise.partition(" ")[0])
        admin.rollback()

    assert [one for one in found if one.startswith(promise)] != []


def test_no_promise_is_without_somebody_who_broke_it() -> None:
    every = [f"{one.key} {one.sentence}" for one in promises()]

    assert [one for one in every if not any(one.startswith(promise) for promise, _, _ in PLANTS)] == []
