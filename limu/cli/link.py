"""`limu link`: rows that wait for a subject, and the judgements of people about them."""

import os
from typing import Annotated
from uuid import UUID

import typer

from limu import reactions
from limu.cli.frame import emit, err, fail, running_connection, table
from limu.cli.second import second_officer
from limu.cli.trace import leave_traces
from limu.department import actions
from limu.department.rules import Officer, Refusal, reach_of
from limu.department.store import enter
from limu.linking.actions import Judgement
from limu.linking.actions_review import Waits, judge_or_wait
from limu.linking.queries import waiting_rows
from limu.linking.rules_review import SECOND_AT
from limu.subject.queries import find_subject
from limu.terms.uscc import clean_uscc
from limu.wire.database import Connection

ACT = "judge_link"
By = Annotated[str, typer.Option("--as", help="办理账号，须为信用中心办理员。")]
AsJson = Annotated[bool, typer.Option("--json")]
link_app = typer.Typer(help="待关联：查看、判定、撤销判定。", no_args_is_help=True)


@link_app.command("list")
def list_waiting(by: By, limit: Annotated[int, typer.Option(min=1, max=500)] = 20, *, as_json: AsJson = False) -> None:
    """列出等待关联的记录，附候选主体和理由。"""
    with running_connection("app") as connection:
        officer = _open(connection, by)
        rows = waiting_rows(connection, limit=limit)
        codes = {candidate["uscc"] for one in rows for candidate in one.candidates}
        found = (find_subject(connection, code) for code in sorted(codes))
        whose = (one.id for one in found if one is not None)
        leave_traces(officer, whose, scope="matching: candidates", purpose="matching_review")
    if as_json:
        emit(rows)
        return
    table(
        ("编号", "名称", "原因", "候选"),
        [(one.id, one.party_name, one.reason, _named(one.candidates)) for one in rows],
    )


def _named(candidates: list[dict[str, str]]) -> str:
    return "；".join(f"{candidate['name']} {candidate['uscc']}" for candidate in candidates)


@link_app.command("judge")
def judge(
    pending: UUID,
    uscc: Annotated[str, typer.Argument(help="主体的统一社会信用代码。")],
    by: By,
    second: Annotated[
        str, typer.Option(help="名称差异较大时，共同确认的账号；正式环境中由其本人输入密码和动态口令。")
    ] = "",
    reason: Annotated[str, typer.Option(help="依据。")] = "",
    *,
    as_json: AsJson = False,
) -> None:
    """判定一行属于哪个主体，随即入库并依法公示。"""
    with running_connection("app") as connection:
        officer = _open(connection, by)
        subject = find_subject(connection, clean_uscc(uscc))
        if subject is None:
            fail(Refusal("S-404", f"登记库中没有统一社会信用代码 {clean_uscc(uscc)}。", "请核对代码。"))
        if second:
            made: Judgement | Waits | Refusal = reactions.judge_link(
                connection, pending=pending, subject=subject.id, officer=officer, reason=reason or None,
                second=second_officer(connection, second, act="judge_link"),
            )  # fmt: skip
        else:
            # The same threshold as at the desk: what is risky waits there for another person.
            made = judge_or_wait(
                connection, pending=pending, subject=subject.id, officer=officer, reason=reason,
                second_at=int(os.environ.get("LIMU_LINK_SECOND_AT", str(SECOND_AT))), judge=reactions.judge_link,
            )  # fmt: skip
        _finish(connection, made, as_json=as_json)


@link_app.command("refuse")
def refuse(
    pending: UUID, by: By, reason: Annotated[str, typer.Option(help="理由。")], *, as_json: AsJson = False
) -> None:
    """判定一行不属于任何候选主体。"""
    with running_connection("app") as connection:
        officer = _open(connection, by)
        made = reactions.judge_link(connection, pending=pending, subject=None, officer=officer, reason=reason)
        _finish(connection, made, as_json=as_json)


@link_app.command("undo")
def undo(
    judgement: UUID, by: By, reason: Annotated[str, typer.Option(help="撤销的原因。")], *, as_json: AsJson = False
) -> None:
    """撤销一个判定：记录立即停止公示，该行回到待关联。"""
    with running_connection("app") as connection:
        officer = _open(connection, by)
        made = reactions.undo_link(connection, judgement=judgement, officer=officer, reason=reason)
        _finish(connection, made, as_json=as_json)


def _officer(connection: Connection, code: str) -> Officer:
    found = actions.acting_officer(connection, code=code, department=None, act=ACT)
    if isinstance(found, Refusal):
        fail(found)
    return found


def _open(connection: Connection, code: str) -> Officer:
    officer = _officer(connection, code)
    enter(connection, department=officer.department, reach=reach_of(officer, ACT))
    return officer


def _finish(connection: Connection, made: Judgement | Waits | Refusal, *, as_json: bool) -> None:
    if isinstance(made, Refusal):
        connection.rollback()
        fail(made)
    connection.commit()
    if as_json:
        emit(made)
    elif isinstance(made, Waits):
        err.print("这一关联有风险，已记下您的判定，等待另一名工作人员在“匹配复核”确认。")
    else:
        err.print(f"已办结，判定编号 {made.id}。")


def register(app: typer.Typer) -> None:
    """Add the noun."""
    app.add_typer(link_app, name="link")
