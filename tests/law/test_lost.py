"""Of two rules that speak about the same record one gives way, and the reason can be read (立法法 第五章)."""

import pytest

from limu.law.book import packaged_book
from limu.law.lost import GENERAL, LATER_END, OTHER_DAYS, PROVISION
from limu.wire.statutes import read_law_texts

PLAIN = packaged_book(read_law_texts())
SURE = packaged_book(read_law_texts(), confirmations=frozenset(rule.key for rule in PLAIN.rules()))


@pytest.mark.parametrize(
    ("loser", "winner", "told"),
    [
        ("term/2019-527/general", "term/samr-45/general", "位阶较低：规范性文件低于部门规章"),
        ("term/ndrc-36/general", "term/sta-54/violation", GENERAL),
        ("term/ndrc-58/special", "term/ndrc-36/general", OTHER_DAYS.format(day="2026-04-01")),
        ("term/ndrc-36/serious", "term/before-2026/serious-list", LATER_END.format(day="2026-04-01")),
        ("withheld/minor", "term/licence-law/permit", "命令公示的规则位阶较高（法律），不公示的规则（部门规章）不适用"),
    ],
)
def test_a_rule_gives_way_by_time_rank_or_speciality(loser: str, winner: str, told: str) -> None:
    assert SURE.why_lost(loser, winner) == told


def test_a_rule_nobody_confirmed_gives_way_to_one_that_is_sure() -> None:
    assert PLAIN.why_lost("term/mem-11/list", "term/ndrc-36/general") == PROVISION


def test_an_unknown_rule_has_no_reason() -> None:
    assert PLAIN.why_lost("nowhere", "term/ndrc-36/general") == ""
