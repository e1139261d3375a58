"""`limu measure`: what a body says it uses, judged against the law; use beyond it, listed per body."""

from datetime import date
from pathlib import Path
from typing import Annotated, NoReturn

import polars as pl
import typer

from limu.cli.frame import USAGE, emit, err, fail, running_connection, table
from limu.cli.trace import leave_traces
from limu.department import actions as departments
from limu.department.rules import Officer, Refusal, reach_of
from limu.department.store import enter
from limu.law.measure import ACTS
from limu.measure import store_window
from limu.measure.actions import sync_law
from limu.measure.actions_window import report_uses
from limu.measure.rules import act_of
from limu.measure.rules_overreach import REASONS, Reported
from limu.terms.uscc import clean_uscc, is_valid_uscc
from limu.wire.database import Connection
from limu.wire.lawbook import current_book

measure_app = typer.Typer(help="惩戒措施的使用：申报在用措施，发现超出法律的使用。", no_args_is_help=True)
As = Annotated[str, typer.Option("--as", help="办理账号。")]
COLUMNS = ("uscc", "measure", "basis", "act", "from", "until")
MOST = 1_000


def _officer(connection: Connection, code: str, act: str) -> Officer:
    found = departments.acting_officer(connection, code=code, department=None, act=act)
    if isinstance(found, Refusal):
        fail(found)
    enter(connection, department=found.department, reach=reach_of(found, act))
    return found


@measure_app.command("report")
def report(
    file: Annotated[Path, typer.Argument(help=f"CSV，列为 {'、'.join(COLUMNS)}；until 空白表示长期。")],
    code: As,
    *,
    as_json: Annotated[bool, typer.Option("--json")] = False,
) -> None:
    """申报本单位在用的措施，逐项与法律比对：超出事项、依据、期限、地域的，逐项写明。"""
    rows = _read(file)
    with running_connection("app") as connection:
        sync_law(connection, current_book(connection))
        officer = _officer(connection, code, "check_measures")
        judged = report_uses(connection, rows, officer=officer)
        if isinstance(judged, Refusal):
            fail(judged)
        # What is said of each tells its body what the law allows against that subject: a read like any other.
        whose = store_window.subjects_of(connection, [one.uscc for one in rows]).values()
        leave_traces(officer, whose, scope="measures reported", purpose="window_check")
        connection.commit()
    told = [(one, [REASONS[reason] for reason in reasons]) for one, reasons in judged]
    if as_json:
        emit([{"uscc": one.uscc, "measure": one.measure, "act": one.act, "beyond": why} for one, why in told])
        return
    table(
        ("主体", "措施", "事项", "结果"),
        [(one.uscc, one.measure, ACTS[one.act], "；".join(why) or "合法") for one, why in told],
        title=f"申报 {len(told)} 项，超出法律 {sum(1 for _, why in told if why)} 项",
    )


@measure_app.command("overreach")
def overreach(code: As, *, as_json: Annotated[bool, typer.Option("--json")] = False) -> None:
    """列出超出法律的措施：申报的，以及事由已经消失仍在执行期内的。"""
    with running_connection("app") as connection:
        officer = _officer(connection, code, "read_overreach")
        rows = store_window.overreach(connection, limit=MOST)
        whose = (one["subject"] for one in rows)
        leave_traces(officer, whose, scope="measures beyond the law", purpose="overreach_watch")
    if as_json:
        emit(list(rows))
        return
    table(
        ("单位", "主体", "措施", "事项", "问题"),
        [
            (one["department"], one["uscc"], one["measure"], ACTS.get(one["act"], one["act"]),
             "；".join(REASONS[reason] for reason in one["reasons"]))
            for one in rows
        ],
        title=f"超出法律的措施 {len(rows)} 项",
    )  # fmt: skip


def _read(file: Path) -> list[Reported]:
    """Read the file whole; every row that cannot be read is named, and then nothing is taken."""
    try:
        frame = pl.read_csv(file, infer_schema=False)
    except (OSError, pl.exceptions.PolarsError) as wrong:
        _stop(f"读不出这个文件：{wrong}")
    if missing := [name for name in COLUMNS if name not in frame.columns]:
        _stop(f"缺少列：{'、'.join(missing)}。")
    rows, faults = [], []
    for number, row in enumerate(frame.select(COLUMNS).iter_rows(named=True), start=2):
        found = _reported(row)
        if isinstance(found, str):
            faults.append(f"第 {number} 行：{found}")
        else:
            rows.append(found)
    if faults:
        _stop("\n".join(faults))
    return rows


def _reported(row: dict[str, str | None]) -> Reported | str:
    told = {name: (value or "").strip() for name, value in row.items()}
    act = act_of(told["act"])
    if act is None:
        return f"没有“{told['act']}”这一适用事项。可选：{'、'.join(ACTS.values())}。"
    if not is_valid_uscc(clean_uscc(told["uscc"])):
        return "统一社会信用代码不对，请核对营业执照。"
    try:
        days = [date.fromisoformat(told[name]) if told[name] else None for name in ("from", "until")]
    except ValueError:
        return "日期应写成 2026-11-24 这样的形式。"
    if days[0] is None:
        return "没有写明起始日期。"
    return Reported(clean_uscc(told["uscc"]), told["measure"], told["basis"], act, days[0], days[1])


def _stop(message: str) -> NoReturn:
    err.print(message, highlight=False)
    raise typer.Exit(USAGE)


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.add_typer(measure_app, name="measure")
