"""In which language commands speak of themselves, and that none of their help lacks the other one."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer

from limu.cli.dress import dress
from limu.cli.frame import table
from limu.cli.language import is_english, parser_told, told
from limu.cli.main import build, run
from limu.page.speech import HAN


def test_no_help_text_lacks_its_english(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LIMU_LANG", "en")
    kept = re.compile(r"\[default: .*|中文: LIMU_LANG=zh limu --help")
    said = {path: kept.sub("", text) for path, text in _helps(dress(typer.main.get_command(build())), "limu")}

    assert len(said) > 250
    assert {path: text for path, text in said.items() if HAN.search(text)} == {}


@pytest.mark.parametrize("path", ["", "submit", "law", "law explain", "list propose"])
def test_a_page_of_help_is_chinese_and_whole(
    path: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    assert run([*path.split(), "--help"]) == 0

    said = capsys.readouterr().out
    assert "用法：limu" in said
    assert not re.search(r"…|Usage|Options|Arguments|Commands|Show|Install |\[required|\[default", said)

    monkeypatch.setenv("LIMU_LANG", "en")
    assert run([*path.split(), "--help"]) == 0
    assert "Usage: limu" in (said := capsys.readouterr().out)
    assert "╭─ Options" in said


@pytest.mark.parametrize(
    ("line", "chinese", "english"),
    [
        (
            ["submit"],
            "缺少选项 --item。用法见 limu submit --help。",
            "Missing option '--item'. Usage: limu submit --help.",
        ),
        (["no-such"], "没有命令 no-such。用法见 limu --help。", "No such command 'no-such'. Usage: limu --help."),
        (
            ["submit", "--itme", "x"],
            "没有选项 --itme；相近的有 --item。",
            "No such option: --itme (Possible options: --item)",
        ),
        (
            ["upward", "work"],
            "请用 --to、LIMU_UPWARD 或者 LIMU_UPWARD_DATABASE 指明上级平台。用法见",
            "Name the platform above",
        ),
        (["law", "explain"], "缺少参数 item。", "Missing argument 'item'."),
        (["stop", "now"], "多余的参数：now。", "Got unexpected extra argument(s) (now)"),
        (["serve", "--port", "x"], "--port 应为整数。用法见", "Invalid value for '--port'"),
        (["serve", "--port", "70000"], "--port 不得大于 65535。用法见", "should be less than or equal to 65535"),
        (["case", "clock", "X", "walk", "--as", "a"], "step 不能是 walk，只能是 ", "'walk' is not one of"),
        (["search", "甲", "--json=1"], "选项 --json 不带值。", "Option '--json' does not take a value."),
    ],
)
def test_misuse_is_told_in_the_language_of_the_terminal(
    line: list[str],
    chinese: str,
    english: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert run(line) == 2
    assert chinese in capsys.readouterr().err.replace("\n", "")

    monkeypatch.setenv("LIMU_LANG", "en")
    assert run(line) == 2
    said = " ".join(capsys.readouterr().err.split())
    assert english in said
    assert not HAN.search(said)


def test_the_setting_decides_then_the_locale_and_c_says_nothing() -> None:
    assert [is_english(one) for one in ({}, {"LANG": "C"}, {"LANG": "C.UTF-8"}, {"LC_ALL": "POSIX"})] == [False] * 4
    assert is_english({"LANG": "en_GB.UTF-8"})
    assert not is_english({"LANG": "zh_CN.UTF-8"})
    assert not is_english({"LANG": "en_GB.UTF-8", "LC_ALL": "C.UTF-8"})
    assert not is_english({"LANG": "en_GB.UTF-8", "LIMU_LANG": "zh"})
    assert is_english({"LC_ALL": "C.UTF-8", "LIMU_LANG": "en"})


def test_what_a_program_reads_does_not_change(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    explain = ["law", "explain", "penalty", "--severity", "general", "--decided", "2026-07-01", "--json"]
    assert run(explain) == 0
    chinese = json.loads(capsys.readouterr().out)

    monkeypatch.setenv("LIMU_LANG", "en")
    assert run(explain) == 0
    assert json.loads(capsys.readouterr().out) == chinese


def test_what_a_command_answers_is_english_where_it_is_no_citation(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("LIMU_LANG", "en")
    assert (
        run(["law", "explain", "penalty", "--severity", "general", "--decided", "2026-07-01", "--on", "2026-08-01"])
        == 0
    )

    said = capsys.readouterr().out
    assert "State on 2026-08-01: Public\n" in said
    assert "Public until (inclusive): 2027-07-01\n" in said
    assert [line for line in said.splitlines() if HAN.search(line) and "《" not in line] == []


def test_columns_are_said_each_by_itself_and_a_sentence_as_a_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LIMU_LANG", "en")
    sentence = "  登录\thttp://127.0.0.1:8000/account/ （部门工作台 /dept，信用中心 /ops）"

    assert told("  首页\thttp://127.0.0.1:8000/") == "  Home\thttp://127.0.0.1:8000/"
    assert told(sentence) == "  Sign in at http://127.0.0.1:8000/account/ (department's desk /dept, credit centre /ops)"
    assert told("示例市清河建材有限公司") == "示例市清河建材有限公司"


def test_a_receipt_counts_in_english(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("LIMU_LANG", "en")
    monkeypatch.setenv("LIMU_HOME", str(tmp_path / "home"))
    file = tmp_path / "a.csv"
    file.write_text("行政相对人名称,统一社会信用代码\n示例市清河建材有限公司,9.1990100E+17\n", "utf-8")

    assert run(["check", str(file), "--item", "penalty"]) == 1
    said = " ".join(capsys.readouterr().out.split())
    assert said.startswith("Received: 1 row, Acceptable: 0 rows, To correct: 1 row")
    assert "turned into scientific notation by a spreadsheet" in said
    assert not HAN.search(said)


def test_a_table_cuts_nothing_off_and_an_empty_one_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    table(("编号", "名称"), [("01a22944-13c5-7019-884a-588f328b0d61", "示例市云栖区友久职业培训学校" * 9)])
    assert "…" not in capsys.readouterr().out

    table(("编号", "名称"), [])
    assert capsys.readouterr().out == "没有可列出的。\n"


def test_what_the_parser_says_newly_stays_as_it_is() -> None:
    assert parser_told("Something new.") == "Something new."


def _helps(command: Any, path: str) -> Iterator[tuple[str, str]]:
    yield path, command.help or ""
    for option in (*command.params, command.get_help_option(command.context_class(command))):
        yield f"{path} {option.name}", getattr(option, "help", None) or ""
    for name, below in getattr(command, "commands", {}).items():
        yield from _helps(below, f"{path} {name}")
