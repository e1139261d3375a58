"""接收单位: who holds copies, added, paused, resumed and ended by two people."""

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect

from limu.catalogue.store import all_items
from limu.department.rules import NOT_THERE, Refusal
from limu.feed import actions_holder as actions
from limu.feed import rules_holder as rules
from limu.feed import store_board as board
from limu.feed import store_holder as store
from limu.feed.actions_hook import HOOK_KEY, secret_text
from limu.feed.actions_hook import replay as replay_hook
from limu.feed.rules import OPTIONAL
from limu.feed.rules_holder import Act, Holder, Wish
from limu.page.signed import Desk, officer_page, show
from limu.wire.home import find_home
from limu.wire.keys import key
from limu.wire.outgoing import reach_of

USUAL_HOURS = 24
ASKED: Mapping[str, rules.ActKind] = {"pause": "pause", "resume": "resume", "end": "end"}


@officer_page("read_holders")
def holders(request: HttpRequest, desk: Desk) -> HttpResponse:
    """List the holders with how far each has heard, and what waits for a second person."""
    heard = store.last_heard(desk.connection)
    rows = [(holder, heard.get(holder.id, (None, None, None))) for holder in store.all_holders(desk.connection)]
    return show(
        request, desk, "feed/holders.html", rows=rows, acts=store.open_acts(desk.connection),
        may_edit=desk.may("edit_holders"),
    )  # fmt: skip


@officer_page("edit_holders")
def new(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Ask for a holder; its token is shown once."""
    if request.method != "POST":
        wish = Wish("", "", "", desk.today, desk.today.replace(year=desk.today.year + 1), answer_hours=USUAL_HOURS)
        return _form(request, desk, wish)
    wish, reason = _wish(request), request.POST.get("reason", "")
    known = (frozenset(item.code for item in _items(desk)), frozenset(OPTIONAL) | {code for code, _ in _fields(desk)})
    made = actions.ask_holder(
        desk.connection, officer=desk.officer, wish=wish, reason=reason, known=known, reach=reach_of(find_home())
    )  # fmt: skip
    if isinstance(made, Refusal):
        return _form(request, desk, wish, reason=reason, refusal=made)
    holder, token = made
    secret = secret_text(holder.id, key(find_home(), HOOK_KEY)) if holder.hook_url else ""
    return show(request, desk, "feed/token.html", holder=holder, token=token, secret=secret)


@officer_page("read_holders")
def holder(request: HttpRequest, desk: Desk, holder: UUID) -> HttpResponse:
    """Show one agreement: scope, state, what was done, how far it has heard, its webhook."""
    return _page(request, desk, _found(desk, holder))


@officer_page("edit_holders")
def act(request: HttpRequest, desk: Desk, holder: UUID) -> HttpResponse:
    """Ask that a holder be paused, resumed or ended."""
    found = _found(desk, holder)
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    kind, reason = ASKED.get(request.POST.get("kind", "")), request.POST.get("reason", "")
    if kind is None:
        raise Http404
    done = actions.ask_act(desk.connection, officer=desk.officer, holder=holder, kind=kind, reason=reason)
    if isinstance(done, Refusal):
        return _page(request, desk, found, refusal=done, reason=reason)
    return HttpResponseRedirect(f"/ops/holders/{holder}")


@officer_page("edit_holders")
def replay(request: HttpRequest, desk: Desk, holder: UUID) -> HttpResponse:
    """Send again what a webhook did not take (重新推送)."""
    found = _found(desk, holder)
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    replay_hook(desk.connection, found)
    return HttpResponseRedirect(f"/ops/holders/{holder}")


@officer_page("confirm_holders")
def settle(request: HttpRequest, desk: Desk, holder_act: UUID) -> HttpResponse:
    """Agree to what another person asked, or send it back."""
    found = store.find_act(desk.connection, holder_act)
    if found is None:
        raise Http404
    if request.method != "POST":
        return _settling(request, desk, found)
    decision = request.POST.get("decision")
    if decision not in ("agree", "decline"):
        return _settling(request, desk, found, refusal=NOT_THERE)
    done = actions.settle_act(desk.connection, officer=desk.officer, act=holder_act, is_agreed=decision == "agree")
    if done is not None:
        return _settling(request, desk, found, refusal=done)
    return HttpResponseRedirect(f"/ops/holders/{found.holder}")


def _settling(request: HttpRequest, desk: Desk, found: Act, *, refusal: Refusal | None = None) -> HttpResponse:
    holder = store.find_holder(desk.connection, found.holder)
    return show(
        request, desk, "feed/act.html", status=422 if refusal else 200, act=found, holder=holder, refusal=refusal,
        is_own=found.asked_person == desk.officer.person, own_words=rules.SAME_PERSON, scope=_scope(desk, holder),
    )  # fmt: skip


def _page(
    request: HttpRequest, desk: Desk, found: Holder, *, refusal: Refusal | None = None, reason: str = ""
) -> HttpResponse:
    offered = [(kind, rules.ACT_WORDS[kind]) for kind in ASKED if found.state in rules.FROM[kind]]
    acts = store.acts_of(desk.connection, found.id)
    return show(
        request, desk, "feed/holder.html", status=422 if refusal else 200, holder=found, acts=acts,
        open_act=next((one for one in acts if one.settled_at is None), None), offered=offered, reason=reason,
        refusal=refusal, scope=_scope(desk, found), heard=store.last_heard(desk.connection).get(found.id),
        hook=board.hook_of(desk.connection, found.id), letters=board.dead_letters(desk.connection, found.id),
        may_edit=desk.may("edit_holders"), may_confirm=desk.may("confirm_holders"),
    )  # fmt: skip


def _found(desk: Desk, holder: UUID) -> Holder:
    found = store.find_holder(desk.connection, holder)
    if found is None:
        raise Http404
    return found


def _items(desk: Desk) -> tuple[Any, ...]:
    return all_items(desk.connection, on=desk.today)


def _fields(desk: Desk) -> list[tuple[str, str]]:
    fields = {f.code: f.label for item in _items(desk) for f in item.fields if f.is_public and f.code not in OPTIONAL}
    return sorted(fields.items(), key=lambda one: one[1])


def _scope(desk: Desk, holder: Holder | None) -> dict[str, str]:
    if holder is None:
        return {}
    names = {item.code: item.name for item in _items(desk)}
    labels = dict(OPTIONAL) | dict(_fields(desk))
    return {
        "事项": "、".join(names.get(code, code) for code in holder.items) or "全部可公开的事项",
        "地区": "、".join(holder.regions) or "全部地区",
        "字段": "、".join(labels.get(code, code) for code in holder.fields) or "全部公示字段",
    }


def _wish(request: HttpRequest) -> Wish:
    post = request.POST
    regions = post.get("regions", "").replace("，", ",").replace("、", ",").split(",")
    hours = post.get("answer_hours", "")
    return Wish(
        name=post.get("name", "")[:100],
        contact=post.get("contact", "")[:200],
        agreement=post.get("agreement", "")[:200],
        from_on=_day(post.get("from_on", "")),
        until_on=_day(post.get("until_on", "")),
        items=tuple(post.getlist("items")),
        regions=tuple(region.strip() for region in regions if region.strip()),
        fields=tuple(post.getlist("fields")),
        answer_hours=int(hours) if hours.isascii() and hours.isdigit() and len(hours) < 5 else 0,
        hook_url=post.get("hook_url", "").strip(),
    )


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _form(
    request: HttpRequest, desk: Desk, wish: Wish, *, reason: str = "", refusal: Refusal | None = None
) -> HttpResponse:
    return show(
        request, desk, "feed/new.html", status=422 if refusal else 200, wish=wish, reason=reason, refusal=refusal,
        items=_items(desk), fields=[*OPTIONAL.items(), *_fields(desk)], regions=",".join(wish.regions),
        hours=request.POST.get("answer_hours", wish.answer_hours),
    )  # fmt: skip
