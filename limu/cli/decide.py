"""`limu decide`: which lawful measures a subject's grounds bring at an act, or everyone's in one file."""

from datetime import date
from pathlib import Path
from typing import Annotated, Any

import polars as pl
import typer

from limu.cli.frame import emit, err, fail, running_connection, say, table, usage
from limu.department.rules import Refusal
from limu.law.measure import ACTS
from limu.measure import queries
from limu.measure.actions import sync_law
from limu.measure.rules import ALL_ACTS, Applied, act_of
from limu.wire.clock import register_today
from limu.wire.lawbook import current_book


def decide(
    uscc: Annotated[str | None, typer.Argument(help="统一社会信用代码。")] = None,
    act: Annotated[
        str | None, typer.Option(help=f"适用事项：{'、'.join(ACTS)}，或者其中文名称；不写为全部事项。")
    ] = None,
    as_of: Annotated[str | None, typer.Option(metavar="YYYY-MM-DD", help="判断之日；缺省为今天。")] = None,
    out: Annotated[Path | None, typer.Option(help="与 --all 同用：写成的 Parquet 文件。")] = None,
    *,
    everyone: Annotated[bool, typer.Option("--all", help="对全部主体作出判断。")] = False,
    as_json: Annotated[bool, typer.Option("--json")] = False,
) -> None:
    """说明对一个主体在某一事项上可以采取哪些措施，各依据哪一条、从哪天到哪天、由谁实施。"""
    wanted = _act(act)
    if (uscc is None) == (not everyone) or (everyone and out is None):
        usage("请写明统一社会信用代码，或者用 --all --out FILE.parquet。")
    day = _day(as_of)
    with running_connection("app") as connection:
        book = current_book(connection)
        if sync_law(connection, book):
            connection.commit()
        on = day or register_today(connection)
        if uscc is None:
            assert out is not None
            _write(queries.decide_all(connection, book=book, act=wanted, on=on), out, on=on, as_json=as_json)
            return
        answer = queries.decide_for(connection, uscc, book=book, act=wanted, on=on)
    if isinstance(answer, Refusal):
        fail(answer)
    if as_json:
        emit([plain(one) for one in answer.measures])
    else:
        _tell(answer, on)


def plain(one: Applied) -> dict[str, Any]:
    """One measure with the keys of the contract: measure, basis, ground, from, until (exclusive), by."""
    return {
        "measure": one.measure,
        "basis": one.basis,
        "ground": one.ground,
        "from": one.from_on,
        "until": one.until_on,
        "by": one.by,
    }


def _write(frame: pl.DataFrame, out: Path, *, on: date, as_json: bool) -> None:
    frame.write_parquet(out)
    subjects = frame["uscc"].n_unique()
    if as_json:
        emit({"file": str(out), "measures": frame.height, "subjects": subjects, "as_of": on})
    else:
        err.print(f"已写入 {out}：{subjects} 个主体，{frame.height} 项措施（{on}）。")


def _tell(answer: queries.Decision, on: date) -> None:
    if not answer.measures:
        say(f"{answer.name}（{answer.uscc}）{on} 没有可以采取的措施：未命中限制类名单和事由。")
        return
    rows = [
        (one.measure, one.basis, answer.grounds.get(one.ground, ""), one.from_on, one.until_on or "", one.by)
        for one in answer.measures
    ]
    table(("措施", "依据", "事由", "自", "至（不含）", "实施单位"), rows, title=f"{answer.name}（{answer.uscc}）{on}")


def _act(word: str | None) -> str:
    if word is None:
        return ALL_ACTS
    found = act_of(word)
    if found is None:
        usage(f"没有“{word}”这一适用事项。可选：{'、'.join(f'{code}（{label}）' for code, label in ACTS.items())}。")
    return found or ALL_ACTS


def _day(text: str | None) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        usage("--as-of 应写成 2026-11-23 这样的形式。")


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("decide")(decide)
