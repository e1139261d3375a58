"""A small standing for tests of lists and measures: the confirmed law in the tables, and officers who may list."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cache
from uuid import UUID, uuid4

from limu.department import actions as departments
from limu.department import store as department_store
from limu.department.rules import Department, Officer
from limu.law.book import LawBook, packaged_book
from limu.listing import actions
from limu.listing.actions import Case, Document, Proposed
from limu.measure.actions import sync_law
from limu.wire.clock import register_today
from limu.wire.database import Connection
from limu.wire.statutes import read_law_texts
from tests.standing import Standing, stand

NOTICE, DECISION = Document("示人社告〔2026〕1号", "拟列入告知"), Document("示人社列〔2026〕1号", "列入决定")
SERVICE, LEAVING = Document("示人社送〔2026〕1号", "送达回证"), Document("示人社移〔2026〕1号", "移出决定")
CASE = Case("责令限期支付逾期未付，数额达到标准。", "示人社监令〔2026〕3号")
DAY = timedelta(days=1)


def confirmed_book() -> LawBook:
    """The packaged law with every rule confirmed, as a demonstration's officers leave it."""
    texts = read_law_texts()
    keys = frozenset(one.key for one in packaged_book(texts).rules())
    return packaged_book(texts, confirmations=keys)


@dataclass(frozen=True, slots=True)
class Listed:
    """A department with two list officers, one person's second account, and the law in the tables."""

    base: Standing
    proposer: Officer
    decider: Officer
    twin: Officer
    book: LawBook

    @property
    def department(self) -> Department:
        """The department that lists."""
        return self.base.department


def stand_listed(connection: Connection) -> Listed:
    """Make the standing on the connection's transaction."""
    base = stand(connection)
    book = confirmed_book()
    sync_law(connection, book)
    own_lists(connection, base.department.id)
    proposer, decider = _officer(connection, base, "list.a"), _officer(connection, base, "list.b")
    twin = _officer(connection, base, "list.c", person=proposer.person)
    department_store.enter(connection, department=base.department.id)
    return Listed(base, proposer, decider, twin, book)


def own_lists(connection: Connection, department: UUID) -> None:
    """Let a department enter subjects into every list: it has the items of the catalogue that lists belong to."""
    for code, item in _list_items():
        department_store.own_item(connection, item=item, department=department)
        department_store.keep_list(connection, code=code, item=item, department=department)


@cache
def _list_items() -> tuple[tuple[str, str], ...]:
    return tuple((one.key, item) for one in packaged_book(read_law_texts()).lists() for item in one.items)


def _officer(connection: Connection, base: Standing, code: str, *, person: UUID | None = None) -> Officer:
    made = departments.add_officer(
        connection, by=None, code=code, person_name=f"示例员{code}", department=base.department,
        roles=("list_officer",), person=person,
    )  # fmt: skip
    assert isinstance(made, Officer)
    return made


def propose(
    connection: Connection, listed: Listed, *, kind: str = "wages", number: int = 0, record: UUID | None = None
) -> UUID:
    """Propose an entry for a subject, with notice; returns its id."""
    own_lists(connection, listed.department.id)
    done = actions.propose_entry(
        connection,
        officer=listed.proposer,
        kind=kind,
        uscc=listed.base.codes[number],
        case=replace(CASE, record=record),
        notice=NOTICE,
    )
    assert isinstance(done, Proposed), done
    return done.entry


def enlist(
    connection: Connection, listed: Listed, *, kind: str = "wages", number: int = 0, record: UUID | None = None,
    wait: Callable[[], object] = lambda: None,
) -> UUID:  # fmt: skip
    """Carry an entry through every step: notice (and what is waited for), statement, decision by the other, service."""
    entry = propose(connection, listed, kind=kind, number=number, record=record)
    wait()
    actions.take_statement(connection, entry, officer=listed.proposer, statement=Document("陈述1", "已支付一部分"))
    ends = actions.decide_entry(
        connection, entry, officer=listed.decider, decision=DECISION, until=register_today(connection) + 365 * DAY
    )
    assert isinstance(ends, date), ends
    served = actions.serve_entry(connection, entry, officer=listed.proposer, service=SERVICE)
    assert not hasattr(served, "cure"), served
    return entry


def active(connection: Connection, subject: UUID) -> list[str]:
    """Rules active for a subject today, as the view says."""
    rows = connection.execute("SELECT rule FROM shown.active_measure WHERE subject = %s ORDER BY rule", (subject,))
    return [row["rule"] for row in rows]


def fresh() -> UUID:
    """A new id."""
    return uuid4()
