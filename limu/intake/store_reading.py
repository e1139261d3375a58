"""A file opened for an item: its columns matched to fields, its rows still to come."""

from dataclasses import dataclass, replace
from pathlib import Path

from limu.intake.rules import Layout, UserFault
from limu.intake.rules_headers import Plan, known_headers, plan_columns
from limu.intake.rules_mapping import HeaderMapping
from limu.intake.store_files import find_kind, is_misnamed, open_table
from limu.intake.store_table import Table
from limu.record.item import Item


@dataclass(frozen=True, slots=True)
class Reading:
    """A file opened for an item: how it was understood, which column feeds what, its rows still to come."""

    layout: Layout
    plan: Plan
    table: Table


def open_reading(path: Path, *, item: Item, mapping: HeaderMapping) -> Reading | UserFault:
    """Recognise a file's kind and header, or say why it cannot be read."""
    if not path.is_file():
        return UserFault("F-100", "没有这个文件。", "请核对路径。")
    names = item.headers()
    expected = known_headers(names) | known_headers(mapping.columns)
    table = open_table(path, known=expected, mapping=mapping)
    if isinstance(table, UserFault):
        return table
    if table.layout.stamp and table.layout.stamp[0] != item.code:
        return UserFault(
            "F-109",
            f"这份模板属于目录条目 {table.layout.stamp[0]}，不能作为“{item.name}”报送。",
            "请选择模板所属的事项，或者下载本事项的模板填写。",
        )
    plan = plan_columns(table.layout.header, names, mapping)
    if isinstance(plan, UserFault):
        return plan
    if missing := _missing(item, plan):
        return UserFault(
            "F-108", f"缺少必需的列：{'、'.join(missing)}。", "请补上该列，或者用 --mapping 说明由哪一列提供。"
        )
    return Reading(
        replace(table.layout, notes=(*table.layout.notes, *_aged(item, table.layout), *_notes(path, plan))), plan, table
    )


def _missing(item: Item, plan: Plan) -> list[str]:
    there = {*plan.columns, *plan.constants}
    return [one.label for one in item.fields if one.required == "accept" and one.code not in there]


def _aged(item: Item, layout: Layout) -> tuple[str, ...]:
    if not layout.stamp or layout.stamp[1] == str(item.version):
        return ()
    return (f"模板是第 {layout.stamp[1]} 版，目录现为第 {item.version} 版：已按列名对应，下次请用新模板",)


def _notes(path: Path, plan: Plan) -> tuple[str, ...]:
    kind = find_kind(path)
    notes = [f"未使用的列：{'、'.join(plan.ignored)}"] if plan.ignored else []
    if not isinstance(kind, UserFault) and is_misnamed(path, kind):
        notes.append(f"文件扩展名 {path.suffix} 与内容不符，已按内容读取")
    return tuple(notes)
