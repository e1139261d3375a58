"""目录管理: the form for a wholly new item; it becomes a draft that a second person publishes."""

from collections.abc import Mapping
from datetime import timedelta
from typing import get_args
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect

from limu.catalogue.actions_draft import Refused, draft_new
from limu.catalogue.queries import shared_fields
from limu.catalogue.rules import ORGANISATIONS
from limu.catalogue.rules_draft import BAD_VALUE, CLOSED_WORDS, VALUE_WORDS
from limu.catalogue.rules_new import OFFERED, OWN, OWN_FIELDS, USUAL, new_item
from limu.front.words import KINDS
from limu.page.signed import Desk, officer_page, show
from limu.record.item import CLASS_NAMES, FieldKind
from limu.wire.lawbook import current_book

CHOICES = {
    "required": ("no", "publish", "accept"), "publicity": ("closed", "public"),
    "personal": ("none", "person", "identity_number", "contact"),
}  # fmt: skip


@officer_page("edit_catalogue")
def new(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Draft an item that does not exist yet; what is refused comes back with everything typed."""
    if request.method != "POST":
        return _form(request, desk)
    given = {name: str(value) for name, value in request.POST.items()}
    try:
        item = new_item(given, kinds=request.POST.getlist("subject_kinds"), shared=shared_fields())
    except ValueError:
        return _form(request, desk, refused=BAD_VALUE)
    law = current_book(desk.connection)
    done = draft_new(
        desk.connection, item, by=desk.officer, reason=given.get("reason", ""), today=desk.today,
        is_article=lambda key: law.article(key) is not None,
    )  # fmt: skip
    if not isinstance(done, UUID):
        return _form(request, desk, refused=done)
    messages.success(request, "新条目的草案已提交，等待另一位目录管理员核对后发布。")
    return HttpResponseRedirect(f"/ops/drafts/{done}")


def _form(request: HttpRequest, desk: Desk, *, refused: Refused | None = None) -> HttpResponse:
    typed: Mapping[str, str] = request.POST.dict() if request.method == "POST" else {}
    chosen = request.POST.getlist("subject_kinds") if typed else list(ORGANISATIONS)
    is_faults = isinstance(refused, tuple)
    return show(
        request, desk, "front/ops_new_item.html", status=422 if refused else 200, typed=typed,
        first_day=typed.get("in_force_from") or (desk.today + timedelta(days=1)).isoformat(),
        classes=[(str(number), name) for number, name in CLASS_NAMES.items()],
        closed=sorted(set(CLOSED_WORDS.values())),
        kinds=[(kind, KINDS[kind], kind in chosen) for kind in ORGANISATIONS], shared=_shared(typed),
        own=[_own(typed, at) for at in range(OWN_FIELDS)], field_kinds=get_args(FieldKind),
        choices={name: [(value, VALUE_WORDS[value]) for value in values] for name, values in CHOICES.items()},
        refusal=None if is_faults else refused, faults=refused if is_faults else (),
    )  # fmt: skip


def _shared(typed: Mapping[str, str]) -> list[dict[str, object]]:
    return [
        {
            "code": code, "field": shared_fields()[code], "is_fixed": code == "party_name",
            "is_used": bool(typed.get(f"use.{code}")) if typed else code in USUAL,
            "is_key": bool(typed.get(f"key.{code}")) if typed else code == "document_number",
        }
        for code in OFFERED
    ]  # fmt: skip


def _own(typed: Mapping[str, str], at: int) -> dict[str, object]:
    return {
        "at": at,
        "key": typed.get(f"own.{at}.key", ""),
        **{name: typed.get(f"own.{at}.{name}", "") for name in OWN},
    }
