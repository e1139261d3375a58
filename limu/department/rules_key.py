"""What a key of a department's machine may do, and for how long (接口凭证)."""

import hashlib
import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final
from uuid import UUID

from limu.department.rules import Officer, Refusal

KEY_ACTS: Final[dict[str, str]] = {
    "submit": "报送文件", "submit_nil": "零报告", "read_submission": "查询回执", "decide": "核查可以采取的措施",
}  # fmt: skip
LONGEST_DAYS: Final = 366
OVERLAPS: Final[dict[int, str]] = {0: "立即失效", 24: "24 小时", 72: "72 小时", 168: "7 天"}
"""How long an old secret may live beside the new one, in hours."""

_TOKEN: Final = re.compile(r"limu_([0-9a-f]{32})_([A-Za-z0-9_-]{43})")

SAME_PERSON = Refusal("K-201", "接口凭证须由另一人同意，不能由同一人的两个账号完成。", "请由本单位另一名复核员办理。")
SETTLED = Refusal("K-202", "这份凭证申请已经办结。", "请查看凭证的现状。")
NOT_LIVE = Refusal("K-203", "这把凭证没有生效，或者已经停用、到期。", "请重新申请凭证。")
NO_KEY = Refusal(
    "K-210", "没有凭证，或者凭证无效、未经同意、已停用、已到期。", "请在“接口凭证”页面核对，必要时轮换密钥。"
)


@dataclass(frozen=True, slots=True)
class Key:
    """A key as its department sees it; its secret is nowhere."""

    id: UUID
    department: UUID
    officer: Officer
    name: str
    items: tuple[str, ...]
    acts: tuple[str, ...]
    expires_on: date
    asked_at: datetime
    settled_name: str | None
    settled_at: datetime | None
    is_agreed: bool | None
    revoked_name: str | None
    revoked_at: datetime | None
    last_used_at: datetime | None
    old_dies_at: datetime | None = None

    def state(self, today: date) -> str:
        """The state in one word."""
        if self.revoked_at is not None:
            return "已停用"
        if self.is_agreed is None:
            return "待同意"
        if not self.is_agreed:
            return "未同意"
        return "已到期" if today >= self.expires_on else "生效中"

    def is_live(self, today: date) -> bool:
        """Whether it opens anything today."""
        return self.state(today) == "生效中" and self.officer.is_active


@dataclass(frozen=True, slots=True)
class KnownKey:
    """A key with the one of its secrets that a request carried, and the territory its department acts in."""

    key: Key
    secret: UUID
    region: str


@dataclass(frozen=True, slots=True)
class Wish:
    """What a key is asked to be."""

    name: str
    items: tuple[str, ...]
    acts: tuple[str, ...]
    expires_on: date | None


def why_not(wish: Wish, *, own_items: frozenset[str], today: date) -> Refusal | None:
    """Say what is wrong with a wish for a key."""
    if not wish.name.strip() or len(wish.name.strip()) > 60:
        return Refusal("K-204", "没有写明凭证的名称，或者名称超过 60 字。", "请写明使用它的系统，例：案件系统。")
    reports = set(wish.acts) != {"decide"}
    if (reports and not wish.items) or not set(wish.items) <= own_items:
        return Refusal(
            "K-205",
            "没有选择事项，或者选择了不由本单位报送的事项。",
            "请至少选择一个本单位的事项；只用来核查措施的凭证可以不选。",
        )
    if not wish.acts or not set(wish.acts) <= KEY_ACTS.keys():
        return Refusal("K-206", "没有选择可以办理的事。", "请至少选择一项，只选需要的。")
    if wish.expires_on is None or not today < wish.expires_on <= today + timedelta(days=LONGEST_DAYS):
        return Refusal("K-207", "到期日不正确。", f"请选择明天以后、{LONGEST_DAYS} 天以内的一天。")
    return None


def not_for(act: str) -> Refusal:
    """Say that a key was agreed to for other acts than this."""
    return Refusal("K-211", f"这把凭证不能办理“{KEY_ACTS[act]}”。", "请申请包含这一项的凭证。")


def token_of(key: UUID, secret: str) -> str:
    """The text a machine sends: which key, and its secret."""
    return f"limu_{key.hex}_{secret}"


def read_token(header: str) -> tuple[UUID, str] | None:
    """Read the Authorization header; None for anything that is not a key of ours."""
    scheme, _, token = header.strip().partition(" ")
    found = _TOKEN.fullmatch(token.strip())
    return (UUID(found[1]), found[2]) if scheme.lower() == "bearer" and found else None


def digest_of(secret: str, salt: bytes) -> bytes:
    """The salted hash of a secret; it holds 256 bits of chance, so one round is enough."""
    return hashlib.sha256(b"limu.api_key\x00" + salt + secret.encode()).digest()
