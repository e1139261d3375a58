"""The rules of a checkup (体检): what a shown record breaks, and what the centre has to do (issue 4, 6)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Final

REVOKED_WORDS: Final = ("撤销", "撤回", "作废", "确认违法", "无效")
BROKEN_CODE: Final = frozenset({"P-104", "P-105", "P-106", "P-107"})
"""Checks that say a unified code is none (docs/checks.md)."""


@dataclass(frozen=True, slots=True)
class CheckupRule:
    """One way in which a shown record should not be there: what it is, and the cure."""

    code: str
    title: str
    cure: str


RULES: Final = {
    one.code: one
    for one in (
        CheckupRule("U-101", "公示了自然人的信息", "立即停止公示，并从缓存和搜索引擎中清除。"),
        CheckupRule("U-102", "公示的文字中有个人证件号码或者电话", "立即遮盖，并通知提供单位更正。"),
        CheckupRule("U-103", "公示期已满", "停止公示；已提供的，通知各使用单位删除。"),
        CheckupRule("U-104", "依法不公示", "停止公示，并告知认定单位。"),
        CheckupRule("U-105", "未确定失信严重程度", "请认定单位确定后再公示；确定之前不公示。"),
        CheckupRule("U-106", "缺少公示必需的要素", "请认定单位补齐文书、依据、决定日期后再公示。"),
        CheckupRule("U-107", "名单没有法律依据，或者没有列入移出的规则", "停止公示；名单由认定单位依法设列后再报送。"),
        CheckupRule("U-108", "决定已被撤销或者作废", "在法定期限内撤下，并通知各使用单位。"),
        CheckupRule("U-109", "同一决定公示了两次", "保留一条，撤下重复的。"),
        CheckupRule("U-110", "公示的截止日期长于法定期限", "按法定期限改正截止日期。"),
        CheckupRule("U-111", "统一社会信用代码有误，可能记在别人名下", "先撤下，与认定单位核对主体后再公示。"),
    )
}
"""Every rule by its code; a record may break several."""


@dataclass(frozen=True, slots=True)
class Shown:
    """A row as the site shows it, after our own checks and our own decision of today."""

    row: int
    codes: frozenset[str]
    is_person: bool
    party: str = ""
    document: str = ""
    decision: str = ""
    reason: str = ""
    missing: str = ""
    rule: str = ""
    until_on: date | None = None
    stated_until: date | None = None
    status: str = ""
    list_name: str = ""


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with one shown row. Of a row about a person neither name nor document is repeated.

    `law` is the key of a rule or of an article."""

    file: str
    row: int
    party: str
    document: str
    code: str
    detail: str
    law: str

    @property
    def rule(self) -> CheckupRule:
        """The rule the row breaks."""
        return RULES[self.code]


def faults_of(shown: Shown, *, file: str, lists: frozenset[str] | None, words: dict[str, str]) -> tuple[Fault, ...]:
    """Say everything that is wrong with a shown row.

    `lists` are the names of lists that may be shown, None where the file holds no list; `words` are the reasons of
    publication.rules by their key."""
    if shown.is_person:
        return (Fault(file, shown.row, "（自然人，不重复其姓名）", "", "U-101", "", ARTICLES["U-101"]),)
    found = [*_of_decision(shown, words), *_of_row(shown, lists)]
    return tuple(
        Fault(
            file, shown.row, shown.party, shown.document, code, detail,
            shown.rule if code in _BY_TERM else ARTICLES.get(code, ""),
        )
        for code, detail in found
    )  # fmt: skip


_BY_TERM: Final = {"U-103", "U-104", "U-110"}
ARTICLES: Final = {"U-101": "pipl/25", "U-102": "pipl/25", "U-108": "penalty-law/48"}
"""The article that a fault breaks, where it is not the rule of the record's own term."""


def _of_decision(shown: Shown, words: dict[str, str]) -> Iterable[tuple[str, str]]:
    if shown.missing:
        yield "U-106", shown.missing
    if shown.decision == "published":
        if shown.stated_until and shown.until_on and shown.stated_until > shown.until_on:
            yield "U-110", f"写的是 {shown.stated_until}，应为 {shown.until_on}"
    elif shown.decision and shown.reason == words["term_over"]:
        yield "U-103", ""
    elif shown.decision and shown.reason == words["no_class"]:
        yield "U-105", ""
    elif shown.decision:
        yield "U-104", shown.reason


def _of_row(shown: Shown, lists: frozenset[str] | None) -> Iterable[tuple[str, str]]:
    if "X-103" in shown.codes:
        yield "U-102", ""
    if lists is not None and shown.list_name and shown.list_name not in lists:
        yield "U-107", shown.list_name
    if any(word in shown.status for word in REVOKED_WORDS):
        yield "U-108", shown.status
    if "D-103" in shown.codes:
        yield "U-109", ""
    if shown.codes & BROKEN_CODE:
        yield "U-111", ""
