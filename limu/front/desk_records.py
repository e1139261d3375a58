"""The department's own records with their histories, and taking one down by two people (数据维护)."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect

from limu.access.actions import open_ticket
from limu.access.store import spend_ticket
from limu.case.queries import days_between
from limu.department.rules import NOT_THERE, Officer, Refusal
from limu.department.store import all_officers, find_officer
from limu.front.desk_cases import leave_traces
from limu.front.desk_lists_steps import day_typed
from limu.intake import store_mending
from limu.intake.desk import own_items
from limu.intake.store import find_submission
from limu.ledger import store as ledger
from limu.ledger import store_removal
from limu.ledger.rules import StoredRecord
from limu.ledger.store_removal import Kind, Removal
from limu.page.paging import PAGE
from limu.page.signed import Desk, officer_page, show
from limu.publication.queries_desk import OwnRecord, own_record, records_of_department
from limu.reactions import SAME_PERSON, ask_removal, settle_removal
from limu.record.event import EVENT_LABELS
from limu.terms.uscc import clean_uscc
from limu.wire.aside import aside

KINDS: dict[str, Kind] = {"revoked": "record_revoked", "withdrawn": "record_withdrawn"}
KIND_WORDS: dict[str, str] = {
    "record_withdrawn": "报送有误，撤回",
    "record_revoked": "原决定已被撤销、变更或者确认违法、无效",
}


def _leave_trace(desk: Desk, *, subject: UUID | None, scope: str) -> None:
    """Write down who reads what is not public, committed before it is read (trust.md 5.1)."""
    ticket = open_ticket(aside, officer=desk.officer, purpose="deciding_body", subject=subject, scope=scope)
    if isinstance(ticket, Refusal):
        raise Http404
    spend_ticket(desk.connection, ticket)


@officer_page("read_records")
def records(request: HttpRequest, desk: Desk) -> HttpResponse:
    """List the department's records, the newest first, by item, code or document number."""
    asked = {name: request.GET.get(name, "").strip() for name in ("item", "uscc", "document", "after")}
    _leave_trace(desk, subject=None, scope="own records: list")
    found, more = records_of_department(
        desk.connection, department=desk.officer.department, today=desk.today, item=asked["item"],
        uscc=clean_uscc(asked["uscc"]), document=asked["document"], after=asked["after"], limit=PAGE,
    )  # fmt: skip
    leave_traces(desk, (one.subject for one in found), scope="own records: list")
    items = own_items(desk)
    rows = [(one, items[one.item].name if one.item in items else one.item) for one in found]
    wishes = store_removal.open_removals(desk.connection, department=desk.officer.department)
    return show(
        request, desk, "front/dept_records.html", rows=rows, items=items.values(), asked=asked, more=more,
        wishes=wishes, corrections=store_mending.open_corrections(
            desk.connection, department=desk.officer.department
        ), is_filtered=any(text for name, text in asked.items() if name != "after"),
    )  # fmt: skip


@officer_page("read_records")
def record_page(request: HttpRequest, desk: Desk, record: UUID) -> HttpResponse:
    """Show a record of the department with everything that happened to it, by whom and on which ground."""
    one = _own(desk, record)
    _leave_trace(desk, subject=one.subject, scope=f"record {record}")
    stored = ledger.find_record(desk.connection, record)
    assert stored is not None
    names = {officer.id: officer.person_name for officer in all_officers(desk.connection)}
    events = [
        (event, EVENT_LABELS[event.kind], "、".join(names.get(officer, "—") for officer in event.officers))
        for event in ledger.events_of(desk.connection, subject=one.subject, record=record)
    ]
    item = own_items(desk).get(one.item)
    content = {**stored.content, **stored.closed}
    fields = [(field.label, content[field.code]) for field in item.fields if content.get(field.code)] if item else []
    wish = store_removal.open_removal(desk.connection, record)
    corrections = store_mending.open_corrections(
        desk.connection, department=desk.officer.department, record=record
    )  # fmt: skip
    return show(
        request, desk, "front/dept_record.html", corrections=corrections, versions=_versions(desk, stored),
        may_correct=one.can_end and not corrections and desk.may("confirm_correction"),
        one=one, item=item, events=events, fields=fields, wish=wish,
        may_withdraw=one.can_end and wish is None and desk.may("ask_removal"),
    )  # fmt: skip


def _versions(desk: Desk, stored: StoredRecord) -> list[dict[str, object]]:
    found = store_mending.versions_of(desk.connection, stored)
    return found if len(found) > 1 else []


def _own(desk: Desk, record: UUID) -> OwnRecord:
    found = own_record(desk.connection, department=desk.officer.department, record=record, today=desk.today)
    if found is None:
        raise Http404
    return found


@officer_page("confirm_removal")
def withdraw(request: HttpRequest, desk: Desk, record: UUID) -> HttpResponse:
    """Ask that a record be taken down, with reason and basis; another person confirms."""
    one = _own(desk, record)
    if request.method != "POST":
        return show(request, desk, "front/dept_withdraw.html", one=one, kinds=KIND_WORDS)
    said = {name: request.POST.get(name, "") for name in ("kind", "reason", "citation", "revoked_on")}
    kind = KINDS.get(said["kind"].removeprefix("record_"), "record_withdrawn")
    made = ask_removal(
        desk.connection, officer=desk.officer, record=record, submission=None,
        kind=kind, reason=said["reason"], citation=said["citation"],
        revoked_on=day_typed(said["revoked_on"]) if kind == "record_revoked" else None,
    )  # fmt: skip
    if isinstance(made, Refusal):
        return show(
            request, desk, "front/dept_withdraw.html", status=422, one=one, kinds=KIND_WORDS, refusal=made, **said
        )
    messages.success(request, "撤销申请已提交，由本单位另一名复核员确认后生效。")
    return HttpResponseRedirect(f"/dept/records/{record}")


@officer_page("confirm_removal")
def removal_page(request: HttpRequest, desk: Desk, removal: UUID) -> HttpResponse:
    """Let a second person agree to a wish or decline it."""
    wish = store_removal.find_removal(desk.connection, removal)
    if wish is None or wish.department != desk.officer.department:
        raise Http404
    if request.method != "POST":
        return _removal(request, desk, wish)
    asker = find_officer(desk.connection, wish.asked_code)
    is_agreed = request.POST.get("decision") == "agree"
    refusal = _settled(desk, wish, asker=asker, is_agreed=is_agreed)
    if refusal is not None:
        return _removal(request, desk, wish, refusal=refusal)
    messages.success(request, _told(wish, is_agreed=is_agreed))
    return HttpResponseRedirect(f"/dept/records/{wish.record}" if wish.record else f"/dept/batches/{wish.submission}")


def _told(wish: Removal, *, is_agreed: bool) -> str:
    if not is_agreed:
        return "已退回撤销申请，记录不变。"
    return "已确认，记录停止公示。" if wish.record else "已确认，批次已撤销：记录停止公示，待关联的行作废。"


def _settled(desk: Desk, wish: Removal, *, asker: Officer | None, is_agreed: bool) -> Refusal | None:
    if asker is None:
        return NOT_THERE
    return settle_removal(desk.connection, removal=wish.id, officer=desk.officer, asker=asker, is_agreed=is_agreed)


def _removal(request: HttpRequest, desk: Desk, wish: Removal, *, refusal: Refusal | None = None) -> HttpResponse:
    one = _own(desk, wish.record) if wish.record else None
    is_own_wish = wish.asked_person == desk.officer.person
    batch = find_submission(desk.connection, wish.submission) if wish.submission else None
    items = own_items(desk) if batch else {}
    return show(
        request, desk, "front/dept_removal.html", status=422 if refusal else 200, wish=wish, one=one,
        batch=batch, batch_name=items[batch.item].name if batch and batch.item in items else "",
        word=KIND_WORDS[wish.kind], is_late=wish.is_late(desk.today), is_own_wish=is_own_wish,
        days=days_between(desk.connection, wish.revoked_on, wish.due_on) if wish.revoked_on else (),
        own_words=SAME_PERSON, refusal=refusal,
    )  # fmt: skip
