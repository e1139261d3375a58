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
    if isinstance(loser, WithheldRule):
        return WITHHELD.format(**ranks)
    if loser.until_on is not None and winner.from_on is not None and loser.until_on <= winner.from_on:
        return OTHER_DAYS.format(day=loser.until_on)
    if winner.until_on is not None and loser.from_on is not None and winner.until_on <= loser.from_on:
        return LATER_END.format(day=loser.from_on)
    if not lost.is_confirmed:
        return PROVISION
    if not won.is_confirmed:
        return FAVOURED
    if RANKS.index(lost.rank) > RANKS.index(won.rank):
        return LOWER.format(**ranks)
    return GENERAL if speciality(loser) < speciality(winner) else OLDER


def speciality(rule: Rule) -> int:
    """How special a rule is: its region before its field, its field before its item, its item before its class."""
    if not isinstance(rule, TermRule):
        return 0
    return 8 * bool(rule.region) + 4 * bool(rule.fields) + 2 * (len(rule.items) == 1) + (rule.severity != "*")
