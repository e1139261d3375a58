"""Last month's file, sent again after a repair: the row comes back with its code, and the subject is told once."""

import json
from pathlib import Path

import pytest

from limu.cli.main import run
from limu.department.store import enter
from limu.reactions import withdraw_record
from limu.wire.clock import register_today
from limu.wire.database import Database
from tests.intake.made import HEADER, company, write_csv
from tests.standing import stand


@pytest.mark.parametrize("same", [True, False], ids=["the very same file", "another file"])
def test_last_months_file_does_not_bring_back_what_was_revoked(
    own_database: Database, tmp_path: Path, capsys: pytest.CaptureFixture[str], same: bool
) -> None:
    with own_database.connect("app") as connection:
        standing = stand(connection)
    rows = [company(standing.codes[0], 1), company(standing.codes[1], 2)]
    path = write_csv(tmp_path / "a.csv", [HEADER, *rows])

    def submit(file: Path) -> dict[str, object]:
        capsys.readouterr()
        run(["submit", str(file), "--item", "penalty", "--department", standing.department.uscc, "--json"])
        told: dict[str, object] = json.loads(capsys.readouterr().out)
        return told

    assert submit(path)["accepted"] == 2
    with own_database.connect("app") as connection:
        enter(connection, department=standing.department.id)
        record = connection.execute("SELECT id FROM limu.record WHERE subject = %s", (standing.subjects[0],)).fetchone()
        assert record is not None
        refusal = withdraw_record(
            connection, record=record["id"], officer=standing.reviewer, second=standing.second, kind="record_revoked",
            reason="复议撤销", citation="示府复决〔2026〕1号", revoked_on=register_today(connection),
        )  # fmt: skip
        assert refusal is None

    again = path if same else write_csv(tmp_path / "b.csv", [HEADER, *rows, company(standing.codes[2], 3)])
    told, once_more = submit(again), submit(again)

    assert (told["refused"], told["duplicate"], told["accepted"]) == (1, 1, 0 if same else 1)
    assert once_more["refused"] == 1
    assert "ended_revoked" in json.dumps(told)
    with own_database.connect("admin") as admin:
        assert admin.execute("SELECT count(*) AS n FROM shown.record WHERE id = %s", (record["id"],)).fetchone() == {
            "n": 0
        }
        letters = admin.execute("SELECT subject FROM limu.letter WHERE kind = 'resent_refused'").fetchall()
    assert [one["subject"] for one in letters] == [standing.subjects[0]]
