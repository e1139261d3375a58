"""A year assessed over HTTP: made, commented on, published by two people, and recomputed from the download alone."""

import csv
import io
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import polars as pl
import psycopg
import pytest
from django.test import Client

from limu.wire.database import Database
from tests import people
from tests.intake.desk_hands import enter as sent
from tests.intake.desk_hands import text_of
from tests.intake.made import HEADER, company, person, write_csv
from tests.standing import Standing, stand


@pytest.fixture
def offices(own_database: Database) -> Iterator[tuple[Standing, Standing]]:
    with people.doors_open(own_database):
        with own_database.connect("app") as connection:
            first, second = stand(connection), stand(connection, number=2)
            centre = people.department_of(connection, 9, is_centre=True)
            for code in ("centre.one", "centre.two"):
                people.officer_in(connection, centre, code, "centre_officer")
            connection.commit()
        officers = [one.code for side in (first, second) for one in (side.clerk, side.reviewer)]
        people.give_logins(own_database, [*officers, "centre.one", "centre.two"])
        people.give_factors(own_database)
        yield first, second


def report(side: Standing, tmp_path: Path) -> None:
    rows = [company(side.codes[n % 3], n) for n in range(1, 9)]
    rows += [company(side.codes[0], 20, 处罚类别="罚站"), person(21)]
    sent(people.signed_in(side.clerk.code), write_csv(tmp_path / f"{side.clerk.code}.csv", [HEADER, *rows]))


def year_of(database: Database) -> int:
    with database.connect("app") as connection:
        row = connection.execute("SELECT extract(year FROM limu.register_today())::int AS year").fetchone()
    assert row is not None
    return int(row["year"])


def published(database: Database, sides: tuple[Standing, Standing], tmp_path: Path) -> tuple[int, Client]:
    for side in sides:
        report(side, tmp_path)
    year, one, two = year_of(database), people.signed_in("centre.one"), people.signed_in("centre.two")
    assert one.post("/ops/assessment", {"year": str(year)}).status_code == 302
    for side in sides:
        reviewer = people.signed_in(side.reviewer.code)
        page = reviewer.get("/dept/assessment").content.decode()
        address = re.search(r'action="(/dept/assessment/[0-9a-f-]+/comment)"', page)
        assert address is not None
        reviewer.post(address[1], {"comment": "无意见"})
    one.post(f"/ops/assessment/{year}")
    two.post(f"/ops/assessment/{year}")
    return year, one


def test_a_department_sees_its_own_first_and_two_people_publish(
    offices: tuple[Standing, Standing], own_database: Database, tmp_path: Path
) -> None:
    first, second = offices
    for side in offices:
        report(side, tmp_path)
    year, one = year_of(own_database), people.signed_in("centre.one")
    one.post("/ops/assessment", {"year": str(year)})
    own = people.signed_in(first.reviewer.code).get("/dept/assessment")

    assert first.department.name in text_of(own)
    assert second.department.name not in text_of(own)
    assert Client().get(f"/quality/{year}").status_code == 404
    early = one.post(f"/ops/assessment/{year}")
    assert (early.status_code, "征求意见的期限未满" in text_of(early)) == (422, True)


def test_what_is_published_is_public_and_never_changes(
    offices: tuple[Standing, Standing], own_database: Database, tmp_path: Path
) -> None:
    year, one = published(own_database, offices, tmp_path)
    page = text_of(Client().get(f"/quality/{year}"))

    assert offices[0].department.name in page
    assert f"{year} 年度归集共享质效评估" in text_of(Client().get("/quality"))
    assert "背后的数据" in text_of(Client().get(f"/quality/{year}/{offices[0].department.uscc}"))
    again = one.post("/ops/assessment", {"year": str(year)})
    assert (again.status_code, "不能再改" in text_of(again)) == (422, True)
    with own_database.connect("admin") as admin, pytest.raises(psycopg.errors.RestrictViolation):
        admin.execute("UPDATE limu.assessment SET comment = '改'")


def test_the_same_person_cannot_ask_and_publish(
    offices: tuple[Standing, Standing], own_database: Database, tmp_path: Path
) -> None:
    report(offices[0], tmp_path)
    year, one = year_of(own_database), people.signed_in("centre.one")
    one.post("/ops/assessment", {"year": str(year)})
    reviewer = people.signed_in(offices[0].reviewer.code)
    address = re.search(r'action="(/dept/assessment/[^"]+)"', reviewer.get("/dept/assessment").content.decode())
    assert address is not None
    reviewer.post(address[1], {"comment": "无意见"})
    one.post(f"/ops/assessment/{year}")
    own = one.post(f"/ops/assessment/{year}")

    assert (own.status_code, "须由两人公布" in text_of(own)) == (422, True)
    assert Client().get(f"/quality/{year}").status_code == 404


def recomputed(rows: list[dict[str, Any]], formula: dict[str, Any]) -> dict[str, tuple[int, int, float | None]]:
    """What anyone can do with the two files and no program of ours."""
    figures = {}
    for one in formula["indicators"]:
        within = one["within"]
        above = sum(
            int(row["rows"]) for row in rows
            if row["kind"] in one["numerator"] and (within is None or int(row["working_days"]) <= within)
        )  # fmt: skip
        below = sum(int(row["rows"]) for row in rows if row["kind"] in one["denominator"])
        below -= sum(int(row["rows"]) for row in rows if row["kind"] in one["minus"])
        figures[one["key"]] = (above, below, round(above * 100 / below, 2) if below > 0 else None)
    return figures


def test_anyone_recomputes_every_figure_from_the_download(
    offices: tuple[Standing, Standing], own_database: Database, tmp_path: Path
) -> None:
    year, _ = published(own_database, offices, tmp_path)
    formula = Client().get(f"/quality/{year}/download/formula.json").json()
    text = Client().get(f"/quality/{year}/download/facts.csv").content.decode()
    parquet = pl.read_parquet(io.BytesIO(Client().get(f"/quality/{year}/download/facts.parquet").content))
    rows = list(csv.DictReader(io.StringIO(text)))
    with own_database.connect("web") as connection:
        stored = connection.execute("SELECT uscc, figures FROM shown.assessment").fetchall()

    assert parquet.height == len(rows) > 0
    assert len(stored) == 2
    for one in stored:
        own = [row for row in rows if row["uscc"] == one["uscc"]]
        told = {
            figure["key"]: (figure["numerator"], figure["denominator"], figure["percent"]) for figure in one["figures"]
        }
        assert recomputed(own, formula) == told
        assert told["validity"][:2] == (8, 10)
        assert told["correction"][:2] == (0, 1)
        assert told["completeness"][:2] == (8, 8)
