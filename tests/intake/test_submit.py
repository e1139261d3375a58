"""From a department's file to the ledger and back: receipts that add up, answers that open, files kept safe."""

import json
import random
import re
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from openpyxl.utils import get_column_letter

from limu.catalogue.queries_template import make_template
from limu.catalogue.store import insert_item
from limu.cli.main import run
from limu.cli.submit import _in_force
from limu.department.rules import Refusal
from limu.intake.actions import destroy_expired
from limu.intake.rules import Counts
from limu.page.speech import HAN
from limu.wire.database import Database
from limu.wire.files import FileStore
from limu.wire.home import Home
from tests.intake.conftest import Submit
from tests.intake.made import HEADER, company, person, write_csv, write_workbook
from tests.standing import TODAY, Standing


def counts_of(told: dict[str, Any]) -> Counts:
    return Counts(**{name: told[name] for name in Counts.__dataclass_fields__})


def rows_of(standing: Standing, count: int = 3) -> list[list[str]]:
    codes = standing.codes
    return [company(codes[number % len(codes)], number) for number in range(1, count + 1)]


def test_good_rows_go_in_and_the_receipt_says_where(standing: Standing, submit: Submit, tmp_path: Path) -> None:
    code, told = submit(write_csv(tmp_path / "a.csv", [HEADER, *rows_of(standing)]))

    assert code == 0
    assert counts_of(told) == Counts(received=3, accepted=3, linked=3, published=3)
    assert (told["state"], told["officer"], told["rows"]) == ("done", "clerk.1.1", 3)
    assert told["seconds"] > 0


def test_bad_rows_come_back_in_a_workbook_and_corrected_they_go_in(
    standing: Standing, submit: Submit, tmp_path: Path
) -> None:
    good, bad = rows_of(standing, 5), company(standing.codes[0][:-1] + "0", 6)
    answer = tmp_path / "answer.xlsx"

    code, told = submit(write_workbook(tmp_path / "a.xlsx", [HEADER, bad, *good]), "--answer", str(answer))

    assert code == 1
    assert counts_of(told) == Counts(received=6, accepted=5, refused=1, linked=5, published=5)
    book = openpyxl.load_workbook(answer)
    sheet = book["数据"]
    assert [cell.value for cell in sheet[1]][:3] == ["处理结果", "问题说明", HEADER[0]]
    assert [row[0].value for row in sheet.iter_rows(min_row=2)] == ["退回", *["已入库"] * 5]
    assert sheet["B2"].value.startswith("第 2 行「统一社会信用代码」：第 18 位校验码应为")
    assert sheet["D2"].comment is not None
    faults = {row[0].value: row[4].value for row in book["问题汇总"].iter_rows(min_row=2)}
    assert "（发改办财金〔2018〕424号）" in faults["P-107"]

    sheet["D2"] = standing.codes[0]
    book.save(answer)
    code, again = submit(answer)

    assert code == 0
    assert counts_of(again) == Counts(received=6, accepted=1, duplicate=5, linked=1, published=1)


def test_the_same_file_again_changes_nothing_and_adds_up(
    standing: Standing, own_database: Database, submit: Submit, tmp_path: Path
) -> None:
    path = write_csv(tmp_path / "a.csv", [HEADER, *rows_of(standing), rows_of(standing)[0], person(9)])
    _, first = submit(path)
    before = _everything(own_database)

    code, again = submit(path, "--answer", str(tmp_path / "b.xlsx"))
    sheet = openpyxl.load_workbook(tmp_path / "b.xlsx")["数据"]

    assert counts_of(first) == Counts(received=5, accepted=3, refused=1, duplicate=1, linked=3, published=3)
    assert code == 1
    assert counts_of(again) == Counts(received=5, refused=1, duplicate=4)
    assert again["is_repeated"]
    assert [row[0].value for row in sheet.iter_rows(min_row=2)] == [*["已存在，跳过"] * 4, "退回"]
    assert "自然人" in str(sheet["B6"].value)
    assert _everything(own_database) == before


def _everything(database: Database) -> list[Any]:
    names = ("record", "record_event", "publication", "pending_record", "submission", "submission_row")
    with database.connect("admin") as admin:
        return [admin.execute(f"SELECT t::text AS row FROM limu.{name} t ORDER BY 1").fetchall() for name in names]


def test_other_content_is_a_conflict_and_a_stated_correction_goes_in(
    standing: Standing, submit: Submit, tmp_path: Path
) -> None:
    submit(write_csv(tmp_path / "a.csv", [HEADER, company(standing.codes[0], 1)]))
    changed = write_csv(tmp_path / "b.csv", [HEADER, company(standing.codes[0], 1, 违法事实="更正后的事实")])

    refused, conflict = submit(changed)
    taken, corrected = submit(changed, "--correct")

    assert (refused, counts_of(conflict)) == (1, Counts(received=1, conflict=1))
    assert (taken, counts_of(corrected)) == (0, Counts(received=1, accepted=1, linked=1, published=1))


def test_a_correction_names_who_confirmed_it_and_in_a_register_of_record_there_must_be_one(
    standing: Standing, own_database: Database, submit: Submit, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    submit(write_csv(tmp_path / "a.csv", [HEADER, company(standing.codes[0], 1)]))
    changed = write_csv(tmp_path / "b.csv", [HEADER, company(standing.codes[0], 1, 违法事实="更正后的事实")])
    with monkeypatch.context() as patch:
        patch.setattr("limu.cli.submit.needs_proof", lambda: True)
        alone, told = submit(changed, "--correct")
    clerk, _ = submit(changed, "--correct", "--second", standing.clerk.code)
    taken, _ = submit(changed, "--correct", "--second", standing.second.code)
    with own_database.connect("admin") as admin:
        row = admin.execute("SELECT person FROM limu.correction_second").fetchone()

    assert (alone, clerk, taken) == (1, 1, 0)
    assert told["code"] == "F-134"
    assert row == {"person": standing.second.person}


def test_a_nil_return_is_one_act_a_day(submit: Submit) -> None:
    code, told = submit(None, "--nil")
    again, same = submit(None, "--nil")

    assert (code, again) == (0, 0)
    assert (told["intent"], told["state"], told["received"]) == ("nil", "done", 0)
    assert same["submission"] == told["submission"]


def test_a_department_without_the_item_and_an_officer_without_the_role_are_refused(
    standing: Standing, submit: Submit, tmp_path: Path
) -> None:
    path = write_csv(tmp_path / "a.csv", [HEADER, *rows_of(standing)])

    code, told = submit(path, "--as", "reviewer.1.1")

    assert code == 1
    assert told["code"] == "A-404"
    assert run(["submit", str(path), "--item", "permit", "--department", standing.department.uscc]) == 1


def test_a_mapping_is_remembered_and_not_asked_twice(standing: Standing, submit: Submit, tmp_path: Path) -> None:
    header = ["主体", "编码", *HEADER[2:]]
    mapping = tmp_path / "m.json"
    mapping.write_text(json.dumps({"主体": "party_name", "编码": "party_uscc"}), "utf-8")
    first, _ = submit(write_csv(tmp_path / "a.csv", [header, *rows_of(standing, 1)]), "--mapping", str(mapping))

    second, told = submit(write_csv(tmp_path / "b.csv", [header, *rows_of(standing, 2)]))

    assert (first, second) == (0, 0)
    assert counts_of(told) == Counts(received=2, accepted=1, duplicate=1, linked=1, published=1)


def test_check_finds_the_same_and_stores_nothing(
    standing: Standing, own_database: Database, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = write_csv(tmp_path / "a.csv", [HEADER, *rows_of(standing), person(8)])
    before = _everything(own_database)
    capsys.readouterr()

    code = run(["check", str(path), "--item", "penalty", "--json"])
    told = json.loads(capsys.readouterr().out)

    assert (code, told["received"], told["accepted"], told["refused"]) == (1, 4, 3, 1)
    assert told["codes"]["person"] == 1
    assert _everything(own_database) == before


def test_check_goes_by_the_item_in_force_here_not_by_the_one_that_ships(
    standing: Standing, own_database: Database
) -> None:
    newer = replace(standing.item, version=standing.item.version + 7)
    with own_database.connect("app") as connection:
        people = (standing.clerk.person, standing.reviewer.person)
        insert_item(connection, newer, drafted_by=people[0], confirmed_by=people[1])

    assert _in_force("penalty", own_database.home)[0].version == newer.version


def test_an_upload_is_encrypted_at_rest(
    standing: Standing, own_database: Database, submit: Submit, tmp_path: Path
) -> None:
    _, told = submit(write_csv(tmp_path / "a.csv", [HEADER, *rows_of(standing)]))
    with own_database.connect("admin") as admin:
        row = admin.execute("SELECT file_hash FROM limu.submission WHERE id = %s", (told["submission"],)).fetchone()
    assert row is not None
    name = bytes(row["file_hash"]).hex()

    assert standing.codes[0].encode() not in (own_database.home.files / name).read_bytes()
    assert standing.codes[0].encode() in FileStore(own_database.home).open(name)  # type: ignore[arg-type]


def test_an_upload_is_destroyed_after_thirty_days_and_by_nobody_but_the_administrator(
    standing: Standing, tmp_path: Path
) -> None:
    files = FileStore(Home(tmp_path / "home"))
    stored = files.home.files / files.put(b"a department's file", on=TODAY)
    keeper = replace(standing.clerk, roles=("system_administrator",))

    assert isinstance(destroy_expired(files, officer=standing.clerk, today=TODAY + timedelta(days=31)), Refusal)
    assert destroy_expired(files, officer=keeper, today=TODAY + timedelta(days=30)) == 0
    assert stored.exists()
    assert destroy_expired(files, officer=keeper, today=TODAY + timedelta(days=31)) == 1
    assert not stored.exists()


@pytest.mark.parametrize("seed", range(4))
def test_whatever_is_sent_is_accounted_for(standing: Standing, submit: Submit, tmp_path: Path, seed: int) -> None:
    chance = random.Random(seed)
    makers = (
        lambda n: company(chance.choice(standing.codes), n),
        lambda n: company(chance.choice(standing.codes), 1, 违法事实=f"说法{n}"),
        lambda _: company(standing.codes[0], 1),
        lambda n: company("91990100MA00009999", n),
        lambda n: company("", n, 行政相对人名称="示例市无名建材有限公司"),
        lambda n: company("", n, 行政相对人名称="示例市甲建材有限公司、示例市乙建材有限公司"),
        lambda n: company(standing.codes[1], n, 处罚决定日期="明天"),
        person,
        lambda _: ["", "", ""],
    )
    rows = [chance.choice(makers)(number) for number in range(1, 60)]

    _, told = submit(write_csv(tmp_path / "a.csv", [HEADER, *rows]))

    assert counts_of(told).adds_up(), told
    assert told["received"] >= told["rows"] > 0


def test_a_submission_tells_how_many_rows_its_file_had_beside_the_acts_in_them(
    standing: Standing, own_database: Database, submit: Submit, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    both = company("", 9, 行政相对人名称="示例市甲建材有限公司、示例市乙建材有限公司")
    _, told = submit(write_csv(tmp_path / "a.csv", [HEADER, *rows_of(standing), both]))
    show = ["submission", "show", told["submission"], "--as", standing.clerk.code]

    assert run([*show, "--json"]) == 0
    shown = json.loads(capsys.readouterr().out)
    assert (shown["rows"], shown["received"]) == (told["rows"], told["received"]) == (4, 5)
    assert run(show) == 0
    assert re.search(r"│ 文件行数 +│ 4 ", capsys.readouterr().out)
    _, again = submit(tmp_path / "a.csv")
    assert (again["rows"], again["received"], again["is_repeated"]) == (4, 5, True)

    with own_database.connect("owner") as owner:
        owner.execute("ALTER TABLE limu.submission NO FORCE ROW LEVEL SECURITY")
        owner.execute("UPDATE limu.submission SET rows = NULL")
    assert run([*show, "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["rows"] is None


def test_a_submission_is_shown_in_the_language_of_the_terminal_and_to_programs_as_before(
    standing: Standing,
    submit: Submit,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("COLUMNS", "300")
    spoilt = company(standing.codes[1], 9, 处罚决定日期="明天")
    _, told = submit(write_csv(tmp_path / "a.csv", [HEADER, *rows_of(standing), spoilt]))
    show = ["submission", "show", told["submission"], "--as", standing.clerk.code]

    assert run(show) == 0
    chinese = _lines(capsys.readouterr().out)
    assert run([*show, "--json"]) == 0
    plain = json.loads(capsys.readouterr().out)
    assert run(["submission", "list", "--as", standing.clerk.code]) == 0
    listed = capsys.readouterr().out
    monkeypatch.setenv("LIMU_LANG", "en")
    assert run(show) == 0
    english = _lines(capsys.readouterr().out)

    assert len(chinese) == len(english) == len(plain)
    assert [label for label in chinese if not HAN.search(label)] == []
    assert [label for label in english if HAN.search(label)] == []
    assert (chinese["类别"], chinese["状态"], chinese["退回"]) == ("报送信息", "部分成功", "1")
    assert (english["Kind"], english["State"], english["Returned"]) == ("Report", "Partly accepted", "1")
    [code] = plain["codes"]
    assert (chinese["问题代码"], english["Codes of faults"]) == (f"{code} 1 行", f"{code}: 1 row")
    assert (plain["intent"], plain["state"], plain["codes"]) == ("report", "done", {code: 1})
    assert chinese["收到时刻"] == english["Received at"]
    assert chinese["收到时刻"].startswith(plain["received_at"][:4])
    assert "部分成功" in listed


def _lines(table: str) -> dict[str, str]:
    """A table of two columns, read."""
    cells = [[cell.strip() for cell in line.split("│")[1:-1]] for line in table.splitlines() if line.startswith("│")]
    return dict(cells)


def test_our_template_comes_back_with_its_lists_and_hidden_sheets(
    standing: Standing, submit: Submit, tmp_path: Path
) -> None:
    path, answer = tmp_path / "t.xlsx", tmp_path / "answer.xlsx"
    path.write_bytes(make_template(standing.item))
    book = openpyxl.load_workbook(path)
    sheet = book["数据"]
    names = [str(cell.value).strip("＊*") for cell in sheet[1]]
    for number in (1, 2):
        bad = {"统一社会信用代码": standing.codes[0][:-1] + "0"} if number == 1 else {}
        row = dict(zip(HEADER, company(standing.codes[0], number, **bad), strict=True))
        for name, value in row.items():
            if name in names:
                sheet.cell(number + 1, names.index(name) + 1, value)
    lists = {str(rule.sqref) for rule in sheet.data_validations.dataValidation}
    book.save(path)

    code, told = submit(path, "--answer", str(answer))

    assert (code, told["accepted"], told["refused"]) == (1, 1, 1)
    returned = openpyxl.load_workbook(answer)
    page = returned["数据"]
    assert [cell.value for cell in page[1]][:2] == ["处理结果", "问题说明"]
    assert (page["A2"].value, page["A3"].value) == ("退回", "已入库")
    marked = page.cell(2, names.index("统一社会信用代码") + 3)
    assert marked.comment is not None
    assert marked.fill.fgColor.rgb == "00FFC7CE"
    assert len(page.data_validations.dataValidation) == len(lists) > 0
    kinds = get_column_letter(names.index("处罚类别") + 3)
    assert f"{kinds}2:{kinds}5001" in {str(rule.sqref) for rule in page.data_validations.dataValidation}
    assert (returned["字典"].sheet_state, returned["标识"].sheet_state) == ("hidden", "veryHidden")

    marked.value = standing.codes[1]
    returned.save(answer)
    code, again = submit(answer, "--answer", str(answer))

    assert (code, again["accepted"], again["duplicate"]) == (0, 1, 1)
    assert [cell.value for cell in openpyxl.load_workbook(answer)["数据"][1]].count("处理结果") == 1


def test_a_text_like_a_formula_comes_back_as_the_same_text(standing: Standing, submit: Submit, tmp_path: Path) -> None:
    text = "=HYPERLINK(1)"
    submit(
        write_csv(tmp_path / "a.csv", [HEADER, company(standing.codes[0], 1, 违法事实=text)]),
        "--answer", str(tmp_path / "b.xlsx"),
    )  # fmt: skip

    cell = openpyxl.load_workbook(tmp_path / "b.xlsx")["数据"].cell(2, 6)

    assert (cell.value, cell.data_type, cell.quotePrefix) == (text, "s", True)
