"""`limu doctor`: which database is used, and what is wrong with this installation."""

from typing import Annotated

import typer

from limu.cli.frame import REFUSED, emit, table
from limu.wire.doctor import look_around
from limu.wire.home import find_home


def doctor(*, as_json: Annotated[bool, typer.Option("--json")] = False) -> None:
    """检查运行环境：用的是哪个数据库，有什么问题，怎样处理。"""
    looks = list(look_around(find_home()))
    if as_json:
        emit([{"what": look.what, "found": look.found, "cure": look.cure, "is_well": look.is_well} for look in looks])
    else:
        table(("项目", "现状", "怎样处理"), [(look.what, look.found, look.cure or "正常") for look in looks])
    if not all(look.is_well for look in looks):
        raise typer.Exit(REFUSED)


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("doctor")(doctor)
