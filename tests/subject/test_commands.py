"""`limu register` and `limu search` as a script sees them: JSON on stdout, exit codes."""

import json
from pathlib import Path

import pytest

from limu.cli.language import told
from limu.cli.main import run
from limu.department import actions as departments
from limu.department.rules import Officer
from limu.page.speech import HAN
from limu.subject.rules_problems import FLAGS, REFUSALS, WARNINGS
from limu.wire.database import Database
from tests.standing import stand

LINES = (
    "名称,统一社会信用代码,状态",
    "示例市清河建材有限公司,91990100MA0000001G,存续",
    "示例市清河建材（集团）有限公司,91990100MA0000002K,存续",
    "示例市坏码有限公司,91990100MA0000001A,存续",
    "王小明,110101199003077598,",
)


@pytest.fixture
def file(tmp_path: Path) -> str:
    path = tmp_path / "register.csv"
    path.write_text("\n".join(LINES), "utf-8")
    return str(path)


def test_register_then_search(own_database: Database, file: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["register", file, "--source", "测试", "--json"]) == 0
    loaded = json.loads(capsys.readouterr().out)
    counts = {name: loaded[name] for name in ("received", "added", "updated", "unchanged", "flagged", "refused")}
    assert counts == {"received": 4, "added": 3, "updated": 0, "unchanged": 0, "flagged": 1, "refused": 1}
    assert "王小明" not in json.dumps(loaded, ensure_ascii=False)

    assert run(["search", "清河建材", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["total"] == 2
    assert found["hits"][0]["uscc"] == "91990100MA0000001G"
    assert found["hits"][0]["reason"] == "名称包含"

    assert run(["search", "91990100ma0000002k", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["exact_uscc"] == "91990100MA0000002K"


def test_search_says_as_which_name_it_answered(
    own_database: Database, file: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("COLUMNS", "300")
    assert run(["register", file, "--source", "测试", "--json"]) == 0
    capsys.readouterr()

    assert run(["search", "清河建材的处罚"]) == 0
    chinese = capsys.readouterr().out
    assert run(["search", "清河建材的处罚", "--json"]) == 0
    answered = json.loads(capsys.readouterr().out)
    assert run(["search", "清河建材"]) == 0
    by_name = capsys.readouterr().out
    monkeypatch.setenv("LIMU_LANG", "en")
    assert run(["search", "清河建材的处罚"]) == 0
    english = capsys.readouterr().out

    assert "未找到“清河建材的处罚”，以下是按“清河建材”找到的" in chinese
    assert (answered["total"], answered["answered_as"]) == (2, "清河建材")
    assert "以下是按" not in by_name
    assert "“清河建材的处罚” was not found; these were found by “清河建材”" in english


def test_what_is_told_of_a_row_is_told_in_the_language_of_the_terminal(
    own_database: Database, file: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("COLUMNS", "300")
    with Path(file).open("a", encoding="utf-8") as more:
        more.write("\n,91990100MA0000003N,存续\n示例市无号有限公司,,存续\n示例市同码有限公司,91990100MA0000001G,存续\n")

    assert run(["register", file, "--source", "测试"]) == 0
    chinese = capsys.readouterr().out
    monkeypatch.setenv("LIMU_LANG", "en")
    assert run(["register", file, "--source", "测试"]) == 0
    english = capsys.readouterr().out

    assert "第 5 行：是自然人，不能作为信用主体登记。" in chinese
    assert "Row 5: a natural person, who cannot be registered as a subject." in english
    assert [line for line in english.splitlines() if HAN.search(line)] == []
    assert english.count("Row ") == chinese.count("行：") == 7


@pytest.mark.parametrize("text", [*REFUSALS.values(), *WARNINGS.values(), *FLAGS.values()])
def test_all_that_may_be_told_of_a_row_has_its_english(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LIMU_LANG", "en")

    assert not HAN.search(told(f"第 7 行：{text}"))


def test_a_change_of_the_register_makes_cached_pages_stale(
    own_database: Database, file: str, capsys: pytest.CaptureFixture[str]
) -> None:
    def version() -> int:
        with own_database.connect("app") as connection:
            row = connection.execute("SELECT version FROM limu.register_state").fetchone()
            assert row is not None
            return int(row["version"])

    before = version()
    assert run(["register", file, "--source", "测试", "--json"]) == 0
    assert version() == before + 1
    assert run(["register", file, "--source", "测试", "--json"]) == 0
    assert version() == before + 1
    capsys.readouterr()


def test_two_officers_confirm_a_number(own_database: Database, file: str, capsys: pytest.CaptureFixture[str]) -> None:
    with own_database.connect("app") as connection:
        department = stand(connection).department
        for code in ("centre.1", "centre.2"):
            made = departments.add_officer(
                connection, by=None, code=code, person_name=code, department=department, roles=("centre_officer",)
            )
            assert isinstance(made, Officer)
        connection.commit()
    assert run(["register", file, "--source", "测试", "--as", "clerk.1.1"]) == 1
    assert run(["register", file, "--source", "测试", "--as", "centre.1"]) == 0
    number = "91990100MA0000001A"
    assert run(["register", "confirm", number, "--as", "centre.1"]) == 0
    assert "还需另一人" in capsys.readouterr().out
    assert run(["register", "confirm", number, "--as", "centre.1"]) == 1
    assert run(["register", "confirm", number, "--as", "clerk.1.1"]) == 1
    assert run(["register", "confirm", number, "--as", "centre.2"]) == 0
    assert "已由两人确认" in capsys.readouterr().out


def test_misuse_is_told(own_database: Database, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["register", str(tmp_path / "none.csv")]) == 2
    assert run(["register", str(tmp_path / "none.csv"), "--source", "测试"]) == 1
    assert "R-102" in capsys.readouterr().err
