"""Founding the city: every file's account adds up, and a second founding changes nothing."""

import json
import subprocess
import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from limu.city.calendar import STORY, story_now
from limu.city.found import Founded, found_city
from limu.city.people import find_staff
from limu.city.progress import Nobody
from limu.city.samples import SAMPLES, take_in_samples
from limu.city.seven import QINGHE
from limu.wire.clock import read_clock, store_clock
from limu.wire.database import Database
from limu.wire.lawbook import current_book
from tests.conftest import _clone

SUBJECTS, RECORDS = 60, 240


@pytest.fixture(scope="module")
def city(template: Database) -> Iterator[tuple[Database, Founded]]:
    """The city, founded once: its tests read it, found it again, and bring tables of other subjects."""
    with _clone(template) as clone, pytest.MonkeyPatch.context() as patch:
        patch.setenv("LIMU_DATABASE_NAME", clone.name)
        with clone.connect("owner") as owner:
            store_clock(owner, read_clock({"LIMU_NOW": STORY}, is_production=False))
        yield clone, found_city(clone, Nobody(), subjects=SUBJECTS, records=RECORDS)


def test_every_file_is_accounted_for_and_comes_in_once(city: tuple[Database, Founded]) -> None:
    database, first = city

    again = found_city(database, Nobody(), subjects=SUBJECTS, records=RECORDS)

    assert first.added == SUBJECTS + 7
    assert all(receipt.adds_up for receipt in first.receipts + again.receipts)
    assert sum(receipt.received for receipt in first.receipts) == RECORDS + 6
    assert sum(receipt.published for receipt in first.receipts) > 20
    assert (again.added, sum(receipt.accepted for receipt in again.receipts)) == (0, 0)


def test_a_b_and_c_are_public_and_d_is_not(city: tuple[Database, Founded]) -> None:
    database, _ = city

    with database.connect("app") as app:
        app.execute("SELECT set_config('limu.reach', 'centre', true)")
        rows = app.execute(
            "SELECT r.document_number, p.decision, r.severity FROM limu.record r JOIN limu.publication p"
            " ON p.subject = r.subject AND p.record = r.id JOIN limu.subject s ON s.id = r.subject"
            " WHERE s.uscc = %s AND r.item = 'penalty' ORDER BY r.decided_on",
            [QINGHE[0]],
        ).fetchall()

    assert [tuple(row.values()) for row in rows] == [
        ("示建处罚〔2026〕3号", "published", "serious"),
        ("示市监处罚〔2026〕1号", "published", "general"),
        ("示环处罚〔2026〕2号", "published", "general"),
        ("示市监处罚〔2026〕4号", "withheld", "minor"),
    ]


def test_everyone_is_another_person_and_the_law_is_confirmed_by_two(city: tuple[Database, Founded]) -> None:
    database, _ = city

    with database.connect("app") as app:
        staff = find_staff(app)
        officers = [officer for one in staff.values() for officer in one.officers.values()]
        unconfirmed = current_book(app).unconfirmed()
        items = app.execute("SELECT count(*) AS items FROM limu.catalogue_item").fetchone()

    assert len({officer.person for officer in officers}) == len({officer.person_name for officer in officers})
    assert len({officer.person for officer in officers}) == len(officers)
    assert unconfirmed == ()
    assert items is not None
    assert items["items"] >= 20


def test_real_tables_come_in_and_each_row_is_accounted_for(city: tuple[Database, Founded], samples: Path) -> None:
    database, _ = city
    del samples

    with database.connect("app") as app:
        staff = find_staff(app)
    receipts = take_in_samples(database, staff, listener=Nobody())

    assert len(receipts) == len(SAMPLES)
    assert all(receipt.adds_up for receipt in receipts)
    assert sum(receipt.linked for receipt in receipts) > 1_500


def test_the_city_lives_today_while_its_story_holds() -> None:
    assert story_now(date(2026, 11, 2)) is None
    assert story_now(date(2027, 3, 1)) == STORY


def _limu(environment: dict[str, str], *words: str) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-m", "limu.cli", *words]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False, timeout=240)


def _subject(environment: dict[str, str]) -> dict[str, Any]:
    told: dict[str, Any] = json.loads(_limu(environment, "subject", QINGHE[0], "--json").stdout)
    return told


@pytest.mark.slow
def test_a_second_start_keeps_the_data_and_loads_nothing(home: dict[str, str]) -> None:
    words = ("demo", "--no-serve", "--no-samples", "--subjects", "20", "--records", "40")

    first = _limu(home, *words)
    before = _subject(home)
    second = _limu(home, *words)

    assert (first.returncode, second.returncode) == (0, 0), first.stderr + second.stderr
    assert "登记库：收到 27" in first.stderr
    assert "数据保留" in second.stderr
    assert "收到" not in second.stderr
    assert [one["id"] for one in _subject(home)["records"]] == [one["id"] for one in before["records"]]
    assert not (Path(home["LIMU_HOME"]) / "database" / "postmaster.pid").exists()
