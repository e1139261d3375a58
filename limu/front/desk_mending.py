"""问题数据, row by row: mend in place, ask to set a row aside, or state a correction; and the centre's decision."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect

from limu.catalogue.store import all_items, find_item
from limu.department.rules import Refusal
from limu.front.desk_batches import _number, _own, rule_words
from limu.intake import actions_mending as mending
from limu.intake import store_mending
from limu.intake.actions import Means
from limu.intake.desk import EntryFactory, own_department
from limu.intake.queries_row import judge_row
from limu.intake.rules import Order, Submission, UserFault
from limu.intake.rules_mending import CORRECTION_KINDS, OTHER_RECORD, WAIVER_REASONS, RowStanding, cells_of, filled
from limu.page.paging import PAGE, paged, place_of
from limu.page.signed import Desk, officer_page, show
from limu.publication.queries_desk import public_texts
from limu.record.item import Item
from limu.wire.database import connect
from limu.wire.files import FileStore
from limu.wire.home import find_home
from limu.wire.lawbook import current_book


@officer_page("read_batches")
def rows(request: HttpRequest, desk: Desk, batch: UUID) -> HttpResponse:
    """List the rows of a batch that were turned away, each with what has become of it."""
    one = _own(desk, batch)
    found = store_mending.rows_of(
        desk.connection, batch, after=_number(request.GET.get("after", "")), limit=PAGE
    )  # fmt: skip
    told = [(row, [(code, *rule_words(code)) for code in row.codes]) for row in found[:PAGE]]
    return show(
        request, desk, "front/dept_problem_rows.html", batch=one, rows=told, may_mend=desk.may("mend_row"),
        item=find_item(desk.connection, one.item, on=desk.today),
        more=found[PAGE - 1].row if len(found) > PAGE else 0,
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Row:
    """One row on the page: the batch, the item, how it stands, its texts where they may be told."""

    batch: Submission
    item: Item
    standing: RowStanding
    texts: dict[str, str] | UserFault


def row_page(entry_factory: EntryFactory) -> Callable[..., HttpResponse]:
    """Make the page on which one row is mended."""

    @officer_page("mend_row")
    def page(request: HttpRequest, desk: Desk, *, batch: UUID, row: int) -> HttpResponse:
        """Show a row as a form made from the catalogue item; take it mended, set aside, or as a correction."""
        one = _row(desk, batch, row)
        if request.method != "POST" or mending.why_not_open(one.standing):
            return _show(request, desk, one, texts=None)
        act = request.POST.get("act", "mend")
        if act == "waive":
            return _waive(request, desk, one)
        if isinstance(one.texts, UserFault):
            return _show(request, desk, one, texts=None, refusal=one.texts)
        posted = {name: str(text) for name, text in request.POST.items()}
        texts = filled(one.item, posted, carried=one.texts)
        if act == "correct":
            return _correct(request, desk, one, texts=texts)
        return _mend(request, desk, one, texts=texts, entry_factory=entry_factory)

    return page


def _row(desk: Desk, batch: UUID, row: int) -> _Row:
    one = _own(desk, batch)
    standing = store_mending.find_row(desk.connection, batch, row=row)
    item = find_item(desk.connection, one.item, on=desk.today)
    if standing is None or item is None:
        raise Http404
    fault = mending.why_not_open(standing)
    texts = fault or mending.texts_of_row(FileStore(find_home()), desk.connection, one, item=item, row=row)
    return _Row(one, item, standing, texts)


def _show(
    request: HttpRequest, desk: Desk, one: _Row, *, texts: Mapping[str, str] | None,
    refusal: Refusal | UserFault | None = None, record: UUID | None = None,
) -> HttpResponse:  # fmt: skip
    said = texts if texts is not None else None if isinstance(one.texts, UserFault) else one.texts
    judged = None if said is None else judge_row(said, item=one.item, today=desk.today, row=one.standing.row)
    told = () if judged is None else judged.told
    is_person = judged is not None and judged.is_person
    if record is None and said is not None and "conflict" in one.standing.verdicts:
        record = mending.record_in_conflict(
            desk.connection, said, department=desk.officer.department, item=one.item, today=desk.today
        )
    before = public_texts(desk.connection, record) if record else None
    # What was typed about a person is not told back (persons stop at the gate).
    cells = [] if said is None else cells_of(one.item, {} if is_person else said, told=told, before=before)
    fault = one.texts if isinstance(one.texts, UserFault) and said is None else None
    return show(
        request, desk, "front/dept_problem_row.html", status=422 if refusal else 200, one=one, cells=cells,
        refusal=refusal, fault=fault, record=record, has_before=bool(before), kinds=CORRECTION_KINDS,
        reasons=WAIVER_REASONS, codes=[(code, *rule_words(code)) for code in one.standing.codes],
        told=[] if is_person else [told for told in told if told.level == "refuse"], post=request.POST,
    )  # fmt: skip


def _waive(request: HttpRequest, desk: Desk, one: _Row) -> HttpResponse:
    said = (request.POST.get("reason_code", ""), request.POST.get("waiver_reason", ""))
    made = mending.ask_waiver(desk.connection, one.standing, batch=one.batch, officer=desk.officer, said=said)
    if isinstance(made, Refusal):
        return _show(request, desk, one, texts=None, refusal=made)
    messages.success(request, f"第 {one.standing.row} 行已申请忽略，由信用中心决定；忽略的行计入质效评估。")
    return HttpResponseRedirect(f"/dept/problems/{one.batch.id}")


def _mend(
    request: HttpRequest, desk: Desk, one: _Row, *, texts: dict[str, str], entry_factory: EntryFactory
) -> HttpResponse:
    department, law = own_department(desk.connection, desk.officer), current_book(desk.connection)
    means = Means(FileStore(find_home()), entry_factory(department, one.item, law=law, today=desk.today))
    with connect("app") as connection:
        made = mending.mend_row(
            connection, one.batch, texts, row=one.standing.row, sender=desk.officer, item=one.item,
            order=Order(desk.today, None), means=means,
        )  # fmt: skip
    if isinstance(made, Refusal):
        return _show(request, desk, one, texts=texts, refusal=made)
    if isinstance(made, mending.Faulty):
        return _show(request, desk, one, texts=texts, refusal=made.fault or _still(made), record=made.record)
    messages.success(request, f"第 {one.standing.row} 行已修改入库。")
    return HttpResponseRedirect(f"/dept/problems/{one.batch.id}")


def _still(faulty: mending.Faulty) -> UserFault:
    count = sum(told.level == "refuse" for told in faulty.told)
    return UserFault("F-161", f"还有 {count} 处需要修改。", "请按标红的各项改好后再提交。")


def _correct(request: HttpRequest, desk: Desk, one: _Row, *, texts: dict[str, str]) -> HttpResponse:
    record = mending.record_in_conflict(
        desk.connection, texts, department=desk.officer.department, item=one.item, today=desk.today
    )
    if record is None or not desk.may("ask_correction"):
        return _show(request, desk, one, texts=texts, refusal=OTHER_RECORD)
    post = request.POST
    made = mending.ask_correction(
        desk.connection, FileStore(find_home()), texts, record=record, item=one.item, officer=desk.officer,
        said=(post.get("kind", ""), post.get("reason", ""), post.get("citation", "")), today=desk.today,
    )  # fmt: skip
    if isinstance(made, Refusal):
        return _show(request, desk, one, texts=texts, refusal=made)
    if isinstance(made, mending.Faulty):
        return _show(request, desk, one, texts=texts, refusal=made.fault or _still(made), record=record)
    messages.success(request, "更正申请已提交，由本单位另一名复核员确认后生效。")
    return HttpResponseRedirect(f"/dept/problems/{one.batch.id}")


@officer_page("decide_waiver")
def waivers(request: HttpRequest, desk: Desk) -> HttpResponse:
    """List what departments asked to set aside, and what was decided."""
    is_open = request.GET.get("state") != "decided"
    place = place_of(request)
    found = store_mending.waivers(desk.connection, is_open=is_open, limit=place.limit, skip=place.skip)
    names, pages = _item_names(desk), paged(request, found, place)
    return show(
        request, desk, "front/ops_waivers.html", is_open=is_open, pages=pages,
        rows=[(one, names.get(one.item, one.item), WAIVER_REASONS[one.reason_code]) for one in pages.rows],
    )  # fmt: skip


def _item_names(desk: Desk) -> dict[str, str]:
    return {item.code: item.name for item in all_items(desk.connection, on=desk.today)}


@officer_page("decide_waiver")
def waiver_page(request: HttpRequest, desk: Desk, waiver: UUID) -> HttpResponse:
    """Decide on a wish to set a row aside, or take back what was granted."""
    one = store_mending.find_waiver(desk.connection, waiver)
    if one is None:
        raise Http404
    values: dict[str, Any] = {
        "reason": WAIVER_REASONS[one.reason_code], "name": _item_names(desk).get(one.item, one.item),
        "codes": [(code, *rule_words(code)) for code in one.codes],
    }  # fmt: skip
    if request.method != "POST":
        return show(request, desk, "front/ops_waiver.html", one=one, **values)
    decision = request.POST.get("decision", "")
    refusal = mending.settle_waiver(desk.connection, waiver=waiver, officer=desk.officer, decision=decision)
    if refusal is not None:
        return show(request, desk, "front/ops_waiver.html", status=422, one=one, refusal=refusal, **values)
    messages.success(
        request, {"grant": "已同意忽略。", "reverse": "已收回，该行重新待修改。"}.get(decision, "已退回。")
    )
    return HttpResponseRedirect("/ops/waivers")
