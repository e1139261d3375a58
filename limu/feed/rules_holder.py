"""Decide on holders: what an agreement must say, who may act for it, in which words its state is told."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final, Literal
from urllib.parse import urlsplit
from uuid import UUID

from limu.department.rules import Refusal

State = Literal["asked", "refused", "coming", "active", "paused", "ended"]
ActKind = Literal["add", "pause", "resume", "end"]
STATE_WORDS: Final[Mapping[str, str]] = {
    "asked": "待确认",
    "refused": "未同意",
    "coming": "未到起始日",
    "active": "同步中",
    "paused": "已暂停",
    "ended": "已终止",
}
ACT_WORDS: Final[Mapping[str, str]] = {"add": "接入", "pause": "暂停", "resume": "恢复", "end": "终止"}
# From which states an act leads on.
FROM: Final[Mapping[str, frozenset[str]]] = {
    "add": frozenset({"asked"}),
    "pause": frozenset({"active", "coming"}),
    "resume": frozenset({"paused"}),
    "end": frozenset({"active", "coming", "paused"}),
}
TOKEN_PREFIX: Final = "limu_h_"  # noqa: S105 - what a token begins with is no secret
LONGEST_YEARS = 3

NO_WORDS = Refusal("I-101", "名称、联系方式和协议都必须填写。", "请写明接收单位、联系部门和协议文号。")
WRONG_DAYS = Refusal("I-102", "起止日期不正确。", f"终止日期须晚于起始日期，最长 {LONGEST_YEARS} 年。")
WRONG_HOURS = Refusal("I-103", "确认时限须在 1 至 720 小时之间。", "请填写协议约定的小时数。")
WRONG_HOOK = Refusal(
    "I-104", "推送地址不能使用。", "请填写以 https:// 开头、不含用户名的地址；也可以留空，由对方自行获取。"
)
BLOCKED: Final[Mapping[str, Refusal]] = {
    "no_tls": Refusal(
        "I-106", "推送地址须以 https:// 开头。", "变更内容须加密送达；请填写 https 地址，也可以留空，由对方自行获取。"
    ),
    "inside": Refusal(
        "I-107", "推送地址指向本机或者内部网络。", "请填写公共网络上的地址；在自有政务网络内推送的，请由运维人员开通。"
    ),
}
WRONG_SCOPE = Refusal("I-105", "事项、地区或者字段不在可选范围内。", "地区请填写行政区划代码，多个用逗号分开。")
NAME_TAKEN = Refusal("S-106", "已有同名的接收单位。", "请核对；范围变更请终止原协议后另行接入。")
OPEN_ACT = Refusal("S-107", "已有一项办理等待确认。", "请由另一人确认或者退回后再办理。")
NOT_NOW = Refusal("S-108", "当前状态不能这样办理。", "请查看接收单位的状态。")
NO_REASON = Refusal("S-109", "没有填写理由。", "请写明理由。")
SAME_PERSON = Refusal("S-110", "须由两人办理，不能由同一人的两个账号完成。", "请由另一名工作人员确认。")
SETTLED = Refusal("S-111", "这项办理已经办结。", "请查看接收单位的状态。")

# What became of a ticket whose holder has mended its copy and asked again.
RIGHT_AGAIN: Final = "核对一致"
# Why a message was not taken, in words; an answer such as HTTP 503 says it itself.
FAILURE_WORDS: Final[Mapping[str, str]] = {
    "BlockedError": "地址不允许推送（没有使用 https，或者指向内部网络）",
    "gaierror": "域名无法解析",
    "TimeoutError": "没有按时应答",
    "ConnectionRefusedError": "对方拒绝连接",
    "ConnectionResetError": "连接中断",
    "OSError": "连接中断",
    "SSLCertVerificationError": "对方的证书不可信",
    "SSLError": "没有建立加密连接",
}


@dataclass(frozen=True, slots=True)
class Wish:
    """What an agreement is to say."""

    name: str
    contact: str
    agreement: str
    from_on: date | None
    until_on: date | None
    items: tuple[str, ...] = ()
    regions: tuple[str, ...] = ()
    fields: tuple[str, ...] = ()
    answer_hours: int = 24
    hook_url: str = ""


@dataclass(frozen=True, slots=True)
class Holder:
    """One holder of copies under its agreement."""

    id: UUID
    name: str
    contact: str
    agreement: str
    from_on: date
    until_on: date
    items: tuple[str, ...]
    regions: tuple[str, ...]
    policy: int
    fields: tuple[str, ...]
    answer_hours: int
    hook_url: str | None
    since: int
    state: State
    is_filled: bool = True

    @property
    def word(self) -> str:
        """The state in words."""
        return STATE_WORDS[self.state]

    @property
    def scope(self) -> str:
        """Name what it may have: holders of one scope share their snapshots."""
        told = "|".join((",".join(sorted(self.items)), ",".join(sorted(self.regions)), ",".join(self.fields)))
        return hashlib.sha256(told.encode()).hexdigest()[:16]


@dataclass(frozen=True, slots=True)
class Act:
    """One act on a holder: asked by one, settled by another."""

    id: UUID
    holder: UUID
    holder_name: str
    kind: ActKind
    reason: str
    asked_by: UUID
    asked_name: str
    asked_person: UUID
    asked_at: datetime
    settled_name: str | None
    settled_at: datetime | None
    is_done: bool | None

    @property
    def word(self) -> str:
        """The act in words."""
        return ACT_WORDS[self.kind]


def why_not(wish: Wish, *, known_items: frozenset[str], known_fields: frozenset[str]) -> Refusal | None:
    """Say what is wrong with an agreement."""
    if not all(text.strip() for text in (wish.name, wish.contact, wish.agreement)):
        return NO_WORDS
    if wish.from_on is None or wish.until_on is None or not _is_span(wish.from_on, wish.until_on):
        return WRONG_DAYS
    if not 1 <= wish.answer_hours <= 720:
        return WRONG_HOURS
    if wish.hook_url and not is_address(wish.hook_url):
        return WRONG_HOOK
    in_regions = all(region.isdigit() and len(region) in (2, 4, 6) for region in wish.regions)
    if not in_regions or set(wish.items) - known_items or set(wish.fields) - known_fields:
        return WRONG_SCOPE
    return None


def _is_span(first: date, last: date) -> bool:
    return first < last and (last - first).days <= LONGEST_YEARS * 366


def is_address(url: str) -> bool:
    """Tell whether this is an address of the web; whether it may be sent to is judged by wire/outgoing.py."""
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError:
        return False
    return parts.scheme in {"https", "http"} and bool(parts.hostname) and "@" not in parts.netloc and len(url) <= 300


def token_hash(token: str) -> bytes:
    """Digest a token; it holds 256 bits of chance, so no salt is needed."""
    return hashlib.sha256(token.encode()).digest()
