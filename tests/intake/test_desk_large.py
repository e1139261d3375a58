"""Large files at the department's desk: the worker enters them and writes their workbook; days begin in China."""

import io
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from limu.department import store as departments
from limu.intake import store_desk, store_dispatch, tasks
from limu.intake.tasks import enter_submission
from limu.reactions_chunk import entry_factory
from limu.wire.clock import SHANGHAI, Clock, store_clock
from limu.wire.database import Database
from limu.wire.files import FileHash, FileStore
from limu.wire.halt import Halt, HaltedError
from tests import people
from tests.intake.desk_hands import enter, ten_rows, text_of
from tests.intake.made import HEADER, company, write_csv
from tests.standing import TODAY, Standing


def left_to_worker(database: Database, kind: str) -> list[dict[str, Any]]:
    with database.connect("app") as connection:
        rows = connection.execute("SELECT body FROM limu.outbox WHERE kind = %s ORDER BY created_at", [kind])
        return [row["body"] for row in rows]


def test_a_large_file_shows_how_far_the_worker_is(
    offices: tuple[Standing, Standing], own_database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("limu.intake.desk_upload.LARGE_ROWS", 3)
    first, _ = offices
    client = people.signed_in(first.clerk.code)
    batch = enter(client, write_csv(tmp_path / "a.csv", [HEADER, *ten_rows(first)]))
    assert "正在排队" in text_of(client.get(batch))
    with own_database.connect("app") as connection:
        connection.execute("SELECT set_config('limu.department', %s, true)", [str(first.department.id)])
        connection.execute("UPDATE limu.submission SET expected = 10, received = 4, refused = 4")
    page = client.get(batch)
    assert "已处理 4 行，共 10 行" in text_of(page)
    assert 'value="4" max="10"' in page.content.decode()
    with own_database.connect("app") as connection:
        connection.execute("SELECT set_config('limu.department', %s, true)", [str(first.department.id)])
        connection.execute("UPDATE limu.submission SET received = 0, refused = 0")
        connection.commit()
        enter_submission(connection, left_to_worker(own_database, "enter_submission")[0], entry_factory=entry_factory)
    assert "7 行已入库" in text_of(client.get(batch))


def test_a_large_file_stops_between_chunks_and_goes_on_later(
    offices: tuple[Standing, Standing], own_database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("limu.intake.desk_upload.LARGE_ROWS", 3)
    first, _ = offices
    client = people.signed_in(first.clerk.code)
    batch = enter(client, write_csv(tmp_path / "a.csv", [HEADER, *ten_rows(first)]))
    halt = Halt()
    halt.ask()
    [wish] = left_to_worker(own_database, "enter_submission")
    with own_database.connect("app") as connection:
        with pytest.raises(HaltedError):
            enter_submission(connection, wish, entry_factory=entry_factory, breathe=halt.here)
        stopped = text_of(client.get(batch))
        enter_submission(connection, wish, entry_factory=entry_factory)
    done = text_of(client.get(batch))

    assert "已处理 10 行，共 10 行" in stopped
    assert "7 行已入库" in done
    with own_database.connect("admin") as admin:
        assert admin.execute("SELECT count(*) AS rows FROM limu.record").fetchone() == {"rows": 7}


def test_the_workbook_of_a_large_file_is_written_by_the_worker_and_waited_for(
    offices: tuple[Standing, Standing], own_database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("limu.intake.actions_workbook.LARGE_ROWS", 3)
    first, second = offices
    client = people.signed_in(first.clerk.code)
    batch = enter(client, write_csv(tmp_path / "a.csv", [HEADER, *ten_rows(first)]))
    before = text_of(client.get(batch))
    waiting = text_of(client.get(f"{batch}/answer.xlsx", follow=True))
    client.get(f"{batch}/answer.xlsx")
    with own_database.connect("admin", autocommit=True) as admin:
        admin.execute("UPDATE limu.outbox SET attempts = 10 WHERE kind = 'write_workbook'")
    given_up = text_of(client.get(batch))
    again = text_of(client.get(f"{batch}/answer.xlsx", follow=True))
    [wish] = left_to_worker(own_database, "write_workbook")
    with own_database.connect("app") as connection:
        tasks.write_workbook(connection, wish)
    ready = text_of(client.get(batch))
    answer = client.get(f"{batch}/answer.xlsx")

    assert "生成处理结果" in before
    assert "正在后台生成" in waiting
    assert "处理结果没有生成" in given_up
    assert "正在后台生成" in again
    assert "下载错误工作簿" in ready
    sheet = openpyxl.load_workbook(io.BytesIO(answer.content))["数据"]
    assert [cell.value for cell in sheet["A"]][:4] == ["处理结果", "已入库", "已入库", "退回"]
    assert sheet.max_row == 11
    assert people.signed_in(second.clerk.code).get(f"{batch}/answer.xlsx").status_code == 404
    assert len(left_to_worker(own_database, "write_workbook")) == 1


def test_a_large_file_with_faults_has_its_workbook_asked_for_and_one_that_is_gone_is_written_anew(
    offices: tuple[Standing, Standing], own_database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("limu.intake.desk_upload.LARGE_ROWS", 3)
    monkeypatch.setattr("limu.intake.actions_workbook.LARGE_ROWS", 3)
    client = people.signed_in(offices[0].clerk.code)
    batch = enter(client, write_csv(tmp_path / "a.csv", [HEADER, *ten_rows(offices[0])]))
    files = FileStore(own_database.home)
    with own_database.connect("app") as connection:
        enter_submission(connection, left_to_worker(own_database, "enter_submission")[0], entry_factory=entry_factory)
        tasks.write_workbook(connection, left_to_worker(own_database, "write_workbook")[0])
    with own_database.connect("admin") as admin:
        made = admin.execute("SELECT encode(file_hash, 'hex') AS file FROM limu.answer_workbook").fetchone()
        upload = admin.execute("SELECT encode(file_hash, 'hex') AS file FROM limu.submission").fetchone()
    assert made is not None
    assert upload is not None
    files.destroy(FileHash(made["file"]))
    absent = text_of(client.get(batch))
    again = client.get(f"{batch}/answer.xlsx")
    files.destroy(FileHash(upload["file"]))
    gone = text_of(client.get(f"{batch}/answer.xlsx", follow=True))
    with own_database.connect("app") as connection:
        tasks.write_workbook(connection, left_to_worker(own_database, "write_workbook")[1])
    with own_database.connect("admin") as admin:
        left = admin.execute("SELECT count(*) AS rows FROM limu.answer_workbook").fetchone()

    assert "生成处理结果" in absent
    assert again.status_code == 302
    assert "已按保存期限销毁" in gone
    assert left == {"rows": 0}


def test_the_workbook_goes_by_the_day_in_china_on_which_the_file_came(
    offices: tuple[Standing, Standing], own_database: Database, tmp_path: Path
) -> None:
    first, _ = offices
    row = company(first.codes[0], 1)
    row[8] = TODAY.isoformat()
    early = datetime(TODAY.year, TODAY.month, TODAY.day, 1, tzinfo=SHANGHAI)
    with own_database.connect("owner") as owner:
        store_clock(owner, Clock(early - Clock().now()))
        owner.commit()
    client = people.signed_in(first.clerk.code)
    batch = enter(client, write_csv(tmp_path / "a.csv", [HEADER, row]))
    answer = client.get(f"{batch}/answer.xlsx")

    sheet = openpyxl.load_workbook(io.BytesIO(answer.content))["数据"]
    assert sheet["A2"].value == "已入库"
    assert "晚于今天" not in (sheet["B2"].value or "")
    assert early.strftime("%Y%m%d") in answer["Content-Disposition"]


def test_a_day_begins_at_midnight_in_china(
    offices: tuple[Standing, Standing], own_database: Database, tmp_path: Path
) -> None:
    early = datetime(TODAY.year, TODAY.month, TODAY.day, 1, tzinfo=SHANGHAI)
    with own_database.connect("owner") as owner:
        store_clock(owner, Clock(early - Clock().now()))
        owner.commit()
    first, _ = offices
    enter(people.signed_in(first.clerk.code), write_csv(tmp_path / "a.csv", [HEADER, *ten_rows(first)]))
    tomorrow = TODAY + timedelta(days=1)
    with own_database.connect("app") as connection:
        departments.enter(connection, department=first.department.id)
        filed = [store_desk.filed_since(connection, day, department=None) for day in (TODAY, tomorrow)]
        refused = [store_dispatch.problems(connection, since=day) for day in (TODAY, tomorrow)]

    assert [[one.day for one in found] for found in filed] == [[TODAY], []]
    assert [sum(one.rows for one in found) for found in refused] == [3, 0]
