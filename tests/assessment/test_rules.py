"""The formula: a figure is a sum over a sum, its level a threshold, the whole its lowest figure."""

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from limu.assessment.queries import edition_of
from limu.assessment.rules import LEVELS, Fact, Figure, figures_of, level_of, overall

DAY = date(2026, 3, 2)
EDITION = edition_of()
BY_KEY = {one.key: one for one in EDITION.indicators}


def fact(kind: str, rows: int, *, days: int = 0) -> Fact:
    return Fact("penalty", kind, DAY, DAY, days, rows)


def figure(facts: list[Fact], key: str) -> Figure:
    return next(one for one in figures_of(facts, EDITION) if one.key == key)


def test_every_threshold_has_a_ground_and_a_confidence() -> None:
    assert all(one.citation and one.confidence for one in EDITION.indicators)
    assert all(
        (one.required > one.expected > one.excellent) == one.is_lower_better for one in EDITION.indicators
    )  # fmt: skip


def test_what_was_sent_twice_counts_against_nobody() -> None:
    facts = [fact("received", 100), fact("duplicate", 20), fact("accepted", 76)]

    assert figure(facts, "validity").percent == 95.0


def test_timeliness_counts_the_seventh_working_day_and_not_the_eighth() -> None:
    found = figure([fact("decided", 3, days=7), fact("decided", 1, days=8)], "timeliness")

    assert (found.numerator, found.denominator, found.percent) == (3, 4, 75.0)


def test_a_granted_waiver_leaves_the_rows_to_mend_and_is_counted_as_what_it_is() -> None:
    facts = [fact("problem", 10), fact("waived", 2), fact("mended", 8, days=3)]

    assert figure(facts, "correction").percent == 100.0
    assert figure(facts, "waiver").percent == 20.0


def test_nothing_to_assess_is_no_level() -> None:
    found = figures_of([], EDITION)

    assert {one.word for one in found} == {"无数据"}
    assert overall(found) == "无数据"


def test_the_whole_stands_at_its_lowest_figure() -> None:
    good, bad = (Figure("a", 1, 1, 100.0, "excellent"), Figure("b", 0, 1, 0.0, "below"))

    assert overall((good, bad)) == LEVELS["below"]
    assert overall((good,)) == LEVELS["excellent"]


@given(st.floats(0, 100), st.floats(0, 100), st.sampled_from(sorted(BY_KEY)))
def test_a_better_share_is_never_a_lower_level(one: float, other: float, key: str) -> None:
    indicator = BY_KEY[key]
    worse, better = sorted((one, other), reverse=indicator.is_lower_better)
    order = ("below", "required", "expected", "excellent")

    assert order.index(level_of(worse, indicator)) <= order.index(level_of(better, indicator))


KINDS = sorted({kind for one in EDITION.indicators for kind in one.kinds})
FACTS = st.lists(st.builds(fact, st.sampled_from(KINDS), st.integers(1, 50), days=st.integers(0, 30)), max_size=30)


@given(FACTS, st.randoms(use_true_random=False))
def test_the_order_of_facts_and_their_splitting_change_nothing(facts: list[Fact], chance: object) -> None:
    split = [fact(one.kind, 1, days=one.working_days) for one in facts for _ in range(one.rows)]
    chance.shuffle(split)  # type: ignore[attr-defined]

    assert figures_of(split, EDITION) == figures_of(facts, EDITION)
