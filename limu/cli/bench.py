"""`limu bench`: each figure against a reference measured in the same run, one line of JSON a figure."""

import importlib
from typing import Annotated

import typer

from limu.cli.frame import REFUSED

JOBS = ("intake", "search", "page", "pages", "linking", "decide", "feed")


def bench(
    context: typer.Context,
    job: Annotated[str, typer.Argument(help="intake、search、page、pages、linking、decide、feed，或者 all。")],
) -> None:
    """运行基准测试：项目与参照交替进行，每个指标输出一行 JSON；其余参数交给该项测试（如 --rows 1000000）。"""
    if job != "all" and job not in JOBS:
        raise typer.BadParameter(f"没有这项测试：{job}。可选：{'、'.join((*JOBS, 'all'))}。")
    outcomes = [
        importlib.import_module(f"limu.bench.{name}").run(list(context.args)) for name in JOBS if job in (name, "all")
    ]
    if any(outcomes):
        raise typer.Exit(REFUSED)


def register(app: typer.Typer) -> None:
    """Add the command; what it does not know goes to the job."""
    app.command("bench", context_settings={"allow_extra_args": True, "ignore_unknown_options": True})(bench)
