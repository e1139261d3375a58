"""Who may act for an organisation, for what, and until when; and what the two proofs are."""

import hashlib
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final, Literal
from uuid import UUID

from limu.department.rules import Refusal

Scope = Literal["read", "repair", "objection"]
SCOPES: Final[dict[Scope, str]] = {
    "read": "查看本单位信用信息",
    "repair": "申请信用修复",
    "objection": "提出异议和声明",
}
CODE_DAYS: Final = timedelta(days=30)
LONGEST: Final = timedelta(days=3 * 365)
TRIES: Final = 5
SHORTEST_PASSWORD: Final = 12
LONGEST_REASON: Final = 300

NO_SUBJECT = Refusal("Q-101", "没有登记这一统一社会信用代码的主体。", "请核对营业执照上的代码。")
NO_NAME = Refusal("Q-102", "没有填写经办人姓名或者查验的证照。", "请填写姓名，以及营业执照的登记机关和核准日期。")
NO_SCOPE = Refusal("Q-103", "没有选择权限。", f"可选：{'、'.join(SCOPES.values())}。")
TOO_LONG = Refusal("Q-104", "授权期限不在今天之后的三年以内。", "请填写授权书上的截止日期，最长三年。")
SAME_PERSON = Refusal("Q-105", "密封信函须由查验证照以外的另一人办理。", "请由信用中心另一名办理员制作信函。")
SEALED = Refusal("Q-106", "没有这份关联申请，或者信函已经寄出。", "请核对受理号；遗失的请重新查验证照。")
NOT_PROVED = Refusal(
    "Q-107",
    "受理号、窗口码、信函码不能对上，或者已经失效。",
    "请核对窗口交付的回执和寄到住所的信函；错误五次或者超过三十天的，须重新办理。",
)
WEAK = Refusal("Q-108", f"密码少于 {SHORTEST_PASSWORD} 位，或者两次输入不一致。", "请重新输入两次相同的密码。")
NO_AGENT = Refusal("Q-109", "没有这名经办人，或者其权限已经终止。", "请核对账号；已经终止的无需重复办理。")
NO_REASON = Refusal("Q-110", "没有写明终止的原因。", "请写明原因，如离职、换人、账号可能被他人使用，不超过三百字。")
NOT_AS_MUCH = Refusal(
    "Q-111",
    "该经办人的权限多于您的权限，不能由您终止。",
    "请由权限齐全的经办人办理，或者持营业执照到信用中心窗口办理。",
)


@dataclass(frozen=True, slots=True)
class Account:
    """An agent's account: for which subject, with which scopes, until which day."""

    id: UUID
    code: str
    subject: UUID
    uscc: str
    subject_name: str
    person_name: str
    scopes: tuple[str, ...]
    expires_on: date
    is_active: bool
    added_at: datetime
    ended_at: datetime | None = None
    ended_by: str = ""
    ended_why: str = ""

    @property
    def scope_words(self) -> str:
        """What it may do, in words."""
        return "、".join(SCOPES[one] for one in SCOPES if one in self.scopes)


@dataclass(frozen=True, slots=True)
class Invitation:
    """A binding that is under way: what was asked, and the digests of its two codes."""

    id: UUID
    number: str
    subject: UUID
    person_name: str
    scopes: tuple[str, ...]
    expires_on: date
    checker: UUID
    counter_salt: bytes
    counter_digest: bytes
    letter_salt: bytes | None
    letter_digest: bytes | None
    dies_on: date
    tries: int
    used_at: datetime | None


@dataclass(frozen=True, slots=True)
class Notice:
    """What the agents of a subject were told."""

    text: str
    told_at: datetime


def may(account: Account, scope: str, *, on: date) -> bool:
    """Whether an agent may do this today; the day named is the last one."""
    return account.is_active and on <= account.expires_on and scope in account.scopes


def refuse_ending(account: Account | None, *, by: Account | None, reason: str) -> Refusal | None:
    """Why an agent's authority may not be ended as asked; `by` is another agent, or nobody where an officer acts."""
    if account is None or not account.is_active:
        return NO_AGENT
    if not reason.strip() or len(reason.strip()) > LONGEST_REASON:
        return NO_REASON
    return NOT_AS_MUCH if by is not None and not set(account.scopes) <= set(by.scopes) else None


def digest(code: str, salt: bytes) -> bytes:
    """Hash a code (60 bits of chance) with its salt; spaces, dashes and case do not matter."""
    return hashlib.sha256(salt + "".join(sign for sign in code.upper() if sign.isalnum()).encode()).digest()


def is_proved(found: Invitation, *, counter: str, letter: str, on: date) -> bool:
    """Whether both proofs are given, in time, and for the first time."""
    if found.used_at is not None or found.tries >= TRIES or on > found.dies_on or found.letter_salt is None:
        return False
    first = digest(counter, found.counter_salt) == found.counter_digest
    return digest(letter, found.letter_salt) == found.letter_digest and first


def refuse_invitation(
    *, person_name: str, licence: str, scopes: tuple[str, ...], expires_on: date, on: date
) -> Refusal | None:
    """Why an agent may not be invited as asked."""
    if not person_name.strip() or not licence.strip():
        return NO_NAME
    if not scopes or not set(scopes) <= set(SCOPES):
        return NO_SCOPE
    return None if on < expires_on <= on + LONGEST else TOO_LONG
