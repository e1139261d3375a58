"""Acts on cases that every kind shares. Never commits; reactions_*.py say what follows for records.

Who acts is an `Officer`, or an `Agent` of a subject (portal, window, platform above). A portal page opens a connection
of the role "app", calls these or the reactions with an `Agent`, and commits."""

import os
from dataclasses import replace
from datetime import date
from hashlib import sha256
from typing import Any
from uuid import UUID, uuid4

from psycopg import Connection

from limu.case import rules, store, store_letter
from limu.case.rules import Actor, Agent, Case, CaseKind, Document, Door, Writing
from limu.case.store_letter import Letter, Way
from limu.department.rules import NOT_THERE, Officer, Refusal, authorise
from limu.wire.clock import register_now, register_today
from limu.wire.files import FileStore


def draw_number(kind: CaseKind, on: date) -> str:
    """Draw a receipt number."""
    return rules.receipt_number(kind, on, drawn=os.urandom(10))


def store_document(
    files: FileStore, content: bytes, *, role: str, name: str, cited_rule: str = "",
    held_by: Connection[Any] | None = None,
) -> Document | Refusal:  # fmt: skip
    """Encrypt a document's content and keep it, before the case that names it is written.

    `held_by` is the transaction that will name it: until it ends nobody destroys the same content as unnamed."""
    if not content or len(content) > rules.DOCUMENT_BYTES:
        return rules.TOO_LARGE
    if role == "other" and not cited_rule.strip():
        return rules.NO_RULE
    if held_by is not None:
        store.hold_content(held_by, sha256(content).hexdigest())
    return Document(role, name, files.put(content), len(content), cited_rule.strip())


def move(
    connection: Connection[Any], case: Case, *, step: str, after: str, actor: Actor, reason: str = "",
    citation: str = "", outcome: str | None = None, body: dict[str, Any] | None = None,
) -> Case | Refusal:  # fmt: skip
    """Make one step on a locked case, or say how the case stands: who comes second is told."""
    if not rules.can_move(case, step, after):
        return settled(connection, case)
    store.insert_step(
        connection, case, kind=step, after=after, actor=actor, reason=reason, citation=citation,
        outcome=outcome, body=body,
    )  # fmt: skip
    moved = store.find_case(connection, case.id)
    assert moved is not None
    return moved


def settled(connection: Connection[Any], case: Case) -> Refusal:
    """Tell the one who came second who was first."""
    steps = store.steps_of(connection, case.id)
    last = steps[-1] if steps else None
    return rules.settled(case, f"由{last.by}于 {last.on_day} {last.word}" if last else "尚未开始")


def find_for(connection: Connection[Any], case: UUID, *, officer: Officer, act: str) -> Case | Refusal:
    """The case, locked, if this officer may do this act on it; "not allowed" and "not there" are one answer."""
    found = store.find_case(connection, case, lock=True)
    if found is None:
        return NOT_THERE
    return authorise(officer, act, found.department) or found


def find_own(connection: Connection[Any], case: UUID, *, agent: Agent) -> Case | Refusal:
    """The case, locked, of the agent's own subject."""
    store.enter_subject(connection, agent.subject)
    found = store.find_case(connection, case, lock=True)
    return found if found is not None and found.subject == agent.subject else NOT_THERE


def accept(connection: Connection[Any], case: UUID, *, officer: Officer) -> Case | Refusal:
    """Accept a case (受理); the clock of the decision begins."""
    found = find_for(connection, case, officer=officer, act="handle_case")
    if isinstance(found, Refusal):
        return found
    if refusal := rules.refuse_handler(found, officer):
        return refusal
    return move(connection, found, step="accept", after="checking", actor=officer)


def ask_gaps(connection: Connection[Any], case: UUID, *, officer: Officer, reason: str) -> Case | Refusal:
    """Name all that is missing, once (一次性告知); the clock stops until the subject answers."""
    found = find_for(connection, case, officer=officer, act="handle_case")
    if isinstance(found, Refusal):
        return found
    refusal = rules.refuse_handler(found, officer) or (None if reason.strip() else rules.NO_REASON)
    if refusal is not None:
        return refusal
    if any(one.kind == "ask_gaps" for one in store.steps_of(connection, case)):
        return rules.TWICE
    return move(connection, found, step="ask_gaps", after="gaps", actor=officer, reason=reason)


def set_clock(
    connection: Connection[Any], case: UUID, *, officer: Officer, step: str, reason: str, citation: str
) -> Case | Refusal:
    """Stop, resume or extend the clock (`stop`, `resume`, `extend`): never without a recorded reason and basis."""
    found = find_for(connection, case, officer=officer, act="handle_case")
    if isinstance(found, Refusal):
        return found
    refusal = rules.refuse_handler(found, officer) or _cannot_set(
        [one.kind for one in store.steps_of(connection, case)], step, said=(reason, citation)
    )
    return refusal or move(
        connection, found, step=step, after="checking", actor=officer, reason=reason, citation=citation
    )


def _cannot_set(kinds: list[str], step: str, *, said: tuple[str, str]) -> Refusal | None:
    if step != "resume" and not said[0].strip():
        return rules.NO_REASON
    if step != "resume" and not said[1].strip():
        return rules.NO_CITATION
    is_stopped = next((kind == "stop" for kind in reversed(kinds) if kind in ("stop", "resume")), False)
    if step == "stop" and is_stopped:
        return rules.STOPPED
    if step == "resume" and not is_stopped:
        return rules.NOT_STOPPED
    return rules.EXTENDED if step == "extend" and "extend" in kinds else None


def supplement(
    connection: Connection[Any], case: UUID, *, agent: Agent, text: str, documents: tuple[Document, ...] = ()
) -> Case | Refusal:
    """Answer the notice of gaps; what was there is kept, the clock runs on."""
    found = find_own(connection, case, agent=agent)
    if isinstance(found, Refusal):
        return found
    if not text.strip() and not documents:
        return rules.NOTHING_ADDED
    moved = move(connection, found, step="supplement", after="received", actor=agent, reason=text)
    if isinstance(moved, Case):
        add_documents(connection, moved, documents, by=agent.name)
    return moved


def appeal(connection: Connection[Any], case: UUID, *, agent: Agent, reason: str) -> Case | Refusal:
    """Appeal once against a decision; somebody outside the deciding body looks at it (申诉)."""
    found = find_own(connection, case, agent=agent)
    if isinstance(found, Refusal):
        return found
    if not reason.strip():
        return rules.NO_REASON
    if any(one.kind == "appeal" for one in store.steps_of(connection, case)):
        return Refusal("C-109", "已经申诉过一次。", "对结果仍有异议的，可以依法申请行政复议或者提起行政诉讼。")
    return move(connection, found, step="appeal", after="appealed", actor=agent, reason=reason)


def settle_appeal(
    connection: Connection[Any], case: UUID, *, officer: Officer, is_upheld: bool, reason: str
) -> Case | Refusal:
    """Answer an appeal: upheld, the body decides anew; dismissed, the way to review and court is named."""
    found = find_for(connection, case, officer=officer, act="settle_appeal")
    if isinstance(found, Refusal):
        return found
    if not reason.strip():
        return rules.NO_REASON
    step = "uphold_appeal" if is_upheld else "dismiss_appeal"
    after = "checking" if is_upheld else str(found.outcome)
    return move(connection, found, step=step, after=after, actor=officer, reason=reason)


def send_back(connection: Connection[Any], case: UUID, *, officer: Officer, reason: str) -> Case | Refusal:
    """Give a proposal back to the one who made it (退回承办人)."""
    found = find_for(connection, case, officer=officer, act="confirm_case")
    if isinstance(found, Refusal):
        return found
    if not reason.strip():
        return rules.NO_REASON
    if refusal := rules.refuse_second(found, officer):
        return refusal
    return move(connection, found, step="return", after="checking", actor=officer, reason=reason)


def add_documents(connection: Connection[Any], case: Case, documents: tuple[Document, ...], *, by: str) -> None:
    """Add documents to a case."""
    for document in documents:
        store.insert_document(connection, case, document, by=by)


def open_application(
    connection: Connection[Any], *, kind: CaseKind, subject: UUID, door: Door, agent: str,
    outside_number: str | None = None,
) -> tuple[UUID, str] | None:  # fmt: skip
    """Write an application with a fresh receipt number; None where the platform above sent this one before."""
    application, number = uuid4(), draw_number(kind, register_today(connection))
    is_new = store.insert_application(
        connection, id=application, number=number, kind=kind, subject=subject, door=door, agent=agent,
        outside_number=outside_number,
    )  # fmt: skip
    return (application, number) if is_new else None


def open_case(
    connection: Connection[Any], *, application: tuple[UUID, str], place: int, kind: CaseKind, door: Door,
    parties: tuple[UUID, UUID], about: tuple[UUID | None, UUID | None], reason: str, actor: Actor,
) -> Case | None:  # fmt: skip
    """Open one case of an application; None where one about the same thing is open already."""
    case = uuid4()
    is_new = store.insert_case(
        connection, id=case, application=application[0], number=f"{application[1]}-{place}", kind=kind, door=door,
        parties=parties, about=about, reason=reason,
    )  # fmt: skip
    begun = store.find_case(connection, case) if is_new else None
    if begun is None:
        return None
    store.insert_step(connection, begun, kind="open", after="received", actor=actor, reason=reason)
    return store.find_case(connection, case)


def write_letter(
    connection: Connection[Any], *, department: UUID, to: UUID, writing: Writing, is_body: bool = False,
    case: Case | None = None, record: UUID | None = None, answer_by: date | None = None,
) -> Letter:  # fmt: skip
    """Issue a letter of a department to a subject, or to another body."""
    letter = Letter(
        id=uuid4(), case_file=case.id if case else None, department=department, subject=None if is_body else to,
        to_department=to if is_body else None, kind=writing.kind,
        number=draw_number("repair", register_today(connection)).replace("XF", "WS", 1),
        title=writing.title, lines=writing.lines,
        record=record, issued_at=register_now(connection), issued_on=register_today(connection), answer_by=answer_by,
    )  # fmt: skip
    store_letter.insert_letter(connection, letter)
    return letter


def serve_letter(
    connection: Connection[Any], letter: UUID, *, by: Actor, on: date, way: Way
) -> Letter | Refusal:  # fmt: skip
    """Record the service of a letter: by an officer of its body, or by the addressee opening it in the portal."""
    if isinstance(by, Agent):
        store.enter_subject(connection, by.subject)
    found = store_letter.find_letter(connection, letter)
    if found is None:
        return NOT_THERE
    if isinstance(by, Agent) and found.subject != by.subject:
        return NOT_THERE
    if not isinstance(by, Agent) and (refusal := authorise(by, "serve_notice", found.department)):
        return refusal
    if on > register_today(connection):
        return Refusal("C-110", "送达日期晚于今天。", "请填写实际送达的日期。")
    name = by.name if isinstance(by, Agent) else by.person_name
    if not store_letter.insert_service(connection, found, on=on, way=way, by=name):
        return Refusal("C-111", "这份文书已经登记送达。", "无需重复登记。")
    return replace(found, served_on=on, way=way)
