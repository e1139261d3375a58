"""Reporting by machine: two people for a key, one answer for one Idempotency-Key, and the desk's own words."""

import io
import json
import re
from dataclasses import replace
from typing import Any
from uuid import uuid4

import openpyxl
import pytest
from django.test import Client

from limu.department import actions_key as keys
from limu.department.rules import Refusal
from limu.department.rules_key import SAME_PERSON, Wish
from limu.department.store import close_officer, enter
from limu.department.store_key import keys_of
from limu.intake.tasks import write_workbook
from limu.page.doors import DOORS, KEYED
from limu.page.guard import Share
from limu.wire.database import Database
from tests import people
from tests.intake.made import HEADER, company, person
from tests.standing import TODAY, Standing

ACTS = ("submit", "submit_nil", "read_submission")


def key_for(
    database: Database, side: Standing, *, acts: tuple[str, ...] = ACTS, items: tuple[str, ...] = ("penalty",)
) -> str:
    """A key asked for by the clerk and agreed to by the reviewer."""
    with database.connect("app") as connection:
        today = connection.execute("SELECT limu.register_today() AS day").fetchone()
        assert today is not None
        enter(connection, department=side.department.id)
        wish = Wish("案件系统", items, acts, today["day"].replace(year=today["day"].year + 1))
        made = keys.ask_key(
            connection, officer=side.clerk, wish=wish, own_items=frozenset({"penalty"}), today=today["day"]
        )
        assert not isinstance(made, Refusal), made
        assert keys.settle_key(connection, officer=side.reviewer, key=made[0].id, is_agreed=True) is None
    return made[1]


def asked(token: str, *, name: str = "") -> dict[str, Any]:
    return {"HTTP_AUTHORIZATION": f"Bearer {token}", "HTTP_IDEMPOTENCY_KEY": name or uuid4().hex}


def send(token: str, rows: list[list[str]], *, name: str = "", **more: Any) -> Any:
    stated = [dict(zip(HEADER, row, strict=True)) for row in rows]
    body = json.dumps({"item": "penalty", "rows": stated, **more}, ensure_ascii=False)
    client = Client(enforce_csrf_checks=True)
    return client.post("/api/v1/submissions", body, content_type="application/json", **asked(token, name=name))


def ten_rows(side: Standing) -> list[list[str]]:
    rows = [company(side.codes[n % 3], n) for n in range(1, 11)]
    rows[4][5] = "罚站"
    rows[7][8] = "2099-01-01"
    return rows


def test_rows_are_entered_and_refused_with_the_words_of_the_desk(
    offices: tuple[Standing, Standing], own_database: Database
) -> None:
    token = key_for(own_database, offices[0])
    answer = send(token, ten_rows(offices[0]))
    told = answer.json()

    assert answer.status_code == 201, told
    assert (told["received"], told["accepted"], told["refused"]) == (10, 8, 2)
    assert told["state_text"] == "部分成功"
    assert told["officer"] == offices[0].clerk.code
    messages = [one["message"] for one in told["findings"] if one["level"] == "refuse"]
    assert any(one.startswith("第 5 行「处罚类别」：不在目录中") for one in messages)
    assert any(one.startswith("第 8 行「处罚决定日期」：晚于今天") for one in messages)
    receipt = Client().get(answer["Location"], **asked(token))
    assert receipt.json() == told
    findings = Client().get(told["links"]["findings"] + "?limit=1", **asked(token))
    assert len(findings.json()["findings"]) == 1
    assert 'rel="next"' in findings["Link"]
    book = openpyxl.load_workbook(io.BytesIO(Client().get(told["links"]["answer"], **asked(token)).content))
    assert [cell.value for cell in book["数据"][1]][:2] == ["处理结果", "问题说明"]


def test_the_workbook_of_a_large_batch_is_asked_for_again_until_it_is_written(
    offices: tuple[Standing, Standing], own_database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("limu.intake.actions_workbook.LARGE_ROWS", 3)
    token = key_for(own_database, offices[0])
    link = send(token, ten_rows(offices[0])).json()["links"]["answer"]
    waiting = Client().get(link, **asked(token))
    with own_database.connect("app") as connection:
        wish = connection.execute("SELECT body FROM limu.outbox WHERE kind = 'write_workbook'").fetchone()
        assert wish is not None
        write_workbook(connection, wish["body"])
    written = Client().get(link, **asked(token))

    assert (waiting.status_code, waiting["Retry-After"], waiting.json()["state"]) == (202, "10", "writing")
    assert written.status_code == 200
    assert openpyxl.load_workbook(io.BytesIO(written.content))["数据"].max_row == 11


def test_a_file_comes_as_multipart_and_its_batch_stands_on_the_desk(
    offices: tuple[Standing, Standing], own_database: Database
) -> None:
    token = key_for(own_database, offices[0])
    text = "\n".join(",".join(row) for row in [HEADER, company(offices[0].codes[0], 1)])
    file = io.BytesIO(text.encode("gb18030"))
    file.name = "a.csv"
    answer = Client().post("/api/v1/submissions", {"item": "penalty", "file": file}, **asked(token))

    assert answer.status_code == 201, answer.content.decode()
    listed = Client().get("/api/v1/submissions", **asked(token)).json()["submissions"]
    assert [one["submission"] for one in listed] == [answer.json()["submission"]]


def test_the_same_request_again_gets_the_same_answer_and_enters_nothing(
    offices: tuple[Standing, Standing], own_database: Database
) -> None:
    token = key_for(own_database, offices[0])
    rows = ten_rows(offices[0])
    first, again = send(token, rows, name="one"), send(token, rows, name="one")

    assert (again.status_code, again.content) == (first.status_code, first.content)
    other = send(token, rows[:3], name="one")
    assert other.status_code == 422
    assert other["Content-Type"] == "application/problem+json"
    assert other.json()["code"] == "F-140"
    assert send(token, rows[:3], name="two").status_code == 201


def test_a_request_in_work_is_not_done_twice(offices: tuple[Standing, Standing], own_database: Database) -> None:
    token = key_for(own_database, offices[0])
    key = re.match(r"limu_([0-9a-f]{32})_", token)
    assert key is not None
    with own_database.connect("app", autocommit=True) as other:
        held = f"{key[1][:8]}-{key[1][8:12]}-{key[1][12:16]}-{key[1][16:20]}-{key[1][20:]}\x1fone"
        other.execute("SELECT pg_advisory_lock(hashtextextended(%s, 11))", [held])
        answer = send(token, ten_rows(offices[0]), name="one")

    assert answer.status_code == 409
    assert answer["Retry-After"]
    assert send(token, ten_rows(offices[0]), name="one").status_code == 201


def test_a_refused_request_may_be_mended_under_its_key(
    offices: tuple[Standing, Standing], own_database: Database
) -> None:
    token = key_for(own_database, offices[0])
    headless = Client().post(
        "/api/v1/submissions", json.dumps({"item": "penalty", "rows": [{"甲": "1"}]}),
        content_type="application/json", **asked(token, name="one"),
    )  # fmt: skip

    assert headless.status_code == 422
    assert headless.json()["code"] in ("F-103", "F-108")
    assert send(token, ten_rows(offices[0]), name="one").status_code == 201


def test_nobody_states_another_department_or_a_correction(
    offices: tuple[Standing, Standing], own_database: Database
) -> None:
    token = key_for(own_database, offices[0])
    rows = ten_rows(offices[0])

    assert send(token, rows, department=offices[1].department.uscc).json()["code"] == "F-142"
    assert send(token, rows, intent="correction").json()["code"] == "F-144"
    nil = Client().post(
        "/api/v1/submissions", '{"item":"penalty","intent":"nil"}', content_type="application/json", **asked(token)
    )
    assert (nil.status_code, nil.json()["state_text"]) == (201, "已零报告")


def test_a_person_leaves_no_trace_by_machine(offices: tuple[Standing, Standing], own_database: Database) -> None:
    token = key_for(own_database, offices[0])
    answer = send(token, [company(offices[0].codes[0], 1), person(2)])

    assert answer.json()["codes"].get("person") == 1
    assert "欧阳晓燕" not in answer.content.decode()
    assert "11010119900307765X" not in answer.content.decode()


def test_a_key_opens_nothing_before_another_person_agrees(
    offices: tuple[Standing, Standing], own_database: Database
) -> None:
    side = offices[0]
    with own_database.connect("app") as connection:
        enter(connection, department=side.department.id)
        wish = Wish("案件系统", ("penalty",), ACTS, TODAY.replace(year=2027))
        made = keys.ask_key(connection, officer=side.clerk, wish=wish, own_items=frozenset({"penalty"}), today=TODAY)
        assert not isinstance(made, Refusal)
        connection.commit()
        assert send(made[1], ten_rows(side)).status_code == 401
        twin = people.officer_in(connection, side.department, "twin.clerk", "reviewer")
        enter(connection, department=side.department.id)
        same = replace(twin, person=side.clerk.person)
        assert keys.settle_key(connection, officer=same, key=made[0].id, is_agreed=True) == SAME_PERSON


def test_a_rotated_key_lives_beside_its_old_secret_and_a_revoked_one_not_at_all(
    offices: tuple[Standing, Standing], own_database: Database
) -> None:
    side = offices[0]
    old = key_for(own_database, side)
    with own_database.connect("app") as connection:
        enter(connection, department=side.department.id)
        key = keys_of(connection, department=side.department.id)[0].id
        rotated = keys.rotate_key(connection, officer=side.clerk, key=key, hours=24, today=TODAY)
        assert not isinstance(rotated, Refusal)
    assert [Client().get("/api/v1/submissions", **asked(one)).status_code for one in (old, rotated[1])] == [200, 200]
    with own_database.connect("app") as connection:
        enter(connection, department=side.department.id)
        again = keys.rotate_key(connection, officer=side.clerk, key=key, hours=0, today=TODAY)
        assert not isinstance(again, Refusal)
    tokens = (old, rotated[1], again[1])
    assert [Client().get("/api/v1/submissions", **asked(one)).status_code for one in tokens] == [401, 401, 200]
    with own_database.connect("app") as connection:
        enter(connection, department=side.department.id)
        assert keys.revoke_key(connection, officer=side.reviewer, key=key) is None
    assert Client().get("/api/v1/submissions", **asked(again[1])).status_code == 401


def test_a_key_dies_with_the_account_that_answers_for_it(
    offices: tuple[Standing, Standing], own_database: Database
) -> None:
    token = key_for(own_database, offices[0])
    with own_database.connect("app") as connection:
        close_officer(connection, offices[0].clerk.id)

    assert send(token, ten_rows(offices[0])).status_code == 401


def test_the_secret_is_nowhere_in_the_database(offices: tuple[Standing, Standing], own_database: Database) -> None:
    token = key_for(own_database, offices[0])
    secret = token.rpartition("_")[2][-20:]
    with own_database.connect("admin") as admin:
        rows = admin.execute(
            "SELECT to_jsonb(s)::text || to_jsonb(k)::text AS told FROM limu.api_secret s, limu.api_key k"
        )
        assert all(secret not in row["told"] for row in rows)


MACHINES = [door for door in DOORS if door.act == KEYED and door.path.startswith("api/v1/submissions")]


@pytest.mark.parametrize("door", MACHINES, ids=lambda door: door.path)
def test_every_keyed_door_knows_its_own_department_alone(
    offices: tuple[Standing, Standing], own_database: Database, door: Any
) -> None:
    own, other = (key_for(own_database, side) for side in offices)
    narrow = key_for(own_database, offices[0], acts=("submit_nil",))
    made = send(own, ten_rows(offices[0])).json()["submission"]
    address = "/" + re.sub(r"<[^>]+>", made, door.path)
    nowhere = "/" + re.sub(r"<[^>]+>", str(uuid4()), door.path)

    def got(token: str, at: str = address) -> Any:
        return Client().get(at, **asked(token))

    assert got(own).status_code == 200
    assert Client().get(address).status_code == 401
    assert got("limu_" + "0" * 32 + "_" + "a" * 43).status_code == 401
    assert got(own[:-1] + ("a" if own[-1] != "a" else "b")).status_code == 401
    assert got(narrow).status_code == 403
    if door.names:
        bodies = [{**one.json(), "request_id": ""} for one in (got(other), got(other, nowhere))]
        assert [got(other).status_code, bodies[0]] == [404, bodies[1]]
    else:
        assert got(other).json()["submissions"] == []


def test_the_interface_is_described(own_database: Database) -> None:
    with people.doors_open(own_database):
        told = Client().get("/api/v1/openapi.json").json()

    assert "/api/v1/submissions" in told["paths"]
    assert "multipart/form-data" in told["paths"]["/api/v1/submissions"]["post"]["requestBody"]["content"]


def test_a_key_that_asks_too_often_is_told_when_to_come_back(
    offices: tuple[Standing, Standing], own_database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    token = key_for(own_database, offices[0])
    monkeypatch.setattr("limu.page.machine.share_now", lambda: Share(per_minute=1, burst=1, per_day=2000))
    monkeypatch.setattr("limu.page.machine.KEY_SHARE", 2)
    answers = [Client().get("/api/v1/submissions", **asked(token)) for _ in range(3)]

    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert answers[2]["Content-Type"] == "application/problem+json"
    assert int(answers[2]["Retry-After"]) > 0
