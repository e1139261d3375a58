"""A ticket to read what is not public: bounded, bound to a purpose, good for one read."""

from dataclasses import dataclass
from typing import Literal
from uuid import UUID

Purpose = Literal[
    "own_record",
    "deciding_body",
    "matching_review",
    "audit",
    "window_check",
    "case_watch",
    "trail",
    "publication_review",
    "rule_trial",
    "list_entry",
    "overreach_watch",
    "reliance_review",
]

# Purposes each role may state; nobody states another's (trust.md 5.1).
PURPOSES_OF: dict[str, tuple[Purpose, ...]] = {
    "clerk": ("window_check", "list_entry"),
    "reviewer": ("deciding_body", "window_check", "reliance_review"),
    "repair_officer": ("deciding_body", "window_check", "reliance_review"),
    "list_officer": ("window_check", "list_entry"),
    "centre_officer": ("matching_review", "case_watch", "publication_review", "rule_trial", "overreach_watch"),
    "auditor": ("audit", "case_watch", "trail", "publication_review", "overreach_watch"),
    "supervisor": ("case_watch", "trail", "publication_review", "overreach_watch"),
    "catalogue_editor": ("rule_trial",),
}
# The act an officer must be allowed for a purpose; every other purpose reads a history.
ACT_OF: dict[str, str] = {
    "window_check": "check_measures",
    "matching_review": "judge_link",
    "case_watch": "watch_cases",
    "trail": "read_trail",
    "publication_review": "read_publication",
    "rule_trial": "try_checks",
    "list_entry": "list_state",
    "overreach_watch": "read_overreach",
    "reliance_review": "answer_reliance",
}


@dataclass(frozen=True, slots=True)
class Ticket:
    """The written trace of a read that is about to happen."""

    id: UUID
    officer: UUID
    department: UUID
    purpose: Purpose
    subject: UUID | None
    scope: str


@dataclass(frozen=True, slots=True)
class KeyedRead:
    """A read that a machine asks for: the ticket it will have, by which key and secret, about whom, at what."""

    ticket: UUID
    key: UUID
    secret: UUID
    uscc: str
    scope: str


class TicketError(Exception):
    """A ticket is missing, not yet committed, or spent: nothing may be read with it."""


def may_state(roles: tuple[str, ...], purpose: str) -> bool:
    """Tell whether an officer with these roles may read for this purpose."""
    return any(purpose in PURPOSES_OF.get(role, ()) for role in roles)
