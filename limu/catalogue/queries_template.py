"""The workbook a department fills in, generated from the item (ux.md 2.3); never made by hand."""

import hashlib
import json
from collections.abc import Iterable
from io import BytesIO
from typing import Any, Final

import xlsxwriter

from limu.catalogue.rules import definition_of
from limu.record.item import REQUIRED_MARK, Field, Item

DATA_SHEET: Final = "数据"
NOTES_SHEET: Final = "填表说明"
EXAMPLE_SHEET: Final = "示例"
LISTS_SHEET: Final = "字典"
STAMP_SHEET: Final = "标识"
STAMP_LABELS: Final = ("目录编码", "版本", "模板号")
ROWS: Final = 5000
PROMPT_LENGTH: Final = 255
TITLE_LENGTH: Final = 32
_RULES: Final = (
    "一行一条记录；不要改动第一行的列名，不要合并单元格。",
    "带“＊”的列在公示前必须填写；名称和统一社会信用代码至少填写一项。",
    "平台不收自然人的信息：当事人是自然人的行会退回，不留存。",
    "公开的列不得写入个人的证件号码、电话和住址。",
    "日期写成 2026/03/02 的样子；2099/12/31 表示长期。",
    "代码、文号和证件号所在的列已设为文本格式，请勿改为数字。",
)


def template_id(item: Item) -> str:
    """Twelve characters that change whenever the item's definition does."""
    plain = json.dumps(definition_of(item), ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(plain.encode("utf-8")).hexdigest()[:12]


def template_fields(item: Item) -> tuple[Field, ...]:
    """The columns a template offers: all but those that serve old imports or hold a person's number."""
    return tuple(field for field in item.fields if field.subject_report and field.personal != "identity_number")


def header_of(field: Field) -> str:
    """The header of a column, marked when a record cannot be accepted or published without it."""
    return f"{REQUIRED_MARK if field.required != 'no' else ''}{field.label}"


def make_template(item: Item) -> bytes:
    """Write the workbook: data, notes, example, and two hidden sheets with the drop-downs and the stamp."""
    target = BytesIO()
    book = xlsxwriter.Workbook(target, {"in_memory": True})
    book.set_properties({"title": item.name, "subject": f"{item.code} v{item.version} {template_id(item)}"})
    fields = template_fields(item)
    data = book.add_worksheet(DATA_SHEET)
    _write_notes(book, item, fields)
    _write_example(book, fields)
    ranges = _write_lists(book, fields)
    _write_stamp(book, item)
    _write_data(book, data, fields, ranges=ranges)
    data.activate()
    book.close()
    return target.getvalue()


def _write_data(book: Any, sheet: Any, fields: Iterable[Field], *, ranges: dict[str, str]) -> None:
    text, day = book.add_format({"num_format": "@"}), book.add_format({"num_format": "yyyy/mm/dd"})
    number = book.add_format({"num_format": "0.000000"})
    formats = {"day": day, "amount_wan": number, "amount_yuan": number, "integer": None, "number": None}
    needed = book.add_format({"bold": True, "bg_color": "#FDE9D9", "border": 1, "text_wrap": True})
    plain = book.add_format({"bold": True, "bg_color": "#EDF2F7", "border": 1, "text_wrap": True})
    for column, field in enumerate(fields):
        sheet.set_column(column, column, max(12, min(40, len(field.label) * 2 + 4)), formats.get(field.kind, text))
        sheet.write_string(0, column, header_of(field), plain if field.required == "no" else needed)
        sheet.write_comment(0, column, _comment(field), {"x_scale": 2, "y_scale": 1.5})
        if field.code in ranges:
            sheet.data_validation(1, column, ROWS, column, _drop_down(field, ranges[field.code]))
    sheet.freeze_panes(1, 1)
    sheet.set_row(0, 32)


def _drop_down(field: Field, source: str) -> dict[str, Any]:
    # Several kinds stand in one cell, and 其他-… is free: those lists advise, they do not forbid.
    is_open = field.kind == "codes" or any(entry.endswith("*") for entry in field.codelist)
    return {
        "validate": "list",
        "source": source,
        "input_title": field.label[:TITLE_LENGTH],
        "input_message": field.description[:PROMPT_LENGTH],
        "error_title": "不在目录中",
        "error_message": "请从下拉列表选择。",
        "error_type": "information" if is_open else "stop",
    }


def _comment(field: Field) -> str:
    example = f"\n例：{field.example}" if field.example else ""
    length = f"\n最多 {field.length} 个字" if field.length else ""
    shown = "公开" if field.is_public else "不公开"
    return f"{field.description}{example}{length}\n{shown}"


def _write_notes(book: Any, item: Item, fields: Iterable[Field]) -> None:
    sheet = book.add_worksheet(NOTES_SHEET)
    wrap = book.add_format({"text_wrap": True, "valign": "top"})
    bold = book.add_format({"bold": True})
    head = (
        item.name,
        item.description,
        f"类别：{item.class_name}",
        f"报送单位：{item.departments}",
        f"报送时限：{item.frequency}",
    )
    for row, line in enumerate((*head, *_RULES)):
        sheet.write_string(row, 0, line, bold if row == 0 else None)
    start = len(head) + len(_RULES) + 1
    sheet.write_row(start, 0, ("列名", "要求", "说明", "示例", "是否公开"), bold)
    for row, field in enumerate(fields, start=start + 1):
        need = {"accept": "必填", "publish": "公示前必填", "no": "可不填"}[field.required]
        shown = "公开" if field.is_public else "不公开"
        sheet.write_row(row, 0, (field.label, need, field.description, field.example, shown), wrap)
    sheet.set_column(0, 1, 24)
    sheet.set_column(2, 2, 60)
    sheet.set_column(3, 4, 24)


def _write_example(book: Any, fields: Iterable[Field]) -> None:
    sheet = book.add_worksheet(EXAMPLE_SHEET)
    text = book.add_format({"num_format": "@"})
    for column, field in enumerate(fields):
        sheet.write_string(0, column, header_of(field))
        sheet.write_string(1, column, field.example, text)
        sheet.set_column(column, column, 22)


def _write_lists(book: Any, fields: Iterable[Field]) -> dict[str, str]:
    """Put the code lists on a hidden sheet: a list inside the cell's own rule may have 255 characters at most."""
    sheet = book.add_worksheet(LISTS_SHEET)
    sheet.hide()
    ranges: dict[str, str] = {}
    for field in fields:
        if not field.codelist:
            continue
        column = len(ranges)
        sheet.write_string(0, column, field.code)
        for row, entry in enumerate(field.codelist, start=1):
            sheet.write_string(row, column, entry.removesuffix("*"))
        letter = xlsxwriter.utility.xl_col_to_name(column, col_abs=True)
        ranges[field.code] = f"={LISTS_SHEET}!{letter}$2:{letter}${len(field.codelist) + 1}"
    return ranges


def _write_stamp(book: Any, item: Item) -> None:
    sheet = book.add_worksheet(STAMP_SHEET)
    sheet.very_hidden()
    values = (item.code, str(item.version), template_id(item))
    for row, (label, value) in enumerate(zip(STAMP_LABELS, values, strict=True)):
        sheet.write_row(row, 0, (label, value))
