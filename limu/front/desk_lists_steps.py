"""The steps that an entry's page takes from an officer: statement, decision, service, exit asked and answered."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Final

from limu.department.rules import Refusal
from limu.department.store import find_officer
from limu.ledger.store import bump_register
from limu.listing import actions, actions_exit, rules, store_exit
from limu.listing.actions import Document
from limu.listing.rules import Entry
from limu.page.signed import Desk


@dataclass(frozen=True, slots=True)
class Taken:
    """A step that was taken, and what the officer is told."""

    told: str


Said = dict[str, str]
Step = Callable[[Desk, Entry, Said], Taken | Refusal]


def _document(said: Said) -> Document | Refusal:
    number, text = said.get("number", ""), said.get("text", "")
    return Document(number, text) if number and text else rules.NO_DOCUMENT


def _state(desk: Desk, entry: Entry, said: Said) -> Taken | Refusal:
    document = _document(said)
    if isinstance(document, Refusal):
        return document
    done = actions.take_statement(desk.connection, entry.id, officer=desk.officer, statement=document)
    return done if isinstance(done, Refusal) else Taken("已登记陈述申辩，决定人会看到。")


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _decide(desk: Desk, entry: Entry, said: Said) -> Taken | Refusal:
    document = _document(said)
    if isinstance(document, Refusal):
        return document
    if said.get("decision") not in ("enter", "refuse"):
        return rules.NO_CHOICE
    done = actions.decide_entry(
        desk.connection, entry.id, officer=desk.officer, decision=document, until=_day(said.get("until", "")),
        is_refused=said["decision"] == "refuse",
    )  # fmt: skip
    if isinstance(done, Refusal):
        return done
    return Taken(f"已决定列入，至 {done}（不含）；送达后生效。" if done else "已决定不予列入，办结。")


def _serve(desk: Desk, entry: Entry, said: Said) -> Taken | Refusal:
    document = _document(said)
    if isinstance(document, Refusal):
        return document
    done = actions.serve_entry(desk.connection, entry.id, officer=desk.officer, service=document)
    if isinstance(done, Refusal):
        return done
    bump_register(desk.connection)
    return Taken("已登记送达，列入自今天生效。")


def _ask(desk: Desk, entry: Entry, said: Said) -> Taken | Refusal:
    document = _document(said)
    if isinstance(document, Refusal):
        return document
    done = actions_exit.ask_exit(
        desk.connection, entry.id, officer=desk.officer, exit_kind=said.get("exit_kind", ""), decision=document
    )
    return done if isinstance(done, Refusal) else Taken("移出申请已提交，由另一名名单认定员确认后生效。")


def _answer(desk: Desk, entry: Entry, *, is_agreed: bool) -> Refusal | None:
    wish = store_exit.open_wish(desk.connection, entry.id)
    asker = find_officer(desk.connection, wish.asked_code) if wish else None
    done = actions_exit.answer_exit(desk.connection, entry.id, officer=desk.officer, asker=asker, is_agreed=is_agreed)
    return done if isinstance(done, Refusal) else None


def _agree(desk: Desk, entry: Entry, said: Said) -> Taken | Refusal:
    del said
    if refusal := _answer(desk, entry, is_agreed=True):
        return refusal
    bump_register(desk.connection)
    return Taken("已移出，惩戒措施同时解除。")


def _decline(desk: Desk, entry: Entry, said: Said) -> Taken | Refusal:
    del said
    return _answer(desk, entry, is_agreed=False) or Taken("移出申请已退回，列入不变。")


STEPS: Final[dict[str, Step]] = {
    "state": _state, "decide": _decide, "serve": _serve, "exit": _ask, "agree": _agree, "decline": _decline,
}  # fmt: skip
