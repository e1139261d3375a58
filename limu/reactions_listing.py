"""What follows the steps of a list entry, in one transaction each (part of the table in reactions.py).

| act                     | in the transaction                                                                      |
|-------------------------|-----------------------------------------------------------------------------------------|
| an entry is proposed    | the notice is a letter to the subject, served; the window for its statement begins      |
| a hearing is fixed      | its day and place are a letter to the subject, served                                   |
| the wish is taken back  | that the hearing is over, and until when it may be asked for again, is a letter to it   |
| it is not entered       | the decision is a letter to the subject                                                 |
| its decision is served  | the entry is active and public; the decision is a letter with its service; the version  |
| it is ended by two      | it is public no more; measures lose their ground (they are views over it); letters to   |
|                         | the subject and to every body that used a measure; the version                          |
| it is over by its date  | it ends by that day alone (nothing runs for it); the worker writes the letters          |

Holders hear of all by the feed: the entry is marked for it in the same transaction (feed/sql/0003_lists.sql)."""

from collections.abc import Callable
from datetime import date
from typing import Any, Final
from uuid import UUID

from psycopg import Connection

from limu.case import actions as cases
from limu.case import store_letter as letters
from limu.case.rules import Agent, Writing
from limu.case.store_letter import Letter, Way
from limu.department.rules import NOT_THERE, Officer, Refusal, authorise
from limu.department.store import all_departments, enter
from limu.ledger import store as ledger_store
from limu.listing import (
    actions,
    actions_exit,
    actions_hearing,
    actions_own,
    rules_letter,
    store,
    store_exit,
    store_own,
)  # fmt: skip
from limu.listing.actions import Document, Proposed
from limu.listing.rules import Entry, ExitKind
from limu.listing.rules_letter import About
from limu.objection.store import readers_of
from limu.wire.clock import register_today
from limu.wire.database import Database

Pause = Callable[[str], None]


def _no_pause(_: str) -> None:
    """Do not stop."""


# Named points of each act where a test kills the process (trust.md 3.2), in their order.
POINTS: Final[dict[str, tuple[str, ...]]] = {
    "propose": ("begun", "told", "before_commit", "after_commit"),
    "fix": ("fixed", "told", "before_commit", "after_commit"),
    "withdraw": ("withdrawn", "told", "before_commit", "after_commit"),
    "serve": ("served", "told", "versioned", "before_commit", "after_commit"),
    "expire": ("noted", "told", "before_commit", "after_commit"),
    "exit": ("ended", "told", "lifted", "versioned", "before_commit", "after_commit"),
}


def propose_entry(
    connection: Connection[Any], *, officer: Officer, kind: str, uscc: str, case: actions.Case, notice: Document,
    way: Way = "in_person", pause: Pause = _no_pause,
) -> Proposed | Refusal:  # fmt: skip
    """Propose an entry; the notice goes to the subject as a served letter, and its window begins."""
    done = actions.propose_entry(connection, officer=officer, kind=kind, uscc=uscc, case=case, notice=notice)
    if isinstance(done, Refusal):
        return done
    pause("begun")
    about = _about(connection, done.entry)
    told = rules_letter.write_notice(
        about, document=notice.number, until=done.statement_until, measures=_measures(connection, done.entry),
        hearing=_hearing(connection, done),
    )  # fmt: skip
    _write(connection, about, told, officer=officer, way=way)
    pause("told")
    return done


def fix_hearing(
    connection: Connection[Any], entry: UUID, *, officer: Officer, notice: Document, on: date | None,
    way: Way = "in_person", pause: Pause = _no_pause,
) -> Entry | Refusal:  # fmt: skip
    """Fix the day of a hearing, or put it off; the subject has it as a served letter."""
    found = actions_hearing.fix_hearing(connection, entry, officer=officer, notice=notice, on=on)
    if isinstance(found, Refusal):
        return found
    assert on is not None
    pause("fixed")
    about = _about(connection, entry)
    told = rules_letter.write_hearing(about, document=notice.number, on=on, said=notice.text)
    _write(connection, about, told, officer=officer, way=way)
    pause("told")
    return found


def withdraw_hearing(
    connection: Connection[Any], entry: UUID, *, officer: Officer, wish: Document, way: Way = "in_person",
    pause: Pause = _no_pause,
) -> Entry | Refusal:  # fmt: skip
    """Record a wish for a hearing as taken back in writing; the subject has it as a served letter."""
    found = actions_hearing.take_withdrawal(connection, entry, officer=officer, wish=wish)
    if isinstance(found, Refusal):
        return found
    pause("withdrawn")
    _write(connection, *_over(connection, found, wish), officer=officer, way=way)
    pause("told")
    return found


def withdraw_own_hearing(
    connection: Connection[Any], entry: UUID, *, agent: Agent, text: str, pause: Pause = _no_pause
) -> str | Refusal:
    """Take back the own wish for a hearing; returns its number. The letter is served when it is opened."""
    found = actions_own.own_entry(connection, entry, agent=agent)
    wish = actions_own.withdraw_hearing(connection, entry, agent=agent, text=text)
    if isinstance(wish, Refusal):
        return wish
    pause("withdrawn")
    assert found is not None
    about, told = _over(connection, found, wish)
    cases.write_letter(connection, department=about.department, to=about.subject, writing=told, record=entry)
    pause("told")
    return wish.number


def _over(connection: Connection[Any], before: Entry, wish: Document) -> tuple[About, Writing]:
    kind, about = store.find_kind(connection, before.list), _about(connection, before.id)
    assert kind is not None
    return about, rules_letter.write_hearing_over(
        about, document=wish.number, entry=before, article=kind.hearing, on=register_today(connection)
    )


def decide_entry(
    connection: Connection[Any], entry: UUID, *, officer: Officer, decision: Document, until: date | None = None,
    is_refused: bool = False,
) -> date | Refusal | None:  # fmt: skip
    """Decide by a second person; not to enter is told at once, to enter when the decision is served."""
    done = actions.decide_entry(
        connection, entry, officer=officer, decision=decision, until=until, is_refused=is_refused
    )
    if done is None:
        about = _about(connection, entry)
        told = rules_letter.write_refusal(about, document=decision.number, said=decision.text)
        _write(connection, about, told, officer=officer)
    return done


def serve_entry(
    connection: Connection[Any], entry: UUID, *, officer: Officer, service: Document, way: Way = "in_person",
    pause: Pause = _no_pause,
) -> Entry | Refusal:  # fmt: skip
    """Record the service: from this commit on the entry is active and public, all of it or nothing."""
    found = actions.serve_entry(connection, entry, officer=officer, service=service)
    if isinstance(found, Refusal):
        return found
    pause("served")
    about, decision = _about(connection, entry), store_own.find_step(connection, entry, kind="decision")
    assert decision is not None
    told = rules_letter.write_decision(
        about, document=decision["document_number"], said=decision["text"], until=decision["until_day"],
        measures=_measures(connection, entry),
    )  # fmt: skip
    _write(connection, about, told, officer=officer, way=way)
    pause("told")
    ledger_store.bump_register(connection)
    pause("versioned")
    return found


def end_entry(
    connection: Connection[Any], entry: UUID, *, officer: Officer, second: Officer, exit_kind: ExitKind,
    decision: Document, pause: Pause = _no_pause,
) -> Entry | Refusal:  # fmt: skip
    """End an entry by two people, with everything that rests on it."""
    found = actions.exit_entry(
        connection, entry, officer=officer, second=second, exit_kind=exit_kind, decision=decision
    )  # fmt: skip
    if not isinstance(found, Refusal):
        follow_exit(connection, entry, officer=officer, pause=pause)
    return found


def answer_exit(
    connection: Connection[Any], entry: UUID, *, officer: Officer, asker: Officer | None, is_agreed: bool,
    pause: Pause = _no_pause,
) -> Entry | Refusal:  # fmt: skip
    """Answer the open wish; agreed by the second person, the entry ends with everything that rests on it."""
    found = actions_exit.answer_exit(connection, entry, officer=officer, asker=asker, is_agreed=is_agreed)
    if is_agreed and not isinstance(found, Refusal):
        follow_exit(connection, entry, officer=officer, pause=pause)
    return found


def follow_exit(connection: Connection[Any], entry: UUID, *, officer: Officer, pause: Pause = _no_pause) -> None:
    """Tell the subject and every body that used a measure; the exit step itself stands already."""
    pause("ended")
    about, step = _about(connection, entry), store_own.find_step(connection, entry, kind="exit")
    assert step is not None
    told = rules_letter.write_exit(
        about, document=step["document_number"], said=step["text"], exit_kind=step["exit_kind"], on=step["on_day"]
    )
    letter = _write(connection, about, told, officer=officer)
    pause("told")
    _tell_users(connection, about, letter)
    pause("lifted")
    ledger_store.bump_register(connection)
    pause("versioned")


def _tell_users(connection: Connection[Any], about: About, letter: Letter) -> None:
    """Tell every body that used a measure resting on the entry."""
    served = store_own.served_at(connection, about.entry)
    used = readers_of(connection, subject=about.subject, record=about.entry, since=served)
    for body in sorted({one.department for one in used if one.way == "measure" and one.department}, key=str):
        cases.write_letter(
            connection, department=about.department, to=body, is_body=True, record=about.entry,
            writing=rules_letter.write_lifted(about, document=letter.number),
        )  # fmt: skip


def tell_expired(database: Database, today: date, *, pause: Pause = _no_pause) -> int:
    """Tell subjects and bodies of every entry that its date has ended; a chore of the worker, safe to repeat.

    Each entry is a transaction of its own. Held if we stop here: whole entries; the others are found again."""
    del today
    with database.connect("app") as connection:
        return tell_each_expired(connection, pause=pause)


def tell_each_expired(connection: Connection[Any], *, pause: Pause = _no_pause) -> int:
    """The same on one connection, which commits entry by entry; returns of how many it was told."""
    return sum(_tell_expiry(connection, *one, pause=pause) for one in _untold(connection))


def _untold(connection: Connection[Any]) -> list[tuple[UUID, UUID]]:
    found = []
    for one in all_departments(connection):
        enter(connection, department=one.id)
        found += store_exit.untold_expiries(connection)
    connection.rollback()
    return found


def _tell_expiry(connection: Connection[Any], entry: UUID, body: UUID, *, pause: Pause) -> bool:
    with connection.transaction():
        enter(connection, department=body)
        ended = store_exit.note_expiry(connection, entry)
        if ended is None:
            return False
        pause("noted")
        about = _about(connection, entry)
        letter = cases.write_letter(
            connection, department=about.department, to=about.subject, record=entry,
            writing=rules_letter.write_expired(about, on=ended),
        )  # fmt: skip
        pause("told")
        _tell_users(connection, about, letter)
        pause("before_commit")
    pause("after_commit")
    return True


def serve_letter(
    connection: Connection[Any], entry: UUID, letter: UUID, *, officer: Officer, way: Way
) -> Letter | Refusal:  # fmt: skip
    """Record that a letter about an entry was served outside the portal."""
    found = letters.find_letter(connection, letter)
    if found is None or found.record != entry or authorise(officer, "list_serve", found.department) is not None:
        return NOT_THERE
    if not letters.insert_service(
        connection, found, on=register_today(connection), way=way, by=officer.person_name
    ):  # fmt: skip
        return Refusal("C-111", "这份文书已经登记送达。", "无需重复登记。")
    return found


def _about(connection: Connection[Any], entry: UUID) -> About:
    found = store_own.find_about(connection, entry)
    assert found is not None
    return found


def _hearing(connection: Connection[Any], done: Proposed) -> tuple[date, str] | None:
    """Until when a hearing may be asked for, and by which article."""
    found = store.find_entry(connection, done.entry)
    kind = store.find_kind(connection, found.list) if found else None
    return (done.hearing_until, kind.hearing) if kind and done.hearing_until else None


def _measures(connection: Connection[Any], entry: UUID) -> list[str]:
    return [f"{one['name']}（{one['citation']}）" for one in store_exit.measures_of_entry(connection, entry)]


def _write(
    connection: Connection[Any], about: About, writing: Writing, *, officer: Officer, way: Way | None = None
) -> Letter:  # fmt: skip
    letter = cases.write_letter(
        connection, department=about.department, to=about.subject, writing=writing, record=about.entry
    )
    if way is not None:
        letters.insert_service(connection, letter, on=register_today(connection), way=way, by=officer.person_name)
    return letter
