"""`limu upward`: the way up to the platform above, and a simulated one to try it with."""

import os
import threading
import time
from pathlib import Path
from typing import Annotated

import typer
from psycopg import sql

from limu.catalogue.store import find_item
from limu.city.upper import BEHAVIOURS, Upper
from limu.city.upper_doors import FolderDoor, RoundDoor, TablesDoor, open_service
from limu.cli.frame import emit, err, fail, out, prepared_database, running_connection, table
from limu.department.actions import acting_officer
from limu.department.rules import Refusal, reach_of
from limu.department.store import enter
from limu.reactions_repair import take_receipts
from limu.upward import actions, store, tasks
from limu.upward.rules import HEAD, columns_of, state_word
from limu.wire.clock import register_today
from limu.wire.database import Connection
from limu.wire.exchange import find_exchange, open_exchange
from limu.wire.staging import agreed_tables

upward_app = typer.Typer(help="向上级平台报送：开通、办理一轮、查看、模拟上级平台。", no_args_is_help=True)
By = Annotated[str | None, typer.Option("--as", help="办理账号。")]
Place = Annotated[
    str, typer.Option("--to", help="交换文件夹、服务地址或者数据库地址；缺省为 LIMU_UPWARD、LIMU_UPWARD_DATABASE。")
]


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
    """办理一轮：打包、发送到期的、取回答复。`limu worker` 在指明了上级平台时每轮都办。"""
    exchange = open_exchange(to) if to else find_exchange(os.environ)
    if exchange is None:
        raise typer.BadParameter("请用 --to、LIMU_UPWARD 或者 LIMU_UPWARD_DATABASE 指明上级平台。")
    with prepared_database() as database, database.connect("app") as connection:
        done = tasks.work(connection, exchange, react=take_receipts)
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
        [(one["department"], one["item"], state_word(one["operation"], one["state"]), one["rows"]) for one in found],
    )


@upward_app.command("tables")
def tables(
    items: Annotated[list[str], typer.Argument(help="事项，可以多个。")],
    role: Annotated[str, typer.Option(help="对方给本平台的数据库角色。")] = "limu_sender",
) -> None:
    """打印与上级平台约定的库表（前置机对接）：由对方在自己的数据库中建立，只授予本平台写入和读取答复的权限。"""
    with running_connection() as connection:
        made = _agreed(connection, items, role=role)
        for one in made:
            out.print(one.as_string(connection) + ";", highlight=False, soft_wrap=True, markup=False)


def _agreed(connection: Connection, items: list[str], *, role: str) -> tuple[sql.SQL | sql.Composed, ...]:
    today = register_today(connection)
    columns = {}
    for code in items:
        item = find_item(connection, code, on=today)
        if item is None:
            raise typer.BadParameter(f"目录中没有 {code}。")
        columns[code] = (*HEAD, *columns_of(item).values())
    return agreed_tables(columns, role=role)


Share = Annotated[float, typer.Option(min=0.0, max=1.0)]


@upward_app.command("simulate")
def simulate(
    folder: Annotated[Path, typer.Argument(help="它自己的文件夹：状态，以及收发文件的 out/ 和 back/。")],
    *,
    behaves: Annotated[str, typer.Option(help=f"怎样行事：{'、'.join(BEHAVIOURS)}。")] = "lively",
    seed: int = 1,
    port: Annotated[int, typer.Option(help="同时以服务方式接收；0 为不开。", min=0, max=65535)] = 0,
    database: Annotated[str, typer.Option(help="同时以库表方式接收：它自己的数据库的地址（先建好约定的库表）。")] = "",
    rounds: Annotated[int, typer.Option(help="0 为一直运行。")] = 0,
) -> None:
    """模拟一个上级平台：会丢失、重复、乱序和退回；状态写在它自己的文件夹中，重启后照旧；按 Ctrl-C 停止。"""
    if behaves not in BEHAVIOURS:
        raise typer.BadParameter(f"只有：{'、'.join(BEHAVIOURS)}。")
    folder.mkdir(parents=True, exist_ok=True)
    node = Upper(folder / "state.db", seed=seed, mischief=BEHAVIOURS[behaves])
    doors: list[RoundDoor] = [FolderDoor(folder), *([TablesDoor(database)] if database else [])]
    service = open_service(node, port=port) if port else None
    if service is not None:
        threading.Thread(target=service.serve_forever, daemon=True).start()
        err.print(f"上级平台（模拟）：LIMU_UPWARD=http://127.0.0.1:{service.server_port}/", highlight=False)
    err.print(f"上级平台（模拟）：LIMU_UPWARD={folder}", highlight=False)
    done = 0
    while rounds == 0 or done < rounds:
        if answers := sum(door.work(node) for door in doors):
            err.print(f"答复 {answers} 份。")
        done += 1
        time.sleep(1 if rounds == 0 else 0)


def register(app: typer.Typer) -> None:
    """Add the noun."""
    app.add_typer(upward_app, name="upward")
