"""Deadlines of authorities and the platform, by field, region and calendar."""

from datetime import date

import pytest

from limu.law.book import packaged_book
from limu.law.period import due_on
from limu.terms.days import Calendar
from limu.wire.statutes import read_law_texts

BOOK = packaged_book(read_law_texts())
NATIONAL_DAY = Calendar.from_rows(
    [
        (date(2026, 5, 1), True),
        *((date(2026, 10, day), True) for day in range(1, 8)),
        (date(2026, 10, 10), False),
    ]
)


@pytest.mark.parametrize(
    ("act", "field", "region", "count", "extended"),
    [
        ("publication", None, "110000", 7, None),
        ("publication", "market_regulation", "110000", 20, None),
        ("withdrawal", None, "110000", 3, None),
        ("withdrawal", None, "410100", 1, None),
        ("repair_acceptance", None, "110000", 3, None),
        ("repair_decision", None, "110000", 7, 10),
        ("repair_feedback", None, "110000", 10, None),
        ("objection_own", None, "310115", 5, None),
        ("objection_own", None, "370102", 3, None),
        ("objection_source", None, "440300", 2, 5),
        ("repair_withdrawal", None, "310000", 3, None),
        ("query_log_retention", None, "440300", 5, None),
    ],
)
def test_the_period_for_an_act(act: str, field: str | None, region: str, count: int, extended: int | None) -> None:
    found = BOOK.deadline(act, on=date(2026, 7, 1), field=field, region=region)

    assert found is not None
    assert (found.count, found.extended) == (count, extended)


def test_an_act_without_a_read_figure_has_no_due_day() -> None:
    found = BOOK.deadline("repair_result", on=date(2026, 7, 1))
    assert found is not None

    assert due_on(found, date(2026, 7, 1), calendar=NATIONAL_DAY) is None


def test_working_days_pass_over_the_national_day_and_count_the_swapped_saturday() -> None:
    found = BOOK.deadline("repair_acceptance", on=date(2026, 9, 30))
    assert found is not None

    due = due_on(found, date(2026, 9, 30), calendar=NATIONAL_DAY)

    assert due is not None
    assert due.day == date(2026, 10, 10)


def test_an_extension_is_counted_from_the_same_start() -> None:
    found = BOOK.deadline("repair_decision", on=date(2026, 7, 1))
    assert found is not None

    plain = due_on(found, date(2026, 7, 1), calendar=NATIONAL_DAY)
    extended = due_on(found, date(2026, 7, 1), calendar=NATIONAL_DAY, is_extended=True)

    assert plain is not None
    assert extended is not None
    assert (plain.day, extended.day) == (date(2026, 7, 10), date(2026, 7, 15))


def test_six_months_to_sue_end_on_the_corresponding_day() -> None:
    """行政诉讼法 46, 民法典 202."""
    found = BOOK.deadline("litigation", on=date(2026, 7, 1))
    assert found is not None

    due = due_on(found, date(2026, 7, 1), calendar=NATIONAL_DAY)

    assert due is not None
    assert due.day == date(2027, 1, 1)
