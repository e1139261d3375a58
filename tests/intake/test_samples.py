"""The real tables, read by the mappings that are shipped: every row accounted for, nothing cut off."""

from pathlib import Path

import pytest

from limu.intake.queries import check_file
from limu.intake.rules import Answer, Order, UserFault
from limu.intake.rules_mapping import HeaderMapping, parse_mapping
from tests.standing import TODAY, catalogue

MAPPINGS = Path(__file__).parents[2] / "examples" / "mappings"
TABLES = (
    ("nfra-penalties-2024-2026", "penalties.csv", "penalty", 4545),
    ("permits-cosmetics-2019", "permits.csv", "permit", 37),
    ("tax-a-grade-jiangxi-2018", "jiangxi.csv", "tax_grade_a", 4938),
    ("tax-violations-qinghai-2021", "qinghai_kv.csv", "tax_violation", 136),
    ("ocds-implementation-cdmx-2016", "releases.json", "contract", 44),
)


@pytest.mark.parametrize(("folder", "name", "item", "rows"), TABLES)
def test_every_real_table_is_read_whole(samples: Path, folder: str, name: str, item: str, rows: int) -> None:
    stored = catalogue()[item]
    mapping = parse_mapping(
        (MAPPINGS / f"{folder}.json").read_text("utf-8"), fields=[one.code for one in stored.fields]
    )
    assert isinstance(mapping, HeaderMapping)

    found = check_file(samples / folder / name, item=stored, mapping=mapping, order=Order(TODAY, None))

    assert isinstance(found, Answer)
    assert found.rows == rows
    assert found.counts.received == found.counts.accepted + found.counts.refused >= rows
    assert found.layout
    assert found.layout.notes == ()


def test_the_damaged_rows_of_the_real_tables_are_found(samples: Path) -> None:
    stored = catalogue()["tax_grade_a"]
    path = samples / "tax-a-grade-jiangxi-2018" / "jiangxi.csv"

    found = check_file(path, item=stored, mapping=HeaderMapping(), order=Order(TODAY, None))

    assert isinstance(found, Answer)
    assert found.layout
    assert (found.layout.encoding, found.counts.refused) == ("gb18030", found.counts.received - found.counts.accepted)
    # 988 old tax numbers are told of and taken in; four codes fail their check character and come back.
    assert found.codes["P-108"] >= 980
    assert found.codes["P-107"] == 4
    assert found.codes["F-201"] == 1


@pytest.mark.parametrize("path", sorted(MAPPINGS.glob("*.json")), ids=lambda path: path.stem)
def test_every_mapping_shipped_names_fields_of_some_item(path: Path) -> None:
    fits = [
        item.code
        for item in catalogue().values()
        if isinstance(parse_mapping(path.read_text("utf-8"), fields=[one.code for one in item.fields]), HeaderMapping)
    ]

    # The mapping of the register sample names columns of the register, not of an item.
    assert fits or path.stem.startswith("registry-") or path.stem in NEVER


NEVER = ("debarment-idb-2025", "name-variants-jiangxi", "uscc-vectors", "code-tables")


@pytest.mark.parametrize("folder", NEVER)
def test_a_table_that_is_no_credit_information_is_refused_with_its_reason(folder: str) -> None:
    read = parse_mapping((MAPPINGS / f"{folder}.json").read_text("utf-8"), fields=[])

    assert isinstance(read, UserFault)
    assert read.code == "F-123"
    assert "信用信息" in read.message


def test_every_real_table_has_a_mapping_or_a_reason(samples: Path) -> None:
    folders = {path.name for path in samples.iterdir() if path.is_dir()}

    assert folders == {path.stem for path in MAPPINGS.glob("*.json")}
