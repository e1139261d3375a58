"""校验规则: every check with its citation and how often it fired, and a bench on which nothing is stored."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse

from limu.access.actions import read_traced
from limu.catalogue.queries_pages import LEVELS
from limu.catalogue.store import all_items, find_item
from limu.check.declare import Check
from limu.check.judge import CHECKS
from limu.department.rules import Refusal
from limu.department.store import all_departments
from limu.intake import queries, store, store_tally, store_watch
from limu.intake.actions import stored_hash
from limu.intake.actions_desk import opened
from limu.intake.rules import Answer, Order, Told, UserFault
from limu.intake.rules_mapping import HeaderMapping
from limu.law.book import LawBook
from limu.page.paging import cut
from limu.page.signed import Desk, officer_page, show
from limu.record.item import Item
from limu.wire.aside import aside
from limu.wire.files import FileStore
from limu.wire.home import find_home
from limu.wire.lawbook import current_book

DAYS = 30
MOST_BYTES = 2_000_000
MOST_SHOWN = 200
NO_ITEM = Refusal("J-101", "没有选择条目。", "请先选择按哪一个条目的规则试运行。")
NO_ROWS = Refusal("J-102", "没有可以试运行的数据。", "请粘贴带表头的数据，或选择文件，或选择一个已有批次。")
TOO_BIG = Refusal("J-103", "试运行的文件超过 2 MB。", "请截取其中一部分；整份文件请由报送单位在上传页预检。")
GONE = Refusal("J-104", "该批次的原文件已按期销毁，不能再试运行。", "请选择较新的批次，或粘贴数据。")


@officer_page("read_catalogue")
def checks(request: HttpRequest, desk: Desk) -> HttpResponse:
    """List the checks in the order in which a row's findings are told, each with its last thirty days."""
    asked, level = request.GET.get("q", "").strip(), request.GET.get("level", "")
    pages = cut(request, [one for one in CHECKS if _fits(one, asked, level)])
    fired = store_tally.fired_since(desk.connection, desk.today - timedelta(days=DAYS))
    names = {item.code: item.name for item in all_items(desk.connection, on=desk.today)}
    book = current_book(desk.connection)
    rows = [
        (
            one, _based(book, one.citation), sum(count for _, count in fired.get(one.code, ())),
            [(names.get(item, item), count) for item, count in fired.get(one.code, ())],
        )
        for one in pages.rows
    ]  # fmt: skip
    return show(
        request, desk, "front/ops_checks.html", rows=rows, asked=asked, count=len(CHECKS), level=level,
        may_try=desk.may("try_checks"), pages=pages,
    )  # fmt: skip


def _based(book: LawBook, citation: str) -> tuple[str, str]:
    """The article in words, and the page of its instrument; a citation that is no key is words already."""
    return (book.cite(citation), f"/law/{citation.partition('/')[0]}") if book.article(citation) else (citation, "")


def _fits(one: Check, asked: str, level: str) -> bool:
    is_named = asked in one.code or asked in one.wrong or asked in one.citation
    return is_named and level in ("", one.level)


@officer_page("try_checks")
def bench(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Try the checks on rows pasted, uploaded or of an earlier batch; nothing of it is stored."""
    items = all_items(desk.connection, on=desk.today)
    code = request.POST.get("item") or request.GET.get("item", "")
    item = find_item(desk.connection, code, on=desk.today) if code else None
    found = _tried(request, desk, item) if request.method == "POST" else None
    is_refused = isinstance(found, Refusal)
    departments = {one.id: one.short_name for one in all_departments(desk.connection)}
    batches = store_watch.recent_of_item(desk.connection, code) if item else ()
    return show(
        request, desk, "front/ops_bench.html", status=422 if is_refused else 200, items=items, item=item,
        batches=[(one, departments.get(one.department, "")) for one in batches],
        refusal=found if is_refused else None, answer=None if is_refused else found,
        findings=_told(desk, found), typed=request.POST,
        levels=LEVELS,
    )  # fmt: skip


def _told(desk: Desk, found: Answer | Refusal | None) -> list[tuple[Told, str]]:
    """The findings of a trial, each with its article in words."""
    if not isinstance(found, Answer):
        return []
    book = current_book(desk.connection)
    return [(one, _based(book, one.citation)[0]) for one in found.findings[:MOST_SHOWN]]


def _tried(request: HttpRequest, desk: Desk, item: Item | None) -> Answer | Refusal:
    if item is None:
        return NO_ITEM
    order = Order(desk.today, MOST_SHOWN)
    if batch := request.POST.get("batch"):
        return _on_batch(desk, item, batch, order=order)
    file, pasted = request.FILES.get("file"), request.POST.get("rows", "").strip()
    if file is None and not pasted:
        return NO_ROWS
    content = file.read(MOST_BYTES + 1) if file else pasted.encode()
    if len(content) > MOST_BYTES:
        return TOO_BIG
    with _lent(content, file.name or "" if file else "rows.csv") as path:
        return _checked(path, item, HeaderMapping(), order=order)


def _on_batch(desk: Desk, item: Item, batch: str, *, order: Order) -> Answer | Refusal:
    try:
        one = store.find_submission(desk.connection, UUID(batch))
    except ValueError:
        one = None
    if one is None or one.item != item.code:
        raise Http404
    refused = read_traced(
        aside, desk.connection, officer=desk.officer, act=desk.act, purpose="rule_trial",
        scope=f"rows of batch {one.id}",
    )  # fmt: skip
    if refused:
        raise Http404
    mapping = store.remembered_mapping(desk.connection, department=one.department, item=one.item)
    with opened(FileStore(find_home()), stored_hash(one), "batch") as path:
        return GONE if path is None else _checked(path, item, mapping or HeaderMapping(), order=order)


def _checked(path: Path, item: Item, mapping: HeaderMapping, *, order: Order) -> Answer | Refusal:
    done = queries.check_file(path, item=item, mapping=mapping, order=order)
    return Refusal(done.code, done.message, done.cure) if isinstance(done, UserFault) else done


@contextmanager
def _lent(content: bytes, name: str) -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="limu-bench-") as folder:
        path = Path(folder) / f"rows{Path(name).suffix.lower()[:8]}"
        path.write_bytes(content)
        yield path
