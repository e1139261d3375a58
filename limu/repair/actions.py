"""Applying for repair, proposing its outcome, serving its notice. Never commits.

The atomic end of a record is in limu/reactions_repair.py, which calls these."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from psycopg import Connection

from limu.case import actions as cases
from limu.case import rules as case_rules
from limu.case import store as case_store
from limu.case.rules import Actor, Agent, Case, Document, Door
from limu.department.rules import NOT_THERE, Officer, Refusal, authorise
from limu.law.book import LawBook
from limu.ledger import store as ledger
from limu.repair import rules, store
from limu.repair.rules import Checked, Facts, Ground, RepairNotice
from limu.repair.store import Repairable
from limu.terms.uscc import clean_uscc
from limu.wire.clock import register_today

# The ground of refusal that is mended by signing the commitment anew (law/texts/repair.toml).
UNSIGNED = "R05"


@dataclass(frozen=True, slots=True)
class Item:
    """One record in an application, with its own documents; `is_verified`: the body has proved performance itself.

    With `is_entry` it is an entry of a list that rests on no record, by its own id."""

    record: UUID
    documents: tuple[Document, ...] = ()
    is_verified: bool = False
    is_entry: bool = False


@dataclass(frozen=True, slots=True)
class Applied:
    """What an application became: one receipt number, one case for each record."""

    application: UUID
    number: str
    cases: tuple[Case, ...]


def checked(
    connection: Connection[Any], book: LawBook, one: Repairable, *, roles: frozenset[str], is_verified: bool = False
) -> tuple[Checked, ...]:
    """Check the conditions for one record today, each with its article."""
    verified = one.verified_by or (one.body or one.authority if is_verified else "")
    facts = Facts(one.earliest_repair_on, one.rule, roles, one.list_earliest_on, verified)
    return rules.check_conditions(book, facts, on=register_today(connection))


def notice_of(book: LawBook, one: Repairable, *, on: date) -> RepairNotice:
    """The repair notice of one decision: follows from the record and the law, and is made the moment it is taken in."""
    return rules.write_notice(
        book, document_number=one.document_number or "", authority=one.authority,
        days=(one.earliest_repair_on, one.shown_until), rule=one.rule, on=on,
    )  # fmt: skip


def serve_notice(
    connection: Connection[Any], book: LawBook, record: UUID, *, officer: Officer, on: date, way: str
) -> Repairable | Refusal:
    """Record that the notice was served together with the decision (两书同达)."""
    one = store.find_repairable(connection, record)
    if one is None:
        return NOT_THERE
    if refusal := authorise(officer, "serve_notice", one.department):
        return refusal
    if on > register_today(connection) or (one.decided_on is not None and on < one.decided_on):
        return Refusal("X-301", "送达日期不在决定日期和今天之间。", "请填写送达回证上的日期。")
    lines = notice_of(book, one, on=on).lines()
    if not store.insert_service(connection, one, on=on, way=way, lines=lines, officer=officer.id):
        return Refusal("X-302", "已经登记送达。", "无需重复登记。")
    return one


def refuse_item(
    connection: Connection[Any], book: LawBook, item: Item, *, shared: tuple[Document, ...]
) -> Repairable | Refusal:
    """The record, if an application for it can be taken today."""
    one = (store.find_entry if item.is_entry else store.find_repairable)(connection, item.record)
    if one is None:
        return rules.NO_EXIT if item.is_entry else rules.NOT_FOUND
    today = register_today(connection)
    if one.decision == "ended" or one.is_over(on=today):
        return rules.ENDED
    if refusal := rules.refuse_barred(book, store.annulled_on(connection, one.subject), on=today):
        return refusal
    roles = frozenset(document.role for document in (*item.documents, *shared))
    refusal = rules.refuse_materials(
        roles, is_verified=item.is_verified or bool(one.verified_by)
    ) or rules.refuse_early(checked(connection, book, one, roles=roles, is_verified=item.is_verified))
    return refusal or one


def open_cases(
    connection: Connection[Any], found: Sequence[tuple[Item, Repairable]], *, actor: Actor, door: Door,
    shared: tuple[Document, ...], outside_number: str | None = None,
) -> Applied | Refusal:  # fmt: skip
    """Write one application and a case for each record; the caller rolls back on a refusal."""
    name = actor.name if isinstance(actor, Agent) else actor.person_name
    opened = cases.open_application(
        connection, kind="repair", subject=found[0][1].subject, door=door, agent=name, outside_number=outside_number
    )
    if opened is None:
        return rules.TWICE
    made = []
    for place, (item, one) in enumerate(found, start=1):
        case = cases.open_case(
            connection, application=opened, place=place, kind="repair", door=door,
            parties=(one.subject, one.department),
            about=(None, one.record) if one.is_entry else (one.record, None),
            reason=f"申请修复：{one.authority}{one.document_number or ''}", actor=actor,
        )  # fmt: skip
        if case is None:
            return rules.ALREADY_OPEN
        cases.add_documents(connection, case, (*item.documents, *shared), by=name)
        made.append(case)
    return Applied(opened[0], opened[1], tuple(made))


def propose(
    connection: Connection[Any], book: LawBook, case: UUID, *, officer: Officer, outcome: str, reason: str,
    grounds: tuple[Ground, ...] = (),
) -> Case | Refusal:  # fmt: skip
    """Propose to grant or to refuse; a refusal names its grounds out of the catalogue, with page and next step."""
    found = cases.find_for(connection, case, officer=officer, act="handle_case")
    if isinstance(found, Refusal):
        return found
    if found.kind != "repair" or outcome not in case_rules.OUTCOMES["repair"]:
        return NOT_THERE
    if not reason.strip():
        return case_rules.NO_REASON
    body: dict[str, Any] = {}
    if outcome != "granted":
        one = repairable_of(connection, found)
        days = (one.earliest_repair_on, one.list_earliest_on) if one else ()
        earliest = max((day for day in days if day is not None), default=None)
        spelt = rules.spell_grounds(book, grounds, earliest=earliest, on=register_today(connection))
        if isinstance(spelt, Refusal):
            return spelt
        body = {"grounds": spelt}
    elif refusal := refuse_grant(connection, book, found):
        return refusal
    return cases.move(
        connection, found, step="propose", after="proposed", actor=officer, reason=reason, outcome=outcome, body=body
    )


def repairable_of(connection: Connection[Any], case: Case) -> Repairable | None:
    """What a case asks to repair: a record, or an entry of a list that rests on none."""
    if case.entry is not None:
        return store.find_entry(connection, case.entry)
    return store.find_repairable(connection, case.record) if case.record else None


def refuse_grant(connection: Connection[Any], book: LawBook, case: Case) -> Refusal | None:
    """Why a repair may not be granted today: it ended by itself, or a confirmed minimum is not over.

    The record is locked before it is looked at: nobody corrects it under the decision."""
    if case.record is not None:
        ledger.find_record(connection, case.record, lock=True)
    one = repairable_of(connection, case)
    if one is None or one.decision == "ended":
        return rules.ENDED
    roles = frozenset(document.role for _, document, _ in case_store.documents_of(connection, case.id))
    return rules.refuse_early(checked(connection, book, one, roles=roles))


def refused_for(connection: Connection[Any], case: UUID) -> frozenset[str]:
    """The grounds on which a repair was refused, by their codes."""
    steps = case_store.steps_of(connection, case)
    last = next((step for step in reversed(steps) if step.kind == "confirm"), None)
    return frozenset(ground["code"] for ground in last.body.get("grounds", [])) if last else frozenset()


def forward(connection: Connection[Any], application: UUID, *, officer: Officer) -> tuple[Case, ...] | Refusal:
    """Take an application in for the credit centre and hand its cases to their bodies; told, and holding nothing up."""
    found = case_store.cases_of_application(connection, application)
    made: list[Case] = []
    for one in found:
        case = cases.find_for(connection, one.id, officer=officer, act="forward_repair")
        if isinstance(case, Refusal):
            return case
        is_done = any(step.kind == "forward" for step in case_store.steps_of(connection, case.id))
        if case.state != "received" or is_done:
            continue
        moved = cases.move(connection, case, step="forward", after="received", actor=officer)
        if isinstance(moved, Refusal):
            return moved
        made.append(moved)
    if not found:
        return NOT_THERE
    return tuple(made) or Refusal("X-403", "这份申请已经受理，或者认定单位已经开始办理。", "无需重复办理。")


def take_receipt(connection: Connection[Any], case: UUID, *, officer: Officer, number: str) -> Case | Refusal:
    """Take the receipt of the platform above for a decision of ours; only then does it leave the board."""
    found = cases.find_for(connection, case, officer=officer, act="receive_case")
    if isinstance(found, Refusal):
        return found
    if not number.strip():
        return Refusal("X-401", "没有填写回执编号。", "请填写上级平台的回执编号。")
    if not store.waits_above(connection, found.id):
        return cases.settled(connection, found)
    return cases.move(
        connection, found, step="receipt", after=_received(found), actor=officer, reason=f"回执 {number.strip()}",
        body={"receipt": number.strip()},
    )  # fmt: skip


def _received(case: Case) -> str:
    """A granted repair is closed by its receipt; what was refused stays refused."""
    return "closed" if case.state == "granted" else case.state


def take_answer_as_receipt(connection: Connection[Any], case_number: str, *, package: str) -> Case | None:
    """Take the acceptance of our decision by the platform above as its receipt; None where none is waited for.

    The database holds the answer against it (case/sql/0001_case.sql)."""
    found = case_store.find_number(connection, case_number)
    if found is None or not store.waits_above(connection, found.id):
        return None
    moved = cases.move(
        connection, found, step="receipt", after=_received(found), actor=Agent(found.subject, "上级平台"),
        reason=f"回执 {package}", body={"receipt": package},
    )  # fmt: skip
    return moved if isinstance(moved, Case) else None


def open_from_above(
    connection: Connection[Any], record: UUID, agent: str, *, outside_number: str
) -> Case | Refusal:  # fmt: skip
    """The open case of a record that the platform above has decided; one is opened where it is news to us."""
    running = [one for one in case_store.cases_about(connection, record) if one.kind == "repair" and one.is_open]
    if running:
        return running[0]
    one = store.find_repairable(connection, record)
    if one is None:
        return rules.NOT_FOUND
    made = open_cases(
        connection, [(Item(record), one)], actor=Agent(one.subject, agent), door="above", shared=(),
        outside_number=outside_number,
    )  # fmt: skip
    return made if isinstance(made, Refusal) else made.cases[0]


def subject_by(connection: Connection[Any], uscc: str) -> UUID | Refusal:
    """A subject by its code."""
    found = store.find_subject(connection, clean_uscc(uscc))
    return found if found is not None else Refusal(
        "X-110", "没有登记这一统一社会信用代码的主体。", "请核对营业执照上的代码。"
    )  # fmt: skip
