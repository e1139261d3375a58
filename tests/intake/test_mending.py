"""问题数据 and 数据维护 over HTTP: a row mended in place, set aside by the centre, a record corrected by two people."""

import hashlib
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from limu.department.store import enter
from limu.intake.queries_row import row_file
from limu.wire.database import Database
from limu.wire.files import FileHash, FileStore
from tests import people
from tests.intake.desk_hands import enter as sent
from tests.intake.desk_hands import text_of
from tests.intake.made import HEADER, PERSON_NAME, company, person, write_csv
from tests.standing import Standing, stand


@pytest.fixture
def offices(own_database: Database) -> Iterator[tuple[Standing, Standing]]:
    """Two departments, and a credit centre's officer who is in neither."""
    with people.doors_open(own_database):
        with own_database.connect("app") as connection:
            first, second = stand(connection), stand(connection, number=2)
            centre = people.department_of(connection, 9, is_centre=True)
            people.officer_in(connection, centre, "centre.one", "centre_officer")
            connection.commit()
        officers = [one.code for side in (first, second) for one in (side.clerk, side.reviewer, side.second)]
        people.give_logins(own_database, [*officers, "centre.one"])
        people.give_factors(own_database)
        yield first, second


def batch_of(side: Standing, tmp_path: Path, rows: list[list[str]]) -> str:
    address = sent(people.signed_in(side.clerk.code), write_csv(tmp_path / "a.csv", [HEADER, *rows]))
    return address.rpartition("/")[2]


def fields(page: Any) -> dict[str, str]:
    """The form's fields as a browser would send them."""
    body = page.content.decode()
    found = dict(re.findall(r'<input id="f-[^"]*" name="(field\.[^"]+)" value="([^"]*)"', body))
    found |= dict(re.findall(r'<textarea id="f-[^"]*" name="(field\.[^"]+)"[^>]*>([^<]*)</textarea>', body))
    for name, options in re.findall(r'<select id="f-[^"]*" name="(field\.[^"]+)"[^>]*>(.*?)</select>', body, re.DOTALL):
        chosen = re.search(r"<option(?: value=\"([^\"]*)\")? selected>([^<]*)", options)
        found[name] = (chosen[1] or chosen[2]) if chosen else ""
    return found


def count(database: Database, table: str) -> int:
    with database.connect("admin") as admin:
        row = admin.execute(f"SELECT count(*) AS n FROM limu.{table}".encode()).fetchone()
    assert row is not None
    return int(row["n"])


def test_a_row_is_mended_in_place_and_leaves_the_queue(
    offices: tuple[Standing, Standing], own_database: Database, tmp_path: Path
) -> None:
    side = offices[0]
    wrong = company(side.codes[1], 2, 处罚类别="罚站", 处罚决定日期="2099-01-01")
    batch = batch_of(side, tmp_path, [company(side.codes[0], 1), wrong])
    client = people.signed_in(side.clerk.code)
    assert "待修改 1 行" in text_of(client.get("/dept/problems"))

    page = client.get(f"/dept/problems/{batch}/3")
    told = text_of(page)
    assert "第 3 行「处罚类别」：不在目录中" in told
    assert "第 3 行「处罚决定日期」：晚于今天" in told
    form = fields(page)
    assert form["field.kinds"] == "罚站"

    still = client.post(f"/dept/problems/{batch}/3", {**form, "field.kinds": "罚款", "act": "mend"})
    assert still.status_code == 422
    assert "还有 1 处需要修改" in text_of(still)
    assert fields(still)["field.kinds"] == "罚款"
    assert count(own_database, "submission") == 1

    done = client.post(
        f"/dept/problems/{batch}/3",
        {**form, "field.kinds": "罚款", "field.decided_on": "2026-07-01", "act": "mend"}, follow=True,
    )  # fmt: skip
    assert "第 3 行已修改入库" in text_of(done)
    assert "已修改入库" in text_of(client.get(f"/dept/problems/{batch}"))
    assert "没有待处理的问题数据" in text_of(client.get("/dept/problems"))
    with own_database.connect("app") as connection:
        enter(connection, department=side.department.id)
        row = connection.execute(
            """SELECT m.row_number, s.accepted, s.intent FROM limu.mended_row m
               JOIN limu.submission s ON s.id = m.mended_by"""
        ).fetchone()
    assert row == {"row_number": 3, "accepted": 1, "intent": "report"}
    assert count(own_database, "record") == 2


def test_a_persons_row_can_only_be_counted(offices: tuple[Standing, Standing], tmp_path: Path) -> None:
    side = offices[0]
    batch = batch_of(side, tmp_path, [company(side.codes[0], 1), person(2)])
    client = people.signed_in(side.clerk.code)
    page = client.get(f"/dept/problems/{batch}/3")

    assert "当事人是自然人" in text_of(page)
    assert fields(page) == {}
    assert PERSON_NAME not in page.content.decode()
    assert "自然人，不收" in text_of(client.get(f"/dept/problems/{batch}"))
    assert "没有待处理的问题数据" in text_of(client.get("/dept/problems"))


def test_a_person_typed_into_a_form_is_neither_kept_nor_told_back(
    offices: tuple[Standing, Standing], own_database: Database, tmp_path: Path
) -> None:
    side = offices[0]
    batch = batch_of(side, tmp_path, [company(side.codes[0], 1), company(side.codes[1], 2, 处罚类别="罚站")])
    client = people.signed_in(side.clerk.code)
    form = fields(client.get(f"/dept/problems/{batch}/3"))
    form |= {"field.party_name": PERSON_NAME, "field.party_uscc": "", "field.kinds": "罚款"}
    answer = client.post(f"/dept/problems/{batch}/3", {**form, "act": "mend"})

    assert answer.status_code == 422
    assert "当事人是自然人" in text_of(answer)
    assert PERSON_NAME not in answer.content.decode()
    row = row_file({name.removeprefix("field."): text for name, text in form.items()}, side.item)
    assert not FileStore(own_database.home).has(FileHash(hashlib.sha256(row).hexdigest()))
    assert count(own_database, "submission") == 1


def test_a_row_is_set_aside_by_the_centre_and_comes_back_when_it_changes_its_mind(
    offices: tuple[Standing, Standing], own_database: Database, tmp_path: Path
) -> None:
    side = offices[0]
    batch = batch_of(side, tmp_path, [company(side.codes[0], 1), company(side.codes[1], 2, 处罚类别="罚站")])
    client = people.signed_in(side.clerk.code)
    bare = client.post(f"/dept/problems/{batch}/3", {"act": "waive", "reason_code": "other", "waiver_reason": " "})
    assert (bare.status_code, "没有选择忽略的理由" in text_of(bare)) == (422, True)
    client.post(f"/dept/problems/{batch}/3", {"act": "waive", "reason_code": "not_reportable"})
    assert "已申请忽略" in text_of(client.get(f"/dept/problems/{batch}"))

    centre = people.signed_in("centre.one")
    listed = centre.get("/ops/waivers")
    assert "依法不应报送" in text_of(listed)
    address = re.search(r'href="(/ops/waivers/[0-9a-f-]+)"', listed.content.decode())
    assert address is not None
    centre.post(address[1], {"decision": "grant"})
    assert "已忽略" in text_of(client.get(f"/dept/problems/{batch}"))
    assert "没有待处理的问题数据" in text_of(client.get("/dept/problems"))
    centre.post(address[1], {"decision": "reverse"})
    assert "待修改 1 行" in text_of(client.get("/dept/problems"))
    assert count(own_database, "waiver") == 1


def test_a_row_whose_file_is_gone_can_still_be_set_aside(
    offices: tuple[Standing, Standing], own_database: Database, tmp_path: Path
) -> None:
    side = offices[0]
    batch = batch_of(side, tmp_path, [company(side.codes[0], 1), company(side.codes[1], 2, 处罚类别="罚站")])
    with own_database.connect("admin") as admin:
        kept = admin.execute("SELECT encode(file_hash, 'hex') AS name FROM limu.submission").fetchall()
    for row in kept:
        FileStore(own_database.home).destroy(row["name"])
    page = people.signed_in(side.clerk.code).get(f"/dept/problems/{batch}/3")

    assert page.status_code == 200
    assert "原文件已按保存期限销毁" in text_of(page)
    assert "申请忽略" in text_of(page)


def records(database: Database, side: Standing) -> list[dict[str, Any]]:
    with database.connect("app") as connection:
        enter(connection, department=side.department.id)
        return connection.execute("SELECT id, version, content FROM limu.record ORDER BY version, id").fetchall()


def test_a_correction_takes_two_people_and_the_public_page_follows_at_once(  # noqa: PLR0915 - one story
    offices: tuple[Standing, Standing], own_database: Database, tmp_path: Path
) -> None:
    side = offices[0]
    batch_of(side, tmp_path, [company(side.codes[0], 1)])
    old = records(own_database, side)[0]["id"]
    before = Client().get(f"/api/v1/subjects/{side.codes[0]}/records").json()["records"]
    assert [one["content"]["facts"] for one in before] == ["销售不合格产品"]

    reviewer = people.signed_in(side.reviewer.code)
    form = fields(reviewer.get(f"/dept/records/{old}/correct"))
    said = {"kind": "entry_error", "reason": "案由录错", "citation": "示市监罚〔2026〕1号决定书"}
    other = reviewer.post(
        f"/dept/records/{old}/correct", {**form, **said, "field.document_number": "示市监罚〔2026〕9号"}
    )
    assert (other.status_code, "不能改变主体或者文号" in text_of(other)) == (422, True)
    late = reviewer.post(f"/dept/records/{old}/correct", {**form, **said, "field.decided_on": "2099-01-01"})
    assert (late.status_code, "晚于今天" in text_of(late), "第 2 行" in text_of(late)) == (422, True, False)
    same = reviewer.post(f"/dept/records/{old}/correct", {**form, **said})
    assert "内容与现有记录相同" in text_of(same)
    asked = reviewer.post(f"/dept/records/{old}/correct", {**form, **said, "field.facts": "销售不符合标准的水泥"})
    assert asked.status_code == 302
    assert len(records(own_database, side)) == 1
    own = reviewer.post(asked["Location"], {"decision": "agree"})
    assert (own.status_code, "不能由同一人的两个账号完成" in text_of(own)) == (422, True)

    second = people.signed_in(side.second.code)
    page = text_of(second.get(asked["Location"]))
    assert "销售不合格产品 销售不符合标准的水泥" in page
    assert second.post(asked["Location"], {"decision": "agree"}).status_code == 302

    found = records(own_database, side)
    assert [one["version"] for one in found] == [1, 2]
    after = Client().get(f"/api/v1/subjects/{side.codes[0]}/records").json()["records"]
    assert [one["content"]["facts"] for one in after] == ["销售不符合标准的水泥"]
    assert Client().get(f"/r/{old}").status_code == 410
    assert Client().get(f"/r/{found[1]['id']}").status_code == 200
    known = before[0]["recorded_at"]
    then = Client().get(f"/api/v1/subjects/{side.codes[0]}/records", {"known_at": known}).json()["records"]
    assert then == []
    with own_database.connect("app") as connection:
        enter(connection, department=side.department.id)
        event = connection.execute(
            "SELECT cardinality(officers) AS people, citation, reason, body FROM limu.record_event"
            " WHERE kind = 'record_superseded'"
        ).fetchone()
    assert event is not None
    assert (event["people"], event["citation"]) == (2, said["citation"])
    assert event["body"] == {"correction": "entry_error"}
    assert "第 1 版" in text_of(second.get(f"/dept/records/{found[1]['id']}"))


def test_a_row_in_conflict_becomes_a_correction(
    offices: tuple[Standing, Standing], own_database: Database, tmp_path: Path
) -> None:
    side = offices[0]
    batch_of(side, tmp_path, [company(side.codes[0], 1)])
    rows = [company(side.codes[1], 2), company(side.codes[0], 1, 违法事实="销售不符合标准的水泥")]
    batch = batch_of(side, tmp_path, rows)
    client = people.signed_in(side.clerk.code)
    page = client.get(f"/dept/problems/{batch}/3")
    assert "已入库的内容：销售不合格产品" in text_of(page)
    said = {"act": "correct", "kind": "entry_error", "reason": "案由录错", "citation": "决定书"}
    done = client.post(f"/dept/problems/{batch}/3", {**fields(page), **said}, follow=True)

    assert "更正申请已提交" in text_of(done)
    second = people.signed_in(side.second.code)
    address = re.search(r'href="(/dept/corrections/[0-9a-f-]+)"', second.get("/dept").content.decode())
    assert address is not None
    second.post(address[1], {"decision": "agree"})
    assert [one["version"] for one in records(own_database, side)] == [1, 1, 2]


def test_a_declined_correction_changes_nothing(
    offices: tuple[Standing, Standing], own_database: Database, tmp_path: Path
) -> None:
    side = offices[0]
    batch_of(side, tmp_path, [company(side.codes[0], 1)])
    old = records(own_database, side)[0]["id"]
    reviewer, second = people.signed_in(side.reviewer.code), people.signed_in(side.second.code)
    form = fields(reviewer.get(f"/dept/records/{old}/correct"))
    said = {"kind": "entry_error", "reason": "案由录错", "citation": "决定书", "field.facts": "另一事实"}
    asked = reviewer.post(f"/dept/records/{old}/correct", {**form, **said})
    second.post(asked["Location"], {"decision": "decline"})

    assert len(records(own_database, side)) == 1
    assert Client().get(f"/r/{old}").status_code == 200
