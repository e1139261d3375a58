"""What the subject is told at each step of an entry, and a body that used a measure when its ground is gone."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final
from uuid import UUID

from limu.case.rules import Writing
from limu.listing.rules import EXITS, Entry

RELIEF: Final = "对本决定不服的，可以依法申请行政复议或者提起行政诉讼。"
LETTERS: Final[dict[str, str]] = {
    "notice": "list_notice",
    "hearing_notice": "list_hearing",
    "hearing_withdrawal": "list_hearing_over",
    "refusal": "list_refusal",
    "decision": "list_decision",
    "exit": "list_exit",
}
"""The letter that belongs to a step; a decision's letter is made and served when the decision is."""


@dataclass(frozen=True, slots=True)
class About:
    """An entry as its letters name it."""

    entry: UUID
    subject: UUID
    department: UUID
    list_name: str
    basis: str
    rule: str
    facts: str
    evidence: str
    early_months: int | None


def write_notice(
    about: About, *, document: str, until: date, measures: Sequence[str], hearing: tuple[date, str] | None = None
) -> Writing:
    """The notice before an entry: facts, reasons, basis, consequences and rights (国办发〔2020〕49号第八条).

    `hearing` is until when a hearing may be asked for, and by which article, where the rule of the list gives one."""
    heard = (
        f"你单位有权要求听证，期限至 {hearing[0]}（含当日）；要求听证的，听证举行之前不作出列入决定，不收取费用。",
        f"听证的依据：{hearing[1]}。",
    ) if hearing else ()  # fmt: skip
    return Writing(
        LETTERS["notice"],
        "拟列入严重失信主体名单告知书",
        (
            f"文书 {document}：本单位拟将你单位列入{about.list_name}。",
            *_ground(about),
            _consequences("列入后依法采取的措施：", measures),
            f"你单位有权陈述、申辩，期限至 {until}（含当日）；可以在企业服务中提出，也可以向本单位提出。",
            *heard,
            "陈述申辩由作出决定的人复核，不因陈述申辩加重处理。",
        ),
    )


def write_hearing(about: About, *, document: str, on: date, said: str) -> Writing:
    """The notice of a hearing: its day and place, and who decides afterwards."""
    return Writing(
        LETTERS["hearing_notice"],
        "听证通知书",
        (
            f"文书 {document}：就拟将你单位列入{about.list_name}，定于 {on} 举行听证。",
            said,
            "听证由提出人以外的人员主持；你单位可以亲自参加，也可以委托代理人。无正当理由不到场的，视为放弃听证。",
            "听证制作笔录；决定由提出人以外的另一人根据听证笔录作出。",
        ),
    )


def write_hearing_over(about: About, *, document: str, entry: Entry, article: str, on: date) -> Writing:
    """What the subject is told when its wish for a hearing was taken back; `entry` is as it stood before."""
    fixed = (f"原定于 {entry.hearing_on} 举行的听证不再举行。",) if entry.hearing_on else ()
    until = entry.hearing_until
    again = (
        f"要求听证的期限仍至 {until}（含当日），期内可以再次要求；期满前不作出列入决定。"
        if until and on <= until
        else f"要求听证的期限已于 {until} 届满，不能再次要求；作出决定前仍可以陈述、申辩。"
    )
    return Writing(
        LETTERS["hearing_withdrawal"],
        "听证终止告知书",
        (
            f"文书 {document}：就拟将你单位列入{about.list_name}，你单位的听证申请已撤回，听证终止。",
            *fixed,
            again,
            f"依据：{article}。撤回听证申请不影响陈述、申辩，不因撤回加重处理；非你单位撤回的，请即告知本单位。",
        ),
    )


def write_refusal(about: About, *, document: str, said: str) -> Writing:
    """The decision not to enter."""
    return Writing(
        LETTERS["refusal"], "不予列入决定书", (f"文书 {document}：决定不将你单位列入{about.list_name}。", said)
    )


def write_decision(
    about: About, *, document: str, said: str, until: date | None, measures: Sequence[str]
) -> Writing:  # fmt: skip
    """The decision to enter, as it is served: facts, basis, consequences, exit and relief."""
    early = f"列入满 {about.early_months} 个月可以申请提前移出；" if about.early_months else ""
    ends = f"{early}期限至 {until}（不含当日），期满自动移出。" if until else f"{early}移出依该名单的规则。"
    return Writing(
        LETTERS["decision"],
        "列入严重失信主体名单决定书",
        (
            f"文书 {document}：决定将你单位列入{about.list_name}，自送达之日起生效。",
            *_ground(about),
            said,
            _consequences("依法采取的措施：", measures),
            ends,
            RELIEF,
        ),
    )


def write_exit(about: About, *, document: str, said: str, exit_kind: str, on: date) -> Writing:
    """The decision to end an entry."""
    return Writing(
        LETTERS["exit"],
        "移出严重失信主体名单决定书",
        (
            f"文书 {document}：决定将你单位移出{about.list_name}。原因：{EXITS[exit_kind]}。{said}",
            f"自 {on} 起终止公示，停止共享和使用，因列入采取的措施同时解除。",
        ),
    )


def write_expired(about: About, *, on: date) -> Writing:
    """What the subject is told when an entry has left its list by its date: nothing had to be asked for."""
    return Writing(
        "list_expired",
        "期满移出严重失信主体名单告知书",
        (
            f"你单位列入{about.list_name}的期限至 {on}（不含当日），现已期满，自该日起自动移出，无需申请。",
            f"自 {on} 起终止公示，停止共享和使用，因列入采取的措施同时解除。依据：{about.rule}。",
        ),
    )


def write_lifted(about: About, *, document: str) -> Writing:
    """What a body is told that used a measure resting on the entry."""
    return Writing(
        "measure_lifted",
        "解除失信惩戒措施告知书",
        (
            f"{document}：该主体已移出{about.list_name}。",
            "据此对该主体采取的惩戒措施自即时起没有依据，请停止执行。",
        ),
    )


def _ground(about: About) -> tuple[str, ...]:
    return (
        f"事实：{about.facts}",
        f"证据：{about.evidence}",
        f"依据：{about.basis}；列入和移出的条件、程序：{about.rule}。",
    )


def _consequences(head: str, measures: Sequence[str]) -> str:
    return head + ("；".join(measures) if measures else "这一名单没有经核对的措施。") + ("。" if measures else "")
