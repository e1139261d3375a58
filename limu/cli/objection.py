"""`limu objection`: take an objection, decide it by two people, answer a reliance notice, count by body."""

from typing import Annotated, Literal
from uuid import UUID

import typer

from limu.case.rules import Agent
from limu.cli.case import AsJson, Number, Reason, acting, case_by, must, stored, told
from limu.cli.frame import emit, err, running_connection, table
from limu.cli.second import second_officer
from limu.cli.trace import leave_traces
from limu.department.rules import NOT_THERE
from limu.department.store import enter
from limu.ledger.store import find_record
from limu.objection import actions, queries
from limu.reactions_objection import confirm_objection, open_objection
from limu.wire.clock import register_today
from limu.wire.lawbook import current_book

objection_app = typer.Typer(help="异议：提出、核查决定、复核答复、按部门统计。", no_args_is_help=True)
Why = Literal["not_mine", "wrong_content", "performed", "overdue", "revoked"]
Outcome = Literal["corrected", "deleted", "kept", "not_accepted"]
Kind = Literal["", "clerical", "court", "source_change", "repair", "wrong_subject"]
As = Annotated[str, typer.Option("--as", help="办理账号。")]


@objection_app.command("open")
def open_(
    record: Annotated[UUID, typer.Argument(help="记录编号。")],
    by: As,
    why: Annotated[Why, typer.Option(help="事由：不是我的、内容有误、已履行、超期、决定已变。")],
    text: Annotated[str, typer.Option(help="哪里不对。")],
    agent: Annotated[str, typer.Option(help="主体的经办人姓名。")],
    document: Annotated[list[str] | None, typer.Option(help="证据，写作 evidence=路径，可重复。")] = None,
    *,
    as_json: AsJson = False,
) -> None:
    """在窗口代收主体的异议：记录即时加注；关联存疑的，即时停止公示、共享和措施。"""
    with acting(by, "receive_case") as (connection, officer):
        found = must(find_record(connection, record) or NOT_THERE)
        must(officer)
        case = must(
            open_objection(
                connection, actor=Agent(found.subject, f"{agent}（{officer.person_name}代收）"), record=record,
                reason=why, text=text, door="window", documents=stored(document or []),
            )
        )  # fmt: skip
        connection.commit()
    told(case, as_json=as_json, sentence=f"已收到异议，异议编号 {case.number}")


@objection_app.command("decide")
def decide(
    number: Number,
    by: As,
    second: Annotated[str, typer.Option(help="确认账号，须为另一人。")],
    outcome: Annotated[Outcome, typer.Option(help="更正、删除、维持或者不予受理。")],
    reason: Reason,
    citation: Annotated[str, typer.Option(help="依据。")] = "",
    correction: Annotated[Kind, typer.Option(help="更正的种类。")] = "",
    right: Annotated[str, typer.Option(help="更正主体的：正确主体的统一社会信用代码。")] = "",
    *,
    as_json: AsJson = False,
) -> None:
    """作出决定：由记录的录入人以外的两人办理。"""
    with acting(by, "handle_case") as (connection, officer):
        other = second_officer(connection, second, act="confirm_case")
        case = case_by(connection, number)
        must(
            actions.propose(
                connection, case.id, officer=officer, outcome=outcome, reason=reason, citation=citation,
                correction=correction, right_uscc=right,
            )
        )  # fmt: skip
        done = must(confirm_objection(connection, current_book(connection), case.id, officer=other))
        connection.commit()
    told(done, as_json=as_json, sentence="已决定")


@objection_app.command("answer")
def answer(
    notice: Annotated[UUID, typer.Argument(help="复核告知的编号（limu objection notices）。")],
    by: As,
    outcome: Annotated[Literal["not_used", "unchanged", "changed"], typer.Option(help="没有使用、不受影响、已改正。")],
    text: Annotated[str, typer.Option(help="复核情况；主体会看到它。")],
    *,
    as_json: AsJson = False,
) -> None:
    """答复关联更正后的复核告知。"""
    with acting(by, "answer_reliance") as (connection, officer):
        done = must(actions.answer_reliance(connection, notice, officer=officer, outcome=outcome, text=text))
        connection.commit()
    if as_json:
        emit({"notice": done.id, "outcome": done.outcome, "answered_on": done.answered_on})
    else:
        err.print("已答复。")


@objection_app.command("notices")
def notices(by: As, *, as_json: AsJson = False) -> None:
    """列出发给本单位、须复核答复的告知。"""
    with acting(by, "answer_reliance") as (connection, officer):
        enter(connection, department=officer.department)
        found = queries.reliances_to(connection, officer.department)
        whose = (one.subject for one in found)
        leave_traces(officer, whose, scope="reliance notices", purpose="reliance_review")
    if as_json:
        emit(found)
        return
    rows = [(one.id, one.notified_on, one.answer_by, one.answered_on or "未答复") for one in found]
    table(("编号", "告知日期", "答复期限", "答复"), rows)


@objection_app.command("statistics")
def statistics(*, as_json: AsJson = False) -> None:
    """按部门统计异议：件数、办理工作日中位数、成立和逾期的比例。"""
    with running_connection("app") as connection:
        found = queries.statistics(connection, today=register_today(connection))
    if as_json:
        emit(found)
        return
    rows = [
        (one.department, one.opened, one.decided, one.median_days, one.upheld, one.late, one.overdue) for one in found
    ]
    table(("部门", "收到", "办结", "工作日中位数", "成立", "逾期办结", "逾期未办结"), rows)


def register(app: typer.Typer) -> None:
    """Add the noun."""
    app.add_typer(objection_app, name="objection")
