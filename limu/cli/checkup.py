"""`limu checkup`: which records of an existing site should not be there, before anything is installed."""

import os
from collections import Counter
from contextlib import suppress
from pathlib import Path
from typing import Annotated, Any

import psycopg
import typer
import xlsxwriter

from limu.catalogue.queries import find_shipped_item
from limu.checkup.rules import RULES, Fault
from limu.cli.frame import NotPreparedError, emit, err, fail, running_connection, say, table
from limu.department.rules import Refusal
from limu.front.queries_checkup import Checkup, Measure, check_up
from limu.intake.rules import UserFault
from limu.intake.rules_mapping import HeaderMapping, parse_mapping
from limu.law.book import LawBook, packaged_book
from limu.wire.clock import read_clock
from limu.wire.database import NoDatabaseError, is_made
from limu.wire.home import find_home
from limu.wire.lawbook import current_book
from limu.wire.statutes import read_law_texts

HEADS = ("文件", "行", "主体", "文书号", "规则", "问题", "说明", "依据", "处理")
MOST = 50
UNCONFIRMED = "按随附的法规文本判断；其中未经本地两人核对的规则，请以官方文本为准。"


def checkup(
    path: Annotated[Path, typer.Argument(exists=True, help="导出的文件、保存的网页，或者装有它们的文件夹。")],
    item: Annotated[str, typer.Option("--item", help="目录代码，如 penalty、serious_list。")] = "penalty",
    region: Annotated[str, typer.Option(help="公示机关所在地的行政区划代码。")] = "000000",
    mapping: Annotated[Path | None, typer.Option("--mapping", help="表头映射（JSON 文件）。")] = None,
    out: Annotated[Path | None, typer.Option("--out", help="把结果写成工作簿（.xlsx）。")] = None,
    *,
    as_json: Annotated[bool, typer.Option("--json")] = False,
) -> None:
    """体检：现有网站今天公示的信息，哪些不应当再公示，为什么，怎么办。不保存任何内容。"""
    found = find_shipped_item(item)
    if found is None:
        fail(Refusal("F-131", f"目录中没有“{item}”。", "请用 limu catalogue list 查看目录代码。"))
    read = HeaderMapping()
    if mapping:
        parsed = parse_mapping(mapping.read_text("utf-8"), fields=[one.code for one in found.fields])
        if isinstance(parsed, UserFault):
            fail(Refusal(*parsed))
        read = parsed
    law, is_own = _law()
    today = read_clock(os.environ, is_production=False).today()
    done = check_up(path, Measure(found, read, law, region, today))
    if out:
        _write(out, done)
    if as_json:
        emit(_plain(done) | {"as_of": today, "law_confirmed_here": is_own})
    else:
        _tell(done, is_own=is_own)


def _law() -> tuple[LawBook, bool]:
    """The deployment's law where there is one; else the shipped texts, read as if confirmed, and that is said."""
    # Whoever checks a site before anything is installed has no database, and is not given one.
    if is_made(find_home()):
        with suppress(NotPreparedError, NoDatabaseError, psycopg.OperationalError), running_connection() as connection:
            return current_book(connection), True
    texts = read_law_texts()
    keys = frozenset(one.key for one in packaged_book(texts).rules())
    return packaged_book(texts, confirmations=keys), False


def _plain(done: Checkup) -> dict[str, Any]:
    return {
        "rows": done.rows,
        "rows_that_should_not_be_there": done.faulty,
        "rules": Counter(fault.code for fault in done.faults),
        "faults": [
            {"file": one.file, "row": one.row, "party": one.party, "document": one.document, "code": one.code,
             "problem": one.rule.title, "detail": one.detail, "law": one.law, "cure": one.rule.cure}
            for one in done.faults
        ],
        "not_judged": done.absent,
        "unread": [{"file": name, "code": why.code, "message": why.message} for name, why in done.unread],
    }  # fmt: skip


def _tell(done: Checkup, *, is_own: bool) -> None:
    say(f"看了 {done.rows} 条，有 {done.faulty} 条今天不应当这样公示。")
    counts = Counter(fault.code for fault in done.faults)
    rows = [(code, RULES[code].title, count, RULES[code].cure) for code, count in counts.most_common()]
    if rows:
        table(("规则", "问题", "条数", "处理"), rows)
        table(HEADS[:7], [_row(fault)[:7] for fault in done.faults[:MOST]])
    if len(done.faults) > MOST:
        say(f"只列出前 {MOST} 处；全部见 --out 工作簿或者 --json。")
    for name, labels in done.absent.items():
        err.print(f"{name}：没有这些列，未判断是否缺少：{'、'.join(dict.fromkeys(labels))}。", highlight=False)
    for name, why in done.unread:
        err.print(f"{name}：{why.message}{why.cure}", highlight=False)
    if not is_own:
        say(UNCONFIRMED)


def _row(fault: Fault) -> tuple[Any, ...]:
    return (fault.file, fault.row, fault.party, fault.document, fault.code, fault.rule.title, fault.detail, fault.law,
            fault.rule.cure)  # fmt: skip


def _write(out: Path, done: Checkup) -> None:
    with xlsxwriter.Workbook(str(out), {"strings_to_formulas": False, "strings_to_urls": False}) as book:
        bold = book.add_format({"bold": True, "bg_color": "#E8EEF4"})
        summary = book.add_worksheet("汇总")
        summary.set_column(0, 3, 28)
        summary.write_row(0, 0, (f"看了 {done.rows} 条，有 {done.faulty} 条今天不应当这样公示。",))
        summary.write_row(1, 0, ("规则", "问题", "条数", "处理"), bold)
        counts = Counter(fault.code for fault in done.faults)
        for at, (code, count) in enumerate(counts.most_common(), start=2):
            summary.write_row(at, 0, (code, RULES[code].title, count, RULES[code].cure))
        sheet = book.add_worksheet("逐条")
        sheet.set_column(0, len(HEADS) - 1, 22)
        sheet.write_row(0, 0, HEADS, bold)
        for at, fault in enumerate(done.faults, start=1):
            sheet.write_row(at, 0, _row(fault))
        sheet.freeze_panes(1, 0)


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("checkup")(checkup)
