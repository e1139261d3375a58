"""Terms held against every day and every state of confirmation (property tests)."""

from datetime import date, timedelta
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from limu.law.book import LawBook, packaged_book
from limu.law.period import day_after, last_day
from limu.law.severity import SEVERITIES
from limu.law.term import Facts, TermDecision
from limu.wire.statutes import read_law_texts

BOOK = packaged_book(read_law_texts())
EVERY_KEY = frozenset(rule.key for rule in BOOK.rules())
ITEMS = sorted({item for rule in BOOK.term_table() for item in rule.items})
FIELDS = (None, "food", "market_regulation", "wages", "tax", "procurement", "public_security")
REGIONS = ("110000", "310115", "370102", "330100", "410100", "440300")
NEW = date(2026, 4, 1)
MAXIMUM = {"minor": "3m", "general": "1y", "serious": "3y"}
MINIMUM = {"minor": "0d", "general": "3m", "serious": "1y"}
DAYS = st.dates(date(2000, 1, 1), date(2100, 12, 31))


def term(book: LawBook = BOOK, **facts: object) -> TermDecision:
    known: dict[str, object] = {
        "severity": "general",
        "item": "penalty",
        "region": "110000",
        "decided_on": NEW,
        "published_on": None,
        "conduct_ended_on": None,
        "on": NEW,
    }
    return book.publication_term(**{**known, **facts})  # type: ignore[arg-type] # facts of one test


@pytest.mark.parametrize("severity", SEVERITIES)
def test_the_term_of_a_class_is_exact_for_every_start_from_2000_to_2100(severity: str) -> None:
    for number in range((date(2101, 1, 1) - date(2000, 1, 1)).days):
        decided = date(2000, 1, 1) + timedelta(days=number)
        found = term(severity=severity, decided_on=decided, on=decided, has_necessity=True)

        assert found.until_on is not None
        if decided >= NEW:
            assert found.until_on == day_after(decided, MAXIMUM[severity])
        else:
            assert found.until_on <= day_after(decided, {"minor": "1y"}.get(severity, MAXIMUM[severity]))
        assert found.from_on == decided
        assert found.earliest_repair_on is None or decided <= found.earliest_repair_on < found.until_on


@given(
    decided=DAYS,
    later=st.integers(0, 400),
    severity=st.sampled_from(SEVERITIES),
    item=st.sampled_from(ITEMS),
    field=st.sampled_from(FIELDS),
    region=st.sampled_from(REGIONS),
    on=DAYS,
    confirmed=st.booleans(),
)
def test_no_adverse_record_outlives_the_maximum_of_its_class_under_the_new_rules(
    *,
    decided: date,
    later: int,
    severity: str,
    item: str,
    field: str | None,
    region: str,
    on: date,
    confirmed: bool,
) -> None:
    book = packaged_book(read_law_texts(), confirmations=EVERY_KEY) if confirmed else BOOK
    found = term(
        book,
        decided_on=decided,
        published_on=decided + timedelta(days=later),
        severity=severity,
        item=item,
        field=field,
        region=region,
        on=on,
    )

    if item in {"penalty", "coercion", "contract_breach"} and found.until_on is not None and decided >= NEW:
        assert found.until_on <= max(day_after(decided, MAXIMUM[severity]), decided)
    if found.shown:
        assert found.from_on is not None
        assert found.from_on <= on
        assert found.until_on is None or on < found.until_on
        assert found.rule is not None


@given(decided=DAYS, severity=st.sampled_from(SEVERITIES), item=st.sampled_from(ITEMS), field=st.sampled_from(FIELDS))
def test_what_is_unconfirmed_never_refuses_or_prolongs(
    decided: date,
    severity: str,
    item: str,
    field: str | None,
) -> None:
    """design.md 8: confirming may only make a rule stricter, so the unconfirmed state is the more favourable one."""
    sure = packaged_book(read_law_texts(), confirmations=EVERY_KEY)

    before = term(decided_on=decided, severity=severity, item=item, field=field, on=decided)
    after = term(sure, decided_on=decided, severity=severity, item=item, field=field, on=decided)

    if after.until_on is not None and before.from_on is not None:
        assert before.until_on is not None
        assert before.until_on <= after.until_on
    if after.earliest_repair_on is not None and before.earliest_repair_on is not None:
        assert before.earliest_repair_on <= after.earliest_repair_on


@given(decided=DAYS, on=DAYS, severity=st.sampled_from(SEVERITIES))
def test_a_class_that_nobody_confirmed_delays_no_repair(decided: date, on: date, severity: str) -> None:
    found = term(decided_on=decided, severity=severity, on=on, is_class_confirmed=False, has_necessity=True)

    assert found.earliest_repair_on == decided


@given(start=DAYS, period=st.sampled_from(("3m", "6m", "1y", "3y", "5y")))
def test_a_period_ends_on_the_corresponding_day_or_the_end_of_the_month(start: date, period: str) -> None:
    """民法典 201, 202."""
    last = last_day(start, period)

    assert last.day == start.day or (last + timedelta(days=1)).day == 1
    assert day_after(start, period) == last + timedelta(days=1)


def test_earliest_repair_in_the_new_rules_is_the_day_the_minimum_is_full() -> None:
    for severity, month in product(("general", "serious"), range(1, 13)):
        decided = date(2027, month, 28)
        found = term(severity=severity, decided_on=decided, on=decided)

        assert found.earliest_repair_on == last_day(decided, MINIMUM[severity])


def test_the_answer_says_which_regimes_the_record_crossed() -> None:
    found = term(severity="serious", decided_on=date(2025, 7, 1), on=date(2026, 7, 1))

    assert [one.key for one in found.regimes] == ["term/2019-527/serious", "term/ndrc-36/serious"]
    assert any("跨越新旧规定" in note for note in found.notes)


def test_many_combinations_are_answered_at_once_as_one_by_one() -> None:
    asked = [Facts("penalty", one, "370000", "", date(2026, 7, 1)) for one in SEVERITIES]

    found = BOOK.terms_for(asked, on=date(2026, 8, 1))

    for facts in asked:
        alone = term(severity=facts.severity, region="370000", decided_on=date(2026, 7, 1), on=date(2026, 8, 1))
        assert found[facts] == alone


def test_asking_twice_gives_the_same_and_needs_no_clock() -> None:
    assert term(on=date(2026, 8, 1)) == term(on=date(2026, 8, 1))
    assert term(on=date(2026, 8, 1)) != term(on=date(2028, 8, 1))
