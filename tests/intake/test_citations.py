"""An answer cites the law of its deployment: an article that only a pack of its own has is told in words too."""

import hashlib
import io
from pathlib import Path

import openpyxl
import pytest

from limu.cli.main import run
from limu.law.pack import EDITION, canonical
from limu.wire.database import Database
from limu.wire.lawbook import StoredPack, store_pack
from limu.wire.statutes import packaged_parts
from tests import people
from tests.intake.desk_hands import enter
from tests.intake.made import HEADER, company, write_csv
from tests.standing import Standing

SHIPPED, OWN = "发改办财金〔2018〕424号", "鲁信用办〔2026〕7号"


@pytest.fixture
def file(offices: tuple[Standing, Standing], own_database: Database, tmp_path: Path) -> Path:
    """A file with a wrong check character and a good row, where a pack has renumbered what the check cites."""
    parts = dict(packaged_parts())
    parts["law/instruments.toml"] = parts["law/instruments.toml"].replace(SHIPPED, OWN)
    body = canonical({"parts": parts})
    pack = StoredPack(hashlib.sha256(body).digest(), EDITION.isoformat(), EDITION)
    with own_database.connect("app") as connection:
        store_pack(connection, pack, signed_by="test", body=body)
        connection.commit()
    code = offices[0].codes[0]
    return write_csv(tmp_path / "a.csv", [HEADER, company(code[:-1] + "0", 1), company(code, 2)])


def cited(answer: Path | io.BytesIO) -> str:
    book = openpyxl.load_workbook(answer)
    return {row[0].value: str(row[4].value) for row in book["问题汇总"].iter_rows(min_row=2)}["P-107"]


def test_the_answer_to_a_checked_and_to_a_submitted_file_cites_the_law_in_force_here(
    file: Path, offices: tuple[Standing, Standing], tmp_path: Path
) -> None:
    department = ["--department", offices[0].department.uscc]
    assert run(["check", str(file), "--item", "penalty", "--answer", str(tmp_path / "checked.xlsx")]) == 1
    assert run(["submit", str(file), "--item", "penalty", "--answer", str(tmp_path / "sent.xlsx"), *department]) == 1

    assert OWN in cited(tmp_path / "checked.xlsx")
    assert OWN in cited(tmp_path / "sent.xlsx")


def test_the_workbook_of_a_batch_cites_the_law_in_force_here(file: Path, offices: tuple[Standing, Standing]) -> None:
    client = people.signed_in(offices[0].clerk.code)
    batch = enter(client, file)

    answer = io.BytesIO(client.get(f"{batch}/answer.xlsx").content)

    assert OWN in cited(answer)
