"""终止报送 over HTTP: two people end that a department files an item; what it has sent stays its own to mend."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest
from django.test import Client

from limu.catalogue import store_ending
from limu.catalogue.rules_ending import read_ending
from limu.catalogue.rules_schedule import Schedule, stand
from limu.department.rules import Refusal
from limu.department.store import disown_item, enter, own_item
from limu.terms.days import Calendar
from limu.wire.database import Database
from tests import people, standing
from tests.intake.desk_hands import send, text_of, token_of
from tests.intake.made import HEADER, company, write_csv
from tests.intake.test_tasks import set_day
from tests.standing import TODAY, Standing

END = TODAY + timedelta(days=3)
BASIS = "机构改革职责调整方案"


@dataclass(frozen=True, slots=True)
class Office:
    """The centre with two editors, and two departments that file penalties."""

    database: Database
    bureau: Standing
    other: Standing

    @property
    def cell(self) -> str:
        """The address of the bureau's task at the centre."""
        return f"/ops/collection/{self.bureau.department.id}/penalty"


@pytest.fixture
def office(own_database: Database) -> Iterator[Office]:
    set_day(own_database, 0)
    with people.doors_open(own_database):
        with own_database.connect("app") as app:
            bureau, other = standing.stand(app), standing.stand(app, number=2)
            centre = people.department_of(app, 9, is_centre=True)
            for code in ("editor.one", "editor.two"):
                people.officer_in(app, centre, code, "catalogue_editor")
            app.commit()
        codes = ["editor.one", "editor.two", bureau.clerk.code, other.clerk.code]
        people.give_logins(own_database, codes)
        people.give_factors(own_database)
        yield Office(own_database, bureau, other)


def _ended(office: Office) -> tuple[Client, Client, str]:
    first, second = people.signed_in("editor.one"), people.signed_in("editor.two")
    asked = first.post(f"{office.cell}/end", {"until": END.isoformat(), "basis": BASIS})
    assert asked.status_code == 302, asked.content.decode()
    page = str(asked["Location"])
    assert second.post(page, {"decision": "agree"}).status_code == 302
    return first, second, page


def _file(tmp_path: Path, office: Office, name: str, *rows: list[str]) -> Path:
    return write_csv(tmp_path / name, [HEADER, *rows])


def test_a_task_ends_on_its_day_and_what_was_sent_is_still_mended(office: Office, tmp_path: Path) -> None:
    codes = office.bureau.codes
    bad = company(codes[1], 2)
    bad[5] = "罚站"
    clerk = people.signed_in(office.bureau.clerk.code)
    sent = clerk.post(
        f"/dept/upload/{token_of(send(clerk, _file(tmp_path, office, 'a.csv', company(codes[0], 1), bad)))}/confirm",
        follow=True,
    )
    batch = sent.redirect_chain[-1][0].rsplit("/", 1)[-1]
    _ended(office)

    tasks = text_of(clerk.get("/dept/tasks"))
    assert f"{END} 起不再由本单位报送" in tasks
    assert BASIS in tasks
    held = token_of(send(clerk, _file(tmp_path, office, "b.csv", company(codes[2], 3))))

    set_day(office.database, 3)
    clerk = people.signed_in(office.bureau.clerk.code)
    tasks = text_of(clerk.get("/dept/tasks"))
    assert "已终止的事项" in tasks
    assert BASIS in tasks
    assert "行政处罚" not in text_of(clerk.get("/dept/templates"))
    assert clerk.get("/dept/tasks/penalty/nil").status_code == 404
    assert clerk.post(f"/dept/upload/{held}/confirm").status_code == 404
    page = clerk.get(f"/dept/problems/{batch}/3").content.decode()
    form = dict(re.findall(r'name="(field\.[^"]+)" value="([^"]*)"', page))
    mended = clerk.post(f"/dept/problems/{batch}/3", {**form, "field.kinds": "罚款", "act": "mend"}, follow=True)
    assert "已修改入库" in text_of(mended), text_of(mended)
    assert "已终止" not in text_of(people.signed_in(office.other.clerk.code).get("/dept/tasks"))


def test_who_asked_does_not_agree_at_the_desk_nor_in_the_database(office: Office) -> None:
    first = people.signed_in("editor.one")
    page = str(first.post(f"{office.cell}/end", {"until": END.isoformat(), "basis": BASIS})["Location"])

    own = first.post(page, {"decision": "agree"})

    assert own.status_code == 422
    assert "提出终止的人不能自己确认" in own.content.decode()
    with office.database.connect("app") as app:
        enter(app, department=office.bureau.department.id, reach="centre")
        wish = store_ending.waiting(app)[0]
        with pytest.raises(psycopg.errors.CheckViolation), app.transaction():
            store_ending.settle_ending(app, wish.id, officer=wish.asked_by, is_agreed=True)
        with pytest.raises(psycopg.errors.CheckViolation), app.transaction():
            disown_item(app, item="penalty", department=office.bureau.department.id, until=END)


def test_a_settled_ending_is_history(office: Office) -> None:
    _, second, page = _ended(office)

    assert "这一终止申请已经办结" in second.post(page, {"decision": "decline"}).content.decode()
    cell = text_of(second.get(office.cell))
    assert "不再由该单位报送" in cell
    assert BASIS in cell
    with office.database.connect("app") as app:
        enter(app, department=office.bureau.department.id, reach="centre")
        for statement in ("DELETE FROM limu.item_ending", "UPDATE limu.item_ending SET is_agreed = false"):
            with pytest.raises(psycopg.Error), app.transaction():
                app.execute(statement)
    with office.database.connect("app") as app:
        enter(app, department=office.other.department.id)
        assert app.execute("SELECT count(*) AS n FROM limu.item_ending").fetchone() == {"n": 0}


def test_a_task_comes_back_from_its_end_on_by_two_people_again(office: Office) -> None:
    first, second, _ = _ended(office)
    said = {"item": "penalty", "department": str(office.bureau.department.id), "due_day": "20", "basis": "恢复报送"}

    early = first.post("/ops/assign", {**said, "since": TODAY.isoformat()})
    assert "原来的报送还没有终止" in early.content.decode()
    with office.database.connect("app") as app, pytest.raises(psycopg.errors.CheckViolation):
        own_item(app, item="penalty", department=office.bureau.department.id, since=END)
    asked = first.post("/ops/assign", {**said, "since": END.isoformat()})
    assert second.post(str(asked["Location"]), {"decision": "agree"}).status_code == 302

    clerk = people.signed_in(office.bureau.clerk.code)
    assert "不再由本单位报送" not in text_of(clerk.get("/dept/tasks"))
    assert "恢复报送" in text_of(second.get(office.cell))


def test_what_is_missing_is_told_and_what_was_typed_comes_back(office: Office) -> None:
    first = people.signed_in("editor.one")
    answer = first.post(f"{office.cell}/end", {"until": END.isoformat(), "basis": " "})

    assert answer.status_code == 422
    assert "没有填写终止的依据" in answer.content.decode()
    assert f'value="{END}"' in answer.content.decode()
    first.post(f"{office.cell}/end", {"until": END.isoformat(), "basis": BASIS})
    again = first.post(f"{office.cell}/end", {"until": END.isoformat(), "basis": BASIS})
    assert "已在等待确认" in again.content.decode()
    assert first.get(f"/ops/collection/{uuid4()}/penalty/end").status_code == 404


@pytest.mark.parametrize(
    ("until", "basis", "code"), [("", BASIS, "C-413"), (TODAY.isoformat(), BASIS, "C-413"), ("2027-01-01", "", "C-414")]
)
def test_an_ending_is_read_or_refused_with_its_reason(until: str, basis: str, code: str) -> None:
    read = read_ending(until, basis, today=TODAY)

    assert isinstance(read, Refusal)
    assert read.code == code


def test_a_period_due_on_or_after_the_last_day_is_not_asked_for_and_an_earlier_one_is() -> None:
    calendar, today = Calendar(frozenset(), frozenset(), frozenset()), date(2026, 11, 19)
    ending, owed = (
        stand(Schedule(20), (), since=today, until=date(2026, 11, day), today=today, calendar=calendar)
        for day in (20, 21)
    )

    assert (ending.light, ending.told) == ("normal", "这一期不再要求（11-20 起终止）")
    assert owed.light == "near"
