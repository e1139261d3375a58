"""任务与系统: the worker's tasks and a named retry, destroyed uploads, law pack, disk and the doctor's looks."""

import os
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect

from limu.front import store_system as store
from limu.intake.actions import upload_days
from limu.law.pack import EDITION
from limu.page.paging import paged, place_of
from limu.page.signed import Desk, officer_page, show
from limu.wire.database import current_database
from limu.wire.doctor import look_at_running
from limu.wire.files import FileHash, FileStore
from limu.wire.home import find_home
from limu.wire.lawbook import pack_in_force

KINDS = {
    "enter_submission": "大文件入库", "recompute_log": "重算公开日志", "deliver": "送达下游", "case_letter": "办件文书",
    "write_workbook": "错误工作簿",
}  # fmt: skip


@officer_page("read_system")
def overview(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Show what the worker does and what the installation stands on."""
    files = FileStore(find_home())
    uploaded = store.files_of(desk.connection)
    gone = [at for digest, at in uploaded if not files.has(FileHash(digest.hex()))]
    pack = pack_in_force(desk.connection)
    place = place_of(request)
    pages = paged(request, store.tasks(desk.connection, limit=place.limit, skip=place.skip), place)
    tasks = [(task, KINDS.get(task["kind"], task["kind"]), _state(task)) for task in pages.rows]
    waiting, failed = store.count_tasks(desk.connection)
    return show(
        request, desk, "front/ops_system.html", tasks=tasks, may_retry=desk.may("retry_task"), pages=pages,
        waiting=waiting, failed=failed,
        uploads=len(uploaded), gone=len(gone), kept_days=upload_days(os.environ), pack=pack, edition=EDITION,
        weights=store.weights(desk.connection), looks=list(look_at_running(find_home(), current_database())),
    )  # fmt: skip


def _state(task: store.Row) -> str:
    if task["done_at"] is not None:
        return "done"
    if task["is_given_up"]:
        return "failed"
    return "again" if task["attempts"] else "queued"


@officer_page("retry_task")
def retry(request: HttpRequest, desk: Desk, task: UUID) -> HttpResponse:
    """Have a failed task tried again, in this officer's name."""
    found = store.find_task(desk.connection, task)
    if found is None:
        raise Http404
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    if found["done_at"] is None and found["attempts"]:
        store.retry(desk.connection, found, officer=desk.officer.id)
        messages.success(request, "已交后台重试，结果会列在这里；重试记在您的名下。")
    else:
        messages.info(request, "该任务已经完成或正在排队，不需要重试。")
    return HttpResponseRedirect("/ops/system")
