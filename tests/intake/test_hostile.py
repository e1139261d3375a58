"""Files made to harm: each ends in a reason, within five seconds, without taking the process along (trust.md 1.5)."""

import io
import json
import resource
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from limu.intake.queries import check_file
from limu.intake.rules import Answer, Order, UserFault
from limu.intake.rules_mapping import HeaderMapping
from limu.intake.store_csv import has_more_lines
from tests.intake.made import HEADER, company, write_csv, write_ods, write_workbook
from tests.standing import TODAY, catalogue, code_of

SHEET = "xl/worksheets/sheet1.xml"


def answer(path: Path) -> Answer | UserFault:
    began = _spent()
    found = check_file(path, item=catalogue()["penalty"], mapping=HeaderMapping(), order=Order(TODAY))
    assert _spent() - began < 5
    return found


def _spent() -> float:
    """Seconds of the processor, those of children too: what the machine does beside is not the file's fault."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in used)


def rebuilt(path: Path, changes: dict[str, bytes], *, more: dict[str, bytes] | None = None) -> Path:
    """Write a good workbook with some parts replaced and others added."""
    source = write_workbook(path.with_suffix(".good"), [HEADER, company(code_of(1), 1)])
    with zipfile.ZipFile(source) as good, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as made:
        for entry in good.infolist():
            made.writestr(entry.filename, changes.get(entry.filename, good.read(entry)))
        for name, content in (more or {}).items():
            made.writestr(name, content)
    return path


def sheet_of(path: Path) -> bytes:
    with zipfile.ZipFile(write_workbook(path / "plain.xlsx", [HEADER, company(code_of(1), 1)])) as good:
        return good.read(SHEET)


def refused(found: Answer | UserFault) -> str:
    assert isinstance(found, UserFault), found
    assert found.message
    assert found.cure
    return found.code


def test_a_zip_bomb_is_refused_by_its_ratio(tmp_path: Path) -> None:
    path = rebuilt(tmp_path / "a.xlsx", {}, more={"xl/media/x.xml": b" " * (40 << 20)})

    assert refused(answer(path)) == "F-111"


def test_an_external_entity_and_an_expanding_one_are_refused(tmp_path: Path) -> None:
    plain = sheet_of(tmp_path)
    for number, declaration in enumerate((
        b'<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/hostname">]>',
        b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>',
    )):  # fmt: skip
        path = rebuilt(
            tmp_path / f"{number}.xlsx", {SHEET: plain.replace(b"<worksheet", declaration + b"<worksheet", 1)}
        )

        assert refused(answer(path)) == "F-111"


def test_a_row_far_down_does_not_make_a_table_of_all_rows_above(tmp_path: Path) -> None:
    far = sheet_of(tmp_path).replace(
        b"</sheetData>", b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>'
    )

    assert refused(answer(rebuilt(tmp_path / "a.xlsx", {SHEET: far}))) == "F-110"


def test_an_opendocument_row_repeated_a_million_times_does_not_take_our_memory(tmp_path: Path) -> None:
    cell = '<table:table-cell table:number-columns-repeated="16384" office:value-type="string"><text:p>x</text:p>'
    tail = f'<table:table-row table:number-rows-repeated="1048570">{cell}</table:table-cell></table:table-row>'

    # The peak of all children so far: what earlier tests started may have been larger, this one must not raise it.
    before = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    found = answer(write_ods(tmp_path / "a.ods", [HEADER, company(code_of(1), 1)], tail=tail))

    assert refused(found) in {"F-110", "F-112"}
    assert resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss <= max(before, 320 << 10)


def test_too_many_parts_and_doubled_parts_are_refused(tmp_path: Path) -> None:
    many = rebuilt(tmp_path / "a.xlsx", {}, more={f"xl/media/{n}.png": b"x" for n in range(80)})
    with pytest.warns(UserWarning, match="Duplicate name"):
        doubled = rebuilt(tmp_path / "b.xlsx", {}, more={SHEET: sheet_of(tmp_path)})

    assert refused(answer(many)) == "F-111"
    assert refused(answer(doubled)) == "F-111"


def test_more_than_a_hundred_thousand_rows_ask_for_csv(tmp_path: Path) -> None:
    cells = b"".join(b'<row r="%d"><c r="A%d"><v>%d</v></c></row>' % (n, n, n * 7919) for n in range(3, 100_200))
    long = sheet_of(tmp_path).replace(b"</sheetData>", cells + b"</sheetData>")

    assert refused(answer(rebuilt(tmp_path / "a.xlsx", {SHEET: long}))) == "F-110"


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("a.xlsx", b"%PDF-1.7 not a workbook", "F-101"),
        ("a.csv", b"\x89PNG\r\n\x1a\n" + b"\0" * 100, "F-101"),
        ("a.xls", b"<html><table><tr><td>x</td></tr></table></html>", "F-101"),
        ("a.xlsx", b"PK\x03\x04" + b"\xff" * 200, "F-112"),
        ("a.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 5000, "F-112"),
        ("a.csv", b"  \n\n ", "F-102"),
        ("a.csv", "甲,乙\n1,2\n".encode(), "F-103"),
        ("a.json", b"[" * 200_000, "F-110"),
        ("a.json", b'[{"a": 1, "a": 2}]', "F-111"),
        ("a.json", b'{"a": ', "F-112"),
        ("a.jsonl", b'{"a": 1}\n{"a": 2, "a": 3}\n', "F-111"),
    ],
)
def test_what_is_no_table_or_a_broken_one_ends_in_a_reason(
    tmp_path: Path, name: str, content: bytes, code: str
) -> None:
    path = tmp_path / name
    path.write_bytes(content)

    assert refused(answer(path)) == code


def test_a_zip_of_something_else_is_a_mismatch(tmp_path: Path) -> None:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as made:
        made.writestr("hello.txt", "hello")
    (tmp_path / "a.xlsx").write_bytes(stream.getvalue())

    assert refused(answer(tmp_path / "a.xlsx")) == "F-101"


def test_one_endless_record_in_a_csv_is_refused(tmp_path: Path) -> None:
    path = write_csv(tmp_path / "a.csv", [HEADER, company(code_of(1), 1)])
    with path.open("ab") as file:
        file.write(b'"' + b"x" * (48 << 20))

    assert refused(answer(path)) == "F-107"


def test_a_quote_left_open_over_many_short_lines_is_refused(tmp_path: Path) -> None:
    path = write_csv(tmp_path / "a.csv", [HEADER])
    with path.open("ab") as file:
        file.write(b'"' + b"a,\n" * (12 << 20))

    assert refused(answer(path)) == "F-107"


def test_a_text_of_more_rows_than_a_sheet_holds_is_refused_before_it_is_judged(tmp_path: Path) -> None:
    # 47 MiB of wholly faulty rows took 34 s of the processor and 421 MiB; what no workbook can answer is not read.
    path, lines = tmp_path / "a.csv", tmp_path / "a.jsonl"
    path.write_bytes(",".join(HEADER).encode() + b"\n" + "甲,乙,丙,丁\n".encode() * 3_000_000)
    lines.write_bytes(b'{"a":1}\n' * 1_100_000)
    before, began = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, _spent()

    found = [answer(path), answer(lines)]

    assert [refused(one) for one in found] == ["F-113", "F-113"]
    assert _spent() - began < 2
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss <= before + (128 << 10)


ANSWERED = """
import resource, sys
from dataclasses import replace
from pathlib import Path
from limu.intake import store_answer
from limu.intake.queries import check_file
from limu.intake.queries_answer import write_answer
from limu.intake.rules import Order
from limu.intake.rules_mapping import HeaderMapping
from limu.law.book import packaged_book
from limu.wire.statutes import read_law_texts
from tests.standing import TODAY, catalogue
law = packaged_book(read_law_texts())
item, order, mapping = catalogue()["penalty"], Order(TODAY, 0, chunk_rows=2_000), HeaderMapping()
store_answer.NOTED_ROWS = 0
def answered(name):
    path = Path(sys.argv[1]) / name
    found = check_file(path, item=item, mapping=mapping, order=order)
    write_answer(path.with_suffix(".xlsx"), path, item=item, mapping=mapping, answer=found, order=order, law=law)
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
print(answered("few.csv"), answered("many.csv"))
"""


def test_five_times_as_many_faulty_rows_are_answered_in_about_the_same_memory(tmp_path: Path) -> None:
    for name, count in (("few.csv", 2_000), ("many.csv", 10_000)):
        with (tmp_path / name).open("w", encoding="utf-8") as file:
            file.write(",".join(HEADER) + "\n")
            file.writelines(f"甲,{number},丙\n" for number in range(count))

    done = subprocess.run(
        [sys.executable, "-c", ANSWERED, str(tmp_path)], capture_output=True, text=True, check=True, cwd=Path.cwd()
    )

    few, many = map(int, done.stdout.split())
    assert many - few < 8 << 10, "KiB"


def test_line_breaks_inside_quotes_are_no_rows(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(b'"a\nb\n""c\n",d\n' * 100)

    assert has_more_lines(path, "utf-8", than=99)
    assert not has_more_lines(path, "utf-8", than=100)


@pytest.mark.parametrize(("text", "encoding"), [("上,中\n", "utf-16"), ("上,中\r", "utf-8"), ("上,中\n", "gb18030")])
def test_rows_are_counted_alike_in_every_encoding(tmp_path: Path, text: str, encoding: str) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes((text * 100).encode(encoding))

    assert has_more_lines(path, encoding, than=99)
    assert not has_more_lines(path, encoding, than=100)


def test_a_huge_json_document_does_not_take_our_memory(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    path.write_text(json.dumps([[]] * 5_000_000))

    assert refused(answer(path)) in {"F-103", "F-110"}


def test_a_formula_in_a_cell_stays_a_text(tmp_path: Path) -> None:
    row = company(code_of(1), 1, 违法事实='=HYPERLINK("http://example.invalid")')
    found = answer(write_csv(tmp_path / "a.csv", [HEADER, row]))

    assert isinstance(found, Answer)
    assert found.counts.received == 1
