"""What is wrong now (运行总览): everything that was looked at, with its number, its light and the way to its rows."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any, Final, Literal

from psycopg import Connection

from limu.access.store_question import unanswered
from limu.front import store_watch as store
from limu.intake import store_tally
from limu.intake.queries_tasks import Task
from limu.law.book import LawBook
from limu.law.rule import Rule
from limu.linking.store_review import oldest
from limu.record.event import EVENT_LABELS
from limu.wire.clock import SHANGHAI, midnight, register_now
from limu.wire.lawbook import calendar_under, current_book

Light = Literal["overdue", "near", "normal"]
SOON: Final = timedelta(days=7)
LAW_SOON: Final = timedelta(days=60)
OLD_LINK: Final = 7
SILENT_SECONDS: Final = 300
FULL: Final = store.MOST
COUNTED: Final = 1000
"""Waiting rows are counted up to here: a queue of a million is not walked for a number."""


@dataclass(frozen=True, slots=True)
class Watch:
    """One thing that was looked at: how many, how bad, what to know, and where its rows are."""

    key: str
    title: str
    number: int
    light: Light
    told: str
    to: str
    parts: tuple[tuple[str, str], ...] = ()

    @property
    def is_well(self) -> bool:
        """Whether nothing needs doing."""
        return self.light == "normal"

    @property
    def shown(self) -> str:
        """The number; a list that is cut says so."""
        most = {"waiting": COUNTED, "refused": 0}.get(self.key, FULL)
        return f"{most}+" if most and self.number > most - (most == FULL) else str(self.number)


@dataclass(frozen=True, slots=True)
class Sheet:
    """The rows behind a number."""

    title: str
    why: str
    heads: tuple[str, ...]
    rows: tuple[tuple[tuple[str, str], ...], ...]
    """Each cell with the address it leads to, or none."""


@dataclass(frozen=True, slots=True)
class _Look:
    """Where and on which day to look; a page that has the law book at hand lends it."""

    connection: Connection[Any]
    today: date
    book: LawBook | None = None

    @property
    def law(self) -> LawBook:
        return current_book(self.connection) if self.book is None else self.book


def watches(
    connection: Connection[Any], *, today: date, may: Callable[[str], bool], words: Callable[[str], str],
    book: LawBook, filed: Sequence[Task] = (),
) -> tuple[Watch, ...]:  # fmt: skip
    """Look at everything that this officer may see, the worst first; by the book that the page has at hand."""
    found: list[Watch] = []
    if may("read_collection"):
        found += _collection(filed)
    if may("judge_link"):
        found += _matching(connection)
    if may("read_problems"):
        found.append(_refused(connection, today, words))
    if may("read_running"):
        look = _Look(connection, today, book)
        found += [_counted(look, key) for key in SHEETS]
    if may("answer_reading"):
        found.append(_questions(connection))
    order = {"overdue": 0, "near": 1, "normal": 2}
    return tuple(sorted(found, key=lambda one: order[one.light]))


def _collection(filed: Sequence[Task]) -> list[Watch]:
    open_ones = [task.standing for task in filed if not task.standing.filed]
    late = [one for one in open_ones if one.light == "overdue"]
    near = sum(one.light == "near" for one in open_ones)
    worst = max((one.days for one in late), default=0)
    return [
        Watch(
            "overdue", "逾期未报", len(late), "overdue" if late else "normal",
            f"最久逾期 {worst} 个工作日" if late else "没有单位逾期", "/ops/collection?light=overdue",
        ),
        Watch(
            "near", "临期未报", near, "near" if near else "normal", "两个工作日内到期" if near else "没有临期的",
            "/ops/collection?light=near",
        ),
    ]  # fmt: skip


def _questions(connection: Connection[Any]) -> Watch:
    number, since = unanswered(connection)
    asked_on = since.astimezone(SHANGHAI).date() if since else None
    told = f"最早 {asked_on} 提出" if asked_on else "没有等待答复的疑问"
    return Watch("questions", "查询疑问待答复", number, "near" if number else "normal", told, "/ops/readings")


def _matching(connection: Connection[Any]) -> list[Watch]:
    rows, first, wishes = oldest(connection)
    days = (register_now(connection) - first).days if first else 0
    light: Light = "overdue" if days > OLD_LINK else "near" if rows else "normal"
    old = ((f"超过 {OLD_LINK} 天的", f"/ops/matching?days={OLD_LINK}"),) if days > OLD_LINK else ()
    waited = f"最早一行已等待 {days} 天" if days else "都是今天收到的"
    told = waited if rows else "没有待关联的行"
    return [
        Watch("waiting", "待关联", rows, light, told, "/ops/matching", old),
        Watch(
            "wishes", "关联等待另一人确认", wishes, "near" if wishes else "normal",
            "有风险的判定须两人" if wishes else "没有等待确认的判定", "/ops/matching?wished=1",
        ),
    ]  # fmt: skip


def _refused(connection: Connection[Any], today: date, words: Callable[[str], str]) -> Watch:
    rows = store_tally.refused_on(connection, since=midnight(today), most=FULL)
    total = sum(row["rows"] for row in rows)
    parts = tuple(
        (f"{words(code)} {count} 次", f"/ops/problems?since={today}&rule={code}")
        for code, count in ((row["code"], row["rows"]) for row in rows[:3])
    )
    told = "今天各单位报送中退回的，按规则" if total else "今天没有退回"
    return Watch(
        "refused", "今日退回", total, "near" if total else "normal", told, f"/ops/problems?since={today}", parts
    )


def _counted(look: _Look, key: str) -> Watch:
    maker = SHEETS[key]
    sheet = maker.make(look)
    is_well = maker.is_well(sheet)
    number = len(sheet.rows)
    return Watch(
        key, sheet.title, number, "normal" if is_well else maker.light, maker.well if is_well else sheet.why,
        f"/ops/rows/{key}",
    )  # fmt: skip


def sheet_of(connection: Connection[Any], key: str, *, today: date) -> Sheet | None:
    """The rows behind a number of the first page; None where there is no such number."""
    if key not in SHEETS:
        return None
    sheet = SHEETS[key].make(_Look(connection, today))
    return replace(sheet, why=SHEETS[key].well) if SHEETS[key].is_well(sheet) else sheet


@dataclass(frozen=True, slots=True)
class _Maker:
    make: Callable[[_Look], Sheet]
    light: Light
    well: str
    is_well: Callable[[Sheet], bool] = lambda sheet: not sheet.rows


def _cells(*cells: object) -> tuple[tuple[str, str], ...]:
    return tuple((_said(cell), "") for cell in cells)


def _said(cell: object) -> str:
    if isinstance(cell, datetime):
        return f"{cell.astimezone(SHANGHAI):%Y-%m-%d %H:%M}"
    return "—" if cell in (None, "") else str(cell)


def _batches(title: str, why: str, rows: Sequence[Mapping[str, Any]]) -> Sheet:
    heads = ("单位", "事项", "收到", "已收行数", "已完成的段")
    told = (_cells(r["department"], r["item"], r["received_at"], r["received"], r["chunks_done"]) for r in rows)
    return Sheet(title, why, heads, tuple(told))


def _stuck(look: _Look) -> Sheet:
    return _batches("批次停滞", "入库超过 10 分钟没有完成；请查看后台是否在运行", store.stuck_batches(look.connection))


def _failed(look: _Look) -> Sheet:
    return _batches(
        "批次未能读取", "七天内未能读取的文件；请联系报送单位重新导出",
        store.failed_batches(look.connection, since=look.today - SOON),
    )  # fmt: skip


def _ending(look: _Look) -> Sheet:
    rows = tuple(
        (
            (_said(r["document_number"] or "（无文号）"), f"/r/{r['id']}"), (r["subject"], ""), (r["item"], ""),
            (r["department"], ""), (str(r["shown_until"] - timedelta(days=1)), ""),
        )
        for r in store.ending(look.connection, after=look.today, until=look.today + SOON)
    )  # fmt: skip
    return Sheet(
        "七天内到期停止公示", "到期自动停止公示，无需办理", ("文号", "主体", "事项", "单位", "公示的最后一天"), rows
    )


def _removals(look: _Look) -> Sheet:
    rows = tuple(
        _cells(r["department"], "一条记录" if r["is_record"] else "一个批次", r["asked_at"])
        for r in store.removals(look.connection)
    )
    return Sheet("撤销等待第二人", "由报送单位另一名复核员确认", ("单位", "撤销", "申请时间"), rows)


def _unplaced(look: _Look) -> Sheet:
    rows = tuple(
        _cells(EVENT_LABELS.get(r["kind"], r["kind"]), r["department"], r["recorded_at"])
        for r in store.unplaced(look.connection)
    )
    return Sheet("日志排号滞后", "事件超过一分钟没有排入公开日志", ("事件", "单位", "发生"), rows)


def _reactions(look: _Look) -> Sheet:
    rows = tuple(
        _cells(r["kind"], r["created_at"], r["attempts"], r["failure"])
        for r in store.failing_reactions(look.connection)
    )
    return Sheet("后续办理失败", "提交之后的办理没有成功，会再试", ("办理", "产生", "已试", "原因"), rows)


def _workers(look: _Look) -> Sheet:
    rows = tuple(
        _cells(r["worker"], r["started_at"], r["seen_at"], "运行中" if r["silent"] <= SILENT_SECONDS else "没有应答")
        for r in store.workers(look.connection)
    )
    return Sheet("后台", "没有后台在运行：大文件不会入库，日志不会排号", ("后台", "启动", "最近应答", "状态"), rows)


def _works(sheet: Sheet) -> bool:
    return any(row[-1][0] == "运行中" for row in sheet.rows)


def _law(look: _Look) -> Sheet:
    book, today = look.law, look.today
    rules: tuple[Rule, ...] = (*book.term_table(), *book.withheld_table(), *book.lists(), *book.measures())
    rows = tuple(
        ((one.key, ""), ("、".join(one.citations), ""), (str(one.until_on), ""))
        for one in rules
        if one.until_on is not None and today <= one.until_on <= today + LAW_SOON
    )
    return Sheet("规则即将失效", "六十天内失效，请更新法规包", ("规则", "依据", "失效日"), rows)


def _calendar(look: _Look) -> Sheet:
    known = calendar_under(look.connection, look.law).known_years
    wanted = {look.today.year, (look.today + LAW_SOON).year}
    rows = tuple(_cells(f"{year} 年", "调休安排尚未导入，期限按周一至周五暂算") for year in sorted(wanted - set(known)))
    return Sheet("工作日历", "国务院办公厅公布调休安排后请导入", ("年份", "现状"), rows)


SHEETS: Final[Mapping[str, _Maker]] = {
    "stuck": _Maker(_stuck, "overdue", "没有停滞的批次"),
    "failed": _Maker(_failed, "near", "七天内的文件都能读取"),
    "removals": _Maker(_removals, "near", "没有等待确认的撤销"),
    "ending": _Maker(_ending, "normal", "七天内没有到期的"),
    "unplaced": _Maker(_unplaced, "overdue", "事件都已排入公开日志"),
    "reactions": _Maker(_reactions, "overdue", "提交之后的办理都已完成"),
    "workers": _Maker(_workers, "overdue", "后台在运行", _works),
    "law": _Maker(_law, "near", "六十天内没有规则失效"),
    "calendar": _Maker(_calendar, "near", "今后六十天的调休安排都已导入"),
}
