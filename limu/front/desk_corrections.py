"""数据维护: a correction stated by one with its basis, laid beside what is there, and confirmed by another."""

from uuid import UUID, uuid4

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from polars import DataFrame

from limu.catalogue.store import find_item
from limu.department.rules import Refusal
from limu.front.desk_records import _leave_trace, _own
from limu.intake import actions_mending as mending
from limu.intake import store_mending
from limu.intake.desk import own_department
from limu.intake.queries_row import judge_row
from limu.intake.rules import Counts, Submission, UserFault
from limu.intake.rules_mending import CORRECTION_KINDS, Cell, cells_of, filled, without_place
from limu.intake.store_mending import Correction
from limu.ledger import store as ledger
from limu.ledger.rules import Happened, StoredRecord
from limu.page.signed import Desk, officer_page, show
from limu.reactions import correct_record
from limu.reactions_chunk import Reporting
from limu.record.item import Item
from limu.wire.files import FileStore
from limu.wire.home import find_home
from limu.wire.lawbook import current_book


def _stored(desk: Desk, record: UUID) -> tuple[StoredRecord, Item, dict[str, str]]:
    one = _own(desk, record)
    _leave_trace(desk, subject=one.subject, scope=f"record {record}: correction")
    stored = ledger.find_record(desk.connection, record)
    item = find_item(desk.connection, one.item, on=desk.today)
    if stored is None or item is None:
        raise Http404
    content = {**stored.content, **stored.closed}
    texts = {code: str(text) for code, text in content.items() if text is not None}
    party = {"party_name": one.party_name, "party_uscc": ledger.uscc_of(desk.connection, one.subject)}
    for column, text in party.items():
        field = item.field_for(column)
        if field is not None and text:
            texts[field.code] = text
    return stored, item, texts


@officer_page("confirm_correction")
def correct(request: HttpRequest, desk: Desk, record: UUID) -> HttpResponse:
    """State a correction in a form that holds what is there; another person confirms it."""
    _, item, before = _stored(desk, record)
    if request.method != "POST":
        return _form(request, desk, record, item=item, texts=before)
    posted = {name: str(text) for name, text in request.POST.items()}
    texts = filled(item, posted, carried=before)
    made = mending.ask_correction(
        desk.connection, FileStore(find_home()), texts, record=record, item=item, officer=desk.officer,
        said=(posted.get("kind", ""), posted.get("reason", ""), posted.get("citation", "")), today=desk.today,
    )  # fmt: skip
    if isinstance(made, Refusal):
        return _form(request, desk, record, item=item, texts=texts, refusal=made)
    if isinstance(made, mending.Faulty):
        count = sum(told.level == "refuse" for told in made.told)
        fault = made.fault or UserFault("F-161", f"还有 {count} 处需要修改。", "请按标红的各项改好后再提交。")
        return _form(request, desk, record, item=item, texts=texts, refusal=fault)
    messages.success(request, "更正申请已提交，由本单位另一名复核员确认后生效。")
    return HttpResponseRedirect(f"/dept/corrections/{made}")


def _form(
    request: HttpRequest, desk: Desk, record: UUID, *, item: Item, texts: dict[str, str],
    refusal: Refusal | UserFault | None = None,
) -> HttpResponse:  # fmt: skip
    judged = judge_row(texts, item=item, today=desk.today)
    told = [without_place(one) for one in judged.told]
    cells = cells_of(item, {} if judged.is_person else texts, told=told, has_party=False)
    return show(
        request, desk, "front/dept_correct.html", status=422 if refusal else 200, one=_own(desk, record), item=item,
        cells=cells, refusal=refusal, kinds=CORRECTION_KINDS, post=request.POST,
    )  # fmt: skip


@officer_page("confirm_correction")
def correction_page(request: HttpRequest, desk: Desk, correction: UUID) -> HttpResponse:
    """Lay the new content beside the old and let a second person confirm or decline it."""
    wish = store_mending.find_correction(desk.connection, correction)
    if wish is None or wish.department != desk.officer.department:
        raise Http404
    stored, item, before = _stored(desk, wish.record)
    with mending.proposed(FileStore(find_home()), wish) as texts:
        read = texts
    if request.method != "POST":
        return _page(request, desk, wish, item=item, before=before, texts=read)
    is_agreed = request.POST.get("decision") == "agree"
    if is_agreed and isinstance(read, UserFault):
        return _page(request, desk, wish, item=item, before=before, texts=read, refusal=read)
    made = mending.settle_correction(
        desk.connection, wish, {} if isinstance(read, UserFault) else read, item=item, officer=desk.officer,
        today=desk.today, correct=_entering(desk, wish, item) if is_agreed else None,
    )  # fmt: skip
    if isinstance(made, Refusal):
        return _page(request, desk, wish, item=item, before=before, texts=read, refusal=made)
    if made is None:
        messages.success(request, "已退回更正申请，记录不变。")
        return HttpResponseRedirect(f"/dept/records/{stored.id}")
    messages.success(request, "已更正。新的一版已生效，原版本保留在历史中。")
    newest = store_mending.record_of_key(
        desk.connection, department=wish.department, item=wish.item, natural_key=stored.natural_key
    )
    return HttpResponseRedirect(f"/dept/records/{newest}")


def _entering(desk: Desk, wish: Correction, item: Item) -> mending.Correct:
    """What writes the new version and ends the old one, on the ground that both people stated."""
    department = own_department(desk.connection, desk.officer)
    law = current_book(desk.connection)
    ground = Happened(
        uuid4(), uuid4(), wish.department, "record_superseded", (wish.asked_by, desk.officer.id),
        f"{CORRECTION_KINDS[wish.kind]}：{wish.reason}", wish.citation, (("correction", wish.kind),),
    )  # fmt: skip

    def enter(stored: StoredRecord, made: Submission, frame: DataFrame) -> Counts:
        reporting = Reporting(made.id, department.id, department.region, item, wish.asked_by, "correction")
        return correct_record(desk.connection, stored, frame, reporting=reporting, law=law, ground=ground)

    return enter


def _page(
    request: HttpRequest, desk: Desk, wish: Correction, *, item: Item, before: dict[str, str],
    texts: dict[str, str] | UserFault, refusal: Refusal | UserFault | None = None,
) -> HttpResponse:  # fmt: skip
    changed = [] if isinstance(texts, UserFault) else _changed(item, texts, before=before)
    return show(
        request, desk, "front/dept_correction.html", status=422 if refusal else 200, wish=wish, item=item,
        one=_own(desk, wish.record), changed=changed, fault=texts if isinstance(texts, UserFault) else None,
        word=CORRECTION_KINDS[wish.kind], is_own_wish=wish.asked_person == desk.officer.person,
        own_words=mending.SAME_PERSON, refusal=refusal,
    )  # fmt: skip


def _changed(item: Item, texts: dict[str, str], *, before: dict[str, str]) -> list[Cell]:
    whole = {field.code: texts.get(field.code, "") for field in item.fields}
    return [cell for cell in cells_of(item, whole, before=before, has_party=False) if cell.is_changed]
