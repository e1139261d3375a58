"""`limu doctor`: which database is used, what is wrong with this installation, and whether what must hold does hold."""

from typing import Annotated

import typer

from limu.audit.queries_invariants import begin, look
from limu.audit.rules_invariants import Verdict
from limu.cli.frame import REFUSED, emit, prepared_database, table
from limu.wire.doctor import look_around
from limu.wire.home import find_home


def doctor(
    *,
    invariants: Annotated[
        bool, typer.Option("--invariants", help="逐条核查任何时候都必须成立的约定（I1 至 I20），只读。")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json")] = False,
) -> None:
    """检查运行环境：用的是哪个数据库，有什么问题，怎样处理；或者核查登记库必须成立的约定。"""
    if invariants:
        _invariants(as_json=as_json)
        return
    looks = list(look_around(find_home()))
    if as_json:
        emit([{"what": look.what, "found": look.found, "cure": look.cure, "is_well": look.is_well} for look in looks])
    else:
        table(("项目", "现状", "怎样处理"), [(look.what, look.found, look.cure or "正常") for look in looks])
    if not all(look.is_well for look in looks):
        raise typer.Exit(REFUSED)


def _invariants(*, as_json: bool) -> None:
    with prepared_database() as database, database.connect("app") as connection:
        begin(connection)
        verdicts = list(look(connection))
        connection.rollback()
    if as_json:
        emit([{"key": one.key, "sentence": one.sentence, "count": one.count, "named": one.named} for one in verdicts])
    else:
        rows = [(one.key, one.sentence, _told(one)) for one in verdicts]
        table(("编号", "必须成立", "现状"), rows, title="登记库的约定")
    if not all(one.holds for one in verdicts):
        raise typer.Exit(REFUSED)


def _told(one: Verdict) -> str:
    return "成立" if one.holds else f"不成立 {one.count} 处：{'、'.join(one.named)}"


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("doctor")(doctor)
