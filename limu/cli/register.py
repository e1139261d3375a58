"""`limu register` loads the register of organisations and confirms irregular numbers; `limu search` finds in it."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from limu.cli.frame import emit, fail, out, prepared_database, progress, running_connection, table
from limu.department import actions as departments
from limu.department.rules import Refusal, authorise
from limu.subject import actions, queries
from limu.wire.database import Connection

CONFIRM = "confirm"
MOST = 100


def register_file(
    file: Annotated[str, typer.Argument(help="登记库文件（CSV 或 Excel）；或者写 confirm，确认一个不合校验的号码。")],
    number: Annotated[str, typer.Argument(help="要确认的号码，只与 confirm 同用。")] = "",
    source: Annotated[str, typer.Option(help="来源名称。")] = "",
    mapping: Annotated[Path | None, typer.Option(help="表头对应关系（JSON：表头 → 字段）。")] = None,
    by: Annotated[str | None, typer.Option("--as", help="办理账号")] = None,
    *,
    as_json: Annotated[bool, typer.Option("--json")] = False,
) -> None:
    """载入或更新主体登记库；或由两名工作人员先后确认一个不合校验的号码。"""
    if file == CONFIRM:
        _confirm(number, by)
        return
    if not source:
        raise typer.BadParameter("请用 --source 写明来源。")
    fields = _read_mapping(mapping) if mapping else None
    with running_connection("app") as connection, progress() as bar:
        if by is not None:
            _may_register(connection, by)
        task = bar.add_task("登记库", total=None)
        loaded = actions.load_register(
            connection, Path(file), source=source, mapping=fields,
            told=lambda count: bar.update(task, completed=count),
        )  # fmt: skip
        if isinstance(loaded, Refusal):
            fail(loaded)
        connection.commit()
    if as_json:
        emit(asdict(loaded))
        return
    table(
        ("收到", "新增", "更新", "未变", "标记", "拒收", "秒"),
        [
            (
                loaded.received,
                loaded.added,
                loaded.updated,
                loaded.unchanged,
                loaded.flagged,
                loaded.refused,
                loaded.seconds,
            )
        ],
    )
    for problem in loaded.problems[:20]:
        out.print(problem.message, highlight=False)


def _may_register(connection: Connection, by: str) -> None:
    officer = departments.acting_officer(connection, code=by, department=None, act="register_subjects")
    refusal = officer if isinstance(officer, Refusal) else authorise(officer, "register_subjects", officer.department)
    if refusal is not None:
        fail(refusal)


def _read_mapping(path: Path) -> dict[str, str]:
    try:
        found = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError) as cause:
        raise typer.BadParameter(f"无法读取对应关系：{type(cause).__name__}") from cause
    return {str(header): str(name) for header, name in found.items() if header != "="}


def _confirm(number: str, by: str | None) -> None:
    if not number:
        raise typer.BadParameter("请写出要确认的号码。")
    with running_connection("app") as connection:
        officer = departments.acting_officer(connection, code=by, department=None, act="confirm_number")
        if isinstance(officer, Refusal):
            fail(officer)
        confirmed = actions.confirm_number(connection, number=number, officer=officer)
        if isinstance(confirmed, Refusal):
            fail(confirmed)
        connection.commit()
    out.print("已由两人确认，可以用于关联。" if confirmed == 2 else "已确认，还需另一人确认。")


def search(text: str, *, as_json: Annotated[bool, typer.Option("--json")] = False) -> None:
    """按名称、曾用名、拼音或代码查找主体。"""
    with prepared_database() as database, database.connect("web") as connection:
        found = queries.search(connection, text, limit=MOST)
    if as_json:
        emit(asdict(found))
        return
    out.print(f"找到 {found.total} 个相关主体", highlight=False)
    if found.answered_as:
        out.print(f"未找到“{text}”，以下是按“{found.answered_as}”找到的", highlight=False, markup=False)
    if found.refused_person:
        out.print("不提供自然人信息公开查询", highlight=False)
    table(
        ("名称", "统一社会信用代码", "地区", "匹配原因"),
        [(hit.name, hit.uscc, hit.region_name, hit.reason) for hit in found.hits],
    )


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command("register")(register_file)
    app.command("search")(search)
