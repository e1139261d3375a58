"""`limu case`: the cases of objection and repair, with clocks that show which days they counted."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import date
from typing import Annotated, Any, Literal, TypeVar
from uuid import UUID

import typer

from limu.access.rules import Purpose
from limu.case import actions, queries, store, store_letter
from limu.case.queries import File, Listed
from limu.case.rules import KINDS, Case, Document
from limu.case.rules_clock import ClockFace
from limu.cli.frame import emit, err, fail, out, running_connection, table
from limu.cli.trace import leave_traces
from limu.department import actions as departments
from limu.department.rules import NOT_THERE, Officer, Refusal, authorise, reach_of
from limu.department.store import enter
from limu.measure.actions import sync_law
from limu.reactions_objection import serve_letter, settle_appeal
from limu.wire.clock import register_today
from limu.wire.database import Connection
from limu.wire.files import FileStore
from limu.wire.home import find_home
from limu.wire.lawbook import current_book

case_app = typer.Typer(help="异议和信用修复的办件：清单、办件页、受理、计时、送达、申诉。", no_args_is_help=True)
As = Annotated[str, typer.Option("--as", help="办理账号。")]
Number = Annotated[str, typer.Argument(help="办件编号，如 XF20261124-7KQ2M9PA42-1。")]
AsJson = Annotated[bool, typer.Option("--json")]
Reason = Annotated[str, typer.Option(help="理由；主体会看到它。")]
Found = TypeVar("Found")


@contextmanager
def acting(code: str, act: str) -> Iterator[tuple[Connection, Officer]]:
    """Lend a connection under the officer's rows for one act, with the law of today in its tables."""
    with running_connection("app") as connection:
        if sync_law(connection, current_book(connection)):
            connection.commit()
        officer = officer_of(connection, code, act=act)
        enter(connection, department=officer.department, reach=reach_of(officer, act))
        yield connection, officer


def officer_of(connection: Connection, code: str, *, act: str) -> Officer:
    """Find who acts, and that the account may do this at all."""
    found = must(departments.acting_officer(connection, code=code, department=None, act=act))
    if refusal := authorise(found, act, found.department):
        fail(refusal)
    return found


def must(outcome: Found | Refusal) -> Found:
    """Go on with what was found, or end with the refusal."""
    if isinstance(outcome, Refusal):
        fail(outcome)
    return outcome


def case_by(connection: Connection, number: str) -> Case:
    """The case of a number, within the officer's rows."""
    found = store.find_number(connection, number)
    return must(found if found is not None else NOT_THERE)


def stored(paths: list[str]) -> tuple[Document, ...]:
    """Encrypt and keep the documents of a case, each as role=path."""
    files, made = FileStore(find_home(), "cases"), []
    for told in paths:
        role, _, path = told.partition("=")
        with open(path, "rb") as file:  # noqa: PTH123 - the path is the user's own words
            content = file.read()
        name = path.replace("\\", "/").rpartition("/")[2]
        made.append(must(actions.store_document(files, content, role=role, name=name)))
    return tuple(made)


def told(case: Case, *, as_json: bool, sentence: str) -> None:
    """Say how a case stands after an act."""
    if as_json:
        emit({"case": case.number, "state": case.state, "state_word": case.state_word, "outcome": case.outcome})
    else:
        err.print(f"{case.number}：{sentence}，现为“{case.state_word}”。", highlight=False)


@case_app.command("list")
def list_cases(
    by: As,
    kind: Annotated[Literal["", "objection", "repair"], typer.Option(help="只列一类。")] = "",
    *,
    every: Annotated[bool, typer.Option("--all", help="含已办结的。")] = False,
    as_json: AsJson = False,
) -> None:
    """列出办件及其时限：本单位的，信用中心列出各单位的。"""
    with running_connection("app") as connection:
        officer = must(departments.acting_officer(connection, code=by, department=None, act="work_cases"))
        act = "watch_cases" if officer.is_centre else "work_cases"
        officer_of(connection, by, act=act)
        enter(connection, department=officer.department, reach=reach_of(officer, act))
        found = queries.listed(
            connection, current_book(connection), today=register_today(connection),
            department=None if officer.is_centre else officer.department, kind=kind or None,
            is_open=None if every else True,
        )  # fmt: skip
        leave_traces(officer, (one.case.subject for one in found), scope="cases: list", purpose=_purpose(officer))
    if as_json:
        emit([_line(one) for one in found])
        return
    for one in found:
        due = f"　到期 {one.clock.due_on}" if one.clock and one.clock.due_on else ""
        light = f"　{one.clock.light_word}" if one.clock else ""
        line = f"{one.case.number}　{KINDS[one.case.kind]}　{one.case.state_word}{due}{light}　{one.name}"
        out.print(line, highlight=False, soft_wrap=True)
    if not found:
        err.print("没有待办的办件。")


def _purpose(officer: Officer) -> Purpose:
    return "case_watch" if officer.is_centre else "deciding_body"


def _line(one: Listed) -> dict[str, Any]:
    case = one.case
    return {
        "number": case.number, "kind": case.kind, "uscc": one.uscc, "name": one.name, "state": case.state,
        "opened_on": case.opened_on, "due_on": one.clock.due_on if one.clock else None,
        "light": one.clock.light if one.clock else None,
    }  # fmt: skip


@case_app.command("show")
def show(number: Number, by: As, *, as_json: AsJson = False) -> None:
    """办件页：时限及其推算（哪些天计入、为什么），经过，材料，文书。"""
    with running_connection("app") as connection:
        officer = must(departments.acting_officer(connection, code=by, department=None, act="work_cases"))
        act = "watch_cases" if officer.is_centre else "work_cases"
        officer_of(connection, by, act=act)
        enter(connection, department=officer.department, reach=reach_of(officer, act))
        case = case_by(connection, number)
        file = queries.file_of(connection, current_book(connection), case, today=register_today(connection))
        leave_traces(officer, [case.subject], scope=f"case {case.number}", purpose=_purpose(officer))
    if as_json:
        emit(asdict(file))
        return
    _print(file)


def _print(file: File) -> None:
    out.print(f"{file.case.number}　{file.name}（{file.uscc}）　{file.case.state_word}", highlight=False)
    out.print(file.case.reason, highlight=False)
    for clock in file.clocks:
        out.print(_clock_line(clock), highlight=False)
        for day in clock.days:
            out.print(f"    {day.day}　{day.number or '—'}　{day.why}", highlight=False)
    table(
        ("日期", "步骤", "办理人", "理由"),
        [(one.on_day, one.word, one.by, one.reason) for one in file.steps],
        title="经过",
    )
    table(("材料", "名称"), [(document.role, document.name) for _, document, _ in file.documents])
    for letter in file.letters:
        out.print(f"{letter.title}（{letter.number}，{letter.way_word}）", highlight=False)
        for line in letter.lines:
            out.print(f"    {line}", highlight=False)


def _clock_line(clock: ClockFace) -> str:
    due = f"，至 {clock.due_on}" if clock.due_on else ""
    count = f"{clock.count} 个工作日" if clock.count else "及时"
    provisional = "（暂算：所在年份的放假安排尚未公布）" if clock.is_provisional else ""
    begun = f"{clock.label}：自 {clock.start_on} 次日起 {count}{due}"
    return f"{begun}，{clock.light_word}{provisional}。依据：{clock.citation}"


@case_app.command("accept")
def accept(number: Number, by: As, *, as_json: AsJson = False) -> None:
    """受理办件；办理期限自此起算。"""
    with acting(by, "handle_case") as (connection, officer):
        done = must(actions.accept(connection, case_by(connection, number).id, officer=officer))
        connection.commit()
    told(done, as_json=as_json, sentence="已受理")


@case_app.command("gaps")
def gaps(number: Number, by: As, reason: Reason, *, as_json: AsJson = False) -> None:
    """一次性告知需要补正的全部内容。"""
    with acting(by, "handle_case") as (connection, officer):
        done = must(actions.ask_gaps(connection, case_by(connection, number).id, officer=officer, reason=reason))
        connection.commit()
    told(done, as_json=as_json, sentence="已一次性告知补正")


@case_app.command("clock")
def clock(
    number: Number,
    step: Annotated[Literal["stop", "resume", "extend"], typer.Argument(help="暂停、恢复或者延长。")],
    by: As,
    reason: Reason = "",
    citation: Annotated[str, typer.Option(help="依据。")] = "",
    *,
    as_json: AsJson = False,
) -> None:
    """暂停、恢复计时或者延长期限；暂停和延长须写明理由和依据。"""
    with acting(by, "handle_case") as (connection, officer):
        case = case_by(connection, number)
        done = must(
            actions.set_clock(connection, case.id, officer=officer, step=step, reason=reason, citation=citation)
        )
        connection.commit()
    told(done, as_json=as_json, sentence="已记录")


@case_app.command("appeal")
def appeal(
    number: Number, by: As, reason: Reason, *,
    upheld: Annotated[bool, typer.Option("--upheld", help="申诉成立，退回认定单位重新办理。")] = False,
    as_json: AsJson = False,
) -> None:  # fmt: skip
    """答复申诉：不成立，或者成立并退回重新办理。"""
    with acting(by, "settle_appeal") as (connection, officer):
        case = case_by(connection, number)
        done = must(settle_appeal(connection, case.id, officer=officer, is_upheld=upheld, reason=reason))
        connection.commit()
    told(done, as_json=as_json, sentence="申诉已答复")


@case_app.command("serve")
def serve(
    letter: Annotated[UUID, typer.Argument(help="文书的编号（limu case show --json 中的 id）。")],
    by: As,
    on: Annotated[str, typer.Option(metavar="YYYY-MM-DD", help="送达日期。")],
    way: Annotated[Literal["post", "in_person", "electronic", "announcement"], typer.Option(help="送达方式。")],
    *,
    as_json: AsJson = False,
) -> None:
    """登记文书的送达；等待送达的关联更正随之生效。"""
    with acting(by, "serve_notice") as (connection, officer):
        done = must(serve_letter(connection, letter, by=officer, on=date.fromisoformat(on), way=way))
        connection.commit()
    if as_json:
        emit({"letter": done.id, "number": done.number, "served_on": done.served_on})
    else:
        err.print(f"{done.title}（{done.number}）：{store_letter.WAYS[way]}，{on}。", highlight=False)


def register(app: typer.Typer) -> None:
    """Add the noun."""
    app.add_typer(case_app, name="case")
