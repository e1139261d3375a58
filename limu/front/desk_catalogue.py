"""目录管理: items with their versions, two versions side by side, a draft and its publication by a second person."""

from collections.abc import Mapping
from datetime import timedelta
from typing import get_args
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect

from limu.catalogue import store, store_assignment, store_draft, store_ending, store_schedule
from limu.catalogue.actions_draft import draft_item, publish_draft, withdraw_draft
from limu.catalogue.rules import CatalogueFault
from limu.catalogue.rules_draft import BAD_VALUE, CLOSED_WORDS, EDITED, VALUE_WORDS, Draft, compare, edited
from limu.department.rules import Refusal
from limu.page.paging import cut
from limu.page.signed import Desk, officer_page, show
from limu.record.item import CLASS_NAMES, Field, FieldKind, Item
from limu.wire.lawbook import current_book

NEEDS = ("accept", "publish", "no")
PERSONAL = ("none", "person", "identity_number", "contact")


@officer_page("read_catalogue")
def catalogue(request: HttpRequest, desk: Desk) -> HttpResponse:
    """List the items in force by class, with what waits and what is coming."""
    items = store.all_items(desk.connection, on=desk.today)
    asked = request.GET.get("q", "").strip()
    found = [item for item in items if asked in item.name or asked in item.code]
    pages = cut(request, found)
    classes = [
        (number, name, [item for item in pages.rows if item.class_number == number])
        for number, name in CLASS_NAMES.items()
    ]
    return show(
        request, desk, "front/ops_catalogue.html", classes=[one for one in classes if one[2]], asked=asked,
        count=len(items), pages=pages, total=len(found), drafts=store_draft.drafts(desk.connection),
        coming=store_draft.coming(desk.connection, on=desk.today).items(), may_draft=desk.may("edit_catalogue"),
        may_assign=desk.may("assign_item"), assignments=store_assignment.count_waiting(desk.connection),
        endings=len(store_ending.waiting(desk.connection)),
    )  # fmt: skip


@officer_page("read_catalogue")
def item_page(request: HttpRequest, desk: Desk, code: str) -> HttpResponse:
    """Show an item's versions, and two of them field by field; by default the newest and the one before it."""
    versions = _versions(desk, code)
    by_number = {str(one.version): one for one, *_ in versions}
    newest = versions[0][0]
    later = by_number.get(request.GET.get("to", ""), newest)
    earlier = by_number.get(request.GET.get("from", ""), by_number.get(str(later.version - 1)))
    return show(
        request, desk, "front/ops_item.html", item=newest, versions=versions, later=later, earlier=earlier,
        differences=compare(earlier, later) if earlier and earlier != later else (),
        drafts=store_draft.drafts(desk.connection, code=code), may_draft=desk.may("edit_catalogue"), today=desk.today,
        bases=_bases(desk, newest), may_assign=desk.may("assign_item"), may_watch=desk.may("read_collection"),
        owners=store_schedule.owners_of(desk.connection, code),
    )  # fmt: skip


@officer_page("edit_catalogue")
def draft(request: HttpRequest, desk: Desk, code: str) -> HttpResponse:
    """Draft the next version of an item; what is refused comes back with everything typed."""
    before = _versions(desk, code)[0][0]
    if request.method != "POST":
        return _form(request, desk, before)
    given = {name: str(value) for name, value in request.POST.items()}
    known = store_draft.versions_of(desk.connection, given.get("code", "").strip() or code)
    try:
        after = edited(before, given, version=known[0][0].version + 1 if known else 1)
    except ValueError:
        return _form(request, desk, before, refused=BAD_VALUE)
    law = current_book(desk.connection)
    done = draft_item(
        desk.connection, after, by=desk.officer, reason=given.get("reason", ""), today=desk.today,
        is_article=lambda key: law.article(key) is not None,
    )  # fmt: skip
    if isinstance(done, UUID):
        messages.success(request, "草案已提交，等待另一位目录管理员核对后发布。")
        return HttpResponseRedirect(f"/ops/drafts/{done}")
    return _form(request, desk, before, refused=done)


@officer_page("read_catalogue")
def draft_page(request: HttpRequest, desk: Desk, draft: UUID) -> HttpResponse:
    """Show a draft beside the version it follows, before anybody publishes it."""
    return _draft(request, desk, _found(desk, draft))


@officer_page("edit_catalogue")
def settle(request: HttpRequest, desk: Desk, draft: UUID) -> HttpResponse:
    """Publish a draft as the second person, or take it back."""
    found = _found(desk, draft)
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    if request.POST.get("answer") != "publish":
        withdrawn = withdraw_draft(desk.connection, draft, by=desk.officer)
        if isinstance(withdrawn, Refusal):
            return _draft(request, desk, found, refused=withdrawn)
        messages.success(request, "草案已撤回。")
        is_known = store_draft.versions_of(desk.connection, found.item.code)
        return HttpResponseRedirect(f"/ops/catalogue/{found.item.code}" if is_known else "/ops/catalogue")
    done = publish_draft(desk.connection, draft, by=desk.officer, today=desk.today)
    if not isinstance(done, Item):
        return _draft(request, desk, found, refused=done)
    messages.success(
        request, f"第 {done.version} 版已发布，自 {done.in_force_from} 起生效；模板、字典和公开目录同日更新。"
    )
    return HttpResponseRedirect(f"/ops/catalogue/{done.code}")


def _versions(desk: Desk, code: str) -> tuple[tuple[Item, object, str, str], ...]:
    found = store_draft.versions_of(desk.connection, code)
    if not found:
        raise Http404
    return found


def _found(desk: Desk, draft: UUID) -> Draft:
    found = store_draft.find_draft(desk.connection, draft)
    if found is None:
        raise Http404
    return found


def _bases(desk: Desk, item: Item) -> list[str]:
    law = current_book(desk.connection)
    return [law.in_words(key) for key in item.basis]


Refused = Refusal | tuple[CatalogueFault, ...] | None


def _split(refused: Refused) -> dict[str, object]:
    is_faults = isinstance(refused, tuple)
    return {"refusal": None if is_faults else refused, "faults": refused if is_faults else ()}


def _form(request: HttpRequest, desk: Desk, before: Item, *, refused: Refused = None) -> HttpResponse:
    typed: Mapping[str, object] = request.POST if request.method == "POST" else {}
    return show(
        request, desk, "front/ops_draft_form.html", status=422 if refused else 200, item=before, typed=typed,
        first_day=typed.get("in_force_from") or (desk.today + timedelta(days=1)).isoformat(), needs=_words(NEEDS),
        personal=_words(PERSONAL), publicity=_words(("public", "closed")), kinds=get_args(FieldKind),
        rows=[_row(field, typed) for field in before.fields], closed=sorted(set(CLOSED_WORDS.values())),
        new={name: typed.get(f"new.{name}", "") for name in ("code", "kind", *EDITED)}, **_split(refused),
    )  # fmt: skip


def _row(field: Field, typed: Mapping[str, object]) -> dict[str, object]:
    stored = {name: getattr(field, name) for name in EDITED} | {"codelist": "；".join(field.codelist)}
    given = {name: typed.get(f"f.{field.code}.{name}", value) for name, value in stored.items()}
    told = {name: "" if value is None else value for name, value in given.items()}
    return {**told, "code": field.code, "drop": bool(typed.get(f"drop.{field.code}"))}


def _words(values: tuple[str, ...]) -> list[tuple[str, str]]:
    return [(value, VALUE_WORDS[value]) for value in values]


def _draft(request: HttpRequest, desk: Desk, found: Draft, *, refused: Refused = None) -> HttpResponse:
    known = store_draft.versions_of(desk.connection, found.item.code)
    before = next((one for one, *_ in known if one.version < found.item.version), None)
    is_own = store_draft.person_of(desk.connection, found.drafted_by) == desk.officer.person
    return show(
        request, desk, "front/ops_draft.html", status=422 if refused else 200, one=found, before=before,
        differences=compare(before, found.item), may_settle=desk.may("edit_catalogue"), is_own=is_own,
        **_split(refused),
    )  # fmt: skip
