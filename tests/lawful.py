"""A small standing for tests of objections and repairs: a reported record, its subject's agent, three of the body."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from limu import reactions, reactions_objection, reactions_repair
from limu.case.rules import Agent, Case, Document
from limu.department.rules import Department, Officer
from limu.department.store import enter
from limu.law.book import LawBook
from limu.law.pack import rule_versions
from limu.linking.actions import Judgement
from limu.measure.actions import sync_law
from limu.objection import actions as objections
from limu.repair import actions as repairs
from limu.repair.actions import Applied, Item
from limu.wire.database import Connection
from limu.wire.lawbook import current_book, installed_texts, note_confirmations
from tests.listed import Listed, enlist, own_lists, propose
from tests.people import department_of, officer_in
from tests.standing import Standing, report, row, stand

OLD = date(2026, 7, 1)
COMMITMENT = Document("commitment", "承诺书.pdf", "ab" * 32, 10)
PROOF = Document("performance_proof", "缴款凭证.pdf", "cd" * 32, 10)


@dataclass(frozen=True, slots=True)
class Lawful:
    """A department with its people, the book with every rule confirmed, one record and the subject's agent."""

    base: Standing
    book: LawBook
    record: UUID
    agent: Agent

    @property
    def handler(self) -> Officer:
        """Who handles: a reviewer, not the author."""
        return self.base.reviewer

    @property
    def second(self) -> Officer:
        """Another person of the body."""
        return self.base.second

    @property
    def subject(self) -> UUID:
        """Whose record it is."""
        return self.base.subjects[0]


def stand_lawful(connection: Connection, *, decided_on: date = OLD, number: int = 1, region: str = "990100") -> Lawful:
    """Make the standing on the connection's transaction."""
    base = stand(connection, number=number, region=region)
    book = _confirm(connection, base)
    sync_law(connection, book)
    report(connection, base, [row(base.codes[0], 2, decided_on=decided_on)])
    enter(connection, department=base.department.id)
    found = connection.execute("SELECT id FROM limu.record WHERE subject = %s", (base.subjects[0],)).fetchone()
    assert found is not None
    return Lawful(base, book, found["id"], Agent(base.subjects[0], "经办人赵某"))


def _confirm(connection: Connection, base: Standing) -> LawBook:
    """Confirm every rule by two people, in the database itself: a command of another process reads the same law."""
    versions = rule_versions(installed_texts(connection))
    wanted = [versions[ref.key] for ref in current_book(connection).unconfirmed() if ref.key in versions]
    for one in (base.reviewer, base.second):
        note_confirmations(connection, wanted, person=one.person, officer=one.id, text_hash=bytes(32))
    return current_book(connection)


def apply(connection: Connection, lawful: Lawful, *, documents: tuple[Document, ...] = (COMMITMENT, PROOF)) -> Case:
    """Apply for the repair of the record from the portal."""
    made = reactions_repair.apply_for_repair(
        connection, lawful.book, actor=lawful.agent, items=(Item(lawful.record),), documents=documents
    )
    assert isinstance(made, Applied), made
    return made.cases[0]


def grant(connection: Connection, lawful: Lawful, case: Case) -> Case:
    """Propose to grant and confirm by the second person."""
    proposed = repairs.propose(
        connection, lawful.book, case.id, officer=lawful.handler, outcome="granted", reason="义务已履行"
    )
    assert isinstance(proposed, Case), proposed
    done = reactions_repair.confirm_repair(connection, lawful.book, case.id, officer=lawful.second)
    assert isinstance(done, Case), done
    return done


def shown(connection: Connection, lawful: Lawful) -> bool:
    """Whether the public sees the record."""
    return connection.execute("SELECT FROM shown.record WHERE id = %s", (lawful.record,)).fetchone() is not None


def judged(connection: Connection, lawful: Lawful) -> UUID:
    """Enter a second record of the subject that people linked, not an exact code of the deciding body."""
    base = lawful.base
    report(connection, base, [row(None, 3)])
    desk = department_of(connection, 91, is_centre=True)
    first, second = (officer_in(connection, desk, f"desk.{n}", "centre_officer") for n in "ab")
    enter(connection, department=desk.id, reach="centre")
    pending = connection.execute("SELECT id FROM limu.pending_record").fetchone()
    assert pending is not None
    made = reactions.judge_link(
        connection, pending=pending["id"], subject=lawful.subject, officer=first, reason="有营业执照为证", second=second
    )
    assert isinstance(made, Judgement), made
    assert made.record is not None
    enter(connection, department=base.department.id)
    return made.record


def centre(connection: Connection, code: str, *roles: str, department: Department | None = None) -> Officer:
    """An officer of the credit centre."""
    where = department or department_of(connection, 90, is_centre=True)
    return officer_in(connection, where, code, *roles)


def enlist_on(connection: Connection, lawful: Lawful, *, kind: str = "tax") -> UUID:
    """Put the subject on a list on the ground of its record: notice, statement, decision, service."""
    return enlist(connection, listers(connection, lawful), kind=kind, record=lawful.record)


def propose_to(connection: Connection, lawful: Lawful, *, kind: str = "tax") -> UUID:
    """Tell the subject that it is to enter a list."""
    listed = listers(connection, lawful)
    enter(connection, department=lawful.base.department.id)
    return propose(connection, listed, kind=kind)


def listers(connection: Connection, lawful: Lawful) -> Listed:
    """Two list officers of the body, which may list."""
    own_lists(connection, lawful.base.department.id)
    people = [officer_in(connection, lawful.base.department, f"lister.{n}", "list_officer") for n in "ab"]
    return Listed(lawful.base, people[0], people[1], people[0], lawful.book)


def correct_subject(connection: Connection, lawful: Lawful) -> Case:
    """The record was another's: two people of its body say so, on the subject's objection."""
    case = reactions_objection.open_objection(
        connection, actor=lawful.agent, record=lawful.record, reason="not_mine", text="不是本单位"
    )
    assert isinstance(case, Case)
    enter(connection, department=lawful.base.department.id)
    objections.propose(
        connection, case.id, officer=lawful.handler, outcome="corrected", reason="同名",
        correction="wrong_subject", right_uscc=lawful.base.codes[1], citation="登记档案",
    )  # fmt: skip
    done = reactions_objection.confirm_objection(connection, lawful.book, case.id, officer=lawful.second)
    assert isinstance(done, Case), done
    return done
