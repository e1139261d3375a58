"""The desks for objections and repairs over HTTP: what an officer does, sees and is told."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from limu import reactions_objection
from limu.case import store_letter
from limu.case.rules import Agent, Case, Document
from limu.case.store_letter import Letter
from limu.department.rules import Officer
from limu.department.store import enter
from limu.reactions import ask_removal
from limu.wire.database import Database
from limu.wire.files import FileStore
from limu.wire.home import find_home
from tests import people
from tests.lawful import COMMITMENT, Lawful, apply, stand_lawful


@pytest.fixture
def town(own_database: Database) -> Iterator[tuple[Database, Lawful, Officer]]:
    """One record, its body's reviewers, a supervisor of the centre; all can sign in."""
    with people.doors_open(own_database):
        with own_database.connect("app") as app:
            lawful = stand_lawful(app)
            desk = people.department_of(app, 90, is_centre=True)
            supervisor = people.officer_in(app, desk, "centre.supervisor", "supervisor")
        people.give_logins(own_database, [lawful.handler.code, lawful.second.code, supervisor.code])
        people.give_factors(own_database)
        yield own_database, lawful, supervisor


def _repair(database: Database, lawful: Lawful) -> Case:
    proof = FileStore(find_home(), "cases").put(b"%PDF-1.4 receipt")
    with database.connect("app") as app:
        return apply(
            app, lawful, documents=(COMMITMENT, Document("performance_proof", "缴款 凭证.pdf", proof, 16))
        )  # fmt: skip


def _post(client: Client, address: str, **values: Any) -> Any:
    return client.post(address, values)


def test_a_repair_goes_from_application_to_letter_by_two_people(town: tuple[Database, Lawful, Officer]) -> None:
    database, lawful, _ = town
    case = _repair(database, lawful)
    first, second = people.signed_in(lawful.handler.code), people.signed_in(lawful.second.code)
    page = f"/dept/cases/{case.id}"

    assert case.number in first.get("/dept").content.decode()
    listed = first.get("/dept/cases").content.decode()
    assert case.number in listed
    assert "待受理" in listed
    assert _post(first, f"{page}/step", step="accept").status_code == 302
    shown = first.get(page).content.decode()
    assert "哪些天计入、为什么" in shown
    assert "《信用修复管理办法》" in shown
    assert "✔" in shown
    _post(first, f"{page}/step", step="propose", outcome="granted", reason="义务已履行")
    assert "须由本单位另一人确认" in first.get(page).content.decode()
    preview = second.get(f"{page}/confirm").content.decode()
    assert "信用修复结果告知书" in preview
    assert _post(second, f"{page}/confirm", decision="confirm").status_code == 302
    assert "同意修复，同步中" in second.get(page).content.decode()
    assert Client().get(f"/r/{lawful.record}").status_code == 410


def test_a_refusal_without_a_ground_comes_back_with_everything_that_was_typed(
    town: tuple[Database, Lawful, Officer],
) -> None:
    database, lawful, _ = town
    case = _repair(database, lawful)
    client = people.signed_in(lawful.handler.code)

    answer = _post(
        client, f"/dept/cases/{case.id}/step", step="propose", outcome="refused", reason="看不清楚的一段话"
    )  # fmt: skip

    assert answer.status_code == 422
    text = answer.content.decode()
    assert "不予修复必须选择理由" in text
    assert "看不清楚的一段话" in text


def test_the_preview_of_a_decision_changes_nothing(town: tuple[Database, Lawful, Officer]) -> None:
    database, lawful, _ = town
    case = _repair(database, lawful)
    first, second = people.signed_in(lawful.handler.code), people.signed_in(lawful.second.code)
    _post(first, f"/dept/cases/{case.id}/step", step="propose", outcome="granted", reason="已履行")

    second.get(f"/dept/cases/{case.id}/confirm")

    with database.connect("admin") as admin:
        assert admin.execute("SELECT count(*) AS n FROM limu.letter").fetchone() == {"n": 0}
    assert Client().get(f"/r/{lawful.record}").status_code == 200


def test_a_document_is_handed_out_as_a_file_and_never_run(town: tuple[Database, Lawful, Officer]) -> None:
    database, lawful, _ = town
    case = _repair(database, lawful)
    client = people.signed_in(lawful.handler.code)
    with database.connect("admin") as admin:
        row = admin.execute("SELECT id FROM limu.case_document WHERE role = 'performance_proof'").fetchone()
    assert row

    answer = client.get(f"/dept/cases/{case.id}/documents/{row['id']}")

    assert answer.content == b"%PDF-1.4 receipt"
    assert answer["Content-Disposition"].startswith("attachment")
    assert answer["X-Content-Type-Options"] == "nosniff"


def test_an_objection_marks_the_public_page_and_the_interface_at_once(town: tuple[Database, Lawful, Officer]) -> None:
    database, lawful, supervisor = town
    with database.connect("app") as app:
        made = reactions_objection.open_objection(
            app, actor=Agent(lawful.subject, "某"), record=lawful.record, reason="wrong_content", text="金额不对"
        )
        assert isinstance(made, Case)

    assert "异议处理中" in Client().get(f"/r/{lawful.record}").content.decode()
    assert Client().get(f"/api/v1/records/{lawful.record}").json()["is_disputed"] is True
    watched = people.signed_in(supervisor.code).get("/ops/cases").content.decode()
    assert made.number in watched
    assert "异议统计" in watched


def test_letters_that_wait_for_their_service_are_leafed_through(town: tuple[Database, Lawful, Officer]) -> None:
    database, lawful, _ = town
    with database.connect("app") as app:
        enter(app, department=lawful.base.department.id)
        for number in range(23):
            store_letter.insert_letter(app, Letter(
                uuid4(), None, lawful.base.department.id, lawful.subject, None, "result", f"试函〔2026〕{number:02}号",
                "信用修复结果告知书", ("正文",), None, datetime(2026, 7, 1, number, tzinfo=UTC), date(2026, 7, 1),
            ))  # fmt: skip
    client = people.signed_in(lawful.handler.code)

    first, last = (client.get(f"/dept/notices{more}").content.decode() for more in ("", "?letters=20"))

    assert "〕19号" in first
    assert "〕20号" not in first
    assert 'href="/dept/notices?letters=20#letters" rel="next"' in first
    assert "〕22号" in last
    assert str(lawful.record) in last, "the other list stays where it was"


def test_a_notice_is_served_with_its_decision_and_leaves_the_list(town: tuple[Database, Lawful, Officer]) -> None:
    database, lawful, _ = town
    client = people.signed_in(lawful.handler.code)
    assert str(lawful.record) in client.get("/dept/notices").content.decode()

    empty = _post(client, "/dept/notices", on="2026-07-05", way="post")
    served = _post(client, "/dept/notices", on="2026-07-05", way="post", record=str(lawful.record))

    assert empty.status_code == 422
    assert served.status_code == 302
    assert str(lawful.record) not in client.get("/dept/notices").content.decode()
    with database.connect("app") as app:
        enter(app, department=lawful.base.department.id)
        row = app.execute("SELECT lines FROM limu.repair_service").fetchone()
    assert row
    assert "修复条件" in row["lines"][1]


def test_a_decision_that_fell_shows_the_days_left_to_withdraw_it(town: tuple[Database, Lawful, Officer]) -> None:
    database, lawful, _ = town
    with database.connect("app") as app:
        enter(app, department=lawful.base.department.id)
        asked = ask_removal(
            app, officer=lawful.base.clerk, record=lawful.record, submission=None, kind="record_revoked",
            reason="复议撤销", citation="示府复决〔2026〕1号", revoked_on=date(2026, 11, 13),
        )  # fmt: skip
        assert not hasattr(asked, "cure")

    page = people.signed_in(lawful.handler.code).get("/dept/cases").content.decode()

    assert "须在法定期限内撤回" in page
    assert "示府复决〔2026〕1号" in page
    assert 'data-testid="light"' in page
    # Three working days from the day on which it fell, a Friday, not from the day on which somebody asked.
    assert "2026-11-18" in page
    assert "逾期" in page
    assert "第 3 日 · 工作日" in page
    wish = people.signed_in(lawful.handler.code).get(f"/dept/removals/{asked}").content.decode()
    assert "法定撤回期限" in wish
    assert "第 3 日 · 工作日" in wish
