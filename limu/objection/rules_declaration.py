"""What a subject's own declaration (主体声明) may say in public: no personal number, no person, nothing to click."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal
from uuid import UUID

from limu.department.rules import Refusal
from limu.terms.identity import find_personal_numbers
from limu.terms.names import looks_like_person

Ground = Literal["person", "unrelated", "others", "advertising"]
Standing = Literal["waiting", "shown", "refused", "withdrawn", "replaced"]

LONGEST: Final = 500
MOST_PROOFS: Final = 5
GROUNDS: Final[Mapping[Ground, str]] = {
    "person": "含有个人信息",
    "unrelated": "与所涉记录无关",
    "others": "涉及他人的名誉、商业秘密",
    "advertising": "广告或者联系方式",
}
STANDINGS: Final[Mapping[Standing, str]] = {
    "waiting": "待核对",
    "shown": "公示中",
    "refused": "未通过核对",
    "withdrawn": "已撤回",
    "replaced": "已由新的声明替代",
}
# Words before or after which a person is named.
_BEFORE: Final = re.compile(
    "(?:法定代表人|负责人|经办人|联系人|执法人员|办案人员|承办人|当事人|法人|股东|会计|经理|局长|科长|处长|所长|队长)"
    "(?:姓名)?[：:为是叫]\\s*([\u4e00-\u9fff·]{2,4})"
)
_AFTER: Final = re.compile("([\u4e00-\u9fff]{2,3})(?:先生|女士|同志)")
_ADDRESS: Final = re.compile(r"https?://|www\.|[\w.]+@[\w.]+", re.IGNORECASE)
_UNSEEN: Final = re.compile("[\x00-\x09\x0b\x0c\x0e-\x1f\x7f\u200b-\u200f\u2060\ufeff]|</?[a-zA-Z][^>]*>")

NO_TEXT = Refusal("O-401", "没有写声明的内容。", f"请用不超过 {LONGEST} 个字说明。")
TOO_LONG = Refusal("O-402", f"声明超过 {LONGEST} 个字。", "请缩短；详细材料可以在异议中提交。")
UNSEEN = Refusal("O-403", "声明中有看不见的字符或者网页标记。", "请只保留文字和标点。")
HAS_ADDRESS = Refusal("O-404", "声明中有网址或者邮箱。", "请删除；声明只用于说明所涉记录。")
WAITING = Refusal("O-405", "上一份声明还在核对。", "请等核对结果；需要修改的，先撤回再重新提交。")
NOT_PUBLIC = Refusal("O-406", "这条记录没有公示，不需要声明。", "认为记录有误的，请提出异议。")
NO_DECLARATION = Refusal("O-407", "没有可以撤回的声明。", "请刷新页面查看最新情况。")
NO_GROUND = Refusal("O-408", "不予公示必须选择理由。", f"可选：{'、'.join(GROUNDS.values())}。")
TOO_MANY = Refusal("O-412", "一份声明最多附 5 份证明材料。", "请合并成一份 PDF，或者删去不需要的。")
REVIEWED = Refusal("O-409", "这份声明已经核对或者撤回。", "请刷新页面查看最新情况。")


@dataclass(frozen=True, slots=True)
class Declaration:
    """A declaration as it stands: what it says, and whether it is shown."""

    id: UUID
    subject: UUID
    record: UUID
    text: str
    agent: str
    declared_at: datetime
    standing: Standing
    ground: Ground | None
    note: str

    @property
    def word(self) -> str:
        """How it stands, in words."""
        return STANDINGS[self.standing]

    @property
    def ground_word(self) -> str:
        """Why it is not shown, in words."""
        return GROUNDS[self.ground] if self.ground else ""

    @property
    def can_end(self) -> bool:
        """Whether there is something to take back."""
        return self.standing in ("waiting", "shown")


def refuse_text(text: str) -> Refusal | None:
    """Why a text cannot be shown beside a record; the place is named, nothing is cut away silently."""
    plain = text.strip()
    if not plain:
        return NO_TEXT
    if len(plain) > LONGEST:
        return TOO_LONG
    if _UNSEEN.search(plain):
        return UNSEEN
    if found := find_personal_numbers(plain):
        place = plain[: found[0].start].count("\n") + 1
        return Refusal("O-410", f"声明第 {place} 行有个人的证件号码或者电话。", "请删除；个人号码不公开。")
    if name := _person_in(plain):
        return Refusal("O-411", f"声明中写有个人姓名“{name}”。", "请改为职务或者“有关人员”；个人姓名不公开。")
    return HAS_ADDRESS if _ADDRESS.search(plain) else None


def _person_in(text: str) -> str:
    """A person that is plainly named; who reviews looks for the rest."""
    for match in (*_BEFORE.finditer(text), *_AFTER.finditer(text)):
        for length in (len(match[1]), 3, 2):
            if looks_like_person(match[1][:length]):
                return match[1][:length]
    return ""
