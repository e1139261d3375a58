"""A department that may report penalties, in a database of its own or in the shared one."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from limu.cli.main import run
from limu.wire.database import Database
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
