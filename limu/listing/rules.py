"""What a list entry needs before each step, and the days that follow from it (law.md 4.2; 国办发〔2020〕49号)."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final, Literal
from uuid import UUID

from limu.department.rules import Refusal
from limu.terms.days import Calendar, Term, add_working_days, end_of_term

ExitKind = Literal["condition", "repair", "revocation"]

STEPS: Final[dict[str, str]] = {
    "notice": "拟列入告知",
    "statement": "陈述申辩",
    "hearing_request": "听证申请",
    "hearing_withdrawal": "撤回听证申请",
    "hearing_notice": "听证通知",
    "hearing_minutes": "听证笔录",
    "decision": "列入决定",
    "service": "送达",
    "refusal": "不予列入决定",
    "exit": "移出决定",
}
LOST: Final[dict[Literal["ended", "held"], tuple[str, str]]] = {
    "ended": ("失去依据", "所依据的记录已停止公示，列入不再生效：由两人办理移出"),
    "held": ("暂停", "所依据的记录暂停公示期间，列入不生效"),
}
EXITS: Final[dict[str, str]] = {"condition": "符合移出条件", "repair": "信用修复", "revocation": "列入决定被撤销"}

STATEMENT_CHARACTERS: Final = 2000

NO_BASIS = Refusal("N-101", "未选择法律依据，不能提交。", "请选择一个名单；每个名单都写明其依据。")
NO_RULE = Refusal("N-102", "该名单没有列入和移出规则，不得启用。", "列入和移出的条件、程序须由部门规章规定。")
NOT_CONFIRMED = Refusal("N-103", "该名单的依据尚未经两人核对，不得列入。", "请由信用中心两名人员核对法规文本。")
NOT_IN_FORCE = Refusal("N-104", "该名单今天没有有效的依据。", "请核对依据的施行期间。")
OUTSIDE = Refusal("N-105", "地方名单只在本行政区域内有效。", "请由该区域的部门办理。")
NOT_OURS = Refusal(
    "N-110", "这一名单不由本单位认定。", "请由目录中负责该名单事项的部门办理；职责有变的，由信用中心两人分配事项。"
)
NO_FACTS = Refusal("N-106", "列入须写明事实和证据文书。", "请填写事实和证据文书。")
ALREADY_RUNNING = Refusal("N-107", "该主体在这一名单上已有未移出的列入。", "请先办结原有的列入。")
NO_GROUND = Refusal(
    "N-109",
    "所依据的信息不属于该主体，或者已经停止公示，不能据此列入。",
    "请核对记录编号；没有上报的记录的，请写明证据文书。",
)
SAME_PERSON = Refusal(
    "N-201", "列入须由提出人以外的另一人决定，不能由同一人的两个账号完成。", "请由另一名名单认定员决定。"
)
NO_NOTICE = Refusal("N-202", "尚未送达拟列入告知，不能作出决定。", "请先告知事实、理由、依据和权利。")
NOT_SERVED = Refusal("N-203", "列入决定尚未送达，名单未生效。", "请先送达决定书。")
DECIDED = Refusal("N-204", "该列入已经作出决定。", "无需重复办理。")
ENDED = Refusal("N-205", "该列入已经移出或者办结。", "无需重复办理。")
NOT_DECIDED = Refusal("N-206", "尚未作出列入决定，不能送达。", "请先由另一人作出决定。")
SERVED = Refusal("N-207", "该列入决定已经送达。", "无需重复办理。")
NO_END = Refusal("N-208", "该名单的期限由决定写明，须填写期限至哪一日。", "请填写移出之日，须晚于今天。")
EXIT_BY_TWO = Refusal("N-301", "移出须由两人办理，不能由同一人的两个账号完成。", "请由另一名名单认定员确认。")
NO_EXIT_KIND = Refusal("N-303", "没有选择移出的原因。", "请选择符合移出条件、信用修复或者列入决定被撤销。")
WISHED = Refusal("N-304", "已有一份移出申请等待另一人确认。", "请由另一名名单认定员确认，或者退回。")
NO_WISH = Refusal("N-305", "没有等待确认的移出申请。", "请查看这一列入的现状。")
ASKER_GONE = Refusal("N-306", "提出移出的人已不能办理，不能据此移出。", "请退回后重新提出。")
NO_CHOICE = Refusal("N-211", "没有选择列入或者不予列入。", "请选择决定的内容。")
GROUND_LOST = Refusal(
    "N-214", "所依据的记录已经停止公示，不能据此列入。", "请作出不予列入的决定；另有证据文书的，重新提出。"
)
NO_STATEMENT = Refusal("N-212", "没有写明陈述申辩的内容。", "请写明事实、理由和要求，不超过二千字。")
LONG_STATEMENT = Refusal("N-213", "陈述申辩超过二千字。", "请写明要点；详细材料可以直接送交作出告知的单位。")
NO_DOCUMENT = Refusal("N-210", "每一步都须有文书：没有填写文号或者要点。", "请填写文书的文号和要点。")


@dataclass(frozen=True, slots=True)
class ListKind:
    """A list that the law book holds as a row: basis, rule, window and term."""

    code: str
    name: str
    field: str
    shape: str
    basis: str
    rule: str
    region: str
    from_on: date | None
    until_on: date | None
    statement_days: int
    term_months: int
    early_months: int | None
    is_confirmed: bool
    hearing: str = ""
    hearing_days: int = 0
    hearing_notice_days: int = 0


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry as its steps have left it."""

    id: UUID
    list: str
    subject: UUID
    department: UUID
    proposed_by: UUID
    noticed_on: date | None
    statement_until: date | None
    stated_on: date | None
    decided_on: date | None
    ends_on: date | None
    served_on: date | None
    exited_on: date | None
    hearing_until: date | None = None
    hearing_asked_on: date | None = None
    hearing_on: date | None = None
    heard_on: date | None = None
    hearing_is_own: bool | None = None
    hearing_withdrawn_on: date | None = None
    lost: Literal["ended", "held"] | None = None
    """What became of the record it rests on, if that ended or is held back: nothing is in force on it meanwhile."""

    def state(self, on: date) -> str:
        """Where the entry stands on a day, in the words of the desk."""
        if self.exited_on is not None and on >= self.exited_on:
            return "已移出" if self.served_on else "不予列入"
        if self.ends_on is not None and on >= self.ends_on:
            return "期满移出"
        if self.served_on is not None:
            return LOST[self.lost][0] if self.lost else "在列"
        if self.decided_on is not None:
            return "待送达"
        if self.hearing_asked_on is not None and self.heard_on is None:
            return "听证办理中"
        return "已告知，陈述申辩期内" if self.statement_until and on <= self.statement_until else "待决定"

    def next_step(self, on: date) -> str:
        """What comes next for an entry on a day; empty when nothing does."""
        if self.exited_on is not None or (self.ends_on is not None and on >= self.ends_on):
            return ""
        if self.served_on is not None:
            usual = f"至 {self.ends_on} 期满移出" if self.ends_on else "在列"
            return LOST[self.lost][1] if self.lost else usual
        if self.decided_on is not None:
            return "送达列入决定"
        if hearing := self._next_of_hearing(on):
            return hearing
        if self.stated_on is None and self.statement_until and on <= self.statement_until:
            return f"等待陈述申辩，至 {self.statement_until}"
        return "由提出人以外的另一人决定"

    def _next_of_hearing(self, on: date) -> str:
        if self.hearing_until is None or self.heard_on is not None:
            return ""
        if self.hearing_asked_on is None:
            return self._next_of_window(on)
        return f"{self.hearing_on} 举行听证，登记笔录" if self.hearing_on else "定听证日期，通知主体"

    def _next_of_window(self, on: date) -> str:
        if self.hearing_until is None or on > self.hearing_until:
            return ""
        if self.hearing_withdrawn_on is not None:
            return f"听证申请已撤回，可以再次提出，至 {self.hearing_until}"
        return f"等待陈述申辩和听证申请，至 {self.hearing_until}"

    def is_over(self, on: date) -> bool:
        """Whether an entry that was in force is so no more: its measures are lifted."""
        ended = self.exited_on is not None or (self.ends_on is not None and on >= self.ends_on)
        return self.served_on is not None and (ended or self.lost == "ended")

    def is_open(self, on: date) -> bool:
        """Whether an entry is on its way or in force on a day."""
        return self.exited_on is None and not (self.ends_on is not None and on >= self.ends_on)


def measure_state(entry: Entry, *, on: date) -> str:
    """How the measures of an entry stand on a day, in words."""
    if entry.is_over(on):
        return "已解除"
    if entry.served_on is not None and entry.lost == "held":
        return "暂停执行"
    return "执行中" if entry.served_on is not None else "列入生效后适用"


def refuse_proposal(kind: ListKind, *, region: str, facts: str, evidence: str, on: date) -> Refusal | None:
    """Why an entry may not be proposed; None means: may. The database refuses the same by itself."""
    if not kind.is_confirmed:
        return NOT_CONFIRMED
    if (kind.from_on and on < kind.from_on) or (kind.until_on and on >= kind.until_on):
        return NOT_IN_FORCE
    if kind.region and not region.startswith(kind.region.rstrip("0")):
        return OUTSIDE
    return None if facts.strip() and evidence.strip() else NO_FACTS


def window_ends(kind: ListKind, noticed_on: date, calendar: Calendar) -> date:
    """Last day on which the subject may state its case: working days after the notice (行政处罚法 44, 64)."""
    return add_working_days(noticed_on, kind.statement_days, calendar=calendar).day


def refuse_statement(entry: Entry, *, text: str) -> Refusal | None:
    """Why a subject's statement may not be taken: it is heard until the decision, and it must say something."""
    if entry.decided_on is not None or entry.exited_on is not None:
        return DECIDED
    if not text.strip():
        return NO_STATEMENT
    return LONG_STATEMENT if len(text.strip()) > STATEMENT_CHARACTERS else None


def refuse_decision(entry: Entry, *, person: UUID, on: date) -> Refusal | None:
    """Why a person may not decide an entry now."""
    return refuse_decider(entry, person=person) or refuse_in_window(entry, on=on)


def refuse_decider(entry: Entry, *, person: UUID) -> Refusal | None:
    """Why it is not for this person, or no longer, to decide an entry, whatever the day."""
    if entry.exited_on is not None:
        return ENDED
    if entry.decided_on is not None:
        return DECIDED
    if person == entry.proposed_by:
        return SAME_PERSON
    if entry.noticed_on is None or entry.statement_until is None:
        return NO_NOTICE
    return None


def refuse_in_window(entry: Entry, *, on: date) -> Refusal | None:
    """Why an entry may not be decided yet: its subject may still state its case and has not."""
    if entry.statement_until is None:
        return NO_NOTICE
    if on <= entry.statement_until and entry.stated_on is None:
        return Refusal(
            "N-209",
            f"陈述申辩期至 {entry.statement_until}，期满前不得作出决定。",
            "收到陈述申辩的，可以在复核后决定。",
        )
    return None


def entry_ends(kind: ListKind, decided_on: date, until_on: date | None) -> date | Refusal:
    """First day the entry is over: the list's term from the decision, or the day a decision of its own names."""
    if kind.term_months:
        return end_of_term(decided_on, Term(months=kind.term_months)) + timedelta(days=1)
    return NO_END if until_on is None or until_on <= decided_on else until_on


def refuse_service(entry: Entry) -> Refusal | None:
    """Why a decision may not be recorded as served."""
    if entry.exited_on is not None:
        return ENDED
    if entry.decided_on is None:
        return NOT_DECIDED
    return SERVED if entry.served_on is not None else None


def refuse_exit(kind: ListKind, entry: Entry, *, exit_kind: ExitKind, on: date) -> Refusal | None:
    """Why an entry may not be ended early: not before the list's own minimum, unless the decision itself fell."""
    if entry.exited_on is not None or (entry.ends_on is not None and on >= entry.ends_on):
        return ENDED
    if entry.served_on is None:
        return NOT_SERVED
    if exit_kind == "revocation" or not kind.early_months or entry.decided_on is None:
        return None
    earliest = end_of_term(entry.decided_on, Term(months=kind.early_months)) + timedelta(days=1)
    if on < earliest:
        return Refusal("N-302", f"该名单列入满期前不得提前移出，最早 {earliest}。", "请在该日之后申请。")
    return None
