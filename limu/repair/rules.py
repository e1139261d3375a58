"""What repair asks for, what may be refused and why, and the notice that tells a subject all of it (信用修复)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final, Literal

from limu.department.rules import Refusal
from limu.law.book import LawBook
from limu.law.period import day_after

Met = Literal["met", "unmet", "open"]
CHANNEL: Final = "“信用中国”网站或者认定单位线下窗口提出申请；谁认定、谁修复，不收取任何费用。"

ENDED = Refusal("X-122", "这条信息已经停止公示。", "无需申请。")
ALREADY_OPEN = Refusal("X-123", "对这条信息的修复申请正在办理。", "请在“我的办件”查看进展。")
NOTHING = Refusal("X-124", "没有选择要修复的信息。", "请至少选择一条。")
NO_COMMITMENT = Refusal("X-125", "没有提交信用承诺书。", "请签署信用承诺书后提交。")
NO_PROOF = Refusal("X-126", "没有提交纠正和履行义务的证明。", "请上传证明；认定单位已经核验的，无需上传。")
NO_GROUND = Refusal("X-201", "不予修复必须选择理由。", "请从 R01 至 R08 中选择至少一项。")
TWICE = Refusal("X-107", "上级平台的这份申请已经接收过。", "同一申请只办理一次。")
NOT_FOUND = Refusal("X-108", "没有找到申请所指的信息。", "请核对统一社会信用代码、决定书文号和认定单位。")
NO_EXIT = Refusal(
    "X-111", "这一列入不能单独申请修复。", "依据记录的列入随记录修复；名单的规则没有规定提前移出的，期满自动移出。"
)
TOO_EARLY = "可申请日期：{day}"
VERIFIED: Final = "已由{body}核验，无需上传"


@dataclass(frozen=True, slots=True)
class Checked:
    """One condition with its article: met, not met, or open until the body has looked."""

    label: str
    citation: str
    confidence: str
    met: Met
    text: str
    is_binding: bool
    test: str = ""

    @property
    def mark(self) -> str:
        """The mark beside it."""
        return {"met": "✔", "unmet": "✘", "open": "待核"}[self.met]


@dataclass(frozen=True, slots=True)
class Facts:
    """What the conditions are checked against: the record's days and rule, and what was brought."""

    earliest_on: date | None
    rule: str | None
    roles: frozenset[str]
    list_earliest_on: date | None = None
    # Who has seen for itself that the duty was performed; empty while nobody has.
    verified_by: str = ""

    @property
    def earliest(self) -> date | None:
        """The later of the record's own day and that of a list entry which rests on it."""
        days = [one for one in (self.earliest_on, self.list_earliest_on) if one is not None]
        return max(days, default=None)


def check_conditions(book: LawBook, facts: Facts, *, on: date) -> tuple[Checked, ...]:
    """Check each condition of the law book. An unconfirmed minimum is told and refuses nothing (design/unconfirmed)."""
    found = []
    for one in book.repair_conditions(on=on):
        ref = book.ref(one.key)
        met, text, is_binding = _check(book, one.test, facts, on=on)
        found.append(Checked(one.label, ref.citation, ref.confidence, met, text, is_binding, one.test))
    return tuple(found)


def _check(book: LawBook, test: str, facts: Facts, *, on: date) -> tuple[Met, str, bool]:
    if test == "minimum":
        return _minimum(book, facts, on=on)
    if test == "performed":
        if facts.verified_by:
            return "met", VERIFIED.format(body=facts.verified_by), True
        return ("open", "已提交证明，待认定单位核查", True) if "performance_proof" in facts.roles else (
            "unmet", "尚未提交证明", True)  # fmt: skip
    if test == "commitment":
        return ("met", "已签署", True) if "commitment" in facts.roles else ("unmet", "尚未签署", True)
    return "open", "由认定单位依法核查", False


def _minimum(book: LawBook, facts: Facts, *, on: date) -> tuple[Met, str, bool]:
    day = facts.earliest
    is_binding = facts.rule is not None and book.rule(facts.rule) is not None and book.ref(facts.rule).is_confirmed
    is_binding = is_binding or facts.list_earliest_on is not None
    if day is None or day <= on:
        return "met", "已满" if day is None else f"自 {day} 起可以申请", is_binding
    return "unmet", TOO_EARLY.format(day=day) + ("" if is_binding else "（期限尚未核对，不据此拒绝）"), is_binding


def refuse_early(checked: Sequence[Checked]) -> Refusal | None:
    """Why an application comes too early; only a confirmed minimum refuses (law.md 13, 14)."""
    short = next((one for one in checked if one.met == "unmet" and one.text.startswith("可申请日期")), None)
    if short is None or not short.is_binding:
        return None
    return Refusal("X-109", f"{short.text}，尚未到最短公示期。", f"请在该日之后申请。依据：{short.citation}。")


def refuse_barred(book: LawBook, annulled: date | None, *, on: date) -> Refusal | None:
    """Whether a repair by false material bars the subject from applying: only for the years a confirmed text names."""
    rule = book.deadline("repair_bar", on=annulled) if annulled else None
    if annulled is None or rule is None or rule.count is None or not book.ref(rule.key).is_confirmed:
        return None
    free = day_after(annulled, f"{rule.count}{rule.unit[0]}")
    if on >= free:
        return None
    return Refusal(
        "X-112", f"以虚假材料取得的修复已于 {annulled} 被撤销，{free} 以前不得再次申请修复。",
        f"请在 {free} 当日或者之后申请。依据：{book.ref(rule.key).citation}。",
    )  # fmt: skip


def refuse_materials(roles: frozenset[str], *, is_verified: bool) -> Refusal | None:
    """Which of the two materials is missing; a third is never asked for here."""
    if "commitment" not in roles:
        return NO_COMMITMENT
    return None if is_verified or "performance_proof" in roles else NO_PROOF


@dataclass(frozen=True, slots=True)
class Ground:
    """A ground of refusal as chosen: its code, and what it must name (page, rest, article)."""

    code: str
    detail: str = ""


NEEDED: Final[Mapping[str, str]] = {"page": "页码", "rest": "剩余义务", "article": "明文条款", "day": "可申请日期"}


def spell_grounds(
    book: LawBook, grounds: Sequence[Ground], *, earliest: date | None, on: date
) -> list[dict[str, Any]] | Refusal:
    """Write chosen grounds out with page and next step, or say what is missing: no refusal outside the catalogue."""
    if not grounds:
        return NO_GROUND
    catalogue = {one.code: one for one in book.refusals()}
    spelt = []
    for ground in grounds:
        known = catalogue.get(ground.code)
        if known is None:
            return Refusal("X-202", f"没有理由 {ground.code}。", f"可选：{'、'.join(catalogue)}。")
        if known.needs == "day" and (earliest is None or earliest <= on):
            since = f"自 {earliest} 起可以申请" if earliest else "不设最短公示期"
            return Refusal(
                "X-204", f"不能以 {known.code} 不予修复：这条信息{since}。", "请选择其他理由，或者同意修复。"
            )
        detail = str(earliest) if known.needs == "day" else ground.detail.strip()
        if known.needs and not detail:
            return Refusal(
                "X-203", f"{known.code} 须写明{NEEDED[known.needs]}。", f"“{known.label}”要让主体知道具体在哪里。"
            )
        spelt.append(
            {"code": known.code, "label": known.label, "detail": detail, "next": known.next,
             "citation": book.ref(known.key).citation}
        )  # fmt: skip
    return spelt


def ground_line(ground: Mapping[str, Any]) -> str:
    """One ground in one sentence, as the letter prints it."""
    detail = f"（{_named(ground)}）" if ground["detail"] else ""
    return f"{ground['code']} {ground['label']}{detail}。下一步：{ground['next']}"


def _named(ground: Mapping[str, Any]) -> str:
    detail = str(ground["detail"])
    return f"第 {detail} 页" if detail.isdigit() else detail


@dataclass(frozen=True, slots=True)
class RepairNotice:
    """The notice served together with a decision (信用修复告知书, 两书同达)."""

    document_number: str
    authority: str
    earliest_on: date | None
    ends_on: date | None
    conditions: tuple[tuple[str, str], ...]
    materials: tuple[tuple[str, str], ...]
    channel: str
    rule: str
    confidence: str

    def lines(self) -> tuple[str, ...]:
        """The notice as it is printed."""
        day = f"{self.earliest_on} 起可以申请信用修复" if self.earliest_on else "本条信息不设最短公示期"
        until = f"；最迟于 {self.ends_on} 自动停止公示" if self.ends_on else ""
        return (
            f"{self.authority}作出的{self.document_number or '决定'}：{day}{until}。依据：{self.rule}。",
            "修复条件：" + "；".join(f"{label}（{citation}）" for label, citation in self.conditions) + "。",
            "申请材料：" + "；".join(f"{label}（{citation}）" for label, citation in self.materials) + "。",
            "办理渠道：" + self.channel,
        )


def write_notice(
    book: LawBook, *, document_number: str, authority: str, days: tuple[date | None, date | None], rule: str | None,
    on: date,
) -> RepairNotice:  # fmt: skip
    """Make the notice of a decision from the law book: earliest day, conditions, materials, channel."""
    ref = book.ref(rule) if rule and book.rule(rule) else None
    return RepairNotice(
        document_number, authority, days[0], days[1],
        tuple((one.label, book.ref(one.key).citation) for one in book.repair_conditions(on=on)),
        tuple((one.label, book.ref(one.key).citation) for one in book.repair_materials(on=on)),
        CHANNEL, ref.citation if ref else "信用修复管理办法", ref.confidence if ref else "known",
    )  # fmt: skip
