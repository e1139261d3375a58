"""Reporting by machine: the desk's checks, words and codes under a key, as JSON (接口报送)."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final
from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpRequest, HttpResponse, JsonResponse
from ninja import Query, Router, Schema

from limu.catalogue.store import find_item
from limu.department.actions_key import key_of
from limu.department.rules import NOT_THERE, Refusal
from limu.department.rules_key import Key, not_for
from limu.department.store import enter
from limu.intake import store, store_desk
from limu.intake.actions import Means
from limu.intake.actions_machine import Parcel, findings_of, parcel_of_rows, send_once
from limu.intake.actions_workbook import FILE_GONE, answer_workbook
from limu.intake.api_words import ACCEPTED, Receipt
from limu.intake.desk import WORKBOOK, EntryFactory, own_department
from limu.intake.rules import Counts, Order, Submission, Told, UserFault
from limu.intake.rules_desk import NO_FILE, NO_ITEM, batch_state, told_of_batch
from limu.intake.rules_mapping import HeaderMapping, parse_mapping
from limu.page.machine import beyond_share, dressed, problem
from limu.record.item import Item
from limu.wire.clock import register_today
from limu.wire.database import Connection, connect, pool
from limu.wire.files import FileStore
from limu.wire.home import find_home
from limu.wire.lawbook import current_book

CARRIED = 200
MOST = 500
UNKNOWN = Refusal("F-142", "请求中有不认识的内容。", "只能有 item、intent、mapping、file 或者 rows；单位由密钥决定。")
NO_NAME = Refusal("F-143", "没有 Idempotency-Key，或者超过 255 个字符。", "每次报送请给出一个新的 Idempotency-Key。")
INTENT = Refusal(
    "F-144", "不能通过接口办理这种报送。", "intent 只能是 report 或者 nil；更正由两人在工作台“数据维护”办理。"
)
NO_JSON = Refusal("F-145", "请求正文不是 JSON 对象。", "请按 OpenAPI 中的格式发送。")


@dataclass(frozen=True, slots=True)
class Machine:
    """Who asks for the length of one request: a key, with row-level security open for its department."""

    key: Key
    connection: Connection
    today: date

    def order(self) -> Order:
        """How to work today."""
        return Order(self.today, CARRIED)


class PageOf(Schema):
    """Which part of a list."""

    cursor: str = ""
    limit: int = 100


AGAIN: Final = {"Retry-After": "10"}
"""What is being written is asked for again after so many seconds."""


def keyed(request: HttpRequest, act: str, view: Callable[[Machine], HttpResponse]) -> HttpResponse:
    """Answer a request that carries a key for this act, within the key's share; anything else is refused."""
    with pool("app").connection() as connection:
        today = register_today(connection)
        key = key_of(connection, request.headers.get("Authorization", ""), today=today)
        if isinstance(key, Refusal):
            connection.rollback()
            return problem(request, key, status=401)
        # Committed: that the key was used. Whatever follows opens row-level security for itself.
        connection.commit()
        if (waiting := beyond_share(request, key.id)) is not None:
            return waiting
        if act not in key.acts:
            return problem(request, not_for(act), status=403)
        enter(connection, department=key.department)
        response = view(Machine(key, connection, today))
    return dressed(response)


def router(entry_factory: EntryFactory) -> Router:
    """The addresses of reporting by machine, with what follows when rows are entered."""
    made = Router(tags=["submissions"])
    made.post("", openapi_extra=ACCEPTED, summary="Report a file, JSON rows, or that there was nothing")(
        _submit(entry_factory)
    )
    made.get("", summary="The department's batches, newest first")(batches)
    made.get("/{uuid:submission}", response=Receipt, summary="The receipt of a batch")(receipt)
    made.get("/{uuid:submission}/findings", summary="Every finding of a batch, page by page")(findings)
    made.get("/{uuid:submission}/answer.xlsx", summary="The answer workbook: wrong cells marked")(answer)
    return made


def _submit(entry_factory: EntryFactory) -> Callable[[HttpRequest], HttpResponse]:
    def submit(request: HttpRequest) -> HttpResponse:
        """Report under an Idempotency-Key: the same key and content give the same answer, other content 422.

        201 when the batch is done (some rows may be refused: see `findings`), 202 when the worker enters it,
        409 while the same request is in work, 422 with codes when nothing could be read."""
        read = _read(request)
        act = "submit_nil" if not isinstance(read, Refusal) and read.intent == "nil" else "submit"
        return keyed(request, act, lambda machine: _received(request, machine, read, entry_factory=entry_factory))

    return submit


@dataclass(frozen=True, slots=True)
class _Said:
    """What a request says, before anybody believes it."""

    item: str
    intent: str
    mapping: str
    rows: bytes | None
    file: Any


def _read(request: HttpRequest) -> _Said | Refusal:
    if request.content_type == "application/json":
        return _read_json(request.body)
    if set(request.POST) - {"item", "intent", "mapping"} or set(request.FILES) - {"file"}:
        return UNKNOWN
    post = request.POST
    said = (str(post.get("item", "")), str(post.get("intent", "report")), str(post.get("mapping", "")))
    return _Said(*said, None, request.FILES.get("file"))


def _read_json(body: bytes) -> _Said | Refusal:
    try:
        told = json.loads(body)
    except (ValueError, RecursionError):
        return NO_JSON
    if not isinstance(told, dict):
        return NO_JSON
    if told.keys() - {"item", "intent", "rows"}:
        return UNKNOWN
    rows = json.dumps(told["rows"], ensure_ascii=False).encode() if "rows" in told else None
    return _Said(str(told.get("item", "")), str(told.get("intent", "report")), "", rows, None)


def _received(
    request: HttpRequest, machine: Machine, read: _Said | Refusal, *, entry_factory: EntryFactory
) -> HttpResponse:
    name = request.headers.get("Idempotency-Key", "").strip()
    if not name or len(name) > 255:
        return problem(request, NO_NAME, status=400)
    parcel = read if isinstance(read, Refusal) else _parcel(machine, read)
    if isinstance(parcel, Refusal):
        return problem(request, parcel, status=_status(parcel))
    item = parcel.item
    department = own_department(machine.connection, machine.key.officer)
    law = current_book(machine.connection)
    means = Means(FileStore(find_home()), entry_factory(department, item, law=law, today=machine.today))
    machine.connection.commit()
    with connect("app") as connection:
        made = send_once(connection, machine.key, parcel, name=name, order=machine.order(), means=means)
    if isinstance(made, Refusal):
        return problem(request, made, status=_status(made))
    enter(machine.connection, department=machine.key.department)
    response = _told(machine, made, status=202 if made.state in ("received", "entering") else 201)
    response["Location"] = f"/api/v1/submissions/{made.id}"
    return response


def _status(refusal: Refusal) -> int:
    known = {"F-130": 409, "F-141": 409, "A-404": 404, "K-212": 403, "F-132": 403, "F-145": 400, "F-115": 413}
    return known.get(refusal.code, 422)


def _parcel(machine: Machine, said: _Said) -> Parcel | Refusal:
    if said.intent not in ("report", "nil"):
        return INTENT
    item = find_item(machine.connection, said.item, on=machine.today) if said.item else None
    if item is None:
        return Refusal(*NO_ITEM)
    if item.code not in machine.key.items:
        return Refusal("K-212", f"这把凭证不能报送“{item.name}”。", "请申请包含这一事项的凭证。")
    if said.intent == "nil":
        return Parcel(item, None, "", 0)
    return _parcel_of(item, said)


def _parcel_of(item: Item, said: _Said) -> Parcel | Refusal:
    if said.rows is not None:
        return parcel_of_rows(item, said.rows)
    if said.file is None or not said.file.size:
        return Refusal(*NO_FILE)
    mapping: HeaderMapping | UserFault | None = None
    if said.mapping:
        mapping = parse_mapping(said.mapping, fields=[one.code for one in item.fields])
    if isinstance(mapping, UserFault):
        return Refusal(*mapping)
    return Parcel(item, said.file.file, said.file.name or "", said.file.size, mapping)


def batches(request: HttpRequest, page_of: Query[PageOf]) -> HttpResponse:
    """List the batches of the key's items, the newest first."""

    def told(machine: Machine) -> HttpResponse:
        limit = max(1, min(page_of.limit, MOST))
        found = store_desk.submissions_page(
            machine.connection, department=machine.key.department, item="", before=_instant(page_of.cursor), limit=limit
        )
        rows = [_plain(one) for one in found[:limit] if one.item in machine.key.items]
        more = found[limit - 1].received_at.isoformat() if len(found) > limit else None
        return _listed(request, {"submissions": rows, "next": more}, cursor=more)

    return keyed(request, "read_submission", told)


def _instant(text: str) -> datetime | None:
    try:
        found = datetime.fromisoformat(text.replace(" ", "+"))
    except ValueError:
        return None
    return found if found.tzinfo else None


def receipt(request: HttpRequest, submission: UUID) -> HttpResponse:
    """The receipt of a batch: counts that add up, codes, the first findings."""
    return _of_batch(request, submission, _told)


def _of_batch(
    request: HttpRequest, submission: UUID, view: Callable[[Machine, Submission], HttpResponse]
) -> HttpResponse:
    def told(machine: Machine) -> HttpResponse:
        found = store.find_submission(machine.connection, submission)
        own = found is not None and found.department == machine.key.department and found.item in machine.key.items
        if found is None or not own:
            return problem(request, NOT_THERE, status=404)
        return view(machine, found)

    return keyed(request, "read_submission", told)


def findings(request: HttpRequest, submission: UUID, page_of: Query[PageOf]) -> HttpResponse:
    """Every finding, in the order of the file; `gone` where the file's time of keeping is over."""

    def told(machine: Machine, one: Submission) -> HttpResponse:
        start = int(page_of.cursor) if page_of.cursor.isdecimal() and len(page_of.cursor) < 10 else 0
        size = max(1, min(page_of.limit, MOST))
        found = _findings(machine, one, most=size + 1, skip=start)
        if found is None:
            return _listed(request, {"findings": [], "next": None, "gone": True}, cursor=None)
        more = str(start + size) if len(found) > size else None
        return _listed(request, {"findings": found[:size], "next": more, "gone": False}, cursor=more)

    return _of_batch(request, submission, told)


def answer(request: HttpRequest, submission: UUID) -> HttpResponse:
    """The answer workbook: the sender's rows, results first, wrong cells marked; 202 while the worker writes it."""

    def told(machine: Machine, one: Submission) -> HttpResponse:
        made = answer_workbook(machine.connection, FileStore(find_home()), one)
        if made is None:
            return JsonResponse({"submission": str(one.id), "state": "writing"}, status=202, headers=AGAIN)
        if isinstance(made, UserFault):
            return problem(request, Refusal(*made), status=410 if made.code == FILE_GONE.code else 422)
        return HttpResponse(made, content_type=WORKBOOK)

    return _of_batch(request, submission, told)


def _listed(request: HttpRequest, body: dict[str, Any], *, cursor: str | None) -> HttpResponse:
    response = JsonResponse(body, json_dumps_params={"ensure_ascii": False})
    if cursor:
        kept = {name: value for name, value in request.GET.items() if name != "cursor"}
        response["Link"] = f'<{request.path}?{urlencode(kept | {"cursor": cursor})}>; rel="next"'
    return response


def _findings(machine: Machine, one: Submission, *, most: int, skip: int = 0) -> list[dict[str, Any]] | None:
    item = None if one.intent == "nil" else find_item(machine.connection, one.item, on=machine.today)
    if item is None:
        return []
    mapping = store_desk.mapping_of(machine.connection, one.id)
    order = Order(machine.today, most, skip=skip)
    found = findings_of(FileStore(find_home()), one, item=item, mapping=mapping, order=order)
    if found is None:
        return None
    return [{name: getattr(told, name) for name in Told.__dataclass_fields__} for told in found]


def _told(machine: Machine, one: Submission, *, status: int = 200) -> JsonResponse:
    is_running = one.state in ("received", "entering")
    body = _plain(one) | {
        "codes": store.codes_of(machine.connection, one.id),
        "findings": [] if is_running else _findings(machine, one, most=CARRIED) or [],
        "links": {"findings": f"/api/v1/submissions/{one.id}/findings",
                  "answer": f"/api/v1/submissions/{one.id}/answer.xlsx"},
    }  # fmt: skip
    return JsonResponse(body, status=status, json_dumps_params={"ensure_ascii": False})


def _plain(one: Submission) -> dict[str, Any]:
    return {
        "submission": str(one.id), "state": one.state, "state_text": batch_state(one), "told": told_of_batch(one),
        "item": one.item, "department": one.department_name, "officer": one.officer_code, "intent": one.intent,
        "received_at": one.received_at.isoformat(), "done_at": one.done_at.isoformat() if one.done_at else None,
        **{name: getattr(one.counts, name) for name in Counts.__dataclass_fields__},
    }  # fmt: skip
