"""`limu catalogue`: the items that may be collected, their templates and schemas."""

import json
from pathlib import Path
from typing import Annotated

import typer

from limu.catalogue.queries import find_shipped_item, shipped_items
from limu.catalogue.queries_pages import checks_page, dictionary_page
from limu.catalogue.queries_schema import data_package, dictionary, json_schema
from limu.catalogue.queries_template import make_template
from limu.catalogue.rules import definition_of
from limu.check.judge import CHECKS
from limu.cli.frame import USAGE, emit, err, table
from limu.record.item import Item

catalogue_app = typer.Typer(help="目录：条目、模板、字典和结构。", no_args_is_help=True)


@catalogue_app.command("list")
def list_items(*, as_json: Annotated[bool, typer.Option("--json")] = False) -> None:
    """列出目录中的全部条目。"""
    items = shipped_items()
    if as_json:
        emit(
            [
                {"code": i.code, "version": i.version, "name": i.name, "class": i.class_number, "basis": i.basis}
                for i in items
            ]
        )
        return
    table(
        ("条目", "名称", "类别", "字段", "依据"),
        [(i.code, i.name, i.class_name, len(i.fields), "、".join(i.basis)) for i in items],
    )


@catalogue_app.command("show")
def show_item(item: str, *, as_json: Annotated[bool, typer.Option("--json")] = False) -> None:
    """显示一个条目的全部字段。"""
    found = _item(item)
    if as_json:
        emit(definition_of(found))
        return
    rows = [(r.code, r.label, r.kind, r.length, r.need, r.publicity, r.codelist) for r in dictionary(found)]
    table(("字段", "名称", "种类", "长度", "要求", "公开", "代码表"), rows, title=f"{found.name}（{found.class_name}）")


@catalogue_app.command("template")
def write_template(
    item: str, *, output: Annotated[Path | None, typer.Option("-o", "--output", help="写到哪个 .xlsx 文件")] = None
) -> None:
    """生成报送用的 Excel 模板。"""
    found = _item(item)
    target = output or Path(f"{found.code}-v{found.version}.xlsx")
    target.write_bytes(make_template(found))
    err.print(f"已写入 {target}", highlight=False, markup=False)


@catalogue_app.command("schema")
def show_schema(item: str) -> None:
    """输出条目的 JSON Schema。"""
    emit(json_schema(_item(item)))


@catalogue_app.command("export")
def export_all(folder: Path) -> None:
    """把全部条目的模板、JSON Schema 和 Frictionless 描述写到一个文件夹。"""
    folder.mkdir(parents=True, exist_ok=True)
    for item in shipped_items():
        (folder / f"{item.code}.xlsx").write_bytes(make_template(item))
        schema = json.dumps(json_schema(item), ensure_ascii=False, indent=2)
        (folder / f"{item.code}.schema.json").write_text(schema + "\n", encoding="utf-8")
    package = json.dumps(data_package(shipped_items()), ensure_ascii=False, indent=2)
    (folder / "datapackage.json").write_text(package + "\n", encoding="utf-8")
    err.print(f"已写入 {len(shipped_items())} 个条目：{folder}", highlight=False, markup=False)


@catalogue_app.command("docs")
def write_docs(folder: Path) -> None:
    """把校验规则页和数据字典页写到文档文件夹。"""
    (folder / "checks.md").write_text(checks_page(CHECKS), encoding="utf-8")
    (folder / "dictionary.md").write_text(dictionary_page(shipped_items()), encoding="utf-8")


def register(app: typer.Typer) -> None:
    """Add the commands of the catalogue."""
    app.add_typer(catalogue_app, name="catalogue")


def _item(code: str) -> Item:
    found = find_shipped_item(code)
    if found is None:
        err.print(
            f"目录中没有“{code}”这个条目。请用 limu catalogue list 查看。", style="red", highlight=False, markup=False
        )
        raise typer.Exit(USAGE)
    return found
