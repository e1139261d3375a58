"""The feed over HTTP, for holders with a token: events, acknowledgement, digests, checks."""

import base64
import hashlib
import json
from collections.abc import Callable, Iterator
from functools import wraps
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.views.decorators.csrf import csrf_exempt

from limu.client.digest import IN_BUCKET, IN_PART, PARTS, joined
from limu.feed import actions_copy as actions
from limu.feed import store_holder
from limu.feed import store_serve as store
from limu.feed.api_bell import bell, waiting_place
from limu.feed.rules_holder import Holder, token_hash
from limu.feed.store_serve import Events
from limu.page import site
from limu.page.site import Fault
from limu.wire.clock import register_today
from limu.wire.database import Connection, current_database, pool

LINES = "application/jsonl"
MOST, USUAL = 10_000, 1_000
LONGEST_WAIT = 30
STREAM_SECONDS = 60
MOST_CHECKED = 1_000
BODY = 1_000_000

View = Callable[[HttpRequest, Connection, Holder], HttpResponse]


class Unfit(Exception):  # noqa: N818 - a request, not an error of ours
    """A request that says something we cannot read."""


def held(*methods: str) -> Callable[[View], Callable[[HttpRequest], HttpResponse]]:
    """Make a view a door for holders whose agreement runs today; one transaction, before the answer leaves."""

    def door(view: View) -> Callable[[HttpRequest], HttpResponse]:
        @csrf_exempt
        @wraps(view)
        def answered(request: HttpRequest) -> HttpResponse:
            return _answered(request, methods, lambda: _for_holder(request, lambda c, h: view(request, c, h)))

        return answered

    return door


def _answered(request: HttpRequest, methods: tuple[str, ...], work: Callable[[], HttpResponse]) -> HttpResponse:
    if request.method not in methods:
        return HttpResponse(status=405, headers={"Allow": ", ".join(methods)})
    try:
        response = work()
    except Unfit as unfit:
        return _problem(request, 400, "请求无法理解", str(unfit))
    except actions.TooOldError:
        return gone(request)
    response["Cache-Control"] = "no-store"
    return response


def _for_holder(request: HttpRequest, work: Callable[[Connection, Holder], HttpResponse]) -> HttpResponse:
    with pool("app").connection() as connection:
        holder = holder_of(request, connection)
        if refusal := refusal_of(request, holder):
            return refusal
        assert holder is not None
        return work(connection, holder)


def holder_of(request: HttpRequest, connection: Connection) -> Holder | None:
    """Find the holder of the request's token."""
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token:
        return None
    return store_holder.find_by_token(connection, token_hash(token.strip()))


def refusal_of(request: HttpRequest, holder: Holder | None) -> HttpResponse | None:
    """Refuse who has no agreement that runs today; a new field policy may take a moment to be ready."""
    if holder is None or holder.state in {"asked", "refused"}:
        response = _problem(request, 401, "没有有效的凭证", "请在 Authorization 中给出接收单位的令牌。")
        response["WWW-Authenticate"] = "Bearer"
        return response
    if holder.state != "active":
        return _problem(request, 403, f"协议{holder.word}", "请联系公共信用信息中心。")
    if not holder.is_filled:
        return _problem(request, 503, "范围正在准备", "请稍后重试。", wait=2)
    return None


@csrf_exempt
def feed(request: HttpRequest) -> HttpResponse:
    """The next events after a timepoint as JSON Lines of CloudEvents; waits for one if asked to."""
    return _answered(request, ("GET",), lambda: _feed(request))


def _feed(request: HttpRequest) -> HttpResponse:
    after, wait = number_in(request, "after", 0), min(number_in(request, "wait", 0), LONGEST_WAIT)
    limit = max(min(number_in(request, "limit", USUAL), MOST), 1)
    response = _page(request, after, limit=limit)
    if response.status_code != 200 or response.content or not wait:
        return response
    # Nothing is held while waiting: neither a transaction nor a place in the pool.
    with waiting_place() as is_free:
        if not is_free:
            response["Retry-After"] = "1"
            return response
        ring = bell(current_database().name)
        for _ in range(wait):
            ring.wait(int(response["Limu-Timepoint"]), 1.0)
            response = _page(request, int(response["Limu-Timepoint"]), limit=limit)
            if response.status_code != 200 or response.content:
                break
    return response


def _page(request: HttpRequest, after: int, *, limit: int) -> HttpResponse:
    return _for_holder(request, lambda c, h: _lines(actions.give(c, h, after=after, limit=limit), after=after))


def _lines(page: Events, *, after: int) -> HttpResponse:
    response = HttpResponse(page.text, content_type=LINES)
    response["Limu-After"], response["Limu-Timepoint"], response["Limu-Head"] = (
        str(after),
        str(page.last),
        str(page.head),
    )
    digest = base64.b64encode(hashlib.sha256(page.text).digest()).decode()
    response["Content-Digest"] = f"sha-256=:{digest}:"
    return response


@csrf_exempt
def stream(request: HttpRequest) -> HttpResponse | StreamingHttpResponse:
    """Events as they come, for a minute; go on from the last line's timepoint."""
    try:
        after = number_in(request, "after", 0)
        with pool("app").connection() as connection:
            holder = holder_of(request, connection)
            if refusal := refusal_of(request, holder):
                return refusal
            assert holder is not None
            actions.give(connection, holder, after=after, limit=1)
    except Unfit as unfit:
        return _problem(request, 400, "请求无法理解", str(unfit))
    except actions.TooOldError:
        return gone(request)
    response = StreamingHttpResponse(_streamed(holder, after), content_type=LINES)
    response["Cache-Control"] = "no-store"
    return response


def _streamed(holder: Holder, after: int) -> Iterator[bytes]:
    with waiting_place() as is_free:
        for _ in range(STREAM_SECONDS if is_free else 1):
            with pool("app").connection() as connection:
                state = store_holder.find_holder(connection, holder.id)
                if state is None or state.state != "active":
                    return
                page = actions.give(connection, holder, after=after, limit=USUAL)
            after = page.last
            if page.count:
                yield page.text
            else:
                # An empty line keeps the way open and tells that nothing is amiss.
                yield b"\n"
                bell(current_database().name).wait(after, 1.0)


@held("POST")
def acknowledge(request: HttpRequest, connection: Connection, holder: Holder) -> HttpResponse:
    """Acknowledge events by number, or all up to one."""
    told = object_in(request)
    numbers, until = told.get("timepoints", []), told.get("until")
    is_list = isinstance(numbers, list) and all(isinstance(one, int) and one > 0 for one in numbers)
    if not is_list or not isinstance(until, int | None) or len(numbers) > MOST:
        raise Unfit("timepoints 应为正整数的列表，until 应为整数。")
    return _json({"acknowledged": actions.acknowledge(connection, holder, numbers, until=until)})


@held("POST")
def check(request: HttpRequest, connection: Connection, holder: Holder) -> HttpResponse:
    """Is my copy right: salted hashes in, same, differs, withdrawn or unknown out."""
    told = object_in(request)
    try:
        salt = bytes.fromhex(told["salt"])
        given = {UUID(c["id"]): None if c["hash"] is None else bytes.fromhex(c["hash"]) for c in told["copies"]}
    except (KeyError, ValueError, TypeError, AttributeError):
        raise Unfit("请给出 salt（十六进制）和 copies：[{id, hash}]。") from None
    if not 16 <= len(salt) <= 64 or len(given) > MOST_CHECKED:
        raise Unfit(f"salt 应为 16 至 64 字节，一次最多核对 {MOST_CHECKED} 条。")
    verdicts = actions.check(connection, holder, given, salt=salt, today=register_today(connection))
    return _json({"copies": {str(record): verdict for record, verdict in verdicts.items()}})


@held("POST")
def copies(request: HttpRequest, connection: Connection, holder: Holder) -> HttpResponse:
    """The newest event of each named record, in the lines of the feed: to mend a copy."""
    try:
        records = [UUID(text) for text in object_in(request)["ids"]]
    except (KeyError, ValueError, TypeError, AttributeError):
        raise Unfit("请给出 ids：记录编号的列表。") from None
    if len(records) > MOST_CHECKED:
        raise Unfit(f"一次最多 {MOST_CHECKED} 条。")
    page = store.events_of(connection, holder, records)
    for line in page.text.splitlines():
        timepoint = int(json.loads(line)["timepoint"])
        store.insert_delivery(connection, holder.id, after=timepoint - 1, last=timepoint)
    return _lines(page, after=0)


@held("GET")
def tree(request: HttpRequest, connection: Connection, holder: Holder) -> HttpResponse:
    """Marks of a holder's scope: of the whole, of parts, of buckets, of leaves, and the digests in leaves."""
    level = request.GET.get("of", "whole")
    inside = numbers_in(request)
    told: dict[str, Any] = {"timepoint": store.head(connection)}
    if level in {"whole", "parts"}:
        rows = store.buckets(connection, holder, None)
        told |= {"copies": sum(row[1] for row in rows), "mark": _hex(joined(row[2] for row in rows))}
        if level == "parts":
            told["marks"] = [_hex(joined(r[2] for r in rows if r[0] // IN_PART == part)) for part in range(PARTS)]
    elif level == "buckets":
        found = {row[0]: row[2] for row in store.buckets(connection, holder, inside)}
        told["marks"] = {p: [_hex(found.get(p * IN_PART + n, 0)) for n in range(IN_PART)] for p in inside}
    elif level == "leaves":
        found = dict(store.leaves(connection, holder, inside))
        told["marks"] = {b: [_hex(found.get(b * IN_BUCKET + n, 0)) for n in range(IN_BUCKET)] for b in inside}
    elif level == "copies":
        told["copies"] = {record.hex: digest.hex() for record, digest in store.copies_in(connection, holder, inside)}
    else:
        raise Unfit("of 只能是 whole、parts、buckets、leaves、copies。")
    return _json(told)


def gone(request: HttpRequest, *, is_snapshot: bool = False) -> HttpResponse:
    """Say that a timepoint is too old, or that a snapshot was withdrawn, and where to begin again."""
    title = "快照已撤回，请删除已取得的文件" if is_snapshot else "起点已不在保存期内"
    response = _problem(request, 410, title, "请从最新快照重新开始：/feed/snapshot。", snapshot="/feed/snapshot")
    response["Link"] = '</feed/snapshot>; rel="latest-version"'
    return response


def number_in(request: HttpRequest, name: str, usual: int) -> int:
    """Read a number of the address."""
    text = request.GET.get(name, str(usual))
    if not text.isascii() or not text.isdigit() or len(text) > 18:
        raise Unfit(f"{name} 应为非负整数。")
    return int(text)


def numbers_in(request: HttpRequest) -> list[int]:
    """Read the numbers of `in`."""
    texts = [text for text in request.GET.get("in", "").split(",") if text]
    if len(texts) > 4096 or not all(text.isascii() and text.isdigit() and len(text) <= 5 for text in texts):
        raise Unfit("in 应为逗号分开的编号。")
    return [int(text) for text in texts]


def object_in(request: HttpRequest) -> dict[str, Any]:
    """Read a JSON object from the body."""
    try:
        told = json.loads(request.body if len(request.body) <= BODY else b"")
    except (ValueError, RecursionError):
        told = None
    if not isinstance(told, dict):
        raise Unfit("请求正文应为 JSON 对象。")
    return told


def _hex(mark: int) -> str:
    return f"{mark & 0xFFFF_FFFF_FFFF_FFFF:x}"


def _json(told: object) -> HttpResponse:
    return HttpResponse(json.dumps(told, ensure_ascii=False, separators=(",", ":")), content_type="application/json")


def _problem(request: HttpRequest, status: int, *said: str, wait: int = 0, snapshot: str = "") -> HttpResponse:
    title, advice = said
    response: HttpResponse = site.problem(request, Fault(status, title, "", advice, wait))
    if snapshot:
        response.content = json.dumps(
            json.loads(response.content) | {"snapshot": snapshot}, ensure_ascii=False
        ).encode()
    response["Cache-Control"] = "no-store"
    if wait:
        response["Retry-After"] = str(wait)
    return response
