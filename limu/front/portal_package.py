"""The materials of an application for repair as one file, to hand in at the official site or the body's counter."""

import re
import tempfile
import zipfile
from typing import IO

from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseRedirect

from limu.front.portal import leave_trace
from limu.front.portal_repair import PLACES, Work, work_of
from limu.page.portal import Portal, portal_page
from limu.repair.actions_draft import FOLDER
from limu.repair.rules_package import write_application
from limu.wire.files import FileHash, FileStore, StoredFileError
from limu.wire.home import find_home

IN_MEMORY = 8 * 2**20
_FORBIDDEN = re.compile(r'[\\/:*?"<>|\x00-\x1f]+')


@portal_page("repair")
def package(request: HttpRequest, portal: Portal) -> HttpResponse:
    """Lend application, signed commitment and proofs as one ZIP; while something is missing, lead back to review."""
    del request
    leave_trace(portal, "own records: repair")
    work = work_of(portal)
    if not work.chosen or work.gaps or work.draft is None:
        return HttpResponseRedirect(PLACES["review"])
    kept = tempfile.SpooledTemporaryFile(IN_MEMORY)  # noqa: SIM115 - the response closes it
    _write(kept, work, portal)
    kept.seek(0)
    answer = FileResponse(
        kept, as_attachment=True, filename=f"信用修复申请材料-{portal.today:%Y%m%d}.zip", content_type="application/zip"
    )
    answer["Cache-Control"] = "private, no-store"
    return answer  # type: ignore[return-value]


def _write(target: IO[bytes], work: Work, portal: Portal) -> None:
    draft = work.draft
    assert draft is not None
    lines = [(one.one.authority or "", one.one.document_number or "", one.one.decided_on) for one in work.chosen]
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr(
            "1-信用修复申请.txt",
            write_application(work.filler.party, lines, by=portal.agent.person_name, on=portal.today),
        )
        file.writestr("2-信用承诺书.txt", draft.signed_text or "")
        store = FileStore(find_home(), FOLDER)
        for place, one in enumerate(work.chosen, start=1):
            for number, proof in enumerate(draft.files_of(one.one.record), start=1):
                name = _FORBIDDEN.sub("_", f"3-证明-{place}-{number}-{proof.name}")
                try:
                    file.writestr(name, store.open(FileHash(proof.file_hash)))
                except StoredFileError:
                    file.writestr(f"{name}.txt", "这份证明的内容已经销毁，请重新上传。")
