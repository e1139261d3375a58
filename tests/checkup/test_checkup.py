"""A checkup tells a centre which of the records it shows today should not be there, and keeps nothing of them."""

import json
from datetime import date
from pathlib import Path

import openpyxl
import pytest
import typer
from typer.testing import CliRunner

from limu.checkup.rules import RULES, Shown, faults_of
from limu.checkup.store import tables_of
from limu.cli.checkup import register
from limu.front.queries_checkup import Checkup, Measure, check_up
from limu.front.rules import HEADS
from limu.intake.rules_mapping import HeaderMapping
from limu.publication.rules import REASONS
from tests.listed import confirmed_book
from tests.standing import catalogue, code_of

TODAY = date(2026, 11, 24)
HEADER = ["行政相对人名称", "行政相对人类别", "统一社会信用代码", "行政处罚决定书文号", "违法事实", "处罚依据",
          "处罚类别", "处罚内容", "罚款金额（万元）", "处罚决定日期", "公示截止期", "处罚机关", "失信严重程度",
          "当前状态"]  # fmt: skip
FINE = ["示例市甲建材有限公司", "法人及非法人组织", code_of(1), "示市监罚〔2026〕1号", "无证经营", "《某法》第一条",
        "罚款", "罚款一万元", "1", "2026-07-01", "", "示例市市场监督管理局", "一般", ""]  # fmt: skip


def _row(**changes: str) -> list[str]:
    row = dict(zip(HEADER, FINE, strict=True))
    return list((row | {name.replace("_", ""): value for name, value in changes.items()}).values())


def _checked(folder: Path, *rows: list[str], item: str = "penalty") -> Checkup:
    file = folder / "shown.csv"
    file.write_text("\n".join(",".join(row) for row in (HEADER, *rows)), "utf-8")
    return check_up(folder, _measure(item))


def _measure(item: str) -> Measure:
    return Measure(catalogue()[item], HeaderMapping(), confirmed_book(), "990100", TODAY)


def _codes(done: Checkup) -> set[tuple[int, str]]:
    return {(fault.row, fault.code) for fault in done.faults}


def test_what_may_be_shown_today_is_not_complained_of(tmp_path: Path) -> None:
    done = _checked(tmp_path, FINE)

    assert (done.rows, done.faulty, done.faults) == (1, 0, [])


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"处罚决定日期": "2019-07-01"}, "U-103"),
        ({"失信严重程度": "轻微", "处罚类别": "警告", "处罚内容": "警告", "罚款金额（万元）": ""}, "U-104"),
        ({"处罚依据": ""}, "U-106"),
        ({"当前状态": "已撤销"}, "U-108"),
        ({"公示截止期": "2031-07-01"}, "U-110"),
        # As the template of 2018 wants a day written.
        ({"公示截止期": "2031/07/01"}, "U-110"),
        ({"统一社会信用代码": code_of(1)[:-1] + ("0" if code_of(1)[-1] != "0" else "1")}, "U-111"),
        ({"违法事实": "当事人电话13800138000，无证经营"}, "U-102"),
    ],
)
def test_each_way_of_unlawful_showing_is_found(tmp_path: Path, changes: dict[str, str], code: str) -> None:
    assert (2, code) in _codes(_checked(tmp_path, _row(**changes)))


def test_the_same_decision_shown_twice_is_found(tmp_path: Path) -> None:
    assert "U-109" in {code for _, code in _codes(_checked(tmp_path, FINE, FINE))}


def test_of_a_person_that_is_shown_neither_name_nor_number_is_repeated(tmp_path: Path) -> None:
    done = _checked(tmp_path, _row(行政相对人名称="张三丰", 行政相对人类别="自然人", 统一社会信用代码=""))

    (fault,) = done.faults
    assert fault.code == "U-101"
    assert "张三丰" not in repr(fault)


def test_of_several_parties_in_a_cell_none_is_repeated_where_one_may_be_a_person(tmp_path: Path) -> None:
    done = _checked(
        tmp_path, _row(行政相对人名称="示例市甲建材有限公司、张三丰", 统一社会信用代码="", 处罚依据="", 处罚决定日期="")
    )

    assert done.faulty == 1
    assert "张三丰" not in repr(done.faults)


def test_a_fault_names_the_article_that_it_breaks(tmp_path: Path) -> None:
    done = _checked(tmp_path, _row(当前状态="已撤销"), _row(处罚决定日期="2019-07-01"))

    laws = {fault.code: fault.law for fault in done.faults}
    assert laws["U-108"].startswith("《中华人民共和国行政处罚法》")
    assert laws["U-108"].endswith("第四十八条")
    assert laws["U-103"].startswith("《")


def test_a_checkup_before_anything_is_installed_installs_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LIMU_HOME", str(tmp_path / "home"))
    file = tmp_path / "shown.csv"
    file.write_text("\n".join(",".join(line) for line in (HEADER, FINE)), "utf-8")

    app = typer.Typer()
    register(app)
    app.command("another")(lambda: None)
    done = CliRunner().invoke(app, ["checkup", str(file), "--json"])

    assert done.exit_code == 0, done.output
    assert json.loads(done.stdout)["law_confirmed_here"] is False
    assert not (tmp_path / "home").exists()


def test_saved_pages_are_read_as_tables_and_as_forms(tmp_path: Path) -> None:
    cells = "".join(f"<tr><th>{label}：</th><td>{value}</td></tr>" for label, value in
                    zip(HEADER, _row(处罚决定日期="2019-07-01"), strict=True))  # fmt: skip
    listed = "".join(f"<th>{label}</th>" for label in HEADER), "".join(f"<td>{value}</td>" for value in FINE)
    (tmp_path / "form.html").write_text(
        f"<meta charset=gbk><script>var a='<td>'</script><table>{cells}</table>", "gb18030"
    )
    (tmp_path / "list.html").write_text(f"<table><tr>{listed[0]}</tr><tr>{listed[1]}</tr></table>", "utf-8")

    assert len(tables_of(tmp_path / "form.html")) == 1
    done = check_up(tmp_path, _measure("penalty"))

    assert done.rows == 2
    assert {(fault.file, fault.code) for fault in done.faults} == {("form.html", "U-103")}


def test_a_list_without_a_law_should_not_be_there(tmp_path: Path) -> None:
    file = tmp_path / "list.csv"
    head = "失信主体名称,统一社会信用代码,名单名称,列入决定书文号,列入事由,列入依据,列入日期,列入机关"
    rows = [
        f"示例市甲建材有限公司,{code_of(1)},{name},示人社列〔2026〕1号,拖欠工资,《某规定》,2026-07-01,示例市人社局"
        for name in ("拖欠农民工工资失信联合惩戒对象名单", "不文明养犬企业名单")
    ]
    file.write_text("\n".join([head, *rows]), "utf-8")

    done = check_up(file, _measure("serious_list"))

    assert (3, "U-107") in _codes(done)
    assert (2, "U-107") not in _codes(done)
    # Our gate would turn the row away; the workbook names all the same which record it is.
    (wrong,) = (fault for fault in done.faults if fault.code == "U-107")
    assert (wrong.party, wrong.document) == ("示例市甲建材有限公司", "示人社列〔2026〕1号")


def test_a_checkup_reads_and_leaves_nothing_behind(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.active.append(HEADER)
    book.active.append(_row(处罚决定日期="2018-01-01"))
    book.save(tmp_path / "shown.xlsx")
    before = sorted(tmp_path.rglob("*"))

    done = check_up(tmp_path, _measure("penalty"))

    assert ("shown.xlsx", "U-103") in {(fault.file, fault.code) for fault in done.faults}
    assert sorted(tmp_path.rglob("*")) == before


def test_a_file_that_is_no_table_is_named_and_not_passed_over(tmp_path: Path) -> None:
    (tmp_path / "broken.xlsx").write_bytes(b"PK\x03\x04 no workbook")

    done = check_up(tmp_path, _measure("penalty"))

    assert [name for name, _ in done.unread] == ["broken.xlsx"]


OWN = ",".join(HEADS)


def test_our_own_export_is_read_item_by_item_and_asked_only_for_what_it_tells(tmp_path: Path) -> None:
    shown = [
        ("行政许可", "2026-07-01", "", "长期"), ("行政处罚（普通程序）", "2026-07-01", "一般", "2027-07-01"),
        ("行政处罚（普通程序）", "2019-07-01", "一般", "2020-07-01"), ("未知的条目", "2026-07-01", "", "长期"),
    ]  # fmt: skip
    rows = [
        f"示例市甲建材有限公司,{code_of(1)},{kind},示字{row}号,示例市市监局,{on},{how},{on},{until},《某》,甲局,,http://x"
        for row, (kind, on, how, until) in enumerate(shown)
    ]
    (tmp_path / "disclosure.csv").write_text("\ufeff" + "\n".join([OWN, *rows]), "utf-8")
    body = {"id": "x", "subject_uscc": code_of(1), "subject_name": "示例市甲建材有限公司", "item": "penalty",
            "shown_until": "2022-07-02", "document_number": "示字〔2019〕9号", "authority": "示例市市监局",
            "decided_on": "2019-07-01", "severity": "serious",
            "content": {"facts": "无证经营", "severity": "轻微"}}  # fmt: skip
    (tmp_path / "records.jsonl").write_text(json.dumps(body, ensure_ascii=False), "utf-8")

    done = check_up(tmp_path, _measure("penalty"))

    assert {(fault.file, fault.row, fault.code) for fault in done.faults} == {
        ("disclosure.csv", 4, "U-103"), ("records.jsonl", 1, "U-103"),
    }  # fmt: skip
    assert [(name, why.code) for name, why in done.unread] == [("disclosure.csv", "F-131")]
    assert "处罚依据" in done.absent["disclosure.csv"]


def test_every_rule_can_be_broken_and_says_what_to_do() -> None:
    shown = Shown(
        2, frozenset({"X-103", "D-103", "P-107"}), is_person=False, decision="withheld", reason=REASONS["no_class"],
        missing="缺", status="已作废", list_name="某名单",
    )  # fmt: skip

    found = faults_of(shown, file="a", lists=frozenset(), words=REASONS)

    assert {fault.code for fault in found} == {"U-102", "U-105", "U-106", "U-107", "U-108", "U-109", "U-111"}
    assert all(RULES[fault.code].cure.endswith("。") for fault in found)
