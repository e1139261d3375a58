"""The template opens again with its drop-downs, comments, formats and hidden stamp; schemas hold."""

import json
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

from limu.catalogue.queries import find_shipped_item, shipped_items
from limu.catalogue.queries_pages import checks_page, dictionary_page
from limu.catalogue.queries_schema import data_package, dictionary, json_schema, table_schema
from limu.catalogue.queries_template import STAMP_LABELS, make_template, template_fields, template_id
from limu.check.judge import CHECKS
from limu.cli.main import run
from limu.record.item import Item


def item(code: str) -> Item:
    found = find_shipped_item(code)
    assert found is not None
    return found


def opened(code: str) -> Any:
    return load_workbook(BytesIO(make_template(item(code))))


def column_of(sheet: Any, header: str) -> int:
    return int(next(cell.column for cell in sheet[1] if str(cell.value).lstrip("＊") == header))


def test_the_template_has_a_drop_down_for_the_kind_of_penalty() -> None:
    book = opened("penalty")
    sheet = book["数据"]
    letter = sheet.cell(1, column_of(sheet, "处罚类别")).column_letter

    rules = [rule for rule in sheet.data_validations.dataValidation if f"{letter}2" in str(rule.sqref)]

    assert len(rules) == 1
    assert rules[0].type == "list"
    assert "字典!" in rules[0].formula1
    entries = [cell.value for column in book["字典"].columns for cell in column]
    assert {"罚款", "责令停产停业"} <= set(entries)


@pytest.mark.parametrize("code", [one.code for one in shipped_items()])
def test_every_template_opens_with_a_drop_down_for_each_code_list(code: str) -> None:
    sheet = opened(code)["数据"]

    listed = [field for field in template_fields(item(code)) if field.codelist]
    assert len(sheet.data_validations.dataValidation) == len(listed)
    assert sheet.max_column == len(template_fields(item(code)))


def test_hidden_sheets_hold_the_lists_and_the_stamp() -> None:
    book = opened("penalty")

    assert book["字典"].sheet_state == "hidden"
    assert book["标识"].sheet_state == "veryHidden"
    stamp = {row[0].value: row[1].value for row in book["标识"].iter_rows()}
    assert stamp == dict(zip(STAMP_LABELS, ("penalty", "1", template_id(item("penalty"))), strict=True))


def test_needed_columns_are_marked_and_headers_are_explained() -> None:
    sheet = opened("penalty")["数据"]

    header = sheet.cell(1, column_of(sheet, "行政处罚决定书文号"))
    assert header.value == "＊行政处罚决定书文号"
    assert "例：" in header.comment.text
    assert sheet.freeze_panes == "B2"


def test_headers_of_a_template_are_recognised_again() -> None:
    for one in shipped_items():
        headers = one.headers()
        cells = load_workbook(BytesIO(make_template(one)))["数据"][1]
        assert [headers[cell.value] for cell in cells] == [field.code for field in template_fields(one)]


def test_codes_are_text_and_days_are_days() -> None:
    sheet = opened("penalty")["数据"]
    code = sheet.cell(1, column_of(sheet, "统一社会信用代码")).column_letter
    day = sheet.cell(1, column_of(sheet, "处罚决定日期")).column_letter

    assert sheet.column_dimensions[code].number_format == "@"
    assert sheet.column_dimensions[day].number_format == "yyyy/mm/dd"


def test_a_template_offers_no_column_for_numbers_of_persons() -> None:
    labels = {field.label for field in template_fields(item("penalty"))}

    assert "法定代表人证件号码" not in labels
    assert "自然人证件号码" not in labels


def test_the_template_number_changes_with_the_definition() -> None:
    assert template_id(item("penalty")) != template_id(item("permit"))
    assert template_id(item("penalty")) == template_id(item("penalty"))


def test_the_json_schema_names_every_field_and_closes_the_rest() -> None:
    schema = json_schema(item("permit"))

    assert set(schema["properties"]) == {field.code for field in item("permit").fields}
    assert schema["additionalProperties"] is False
    assert schema["properties"]["party_uscc"]["pattern"].startswith("^")
    assert "enum" not in schema["properties"]["permit_class"]


def test_the_descriptor_has_one_resource_an_item_with_its_key() -> None:
    package = data_package(shipped_items())

    assert len(package["resources"]) == len(shipped_items())
    assert table_schema(item("penalty"))["primaryKey"] == ["authority", "document_number"]
    assert json.loads(json.dumps(package)) == package


def test_the_dictionary_tells_publicity_and_need_of_each_field() -> None:
    rows = {row.code: row for row in dictionary(item("penalty"))}

    assert rows["legal_representative"].publicity == "不公开"
    assert rows["document_number"].need == "公示前必填"


def test_the_pages_of_checks_and_fields_are_current() -> None:
    assert Path("docs/checks.md").read_text(encoding="utf-8") == checks_page(CHECKS)
    assert Path("docs/dictionary.md").read_text(encoding="utf-8") == dictionary_page(shipped_items())


def test_the_command_lists_shows_and_writes(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["catalogue", "show", "permit", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["code"] == "permit"
    assert run(["catalogue", "template", "penalty", "-o", str(tmp_path / "t.xlsx")]) == 0
    assert load_workbook(tmp_path / "t.xlsx").sheetnames[0] == "数据"
    assert run(["catalogue", "show", "no_such_item"]) == 2


def test_the_list_names_every_item(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["catalogue", "list", "--json"]) == 0

    assert {one["code"] for one in json.loads(capsys.readouterr().out)} == {one.code for one in shipped_items()}
