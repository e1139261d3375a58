"""How commands end: codes that a script can rely on, and never a trace."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

import limu.cli.doctor
from limu import __version__
from limu.cli.main import run
from limu.cli.serve import is_loopback
from limu.wire.database import Database
from limu.wire.home import Home, find_home
from limu.wire.mode import WrongModeError, read_mode, write_mode


@pytest.fixture
def empty_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    monkeypatch.setenv("LIMU_HOME", str(tmp_path / "home"))
    monkeypatch.delenv("LIMU_DATABASE_NAME", raising=False)
    return Home(tmp_path / "home")


def test_the_version_is_told_on_stdout(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["--version"]) == 0
    assert capsys.readouterr().out.strip() == __version__


def test_an_unknown_command_is_misuse(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["no-such-thing"]) == 2
    assert "no-such-thing" in capsys.readouterr().err


def test_an_unexpected_failure_gets_a_number_and_no_trace(
    empty_home: Home, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def break_down(home: Home) -> Iterator[object]:
        raise ZeroDivisionError("13900000000")

    monkeypatch.setattr(limu.cli.doctor, "look_around", break_down)

    assert run(["doctor"]) == 3

    told = capsys.readouterr()
    assert "Traceback" not in told.err + told.out
    assert "13900000000" not in told.err + told.out
    notes = list(empty_home.log.glob("failure-*.log"))
    assert len(notes) == 1
    assert notes[0].stem.removeprefix("failure-") in told.err
    assert "ZeroDivisionError" in notes[0].read_text()
    assert notes[0].stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize(
    "line",
    [
        ["law", "update", "{missing}", "--diff"],
        ["law", "add", "{missing}", "--as", "x", "--difference", "x"],
        ["law", "pack", "{missing}/p.lawpack", "--version", "2026.11.1", "--key", "{missing}"],
        ["checkup", "{missing}", "--item", "penalty"],
    ],
)
def test_a_file_that_is_not_there_is_misuse(
    line: list[str], empty_home: Home, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    missing = str(tmp_path / "missing")

    assert run([one.replace("{missing}", missing) for one in line]) == 2

    told = capsys.readouterr().err.replace("\n", "")
    assert f"没有 {missing}" in told or f"打不开 {missing}：没有这个文件或者文件夹。请核对路径。" in told
    assert list(empty_home.log.glob("failure-*.log")) == []


def test_a_lost_database_is_told_with_what_to_do(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def break_off(home: Home) -> Iterator[object]:
        raise psycopg.OperationalError("the connection is closed")

    monkeypatch.setattr(limu.cli.doctor, "look_around", break_off)

    assert run(["doctor"]) == 3

    told = capsys.readouterr().err.replace("\n", "")
    assert "the connection is closed" in told
    assert "数据库恢复后请再次执行同一命令" in told


def test_a_command_before_init_says_what_to_run(empty_home: Home, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["doctor", "--json"]) == 1

    looks = json.loads(capsys.readouterr().out)
    assert [look["cure"] for look in looks if look["what"] == "数据库"] == [
        "请运行 limu init（正式使用）或 limu demo（演示）。"
    ]
    assert not (empty_home.root / "database").exists()


def test_production_refuses_another_day(
    database: Database, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("LIMU_DATABASE_URL", database.conninfo("admin"))
    monkeypatch.setenv("LIMU_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("LIMU_MODE", "production")
    monkeypatch.setenv("LIMU_NOW", "2027-01-01")

    assert run(["init"]) == 2
    assert "LIMU_NOW" in capsys.readouterr().err


def test_the_doctor_finds_a_prepared_database_well(database: Database, capsys: pytest.CaptureFixture[str]) -> None:
    assert find_home() == database.home

    assert run(["doctor", "--json"]) == 0

    looks = json.loads(capsys.readouterr().out)
    assert {"服务器", "中文检索", "结构", "时钟", "落盘"} <= {look["what"] for look in looks}


def test_a_public_address_is_refused_without_a_proxy(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["serve", "--host", "0.0.0.0"]) == 2  # noqa: S104 - that is the point
    assert "--behind-proxy" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("host", "is_own"), [("127.0.0.1", True), ("::1", True), ("localhost", True), ("10.0.0.1", False), ("a.cn", False)]
)
def test_only_this_machines_addresses_are_loopback(host: str, *, is_own: bool) -> None:
    assert is_loopback(host) is is_own


def test_stopping_where_nothing_runs_is_no_fault(empty_home: Home, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["stop"]) == 0
    assert "没有在运行" in capsys.readouterr().err
    assert not empty_home.root.exists()


def test_a_home_keeps_its_mode_for_life(tmp_path: Path) -> None:
    home = Home(tmp_path / "home")
    write_mode(home, "demonstration")

    assert read_mode(home, {"LIMU_MODE": "production"}) == "demonstration"
    with pytest.raises(WrongModeError):
        write_mode(home, "production")


def test_a_home_without_a_word_is_for_production(tmp_path: Path) -> None:
    assert read_mode(Home(tmp_path), {}) == "production"


def test_a_demonstration_started_here_is_found_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)

    assert find_home({"HOME": str(tmp_path)}).root == Path("~/.local/share/limu").expanduser()
    (tmp_path / ".limu").mkdir()
    assert find_home({}).root == tmp_path / ".limu"
    assert find_home({"LIMU_HOME": "elsewhere"}).root == tmp_path / "elsewhere"
    assert os.getuid() == (tmp_path / ".limu").stat().st_uid


def test_a_command_loads_only_what_it_needs(empty_home: Home) -> None:
    program = (
        "import sys; from limu.cli.main import run; run(['stop']); print(sorted({'polars', 'django'} & {*sys.modules}))"
    )

    answer = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)

    assert answer.stdout.strip() == "[]"
    assert not empty_home.root.exists()


def test_an_older_schema_asks_for_an_upgrade(own_database: Database, capsys: pytest.CaptureFixture[str]) -> None:
    with own_database.connect("owner") as owner:
        owner.execute("DELETE FROM limu.migration WHERE path = 'wire/sql/0003_guards.sql'")

    assert run(["department", "list"]) == 3
    assert "limu init" in capsys.readouterr().err


def test_a_database_without_a_schema_asks_for_init(
    template: Database, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("LIMU_DATABASE_NAME", "no_such_database")

    assert template.name != "no_such_database"
    assert run(["department", "list"]) == 3
    assert "limu init" in capsys.readouterr().err


def test_init_makes_the_first_department_and_account_once(
    own_database: Database, capsys: pytest.CaptureFixture[str]
) -> None:
    first = ["init", "--json", "--department", "91310000132204400J", "--name", "示范市信用中心", "--region", "990100"]

    assert run(first) == 0
    assert run(first) == 0

    with own_database.connect("owner") as owner:
        rows = owner.execute(
            "SELECT d.uscc, o.code, o.roles FROM limu.officer o JOIN limu.department d ON d.id = o.department"
        ).fetchall()
    assert rows == [{"uscc": "91310000132204400J", "code": "admin", "roles": ["security_administrator"]}]
    assert "91310000132204400J" in capsys.readouterr().out


def test_init_refuses_a_department_with_a_wrong_code(
    own_database: Database, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["init", "--department", "913100001322044001", "--name", "示范市信用中心", "--region", "990100"]) == 1
    assert "统一社会信用代码" in capsys.readouterr().err
    with own_database.connect("owner") as owner:
        assert owner.execute("SELECT count(*) AS n FROM limu.department").fetchone() == {"n": 0}
