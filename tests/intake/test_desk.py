"""The department's desk over HTTP: upload, pre-check, confirm, mend, undo; another department sees none of it."""

import hashlib
import io
import re
from pathlib import Path

import openpyxl
from django.test import Client

from limu.wire.database import Database
from limu.wire.files import FileHash, FileStore
from tests import people
from tests.intake.desk_hands import enter, send, ten_rows, text_of, token_of
from tests.intake.made import HEADER, company, person, write_csv, write_workbook
from tests.standing import Standing


def test_a_file_is_checked_entered_mended_and_skipped(
    offices: tuple[Standing, Standing], own_database: Database, tmp_path: Path
) -> None:
    first, _ = offices
    client = people.signed_in(first.clerk.code)
    rows = ten_rows(first)
    checked = send(client, write_workbook(tmp_path / "a.xlsx", [HEADER, *rows]))

    told = text_of(checked)
    assert "共 10 行：可入库 7 行，需修改 3 行" in told
    assert "第 4 行「统一社会信用代码」：第 18 位校验码应为" in told
    assert "第 6 行「处罚类别」：不在目录中" in told
    assert "第 9 行「处罚决定日期」：晚于今天" in told
    with own_database.connect("admin") as admin:
        stored = admin.execute(
            "SELECT (SELECT count(*) FROM limu.submission) + (SELECT count(*) FROM limu.record) AS n"
        )
        assert stored.fetchone() == {"n": 0}

    done = client.post(f"/dept/upload/{token_of(checked)}/confirm", follow=True)
    assert "部分成功" in text_of(done)
    assert "7 行已入库" in text_of(done)
    batch = done.redirect_chain[-1][0]

    answer = client.get(f"{batch}/answer.xlsx")
    book = openpyxl.load_workbook(io.BytesIO(answer.content))
    sheet = book["数据"]
    assert sheet["B1"].value == "问题说明"
    assert sheet["D4"].comment is not None
    sheet["D4"], sheet["H6"], sheet["K9"] = first.codes[0], "罚款", "2026-07-01"
    mended = tmp_path / "mended.xlsx"
    book.save(mended)

    again = send(client, mended)
    assert "7 行已存在，跳过；3 行可入库" in text_of(again)
    done = client.post(f"/dept/upload/{token_of(again)}/confirm", follow=True)
    assert "已完成" in text_of(done)
    assert "没有新的数据" in text_of(send(client, mended))


def test_the_page_of_a_batch_tells_the_rows_of_its_file_where_acts_are_more(
    offices: tuple[Standing, Standing], tmp_path: Path
) -> None:
    client, code = people.signed_in(offices[0].clerk.code), offices[0].codes[0]
    both = company("", 2, 行政相对人名称="示例市甲建材有限公司、示例市乙建材有限公司")

    plain = text_of(client.get(enter(client, write_csv(tmp_path / "a.csv", [HEADER, company(code, 1)]))))
    split = text_of(client.get(enter(client, write_csv(tmp_path / "b.csv", [HEADER, company(code, 3), both]))))

    assert "文件" not in plain.partition("经办")[2].partition("收到")[0]
    assert "文件 2 行" in split
    assert "3 收到" in split.replace("3收到", "3 收到")


def test_a_file_that_is_no_table_is_named_and_not_kept(
    offices: tuple[Standing, Standing], own_database: Database, tmp_path: Path
) -> None:
    client = people.signed_in(offices[0].clerk.code)
    picture = tmp_path / "a.xlsx"
    picture.write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(64))
    answer = send(client, picture)

    assert answer.status_code == 422
    assert "文件类型与内容不符" in text_of(answer)
    assert "问题编号" in text_of(answer)
    assert '<option value="penalty" selected' in answer.content.decode()
    held = FileHash(hashlib.sha256(picture.read_bytes()).hexdigest())
    assert not FileStore(own_database.home).has(held)


def test_unknown_headers_are_mapped_once_and_remembered(offices: tuple[Standing, Standing], tmp_path: Path) -> None:
    first, _ = offices
    client = people.signed_in(first.clerk.code)
    odd = [f"列{n}" for n in range(len(HEADER))]
    path = write_csv(tmp_path / "odd.csv", [odd, company(first.codes[0], 1)], encoding="gb18030")
    answer = send(client, path)
    assert "无法识别表头：" in text_of(answer)

    codes = ("party_name", "party_uscc", "document_number", "facts", "legal_basis", "kinds", "decision", "fine_wan")
    chosen = {f"column.{n}": code for n, code in enumerate((*codes, "decided_on", "authority", "-"))}
    token = token_of(answer) if "/headers" in answer.content.decode() else answer.redirect_chain[-1][0].split("/")[3]
    twice = client.post(f"/dept/upload/{token}/headers", {**chosen, "column.1": "party_name"})
    assert twice.status_code == 422
    assert "都对应" in text_of(twice)
    checked = client.post(f"/dept/upload/{token}/headers", chosen, follow=True)
    assert "共 1 行：可入库 1 行，需修改 0 行" in text_of(checked)

    path = write_csv(tmp_path / "next.csv", [odd, company(first.codes[0], 2)], encoding="gb18030")
    assert "共 1 行：可入库 1 行" in text_of(send(client, path))


def test_a_row_about_a_person_leaves_nothing_on_the_page(offices: tuple[Standing, Standing], tmp_path: Path) -> None:
    first, _ = offices
    client = people.signed_in(first.clerk.code)
    rows = [company(first.codes[0], 1), person(2)]
    checked = send(client, write_csv(tmp_path / "p.csv", [HEADER, *rows]))

    assert "共 2 行：可入库 1 行，需修改 1 行" in text_of(checked)
    body = checked.content.decode()
    assert "欧阳晓燕" not in body
    assert "11010119900307765X" not in body


def test_another_department_sees_none_of_it(offices: tuple[Standing, Standing], tmp_path: Path) -> None:
    first, second = offices
    clerk, stranger = people.signed_in(first.clerk.code), people.signed_in(second.clerk.code)
    path = write_csv(tmp_path / "a.csv", [HEADER, *ten_rows(first)])
    token = token_of(send(clerk, path))
    batch = enter(clerk, path)
    reviewer, other = people.signed_in(first.reviewer.code), people.signed_in(second.reviewer.code)
    record = re.search(r"/dept/records/([0-9a-f-]{36})", reviewer.get("/dept/records").content.decode())
    assert record

    nothing = other.get("/dept/records/00000000-0000-4000-8000-000000000000")
    assert nothing.status_code == 404
    for client, address in (
        (stranger, f"/dept/upload/{token}"), (stranger, batch), (stranger, f"{batch}/answer.xlsx"),
        (stranger, f"{batch}/undo"), (other, f"/dept/records/{record[1]}"),
        (other, f"/dept/records/{record[1]}/withdraw"),
    ):  # fmt: skip
        assert client.get(address).status_code == 404, address
    for address in ("/dept", "/dept/batches", "/dept/problems", "/dept/pending", "/dept/quality", "/dept/tasks"):
        assert "示市监罚" not in text_of(stranger.get(address))
        assert batch not in stranger.get(address).content.decode()
    assert "示市监罚" not in text_of(other.get("/dept/records"))
    # The same file of another department is its own affair: nothing tells that it was sent before.
    assert "没有新的数据" not in text_of(send(stranger, path))


def test_a_batch_is_undone_by_two_people_and_leaves_the_public_pages(
    offices: tuple[Standing, Standing], own_database: Database, tmp_path: Path
) -> None:
    first, _ = offices
    clerk = people.signed_in(first.clerk.code)
    path = write_csv(tmp_path / "a.csv", [HEADER, company(first.codes[0], 1)])
    batch = enter(clerk, path)
    public = re.search(r"/r/[0-9a-f-]{36}", clerk.get(batch).content.decode())
    assert public
    assert Client().get(public[0]).status_code == 200

    lacking = clerk.post(f"{batch}/undo", {"reason": "传错了文件", "citation": ""})
    assert lacking.status_code == 422
    assert "传错了文件" in lacking.content.decode()
    clerk.post(f"{batch}/undo", {"reason": "传错了文件", "citation": "内部核查单 1 号"})
    assert Client().get(public[0]).status_code == 200
    reviewer = people.signed_in(first.reviewer.code)
    wish = re.search(r"/dept/removals/[0-9a-f-]{36}", reviewer.get("/dept").content.decode())
    assert wish
    assert clerk.get(wish[0]).status_code == 404
    done = reviewer.post(wish[0], {"decision": "agree"}, follow=True)

    assert "已撤销" in text_of(done)
    assert Client().get(public[0]).status_code == 410
    with own_database.connect("admin") as admin:
        kinds = admin.execute(
            "SELECT kind, cardinality(officers) AS people FROM limu.record_event ORDER BY recorded_at"
        )
        assert [(row["kind"], row["people"]) for row in kinds] == [("record_entered", 1), ("record_withdrawn", 2)]
    assert "批次已经撤销" in text_of(send(clerk, path))


def test_a_record_is_withdrawn_by_a_second_person_alone(
    offices: tuple[Standing, Standing], own_database: Database, tmp_path: Path
) -> None:
    first, _ = offices
    enter(people.signed_in(first.clerk.code), write_csv(tmp_path / "a.csv", [HEADER, company(first.codes[0], 1)]))
    asking, deciding = people.signed_in(first.reviewer.code), people.signed_in(first.second.code)
    record = re.search(r"/dept/records/[0-9a-f-]{36}", asking.get("/dept/records").content.decode())
    assert record
    said = {"kind": "record_revoked", "reason": "复议撤销", "citation": "示政复〔2026〕8号"}
    assert "没有填写原决定被撤销" in text_of(asking.post(f"{record[0]}/withdraw", said))
    asking.post(f"{record[0]}/withdraw", said | {"revoked_on": "2026-01-05"})
    wish = re.search(r"/dept/removals/[0-9a-f-]{36}", asking.get(record[0]).content.decode())
    assert wish

    own = asking.post(wish[0], {"decision": "agree"})
    assert own.status_code == 422
    assert "须由两人办理" in text_of(own)
    done = deciding.post(wish[0], {"decision": "agree"}, follow=True)
    assert "原决定被撤销" in text_of(done)
    with own_database.connect("admin") as admin:
        traces = admin.execute("SELECT count(*) AS n FROM limu.read_ticket WHERE purpose = 'deciding_body'").fetchone()
        assert traces
        assert traces["n"] >= 3


def test_a_dictionary_lists_by_need_and_is_searched_in_the_address(offices: tuple[Standing, Standing]) -> None:
    client = people.signed_in(offices[0].clerk.code)
    whole = client.get("/dept/templates/penalty").content.decode()
    found = text_of(client.get("/dept/templates/penalty?q=文号"))

    assert whole.index("<h2>必填</h2>") < whole.index("<h2>可不填</h2>")
    assert whole.count('data-testid="dictionary-need" open') == 2
    assert "处罚决定书文号" in found
    assert "处罚类别" not in found
    assert "没有符合的要素" in text_of(client.get("/dept/templates/penalty?q=不存在的要素"))
