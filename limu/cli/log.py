"""`limu log`: the public log of events, sequenced and recomputed."""

from typing import Annotated

import typer

from limu.audit.actions import sequence
from limu.audit.queries import recompute
from limu.cli.frame import REFUSED, emit, out, prepared_database

log_app = typer.Typer(help="公开日志：排序、重算树根。", no_args_is_help=True)


@log_app.command("root")
def root(*, as_json: Annotated[bool, typer.Option("--json")] = False) -> None:
    """把新事件排入日志，并由事件本身重算整棵树；不一致时以 1 退出。"""
    with prepared_database() as database:
        with database.connect("sequencer", autocommit=True) as sequencer:
            sequence(sequencer)
        with database.connect("app") as connection:
            connection.execute("SELECT set_config('limu.reach', 'centre', true)")
            audit = recompute(connection)
    answer = {"size": audit.size, "root": audit.root.hex(), "is_equal": audit.is_equal, "broken": audit.broken}
    if as_json:
        emit(answer)
    else:
        verdict = "与事件一致" if audit.is_equal else f"不一致：{len(audit.broken)} 条"
        out.print(f"日志 {audit.size} 条，树根 {audit.root.hex()}，{verdict}", highlight=False)
    if not audit.is_equal:
        raise typer.Exit(REFUSED)


def register(app: typer.Typer) -> None:
    """Add the noun."""
    app.add_typer(log_app, name="log")
