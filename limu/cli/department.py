"""`limu department` and `limu officer`: who reports, and who acts."""

import json
from dataclasses import asdict
from typing import Annotated

import typer

from limu.cli.frame import fail, running_connection, table
from limu.department import actions, store
from limu.department.rules import Refusal

department_app = typer.Typer(help="部门：查看与新增。", no_args_is_help=True)
officer_app = typer.Typer(help="账号：查看与新增。", no_args_is_help=True)


@department_app.command("list")
def list_departments(as_json: Annotated[bool, typer.Option("--json")] = False) -> None:
    """列出全部部门及其统一社会信用代码。"""
    with running_connection("app") as connection:
        departments = store.all_departments(connection)
    if as_json:
        typer.echo(json.dumps([asdict(d) for d in departments], ensure_ascii=False, default=str))
        return
    table(("统一社会信用代码", "名称", "行政区划"), [(d.uscc, d.name, d.region) for d in departments])


@department_app.command("add")
def add_department(
    uscc: str,
    name: str,
    region: Annotated[str, typer.Option()] = "990100",
    by: Annotated[str | None, typer.Option("--as", help="办理账号")] = None,
    as_json: Annotated[bool, typer.Option("--json")] = False,
) -> None:
    """新增一个部门。"""
    with running_connection("app") as connection:
        officer = actions.acting_officer(connection, code=by, department=None, act="add_department")
        if isinstance(officer, Refusal):
            fail(officer)
        added = actions.add_department(connection, officer=officer, uscc=uscc, name=name, region=region)
        if isinstance(added, Refusal):
            fail(added)
        connection.commit()
    typer.echo(json.dumps(asdict(added), ensure_ascii=False, default=str) if as_json else f"已新增：{added.name}")


@officer_app.command("list")
def list_officers(as_json: Annotated[bool, typer.Option("--json")] = False) -> None:
    """列出全部账号、所属部门与角色。"""
    with running_connection("app") as connection:
        officers = store.all_officers(connection)
    if as_json:
        typer.echo(json.dumps([asdict(o) for o in officers], ensure_ascii=False, default=str))
        return
    table(
        ("账号", "姓名", "部门", "角色"),
        [(o.code, o.person_name, o.department_name, "、".join(o.roles)) for o in officers],
    )


def register(app: typer.Typer) -> None:
    """Add both nouns to the command."""
    app.add_typer(department_app, name="department")
    app.add_typer(officer_app, name="officer")
