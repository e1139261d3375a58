"""Taking an objection, proposing its outcome, answering a reliance notice. Never commits.

The record itself is changed by limu/reactions_objection.py, which calls these."""

from typing import Any
from uuid import UUID, uuid4

from psycopg import Connection

from limu.case import actions as cases
from limu.case import rules as case_rules
from limu.case import store as case_store
from limu.case.rules import Actor, Agent, Case, Document, Door
from limu.department.rules import NOT_THERE, Officer, Refusal, authorise
from limu.ledger.rules import StoredRecord
from limu.ledger.store import ended_by
from limu.objection import rules, store
from limu.objection.rules import Said
from limu.objection.store import Reliance


def take(
    connection: Connection[Any], *, actor: Actor, door: Door, record: StoredRecord, said: Said,
    documents: tuple[Document, ...],
) -> Case | Refusal:  # fmt: skip
    """Open the case of an objection; the mark and the stop follow in the same transaction (reactions_objection)."""
    if refusal := rules.refuse_words(said.reason, said.text):
        return refusal
    name = actor.name if isinstance(actor, Agent) else actor.person_name
    opened = cases.open_application(
        connection, kind="objection", subject=record.subject, door=door, agent=name
    )  # fmt: skip
    assert opened is not None
    case = cases.open_case(
        connection, application=opened, place=1, kind="objection", door=door,
        parties=(record.subject, record.department), about=(record.id, None),
        reason=f"{rules.REASONS[said.reason]}：{said.text.strip()}", actor=actor,
    )  # fmt: skip
    if case is None:
        return rules.ALREADY_OPEN
    cases.add_documents(connection, case, documents, by=name)
    return case


def was_kept(connection: Connection[Any], record: UUID) -> bool:
    """Whether an objection to the linking of this record was decided against the objector before."""
    return any(
        one.kind == "objection" and one.outcome == "kept" and one.reason.startswith(rules.REASONS["not_mine"])
        for one in case_store.cases_about(connection, record)
    )


def propose(
    connection: Connection[Any], case: UUID, *, officer: Officer, outcome: str, reason: str, citation: str = "",
    correction: str = "", right_uscc: str = "",
) -> Case | Refusal:  # fmt: skip
    """Propose how an objection ends, with reasons; a correction says its kind, a wrong link its right subject."""
    found = cases.find_for(connection, case, officer=officer, act="handle_case")
    if isinstance(found, Refusal):
        return found
    if found.kind != "objection" or outcome not in case_rules.OUTCOMES["objection"]:
        return NOT_THERE
    refusal = case_rules.refuse_handler(found, officer) or (None if reason.strip() else case_rules.NO_REASON)
    if refusal is None and outcome == "kept" and not may_keep(connection, found):
        refusal = rules.NOTHING_LEFT
    if refusal is None and outcome == "corrected":
        refusal = _refuse_correction(connection, found, citation=citation, correction=correction, right_uscc=right_uscc)
    if refusal is not None:
        return refusal
    body = {"correction": correction, "right_uscc": right_uscc} if outcome == "corrected" else {}
    return cases.move(
        connection, found, step="propose", after="proposed", actor=officer, reason=reason, citation=citation,
        outcome=outcome, body=body,
    )  # fmt: skip


def may_keep(connection: Connection[Any], case: Case) -> bool:
    """Whether there is still something to maintain: the decision did not fall while the objection was examined."""
    ended = ended_by(connection, subject=case.subject, record=case.record) if case.record else None
    return ended is None or ended[0] in rules.STILL_TRUE


def _refuse_correction(
    connection: Connection[Any], case: Case, *, citation: str, correction: str, right_uscc: str
) -> Refusal | None:
    if correction not in rules.CORRECTIONS:
        return rules.NO_CORRECTION
    if correction != "wrong_subject":
        return None
    if not citation.strip():
        return rules.NO_EVIDENCE
    if not right_uscc:
        return None
    right = store.find_subject(connection, right_uscc)
    if right is None:
        return rules.NO_SUBJECT
    return rules.SAME_SUBJECT if right == case.subject else None


def answer_reliance(
    connection: Connection[Any], notice: UUID, *, officer: Officer, outcome: str, text: str
) -> Reliance | Refusal:
    """Answer a reliance notice: what the body did with the record, and what it changed; the subject reads it."""
    found = store.find_reliance(connection, notice)
    if found is None or found.to_department is None:
        return NOT_THERE
    if refusal := authorise(officer, "answer_reliance", found.to_department):
        return refusal
    return _answer(connection, found, outcome=outcome, text=text, by=officer.person_name)


def answer_as_holder(
    connection: Connection[Any], notice: UUID, *, holder: str, outcome: str, text: str
) -> Reliance | Refusal:
    """The same for a bank or another holder of copies, known by its agreement."""
    store.enter_holder(connection, holder)
    found = store.find_reliance(connection, notice)
    if found is None or found.holder != holder:
        return NOT_THERE
    return _answer(connection, found, outcome=outcome, text=text, by=holder)


def _answer(connection: Connection[Any], found: Reliance, *, outcome: str, text: str, by: str) -> Reliance | Refusal:
    if refusal := rules.refuse_answer(found.ways, outcome=outcome, text=text):
        return refusal
    if found.answered_on is not None or not store.insert_answer(
        connection, found, outcome=outcome, text=text.strip(), by=by
    ):
        return Refusal("O-302", "已经答复。", "无需重复答复。")
    return store.find_reliance(connection, found.id) or found


def tell_readers(
    connection: Connection[Any], case: Case, *, record: UUID, readers: list[store.Reader], answer_by: Any
) -> int:
    """Write a reliance notice to each who had the record, the deciding body itself excepted; returns how many."""
    gathered: dict[tuple[UUID | None, str | None], list[store.Reader]] = {}
    for one in readers:
        if one.department != case.department:
            gathered.setdefault((one.department, one.holder), []).append(one)
    for found in gathered.values():
        last = max(found, key=lambda one: one.last_at)
        store.insert_reliance(
            connection, id=uuid4(), case_file=case.id, department=case.department, subject=case.subject,
            record=record, reader=last, ways=sorted({one.way for one in found}), answer_by=answer_by,
        )  # fmt: skip
    return len(gathered)
