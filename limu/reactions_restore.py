"""What holds a record back for a while, and the three lawful ways in which what ended is shown again.

| act                          | in the transaction                                                                 |
|------------------------------|------------------------------------------------------------------------------------|
| a reorganisation begins      | the subject's adverse records of the body are shielded; it ends: the shield ends   |
| repair by false material     | the decision is annulled and the record restored, by a served document             |
| a failed plan, an order      | the record is restored, by a served document of two people; nothing else restores  |"""

from dataclasses import dataclass
from datetime import date
from typing import Any, Literal
from uuid import UUID, uuid4

from psycopg import Connection

from limu.case import actions as cases
from limu.case import rules as case_rules
from limu.case import store_letter as letters
from limu.case.rules import Case, Writing
from limu.department.rules import NOT_THERE, Officer, Refusal, authorise
from limu.ledger import store as ledger_store
from limu.ledger.rules import Happened, KnownRow, StoredRecord
from limu.reactions_change import change_record
from limu.record.event import RESTORATIONS
from limu.record.state import state_of
from limu.repair import store
from limu.wire.clock import register_today

NOT_YET_SERVED = Refusal("X-504", "送达日期在今天之后。", "文书送达以后才能据此恢复；请填写送达回证上的日期。")
REPLACED = Refusal("X-503", "这一版已由更正后的版本替代，或者已经更正主体，不能恢复。", "请在现行的一版上办理。")


@dataclass(frozen=True, slots=True)
class Served:
    """A document that was served: number, what it says, and when it reached the subject."""

    number: str
    text: str
    on: date


def shield(
    connection: Connection[Any], *, subject: UUID, people: tuple[Officer, Officer], ruling: Served, ends: bool = False
) -> int | Refusal:
    """Shield a subject's adverse records of this body while a reorganisation or settlement is carried out, or end it.

    Held is what the ruling covers: publication and the measures resting on it; returns how many records changed."""
    first, second = people
    if refusal := _two_of_the_body(first, second):
        return refusal
    if not ruling.number.strip() or not ruling.text.strip():
        return case_rules.NO_CITATION
    kind: Literal["record_shielded", "record_unshielded"] = "record_unshielded" if ends else "record_shielded"
    changed = 0
    for one in store.repairable_of(connection, subject):
        is_shielded = one.reason == "held_reorganisation"
        if one.department != first.department or is_shielded != ends:
            continue
        what = Happened(one.record, subject, one.department, kind, (first.id, second.id), ruling.text, ruling.number)
        change_record(connection, what)
        changed += 1
    ledger_store.bump_register(connection)
    return changed


def _two_of_the_body(first: Officer, second: Officer) -> Refusal | None:
    for officer in (first, second):
        if refusal := authorise(officer, "confirm_case", first.department):
            return refusal
    return case_rules.SAME_PERSON if first.person == second.person else None


def restore_record(
    connection: Connection[Any], *, record: UUID, people: tuple[Officer, Officer], exception: str, document: Served
) -> StoredRecord | Refusal:
    """Show again what ended, in one of the three lawful cases, by a served document of two people; nothing else may."""
    first, second = people
    if refusal := _two_of_the_body(first, second):
        return refusal
    if exception not in RESTORATIONS:
        return Refusal("X-501", "没有这种恢复情形。", f"只有：{'、'.join(RESTORATIONS.values())}。")
    if refusal := _cannot_rest_on(connection, document):
        return refusal
    stored = ledger_store.find_record(connection, record, lock=True)
    if stored is None or stored.department != first.department:
        return NOT_THERE
    if refusal := _cannot_restore(connection, stored):
        return refusal
    store.insert_restoration(
        connection,
        id=uuid4(),
        record=record,
        parties=(stored.subject, stored.department),
        exception=exception,
        document=(document.number, document.text, document.on),
        people=people,
    )
    change_record(
        connection,
        Happened(
            record,
            stored.subject,
            stored.department,
            "record_restored",
            (first.id, second.id),
            f"{RESTORATIONS[exception]}：{document.text}",
            document.number,
            (("exception", exception),),
        ),
    )
    cases.write_letter(
        connection,
        department=stored.department,
        to=stored.subject,
        writing=Writing(
            "restoration",
            "恢复公示告知书",
            (
                f"所涉信息：{stored.authority or ''} {stored.document_number or '（无文号）'}",
                f"依据 {document.number}（{RESTORATIONS[exception]}），有关信息恢复公示至原期限届满。",
                document.text,
            ),
        ),
        record=record,
    )
    ledger_store.bump_register(connection)
    return stored


def _cannot_rest_on(connection: Connection[Any], document: Served) -> Refusal | None:
    if not document.number.strip() or not document.text.strip():
        return case_rules.NO_CITATION
    return NOT_YET_SERVED if document.on > register_today(connection) else None


def _cannot_restore(connection: Connection[Any], stored: StoredRecord) -> Refusal | None:
    state = state_of(ledger_store.events_of(connection, subject=stored.subject, record=stored.id))
    if state is None or state.ended_by is None:
        return Refusal("X-502", "这条信息没有停止公示。", "无需恢复。")
    return REPLACED if state.ended_by in ("record_superseded", "record_unlinked") else None


def annul_repair(
    connection: Connection[Any], case: UUID, *, people: tuple[Officer, Officer], document: Served
) -> Case | Refusal:
    """Annul a repair that was obtained by false material: the case is void, the record is shown again."""
    first, second = people
    found = cases.find_for(connection, case, officer=first, act="handle_case")
    if isinstance(found, Refusal):
        return found
    if found.record is None or found.state not in ("granted", "closed"):
        return cases.settled(connection, found)
    if not document.text.strip():
        return case_rules.NO_REASON
    restored = restore_record(
        connection, record=found.record, people=(first, second), exception="false_material", document=document
    )
    if isinstance(restored, Refusal):
        return restored
    return cases.move(
        connection, found, step="annul", after="void", actor=first, reason=document.text, citation=document.number
    )


def tell_resent(connection: Connection[Any], *, department: UUID, rows: tuple[KnownRow, ...]) -> None:
    """Tell the subject of each record that had ended and was sent again; nothing of it was taken in.

    One letter a record and day; of what merely ran out its term nobody needs to be told."""
    for row in rows:
        if row.ended_as == "expired" or row.record is None or row.subject is None:
            continue
        if letters.has_letter_today(connection, record=row.record, kind="resent_refused"):
            continue
        cases.write_letter(
            connection, department=department, to=row.subject, record=row.record,
            writing=Writing(
                "resent_refused", "重复报送退回告知书",
                (
                    "已经停止公示的信息今日被再次报送，平台已经退回，没有恢复公示，也没有向任何单位提供。",
                    "已告知报送单位更新其系统中的状态。",
                ),
            ),
        )  # fmt: skip
