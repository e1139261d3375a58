"""`limu upward`: the way up to the platform above, and a simulated one to try it with."""

import os
import time
from pathlib import Path
from random import Random
from typing import Annotated

import typer

from limu.city.upper import Mischief, Upper
from limu.cli.frame import emit, err, fail, prepared_database, running_connection, table
from limu.department.actions import acting_officer
from limu.department.rules import Refusal, reach_of
from limu.department.store import enter
from limu.upward import actions, store, tasks
from limu.upward.rules import STATE_WORDS
from limu.wire.exchange import open_exchange

upward_app = typer.Typer(help="向上级平台报送：开通、办理一轮、查看、模拟上级平台。", no_args_is_help=True)
By = Annotated[str | None, typer.Option("--as", help="办理账号。")]
Place = Annotated[str, typer.Option("--to", help="交换文件夹或者服务地址；缺省为 LIMU_UPWARD。")]


@upward_app.command("open")
def open_channel(by: By = None) -> None:
    """开通：此后入库的记录随之上报。"""
    _set(by, is_open=True)


@upward_app.command("close")
def close_channel(by: By = None) -> None:
    """停止：此后入库的记录不再上报，已登记的继续。"""
    _set(by, is_open=False)


def _set(by: str | None, *, is_open: bool) -> None:
    with prepared_database() as database, database.connect("app") as connection:
        officer = acting_officer(connection, code=by, department=None, act="set_upward")
        if isinstance(officer, Refusal):
            fail(officer)
        if refusal := actions.set_channel(connection, officer=officer, is_open=is_open):
            fail(refusal)
        connection.commit()
    err.print("已开通。" if is_open else "已停止。")


@upward_app.command("work")
def work(to: Place = "", *, as_json: Annotated[bool, typer.Option("--json")] = False) -> None:
    """办理一轮：打包、发送到期的、取回答复。`limu worker` 在设有 LIMU_UPWARD 时每轮都办。"""
    place = to or os.environ.get("LIMU_UPWARD", "")
    if not place:
        raise typer.BadParameter("请用 --to 或者 LIMU_UPWARD 指明上级平台。")
    with prepared_database() as database, database.connect("app") as connection:
        done = tasks.work(connection, open_exchange(place, token=os.environ.get("LIMU_UPWARD_TOKEN", "")))
    told = {"packed": done.packed, "sent": done.sent, "answers": done.answers, "settled": done.settled}
    if as_json:
        emit(told)
    else:
        err.print(f"打包 {done.packed} 个，发送 {done.sent} 个，收到答复 {done.answers} 份，办结 {done.settled} 行。")


@upward_app.command("status")
def status(by: By = None, *, as_json: Annotated[bool, typer.Option("--json")] = False) -> None:
    """按部门、事项和状态列出行数。"""
    with running_connection() as connection:
        officer = acting_officer(connection, code=by, department=None, act="read_submission")
        if isinstance(officer, Refusal):
            fail(officer)
        enter(connection, department=officer.department, reach=reach_of(officer, "read_submission"))
        found = store.counts(connection)
    if as_json:
        emit(found)
        return
    table(
        ("部门", "事项", "状态", "行数"),
        [(one["department"], one["item"], STATE_WORDS[one["state"]], one["rows"]) for one in found],
    )


Share = Annotated[float, typer.Option(min=0.0, max=1.0)]


@upward_app.command("simulate")
def simulate(
    folder: Path, *, seed: int = 1, rounds: Annotated[int, typer.Option(help="0 为一直运行。")] = 0, loses: Share = 0.1,
    repeats: Share = 0.2, delays: Share = 0.3, refuses: Share = 0.05,
) -> None:  # fmt: skip
    """模拟一个上级平台：会丢失、重复、乱序和退回；按 Ctrl-C 停止。"""
    node = Upper(folder, Random(seed), Mischief(loses=loses, repeats=repeats, delays=delays, refuses=refuses))  # noqa: S311 - a simulation
    done = 0
    while rounds == 0 or done < rounds:
        if answers := node.work():
            err.print(f"答复 {answers} 份。")
        done += 1
        time.sleep(1 if rounds == 0 else 0)


def register(app: typer.Typer) -> None:
    """Add the noun."""
    app.add_typer(upward_app, name="upward")
