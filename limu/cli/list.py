"""`limu list`: entry into and exit from a serious list, step by step, each by a named officer."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from typing import Annotated, Any, Literal, TypeVar
from uuid import UUID

import typer

from limu import reactions_listing
from limu.cli.frame import emit, err, fail, running_connection, table
from limu.cli.second import second_officer
from limu.cli.trace import leave_traces
from limu.department import actions as departments
from limu.department.rules import Officer, Refusal, reach_of
from limu.department.store import enter
from limu.intake.actions import fault_point
from limu.law.statute import CONFIDENCE_LABELS
from limu.listing import actions, actions_hearing, queries, rules
from limu.listing.actions import Case, Document
from limu.measure.actions import sync_law
from limu.wire.clock import register_today
from limu.wire.database import Connection
from limu.wire.home import find_home
from limu.wire.lawbook import current_book
from limu.wire.mode import read_mode

list_app = typer.Typer(help="严重失信主体名单：依据、列入、送达与移出。", no_args_is_help=True)
As = Annotated[str, typer.Option("--as", help="办理账号。")]
Number = Annotated[str, typer.Option("--document", help="文书文号。")]
Text = Annotated[str, typer.Option(help="文书要点。")]
AsJson = Annotated[bool, typer.Option("--json")]
Found = TypeVar("Found")
# A step of a hearing: the act it is, the state it leaves, and what is said of it.
HEARING = {
    "ask": ("list_state", "hearing_asked", "已登记听证申请。"),
    "withdraw": ("list_state", "hearing_withdrawn", "已登记撤回听证申请，已告知主体。"),
    "fix": ("list_serve", "hearing_fixed", "听证定于 {}，已通知主体。"),
    "minutes": ("list_decide", "heard", "已登记听证笔录，可以决定。"),
}


@contextmanager
def _acting(code: str, act: str) -> Iterator[tuple[Connection, Officer]]:
    """Lend a connection under the officer's department, with the law of today in its tables."""
    with running_connection("app") as connection:
        if sync_law(connection, current_book(connection)):
            connection.commit()
        officer = _officer(connection, code, act=act)
        enter(connection, department=officer.department, reach=reach_of(officer, act))
        yield connection, officer


def _pause() -> reactions_listing.Pause:
    """The named points where a test kills this process; production has none."""
    return fault_point(os.environ, is_production=read_mode(find_home(), os.environ) == "production")


def _officer(connection: Connection, code: str, *, act: str) -> Officer:
    found = departments.acting_officer(connection, code=code, department=None, act=act)
    return _must(found)


def _must(outcome: Found | Refusal) -> Found:
    if isinstance(outcome, Refusal):
        fail(outcome)
    return outcome


@list_app.command("kinds")
def kinds(*, as_json: AsJson = False) -> None:
    """列出全部名单：领域依据、列入和移出的规则、期限，以及能否启用。"""
    with running_connection("app") as connection:
        book = current_book(connection)
    rows = [
        {
            "code": one.key.removeprefix("list/"),
            "name": one.label,
            "field": one.field,
            "basis": book.cite(one.citations[0]),
            "rule": book.cite(one.rule) if one.rule else None,
            "body": one.body,
            "term": one.term or None,
            "early": one.early or None,
            "hearing": book.cite(one.hearing) if one.hearing else None,
            "confidence": one.confidence,
            "can_be_activated": bool(one.rule) and book.ref(one.key).is_confirmed,
        }
        for one in book.lists()
    ]
    if as_json:
        emit(rows)
        return
    told = [
        (r["code"], r["name"], r["basis"], r["rule"] or "（没有规则，不得启用）",
         CONFIDENCE_LABELS[str(r["confidence"])], "可以" if r["can_be_activated"] else "不可以")
        for r in rows
    ]  # fmt: skip
    table(("代码", "名单", "领域依据", "列入和移出规则", "可信程度", "能否启用"), told)


@list_app.command("propose")
def propose(
    kind: Annotated[str, typer.Argument(help="名单代码，见 limu list kinds。")],
    uscc: Annotated[str, typer.Argument(help="统一社会信用代码。")],
    by: As,
    document: Number,
    facts: Annotated[str, typer.Option(help="事实。")] = "",
    evidence: Annotated[str, typer.Option(help="证据文书。")] = "",
    text: Text = "拟列入告知：告知事实、理由、依据和陈述申辩的权利。",
    record: Annotated[UUID | None, typer.Option(help="所依据的记录编号。")] = None,
    *,
    as_json: AsJson = False,
) -> None:
    """提出列入并告知主体；陈述申辩期自告知之日起算。"""
    pause = _pause()
    with _acting(by, "list_propose") as (connection, officer):
        done = _must(
            reactions_listing.propose_entry(
                connection, officer=officer, kind=kind, uscc=uscc, case=Case(facts, evidence, record),
                notice=Document(document, text), pause=pause,
            )
        )  # fmt: skip
        pause("before_commit")
        connection.commit()
    pause("after_commit")
    if as_json:
        emit({
            "entry": done.entry, "state": "noticed", "statement_until": done.statement_until,
            "hearing_until": done.hearing_until,
        })  # fmt: skip
    else:
        hearing = f"；听证申请至 {done.hearing_until}" if done.hearing_until else ""
        err.print(f"已告知，编号 {done.entry}；陈述申辩期至 {done.statement_until}{hearing}。")


@list_app.command("state")
def state(entry: UUID, by: As, document: Number, text: Text, *, as_json: AsJson = False) -> None:
    """登记主体的陈述申辩。"""
    with _acting(by, "list_state") as (connection, officer):
        _must(actions.take_statement(connection, entry, officer=officer, statement=Document(document, text)))
        connection.commit()
    _done(entry, "stated", "已登记陈述申辩。", as_json=as_json)


@list_app.command("hear")
def hear(
    entry: UUID,
    by: As,
    document: Number,
    text: Text,
    on: Annotated[str | None, typer.Option(metavar="YYYY-MM-DD", help="定听证日期（或者改期），通知主体。")] = None,
    *,
    minutes: Annotated[bool, typer.Option("--minutes", help="登记听证笔录；须由提出人以外的人员主持。")] = False,
    withdraw: Annotated[bool, typer.Option("--withdraw", help="登记主体书面撤回听证申请。")] = False,
    as_json: AsJson = False,
) -> None:
    """听证：登记主体的申请；加 --withdraw 登记撤回，加 --on 定日期，加 --minutes 登记笔录。"""
    way = "minutes" if minutes else "withdraw" if withdraw else "fix" if on else "ask"
    act, state, told = HEARING[way]
    pause, paper = _pause(), Document(document, text)
    with _acting(by, act) as (connection, officer):
        if way == "minutes":
            _must(actions_hearing.take_minutes(connection, entry, officer=officer, minutes=paper))
        elif way == "withdraw":
            _must(reactions_listing.withdraw_hearing(connection, entry, officer=officer, wish=paper, pause=pause))
        elif on:
            day = date.fromisoformat(on)
            _must(reactions_listing.fix_hearing(connection, entry, officer=officer, notice=paper, on=day, pause=pause))
        else:
            _must(actions_hearing.take_request(connection, entry, officer=officer, wish=paper))
        pause("before_commit")
        connection.commit()
    pause("after_commit")
    _done(entry, state, told.format(on), as_json=as_json)


@list_app.command("decide")
def decide(
    entry: UUID,
    by: As,
    document: Number,
    text: Text = "列入决定：载明事实、依据、惩戒措施和救济途径。",
    until: Annotated[str | None, typer.Option(metavar="YYYY-MM-DD", help="期限由决定写明的名单：移出之日。")] = None,
    *,
    refuse: Annotated[bool, typer.Option("--refuse", help="决定不予列入。")] = False,
    as_json: AsJson = False,
) -> None:
    """由提出人以外的另一人作出列入或者不予列入的决定。"""
    day = date.fromisoformat(until) if until else None
    with _acting(by, "list_decide") as (connection, officer):
        ends = _must(
            reactions_listing.decide_entry(
                connection, entry, officer=officer, decision=Document(document, text), until=day, is_refused=refuse
            )
        )
        connection.commit()
    if as_json:
        emit({"entry": entry, "state": "decided" if ends else "refused", "ends_on": ends})
    else:
        err.print(f"已决定列入，至 {ends}（不含）；送达后生效。" if ends else "已决定不予列入。")


@list_app.command("serve")
def serve(entry: UUID, by: As, document: Number, text: Text = "送达回证。", *, as_json: AsJson = False) -> None:
    """登记列入决定的送达；名单自送达之日生效。"""
    pause = _pause()
    with _acting(by, "list_serve") as (connection, officer):
        served = Document(document, text)
        _must(reactions_listing.serve_entry(connection, entry, officer=officer, service=served, pause=pause))
        pause("before_commit")
        connection.commit()
    pause("after_commit")
    _done(entry, "active", "已送达，名单生效。", as_json=as_json)


@list_app.command("exit")
def leave(
    entry: UUID,
    by: As,
    second: Annotated[str, typer.Option(help="确认账号，须为另一人。")],
    kind: Annotated[Literal["condition", "repair", "revocation"], typer.Option(help="移出的原因。")],
    document: Number,
    text: Text = "移出决定。",
    *,
    as_json: AsJson = False,
) -> None:
    """提前移出：符合条件、信用修复，或者列入决定被撤销；须两人办理。"""
    pause = _pause()
    with _acting(by, "list_exit") as (connection, officer):
        other = second_officer(connection, second, act="list_exit")
        _must(
            reactions_listing.end_entry(
                connection, entry, officer=officer, second=other, exit_kind=kind, decision=Document(document, text),
                pause=pause,
            )
        )  # fmt: skip
        pause("before_commit")
        connection.commit()
    pause("after_commit")
    _done(entry, "exited", f"已移出（{rules.EXITS[kind]}），措施同时解除。", as_json=as_json)


@list_app.command("show")
def show(uscc: str, by: As, *, as_json: AsJson = False) -> None:
    """列出本单位对一个主体的列入及其各步文书。"""
    with _acting(by, "list_state") as (connection, officer):
        today, entries = register_today(connection), queries.entries_of(connection, uscc)
        whose = (one.subject for one in entries)
        leave_traces(officer, whose, scope="own list entries: list", purpose="list_entry")
        found: list[dict[str, Any]] = [
            {"entry": one.id, "list": one.list, "state": one.state(today), "steps": queries.steps(connection, one.id)}
            for one in entries
        ]
    if as_json:
        emit(found)
        return
    rows = [
        (one["list"], one["state"], rules.STEPS[step["kind"]], step["on_day"], step["document_number"], step["officer"])
        for one in found
        for step in one["steps"]
    ]
    table(("名单", "状态", "步骤", "日期", "文号", "账号"), rows)


def _done(entry: UUID, state: str, sentence: str, *, as_json: bool) -> None:
    if as_json:
        emit({"entry": entry, "state": state})
    else:
        err.print(sentence)


def register(app: typer.Typer) -> None:
    """Add the noun."""
    app.add_typer(list_app, name="list")
