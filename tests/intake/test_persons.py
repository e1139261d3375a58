"""Persons stop at the gate: of a workbook half of persons nothing keeps a name or a number."""

import os
from pathlib import Path

import openpyxl

from limu.wire.database import Database
from tests.intake.conftest import Submit
from tests.intake.made import HEADER, PERSON_NAME, PERSON_NUMBER, company, person, write_workbook
from tests.standing import Standing

TRACES = [text.encode(code) for text in (PERSON_NAME, PERSON_NUMBER) for code in ("utf-8", "gb18030", "utf-16-le")]


def test_a_workbook_half_of_persons_leaves_no_trace_of_them(
    standing: Standing, own_database: Database, submit: Submit, tmp_path: Path
) -> None:
    rows = [maker for n in range(1, 41) for maker in (company(standing.codes[n % 3], n), person(100 + n))]
    answer = tmp_path / "answer.xlsx"

    code, told = submit(write_workbook(tmp_path / "a.xlsx", [HEADER, *rows]), "--answer", str(answer), "--all")

    assert code == 1
    assert (told["received"], told["accepted"], told["refused"], told["codes"]["person"]) == (80, 40, 40, 40)
    assert PERSON_NAME not in str(told)
    assert PERSON_NUMBER not in str(told)
    assert _in_tables(own_database) == []
    assert _in_files(own_database.home.root) == []
    with own_database.connect("admin") as admin:
        codes = admin.execute("SELECT DISTINCT codes FROM limu.submission_row").fetchall()
        assert [row["codes"] for row in codes] == [["person"]]
    # The workbook that goes back to the department is the one place where its own rows stand.
    sheet = openpyxl.load_workbook(answer)["数据"]
    assert [row[0].value for row in sheet.iter_rows(min_row=2)].count("退回") == 40
    assert sheet["C3"].value == PERSON_NAME


def _in_tables(database: Database) -> list[str]:
    found = []
    with database.connect("admin") as admin:
        tables = admin.execute(
            """SELECT format('%I.%I', schemaname, tablename) AS name FROM pg_tables
               WHERE schemaname NOT IN ('pg_catalog', 'information_schema')"""
        ).fetchall()
        assert len(tables) > 20
        for table in tables:
            held = admin.execute(
                f"SELECT count(*) AS n FROM {table['name']} t WHERE t::text LIKE %s OR t::text LIKE %s",
                (f"%{PERSON_NAME}%", f"%{PERSON_NUMBER}%"),
            ).fetchone()
            assert held
            found += [table["name"]] * held["n"]
        admin.execute("CHECKPOINT")
    return found


def _in_files(root: Path) -> list[str]:
    """Every byte under the installation's home: uploads, logs, the cluster with its write-ahead log."""
    found = []
    for folder, _, names in os.walk(root):
        for name in names:
            path = Path(folder) / name
            if path.is_file():
                content = path.read_bytes()
                found += [str(path) for trace in TRACES if trace in content]
    return found
