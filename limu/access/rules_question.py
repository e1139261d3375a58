"""A subject's question about a read of its data: what it must say, and who answers it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from limu.department.rules import Refusal

LONGEST: Final = 500
LONGEST_REPLY: Final = 1000

NO_TEXT = Refusal("A-201", "没有写明疑问。", f"请用不超过 {LONGEST} 个字写明对这次查询有什么疑问。")
TOO_LONG = Refusal("A-202", f"疑问超过 {LONGEST} 个字。", "请写明要点。")
ASKED = Refusal("A-203", "对这次查询已经提出过疑问。", "请等待信用中心答复。")
NO_REPLY = Refusal("A-204", "没有写明答复。", f"请用不超过 {LONGEST_REPLY} 个字写明核实的情况。")
REPLIED = Refusal("A-205", "这一疑问已经答复。", "无需重复办理。")
OWN_READ = Refusal("A-206", "这次查询是您本人作出的，不能由您答复。", "请由另一名监督员或者审计员答复。")


@dataclass(frozen=True, slots=True)
class Reading:
    """A read of a subject's data by somebody else, and what was asked and answered about it."""

    ticket: UUID
    subject: UUID
    opened_at: datetime
    department_name: str
    purpose: str
    basis: str
    scope: str
    question: str | None
    asked_at: datetime | None
    reply: str | None
    replied_at: datetime | None


def refuse_question(reading: Reading, *, text: str) -> Refusal | None:
    """Why a question about a read may not be put."""
    if reading.question is not None:
        return ASKED
    if not text.strip():
        return NO_TEXT
    return TOO_LONG if len(text.strip()) > LONGEST else None


def refuse_reply(*, text: str, is_own: bool, is_replied: bool) -> Refusal | None:
    """Why a question may not be answered so: by who read, twice, or with nothing."""
    if is_replied:
        return REPLIED
    if is_own:
        return OWN_READ
    return None if text.strip() and len(text.strip()) <= LONGEST_REPLY else NO_REPLY
