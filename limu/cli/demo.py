"""`limu demo`: one command to a running city: database, law, catalogue, real tables, web and worker."""

import os
import socket
import subprocess
import sys
from pathlib import Path
from typing import Annotated

import typer

from limu.city.calendar import story_now
from limu.city.people import find_staff
from limu.city.samples import find_samples
from limu.city.seven import QINGHE
from limu.cli.agent import open_demonstration_agent
from limu.cli.department import open_demonstration_logins
from limu.cli.frame import REFUSED, err, out
from limu.cli.init import bring_up
from limu.cli.seed import Screen, found, is_founded, prepare_for_demonstration
from limu.cli.serve import HOST, PORT, leash, run_server, serving, stop_server, wait_until_up
from limu.cli.worker import Shift
from limu.upward import actions as upward
from limu.wire.clock import Clock
from limu.wire.database import Database, running_database
from limu.wire.exchange import find_exchange
from limu.wire.home import Home, find_home

SUBJECTS, RECORDS = 2_000, 4_000


def demo(
    port: Annotated[int, typer.Option(help="监听端口。", min=1, max=65535)] = PORT,
    subjects: Annotated[int, typer.Option(help="合成主体数。", min=0, max=3_000_000)] = SUBJECTS,
    records: Annotated[int, typer.Option(help="合成记录数。", min=0, max=10_000_000)] = RECORDS,
    *,
    serve: Annotated[bool, typer.Option("--serve/--no-serve", help="准备好后启动网站。")] = True,
    samples: Annotated[bool, typer.Option("--samples/--no-samples", help="报送真实数据表（LIMU_SAMPLES）。")] = True,
) -> None:
    """启动演示城市；按 Ctrl-C 全部停止。再次启动保留数据，不重复入库。"""
    home = find_home(demonstration=True)
    os.environ["LIMU_HOME"] = str(home.root)
    home.prepare()
    with serving(home):
        if serve:
            _refuse_taken(port)
        with running_database() as database:
            prepare(database, home, subjects=subjects, records=records, with_samples=samples)
            show(database, port=port)
            if serve:
                run(database, port=port)


def prepare(database: Database, home: Home, *, subjects: int, records: int, with_samples: bool) -> None:
    """Make the city at the first start; at a later one bring the schema and leave clock and data as they are."""
    if is_founded(home) and "LIMU_NOW" not in os.environ:
        bring_up(database)
        err.print("演示城市已经建好，数据保留。")
        return
    if "LIMU_NOW" not in os.environ and (now := story_now(Clock().today())):
        os.environ["LIMU_NOW"] = now
        err.print(f"演示时钟设为 {now}。")
    prepare_for_demonstration(database)
    if is_founded(home):
        err.print("演示城市已经建好，数据保留；时钟已按 LIMU_NOW 设置。")
        return
    with Screen() as screen:
        found(database, screen, subjects=subjects, records=records, with_samples=with_samples)
    open_way_up(database)


def open_way_up(database: Database) -> None:
    """Let what is reported from now on go up to the simulated platform."""
    with database.connect("app") as connection:
        officer = find_staff(connection)["centre"].officers["officer"]
        upward.set_channel(connection, officer=officer, is_open=True)


def run(database: Database, *, port: int) -> None:
    """Serve pages and work until Ctrl-C, then stop both; the database is stopped by whoever lent it."""
    server = run_server(port, database=database)
    above = run_upper(database)
    shift = Shift(database)
    try:
        if not wait_until_up(server, port):
            err.print(f"网站没有启动成功：端口 {port} 可能被占用。", style="red")
            raise typer.Exit(REFUSED)
        err.print(f"网站已启动：http://{HOST}:{port}/ （Ctrl-C 停止）", highlight=False)
        while server.poll() is None:
            shift.turn()
        err.print("网站意外停止。", style="red")
        raise typer.Exit(REFUSED)
    except KeyboardInterrupt:
        err.print("正在停止……")
    finally:
        stop_server(server)
        if above is not None:
            stop_server(above)
        shift.close()
    err.print("已全部停止；数据保留。")


def run_upper(database: Database) -> "subprocess.Popen[bytes] | None":
    """Run the simulated platform above as a server of its own, unless a real way up is set."""
    if find_exchange(os.environ) is not None:
        return None
    folder = database.home.root / "above"
    os.environ["LIMU_UPWARD"] = str(folder)
    command = [*leash(), sys.executable, "-m", "limu.cli", "upward", "simulate", str(folder)]
    return subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True)


def show(database: Database, *, port: int) -> None:
    """Print where the city can be seen, and by which accounts its people act."""
    site = f"http://{HOST}:{port}"
    with database.connect("app") as connection:
        staff = find_staff(connection)
    out.print("[bold]立木演示城市[/bold]")
    pages = (("首页", "/"), ("查信用", "/search?q=清河建材"), ("主体页", f"/s/{QINGHE[0]}"), ("信用目录", "/catalog"),
             ("法规", "/law"), ("数据质量", "/quality"), ("接口", "/developers"))  # fmt: skip
    for name, path in pages:
        out.print(f"  {name}\t{site}{path}", highlight=False, soft_wrap=True)
    out.print("\n账号（登录，或命令行用 --as 指定；都是虚构人员）")
    for one in staff.values():
        names = "、".join(officer.code for officer in one.officers.values())
        out.print(f"  {one.department.name}\t{one.department.uscc}\t{names}", highlight=False, soft_wrap=True)
    out.print(f"  登录\t{site}/account/ （部门工作台 /dept，信用中心 /ops）", highlight=False, soft_wrap=True)
    if password := open_demonstration_logins(database):
        out.print(f"  以上账号的密码：[bold]{password}[/bold]（随机生成，只显示这一次）", highlight=False)
        if agent := open_demonstration_agent(database, password=password):
            told = f"  企业服务\t{site}/my\t{QINGHE[1]} 的经办人 {agent}（同一密码）"
            out.print(told, highlight=False, soft_wrap=True)
    else:
        out.print("  密码已在首次启动时显示；重设：limu officer password 账号 --as centre.security", highlight=False)
    example = "limu submit 文件.csv --item penalty --department 11990100MC00000121"
    out.print(f"\n试一试：limu check 文件.csv --item penalty；{example}", highlight=False, soft_wrap=True)
    if (folder := find_samples()) is not None:
        out.print(f"真实数据表：{Path(folder)}", highlight=False, soft_wrap=True)


def _refuse_taken(port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            err.print(f"端口 {port} 已被占用；请用 --port 指定另一个。", style="red")
            raise typer.Exit(REFUSED) from None


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("demo")(demo)
