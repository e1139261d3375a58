"""Uploads and answer workbooks do not outlive their time, whoever forgets them."""

import hashlib
import os
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from limu.cli.worker import Worker
from limu.intake.actions import RETENTION_DAYS, upload_days
from limu.intake.actions_desk import LENT
from limu.wire.clock import Clock, store_clock
from limu.wire.database import Database
from tests.intake.conftest import Submit
from tests.intake.made import HEADER, company, write_csv
from tests.standing import TODAY, Standing


def set_day(database: Database, days: int) -> None:
    noon = datetime(TODAY.year, TODAY.month, TODAY.day, 4, tzinfo=UTC) + timedelta(days=days)
    with database.connect("owner") as owner:
        store_clock(owner, Clock(noon - Clock().now()))
        owner.commit()


def kept(database: Database) -> list[str]:
    return [path.name for path in database.home.files.iterdir() if len(path.name) == 64]


@pytest.mark.parametrize(("setting", "days"), [("", 30), ("7", 7)])
def test_the_worker_destroys_an_upload_when_its_days_are_over(
    own_database: Database, standing: Standing, submit: Submit, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
    setting: str, days: int,
) -> None:  # fmt: skip
    monkeypatch.setenv("LIMU_UPLOAD_DAYS", setting)
    path = write_csv(tmp_path / "a.csv", [HEADER, company(standing.codes[0], 9_000 + days)])
    upload = hashlib.sha256(path.read_bytes()).hexdigest()
    set_day(own_database, 0)
    code, receipt = submit(path)
    assert (code, receipt["accepted"]) == (0, 1)
    worker = Worker(own_database)

    set_day(own_database, days)
    worker.round()
    there = kept(own_database)
    set_day(own_database, days + 1)
    worker.round()
    gone = kept(own_database)
    worker.close()

    # The folder is shared with whatever is tested beside.
    assert upload in there
    assert upload not in gone
    with own_database.connect("admin") as admin:
        row = admin.execute("SELECT file_hash, accepted FROM limu.submission").fetchone()
    assert row is not None
    assert (bytes(row["file_hash"]).hex(), row["accepted"]) == (upload, 1)


def test_what_a_killed_process_left_in_the_clear_is_swept_too(own_database: Database) -> None:
    left = Path(tempfile.mkdtemp(prefix=LENT))
    fresh = Path(tempfile.mkdtemp(prefix=LENT))
    (left / "file.csv").write_text("甲")
    old = (Clock().now() - timedelta(days=3)).timestamp()
    os.utime(left, (old, old))
    worker = Worker(own_database)

    worker.round()
    worker.close()

    assert (left.exists(), fresh.exists()) == (False, True)
    fresh.rmdir()


@pytest.mark.parametrize(("setting", "days"), [*((text, RETENTION_DAYS) for text in ("", "0", "x")), ("9", 9)])
def test_a_setting_that_says_no_days_keeps_the_usual_time(setting: str, days: int) -> None:
    assert upload_days({"LIMU_UPLOAD_DAYS": setting}) == days
