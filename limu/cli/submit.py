"""`limu check`, `limu submit` and `limu submission`: a department's file in, its receipt out."""

import os
import time
from contextlib import suppress
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Annotated, Any
from uuid import UUID

import typer

from limu.catalogue import store as catalogue
from limu.catalogue.queries import find_shipped_item
from limu.cli.frame import (
    REFUSED,
    NotPreparedError,
    emit,
    err,
    fail,
    out,
    prepared_database,
    progress,
    running_connection,
    table,
)
from limu.cli.language import told as in_language
from limu.cli.second import Second, needs_proof, second_officer
from limu.department import store as departments
from limu.department.actions import acting_officer
from limu.department.rules import NOT_THERE, Department, Officer, Refusal, authorise, reach_of
from limu.intake import actions, queries, store
from limu.intake.actions_mending import SAME_PERSON
from limu.intake.queries_answer import write_answer
from limu.intake.rules import CHUNK_ROWS, Answer, Counts, Intent, Order, Submission, UserFault
from limu.intake.rules_desk import batch_state
from limu.intake.rules_mapping import HeaderMapping, parse_mapping
from limu.intake.store_second import note_second
from limu.law.book import LawBook, packaged_book
from limu.reactions_chunk import entry_factory
from limu.record.item import Item
from limu.wire.clock import SHANGHAI, read_clock, register_today
from limu.wire.database import Connection, Database
from limu.wire.files import FileStore
from limu.wire.home import Home, find_home
from limu.wire.lawbook import current_book
from limu.wire.mode import read_mode
from limu.wire.statutes import read_law_texts

CARRIED = 200
COUNT_LABELS = {
    "received": "收到", "accepted": "入库", "refused": "退回", "duplicate": "重复", "conflict": "冲突",
    "linked": "已关联", "unlinked": "待关联", "published": "公示", "withheld": "不公示",
}  # fmt: skip

CHECK_LABELS = {"received": "收到", "accepted": "可入库", "refused": "需修改"}
LISTED = ("received", "accepted", "refused", "duplicate", "conflict")
RECEIPT_LABELS = {
    "submission": "批次", "department": "单位", "officer": "经办", "item": "事项", "intent": "类别", "state": "状态",
    "file_hash": "文件哈希", "rows": "文件行数", **COUNT_LABELS, "received_at": "收到时刻", "done_at": "办完时刻",
    "codes": "问题代码",
}  # fmt: skip
INTENTS: dict[Intent, str] = {"report": "报送信息", "correction": "更正信息", "nil": "零报告"}

submission_app = typer.Typer(help="报送批次：查看、销毁到期文件。", no_args_is_help=True)
AsJson = Annotated[bool, typer.Option("--json", help="以 JSON 输出。")]
TheItem = Annotated[str, typer.Option("--item", help="目录代码，如 penalty。")]
TheMapping = Annotated[Path | None, typer.Option("--mapping", help="表头映射（JSON 文件）。")]
TheAnswer = Annotated[Path | None, typer.Option("--answer", help="把处理结果写成工作簿（.xlsx）。")]
Every = Annotated[bool, typer.Option("--all", help="列出全部问题，而不只是前 200 条。")]
By = Annotated[str | None, typer.Option("--as", help="办理账号。")]


def check(
    file: Path, item: TheItem, mapping: TheMapping = None, answer: TheAnswer = None, *, everything: Every = False,
    as_json: AsJson = False,
) -> None:  # fmt: skip
    """检查一份文件：哪些行会被退回、为什么。不保存任何内容。"""
    home = find_home()
    found, law = _in_force(item, home)
    today = read_clock(os.environ, is_production=read_mode(home, os.environ) == "production").today()
    read = _mapping(mapping, found)
    begun = time.monotonic()
    order = Order(today, None if everything else CARRIED)
    checked = queries.check_file(file, item=found, mapping=read, order=order)
    if isinstance(checked, UserFault):
        fail(Refusal(*checked))
    if answer:
        write_answer(answer, file, item=found, mapping=read, answer=checked, order=order, law=law)
    told = queries.receipt(checked) | {"item": item, "seconds": round(time.monotonic() - begun, 3)}
    _tell(told, checked, most=None if everything else CARRIED, as_json=as_json)


def submit(
    item: TheItem,
    department: Annotated[str, typer.Option(help="报送单位的统一社会信用代码。")],
    file: Annotated[Path | None, typer.Argument()] = None,
    mapping: TheMapping = None,
    answer: TheAnswer = None,
    by: By = None,
    *,
    correct: Annotated[
        bool, typer.Option("--correct", help="更正：同一记录内容不同的，以本次为准；须另有一人确认。")
    ] = False,
    second: Second = "",
    nil: Annotated[bool, typer.Option("--nil", help="零报告：本期没有产生该类信息。")] = False,
    everything: Every = False,
    as_json: AsJson = False,
) -> None:
    """报送一份文件：合格的行入库，其余退回并说明原因。"""
    begun = time.monotonic()
    if (file is None) != nil:
        raise typer.BadParameter("请给出文件，或者用 --nil 零报告（二者择一）。")
    with prepared_database() as database, database.connect("app") as connection:
        who = _reporter(connection, department, by=by, act="submit_nil" if nil else "submit")
        today, law = register_today(connection), current_book(connection)
        found = catalogue.find_item(connection, item, on=today)
        if found is None:
            fail(Refusal("F-131", f"目录中没有正在施行的“{item}”。", "请用 limu catalogue list 查看目录代码。"))
        if nil or file is None:
            done = actions.submit_nil(connection, officer=who[1], department=who[0].id, item=found, today=today)
            read = HeaderMapping()
        else:
            read = _remembered(connection, mapping, found, department=who[0].id)
            other = _second(connection, second, sender=who[1]) if correct else None
            intent: Intent = "correction" if correct else "report"
            sending = actions.Sending(who[1], who[0].id, found, file, read, intent)
            most = None if everything else CARRIED
            done = _send(connection, database, sending, department=who[0], law=law, most=most)
            _note_second(connection, done, second=other)
        if isinstance(done, Refusal):
            fail(done)
    if answer and file:
        order = Order(_today())
        told = _with_findings(done, file, found, read=read, order=order)
        write_answer(answer, file, item=found, mapping=read, answer=told, order=order, law=law)
    seconds = round(time.monotonic() - begun, 3)
    _tell(_receipt(done) | {"seconds": seconds}, done, most=None if everything else CARRIED, as_json=as_json)


def _second(connection: Connection, code: str, *, sender: Officer) -> Officer | None:
    """Who confirms a correction: another person of the same department; a demonstration may do without."""
    if not code:
        if needs_proof():
            fail(Refusal("F-134", "更正须由两人办理。", "请用 --second 写明确认的复核员账号，由其本人输入密码。"))
        return None
    found = second_officer(connection, code, act="confirm_correction")
    if found.department != sender.department:
        fail(NOT_THERE)
    if found.person == sender.person:
        fail(SAME_PERSON)
    return found


def _note_second(connection: Connection, done: Answer | Refusal, *, second: Officer | None) -> None:
    if second is None or isinstance(done, Refusal) or done.submission is None:
        return
    departments.enter(connection, department=second.department)
    note_second(connection, done.submission.id, department=second.department, second=second)
    # Committed: who confirmed. Its file is in already; sent again after a crash here, it is written then.
    connection.commit()


def _today() -> date:
    return read_clock(os.environ, is_production=read_mode(find_home(), os.environ) == "production").today()


def _with_findings(done: Answer, file: Path, item: Item, *, read: HeaderMapping, order: Order) -> Answer:
    """Look anew at a file sent again: of what was said of it, nothing was kept but the codes."""
    if not done.is_repeated:
        return done
    checked = queries.check_file(file, item=item, mapping=read, order=order)
    if isinstance(checked, UserFault):
        return done
    return replace(done, examples=checked.examples, repeated=checked.repeated)


def _send(
    connection: Connection, database: Database, sending: actions.Sending, *, department: Department, law: LawBook,
    most: int | None,
) -> Answer | Refusal:  # fmt: skip
    today = register_today(connection)
    connection.rollback()
    is_production = read_mode(database.home, os.environ) == "production"
    with progress() as bar:
        task = bar.add_task("入库", total=None)
        means = actions.Means(
            FileStore(database.home), entry_factory(department, sending.item, law=law, today=today),
            actions.fault_point(os.environ, is_production=is_production), lambda rows: bar.advance(task, rows),
        )  # fmt: skip
        order = Order(today, most, CHUNK_ROWS if is_production else int(os.environ.get("LIMU_CHUNK_ROWS", CHUNK_ROWS)))
        return actions.submit_file(connection, sending, order=order, means=means)


def _reporter(connection: Connection, uscc: str, *, by: str | None, act: str) -> tuple[Department, Officer]:
    department = departments.find_department(connection, uscc.strip().upper())
    if department is None:
        fail(NOT_THERE)
    officer = acting_officer(connection, code=by, department=department, act=act)
    if isinstance(officer, Refusal):
        fail(officer)
    if refusal := authorise(officer, act, department.id):
        fail(refusal)
    return department, officer


def _in_force(code: str, home: Home) -> tuple[Item, LawBook]:
    """The item and the law of this deployment today, a pack's newer versions included; where it is none, what ships."""
    found = law = None
    if os.environ.get("LIMU_DATABASE_URL") or home.secrets.is_file():
        with suppress(NotPreparedError), running_connection() as connection:
            found, law = catalogue.find_item(connection, code, on=register_today(connection)), current_book(connection)
    found = found or find_shipped_item(code)
    if found is None:
        fail(Refusal("F-131", f"目录中没有正在施行的“{code}”。", "请用 limu catalogue list 查看目录代码。"))
    return found, law or packaged_book(read_law_texts())


def _mapping(path: Path | None, item: Item) -> HeaderMapping:
    if path is None:
        return HeaderMapping()
    if not path.is_file():
        fail(Refusal("F-122", f"没有映射文件 {path}。", "请核对路径。"))
    read = parse_mapping(path.read_text("utf-8-sig"), fields=[one.code for one in item.fields])
    if isinstance(read, UserFault):
        fail(Refusal(*read))
    return read


def _remembered(connection: Connection, path: Path | None, item: Item, *, department: UUID) -> HeaderMapping:
    if path is not None:
        return _mapping(path, item)
    return actions.reading_of_mapping(connection, department=department, item=item.code)


def _receipt(done: Answer) -> dict[str, Any]:
    submission = done.submission
    assert submission
    return {
        "submission": str(submission.id), "state": submission.state, "item": submission.item,
        "department": submission.department_name, "officer": submission.officer_code, "intent": submission.intent,
        "received_at": submission.received_at.isoformat(), **queries.receipt(done),
    }  # fmt: skip


def _tell(told: dict[str, Any], answer: Answer, *, most: int | None, as_json: bool) -> None:
    if as_json:
        told["findings"] = told["findings"][:most]
        emit(told)
    else:
        shown = COUNT_LABELS if answer.submission else CHECK_LABELS
        counts = [(label, told[name]) for name, label in shown.items()]
        counted = [in_language(f"{label} {count} 行") for label, count in counts]
        out.print(in_language("，").join(counted), highlight=False)
        for finding in answer.findings[:50]:
            if finding.level == "refuse":
                out.print(finding.message, highlight=False, markup=False)
        err.print(f"用时 {told['seconds']} 秒。", highlight=False)
    if answer.counts.refused or answer.counts.conflict:
        raise typer.Exit(REFUSED)


@submission_app.command("list")
def list_all(by: By = None, most: Annotated[int, typer.Option()] = 50, *, as_json: AsJson = False) -> None:
    """列出本单位的报送批次；信用中心可见全部。"""
    with running_connection() as connection:
        officer = acting_officer(connection, code=by, department=None, act="read_submission")
        if isinstance(officer, Refusal):
            fail(officer)
        if refusal := authorise(officer, "read_submission", officer.department):
            fail(refusal)
        departments.enter(connection, department=officer.department, reach=reach_of(officer, "read_submission"))
        found = store.list_submissions(connection, most=most)
    if as_json:
        emit([_plain(one) for one in found])
        return
    table(
        ("批次", "事项", "状态", *(COUNT_LABELS[name] for name in LISTED)),
        [(one.id, one.item, batch_state(one), *(getattr(one.counts, name) for name in LISTED)) for one in found],
    )


@submission_app.command("show")
def show(submission: UUID, by: By = None, *, as_json: AsJson = False) -> None:
    """查看一个批次的回执。"""
    with running_connection() as connection:
        officer = acting_officer(connection, code=by, department=None, act="read_submission")
        if isinstance(officer, Refusal):
            fail(officer)
        departments.enter(connection, department=officer.department, reach=reach_of(officer, "read_submission"))
        found = store.find_submission(connection, submission)
        if found is None or authorise(officer, "read_submission", found.department):
            fail(NOT_THERE)
        told = _plain(found) | {"codes": store.codes_of(connection, submission)}
    if as_json:
        emit(told)
        return
    worded = told | _worded(found, told["codes"])
    table(("项目", "值"), [(label, worded[name]) for name, label in RECEIPT_LABELS.items()])


@submission_app.command("destroy-expired")
def destroy_expired(by: By = None, *, as_json: AsJson = False) -> None:
    """销毁超过保存期限（默认 30 天）的上传文件；哈希和回执保留。"""
    with prepared_database() as database, database.connect("app") as connection:
        officer = acting_officer(connection, code=by, department=None, act="destroy_uploads")
        if isinstance(officer, Refusal):
            fail(officer)
        days = actions.upload_days(os.environ)
        today = register_today(connection)
        destroyed = actions.destroy_expired(FileStore(database.home), officer=officer, today=today, days=days)
    if isinstance(destroyed, Refusal):
        fail(destroyed)
    if as_json:
        emit({"destroyed": destroyed})
    else:
        err.print(f"已销毁 {destroyed} 份文件。")


def _worded(one: Submission, codes: dict[str, int]) -> dict[str, str]:
    """What of a receipt a person reads otherwise than a program."""
    instants = {
        name: f"{at.astimezone(SHANGHAI):%Y-%m-%d %H:%M:%S}" if at else ""
        for name, at in (("received_at", one.received_at), ("done_at", one.done_at))
    }
    counted = in_language("，").join(in_language(f"{label} {count} 行") for label, count in codes.items())
    return {"intent": INTENTS[one.intent], "state": batch_state(one), "codes": counted} | instants


def _plain(one: Submission) -> dict[str, Any]:
    return {
        "submission": str(one.id), "department": one.department_name, "officer": one.officer_code, "item": one.item,
        "intent": one.intent, "state": one.state, "file_hash": one.file_hash.hex(),
        "rows": one.rows,  # of the file; the counts are acts
        **{name: getattr(one.counts, name) for name in Counts.__dataclass_fields__},
        "received_at": one.received_at, "done_at": one.done_at,
    }  # fmt: skip


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command("check")(check)
    app.command("submit")(submit)
    app.add_typer(submission_app, name="submission")
