"""What became of a file: batches, their rows with links to the public pages, the workbook of errors, the undoing."""

import re
from datetime import datetime
from typing import Any
from urllib.parse import quote, urlencode
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect

from limu.catalogue.store import find_item
from limu.check.judge import CHECKS
from limu.department.rules import Refusal
from limu.intake import store_desk, store_tally
from limu.intake.actions_desk import own_batch
from limu.intake.actions_workbook import answer_workbook, workbook_state
from limu.intake.desk import WORKBOOK, own_items
from limu.intake.rules import Submission, UserFault, stated_row
from limu.intake.rules_desk import VERDICT_WORDS, batch_state, told_of_batch
from limu.ledger import store_removal
from limu.page.paging import PAGE, paged, place_of
from limu.page.signed import Desk, officer_page, show
from limu.page.speech import in_language
from limu.publication.queries_desk import records_of_submission
from limu.reactions import ask_removal
from limu.upward.queries import returned, standings
from limu.wire.clock import day_of
from limu.wire.files import FileHash, FileStore
from limu.wire.home import find_home


@officer_page("read_batches")
def batches(request: HttpRequest, desk: Desk) -> HttpResponse:
    """List the department's batches, the newest first; the filter stands in the address."""
    items, chosen = own_items(desk), request.GET.get("item", "")
    before = _instant(request.GET.get("before", ""))
    found = store_desk.submissions_page(
        desk.connection, department=desk.officer.department, item=chosen, before=before, limit=PAGE
    )
    more = urlencode({"item": chosen, "before": found[PAGE - 1].received_at.isoformat()}) if len(found) > PAGE else ""
    rows = [_told(one, items) for one in found[:PAGE]]
    return show(
        request, desk, "front/dept_batches.html", rows=rows, items=items.values(), chosen=chosen, more=more,
        is_first=before is None,
    )  # fmt: skip


def _told(one: Submission, items: dict[str, Any]) -> dict[str, Any]:
    name = items[one.item].name if one.item in items else one.item
    return {"batch": one, "name": name, "state": batch_state(one), "told": told_of_batch(one)}


def _instant(text: str) -> datetime | None:
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return found if found.tzinfo else None


@officer_page("read_batches")
def batch_page(request: HttpRequest, desk: Desk, batch: UUID) -> HttpResponse:
    """Show a batch: totals, problems by rule, rows to mend, records with their public pages."""
    one = _own(desk, batch)
    own, after = desk.officer.department, _number(request.GET.get("after", ""))
    rows, more = records_of_submission(
        desk.connection, department=own, submission=batch, today=desk.today, after=after, limit=PAGE
    )
    bad_after = _number(request.GET.get("problems", ""))
    bad = store_desk.problems_of(desk.connection, department=own, submission=batch, after=bad_after, limit=PAGE)
    item = find_item(desk.connection, one.item, on=desk.today)
    wish = store_removal.open_removal(desk.connection, batch)
    codes = _codes(store_tally.codes_of_all(desk.connection, [batch])[batch])
    files = FileStore(find_home())
    above = standings(desk.connection, [row.id for row in rows])
    return show(
        request, desk, "front/dept_batch.html", above=above, paired=[(row, above.get(row.id)) for row in rows],
        expected=store_desk.expected_of(desk.connection, batch), batch=one, item=item, state=batch_state(one),
        told=told_of_batch(one), is_running=one.state in ("received", "entering"),
        codes=codes, rows=rows, is_further=after > 0,
        more=rows[-1].row_number if more and rows else 0, problems=[_problem(row) for row in bad[:PAGE]],
        more_problems=bad[PAGE - 1].row_number if len(bad) > PAGE else 0, wish=wish,
        has_file=files.has(FileHash(one.file_hash.hex())),
        workbook=workbook_state(desk.connection, files, one),
        may_undo=desk.may("ask_removal") and one.state == "done" and one.counts.accepted > 0 and wish is None,
        may_confirm=desk.may("confirm_removal"), may_submit=desk.may("submit"),
    )  # fmt: skip


def _own(desk: Desk, batch: UUID) -> Submission:
    found = own_batch(desk.connection, officer=desk.officer, submission=batch)
    if isinstance(found, Refusal):
        raise Http404
    return found


def _number(text: str) -> int:
    return int(text) if text.isdecimal() and len(text) < 10 else 0


RULES = {check.code: check for check in CHECKS}
OWN_WORDS = {
    "duplicate": ("该记录已经入库，不重复入库。", "无需办理。"),
    "conflict": ("同一记录已经入库，但内容不同。", "确需更正的，请以更正方式报送。"),
    "person": ("当事人是自然人。", "平台不收自然人的信息，内容没有留存。"),
    "F-201": ("单元格比表头多。", "请检查是否有未加引号的逗号。"),
}


PLACES = (("“{value}”", "填写的内容"), ("{length} 个字", "规定的字数"), ("{length} characters", "规定的字数"))
"""Where a check names a row's value, and what it says instead, in either language."""


def rule_words(code: str) -> tuple[str, str]:
    """What a code means and what to do, without the values of a row (which are not kept)."""
    if code in OWN_WORDS:
        return OWN_WORDS[code]
    check = RULES.get(code)
    return (_plain(check.wrong), check.cure) if check else (code, "请下载错误工作簿查看。")


def _plain(wrong: str) -> str:
    """A check's words without the places for a row's values."""
    named = re.split(r" ?[（(]", in_language(wrong), maxsplit=1)[0]
    for place, words in PLACES:
        named = named.replace(place, in_language(words))
    return in_language(f"{named}。").strip()


def _codes(counted: dict[str, int]) -> list[dict[str, Any]]:
    return [
        {"code": code, "rows": rows, "wrong": rule_words(code)[0], "cure": rule_words(code)[1]}
        for code, rows in counted.items()
    ]


def _problem(row: store_desk.ProblemRow) -> dict[str, Any]:
    return {
        "row": stated_row(row.row_number),
        "verdict": VERDICT_WORDS[row.verdict],
        "reasons": [(code, *rule_words(code)) for code in row.codes],
    }


@officer_page("read_batches")
def workbook(request: HttpRequest, desk: Desk, batch: UUID) -> HttpResponse:
    """Hand out the workbook of errors: the user's rows, results and reasons first, wrong cells marked."""
    one = _own(desk, batch)
    made = answer_workbook(desk.connection, FileStore(find_home()), one)
    if isinstance(made, UserFault):
        messages.error(request, f"{made.message}{made.cure}")
    if made is None or isinstance(made, UserFault):
        return HttpResponseRedirect(f"/dept/batches/{batch}")
    response = HttpResponse(made, content_type=WORKBOOK)
    item, day = find_item(desk.connection, one.item, on=desk.today), f"{day_of(one.received_at):%Y%m%d}"
    name = quote(f"处理结果-{item.name if item else one.item}-{day}.xlsx")
    response["Content-Disposition"] = f"attachment; filename=\"answer.xlsx\"; filename*=UTF-8''{name}"
    return response


@officer_page("ask_removal")
def undo(request: HttpRequest, desk: Desk, batch: UUID) -> HttpResponse:
    """Ask that everything a batch brought be taken down; another person confirms."""
    one = _own(desk, batch)
    if request.method != "POST":
        return show(request, desk, "front/dept_undo.html", batch=one, state=batch_state(one))
    reason, citation = request.POST.get("reason", ""), request.POST.get("citation", "")
    made = ask_removal(
        desk.connection, officer=desk.officer, record=None, submission=batch, kind="record_withdrawn", reason=reason,
        citation=citation,
    )  # fmt: skip
    if isinstance(made, Refusal):
        return show(
            request, desk, "front/dept_undo.html", status=422, batch=one, state=batch_state(one), refusal=made,
            reason=reason, citation=citation,
        )  # fmt: skip
    messages.success(request, "撤销申请已提交，由本单位另一名复核员确认后生效。")
    return HttpResponseRedirect(f"/dept/batches/{batch}")


@officer_page("read_batches")
def problems(request: HttpRequest, desk: Desk) -> HttpResponse:
    """List the batches that still have rows to mend, and how to mend them."""
    items, chosen = own_items(desk), request.GET.get("item", "")
    place = place_of(request, size=PAGE // 2)
    found = store_desk.open_problems(
        desk.connection, department=desk.officer.department, item=chosen, limit=place.limit, skip=place.skip
    )
    pages = paged(request, found, place)
    counted = store_tally.codes_of_all(desk.connection, [one.submission for one in pages.rows])
    rows = [
        {"one": one, "name": items[one.item].name if one.item in items else one.item,
         "codes": _codes(counted[one.submission])}
        for one in pages.rows
    ]  # fmt: skip
    back = [
        (one, items[one.item].name if one.item in items else one.item)
        for one in returned(desk.connection, department=desk.officer.department)
    ]
    return show(
        request, desk, "front/dept_problems.html", back=back, may_correct=desk.may("confirm_correction"), rows=rows,
        items=items.values(), chosen=chosen, pages=pages, may_submit=desk.may("submit"),
    )  # fmt: skip
