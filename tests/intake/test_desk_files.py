"""Files as departments have them at the upload page: another encoding, other headers, key-value lines, large ones."""

import hashlib
import html
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from limu.catalogue.store import insert_item
from limu.cli.worker import Worker
from limu.department.store import own_item
from limu.wire.database import Database
from limu.wire.files import FileHash, FileStore
from tests import people
from tests.intake.made import HEADER, company, write_csv
from tests.standing import Standing, catalogue, stand


@pytest.fixture
def office(own_database: Database) -> Iterator[Standing]:
    """A department that files penalties and tax violations, with a clerk who can sign in."""
    with people.doors_open(own_database):
        with own_database.connect("app") as connection:
            made = stand(connection)
            item = catalogue()["tax_violation"]
            insert_item(connection, item, drafted_by=made.clerk.person, confirmed_by=made.reviewer.person)
            own_item(connection, item=item.code, department=made.department.id)
        people.give_logins(own_database, [made.clerk.code])
        yield made


def text_of(answer: Any) -> str:
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", answer.content.decode())))


def send(client: Client, path: Path, *, item: str = "penalty") -> Any:
    with path.open("rb") as file:
        return client.post("/dept/upload", {"item": item, "file": file}, follow=True)


def address_of(answer: Any) -> str:
    return str(answer.redirect_chain[-1][0]).removesuffix("/headers")


def columns_of(answer: Any) -> dict[str, str]:
    """Each header of the mapping page with the name of its choice."""
    pairs = re.findall(r'<select name="(column\.\d+)" aria-label="(.*?) 对应的要素"', answer.content.decode())
    return {html.unescape(header): name for name, header in pairs}


def test_key_value_lines_are_recognised_and_mapped(office: Standing, tmp_path: Path) -> None:
    client = people.signed_in(office.clerk.code)
    lines = [
        f'纳税人名称,示例市{code[-6:]}建材有限公司\n识别号,{code}\n性质,走逃（失联）\n事实,"虚开{n}份,金额3万元"'
        for n, code in enumerate(office.codes, start=1)
    ]
    path = tmp_path / "kv.csv"
    path.write_bytes("\n".join(lines).encode("gb18030"))
    answer = send(client, path, item="tax_violation")
    assert "这份文件不是表格，每行一个“名称,内容”。" in text_of(answer)
    assert "无法识别表头：" not in text_of(answer)

    names = columns_of(answer)
    assert list(names) == ["纳税人名称", "识别号", "性质", "事实"]
    fields = {field.label: field.code for field in catalogue()["tax_violation"].fields}
    chosen = dict(
        zip(names.values(), ("party_name", "party_uscc", _code(fields, "性质"), _code(fields, "事实")), strict=True)
    )
    checked = client.post(f"{address_of(answer)}/headers", {**chosen, "shape": "key_value"}, follow=True)
    assert "共 3 行" in text_of(checked)


def _code(fields: dict[str, str], word: str) -> str:
    return next(code for label, code in fields.items() if word in label)


def test_the_real_key_value_table_comes_back_explained(office: Standing, samples: Path) -> None:
    client = people.signed_in(office.clerk.code)
    answer = send(client, samples / "tax-violations-qinghai-2021" / "qinghai_kv.csv", item="tax_violation")
    names = columns_of(answer)
    assert "纳税人名称" in names
    known = {"纳税人名称": "party_name", "纳税人识别号": "party_uscc"}
    chosen = {name: known.get(header, "-") for header, name in names.items()}
    fields = {field.label: field.code for field in catalogue()["tax_violation"].fields}
    for header, words in (("案件性质", "性质"), ("主要违法事实", "事实")):
        if header in names:
            chosen[names[header]] = _code(fields, words)
    checked = client.post(f"{address_of(answer)}/headers", {**chosen, "shape": "key_value"}, follow=True)
    told = text_of(checked)
    found = re.search(r"(\d+) 行已存在，跳过；(\d+) 行可入库，需修改 (\d+) 行", told)
    assert found
    assert sum(map(int, found.groups())) == 136


def test_a_large_file_is_left_to_the_worker(office: Standing, own_database: Database, tmp_path: Path) -> None:
    client = people.signed_in(office.clerk.code)
    rows = [company(office.codes[n % 3], n) for n in range(1, 20_102)]
    rows[20_050][5] = "罚站"
    answer = send(client, write_csv(tmp_path / "large.csv", [HEADER, *rows]))
    assert "文件超过 20000 行" in text_of(answer)

    done = client.post(f"{address_of(answer)}/confirm", follow=True)
    batch = done.redirect_chain[-1][0]
    assert "入库中" in text_of(done)
    assert '<meta http-equiv="refresh" content="3">' in done.content.decode()
    assert text_of(client.post(f"{address_of(answer)}/confirm", follow=True)).count("入库中")
    hand = Worker(own_database)
    hand.round()
    hand.close()

    told = text_of(client.get(batch))
    assert "部分成功" in told
    assert "20100 行已入库；1 行需修改" in told
    assert "http-equiv" not in client.get(batch).content.decode()
    assert "第 20052 行" in told


def test_giving_a_file_up_destroys_it_unless_somebody_stands_on_it(
    office: Standing, own_database: Database, tmp_path: Path
) -> None:
    client = people.signed_in(office.clerk.code)
    files = FileStore(own_database.home)
    path = write_csv(tmp_path / "a.csv", [HEADER, company(office.codes[0], 77)])
    answer = send(client, path)
    client.post(f"{address_of(answer)}/discard")
    name = FileHash(hashlib.sha256(path.read_bytes()).hexdigest())
    assert not files.has(name)
    gone = client.get(address_of(answer))
    assert gone.status_code == 422
    assert "已不在暂存区" in text_of(gone)

    answer = send(client, path)
    client.post(f"{address_of(answer)}/confirm")
    client.post(f"{address_of(answer)}/discard")
    assert files.has(name)
