from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as some

from limu.catalogue.queries import shipped_items
from limu.front import rules
from limu.front.words import SCOPES, scope_name, scope_told
from limu.law.book import packaged_book
from limu.law.rule import ReliefRule
from limu.page.guard import Share, Shares
from limu.page.rules import Bucket, network_of, take
from limu.wire.statutes import read_law_texts

BOOK = packaged_book(read_law_texts())


def test_the_first_six_tabs_are_shown_even_when_nothing_is_public() -> None:
    tabs = rules.lay_tabs({})

    assert [tab.key for tab in tabs] == ["permits", "penalties", "lists", "pledges", "honours", "contracts"]
    assert {tab.count for tab in tabs} == {0}


def test_an_item_an_operator_added_stands_under_other_information() -> None:
    tabs = rules.lay_tabs({"tree_planting": 2, "penalty": 1, "penalty_summary": 1})

    assert tabs[-1] == rules.Tab("others", ("tree_planting",), 2)
    assert next(tab for tab in tabs if tab.key == "penalties").count == 2


def test_a_file_opens_at_the_first_tab_that_holds_something() -> None:
    assert rules.open_tab(rules.lay_tabs({"penalty": 1}), "").key == "penalties"
    assert rules.open_tab(rules.lay_tabs({"penalty": 1}), "honours").key == "honours"
    assert rules.open_tab(rules.lay_tabs({}), "nonsense").key == "permits"


def test_the_last_day_shown_is_the_day_before_the_exclusive_end() -> None:
    period = rules.period_of(date(2026, 7, 1), date(2027, 7, 1), date(2026, 11, 23))

    assert period == rules.Period(date(2026, 7, 1), date(2027, 6, 30), 40, 220)


@given(some.dates(date(2007, 1, 1), date(2100, 1, 1)), some.integers(1, 4000), some.integers(-10, 5000))
def test_the_bar_never_leaves_its_frame(first: date, length: int, passed: int) -> None:
    period = rules.period_of(first, first + timedelta(days=length), first + timedelta(days=passed))

    assert 0 <= period.gone <= 100


def relief(item: str, authority: str) -> list[tuple[str, str]]:
    found = rules.relief_for(item, authority, book=BOOK, on=date(2026, 11, 23))
    return [(route.relief.act, route.relief.body) for route in found]


def test_reconsideration_of_a_tax_penalty_goes_to_the_higher_authority() -> None:
    assert relief("penalty", "国家税务总局示例市税务局")[0] == ("reconsideration", "上一级主管部门")
    assert relief("penalty", "示例市市场监督管理局")[0] == ("reconsideration", "作出决定机关的本级人民政府")
    assert [act for act, _ in relief("penalty", "示例市市场监督管理局")] == ["reconsideration", "litigation"]


def test_a_penalty_on_the_spot_says_that_reconsideration_comes_first() -> None:
    found = rules.relief_for("penalty_summary", "示例市市场监督管理局", book=BOOK, on=date(2026, 11, 23))

    assert "先申请行政复议" in found[1].relief.text
    assert BOOK.cite(found[1].relief.citations[0]) == "《中华人民共和国行政复议法》（2023年修订）第二十三条"


def test_what_is_no_decision_has_no_relief() -> None:
    assert relief("honour", "示例市人民政府") == []


def test_a_network_counts_once() -> None:
    assert network_of("203.0.113.7") == network_of("203.0.113.200") == "203.0.113.0/24"
    assert network_of("2001:db8:1:2::1") == network_of("2001:db8:1:ffff::9") == "2001:db8:1::/48"
    assert network_of("no address") == "unknown"


def test_a_robot_gets_its_burst_and_then_one_a_second() -> None:
    bucket: Bucket | None = None
    for _ in range(30):
        bucket, wait = take(bucket, at=0.0, per_minute=60, burst=30)
        assert wait == 0

    assert take(bucket, at=0.0, per_minute=60, burst=30)[1] == 1
    assert take(bucket, at=1.5, per_minute=60, burst=30)[1] == 0


@given(some.lists(some.floats(0, 3), min_size=1, max_size=200))
def test_nobody_gets_more_than_burst_and_rate(gaps: list[float]) -> None:
    bucket: Bucket | None = None
    at, passed = 0.0, 0
    for gap in gaps:
        at += gap
        bucket, wait = take(bucket, at=at, per_minute=60, burst=30)
        passed += wait == 0

    assert passed <= 30 + at + 1


def test_every_item_of_the_catalogue_stands_under_one_tab() -> None:
    placed = [item for _, items in rules.TABS for item in items]
    known = {item.code for item in shipped_items()}

    assert len(placed) == len(set(placed))
    assert set(placed) <= known
    assert {item for one in BOOK.rules() if isinstance(one, ReliefRule) for item in one.items} | set(
        rules.DISCLOSED
    ) <= known


def test_a_patient_robot_meets_the_limit_of_the_day() -> None:
    shares, share = Shares(), Share(per_minute=60, burst=30, per_day=50)
    answers = [shares.wait("203.0.113.0/24", share, at=float(second)) for second in range(60)]

    assert answers.count(0) == 50
    assert max(answers) > 1000
    assert shares.wait("198.51.100.0/24", share, at=60.0) == 0


@pytest.mark.parametrize(
    ("scope", "told"),
    [
        ("matching: list", "待复核的行"), ("matching: row 0", "待复核的一行"),
        ("matching: rows like 0", "情形相同的各行"),
        ("own record 0: objection", "自己的一条记录"), ("own records: repair", "自己的记录"),
        ("recordings", "recordings"), ("trail: officer=a", "查阅轨迹"),
    ],
)  # fmt: skip
def test_a_trace_says_in_words_what_was_read(scope: str, told: str) -> None:
    assert SCOPES.get(scope_name(scope), scope) == told


@pytest.mark.parametrize(
    ("scope", "told"),
    [
        ("own decisions: repair notices (command line)", "该单位作出的决定"), ("case YY2026: confirmation", "一份办件"),
        ("own records: list", "该单位报送的记录"), ("申请财政性资金项目", "申请财政性资金项目"),
        # The reason of an audit may be no business of its subject's.
        ("shown on 2026-11-24: 专项核查", "当时的公示页"), ("recordings", "非公开信息"),
    ],
)  # fmt: skip
def test_the_subject_of_a_read_is_told_in_its_own_words_what_was_read(scope: str, told: str) -> None:
    assert scope_told(scope) == told


def test_what_lets_off_a_first_or_slight_offence_is_told_with_its_article_where_it_holds() -> None:
    told = rules.leniency_for("990100", book=BOOK, on=date(2026, 11, 29))
    shenzhen = rules.leniency_for("440305", book=BOOK, on=date(2026, 11, 29))
    before = rules.leniency_for("440305", book=BOOK, on=date(2022, 11, 29))

    assert [citation for citation, _ in told] == ["《中华人民共和国行政处罚法》第三十三条"]
    assert "初次违法" in told[0][1]
    assert [citation for citation, _ in shenzhen] == [told[0][0], "《深圳经济特区社会信用条例》第六十七条"]
    assert before == told
