"""`limu init`: make an installation, or bring it to this version."""

import os
from typing import Annotated

import typer

from limu.cli.department import open_first_login
from limu.cli.frame import emit, err, fail, say
from limu.department import actions, store
from limu.department.rules import Refusal
from limu.measure.actions import sync_law
from limu.wire.clock import read_clock, store_clock
from limu.wire.database import Connection, Database, running_database
from limu.wire.home import find_home
from limu.wire.lawbook import current_book
from limu.wire.migrate import prepare_database
from limu.wire.mode import Mode, read_mode, write_mode

# The duties of an installation's first account; it opens the others and may then be closed.
FIRST_ROLES = ("security_administrator",)


def prepare_home(database: Database, mode: Mode) -> tuple[str, ...]:
    """Fix the mode, bring the schema to this version, keep the clock's shift; returns the files applied now."""
    clock = read_clock(os.environ, is_production=mode == "production")
    write_mode(database.home, mode)
    applied = bring_up(database)
    with database.connect("owner") as owner:
        store_clock(owner, clock)
    return applied


def bring_up(database: Database) -> tuple[str, ...]:
    """Bring schema and law tables to this version: the one place where an installation starts or is upgraded."""
    applied = prepare_database(database)
    with database.connect("app") as connection:
        sync_law(connection, current_book(connection))
    return applied


def init(
    department: Annotated[str, typer.Option(help="首个部门的统一社会信用代码。")] = "",
    name: Annotated[str, typer.Option(help="首个部门的名称。")] = "",
    region: Annotated[str, typer.Option(help="首个部门的行政区划代码。")] = "",
    officer: Annotated[str, typer.Option(help="首个账号。")] = "admin",
    person: Annotated[str, typer.Option(help="首个账号的使用人姓名。")] = "安全管理员",
    *,
    as_json: Annotated[bool, typer.Option("--json")] = False,
) -> None:
    """建立平台：数据库、结构，以及第一个部门和账号；重复运行只补缺，也用于升级。"""
    with running_database() as database:
        applied = prepare_home(database, read_mode(find_home(), os.environ))
        with database.connect("app") as connection:
            is_empty = not store.all_departments(connection)
            if is_empty and department:
                _first_department(connection, (department, name, region), officer=officer, person=person)
        password = open_first_login(database, officer) if is_empty and department else None
    if as_json:
        made = {"department": department if is_empty else None, "password": password}
        emit({"home": str(database.home.root), "applied": applied, **made})
        return
    if password:
        say(f"账号 {officer} 的初始密码：{password}（只显示这一次）")
    err.print(f"已就绪：{database.home.root}，本次应用结构文件 {len(applied)} 个。")
    if is_empty and not department:
        err.print("尚无部门：请再次运行 limu init --department 代码 --name 名称 --region 区划代码。")


def _first_department(connection: Connection, department: tuple[str, str, str], *, officer: str, person: str) -> None:
    uscc, name, region = department
    added = actions.add_department(connection, officer=None, uscc=uscc, name=name, region=region, is_centre=True)
    if isinstance(added, Refusal):
        fail(added)
    opened = actions.add_officer(
        connection, by=None, code=officer, person_name=person, department=added, roles=FIRST_ROLES
    )
    if isinstance(opened, Refusal):
        fail(opened)


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("init")(init)
