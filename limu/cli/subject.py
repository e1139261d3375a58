"""`limu subject`: what the public may see of one subject, or, with a ticket, its whole history."""

from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

import typer

from limu.access.actions import open_ticket
from limu.access.rules import Purpose
from limu.access.store import spend_ticket
from limu.cli.frame import emit, fail, out, prepared_database, table, usage
from limu.department import actions as departments
from limu.department.rules import Refusal, reach_of
from limu.department.store import enter
from limu.publication import queries
from limu.subject.queries import find_subject
from limu.terms.uscc import clean_uscc
from limu.wire.database import Connection, Database

PAGE = 500


def show_subject(
    uscc: str,
    as_of: Annotated[str, typer.Option(help="只列出截至该日已经公示的记录（YYYY-MM-DD）。")] = "",
    known_at: Annotated[str, typer.Option(help="只列出截至该时刻已经入库的记录（ISO 8601）。")] = "",
    by: Annotated[str, typer.Option("--as", help="以该账号查询全部历史；须同时写明 --purpose。")] = "",
    purpose: Annotated[str, typer.Option(help="查询目的：deciding_body、matching_review、audit。")] = "",
    *,
    as_json: Annotated[bool, typer.Option("--json")] = False,
) -> None:
    """查看一个主体的公示信息；能否公示一律按今天判断。"""
    times = _times(as_of, known_at)
    with prepared_database() as database, database.connect("web") as connection:
        subject = find_subject(connection, clean_uscc(uscc))
        if subject is None:
            fail(
                Refusal(
                    "S-404",
                    f"登记库中没有统一社会信用代码 {clean_uscc(uscc)}。",
                    "请核对代码，或用 limu search 按名称查找。",
                )
            )
        if by:
            emit(_history(database, by=by, purpose=purpose, subject=subject.id))
            return
        records = _all_records(connection, subject.id, times)
        today = queries.register_version(connection).today
    if as_json:
        emit({"today": today, "subject": subject, "records": records})
        return
    out.print(f"[bold]{subject.name}[/bold]  {subject.uscc}  截至 {today}", highlight=False)
    if not records:
        out.print("今天没有公示的记录。")
        return
    table(
        ("项目", "文号", "机关", "认定日期", "公示期", "依据"),
        [_line(record) for record in records],
    )


def _times(as_of: str, known_at: str) -> dict[str, date | datetime | None]:
    try:
        return {
            "as_of": date.fromisoformat(as_of) if as_of else None,
            "known_at": datetime.fromisoformat(known_at) if known_at else None,
        }
    except ValueError:
        usage("时间读不出来。日期请写成 2026-07-01，时刻请写成 2026-07-01T08:00:00+08:00。")


def _line(record: queries.PublicRecord) -> tuple[object, ...]:
    term = f"{record.shown_from} 至 {record.shown_until}（不含）"
    return record.item, record.document_number, record.authority, record.decided_on, term, record.citation


def _all_records(connection: Connection, subject: UUID, times: dict[str, Any]) -> list[queries.PublicRecord]:
    records: list[queries.PublicRecord] = []
    after: str | None = None
    while True:
        page = queries.public_records_of(connection, subject, limit=PAGE, after=after, **times)
        records += page.records
        after = page.after
        if after is None:
            return records


def _history(database: Database, *, by: str, purpose: str, subject: UUID) -> object:
    """Read every state ever held: the ticket is committed on a connection of its own before a row is read."""
    with database.connect("app") as connection:
        officer = departments.acting_officer(connection, code=by, department=None, act="read_history")
    if isinstance(officer, Refusal):
        fail(officer)
    stated: Purpose = purpose  # type: ignore[assignment] # open_ticket refuses a word that is no purpose
    ticket = open_ticket(
        lambda: database.connect("app"), officer=officer, purpose=stated, subject=subject, scope="history"
    )
    if isinstance(ticket, Refusal):
        fail(ticket)
    with database.connect("app") as connection:
        spend_ticket(connection, ticket)
        enter(connection, department=officer.department, reach=reach_of(officer, "read_history"))
        return queries.history_of(connection, subject)


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("subject")(show_subject)
