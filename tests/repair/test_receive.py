"""Two doors, one case: what the platform above sends by file, and what is sent up and waits for its receipt."""

import json
from pathlib import Path
from typing import Any

import pytest

from limu.cli.main import run
from limu.wire.database import Database
from tests.lawful import Lawful, centre, stand_lawful
from tests.people import department_of
from tests.standing import DOCUMENT


@pytest.fixture
def lawful(own_database: Database) -> Lawful:
    with own_database.connect("app") as connection:
        made = stand_lawful(connection)
        desk = department_of(connection, 90, is_centre=True)
        for letter in "ab":
            centre(connection, f"above.{letter}", "centre_officer", department=desk)
    return made


def _run(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, Any]:
    capsys.readouterr()
    code = run([*words, "--json"])
    told = capsys.readouterr()
    return code, json.loads(told.out) if told.out else told.err


def _message(folder: Path, **value: Any) -> str:
    path = folder / "message.json"
    path.write_text(json.dumps(value, ensure_ascii=False), "utf-8")
    return str(path)


def _shown(database: Database, lawful: Lawful) -> bool:
    with database.connect("web") as web:
        return web.execute("SELECT FROM shown.record WHERE id = %s", (lawful.record,)).fetchone() is not None


def test_an_application_from_above_is_decided_here_and_waits_for_its_receipt(
    own_database: Database, lawful: Lawful, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("a.pdf", "b.pdf"):
        (tmp_path / name).write_bytes(name.encode())
    item = {"document_number": DOCUMENT.format(2), "authority": "", "documents": [
        {"role": "performance_proof", "file": "a.pdf"}]}  # fmt: skip
    sent = _message(
        tmp_path, kind="application", outside_number="XYZX-1", uscc=lawful.base.codes[0], agent="赵某", items=[item],
        documents=[{"role": "commitment", "file": "b.pdf"}],
    )  # fmt: skip

    code, told = _run(capsys, "repair", "receive", sent, "--as", "above.a")
    assert (code, told[0]["state"]) == (0, "received")
    twice, _ = _run(capsys, "repair", "receive", sent, "--as", "above.a")
    assert twice == 1
    number = told[0]["case"]
    decide = ["repair", "decide", number, "--as", lawful.handler.code, "--second", lawful.second.code]
    code, told = _run(capsys, *decide, "--outcome", "granted", "--reason", "义务已履行")
    assert (code, told["state"]) == (0, "granted")
    assert not _shown(own_database, lawful)
    _, board = _run(capsys, "repair", "board", "--as", "above.a")
    assert [one["number"] for one in board] == [number]

    receipt = _message(tmp_path, kind="receipt", outside_number="HZ-9", case_number=number)
    code, told = _run(capsys, "repair", "receive", receipt, "--as", "above.a")
    assert (code, told[0]["state"]) == (0, "closed")
    assert _run(capsys, "repair", "board", "--as", "above.a") == (0, [])


def test_a_decision_from_above_needs_two_of_the_centre_and_ends_the_record(
    own_database: Database, lawful: Lawful, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    sent = _message(
        tmp_path, kind="decision", outside_number="XYZX-2", uscc=lawful.base.codes[0],
        items=[{"document_number": DOCUMENT.format(2)}], decision_number="示市监修〔2026〕1号", decided_on="2026-11-20",
    )  # fmt: skip

    alone, _ = _run(capsys, "repair", "receive", sent, "--as", "above.a")
    assert (alone, _shown(own_database, lawful)) == (1, True)
    for day in ("2126-11-20", "2016-11-20"):
        later = Path(sent).with_name(f"{day}.json")
        later.write_text(Path(sent).read_text("utf-8").replace("2026-11-20", day), "utf-8")
        code, told = _run(capsys, "repair", "receive", str(later), "--as", "above.a", "--second", "above.b")
        assert (code, told["code"] == "X-404", _shown(own_database, lawful)) == (1, True, True)
    code, told = _run(capsys, "repair", "receive", sent, "--as", "above.a", "--second", "above.b")
    assert (code, told[0]["state"]) == (0, "closed")
    assert not _shown(own_database, lawful)


@pytest.mark.parametrize(
    "value", [{"kind": "gift"}, {"kind": "decision", "outside_number": "1"}, {"kind": "receipt", "outside_number": "1"}]
)
def test_a_message_that_does_not_fit_is_told_by_its_place(
    lawful: Lawful, tmp_path: Path, capsys: pytest.CaptureFixture[str], value: dict[str, str]
) -> None:
    code, told = _run(capsys, "repair", "receive", _message(tmp_path, **value), "--as", "above.a")

    assert code == 1
    assert told["code"] == "X-402"
