"""接口凭证: keys by which the department's own machines report; asked for by one, agreed to by another."""

from datetime import date, timedelta
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect

from limu.department import actions_key as keys
from limu.department.rules import Refusal
from limu.department.rules_key import KEY_ACTS, LONGEST_DAYS, OVERLAPS, SAME_PERSON, Key, Wish
from limu.department.store_key import keys_of
from limu.intake.desk import due_items, own_items
from limu.page.signed import Desk, officer_page, show

USUAL_DAYS = 180


@officer_page("read_keys")
def overview(request: HttpRequest, desk: Desk) -> HttpResponse:
    """List the department's keys: what each may do, until when, and when it was last used."""
    found = keys_of(desk.connection, department=desk.officer.department)
    rows = [(key, key.state(desk.today), _names(desk, key)) for key in found]
    return show(request, desk, "intake/keys.html", rows=rows, may_ask=desk.may("ask_key"))


@officer_page("ask_key")
def new(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Ask for a key; its token stands on this one answer and nowhere else."""
    if request.method != "POST":
        return _form(request, desk, Wish("", (), ("submit", "read_submission"), desk.today + timedelta(USUAL_DAYS)))
    wish = _wish(request)
    made = keys.ask_key(
        desk.connection, officer=desk.officer, wish=wish, own_items=frozenset(due_items(desk)), today=desk.today
    )
    if isinstance(made, Refusal):
        return _form(request, desk, wish, refusal=made)
    return show(request, desk, "intake/key_token.html", key=made[0], token=made[1], is_new=True)


def _form(request: HttpRequest, desk: Desk, wish: Wish, *, refusal: Refusal | None = None) -> HttpResponse:
    return show(
        request, desk, "intake/key_new.html", status=422 if refusal else 200, wish=wish, refusal=refusal,
        items=due_items(desk).values(), acts=KEY_ACTS, first=desk.today + timedelta(1),
        last=desk.today + timedelta(LONGEST_DAYS),
    )  # fmt: skip


def _wish(request: HttpRequest) -> Wish:
    try:
        until = date.fromisoformat(request.POST.get("expires_on", ""))
    except ValueError:
        until = None
    items, acts = request.POST.getlist("items"), request.POST.getlist("acts")
    return Wish(request.POST.get("name", ""), tuple(map(str, items)), tuple(map(str, acts)), until)


@officer_page("read_keys")
def key_page(request: HttpRequest, desk: Desk, key: UUID) -> HttpResponse:
    """Show one key and what can be done with it."""
    return _page(request, desk, _own(desk, key))


def _own(desk: Desk, key: UUID) -> Key:
    found = keys.own_key(desk.connection, officer=desk.officer, key=key)
    if isinstance(found, Refusal):
        raise Http404
    return found


def _page(request: HttpRequest, desk: Desk, key: Key, *, refusal: Refusal | None = None) -> HttpResponse:
    state = key.state(desk.today)
    return show(
        request, desk, "intake/key.html", status=422 if refusal else 200, key=key, state=state, refusal=refusal,
        names=_names(desk, key), acts=[KEY_ACTS[act] for act in key.acts], overlaps=OVERLAPS.items(),
        is_own=key.officer.person == desk.officer.person, own_words=SAME_PERSON, may_settle=desk.may("settle_key"),
        may_change=desk.may("change_key"), is_live=key.is_live(desk.today),
    )  # fmt: skip


def _names(desk: Desk, key: Key) -> list[str]:
    items = own_items(desk)
    return [items[code].name if code in items else code for code in key.items]


@officer_page("settle_key")
def settle(request: HttpRequest, desk: Desk, key: UUID) -> HttpResponse:
    """Let a second person agree to a key or decline it."""
    found = _own(desk, key)
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    is_agreed = request.POST.get("decision") == "agree"
    refusal = keys.settle_key(desk.connection, officer=desk.officer, key=key, is_agreed=is_agreed)
    if refusal is not None:
        return _page(request, desk, found, refusal=refusal)
    messages.success(request, "已同意，凭证即刻生效。" if is_agreed else "已退回申请，凭证不会生效。")
    return HttpResponseRedirect(f"/dept/keys/{key}")


@officer_page("change_key")
def rotate(request: HttpRequest, desk: Desk, key: UUID) -> HttpResponse:
    """Draw a new secret and tell it once; the old one lives for the chosen hours."""
    found = _own(desk, key)
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    hours = request.POST.get("hours", "")
    made = keys.rotate_key(
        desk.connection, officer=desk.officer, key=key, hours=int(hours) if hours.isdecimal() else -1, today=desk.today
    )
    if isinstance(made, Refusal):
        return _page(request, desk, found, refusal=made)
    return show(
        request, desk, "intake/key_token.html", key=found, token=made[1], is_new=False, overlap=OVERLAPS[int(hours)]
    )


@officer_page("change_key")
def revoke(request: HttpRequest, desk: Desk, key: UUID) -> HttpResponse:
    """Close a key at once and for good."""
    found = _own(desk, key)
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    refusal = keys.revoke_key(desk.connection, officer=desk.officer, key=key)
    if refusal is not None:
        return _page(request, desk, found, refusal=refusal)
    messages.success(request, "凭证已停用，不能恢复；需要时请重新申请。")
    return HttpResponseRedirect(f"/dept/keys/{key}")
