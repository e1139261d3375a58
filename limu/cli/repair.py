"""`limu repair`: apply, receive from above, decide by two people; notices, shields, restorations."""

import json
import os
from datetime import date
from pathlib import Path
from typing import Annotated, Literal
from uuid import UUID

import typer

from limu.case.rules import STATES, Agent, Case
from limu.cli.case import AsJson, Number, Reason, acting, case_by, must, stored, told
from limu.cli.frame import emit, err, table
from limu.cli.second import second_officer
from limu.cli.trace import leave_traces
from limu.department.rules import NOT_THERE, Officer
from limu.intake.actions import fault_point
from limu.ledger.store import find_record
from limu.reactions_repair import apply_for_repair, confirm_repair, receive_decision
from limu.reactions_restore import Served, annul_repair, restore_record, shield
from limu.repair import actions, queries, rules, store
from limu.repair.actions import Applied, Item
from limu.repair.rules import Ground
from limu.repair.rules_above import Sent, read_message
from limu.terms.uscc import clean_uscc
from limu.upward.queries import above_of
from limu.wire.clock import register_today
from limu.wire.database import Connection
from limu.wire.home import find_home
from limu.wire.lawbook import current_book
from limu.wire.mode import read_mode

repair_app = typer.Typer(help="信用修复：申请、接收、决定、告知、屏蔽、恢复。", no_args_is_help=True)
As = Annotated[str, typer.Option("--as", help="办理账号。")]
Second = Annotated[str, typer.Option(help="确认账号，须为另一人。")]
Way = Literal["post", "in_person", "electronic", "announcement"]


@repair_app.command("apply")
def apply(
    records: Annotated[list[UUID], typer.Argument(help="要修复的记录编号，可以多条。")],
    by: As,
    agent: Annotated[str, typer.Option(help="主体的经办人姓名。")],
    document: Annotated[list[str], typer.Option(help="材料：commitment=路径、performance_proof=路径，可重复。")],
    *,
    verified: Annotated[bool, typer.Option("--verified", help="履行义务已由认定单位核验。")] = False,
    as_json: AsJson = False,
) -> None:
    """在窗口代收修复申请：一次申请可以修复多条信息，每条一件，一个受理编号。"""
    with acting(by, "receive_case") as (connection, officer):
        first = must(find_record(connection, records[0]) or NOT_THERE)
        made = must(
            apply_for_repair(
                connection, current_book(connection),
                actor=Agent(first.subject, f"{agent}（{officer.person_name}代收）"),
                items=tuple(Item(one, is_verified=verified) for one in records), documents=stored(document),
                door="window",
            )
        )  # fmt: skip
        connection.commit()
    _applied(made, as_json=as_json)


def _applied(made: Applied, *, as_json: bool) -> None:
    if as_json:
        emit({"number": made.number, "cases": [one.number for one in made.cases]})
    else:
        err.print(f"提交成功，受理编号 {made.number}，共 {len(made.cases)} 件。", highlight=False)


@repair_app.command("decide")
def decide(
    number: Number,
    by: As,
    second: Second,
    outcome: Annotated[Literal["granted", "refused", "not_accepted"], typer.Option(help="同意、不予修复、不予受理。")],
    reason: Reason,
    ground: Annotated[list[str] | None, typer.Option(help="不予修复的理由，写作 R03=2（第 2 页），可重复。")] = None,
    *,
    as_json: AsJson = False,
) -> None:
    """由认定单位两人作出决定；同意修复的，公示、名单和措施同时终止。"""
    grounds = tuple(Ground(*one.partition("=")[::2]) for one in ground or [])
    pause = fault_point(os.environ, is_production=read_mode(find_home(), os.environ) == "production")
    with acting(by, "handle_case") as (connection, officer):
        book, other = current_book(connection), second_officer(connection, second, act="confirm_case")
        case = case_by(connection, number)
        must(
            actions.propose(
                connection, book, case.id, officer=officer, outcome=outcome, reason=reason, grounds=grounds
            )
        )  # fmt: skip
        done = must(confirm_repair(connection, book, case.id, officer=other, pause=pause))
        pause("before_commit")
        connection.commit()
    pause("after_commit")
    told(done, as_json=as_json, sentence="已决定")


@repair_app.command("receive")
def receive(
    path: Path,
    by: As,
    second: Annotated[str, typer.Option(help="接收决定的第二人。")] = "",
    *,
    as_json: AsJson = False,
) -> None:
    """接收上级平台转来的申请、决定和回执（JSON 文件，一个对象或者数组）；重复的不再办理。"""
    content = json.loads(path.read_text("utf-8"))
    messages = [must(read_message(one)) for one in (content if isinstance(content, list) else [content])]
    done = []
    with acting(by, "receive_case") as (connection, officer):
        other = second_officer(connection, second, act="receive_case") if second else officer
        for one in messages:
            cases = _received(connection, one, people=(officer, other), folder=path.parent)
            done += [{"outside_number": one.outside_number, "case": case.number, "state": case.state} for case in cases]
        connection.commit()
    if as_json:
        emit(done)
    else:
        table(("上级编号", "办件编号", "状态"), [tuple(one.values()) for one in done])


def _received(connection: Connection, sent: Sent, *, people: tuple[Officer, Officer], folder: Path) -> tuple[Case, ...]:
    if sent.kind == "receipt":
        case = case_by(connection, sent.case_number)
        return (
            must(actions.take_receipt(connection, case.id, officer=people[0], number=sent.outside_number)),
        )  # fmt: skip
    found = [
        must(
            store.find_by_document(
                connection, uscc=clean_uscc(sent.uscc), document_number=one.document_number, authority=one.authority
            )
            or rules.NOT_FOUND
        )
        for one in sent.items
    ]
    if sent.kind == "decision":
        return tuple(_decided(connection, sent, one.record, people=people) for one in found)
    book = current_book(connection)
    items = tuple(
        Item(one.record, stored([f"{role}={folder / file}" for role, file in named.documents]))
        for one, named in zip(found, sent.items, strict=True)
    )
    shared = stored([f"{role}={folder / file}" for role, file in sent.documents])
    made = must(
        apply_for_repair(
            connection, book, actor=Agent(found[0].subject, sent.agent), items=items, documents=shared, door="above",
            outside_number=sent.outside_number,
        )
    )  # fmt: skip
    return made.cases


def _decided(connection: Connection, sent: Sent, record: UUID, *, people: tuple[Officer, Officer]) -> Case:
    assert sent.decided_on is not None
    case = must(actions.open_from_above(connection, record, sent.agent, outside_number=sent.outside_number))
    return must(
        receive_decision(
            connection, current_book(connection), case.id, people=people,
            outside_number=f"{sent.outside_number}/{record}",
            document=(sent.decision_number, sent.decided_on),
        )
    )  # fmt: skip


@repair_app.command("notices")
def notices(by: As, *, as_json: AsJson = False) -> None:
    """列出还没有登记送达信用修复告知书的决定（两书同达）。"""
    with acting(by, "serve_notice") as (connection, officer):
        found = queries.missing_notices(connection, officer.department)
        whose = (one.subject for one in found)
        leave_traces(officer, whose, scope="own decisions: repair notices", purpose="deciding_body")
    if as_json:
        emit(found)
        return
    rows = [(one.record, one.document_number, one.decided_on, one.earliest_repair_on) for one in found]
    table(("记录", "文号", "决定日期", "可申请日期"), rows)


@repair_app.command("serve")
def serve(
    record: UUID,
    by: As,
    on: Annotated[str, typer.Option(metavar="YYYY-MM-DD", help="送达日期。")],
    way: Annotated[Way, typer.Option(help="送达方式。")],
    *,
    as_json: AsJson = False,
) -> None:
    """登记信用修复告知书随决定书一并送达。"""
    with acting(by, "serve_notice") as (connection, officer):
        one = must(
            actions.serve_notice(
                connection, current_book(connection), record, officer=officer, on=date.fromisoformat(on), way=way
            )
        )
        connection.commit()
    if as_json:
        emit({"record": one.record, "served_on": on})
    else:
        err.print("已登记送达。")


@repair_app.command("board")
def board(by: As, *, as_json: AsJson = False) -> None:
    """列出尚未收到上级平台回执的办件：同意修复的，和不同意上级平台转来的申请的。"""
    with acting(by, "watch_cases") as (connection, officer):
        found = queries.board(connection)
        whose = (one["subject"] for one in found)
        leave_traces(officer, whose, scope="repair applications: board", purpose="case_watch")
        above = above_of(connection, found)
    if as_json:
        emit([{**one, "above": above.get(one["number"])} for one in found])
        return
    rows = [
        (one["number"], one["name"], one["department"], STATES[one["state"]], one["decided_on"], up.word if up else "—")
        for one in found
        for up in (above.get(one["number"]),)
    ]
    table(("编号", "主体", "认定单位", "决定", "决定日期", "上级平台"), rows)


@repair_app.command("shield")
def shield_(
    uscc: str, by: As, second: Second,
    document: Annotated[str, typer.Option(help="裁定书文号。")],
    text: Annotated[str, typer.Option(help="裁定要点。")],
    *,
    ends: Annotated[bool, typer.Option("--ends", help="屏蔽结束。")] = False,
    as_json: AsJson = False,
) -> None:  # fmt: skip
    """破产重整、和解期间屏蔽本单位认定的失信信息，或者结束屏蔽；凭裁定书，由两人办理。"""
    with acting(by, "confirm_case") as (connection, officer):
        other = second_officer(connection, second, act="confirm_case")
        subject = must(actions.subject_by(connection, uscc))
        ruling = Served(document, text, register_today(connection))
        changed = must(shield(connection, subject=subject, people=(officer, other), ruling=ruling, ends=ends))
        connection.commit()
    if as_json:
        emit({"uscc": uscc, "records": changed, "shielded": not ends})
    else:
        err.print(f"已{'结束屏蔽' if ends else '屏蔽'} {changed} 条信息。")


@repair_app.command("restore")
def restore(
    record: UUID, by: As, second: Second,
    exception: Annotated[
        Literal["failed_plan", "order"], typer.Option(help="重整计划执行失败，或者法院、上级机关的命令。")
    ],
    document: Annotated[str, typer.Option(help="已送达文书的文号。")],
    text: Annotated[str, typer.Option(help="文书要点。")],
    served: Annotated[str, typer.Option(metavar="YYYY-MM-DD", help="送达日期。")],
    *,
    as_json: AsJson = False,
) -> None:  # fmt: skip
    """恢复公示：只有三种法定情形，凭已送达的文书，由两人办理。"""
    with acting(by, "confirm_case") as (connection, officer):
        other = second_officer(connection, second, act="confirm_case")
        by_document = Served(document, text, date.fromisoformat(served))
        must(
            restore_record(
                connection, record=record, people=(officer, other), exception=exception, document=by_document
            )
        )  # fmt: skip
        connection.commit()
    if as_json:
        emit({"record": record, "state": "restored"})
    else:
        err.print("已恢复公示至原期限届满。")


@repair_app.command("annul")
def annul(
    number: Number, by: As, second: Second,
    document: Annotated[str, typer.Option(help="已送达的撤销决定文号。")],
    text: Annotated[str, typer.Option(help="虚假材料的事实和依据。")],
    served: Annotated[str, typer.Option(metavar="YYYY-MM-DD", help="送达日期。")],
    *,
    as_json: AsJson = False,
) -> None:  # fmt: skip
    """撤销以虚假材料取得的修复，恢复公示。"""
    with acting(by, "handle_case") as (connection, officer):
        other = second_officer(connection, second, act="confirm_case")
        case = case_by(connection, number)
        by_document = Served(document, text, date.fromisoformat(served))
        done = must(annul_repair(connection, case.id, people=(officer, other), document=by_document))
        connection.commit()
    told(done, as_json=as_json, sentence="修复已撤销")


def register(app: typer.Typer) -> None:
    """Add the noun."""
    app.add_typer(repair_app, name="repair")
