"""分配归集任务 over HTTP: a published item becomes a department's task by two people, with its basis and first day."""

from collections.abc import Iterator
from dataclasses import dataclass
from uuid import UUID, uuid4

import psycopg
import pytest
from django.test import Client

from limu.catalogue import store_assignment
from limu.catalogue.rules_assignment import Typed, Wish, read_wish
from limu.catalogue.rules_schedule import Schedule
from limu.catalogue.store import insert_item
from limu.department.rules import Department, Officer, Refusal
from limu.department.store import enter, keep_list, own_item, owns_item
from limu.intake.store_lists import item_for
from limu.listing.store import kept_lists
from limu.measure.actions import sync_law
from limu.wire.clock import Clock
from limu.wire.database import Database
from tests import people, standing
from tests.listed import confirmed_book

TODAY = Clock().today()


@dataclass(frozen=True, slots=True)
class Office:
    """The centre with two editors and an officer, and a department with its clerk."""

    database: Database
    centre: Officer
    bureau: Department

    def owns(self) -> bool:
        """Whether the department has the task."""
        with self.database.connect("app") as app:
            return owns_item(app, item="permit", department=self.bureau.id)

    def keeps(self) -> frozenset[str]:
        """The lists the department keeps."""
        with self.database.connect("app") as app:
            return kept_lists(app, self.bureau.id)

    def said(self, **changed: object) -> dict[str, object]:
        """The form as it would be filled in."""
        return {
            "item": "permit", "department": str(self.bureau.id), "since": TODAY.isoformat(), "due_day": "20",
            "basis": "示例市公共信用信息归集任务分工方案", **changed,
        }  # fmt: skip


@pytest.fixture
def office(own_database: Database) -> Iterator[Office]:
    with people.doors_open(own_database):
        with own_database.connect("app") as app:
            centre, bureau = people.department_of(app, 1, is_centre=True), people.department_of(app, 2)
            one = people.officer_in(app, centre, "desk.one", "centre_officer")
            for code in ("editor.one", "editor.two"):
                people.officer_in(app, centre, code, "catalogue_editor")
            people.officer_in(app, bureau, "bureau.clerk", "clerk")
            insert_item(app, standing.catalogue()["permit"], drafted_by=uuid4(), confirmed_by=uuid4())
        people.give_logins(own_database, ["desk.one", "editor.one", "editor.two", "bureau.clerk"])
        people.give_factors(own_database)
        yield Office(own_database, one, bureau)


def _asked(client: Client, office: Office, **changed: object) -> str:
    answer = client.post("/ops/assign", office.said(**changed))
    assert answer.status_code == 302, answer.content.decode()
    return str(answer["Location"])


def test_a_second_person_makes_it_a_task_of_the_department(office: Office) -> None:
    first, second, clerk = (people.signed_in(code) for code in ("editor.one", "editor.two", "bureau.clerk"))
    assert "没有归集任务" in clerk.get("/dept/tasks").content.decode()
    page = _asked(first, office, months=["3", "9"])

    assert "须由另一人确认" in first.get(page).content.decode()
    assert "首个截止日" in second.get(page).content.decode()
    assert "分配申请等待另一人确认" in second.get("/ops/catalogue").content.decode()
    assert not office.owns()
    assert second.post(page, {"decision": "agree"}).status_code == 302

    name = standing.catalogue()["permit"].name
    assert name in clerk.get("/dept/tasks").content.decode()
    assert office.bureau.short_name in second.get("/ops/catalogue/permit").content.decode()
    cell = second.get(f"/ops/collection/{office.bureau.id}/permit").content.decode()
    assert "截止日 20，3、9 月" in cell
    assert "示例市公共信用信息归集任务分工方案" in cell


def test_who_asked_does_not_agree_at_the_desk_nor_in_the_database(office: Office) -> None:
    first = people.signed_in("editor.one")
    page = _asked(first, office)

    own = first.post(page, {"decision": "agree"})

    assert own.status_code == 422
    assert "提出分配的人不能自己确认" in own.content.decode()
    assert not office.owns()
    with office.database.connect("app") as app:
        enter(app, department=office.centre.department, reach="centre")
        asked = store_assignment.find_assignment(app, UUID(page.rpartition("/")[2]))
        assert asked
        with pytest.raises(psycopg.errors.CheckViolation):
            store_assignment.settle_assignment(app, asked.id, officer=asked.asked_by, is_agreed=True)


def test_what_was_sent_back_is_no_task_and_is_not_decided_again(office: Office) -> None:
    first, second = people.signed_in("editor.one"), people.signed_in("editor.two")
    page = _asked(first, office)

    assert second.post(page, {"decision": "decline"})["Location"] == "/ops/assign"
    again = second.post(page, {"decision": "agree"})

    assert "这一申请已经办结" in again.content.decode()
    assert not office.owns()
    assert "已退回" in first.get("/ops/assign").content.decode()


def test_one_wish_at_a_time_and_none_for_what_is_filed_already(office: Office) -> None:
    first, second = people.signed_in("editor.one"), people.signed_in("editor.two")
    page = _asked(first, office)

    assert "已在等待确认" in second.post("/ops/assign", office.said()).content.decode()
    second.post(page, {"decision": "agree"})
    assert "不需要再分配" in second.post("/ops/assign", office.said()).content.decode()


def test_a_list_that_shares_its_item_is_given_by_name_and_nobody_else_keeps_it(office: Office) -> None:
    first, second = people.signed_in("editor.one"), people.signed_in("editor.two")
    book = confirmed_book()
    with office.database.connect("owner") as owner:
        sync_law(owner, book)
        insert_item(owner, standing.catalogue()["serious_list"], drafted_by=uuid4(), confirmed_by=uuid4())

    unnamed = first.post("/ops/assign", office.said(item="serious_list"))
    assert "没有选择名单" in unnamed.content.decode()
    assert "没有选择名单" in first.post("/ops/assign", office.said(lists=["list/samr"])).content.decode()
    page = _asked(first, office, item="serious_list", lists=["list/samr"])
    assert "市场监管严重违法失信名单" in second.get(page).content.decode()
    assert second.post(page, {"decision": "agree"}).status_code == 302
    assert office.keeps() == {"list/samr"}
    form = second.get("/ops/assign").content.decode()
    assert f"现由{office.bureau.short_name}认定" in form
    assert form.count("尚无认定单位") == 5

    # A further list is given beside the first; the same ones again are not.
    assert (
        "不需要再分配"
        in first.post("/ops/assign", office.said(item="serious_list", lists=["list/samr"])).content.decode()
    )
    more = _asked(first, office, item="serious_list", lists=["list/customs"], due_day="5")
    second.post(more, {"decision": "agree"})
    assert office.keeps() == {"list/samr", "list/customs"}


def test_a_file_names_no_list_that_another_department_keeps(office: Office) -> None:
    item = standing.catalogue()["serious_list"]
    with office.database.connect("owner") as owner:
        sync_law(owner, confirmed_book())
        own_item(owner, item=item.code, department=office.bureau.id)
        keep_list(owner, code="list/customs", item=item.code, department=office.bureau.id)
    with office.database.connect("app") as app:
        field = item_for(app, item, department=office.bureau.id).field("list_name")

    assert field is not None
    assert field.codelist == ("海关严重失信企业",)


def test_what_is_missing_is_told_and_everything_typed_comes_back(office: Office) -> None:
    answer = people.signed_in("desk.one").post("/ops/assign", office.said(basis=" ", due_day="17", months=["5"]))

    page = answer.content.decode()
    assert answer.status_code == 422
    assert "没有填写分配的依据" in page
    assert 'value="17"' in page
    assert 'value="5" checked' in page


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"since": "2026-02-30"}, "C-405"), ({"since": "2000-01-01"}, "C-405"), ({"due_day": "32"}, "C-406"),
        ({"due_day": "x"}, "C-406"), ({"basis": ""}, "C-407"),
    ],
)  # fmt: skip
def test_a_wish_is_read_or_refused_with_its_reason(changed: dict[str, str], code: str) -> None:
    said = {"since": "2026-12-01", "due_day": "20", "basis": "分工方案", **changed}
    item, whose = standing.catalogue()["permit"], uuid4()

    read = read_wish(Typed(item.code, str(whose), **said), item=item, department=whose, today=standing.TODAY)

    assert isinstance(read, Refusal)
    assert read.code == code


def test_twelve_months_are_every_month() -> None:
    item, whose = standing.catalogue()["permit"], uuid4()
    typed = Typed(item.code, str(whose), "2026-12-01", "20", [str(month) for month in range(1, 13)], "分工方案")

    read = read_wish(typed, item=item, department=whose, today=standing.TODAY)

    assert read == Wish(item.code, whose, standing.TODAY.replace(month=12, day=1), Schedule(20), "分工方案")
