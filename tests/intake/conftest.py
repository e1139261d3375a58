"""A department that may report penalties, in a database of its own or in the shared one."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from limu.cli.main import run
from limu.wire.database import Database
from tests import people
from tests.standing import Standing, stand

Submit = Callable[..., tuple[int, dict[str, Any]]]


@pytest.fixture
def standing(own_database: Database) -> Standing:
    """A committed standing: one department, its clerk, three subjects."""
    with own_database.connect("app") as connection:
        made = stand(connection)
        connection.commit()
    return made


@pytest.fixture
def submit(standing: Standing, capsys: pytest.CaptureFixture[str]) -> Submit:
    """`limu submit FILE …` as the department's clerk; returns exit code and receipt."""

    def submitted(path: Path | None, *more: str) -> tuple[int, dict[str, Any]]:
        capsys.readouterr()
        place = [] if path is None else [str(path)]
        code = run(["submit", *place, "--item", "penalty", "--department", standing.department.uscc, "--json", *more])
        shown = capsys.readouterr()
        return code, json.loads(shown.out) if shown.out else {"error": shown.err}

    return submitted


@pytest.fixture
def offices(own_database: Database) -> Iterator[tuple[Standing, Standing]]:
    """Two departments that file penalties, each with a clerk and two reviewers who can sign in."""
    with people.doors_open(own_database):
        with own_database.connect("app") as connection:
            first, second = stand(connection), stand(connection, number=2)
            connection.commit()
        officers = [one for side in (first, second) for one in (side.clerk, side.reviewer, side.second)]
        people.give_logins(own_database, [officer.code for officer in officers])
        yield first, second
