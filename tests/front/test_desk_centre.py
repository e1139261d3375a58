"""校验规则, 公示审核与到期, 任务与系统: what the credit centre watches, and what each look leaves behind."""

import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import pytest
from django.test import Client

from limu.check.judge import CHECKS
from limu.department.rules import Officer
from limu.department.store import enter
from limu.wire.database import Database
from tests import people
from tests.intake.made import HEADER, company
from tests.page.centre_objects import item_of, task_of
from tests.page.desk_objects import record_of
from tests.standing import code_of

Town = tuple[Database, dict[str, Officer]]


@pytest.fixture
def town(own_database: Database) -> Iterator[Town]:
    with people.doors_open(own_database):
        with own_database.connect("app") as app:
            staff = people.staff_of(app, people.department_of(app, 1, is_centre=True), prefix="one")
        people.give_logins(own_database, [officer.code for officer in staff.values()])
        people.give_factors(own_database)
        yield own_database, staff


def _client(town: Town, role: str) -> Client:
    return people.signed_in(town[1][role].code)


def _scopes(town: Town, purpose: str) -> list[str]:
    with town[0].connect("app") as app:
        enter(app, department=town[1]["auditor"].department)
        rows = app.execute("SELECT scope FROM limu.read_ticket WHERE purpose = %s ORDER BY opened_at", [purpose])
        return [row["scope"] for row in rows]


def _count(town: Town, table: str) -> int:
    with town[0].connect("app") as app:
        enter(app, department=town[1]["auditor"].department, reach="centre")
        row: Any = app.execute(f"SELECT count(*) AS n FROM limu.{table}".encode()).fetchone()
    return int(row["n"])


def test_pasted_rows_are_judged_and_nothing_is_stored(town: Town) -> None:
    item_of(town[0], town[1]["clerk"])
    record_of(town[0], town[1]["reviewer"])
    before = _count(town, "submission")
    rows = "\n".join(",".join(row) for row in (HEADER, company(code_of(77), 1), company("91110000MA0000000X", 2)))

    page = _client(town, "catalogue_editor").post("/ops/checks/bench", {"item": "penalty", "rows": rows})

    assert page.status_code == 200
    text = page.content.decode()
    assert "2 行：可入库 1，退回 1" in text
    assert "91110000MA0000000X" in text
    assert _count(town, "submission") == before
    assert _scopes(town, "rule_trial") == []


def test_nothing_to_try_is_said_in_words(town: Town) -> None:
    record_of(town[0], town[1]["reviewer"])
    answer = _client(town, "centre_officer").post("/ops/checks/bench", {"item": "penalty"})

    assert answer.status_code == 422
    assert "没有可以试运行的数据" in answer.content.decode()


def test_the_rows_of_a_batch_are_tried_under_a_purpose_of_their_own(town: Town) -> None:
    record_of(town[0], town[1]["reviewer"])
    with town[0].connect("app") as app:
        enter(app, department=town[1]["auditor"].department, reach="centre")
        row: Any = app.execute("SELECT id FROM limu.submission").fetchone()
    client = _client(town, "centre_officer")

    client.post("/ops/checks/bench", {"item": "penalty", "batch": row["id"]})

    assert _scopes(town, "rule_trial") == [f"rows of batch {row['id']}"]
    assert client.post("/ops/checks/bench", {"item": "penalty", "batch": "anything"}).status_code == 404


def test_every_check_is_listed_with_its_citation(town: Town) -> None:
    client, address, pages = _client(town, "supervisor"), "/ops/checks", list[str]()
    while address:
        pages.append(client.get(address).content.decode())
        more = re.search(r'href="([^"]+)" rel="next"', pages[-1])
        address = more[1] if more else ""

    assert max(len(re.findall(r"<th scope=\"row\"><code>", page)) for page in pages) <= 20
    every = "".join(pages)
    assert all(check.code in every and check.citation.split("《")[0].partition("/")[0] in every for check in CHECKS)


def test_the_term_of_a_record_is_counted_anew_and_agrees_with_what_is_shown(town: Town) -> None:
    record = record_of(town[0], town[1]["reviewer"])["record"]

    page = _client(town, "centre_officer").get(f"/ops/publication/{record}").content.decode()

    assert "作出决定之日" in page
    assert "与在用的公示期一致" in page
    assert "《信用修复管理办法》" in page or "信用修复" in page
    assert _scopes(town, "publication_review") == [f"record {record}"]


@pytest.mark.parametrize(
    ("view", "picked"),
    [("ending", "2026-13-45"), ("ended", "2026-07-01T10:00:00+99:99"), ("coming", "2026年7月1日"), ("withheld", "x"),
     ("anything", "")],
)  # fmt: skip
def test_every_view_of_publication_answers_and_leaves_a_trace(town: Town, view: str, picked: str) -> None:
    answer = _client(town, "auditor").get(f"/ops/publication?view={view}&picked={quote(picked)}&skip=x")

    assert answer.status_code == 200
    assert len(_scopes(town, "publication_review")) == 1


def test_a_failed_task_is_tried_again_in_an_officer_s_name(town: Town) -> None:
    task = task_of(town[0], town[1]["auditor"])["task"]
    client = _client(town, "system_administrator")
    page = client.get("/ops/system").content.decode()
    assert "no reaction to unknown" in page
    assert "data_checksums" in page

    client.post(f"/ops/system/{task}/retry")

    with town[0].connect("app") as app:
        row: Any = app.execute(
            "SELECT o.attempts, f.code FROM limu.outbox o JOIN limu.outbox_retry r ON r.task = o.id"
            " JOIN limu.officer f ON f.id = r.officer"
        ).fetchone()
    assert row == {"attempts": 0, "code": "one.system_administrator"}
    assert "由 <code>one.system_administrator</code> 重试" in client.get("/ops/system").content.decode()
