"""`limu department` and `limu officer`: who reports, and who acts."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from typing import Annotated

import typer

from limu.account import actions as accounts
from limu.account.store import has_login
from limu.cli.frame import REFUSED, err, fail, prepared_database, running_connection, say, table
from limu.department import actions, store
from limu.department.rules import Officer, Refusal
from limu.wire.accounts import open_accounts
from limu.wire.database import Connection, Database
from limu.wire.passwords import draw_password, hash_password

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
    if as_json:
        typer.echo(json.dumps(asdict(added), ensure_ascii=False, default=str))
    else:
        say(f"已新增：{added.name}")


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


@officer_app.command("add")
def add_officer(
    code: str,
    person: Annotated[str, typer.Argument(help="使用人姓名")],
    department: Annotated[str, typer.Option(help="部门的统一社会信用代码")],
    role: Annotated[list[str], typer.Option(help="角色，可重复")],
    same_person_as: Annotated[str, typer.Option(help="同一人已有的账号；两人办理的规则按人计")] = "",
    by: Annotated[str | None, typer.Option("--as", help="办理账号（安全管理员）")] = None,
) -> None:
    """开通账号，打印一次初始密码；“两人”按人计，同一人的第二个账号须注明。"""
    with _both() as (app, logins):
        officer = _acting(app, by, act="add_officer")
        where = store.find_department(app, department)
        if where is None:
            fail(Refusal("D-109", f"没有统一社会信用代码为 {department} 的部门。", "可用 limu department list 查看。"))
        other = store.find_officer(app, same_person_as) if same_person_as else None
        if same_person_as and other is None:
            fail(Refusal("D-110", f"没有账号 {same_person_as}。", "可用 limu officer list 查看。"))
        added = actions.add_officer(
            app,
            by=officer,
            code=code,
            person_name=other.person_name if other else person,
            department=where,
            roles=tuple(role),
            person=other.person if other else None,
        )
        if isinstance(added, Refusal):
            fail(added)
        told = _new_password(app, logins, code=code)
    say(f"已开通：{code}，初始密码 {told}（只显示这一次）")


@officer_app.command("password")
def renew_password(
    code: str,
    by: Annotated[str | None, typer.Option("--as", help="办理账号（安全管理员）")] = None,
    *,
    forget: Annotated[bool, typer.Option("--forget-factors", help="同时清除第二验证（设备遗失时）。")] = False,
) -> None:
    """重设账号的密码，打印一次；原有的登录随即失效。"""
    with _both() as (app, logins):
        officer = _acting(app, by, act="set_password")
        told = _new_password(app, logins, code=code, by=officer)
        if forget and isinstance(refusal := accounts.forget_factors(app, logins, by=officer, code=code), Refusal):
            fail(refusal)
    say(f"{code} 的新密码：{told}（只显示这一次）")


@officer_app.command("close")
def close_officer(
    code: str, by: Annotated[str | None, typer.Option("--as", help="办理账号（安全管理员）")] = None
) -> None:
    """停用账号：立即退出登录，不能再启用；已办理的事项仍记在其名下。"""
    with _both() as (app, logins):
        closed = accounts.close_officer(app, logins, by=_acting(app, by, act="close_officer"), code=code)
        if isinstance(closed, Refusal):
            fail(closed)
    say(f"已停用：{code}")


@contextmanager
def _both() -> Iterator[tuple[Connection, Connection]]:
    """Lend the application's connection and that of the accounts; both commit at the end, or neither."""
    with prepared_database() as database:
        open_accounts(database)
        with database.connect("account") as logins, database.connect("app") as app:
            yield app, logins


def _acting(app: Connection, code: str | None, *, act: str) -> Officer:
    if code is None:
        err.print("请用 --as 指定办理账号。", style="red")
        raise typer.Exit(REFUSED)
    officer = actions.acting_officer(app, code=code, department=None, act=act)
    if isinstance(officer, Refusal):
        fail(officer)
    return officer


def _new_password(app: Connection, logins: Connection, *, code: str, by: Officer | None = None) -> str:
    password = draw_password()
    done = accounts.set_password(app, logins, by=by, code=code, hashed=hash_password(password))
    if isinstance(done, Refusal):
        fail(done)
    return password


def open_demonstration_logins(database: Database) -> str | None:
    """Open the logins of a demonstration's accounts at its first start, and return their password to be told once.

    One password drawn for this demonstration, hashed once: forty hashes would take its first start some seconds."""
    open_accounts(database)
    password = draw_password()
    with database.connect("account") as logins, database.connect("app") as app:
        waiting = [code for code in store.demonstration_codes(app) if not has_login(logins, code)]
        hashed = hash_password(password) if waiting else ""
        for code in waiting:
            done = accounts.set_password(app, logins, by=None, code=code, hashed=hashed)
            assert isinstance(done, Officer)
    return password if waiting else None


def open_first_login(database: Database, code: str) -> str:
    """Open the login of an installation's first account and return its password to be told once."""
    open_accounts(database)
    with database.connect("account") as logins, database.connect("app") as app:
        return _new_password(app, logins, code=code)


def register(app: typer.Typer) -> None:
    """Add both nouns to the command."""
    app.add_typer(department_app, name="department")
    app.add_typer(officer_app, name="officer")
