"""A case: what it is, the moves that lead from state to state, and who may make each (docs/lifecycle.md)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final, Literal
from uuid import UUID

from limu.department.rules import Officer, Refusal

CaseKind = Literal["objection", "repair"]
Door = Literal["portal", "above", "window"]

KINDS: Final[Mapping[CaseKind, str]] = {"objection": "异议", "repair": "信用修复"}
PREFIXES: Final[Mapping[CaseKind, str]] = {"objection": "YY", "repair": "XF"}
DOORS: Final[Mapping[Door, str]] = {"portal": "企业服务", "above": "信用中国等上级平台", "window": "线下窗口"}

STATES: Final[Mapping[str, str]] = {
    "received": "待受理",
    "gaps": "待补正",
    "checking": "核查中",
    "proposed": "待确认",
    "granted": "同意修复，同步中",
    "closed": "已办结",
    "refused": "不予修复",
    "not_accepted": "不予受理",
    "corrected": "已更正",
    "deleted": "已删除",
    "kept": "维持原信息",
    "withdrawn": "已撤回",
    "appealed": "申诉处理中",
    "void": "修复已撤销",
}
"""States in the words of ux.md 2.5."""

STEPS: Final[Mapping[str, str]] = {
    "open": "提交",
    "forward": "信用中心受理，转认定单位办理",
    "accept": "受理",
    "ask_gaps": "一次性告知补正",
    "supplement": "提交补正材料",
    "stop": "暂停计时",
    "resume": "恢复计时",
    "extend": "延长办理期限",
    "propose": "提出办理意见",
    "return": "退回承办人",
    "confirm": "确认决定",
    "withdraw": "撤回",
    "appeal": "申诉",
    "uphold_appeal": "申诉成立，重新办理",
    "dismiss_appeal": "申诉不成立",
    "receipt": "上级平台回执",
    "annul": "撤销修复决定",
    "above": "接收上级平台的决定",
}

OUTCOMES: Final[Mapping[CaseKind, Mapping[str, str]]] = {
    "objection": {"corrected": "更正", "deleted": "删除", "kept": "维持", "not_accepted": "不予受理"},
    "repair": {"granted": "同意修复", "refused": "不予修复", "not_accepted": "不予受理"},
}
FINAL: Final = frozenset(
    {"granted", "closed", "refused", "not_accepted", "corrected", "deleted", "kept", "withdrawn", "void"}
)
OPEN: Final = frozenset(STATES) - FINAL
"""States in which somebody still has to act on the case itself."""

ROLES: Final[Mapping[str, str]] = {
    "performance_proof": "纠正和履行义务的证明",
    "commitment": "信用承诺书",
    "other": "其他材料",
    "evidence": "证据",
    "ruling": "裁判文书",
    "decision": "决定书",
}
DOCUMENT_BYTES: Final = 20 << 20


@dataclass(frozen=True, slots=True)
class Move:
    """One arrow of the life of a case: the step, from where to where, and who makes it."""

    kind: CaseKind
    step: str
    before: str
    after: str
    who: str


def _moves(kind: CaseKind, step: str, pairs: str, *, who: str) -> tuple[Move, ...]:
    """Write arrows shortly: "a>b c>d"."""
    arrows = (pair.split(">") for pair in pairs.split())
    return tuple(Move(kind, step, before, after, who) for before, after in arrows)


SUBJECT, HANDLER, SECOND = "主体或者其经办人", "认定单位承办人", "认定单位另一人"
CENTRE, APPEALS = "信用中心", "信用中心监督员"
NOT_AUTHOR = "认定单位承办人（非录入人）"

MOVES: Final[tuple[Move, ...]] = (
    *_moves("objection", "open", ">received", who=SUBJECT),
    *_moves("objection", "accept", "received>checking", who=NOT_AUTHOR),
    *_moves("objection", "ask_gaps", "received>gaps", who=NOT_AUTHOR),
    *_moves("objection", "supplement", "gaps>received", who=SUBJECT),
    *_moves("objection", "stop", "checking>checking", who=NOT_AUTHOR),
    *_moves("objection", "resume", "checking>checking", who=NOT_AUTHOR),
    *_moves("objection", "extend", "checking>checking", who=NOT_AUTHOR),
    *_moves("objection", "propose", "received>proposed gaps>proposed checking>proposed", who=NOT_AUTHOR),
    *_moves("objection", "return", "proposed>checking", who=SECOND),
    *_moves(
        "objection", "confirm", "proposed>corrected proposed>deleted proposed>kept proposed>not_accepted", who=SECOND
    ),
    *_moves(
        "objection", "withdraw", "received>withdrawn gaps>withdrawn checking>withdrawn proposed>withdrawn", who=SUBJECT
    ),
    *_moves("objection", "appeal", "kept>appealed not_accepted>appealed corrected>appealed", who=SUBJECT),
    *_moves("objection", "uphold_appeal", "appealed>checking", who=APPEALS),
    *_moves("objection", "dismiss_appeal", "appealed>kept appealed>not_accepted appealed>corrected", who=APPEALS),
    *_moves("repair", "open", ">received", who=f"{SUBJECT}；{CENTRE}（上级平台转来或者窗口）"),
    *_moves("repair", "forward", "received>received", who=CENTRE),
    *_moves("repair", "accept", "received>checking", who=HANDLER),
    *_moves("repair", "ask_gaps", "received>gaps", who=HANDLER),
    *_moves("repair", "supplement", "gaps>received", who=SUBJECT),
    *_moves("repair", "stop", "checking>checking", who=HANDLER),
    *_moves("repair", "resume", "checking>checking", who=HANDLER),
    *_moves("repair", "extend", "checking>checking", who=HANDLER),
    *_moves("repair", "propose", "received>proposed checking>proposed", who=HANDLER),
    *_moves("repair", "return", "proposed>checking", who=SECOND),
    *_moves("repair", "confirm", "proposed>granted proposed>refused proposed>not_accepted", who=SECOND),
    *_moves(
        "repair", "withdraw", "received>withdrawn gaps>withdrawn checking>withdrawn proposed>withdrawn", who=SUBJECT
    ),
    *_moves(
        "repair",
        "above",
        "received>closed gaps>closed checking>closed proposed>closed",
        who=f"{CENTRE}两人（认定单位已在上级平台决定）",
    ),
    *_moves(
        "repair",
        "receipt",
        "granted>closed refused>refused not_accepted>not_accepted",
        who=f"{CENTRE}，或者上级平台的答复（upward）",
    ),
    *_moves("repair", "annul", "granted>void closed>void", who=f"{HANDLER}和{SECOND}（虚假材料）"),
    *_moves("repair", "appeal", "refused>appealed not_accepted>appealed", who=SUBJECT),
    *_moves("repair", "uphold_appeal", "appealed>checking", who=APPEALS),
    *_moves("repair", "dismiss_appeal", "appealed>refused appealed>not_accepted", who=APPEALS),
)
"""Every arrow; the database holds the same table and refuses any other (case_move)."""


@dataclass(frozen=True, slots=True)
class Agent:
    """A person who acts for a subject (经办人): from the portal, at a window, or as the platform above names it."""

    subject: UUID
    name: str


Actor = Officer | Agent


@dataclass(frozen=True, slots=True)
class Document:
    """A document of a case as it was stored: its name, role and content hash; `cited_rule` for a third material."""

    role: str
    name: str
    file_hash: str
    bytes: int
    cited_rule: str = ""


@dataclass(frozen=True, slots=True)
class Writing:
    """What a letter says: its kind (a word of code), its title, and its lines."""

    kind: str
    title: str
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Case:
    """A case as its steps have left it."""

    id: UUID
    number: str
    application: UUID
    kind: CaseKind
    door: Door
    subject: UUID
    department: UUID
    record: UUID | None
    entry: UUID | None
    state: str
    reason: str
    opened_at: datetime
    opened_on: date
    accepted_on: date | None
    proposed_by: UUID | None
    proposed_outcome: str | None
    decided_on: date | None
    outcome: str | None
    author: UUID | None

    @property
    def state_word(self) -> str:
        """The state in words."""
        return STATES[self.state]

    @property
    def is_open(self) -> bool:
        """Whether somebody still has to act."""
        return self.state in OPEN


@dataclass(frozen=True, slots=True)
class Step:
    """One act on a case, by whom, on which day, with what was said."""

    kind: str
    before: str
    after: str
    on_day: date
    recorded_at: datetime
    by: str
    reason: str
    citation: str
    outcome: str | None
    body: dict[str, Any]

    @property
    def word(self) -> str:
        """The act in words."""
        return STEPS[self.kind]


NO_REASON = Refusal("H-101", "没有写明理由。", "请写明理由；主体会看到它。")
NOTHING_ADDED = Refusal("H-104", "没有写说明，也没有补充材料。", "请按告知的内容补充材料，或者写明为什么不补。")
NO_CITATION = Refusal("H-102", "没有写明依据。", "请写明所依据的条款或者文书。")
SAME_PERSON = Refusal("C-201", "决定须由提出人以外的另一人确认，同一人的两个账号不算两人。", "请由本单位另一人确认。")
AUTHOR = Refusal("C-202", "您是这条记录的录入人，不能办理对它的异议。", "请由本单位其他人员办理。")
TOO_LARGE = Refusal("H-103", "材料超过 20 MB。", "请压缩或者分成几份后上传。")
NO_RULE = Refusal("C-104", "要求第三种材料须写明法律、行政法规或者部门规章的条款。", "请写明条款，或者不要求该材料。")
TWICE = Refusal("C-105", "补正只能一次性告知，已经告知过。", "请据现有材料作出决定。")
NOT_STOPPED = Refusal("C-106", "计时没有暂停。", "无需恢复。")
STOPPED = Refusal("C-107", "计时已经暂停。", "请先恢复计时。")
EXTENDED = Refusal("C-108", "办理期限已经延长过一次，或者法规没有规定可以延长。", "请在期限内办结。")


def settled(case: Case, names: str) -> Refusal:
    """What the one who came later is told: how the case stands, and who brought it there."""
    return Refusal("C-203", f"该事项现为“{case.state_word}”，{names}。", "请刷新页面查看最新情况，无需重复办理。")


def can_move(case: Case, step: str, after: str) -> bool:
    """Whether the table has this arrow."""
    return any(
        (one.kind, one.step, one.before, one.after) == (case.kind, step, case.state, after) for one in MOVES
    )  # fmt: skip


def refuse_handler(case: Case, officer: Officer) -> Refusal | None:
    """Why this person may not handle a case: an objection goes to someone other than the author of the record."""
    return AUTHOR if case.kind == "objection" and case.author == officer.person else None


def refuse_second(case: Case, officer: Officer) -> Refusal | None:
    """Why this person may not confirm: two people decide, and the author of the record is neither of them."""
    if case.proposed_by == officer.person:
        return SAME_PERSON
    return refuse_handler(case, officer)


ALPHABET: Final = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"


def receipt_number(kind: CaseKind, on: date, *, drawn: bytes) -> str:
    """Write a receipt number: kind, day, and letters that cannot be guessed or counted (XF20261124-7KQ2M9PA)."""
    return f"{PREFIXES[kind]}{on:%Y%m%d}-" + "".join(ALPHABET[byte % 32] for byte in drawn[:10])
