"""One transaction for each page of an officer, and one answer for what failed."""

from collections.abc import Iterator

import pytest
from django.test import Client, override_settings

from limu.wire import database as wire
from limu.wire.database import Database
from tests import people


@pytest.fixture
def clerk(own_database: Database) -> Iterator[Client]:
    with people.doors_open(own_database), override_settings(ROOT_URLCONF="tests.page.pages"):
        with own_database.connect("app") as app:
            people.officer_in(app, people.department_of(app, 1), "one.clerk", "clerk")
        people.give_logins(own_database, ["one.clerk"])
        yield people.signed_in("one.clerk")


def _written(database: Database) -> int:
    with database.connect("app") as app:
        row = app.execute("SELECT count(*) AS n FROM limu.person WHERE name = '示例员写入'").fetchone()
    assert row
    return int(row["n"])


@pytest.mark.parametrize(
    ("address", "status", "written"), [("fails", 500, 0), ("errors", 422, 0), ("missing", 404, 0), ("succeeds", 200, 1)]
)
def test_only_a_page_that_succeeds_is_committed(
    clerk: Client, own_database: Database, address: str, status: int, written: int
) -> None:
    answer = clerk.get(f"/dept/{address}")

    assert answer.status_code == status
    assert _written(own_database) == written
    assert answer["Cache-Control"] == "no-store"


def test_a_failed_form_comes_back_with_its_number_and_what_was_typed(clerk: Client) -> None:
    answer = clerk.post(
        "/dept/fails", {"reason": "更正<金额>", "password": "Geheim-77"}, headers={"X-Request-Id": "abcd1234"}
    )
    page = answer.content.decode()

    assert answer.status_code == 500
    assert "abcd1234" in page
    assert 'name="reason" value="更正&lt;金额&gt;"' in page
    assert "Geheim-77" not in page


def test_every_page_of_a_desk_names_who_looks_and_when(clerk: Client) -> None:
    page = clerk.get("/dept/succeeds").content.decode()

    assert 'data-watermark="示例员one.clerk one.clerk 20' in page
    assert 'data-testid="desk-sign-out"' in page


def test_a_page_waits_for_no_second_connection_to_know_who_looks(
    clerk: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    # As when everybody else's pages hold all the others.
    wire.pool("app").close()
    wire.pool.cache_clear()
    monkeypatch.setenv("LIMU_POOL_SIZE", "1")
    # Nor to know what supervisor and auditor must be told of emergency access.
    monkeypatch.setattr("limu.access.site.authorise", lambda *_: None)

    assert clerk.get("/ops/succeeds").status_code == 200


def test_a_text_that_no_column_holds_is_a_malformed_request_and_no_fault_of_ours(own_database: Database) -> None:
    with people.doors_open(own_database):
        with own_database.connect("app") as app:
            people.officer_in(app, people.department_of(app, 1), "one.clerk", "clerk")
        people.give_logins(own_database, ["one.clerk"])

        answer = people.signed_in("one.clerk").get("/dept/batches?item=%00")

    assert answer.status_code == 400
    assert "请求的格式不正确" in answer.content.decode()
