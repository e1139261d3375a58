"""Killed at any point, a submission shows nothing, resumes at its cursor, and ends as if nothing had happened."""

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from limu.wire.database import Database
from tests.intake.made import HEADER, company, person, write_csv
from tests.standing import Standing
from tests.zygote import Zygote

POINTS = (
    "received", "stored", "opened", "chunk_copied", "chunk_linked:2", "chunk_entered:2", "before_commit:2",
    "after_commit:1", "before_done", "after_done",
)  # fmt: skip
SAME_ROWS = """
    SELECT r.row_number, r.document_number, r.content, r.version, p.decision, p.shown_from, p.rule
    FROM limu.record r JOIN limu.publication p ON p.record = r.id ORDER BY r.row_number"""


Run = Callable[..., tuple[int, dict[str, Any]]]


@pytest.fixture
def run(zygote: Zygote, own_database: Database) -> Run:
    """`limu submit` in a process of its own, in chunks of four rows, which a fault may kill."""
    kept = {**os.environ, **own_database.environment(), "LIMU_CHUNK_ROWS": "4", "LIMU_MODE": "test"}

    def submit(path: Path, standing: Standing, fault: str = "") -> tuple[int, dict[str, Any]]:
        ended = zygote.run(
            "submit", str(path), "--item", "penalty", "--json", "--department", standing.department.uscc,
            env=kept | {"LIMU_FAULT": fault},
        )  # fmt: skip
        return ended.returncode, json.loads(ended.stdout) if ended.stdout else {"error": ended.stderr}

    return submit


def state_of(database: Database) -> dict[str, Any]:
    with database.connect("admin") as admin:
        return {
            "rows": admin.execute(SAME_ROWS).fetchall(),
            "events": admin.execute("SELECT count(*) AS n FROM limu.record_event").fetchone(),
            "waiting": admin.execute("SELECT row_number, party_name FROM limu.pending_record ORDER BY 1").fetchall(),
            "verdicts": admin.execute(
                "SELECT row_number, verdict, codes FROM limu.submission_row ORDER BY 1"
            ).fetchall(),
            "account": admin.execute(
                """SELECT state, chunks_done, received, accepted, refused, duplicate, conflict, linked, unlinked,
                          published, withheld FROM limu.submission"""
            ).fetchall(),
        }


def shown(database: Database) -> int:
    with database.connect("web") as web:
        row = web.execute("SELECT count(*) AS n FROM shown.record").fetchone()
    assert row
    return int(row["n"])


def rows_of(standing: Standing) -> list[list[str]]:
    good = [company(standing.codes[n % 3], n) for n in range(1, 8)]
    return [*good, person(8), good[0], company("", 10, 行政相对人名称="示例市无名建材有限公司")]


@pytest.fixture(scope="module")
def undisturbed() -> dict[str, Any]:
    return {}


@pytest.mark.parametrize("point", POINTS)
def test_a_submission_killed_anywhere_ends_as_an_undisturbed_one(
    standing: Standing, own_database: Database, tmp_path: Path, undisturbed: dict[str, Any], run: Run, point: str
) -> None:
    path = write_csv(tmp_path / "a.csv", [HEADER, *rows_of(standing)])

    code, _ = run(path, standing, point)

    assert code == -9
    assert shown(own_database) == (7 if point == "after_done" else 0)
    code, told = run(path, standing)
    assert code == 1
    assert told["received"] == told["accepted"] + told["refused"] + told["duplicate"] + told["conflict"] == 10
    assert shown(own_database) == 7
    ended = state_of(own_database)
    assert ended["account"][0]["state"] == "done"
    assert (ended["account"][0]["accepted"], ended["account"][0]["refused"], len(ended["rows"])) == (8, 1, 7)
    assert undisturbed.setdefault("state", ended) == ended


def test_an_undisturbed_run_gives_the_same_as_the_killed_ones(
    standing: Standing, own_database: Database, tmp_path: Path, undisturbed: dict[str, Any], run: Run
) -> None:
    path = write_csv(tmp_path / "a.csv", [HEADER, *rows_of(standing)])

    code, told = run(path, standing)

    assert (code, told["accepted"], told["duplicate"], told["unlinked"]) == (1, 8, 1, 1)
    assert undisturbed.setdefault("state", state_of(own_database)) == state_of(own_database)
