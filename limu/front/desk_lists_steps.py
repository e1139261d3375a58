"""The steps that an entry's page takes from an officer: statement, decision, service, exit asked and answered."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Final
from uuid import UUID

from limu import reactions_listing
from limu.case.store_letter import WAYS, Way
from limu.department.rules import NOT_THERE, Refusal
from limu.department.store import find_officer
from limu.listing import actions, actions_exit, actions_hearing, rules, store_exit
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


def _with_document(step: Callable[..., Taken | Refusal]) -> Step:
    """A step that nobody takes without number and text of a document."""

    def taken(desk: Desk, entry: Entry, said: Said) -> Taken | Refusal:
        document = _document(said)
        return document if isinstance(document, Refusal) else step(desk, entry, said, document=document)

    return taken


SERVED_BY: Final[dict[Way, str]] = {
    way: WAYS[way] for way in ("in_person", "post", "electronic", "announcement")
}  # fmt: skip
"""How a body serves a document itself; by the portal it is served when the subject opens it."""


def way_in(said: Said) -> Way:
    """How a document was served, as the form says; handed over in person where it says nothing we know."""
    return next((way for way in SERVED_BY if way == said.get("way", "")), "in_person")


@_with_document
def _state(desk: Desk, entry: Entry, said: Said, *, document: Document) -> Taken | Refusal:
    del said
    done = actions.take_statement(desk.connection, entry.id, officer=desk.officer, statement=document)
    return done if isinstance(done, Refusal) else Taken("已登记陈述申辩，决定人会看到。")


def day_typed(text: str) -> date | None:
    """A day as a form brings it; None where it is none."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


@_with_document
def _decide(desk: Desk, entry: Entry, said: Said, *, document: Document) -> Taken | Refusal:
    if said.get("decision") not in ("enter", "refuse"):
        return rules.NO_CHOICE
    done = reactions_listing.decide_entry(
        desk.connection, entry.id, officer=desk.officer, decision=document, until=day_typed(said.get("until", "")),
        is_refused=said["decision"] == "refuse",
    )  # fmt: skip
    if isinstance(done, Refusal):
        return done
    return Taken(f"已决定列入，至 {done}（不含）；送达后生效。" if done else "已决定不予列入，办结。")


@_with_document
def _serve(desk: Desk, entry: Entry, said: Said, *, document: Document) -> Taken | Refusal:
    done = reactions_listing.serve_entry(
        desk.connection, entry.id, officer=desk.officer, service=document, way=way_in(said)
    )
    if isinstance(done, Refusal):
        return done
    return Taken("已登记送达，列入自今天生效。")


@_with_document
def _ask(desk: Desk, entry: Entry, said: Said, *, document: Document) -> Taken | Refusal:
    done = actions_exit.ask_exit(
        desk.connection, entry.id, officer=desk.officer, exit_kind=said.get("exit_kind", ""), decision=document
    )
    return done if isinstance(done, Refusal) else Taken("移出申请已提交，由另一名名单认定员确认后生效。")


def _answer(desk: Desk, entry: Entry, *, is_agreed: bool) -> Refusal | None:
    wish = store_exit.open_wish(desk.connection, entry.id)
    asker = find_officer(desk.connection, wish.asked_code) if wish else None
    done = reactions_listing.answer_exit(
        desk.connection, entry.id, officer=desk.officer, asker=asker, is_agreed=is_agreed
    )
    return done if isinstance(done, Refusal) else None


def _agree(desk: Desk, entry: Entry, said: Said) -> Taken | Refusal:
    del said
    return _answer(desk, entry, is_agreed=True) or Taken("已移出，惩戒措施同时解除；移出决定书已送企业服务。")


def _decline(desk: Desk, entry: Entry, said: Said) -> Taken | Refusal:
    del said
    return _answer(desk, entry, is_agreed=False) or Taken("移出申请已退回，列入不变。")


def _serve_letter(desk: Desk, entry: Entry, said: Said) -> Taken | Refusal:
    try:
        letter = UUID(said.get("letter", ""))
    except ValueError:
        return NOT_THERE
    done = reactions_listing.serve_letter(
        desk.connection, entry.id, letter, officer=desk.officer, way=way_in(said)
    )  # fmt: skip
    return done if isinstance(done, Refusal) else Taken("已登记文书的送达。")


@_with_document
def _ask_hearing(desk: Desk, entry: Entry, said: Said, *, document: Document) -> Taken | Refusal:
    del said
    done = actions_hearing.take_request(desk.connection, entry.id, officer=desk.officer, wish=document)
    return done if isinstance(done, Refusal) else Taken("已登记听证申请；听证举行之前不能决定列入。")


@_with_document
def _withdraw_hearing(desk: Desk, entry: Entry, said: Said, *, document: Document) -> Taken | Refusal:
    done = reactions_listing.withdraw_hearing(
        desk.connection, entry.id, officer=desk.officer, wish=document, way=way_in(said)
    )
    return done if isinstance(done, Refusal) else Taken("已登记撤回听证申请，听证终止，告知书已送企业服务。")


@_with_document
def _fix_hearing(desk: Desk, entry: Entry, said: Said, *, document: Document) -> Taken | Refusal:
    done = reactions_listing.fix_hearing(
        desk.connection, entry.id, officer=desk.officer, notice=document, on=day_typed(said.get("on", "")),
        way=way_in(said),
    )  # fmt: skip
    return done if isinstance(done, Refusal) else Taken("已定听证日期，听证通知书已送企业服务。")


@_with_document
def _minutes(desk: Desk, entry: Entry, said: Said, *, document: Document) -> Taken | Refusal:
    del said
    done = actions_hearing.take_minutes(desk.connection, entry.id, officer=desk.officer, minutes=document)
    return done if isinstance(done, Refusal) else Taken("已登记听证笔录，可以作出决定。")


STEPS: Final[dict[str, Step]] = {
    "state": _state, "ask_hearing": _ask_hearing, "withdraw_hearing": _withdraw_hearing, "fix_hearing": _fix_hearing,
    "minutes": _minutes, "decide": _decide, "serve": _serve,
    "exit": _ask, "agree": _agree, "decline": _decline, "serve_letter": _serve_letter,
}  # fmt: skip
