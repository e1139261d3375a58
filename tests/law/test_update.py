"""`limu law pack | update | add` on a deployment's database: what is taken in is the law from the next question on."""

import json
from pathlib import Path

import pytest
import typer
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat
from typer.testing import CliRunner, Result

from limu.cli.law import register
from limu.department import actions
from limu.department.rules import Department
from limu.wire.database import Database
from limu.wire.statutes import packaged_parts

runner = CliRunner()
ADDITION = """[[deadline]]
key = "deadline/local/objection"
act = "objection_mark"
label = "标注异议"
count = 1
start = "receipt"
region = "990100"
citations = ["ndrc-36/3"]
confidence = "confirmed"
"""


def law(*words: str | Path) -> Result:
    app = typer.Typer()
    register(app)

    @app.command("other")
    def other() -> None:
        """A second command, so that `law` stays a noun."""

    return runner.invoke(app, ["law", *map(str, words)])


@pytest.fixture
def place(own_database: Database, tmp_path: Path) -> Path:
    """A folder with a publisher's key, its public half trusted, and a deployment whose centre has two editors."""
    key = Ed25519PrivateKey.generate()
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    (tmp_path / "publisher.pem").write_bytes(private)
    (tmp_path / "trusted").mkdir()
    public = key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    (tmp_path / "trusted" / "publisher.pem").write_bytes(public)
    with own_database.connect("app") as connection:
        centre = actions.add_department(
            connection, officer=None, uscc="11990100MB00000044", name="示例市信用中心", region="990100", is_centre=True
        )
        assert isinstance(centre, Department)
        for code in ("one", "two"):
            actions.add_officer(
                connection, by=None, code=code, person_name=code, department=centre, roles=("catalogue_editor",)
            )
        connection.commit()
    return tmp_path


def made(place: Path, version: str, day: str, *, change: tuple[str, str, str] | None = None) -> Path:
    """Make a pack of what ships, with one part changed."""
    source = place / f"source-{version}"
    for path, text in packaged_parts().items():
        target = source / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text.replace(*change[1:]) if change and change[0] == path else text, "utf-8")
    target = place / f"{version}.pack"
    words = ("--version", version, "--issued", day, "--key", place / "publisher.pem", "--source", source)
    assert law("pack", target, *words).exit_code == 0
    return target


def taken(place: Path, pack: Path, *words: str) -> Result:
    return law("update", pack, "--trusted", place / "trusted", *words)


def in_force() -> list[str]:
    return [one["version"] for one in json.loads(law("packs", "--json").stdout) if one["in_force"]]


RENAMED = ("law/deadlines.toml", "许可和处罚上网公示", "许可和处罚公示")
TWO = ("--as", "one", "--second", "two")


def test_a_difference_is_shown_and_nothing_is_stored(place: Path) -> None:
    found = json.loads(taken(place, made(place, "2027.1", "2027-01-05", change=RENAMED), "--diff", "--json").stdout)

    assert [(one["kind"], one["key"]) for one in found["changes"]] == [("changed", "deadline/publication")]
    assert not found["stored"]
    assert in_force() == []


def test_new_items_need_two_people_and_what_is_taken_in_is_the_law(place: Path) -> None:
    pack = made(place, "2027.1", "2027-01-05", change=RENAMED)

    alone = taken(place, pack)
    same = taken(place, pack, "--as", "one", "--second", "one")
    assert (alone.exit_code, same.exit_code, in_force()) == (1, 1, [])

    stored = taken(place, pack, *TWO)

    assert stored.exit_code == 0, stored.output
    assert in_force() == ["2027.1"]
    assert json.loads(law("show", "deadline/publication", "--json").stdout)["label"] == "许可和处罚公示"
    assert "2027.1" in law("explain", "penalty", "--severity", "general", "--decided", "2026-07-01").stdout


def test_an_older_pack_or_the_same_again_is_refused_with_its_code(place: Path) -> None:
    newer, older = made(place, "2027.10", "2027-01-05"), made(place, "2027.9", "2027-01-05", change=RENAMED)
    before = made(place, "2026.12", "2026-12-01", change=RENAMED)
    assert taken(place, newer, *TWO).exit_code == 0

    refused = [json.loads(taken(place, one, "--json").stdout) for one in (newer, older, before)]

    codes = [one["faults"][0]["code"] for one in refused]
    assert codes == ["pack_same", "pack_older", "pack_older"]
    assert in_force() == ["2027.10"]


def test_a_pack_of_a_stranger_is_refused(place: Path) -> None:
    pack = made(place, "2027.1", "2027-01-05")
    (place / "trusted" / "publisher.pem").unlink()

    found = taken(place, pack, *TWO)

    assert found.exit_code == 1
    assert "pack_signature" in found.stdout
    assert in_force() == []


def test_an_item_that_reads_otherwise_needs_a_new_version(place: Path) -> None:
    assert taken(place, made(place, "2027.1", "2027-01-05"), *TWO).exit_code == 0
    item = packaged_parts()["catalogue/penalty.toml"]
    renamed = ("catalogue/penalty.toml", 'name = "行政处罚', 'name = "处罚')
    assert renamed[1] in item

    silent = taken(place, made(place, "2027.2", "2027-02-05", change=renamed), *TWO)
    raised = ("catalogue/penalty.toml", "version = 1", "version = 2")
    versioned = taken(place, made(place, "2027.3", "2027-03-05", change=raised), *TWO, "--json")

    assert silent.exit_code == 1
    assert "T-301 penalty" in silent.stdout
    assert [(one["code"], one["version"]) for one in json.loads(versioned.stdout)["items"]] == [("penalty", 2)]


def test_a_local_addition_is_registered_with_its_article_and_address(place: Path) -> None:
    path = place / "local.toml"
    path.write_text(ADDITION, "utf-8")

    found = law("add", path, "--difference", "异议当日标注", "--as", "one")
    again = law("add", path, "--difference", "异议当日标注", "--as", "one")

    assert found.exit_code == 0, found.output
    assert "《信用修复管理办法》" in found.stdout
    assert again.exit_code == 1
    assert json.loads(law("show", "deadline/local/objection", "--json").stdout)["ref"]["is_confirmed"] is False
