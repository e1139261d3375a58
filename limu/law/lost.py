"""Why one rule gave way to another, in a sentence: rank, then specificity, then newer (立法法 第五章)."""

from typing import Final

from limu.law.rule import Rule, TermRule, WithheldRule
from limu.law.statute import RANK_LABELS, RANKS, RuleRef

WITHHELD: Final = "命令公示的规则位阶较高（{winner}），不公示的规则（{loser}）不适用"
PROVISION: Final = "未经两人核对，只能使公示提前届满；它的届满并不较早"
FAVOURED: Final = "在用的规则届满较早；未经两人核对的规则可以缩短公示，对主体有利"
LOWER: Final = "位阶较低：{loser}低于{winner}"
GENERAL: Final = "规定较一般：在用的规则专门针对这一地区、领域、条目或者严重程度"
OLDER: Final = "同一位阶同样具体，施行在先；在用的规则施行在后"
OTHER_DAYS: Final = "已于 {day} 失效，其后由在用的规则支配"
LATER_END: Final = "{day} 起施行，届满较晚；跨越新旧规定的记录取较早届满"


def why_lost(loser: Rule, winner: Rule, *, refs: tuple[RuleRef, RuleRef]) -> str:
    """Say why `loser` does not decide while `winner` does; refs in the same order."""
    lost, won = refs
    ranks = {"loser": RANK_LABELS[lost.rank], "winner": RANK_LABELS[won.rank]}
    reasons = (
        (isinstance(loser, WithheldRule), WITHHELD.format(**ranks)),
        (_ends_before(loser, winner), OTHER_DAYS.format(day=loser.until_on)),
        (_ends_before(winner, loser), LATER_END.format(day=loser.from_on)),
        (not lost.is_confirmed, PROVISION),
        (not won.is_confirmed, FAVOURED),
        (RANKS.index(lost.rank) > RANKS.index(won.rank), LOWER.format(**ranks)),
        (speciality(loser) < speciality(winner), GENERAL),
    )
    return next((text for holds, text in reasons if holds), OLDER)


def _ends_before(first: Rule, second: Rule) -> bool:
    return first.until_on is not None and second.from_on is not None and first.until_on <= second.from_on


def speciality(rule: Rule) -> int:
    """How special a rule is: its region before its field, its field before its item, its item before its class."""
    if not isinstance(rule, TermRule):
        return 0
    return 8 * bool(rule.region) + 4 * bool(rule.fields) + 2 * (len(rule.items) == 1) + (rule.severity != "*")
