"""`limu window`: the dated caches of the approval windows, for the hours in which the register cannot be reached."""

from typing import Annotated, Any

import typer

from limu.cli.frame import emit, err, fail, running_connection, table
from limu.department.rules import NOT_THERE, Refusal
from limu.department.store import all_departments
from limu.law.measure import ACTS
from limu.measure.actions_offline import cache_hours, check_offline, department_of, stand
from limu.measure.rules import act_of
from limu.measure.tasks import enter_all, renew_caches
from limu.wire.clock import SHANGHAI
from limu.wire.database import connect
from limu.wire.home import find_home

window_app = typer.Typer(help="信用核查窗口：停机时使用的缓存，恢复后补录。", no_args_is_help=True)
NOTHING_ADVERSE = "以下按缓存，不得仅据此作出不利决定；服务恢复后自动重新核查并留痕。"


@window_app.command("cache")
def cache(
    department: Annotated[str | None, typer.Option(help="单位的统一社会信用代码；不写为全部单位。")] = None,
    *,
    as_json: Annotated[bool, typer.Option("--json")] = False,
) -> None:
    """立即生成各单位窗口的缓存（加密保存；后台每 15 分钟更新一次）。"""
    with running_connection("app") as connection:
        only = next((one.id for one in all_departments(connection) if one.uscc == department), None)
        if department and only is None:
            fail(NOT_THERE)
        made = renew_caches(connect, find_home(), only=only)
    if as_json:
        emit({"caches": made})
    else:
        err.print(f"已生成 {made} 个单位的缓存。")


@window_app.command("check")
def check(
    uscc: Annotated[str, typer.Argument(help="统一社会信用代码。")],
    act: Annotated[str, typer.Option(help=f"办理的事项：{'、'.join(ACTS)}，或者其中文名称。")],
    code: Annotated[str, typer.Option("--as", help="办理账号。")],
    *,
    as_json: Annotated[bool, typer.Option("--json")] = False,
) -> None:
    """登记库无法访问时按缓存核查一个主体；写明缓存的时刻，恢复后自动重新核查并留痕。"""
    home = find_home()
    department = department_of(home, code)
    standing = stand(home, department, code=code, hours=cache_hours()) if department else NOT_THERE
    if isinstance(standing, Refusal):
        fail(standing)
    made = check_offline(home, uscc, act=act_of(act) or "", standing=standing)
    if isinstance(made, Refusal):
        fail(made)
    rows: list[dict[str, Any]] = [
        {"measure": one.measure, "basis": one.basis, "ground": one.ground, "from": one.from_on,
         "until": one.until_on, "by": one.body}
        for one in made.allowed
    ]  # fmt: skip
    if as_json:
        emit({"number": made.number, "cached_at": made.cached_at, "is_binding": False, "measures": rows})
        return
    err.print(
        f"{NOTHING_ADVERSE}缓存时刻：{made.cached_at.astimezone(SHANGHAI):%Y-%m-%d %H:%M:%S}，编号 {made.number}。"
    )
    table(
        ("措施", "依据", "事由", "自", "至（不含）"),
        [(one.measure, one.basis, one.told, one.from_on, one.until_on or "") for one in made.allowed],
        title=f"{made.name or made.uscc} · {ACTS[made.act]} · 缓存中{'命中' if rows else '未命中'}",
    )


@window_app.command("enter")
def enter(*, as_json: Annotated[bool, typer.Option("--json")] = False) -> None:
    """补录停机期间的核查并重新核查（后台会自动办理）。"""
    with running_connection("app"):
        entered = enter_all(connect, find_home())
    if as_json:
        emit({"entered": entered})
    else:
        err.print(f"已补录 {entered} 次核查。")


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.add_typer(window_app, name="window")
