"""What an objection is about, what it stops at once, and how it may end (异议)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from limu.department.rules import Refusal

Reason = Literal["not_mine", "wrong_content", "performed", "overdue", "revoked"]
CorrectionKind = Literal["clerical", "court", "source_change", "repair", "wrong_subject"]

REASONS: Final[Mapping[Reason, str]] = {
    "not_mine": "不是我的记录",
    "wrong_content": "内容有误",
    "performed": "义务已经履行",
    "overdue": "超过公示期限",
    "revoked": "原决定已被撤销、变更",
}
CORRECTIONS: Final[Mapping[CorrectionKind, str]] = {
    "clerical": "笔误",
    "court": "生效裁判",
    "source_change": "来源单位变更决定",
    "repair": "信用修复",
    "wrong_subject": "主体关联错误",
}
# A record that a repair has ended was true: its objection may be kept. What fell otherwise is not maintained.
STILL_TRUE: Final = frozenset({"record_repaired"})
DISPUTED_WORDS: Final = "异议处理中，不得仅据此作出不利决定"

NO_SUCH_REASON = Refusal("O-101", "没有这种异议事由。", f"可选：{'、'.join(REASONS.values())}。")
NO_TEXT = Refusal("O-102", "没有写明异议的内容。", "请写明哪里不对，有证据的请一并上传。")
ALREADY_OPEN = Refusal("O-103", "对这条记录的异议正在办理。", "请在“我的办件”查看进展，可以补充材料。")
ENDED = Refusal("O-104", "这条记录已经停止公示。", "对修复或者撤销的结果有异议的，请在原办件中申诉。")
NO_CORRECTION = Refusal("O-201", "更正须说明种类。", f"可选：{'、'.join(CORRECTIONS.values())}。")
NOT_CORRECTED_YET = Refusal(
    "O-202", "更正后的内容还没有报送。", "请先以“更正”报送该条记录的新版本，再确认；更正主体的，请写明正确主体的代码。"
)
NOTHING_LEFT = Refusal(
    "O-206",
    "这条信息在办理期间已经停止公示，不能维持。",
    "原决定被撤销或者报送有误的，请选择删除；已由新的一版替代的，请选择更正。",
)
NO_EVIDENCE = Refusal("O-205", "更正主体须写明证据。", "请写明据以认定正确主体的文书或者材料，并可以上传。")
NO_SUBJECT = Refusal("O-203", "没有登记这一统一社会信用代码的主体。", "请核对营业执照上的代码，或者留空转待关联。")
SAME_SUBJECT = Refusal("O-204", "正确的主体就是提出异议的主体。", "请核对代码；信息属于该主体的，应当维持。")


@dataclass(frozen=True, slots=True)
class Said:
    """What an objector says: the reason from the closed list, and the words."""

    reason: Reason
    text: str


def holds(said: Said, *, link_basis: str, was_kept: bool) -> bool:
    """Whether publication, sharing and measures stop until the decision (trust.md 2, cases 1 and 2).

    They stop where the subject says the record is not its own, the deciding body had not stated its exact code, and
    nobody has decided that very question before: doubt about whom it concerns favours the one who bears it."""
    return said.reason == "not_mine" and link_basis != "uscc" and not was_kept


def refuse_words(reason: str, text: str) -> Refusal | None:
    """Why an objection cannot be taken as it stands."""
    if reason not in REASONS:
        return NO_SUCH_REASON
    return None if text.strip() else NO_TEXT


@dataclass(frozen=True, slots=True)
class Statistic:
    """Objections by body: how many, how fast, how many were right, how many late: decided so, or still open past it."""

    department: str
    opened: int
    decided: int
    median_days: float | None
    upheld: int
    late: int
    overdue: int = 0

    @property
    def share_upheld(self) -> float | None:
        """Share of decided objections that changed the record."""
        return self.upheld / self.decided if self.decided else None

    @property
    def share_late(self) -> float | None:
        """Share of objections that missed their day, of those decided and those still open past it."""
        ended = self.decided + self.overdue
        return (self.late + self.overdue) / ended if ended else None


ANSWERS: Final[Mapping[str, str]] = {
    "not_used": "查看过，没有据此办理事项",
    "unchanged": "已复核，原处理不受影响",
    "changed": "已复核，原处理已改正",
}
LONGEST_ANSWER: Final = 1000


def refuse_answer(ways: Sequence[str], *, outcome: str, text: str) -> Refusal | None:
    """Why an answer to a reliance notice cannot be taken; who took a measure has used what it read."""
    if outcome not in ANSWERS or not text.strip() or len(text) > LONGEST_ANSWER:
        return Refusal("O-301", "答复须选择结论并写明情况，不超过一千字。", f"可选：{'、'.join(ANSWERS.values())}。")
    if outcome == "not_used" and "measure" in ways:
        return Refusal(
            "O-303", "登记显示据此采取过措施，不能答复没有据此办理事项。", "请复核原处理后，选择其余两项之一。"
        )
    return None
