"""`limu emergency`: two people open the database for reading, for minutes, and it is written down first."""

import time
from typing import Annotated

import typer

from limu.access import actions_emergency as actions
from limu.access import store_emergency as store
from limu.cli.frame import err, fail, prepared_database, running_connection, table
from limu.department import store as departments
from limu.department.rules import NOT_THERE, Officer, Refusal
from limu.wire.database import Database
from limu.wire.emergency import kill, wake

emergency_app = typer.Typer(help="应急访问：两人开启，最长 60 分钟，先记录后开启。", no_args_is_help=True)


@emergency_app.command("open")
def open_emergency(
    by: Annotated[str, typer.Option("--as", help="开启人账号（系统管理员）")],
    second: Annotated[str, typer.Option(help="第二人账号（安全管理员）")],
    reason: Annotated[str, typer.Option(help="理由：故障现象和要查看的内容")],
    minutes: Annotated[int, typer.Option(help="时长（分钟），最长 60")] = 15,
) -> None:
    """开启应急只读访问，并守到结束；到时或按 Ctrl-C 即收回。所有语句都记入数据库日志。"""
    with prepared_database() as database:
        opened = actions.open_emergency(
            lambda: database.connect("app"),
            first=_officer(database, by),
            second=_officer(database, second),
            reason=reason,
            minutes=minutes,
        )
        if isinstance(opened, Refusal):
            fail(opened)
        why = "closed"
        try:
            typer.echo(wake(database, minutes=minutes))
            err.print(f"应急访问已开启 {minutes} 分钟，记录号 {opened.id}（Ctrl-C 提前收回）", highlight=False)
            time.sleep(minutes * 60)
            why = "ended"
        finally:
            ended = kill(database)
            actions.close_emergencies(lambda: database.connect("app"), why=why)
            err.print(f"应急访问已收回，结束会话 {ended} 个。")


@emergency_app.command("close")
def close_emergency() -> None:
    """立即收回应急访问，结束它的全部会话。"""
    with prepared_database() as database:
        ended = kill(database)
        closed = actions.close_emergencies(lambda: database.connect("app"), why="found_open")
    err.print(f"已收回：未结束的记录 {closed} 条，会话 {ended} 个。")


@emergency_app.command("list")
def list_emergencies() -> None:
    """列出应急访问的记录。"""
    with running_connection("app") as connection:
        found = store.newest(connection)
    table(
        ("开启时间", "开启人", "第二人", "分钟", "收回时间", "理由"),
        [(e.opened_at, e.officer, e.second, e.minutes, e.closed_at, e.reason) for e in found],
    )


def _officer(database: Database, code: str) -> Officer:
    with database.connect("app") as connection:
        officer = departments.find_officer(connection, code)
    if officer is None or not officer.is_active:
        fail(NOT_THERE)
    return officer


def register(app: typer.Typer) -> None:
    """Add the noun to the command."""
    app.add_typer(emergency_app, name="emergency")
