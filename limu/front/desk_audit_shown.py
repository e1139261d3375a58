"""What was shown then: an auditor reproduces what the register held at an instant to be true of a day (双时间)."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse

from limu.access.actions import read_traced
from limu.catalogue.store import find_version
from limu.department.rules import Refusal
from limu.page.signed import Desk, officer_page, show
from limu.publication import queries as publication
from limu.publication.queries import ShownThen
from limu.record.item import is_shown
from limu.subject.queries import find_subject
from limu.terms.uscc import clean_uscc
from limu.wire.aside import aside
from limu.wire.clock import SHANGHAI, register_now
from limu.wire.lawbook import current_book

NAMES = ("uscc", "known_at", "as_of", "reason")
NO_CODE = Refusal("A-111", "登记库中没有这一统一社会信用代码。", "请核对代码。")
NO_REASON = Refusal("A-112", "没有写明审计的事由。", "请写明审计项目或者案件编号；它会记入查阅轨迹。")
NO_TIME = Refusal("A-113", "时间不能识别。", "时刻写成 2026-11-24T09:00，日期写成 2026-11-24；都可以留空，留空为现在。")
AHEAD = Refusal("A-114", "时刻在将来。", "请填写已经过去的时刻。")


@dataclass(frozen=True, slots=True)
class Asked:
    """Of whom, held at which instant, true of which day, and why it is asked."""

    subject: UUID
    uscc: str
    name: str
    known_at: datetime
    on: date
    reason: str


@officer_page("replay_shown")
def shown(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Reproduce the public page of a subject as it stood at an instant; the look and its reason are in the trail."""
    given = {name: request.POST.get(name, "").strip() for name in NAMES}
    if request.method != "POST":
        return show(request, desk, "front/ops_shown.html", given=given)
    asked = _asked(desk, given)
    if isinstance(asked, Refusal):
        return show(request, desk, "front/ops_shown.html", status=422, given=given, refusal=asked)
    scope = f"shown on {asked.on}, known at {asked.known_at.isoformat(timespec='seconds')}: {asked.reason}"
    refused = read_traced(
        aside, desk.connection, officer=desk.officer, act=desk.act, purpose="audit",
        scope=scope[:300], subject=asked.subject,
    )  # fmt: skip
    if refused:
        raise Http404
    found = publication.shown_then(desk.connection, asked.subject, on=asked.on, known_at=asked.known_at)
    book = current_book(desk.connection)
    rows = [(one, book.ref(one.rule).citation if book.rule(one.rule) else one.rule, *_told(desk, one, asked.uscc))
            for one in found]  # fmt: skip
    return show(request, desk, "front/ops_shown.html", given=given, asked=asked, rows=rows)


def _asked(desk: Desk, given: dict[str, str]) -> Asked | Refusal:
    code = clean_uscc(given["uscc"])
    found = find_subject(desk.connection, code) if code else None
    if found is None:
        return NO_CODE
    if not given["reason"]:
        return NO_REASON
    now = register_now(desk.connection)
    try:
        known_at = datetime.fromisoformat(given["known_at"]) if given["known_at"] else now
        known_at = known_at if known_at.tzinfo else known_at.replace(tzinfo=SHANGHAI)
        on = date.fromisoformat(given["as_of"]) if given["as_of"] else known_at.astimezone(SHANGHAI).date()
    except ValueError:
        return NO_TIME
    return AHEAD if known_at > now else Asked(found.id, code, found.name, known_at, on, given["reason"])


def _told(desk: Desk, one: ShownThen, uscc: str) -> tuple[str, list[tuple[str, str]]]:
    """The item's name, and the fields that the public could read."""
    item = find_version(desk.connection, one.item, version=one.item_version)
    fields = [field for field in item.fields if is_shown(field, uscc) and one.content.get(field.code)]
    return item.name, [(field.label, str(one.content[field.code])) for field in fields]
