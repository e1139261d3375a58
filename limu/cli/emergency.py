"""`limu emergency`: two people open the database for reading, for minutes, and it is written down first."""

import time
from typing import Annotated
from uuid import UUID

import typer

from limu.access import actions_emergency as actions
from limu.access import store_emergency as store
from limu.access.rules_emergency import Emergency
from limu.cli.frame import err, fail, prepared_database, running_connection, table
from limu.cli.second import proved
from limu.department.rules import Officer, Refusal
from limu.wire.accounts import open_accounts
from limu.wire.clock import Clock
from limu.wire.database import Database
from limu.wire.emergency import kill, wake

emergency_app = typer.Typer(help="应急访问：两人开启，最长 60 分钟，先记录后开启。", no_args_is_help=True)
LOOK = 1.0


@emergency_app.command("open")
def open_emergency(
    by: Annotated[str, typer.Option("--as", help="开启人账号（系统管理员）")],
    reason: Annotated[str, typer.Option(help="理由：故障现象和要查看的内容")],
    second: Annotated[
        str, typer.Option(help="第二人账号（安全管理员），在本机输入密码；不填则等第二人在页面同意")
    ] = "",
    minutes: Annotated[int, typer.Option(help="时长（分钟），最长 60")] = 15,
) -> None:
    """开启应急只读访问，并守到结束；到时或按 Ctrl-C 即收回。两人各自证明身份，所有语句都记入数据库日志。"""
    with prepared_database() as database:
        open_accounts(database)
        first = proved(database, by)
        opened = _opened(database, first, second=second, reason=reason, minutes=minutes)
        why = "closed"
        try:
            typer.echo(wake(database, minutes=opened.minutes))
            err.print(f"应急访问已开启 {opened.minutes} 分钟，记录号 {opened.id}（Ctrl-C 提前收回）", highlight=False)
            time.sleep(_seconds_left(opened))
            why = "ended"
        finally:
            ended = kill(database)
            actions.close_emergencies(lambda: database.connect("app"), why=why)
            err.print(f"应急访问已收回，结束会话 {ended} 个。")


def _opened(database: Database, first: Officer, *, second: str, reason: str, minutes: int) -> Emergency:
    if second:
        opened = actions.open_emergency(
            lambda: database.connect("app"), first=first, second=proved(database, second), reason=reason,
            minutes=minutes,
        )  # fmt: skip
        if isinstance(opened, Refusal):
            fail(opened)
        return opened
    asked = actions.ask_emergency(lambda: database.connect("app"), first=first, reason=reason, minutes=minutes)
    if isinstance(asked, Refusal):
        fail(asked)
    err.print("已提出申请。请第二人（安全管理员）登录后在 /ops/emergency 同意，30 分钟内有效（Ctrl-C 放弃）。")
    return _answered(database, asked)


def _answered(database: Database, request: UUID) -> Emergency:
    while True:
        with database.connect("app") as connection:
            asked, opened = store.find_request(connection, request), store.opened_by_request(connection, request)
            is_waiting = any(one.id == request for one in store.waiting_requests(connection))
        if opened is not None:
            return opened
        if asked is None or asked.is_agreed is False or not is_waiting:
            fail(Refusal("A-109", "第二人没有同意，或者 30 分钟内没有答复。", "请与第二人核对后重新申请。"))
        time.sleep(LOOK)


def _seconds_left(opened: Emergency) -> float:
    now = Clock().now()
    return opened.minutes * 60 if opened.ends_at is None else max((opened.ends_at - now).total_seconds(), 0)


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


def register(app: typer.Typer) -> None:
    """Add the noun to the command."""
    app.add_typer(emergency_app, name="emergency")
