"""Public lists: filters in the address, exports of what is public today, counts, and no scar at any of these doors."""

import csv
import io
from datetime import UTC, datetime

import pytest
from django.test import Client

from limu.front.site_lists import line
from limu.wire.database import Database
from tests.front import town


def text_of(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200, address
    content = answer.getvalue() if answer.streaming else answer.content
    return str(content.decode("utf-8-sig"))


def rows_of(client: Client, address: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text_of(client, address))))


def numbers(client: Client, query: str = "") -> list[str]:
    return [row["文号"] for row in rows_of(client, f"/disclosure.csv?{query}")]


def test_an_export_holds_what_the_page_holds_and_its_address(visitor: Client) -> None:
    rows = rows_of(visitor, "/disclosure.csv?item=penalty")

    assert [row["文号"] for row in rows] == [town.B.number, town.SNACKS.number, town.A.number, town.C.number]
    first = next(row for row in rows if row["文号"] == town.A.number)
    assert (first["公示自"], first["公示至（含当日）"], first["失信程度"]) == ("2026-07-01", "2027-06-30", "一般")
    assert first["统一社会信用代码"] == town.BUILDER
    assert first["记录地址"].endswith(f"/r/{town.A.id}")
    assert town.FACTS not in text_of(visitor, "/disclosure.csv")
    assert town.D.number not in text_of(visitor, "/disclosure.csv")


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("item=permit", [town.PERMIT]),
        ("item=penalty&year=2025", []),
        ("item=penalty&year=2026&sort=oldest", [town.C, town.A, town.SNACKS, town.B]),
        ("item=penalty&from=2026-07-02", [town.B, town.SNACKS]),
        ("item=penalty&region=110000", []),
        ("item=penalty&region=9901&status=active&until=2026-03-31", [town.C]),
        ("item=penalty&status=cancelled", []),
    ],
)
def test_filters_choose_in_page_and_export_alike(visitor: Client, query: str, found: list[town.Deed]) -> None:
    page = text_of(visitor, f"/disclosure?{query}")

    assert numbers(visitor, query) == [deed.number for deed in found]
    assert [deed.number for deed in town.DEEDS if deed.number in page] == [
        deed.number for deed in town.DEEDS if deed in found
    ]
    assert (f"共 {len(found)} 条" in page) is bool(found)


@pytest.mark.parametrize("query", ["year=x", "year=0", "region=北京", "from=1.7.2026", "region=1"])
@pytest.mark.parametrize("door", ["/disclosure", "/disclosure.csv", "/lists.csv"])
def test_a_filter_that_cannot_be_read_is_told(visitor: Client, door: str, query: str) -> None:
    assert visitor.get(f"{door}?{query}").status_code == 400


def test_the_lists_can_be_taken_away_when_they_are_empty(visitor: Client) -> None:
    assert rows_of(visitor, "/lists.csv") == []


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@x", "\tx"])
def test_no_cell_begins_a_formula(text: str) -> None:
    assert line((text,)).lstrip('"').startswith("'")


def test_an_export_is_not_kept_anywhere(visitor: Client) -> None:
    answer = visitor.get("/disclosure.csv")

    assert answer["Cache-Control"] == "no-store"
    assert answer["X-Robots-Tag"] == "noindex, noarchive"
    assert visitor.post("/disclosure.csv").status_code == 405


@pytest.mark.parametrize("query", ["", "as_of=2026-01-01", "as_of=2025-07-01", "known_at=2026-11-23T01:30:00Z"])
def test_no_new_door_brings_back_what_has_ended(visitor: Client, region: Database, query: str) -> None:
    before = text_of(visitor, "/disclosure?item=penalty")
    town.end(region, town.B)
    doors = ("/disclosure.csv?", "/disclosure.csv?year=2026&", "/disclosure?region=990100&", "/disclosure?year=2026&",
             "/disclosure?sort=oldest&", "/disclosure?status=active&", "/lists.csv?", "/developers?",
             "/search?q=清河&region=990100&")  # fmt: skip

    for door in doors:
        said = text_of(visitor, f"{door}{query}")
        assert town.B.number not in said, door
        assert town.GONE.number not in said, door
    assert "共 4 条" in before
    assert "共 3 条" in text_of(visitor, "/disclosure?item=penalty")
    assert "共 4 条" not in text_of(visitor, f"/disclosure?item=penalty&{query}")


def test_a_time_narrows_the_count_as_it_narrows_the_rows(visitor: Client) -> None:
    page = text_of(visitor, "/disclosure?item=penalty&as_of=2026-07-01")

    assert "共 2 条" in page
    assert len(numbers(visitor, "item=penalty&as_of=2026-07-01")) == 2


def test_robots_keep_nothing_that_ends(visitor: Client) -> None:
    said = text_of(visitor, "/robots.txt")

    assert all(f"Disallow: {door}\n" in said for door in ("/search", "/api/", "/s/", "/r/", "/disclosure", "/lists"))
    assert visitor.get(f"/s/{town.BUILDER}")["X-Robots-Tag"] == "noindex, noarchive"
    assert "nosnippet" in visitor.get("/")["X-Robots-Tag"]


def test_every_page_names_the_day_of_its_data_and_says_when_data_is_late(visitor: Client, region: Database) -> None:
    in_time = text_of(visitor, "/disclosure")
    town.set_clock(region, datetime(2026, 12, 8, 1, 0, tzinfo=UTC))

    late = text_of(visitor, "/disclosure")

    assert "数据截至 2026-11-23" in in_time
    assert "数据更新延迟" not in in_time
    assert "数据更新延迟，最近更新 2026-11-23" in late


def test_a_cancelled_organisation_is_found_and_its_closed_file_holds_nothing(visitor: Client, region: Database) -> None:
    with region.connect("admin") as admin:
        admin.execute("UPDATE limu.subject SET status = 'cancelled' WHERE uscc = %s", (town.BUILDER,))
        admin.execute("UPDATE limu.register_state SET version = version + 1")
    still_open = visitor.get(f"/s/{town.BUILDER}")
    for deed in (town.A, town.B, town.C):
        town.end(region, deed)

    closed, described = (
        visitor.get(f"/s/{town.BUILDER}?as_of=2026-08-01"),
        visitor.get(f"/api/v1/subjects/{town.BUILDER}"),
    )

    assert still_open.status_code == 200
    assert (closed.status_code, described.status_code) == (410, 410)
    assert "该主体已注销" in closed.content.decode()
    assert "清河" not in closed.content.decode() + described.content.decode()
    assert "注销" in text_of(visitor, "/search?q=清河建材有限公司")


def test_a_search_is_filtered_by_region_and_status(visitor: Client) -> None:
    assert "示例市清河建材有限公司" in text_of(visitor, "/search?q=清河&region=990100&status=active")
    assert "没有符合筛选条件的主体" in text_of(visitor, "/search?q=清河&region=110000")
