"""`limu law` from the door."""

import json
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner, Result

from limu.cli.law import register

runner = CliRunner()


def law(*words: str) -> Result:
    app = typer.Typer()
    register(app)

    @app.command("other")
    def other() -> None:
        """A second command, so that `law` stays a noun."""

    return runner.invoke(app, ["law", *words])


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("LIMU_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("LIMU_NOW", "2026-11-24")
    return tmp_path


def test_check_of_what_ships_is_clean() -> None:
    found = law("check", "--json")

    assert found.exit_code == 0
    assert json.loads(found.stdout)["faults"] == []


def test_check_of_a_folder_tells_its_faults(tmp_path: Path) -> None:
    (tmp_path / "terms.toml").write_text('[[term]]\nkey = "x"\ncitations = ["y"]\nconfidence = "confirmed"\n', "utf-8")

    found = law("check", str(tmp_path), "--json")

    assert found.exit_code == 1
    assert {one["code"] for one in json.loads(found.stdout)["faults"]} == {"citation_unknown", "term_items"}


def test_explain_prints_days_and_articles(home: Path) -> None:
    asked = ("--severity", "general", "--decided", "2026-07-01", "--region", "370000", "--json")
    found = law("explain", "penalty", *asked)
    told = json.loads(found.stdout)

    assert found.exit_code == 0
    assert (told["from_on"], told["last_day"], told["earliest_repair_on"]) == ("2026-07-01", "2027-07-01", "2026-10-01")
    assert told["rule"]["citation"].startswith("《信用修复管理办法》")


def test_explain_reads_for_people_too(home: Path) -> None:
    found = law("explain", "penalty", "--kinds", "警告", "--decided", "2026-07-01")

    assert found.exit_code == 0
    assert "轻微失信信息原则上不公示" in found.stdout
    assert "《信用修复管理办法》（国家发展改革委令第36号）第二章（轻微）" in found.stdout


@pytest.mark.parametrize(
    "words",
    [
        ("explain", "penalty", "--severity", "grave", "--decided", "2026-07-01"),
        ("explain", "penalty", "--severity", "general", "--decided", "yesterday"),
    ],
)
def test_misuse_ends_with_two(words: tuple[str, ...]) -> None:
    assert law(*words).exit_code == 2


def test_an_item_that_no_catalogue_has_is_misuse(home: Path) -> None:
    found = law("explain", "penalti", "--decided", "2026-07-01")

    assert (found.exit_code, "目录中没有“penalti”" in found.output) == (2, True)


def test_explain_says_which_law_spoke_and_why_another_rule_lost(home: Path) -> None:
    asked = ("--severity", "general", "--decided", "2026-01-10", "--json")
    told = json.loads(law("explain", "penalty", *asked).stdout)

    assert "没有部署" in told["law"]
    assert told["losers"]
    assert all(one["why"] for one in told["losers"])


def test_show_tells_instruments_articles_and_rules(home: Path) -> None:
    assert "信用修复管理办法" in law("show", "ndrc-36").stdout
    assert "第三条" in law("show", "ndrc-36/3").stdout
    assert "已核对" in law("show", "term/ndrc-36/general").stdout
    assert law("show", "nowhere").exit_code == 1
