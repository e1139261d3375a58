"""Uploading a file: choose, look at the headers, read what would happen, confirm (ux.md 5.3, J3)."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect

from limu.department.rules import Refusal
from limu.intake import actions_desk, store
from limu.intake.actions import Means, Sending
from limu.intake.actions_desk import Held
from limu.intake.desk import EntryFactory, due_items, own_department, own_item, seal, unseal
from limu.intake.queries_headers import Headers, fitting_mapping, has_more_rows, headers_of
from limu.intake.rules import Order, UserFault
from limu.intake.rules_desk import (
    GONE,
    LARGE_ROWS,
    NO_FILE,
    NO_ITEM,
    batch_told,
    chosen_mapping,
    missing_fields,
    refusing,
    twice_chosen,
    warning,
)
from limu.intake.rules_mapping import HeaderMapping
from limu.page.signed import Desk, officer_page, show
from limu.record.item import Item
from limu.wire.database import connect
from limu.wire.files import FileStore
from limu.wire.home import find_home
from limu.wire.lawbook import current_book

HEADER_FAULTS = {"F-103", "F-104", "F-105", "F-108"}
MOST_SHOWN = 500
Signed = Callable[..., HttpResponse]


@officer_page("submit")
def upload(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Choose an item and a file; the file is put aside and looked at, nothing else."""
    items = due_items(desk)
    chosen = request.POST.get("item") or request.GET.get("item", "")
    if request.method != "POST":
        return _form(request, desk, items, chosen=chosen)
    content = request.FILES.get("file")
    if chosen not in items or content is None or not content.size:
        fault = NO_ITEM if chosen not in items else NO_FILE
        return _form(request, desk, items, chosen=chosen, fault=fault)
    assert content.file is not None
    held = actions_desk.hold(
        FileStore(find_home()), content.file, name=content.name or "", size=content.size, order=Order(desk.today)
    )
    if isinstance(held, UserFault):
        return _form(request, desk, items, chosen=chosen, fault=held)
    return HttpResponseRedirect(f"/dept/upload/{seal(desk.officer, chosen, held)}")


def _form(
    request: HttpRequest, desk: Desk, items: dict[str, Item], *, chosen: str, fault: UserFault | Refusal | None = None
) -> HttpResponse:
    values = {"items": list(items.values()), "chosen": chosen, "refusal": fault}
    return show(request, desk, "intake/upload.html", status=422 if fault else 200, **values)


def check_page(entry_factory: EntryFactory) -> Signed:
    """Make the page that tells what a file would bring, before anything is entered."""

    @officer_page("submit")
    def check(request: HttpRequest, desk: Desk, token: str) -> HttpResponse:
        """Tell what the file would bring: totals, findings, how its headers were understood."""
        item, held = _held(desk, token)
        with actions_desk.opened(FileStore(find_home()), held.file, held.name) as path:
            if path is None:
                return _form(request, desk, due_items(desk), chosen=item.code, fault=GONE)
            sending = _sending(desk, item, path)
            with connect("app") as connection:
                preview = actions_desk.rehearse(
                    connection, sending, order=Order(desk.today, MOST_SHOWN, gravest=True),
                    entry_for=_entry_for(desk, item, entry_factory),
                )  # fmt: skip
            if isinstance(preview, Refusal):
                if preview.code in HEADER_FAULTS:
                    return HttpResponseRedirect(f"/dept/upload/{token}/headers")
                return _form(request, desk, due_items(desk), chosen=item.code, fault=preview)
            headers = headers_of(path, item=item, mapping=sending.mapping)
        answer, law = preview.answer, current_book(desk.connection)
        return show(
            request, desk, "intake/check.html", item=item, name=held.name, token=token, preview=preview,
            refused=[(told, law.in_words(told.citation)) for told in refusing(answer)], warned=warning(answer),
            layout=answer.layout, headers=headers,
            most=MOST_SHOWN, large=LARGE_ROWS, warnings=len(warning(answer)),
            same=answer.submission,
        )  # fmt: skip

    return check


@officer_page("submit")
def headers(request: HttpRequest, desk: Desk, token: str) -> HttpResponse:
    """Lay the file's headers beside the item's fields and remember what the clerk chooses."""
    item, held = _held(desk, token)
    with actions_desk.opened(FileStore(find_home()), held.file, held.name) as path:
        if path is None:
            return _form(request, desk, due_items(desk), chosen=item.code, fault=GONE)
        before = _mapping(desk, item, path)
        is_key_value = request.POST.get("shape", request.GET.get("shape", "")) == "key_value"
        found = headers_of(path, item=item, mapping=before, key_value=is_key_value)
        if isinstance(found, UserFault):
            return _form(request, desk, due_items(desk), chosen=item.code, fault=found)
        if request.method != "POST":
            return _headers_form(request, desk, item, held=held, token=token, found=found, mapping=before)
        chosen = _chosen(request, found)
        mapping = chosen_mapping(
            item, chosen=chosen, constants=_constants(request), before=before, key_value=found.is_key_value
        )
        fault = twice_chosen(chosen, item) or _still_faulty(path, item, mapping)
    if fault is not None:
        after = _as_chosen(found, chosen, item=item, fault=fault)
        return _headers_form(request, desk, item, held=held, token=token, found=after, mapping=mapping, status=422)
    store.remember_mapping(desk.connection, department=desk.officer.department, item=item.code, mapping=mapping)
    messages.success(request, "表头对应关系已记住，下次上传同样的文件不必再选。")
    return HttpResponseRedirect(f"/dept/upload/{token}")


def _still_faulty(path: Path, item: Item, mapping: HeaderMapping) -> UserFault | None:
    found = headers_of(path, item=item, mapping=mapping, key_value=mapping.shape == "key_value")
    return found if isinstance(found, UserFault) else found.fault


def _as_chosen(found: Headers, chosen: dict[str, str], *, item: Item, fault: UserFault) -> Headers:
    """The headers as the clerk has just chosen them, so that the form keeps its input."""
    columns = tuple(
        replace(column, field=code if code != "-" else "", label=field.label if field else "")
        for column in found.columns
        for code in (chosen.get(column.name, column.field),)
        for field in (item.field(code),)
    )
    return replace(found, columns=columns, fault=fault)


def _headers_form(
    request: HttpRequest, desk: Desk, item: Item, *, held: Held, token: str, found: Headers, mapping: HeaderMapping,
    status: int = 200,
) -> HttpResponse:  # fmt: skip
    used = {column.field for column in found.columns} | set(mapping.constants)
    needed = {*missing_fields(item, used), *mapping.constants}
    return show(
        request, desk, "intake/headers.html", status=status, item=item, name=held.name, token=token, headers=found,
        refusal=found.fault, posted=request.method == "POST",
        constants=[(one, mapping.constants.get(one.code, "")) for one in item.fields
                                        if one.code in needed],
    )  # fmt: skip


def _chosen(request: HttpRequest, found: Headers) -> dict[str, str]:
    return {column.name: request.POST.get(f"column.{at}", "-") or "-" for at, column in enumerate(found.columns)}


def _constants(request: HttpRequest) -> dict[str, str]:
    return {
        name.removeprefix("constant."): str(value)
        for name, value in request.POST.items()
        if name.startswith("constant.")
    }


def confirm_page(entry_factory: EntryFactory) -> Signed:
    """Make the door that enters a file which has been looked at."""

    @officer_page("submit")
    def confirm(request: HttpRequest, desk: Desk, token: str) -> HttpResponse:
        """Enter the file at once, or leave a large one to the worker; then to the batch."""
        item, held = _held(desk, token)
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        files = FileStore(find_home())
        with actions_desk.opened(files, held.file, held.name) as path:
            if path is None:
                return _form(request, desk, due_items(desk), chosen=item.code, fault=GONE)
            sending = _sending(desk, item, path)
            means = Means(files, _entry_for(desk, item, entry_factory))
            is_large = has_more_rows(path, item=item, mapping=sending.mapping, than=LARGE_ROWS)
            with connect("app") as connection:
                made = actions_desk.confirm(
                    connection, sending, order=Order(desk.today, MOST_SHOWN, gravest=True), means=means,
                    is_large=is_large, name=held.name,
                )  # fmt: skip
        if isinstance(made, Refusal):
            return _form(request, desk, due_items(desk), chosen=item.code, fault=made)
        told = "文件较大，正在后台入库；可以关闭页面，稍后再来查看。" if is_large else batch_told(made.counts)
        messages.success(request, told)
        return HttpResponseRedirect(f"/dept/batches/{made.id}")

    return confirm


@officer_page("submit")
def discard(request: HttpRequest, desk: Desk, token: str) -> HttpResponse:
    """Give an upload up before it is entered: its file is destroyed."""
    item, held = _held(desk, token)
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    actions_desk.discard(desk.connection, FileStore(find_home()), file=held.file)
    messages.info(request, "已放弃这份文件，暂存的内容已销毁。")
    return HttpResponseRedirect(f"/dept/upload?item={item.code}")


def _held(desk: Desk, token: str) -> tuple[Item, Held]:
    code, held = unseal(desk.officer, token)
    return own_item(desk, code), held


def _mapping(desk: Desk, item: Item, path: Path) -> HeaderMapping:
    remembered = store.remembered_mapping(desk.connection, department=desk.officer.department, item=item.code)
    return fitting_mapping(path, item=item, remembered=remembered or HeaderMapping())


def _sending(desk: Desk, item: Item, path: Path) -> Sending:
    return Sending(desk.officer, desk.officer.department, item, path, _mapping(desk, item, path))


def _entry_for(desk: Desk, item: Item, entry_factory: EntryFactory) -> Any:
    department = own_department(desk.connection, desk.officer)
    return entry_factory(department, item, law=current_book(desk.connection), today=desk.today)
