"""The register: what is taken in, kept, flagged, renamed, refused; real PostgreSQL, rolled back after each test."""

import time
import zipfile
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from limu.department.rules import Refusal
from limu.subject.actions import Loaded, load_register
from limu.subject.rules_register import MASKED_NAME
from limu.terms.uscc import check_character
from limu.wire.confine import MEMORY
from limu.wire.database import Connection

HEADER = "企业名称,统一社会信用代码,成立日期,企业类型,所在省份,地区,注册地址,登记机关,状态,注册号,曾用名\n"
QINGHE = "91990100MA0000001G"


def load(connection: Connection, folder: Path, *lines: str, header: str = HEADER) -> Loaded:
    path = folder / "register.csv"
    path.write_text(header + "\n".join(lines) + "\n", "utf-8")
    loaded = load_register(connection, path, source="测试")
    assert isinstance(loaded, Loaded)
    assert loaded.received == loaded.added + loaded.updated + loaded.unchanged + loaded.refused
    return loaded


def one(connection: Connection, statement: str, *values: Any, **named: Any) -> dict[str, Any]:
    row = connection.execute(statement, named or values).fetchone()
    assert row is not None
    return row


def test_a_row_becomes_a_subject_with_its_facts(connection: Connection, tmp_path: Path) -> None:
    loaded = load(
        connection, tmp_path,
        "威仕塑胶制品（江西）有限公司,913607007723829180,2005-03-01,有限责任公司,江西,赣州,江西省赣州市章贡区水西镇,赣州市行政审批局,存续,,",
    )  # fmt: skip
    assert (loaded.added, loaded.flagged, loaded.refused) == (1, 0, 0)
    row = one(connection, "SELECT * FROM limu.subject WHERE uscc = '913607007723829180'")
    assert row["name"] == "威仕塑胶制品（江西）有限公司"
    assert row["name_normal"] == "威仕塑胶制品(江西)有限公司"
    assert (row["kind"], row["status"], row["region"]) == ("enterprise", "active", "360702")
    assert str(row["registered_on"]) == "2005-03-01"


def test_the_same_file_again_changes_nothing(connection: Connection, tmp_path: Path) -> None:
    line = f"示例市清河建材有限公司,{QINGHE},2010-01-01,,,,,,存续,990100100000017,"
    load(connection, tmp_path, line)
    before = one(connection, "SELECT sum(total) AS total, count(*) AS grams FROM limu.search_gram")
    again = load(connection, tmp_path, line)
    assert (again.added, again.updated, again.unchanged) == (0, 0, 1)
    assert one(connection, "SELECT sum(total) AS total, count(*) AS grams FROM limu.search_gram") == before


def test_a_new_name_makes_the_old_one_former(connection: Connection, tmp_path: Path) -> None:
    load(connection, tmp_path, f"示例市清河建材有限公司,{QINGHE},,,,,,,存续,,")
    assert load(connection, tmp_path, f"示例市清河新材料有限公司,{QINGHE},,,,,,,,,").updated == 1
    names = connection.execute(
        "SELECT n.name, n.is_current, n.until_on FROM limu.subject_name n JOIN limu.subject s ON s.id = n.subject"
        " WHERE s.uscc = %s ORDER BY is_current DESC", (QINGHE,),
    ).fetchall()  # fmt: skip
    assert [(row["name"], row["is_current"]) for row in names] == [
        ("示例市清河新材料有限公司", True), ("示例市清河建材有限公司", False),
    ]  # fmt: skip
    assert names[1]["until_on"] is not None
    assert one(connection, "SELECT status FROM limu.subject WHERE uscc = %s", QINGHE)["status"] == "active"


def test_former_names_of_a_column_are_kept_apart(connection: Connection, tmp_path: Path) -> None:
    load(connection, tmp_path, f"示例市清河建材有限公司,{QINGHE},,,,,,,存续,,示例市清河石料厂；示例市老河建材厂")
    rows = connection.execute("SELECT name FROM limu.subject_name WHERE NOT is_current ORDER BY name").fetchall()
    assert {row["name"] for row in rows} >= {"示例市清河石料厂", "示例市老河建材厂"}


def test_a_failing_code_is_kept_as_a_number_and_flagged(connection: Connection, tmp_path: Path) -> None:
    loaded = load(
        connection,
        tmp_path,
        "示例市坏码有限公司,91990100MA0000001A,,,,,,,存续,,",
        "南京佳依实业公司,320100000015848,,,江苏,南京,,,,,",
    )
    assert (loaded.added, loaded.flagged) == (2, 2)
    assert [problem.code for problem in loaded.problems] == ["irregular_code", "irregular_code"]
    kinds = {
        row["number"]: (row["kind"], row["uscc"])
        for row in connection.execute(
            "SELECT n.number, n.kind, s.uscc FROM limu.subject_number n JOIN limu.subject s ON s.id = n.subject"
        )
    }
    assert kinds["91990100MA0000001A"] == ("irregular_code", None)
    assert kinds["320100000015848"] == ("registration", None)


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("王小明,110101199003077598,,,,,,,,,", "person"),
        ("李芳,91990100MA0000002K,,,,,,,,,", "person"),
        (",91990100MA0000002K,,,,,,,,,", "no_name"),
        ("示例市无号有限公司,,,,,,,,,,", "no_number"),
    ],
)
def test_what_is_refused(connection: Connection, tmp_path: Path, line: str, code: str) -> None:
    loaded = load(connection, tmp_path, line)
    assert (loaded.refused, loaded.added) == (1, 0)
    assert loaded.problems[0].code == code
    assert "王小明" not in loaded.problems[0].message
    assert one(connection, "SELECT count(*) AS n FROM limu.subject WHERE name IN ('王小明', '李芳')")["n"] == 0


def test_a_code_twice_with_two_names_is_refused_the_second_time(connection: Connection, tmp_path: Path) -> None:
    loaded = load(
        connection, tmp_path, f"示例市清河建材有限公司,{QINGHE},,,,,,,,,", f"示例市别家有限公司,{QINGHE},,,,,,,,,"
    )
    assert (loaded.added, loaded.refused) == (1, 1)
    assert loaded.problems[0].code == "repeated"


def test_a_sole_trader_without_a_trade_name_keeps_no_persons_name(connection: Connection, tmp_path: Path) -> None:
    load(
        connection, tmp_path, "张伟,92990100MA00000070,,个体工商户,,,示例市某路1号,,存续,,", header=HEADER,
    )  # fmt: skip
    row = one(connection, "SELECT * FROM limu.subject WHERE uscc = '92990100MA00000070'")
    assert (row["name"], row["public_name"], row["is_searchable"]) == (MASKED_NAME, MASKED_NAME, False)
    everywhere = one(
        connection,
        "SELECT (SELECT count(*) FROM limu.subject s WHERE s::text LIKE '%%张伟%%')"
        " + (SELECT count(*) FROM limu.subject_name n WHERE n::text LIKE '%%张伟%%')"
        " + (SELECT count(*) FROM limu.search_name n WHERE n::text LIKE '%%张伟%%' OR n.initials = 'zw') AS n",
    )
    assert everywhere["n"] == 0


def test_a_persons_number_inside_a_text_does_not_enter(connection: Connection, tmp_path: Path) -> None:
    number = "110101199003077598"
    load(connection, tmp_path, f"示例市清河建材{number}有限公司,{QINGHE},,,,,某路1号（{number}）,,存续,,旧名{number}厂")
    held = one(
        connection,
        "SELECT (SELECT count(*) FROM limu.subject s WHERE s::text LIKE %(n)s)"
        " + (SELECT count(*) FROM limu.subject_name s WHERE s::text LIKE %(n)s)"
        " + (SELECT count(*) FROM limu.search_name s WHERE s::text LIKE %(n)s) AS n",
        n=f"%{number}%",
    )
    assert held["n"] == 0
    assert one(connection, "SELECT count(*) AS n FROM limu.subject WHERE uscc = %(c)s", c=QINGHE)["n"] == 1


def test_what_real_codes_break_is_a_warning_only(connection: Connection, tmp_path: Path) -> None:
    body = "91999999MA0000008"
    loaded = load(connection, tmp_path, f"示例市新区有限公司,{body + check_character(body)},,,,,,,存续,,")
    assert (loaded.added, loaded.flagged, loaded.refused, loaded.warned) == (1, 0, 0, 1)
    assert loaded.problems[0].code in {"inner_check", "region"}


def test_a_workbook_is_read_like_a_csv(connection: Connection, tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["机构名称", "统一社会信用代码", "登记机关"])
    sheet.append(["示例市第一事业单位", "12990100MB00000041", "示例市事业单位登记管理局"])
    book.save(tmp_path / "register.xlsx")
    loaded = load_register(connection, tmp_path / "register.xlsx", source="测试")
    assert isinstance(loaded, Loaded)
    assert loaded.added == 1
    row = one(connection, "SELECT kind, registrar FROM limu.subject WHERE uscc = '12990100MB00000041'")
    assert (row["kind"], row["registrar"]) == ("public_institution", "示例市事业单位登记管理局")


def test_a_gb18030_file_is_read(connection: Connection, tmp_path: Path) -> None:
    path = tmp_path / "register.csv"
    path.write_bytes((HEADER + f"示例市清河建材有限公司,{QINGHE},,,,,,,,,\n").encode("gb18030"))
    loaded = load_register(connection, path, source="测试")
    assert isinstance(loaded, Loaded)
    assert loaded.added == 1


def test_a_file_without_names_is_refused_with_a_cure(connection: Connection, tmp_path: Path) -> None:
    path = tmp_path / "register.csv"
    path.write_text("甲,乙\n1,2\n", "utf-8")
    refused = load_register(connection, path, source="测试")
    assert isinstance(refused, Refusal)
    assert refused.code == "R-101"
    assert "甲" in refused.message


def test_a_broken_workbook_is_refused_and_leaves_nothing(connection: Connection, tmp_path: Path) -> None:
    (tmp_path / "register.xlsx").write_bytes(b"PK\x03\x04 not a workbook")
    refused = load_register(connection, tmp_path / "register.xlsx", source="测试")
    assert isinstance(refused, Refusal)
    assert refused.code == "R-102"
    assert one(connection, "SELECT to_regclass('limu.search_name_grams') IS NOT NULL AS kept")["kept"]


def test_titles_may_stand_above_a_registers_header(connection: Connection, tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    for row in (
        ["示例市登记库"],
        [],
        ["企业名称", "统一社会信用代码"],
        ["示例市清河建材有限公司", QINGHE],
        ["某某", ""],
    ):
        book.worksheets[0].append(row)
    book.save(tmp_path / "register.xlsx")

    loaded = load_register(connection, tmp_path / "register.xlsx", source="测试")

    assert isinstance(loaded, Loaded)
    assert (loaded.received, loaded.added, loaded.refused) == (2, 1, 1)


HOSTILE = {
    "endless.csv": "企业名称,".encode() + b"x" * (48 << 20),
    "quote.csv": '企业名称,统一社会信用代码\n"'.encode() + "甲,乙\n".encode() * 3_000_000,
    "pdf.csv": b"%PDF-1.7 not a table",
    "old.xls": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 5000,
    "nulls.csv": b"\0" * (1 << 20),
    "empty.csv": b"",
}


@pytest.mark.parametrize("name", [*HOSTILE, "bomb.xlsx", "far.xlsx"])
def test_a_registers_file_made_to_harm_ends_in_a_reason(connection: Connection, tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    if name in HOSTILE:
        path.write_bytes(HOSTILE[name])
    else:
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as made:
            made.writestr("[Content_Types].xml", "<Types/>")
            made.writestr("xl/media/x.xml", b" " * (40 << 20) if name.startswith("bomb") else b"")
            made.writestr("xl/worksheets/sheet1.xml", b'<row r="9999999"><c r="A9999999"/></row>')
    began = time.monotonic()

    refused = load_register(connection, path, source="测试")

    assert isinstance(refused, Refusal)
    assert refused.code == "R-102"
    assert time.monotonic() - began < 60
    assert MEMORY <= 256 << 20


def test_a_subject_found_by_its_number_gets_its_code_later(connection: Connection, tmp_path: Path) -> None:
    load(connection, tmp_path, "示例市清河建材有限公司,,,,,,,,,990100100000017,")
    later = load(connection, tmp_path, f"示例市清河建材有限公司,{QINGHE},,,,,,,,990100100000017,")
    assert (later.added, later.updated) == (0, 1)
    assert one(connection, "SELECT count(*) AS n FROM limu.subject WHERE name = '示例市清河建材有限公司'")["n"] == 1


def test_the_real_sample_loads_whole(connection: Connection, samples: Path) -> None:
    loaded = load_register(connection, samples / "registry-sample-cn-2019" / "registry.csv", source="样本")
    assert isinstance(loaded, Loaded)
    assert (loaded.received, loaded.added, loaded.refused) == (17_668, 17_668, 0)
    assert loaded.flagged == 516
    placed = one(connection, "SELECT count(region) AS n FROM limu.subject WHERE source = '样本'")["n"]
    assert placed > 17_000
