"""修复申请 in five steps, kept as a draft between them: records, conditions, materials, commitment, hand in."""

from dataclasses import dataclass
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect

from limu.case.actions import store_document
from limu.case.rules import DOCUMENT_BYTES, Document
from limu.department.rules import Refusal
from limu.front.portal import leave_trace, running_of
from limu.front.portal_cases import acting
from limu.front.portal_door import NOT_AUTHORISED, official_site, takes_applications
from limu.page.portal import Portal, portal_page, show_my
from limu.reactions_repair import apply_for_repair
from limu.repair import actions_draft, rules_draft, store_draft
from limu.repair.actions import Applied, Item
from limu.repair.actions_draft import FOLDER, Filler, Why
from limu.repair.queries import Prospect, prospects
from limu.repair.rules_draft import Draft, Gap, Wanted
from limu.wire.files import FileHash, FileStore, StoredFileError
from limu.wire.home import find_home
from limu.wire.lawbook import current_book

START = "/my/repair"
STEPS = (
    ("records", "选择记录", START),
    ("conditions", "条件核对", f"{START}/conditions"),
    ("materials", "材料", f"{START}/materials"),
    ("pledge", "承诺", f"{START}/pledge"),
    ("review", "核对提交", f"{START}/review"),
)
PLACES = {step: path for step, _, path in STEPS}


@dataclass(frozen=True, slots=True)
class Work:
    """An application as it stands: what may be applied for, what was chosen, what is missing."""

    filler: Filler
    draft: Draft | None
    found: tuple[Prospect, ...]
    running: dict[UUID, UUID]

    @property
    def chosen(self) -> tuple[Prospect, ...]:
        """The chosen records that may still be applied for, in their order."""
        kept = self.draft.records if self.draft else ()
        return tuple(one for one in self.ready if one.one.record in kept)

    @property
    def ready(self) -> tuple[Prospect, ...]:
        """What can be applied for today, and is not under way."""
        return tuple(one for one in self.found if one.can_apply and one.one.record not in self.running)

    @property
    def gaps(self) -> tuple[Gap, ...]:
        """What is missing before it can be handed in."""
        if self.draft is None:
            return ()
        wanted = [Wanted(one.one.record, one.one.document_number or "", one.one.verified_by) for one in self.chosen]
        return rules_draft.gaps_of(self.draft, wanted)

    @property
    def commitment(self) -> str:
        """The commitment for the chosen records."""
        return rules_draft.write_commitment(
            self.filler.party, (one.one.document_number or "" for one in self.chosen)
        )  # fmt: skip

    @property
    def next_step(self) -> str:
        """Where to go on: the first step with something missing, else the last."""
        return PLACES[self.gaps[0].step] if self.gaps else PLACES["review"]


def work_of(portal: Portal, *, lock: bool = False) -> Work:
    """Read the draft of the agent and what may be applied for today."""
    agent = portal.agent
    filler = Filler(agent.id, agent.subject, (agent.subject_name, agent.uscc), agent.person_name)
    draft = actions_draft.own_draft(portal.connection, agent.id, lock=lock)
    book = current_book(portal.connection)
    found = prospects(portal.connection, book, agent.subject, today=portal.today)
    if draft and (gone := set(draft.records) - {one.one.record for one in found}):
        found += prospects(portal.connection, book, agent.subject, today=portal.today, records=tuple(gone))
    return Work(filler, draft, found, running_of(portal))


def _show(
    request: HttpRequest, portal: Portal, work: Work, *, step: str, faults: tuple[Gap, ...] = (),
    ticked: frozenset[str] | None = None,
) -> HttpResponse:  # fmt: skip
    missing = {gap.step for gap in work.gaps}
    steps = [
        (word, path, key == step, bool(work.chosen) and key not in missing and key != "review")
        for key, word, path in STEPS
    ]
    draft = work.draft
    files = {one.one.record: draft.files_of(one.one.record) if draft else () for one in work.chosen}
    wanted = ticked if ticked is not None else frozenset(map(str, draft.records if draft else ()))
    bodies = {one.one.authority: [two for two in work.chosen if two.one.authority == one.one.authority]
              for one in work.chosen}  # fmt: skip
    return show_my(
        request, portal, f"front/my_repair_{step}.html", status=422 if faults else 200, work=work, steps=steps,
        faults=[(gap.refusal, "" if gap.step == step else PLACES[gap.step], gap.field) for gap in faults],
        lines=[(one, str(one.one.record) in wanted, work.running.get(one.one.record)) for one in work.found],
        chosen=[(one, files[one.one.record], f"proof-{one.one.record}") for one in work.chosen],
        bodies=bodies, is_ready=bool(work.ready), commitment=work.commitment,
        is_more=len(work.found) >= rules_draft.MOST_RECORDS, is_taken_here=takes_applications(), site=official_site(),
    )  # fmt: skip


@portal_page("repair")
def records(request: HttpRequest, portal: Portal) -> HttpResponse:
    """Step 1: choose among the own records those to be repaired; a draft that is there can be gone on with."""
    leave_trace(portal, "own records: repair")
    work = work_of(portal)
    if request.method != "POST":
        asked = request.GET.getlist("record")
        kept = [str(one) for one in work.draft.records] if work.draft else []
        return _show(request, portal, work, step="records", ticked=frozenset([*asked, *kept]))
    if request.POST.get("go") == "discard":
        _destroy(portal, store_draft.delete_draft(portal.connection, portal.agent.id), why="discarded")
        messages.success(request, "草稿已放弃，上传的材料已销毁。")
        return HttpResponseRedirect(START)
    ticked = request.POST.getlist("record")
    chosen = [one.one.record for one in work.found if str(one.one.record) in ticked]
    refusal = actions_draft.choose(portal.connection, work.filler, chosen, found=work.ready)
    if refusal:
        faults = (Gap("records", "records", refusal),)
        return _show(request, portal, work, step="records", faults=faults, ticked=frozenset(ticked))
    return HttpResponseRedirect(PLACES["conditions"])


@portal_page("repair")
def conditions(request: HttpRequest, portal: Portal) -> HttpResponse:
    """Step 2: each condition of each record with its article, and where the open ones will be met."""
    leave_trace(portal, "own records: repair")
    work = work_of(portal)
    return _show(request, portal, work, step="conditions") if work.chosen else HttpResponseRedirect(START)


@portal_page("repair")
def materials(request: HttpRequest, portal: Portal) -> HttpResponse:
    """Step 3: bring a proof for each record that its body has not verified itself; what is good is kept at once."""
    leave_trace(portal, "own records: repair")
    work = work_of(portal)
    if not work.chosen:
        return HttpResponseRedirect(START)
    if request.method != "POST":
        return _show(request, portal, work, step="materials")
    if gone := _uuid(request.POST.get("remove", "")):
        _destroy(portal, store_draft.delete_file(portal.connection, portal.agent.id, gone), why="discarded")
        return HttpResponseRedirect(PLACES["materials"])
    faults = _upload(request, portal, work)
    if faults:
        answer = _show(request, portal, work_of(portal), step="materials", faults=faults)
        # A file that cannot be read does not cost the others: what was good stays in the draft.
        portal.connection.commit()
        return answer
    return HttpResponseRedirect(PLACES["pledge" if request.POST.get("go") == "next" else "materials"])


def _upload(request: HttpRequest, portal: Portal, work: Work) -> tuple[Gap, ...]:
    store, faults = FileStore(find_home(), FOLDER), []
    for one in work.chosen:
        field = f"proof-{one.one.record}"
        for file in request.FILES.getlist(field):
            made = actions_draft.add_proof(
                portal.connection, store, work.filler, record=one.one.record, name=file.name or "证明",
                content=file.read(DOCUMENT_BYTES + 1),
            )  # fmt: skip
            if isinstance(made, Refusal):
                said = Refusal(made.code, f"{file.name}：{made.message}", made.cure)
                faults.append(Gap("materials", field, said))
    return tuple(faults)


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


@portal_page("repair")
def pledge(request: HttpRequest, portal: Portal) -> HttpResponse:
    """Step 4: read the commitment that names every decision, and sign it."""
    leave_trace(portal, "own records: repair")
    work = work_of(portal)
    if not work.chosen:
        return HttpResponseRedirect(START)
    if request.method != "POST":
        return _show(request, portal, work, step="pledge")
    is_agreed = request.POST.get("commitment") == "yes"
    refusal = actions_draft.sign(portal.connection, work.filler, text=work.commitment, is_agreed=is_agreed)
    if refusal:
        return _show(request, portal, work, step="pledge", faults=(Gap("pledge", "commitment", refusal),))
    return HttpResponseRedirect(PLACES["pledge"])


@portal_page("repair")
def review(request: HttpRequest, portal: Portal) -> HttpResponse:
    """Step 5: see all of it by body, and hand it in: one receipt for all."""
    leave_trace(portal, "own records: repair")
    work = work_of(portal, lock=request.method == "POST")
    if not work.chosen:
        return HttpResponseRedirect(START if request.method != "POST" or work.draft else "/my/cases")
    if request.method != "POST":
        return _show(request, portal, work, step="review")
    if not takes_applications():
        return _show(request, portal, work, step="review", faults=(Gap("review", "package", NOT_AUTHORISED),))
    if work.gaps:
        return _show(request, portal, work, step="review", faults=work.gaps)
    made = _hand_in(portal, work)
    if isinstance(made, Refusal):
        return _show(request, portal, work, step="review", faults=(Gap("review", "records", made),))
    return HttpResponseRedirect(f"/my/applications/{made.application}?done=1")


def _hand_in(portal: Portal, work: Work) -> Applied | Refusal:
    assert work.draft is not None
    text = work.draft.signed_text or ""
    signed = store_document(
        FileStore(find_home(), FOLDER),
        text.encode(),
        role="commitment",
        name="信用承诺书.txt",
        held_by=portal.connection,
    )
    if isinstance(signed, Refusal):
        return signed
    items = tuple(
        Item(
            one.one.record,
            tuple(
                Document("performance_proof", file.name, file.file_hash, file.bytes)
                for file in work.draft.files_of(one.one.record)
            ),
        )
        for one in work.chosen
    )
    book = current_book(portal.connection)
    made = apply_for_repair(portal.connection, book, actor=acting(portal), items=items, documents=(signed,))
    if not isinstance(made, Refusal):
        # Proofs that no case took over were uploaded for what was not handed in.
        _destroy(portal, store_draft.delete_draft(portal.connection, portal.agent.id), why="handed_in")
    return made


def _destroy(portal: Portal, hashes: list[str], *, why: Why) -> None:
    """Destroy contents of the draft once it is committed that it names them no more."""
    portal.connection.commit()
    actions_draft.destroy(portal.connection, FileStore(find_home(), FOLDER), hashes, why=why)


@portal_page("repair")
def proof(_: HttpRequest, portal: Portal, file: UUID) -> HttpResponse:
    """Show a proof of the own draft as it was uploaded: its kind is what its bytes say, and it runs nothing."""
    found = store_draft.find_file(portal.connection, portal.agent.id, file)
    if found is None:
        raise Http404
    try:
        content = FileStore(find_home(), FOLDER).open(FileHash(found.file_hash))
    except StoredFileError as gone:
        raise Http404 from gone
    answer = HttpResponse(content, content_type=rules_draft.MEDIA[found.kind])
    answer["Cache-Control"] = "private, no-store"
    answer["Content-Disposition"] = "inline" if found.is_image else "attachment"
    return answer
