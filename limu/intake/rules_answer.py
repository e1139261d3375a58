"""What the answer says of each row and of the whole file, whoever writes it down."""

from collections.abc import Iterable, Mapping
from typing import Final

from limu.intake.rules import Answer, Told, Verdict, stated_row

RESULTS: Final = {"refused": "退回", "duplicate": "已存在，跳过", "conflict": "与已有记录冲突", "": "可入库"}
REASONS: Final = {
    "duplicate": "该记录已经入库，不重复入库。",
    "conflict": "同一记录已经入库，但内容不同。确需更正的，请以更正方式报送（--correct）。",
}
ENDED: Final = {
    "ended_repaired": "该信息已经信用修复，不得再次公示，本行退回。",
    "ended_revoked": "原决定已被撤销、变更或者确认违法、无效，不得再次公示，本行退回。",
    "ended_deleted": "该信息经异议核查已经删除，不得再次公示，本行退回。",
    "ended_expired": "该信息公示期已满，已经停止公示，本行退回。",
}
"""Why a row of what has ended does not come back by being sent again (信用修复管理办法 3; 行政处罚法 48)."""
ENDED_CURE: Final = (
    "请从本单位系统中更新该信息的状态，不再报送；确属法定恢复情形的，凭送达的文书由两人办理（limu repair restore）。"
)
LEVELS: Final = {"refuse": "退回", "warn": "提醒"}
SUMMARY_HEADER: Final = ("代码", "级别", "行数", "说明", "依据")
_WORST_FIRST: Final[tuple[Verdict, ...]] = ("refused", "conflict", "duplicate")


class RowAnswers:
    """The verdict, reason and findings of each row of the user's file; a split row has its parts' worst verdict.

    Verdicts are those of the whole file; of the findings it holds those of the rows in work (`turn`)."""

    __slots__ = ("_findings", "_is_entered", "_verdicts", "usual")

    def __init__(self, answer: Answer) -> None:
        self._is_entered = answer.submission is not None
        self.usual: Verdict | None = "duplicate" if answer.is_repeated else None
        self._findings: dict[int, list[Told]] = {}
        self.turn(answer.findings)
        self._verdicts = _worst(answer.verdicts)

    def turn(self, findings: Iterable[Told]) -> None:
        """Go on to other rows: hold what was found in them, and nothing of those before."""
        self._findings = {}
        for told in findings:
            self._findings.setdefault(told.row, []).append(told)

    def verdict(self, row: int) -> Verdict | None:
        """Why the row did not go in; None where it did. In a file sent again, what went in then is there already."""
        return self._verdicts.get(row, self.usual)

    def result(self, row: int) -> str:
        """The word of the column 处理结果."""
        verdict = self.verdict(row)
        return "已入库" if verdict is None and self._is_entered else RESULTS[verdict or ""]

    def findings(self, row: int) -> list[Told]:
        """What was found in the row."""
        return self._findings.get(row, [])

    def reason(self, row: int) -> str:
        """The text of the column 问题说明, one finding a line."""
        more = REASONS.get(self.verdict(row) or "")
        return "\n".join([one.message for one in self.findings(row)] + ([more] if more else []))


def _worst(verdicts: Mapping[int, Verdict]) -> Mapping[int, Verdict]:
    """The worst verdict of each row of the file; where no row was split, they are that already."""
    if all(stated_row(row) == row for row in verdicts):
        return verdicts
    found: dict[int, Verdict] = {}
    for row, verdict in verdicts.items():
        stated = stated_row(row)
        worse = min(verdict, found.get(stated, verdict), key=_WORST_FIRST.index)
        found[stated] = worse
    return found


def told_ended(rows: Mapping[int, str]) -> tuple[Told, ...]:
    """Tell of each row whose record has ended."""
    return tuple(
        Told(stated_row(row), "", "", code, "refuse", ENDED[code], ENDED_CURE, "《信用修复管理办法》第三条")
        for row, code in sorted(rows.items())
    )


def summary_lines(answer: Answer) -> list[tuple[str, ...]]:
    """The sheet 问题汇总: each code with its number of rows, an example and its citation; the header first."""
    examples = {told.code: told for told in answer.findings} | {told.code: told for told in answer.examples}
    lines: list[tuple[str, ...]] = [SUMMARY_HEADER]
    for code, count in sorted(answer.codes.items()):
        told = examples.get(code)
        if told is None:
            lines.append((code, "", str(count), REASONS.get(code, ""), ""))
        else:
            lines.append((code, LEVELS.get(told.level, told.level), str(count), told.message, told.citation))
    return lines
