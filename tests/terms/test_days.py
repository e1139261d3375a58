"""Days: the civil code's arithmetic over every start day of a century, working days, and written days."""

import csv
from calendar import monthrange
from datetime import date, timedelta
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from limu.terms.days import (
    Calendar,
    Deadline,
    Term,
    add_working_days,
    deadline_of,
    end_of_term,
    ends_of_term,
    is_working_day,
    parse_day,
    parsed_day,
    working_days_between,
)

TABLE = Path(__file__).parents[2] / "limu" / "terms" / "tables" / "holidays.csv"
TERMS = (
    Term(months=1),
    Term(months=3),
    Term(months=6),
    Term(years=1),
    Term(years=2),
    Term(years=3),
    Term(years=5),
    Term(years=1, months=6),
    Term(days=7),
    Term(days=15),
    Term(days=60),
    Term(days=90),
    Term(days=180),
)
days = st.dates(date(2000, 1, 1), date(2100, 12, 31))


@pytest.fixture(scope="module")
def calendar() -> Calendar:
    with TABLE.open(encoding="utf-8") as lines:
        return Calendar.from_rows(
            (date.fromisoformat(row["day"]), row["is_rest"] == "1") for row in csv.DictReader(lines)
        )


@pytest.mark.parametrize("term", TERMS, ids=str)
def test_every_start_day_of_a_century_ends_as_the_civil_code_says(term: Term) -> None:
    start = date(2000, 1, 1)
    column = pl.date_range(start, date(2100, 12, 31), eager=True).alias("day")
    ends = column.to_frame().select(ends_of_term(pl.col("day"), term)).to_series().to_list()
    for begin, end in zip(column.to_list(), ends, strict=True):
        assert end_of_term(begin, term) == end
        months = (end.year - begin.year) * 12 + end.month - begin.month
        if term.days:
            assert (end - begin).days == term.days
        else:
            assert months == term.years * 12 + term.months
            assert end.day == min(begin.day, monthrange(end.year, end.month)[1])


@given(days, st.sampled_from(TERMS))
def test_a_later_start_never_ends_earlier(start: date, term: Term) -> None:
    assert end_of_term(start, term) <= end_of_term(start + timedelta(days=1), term)


@pytest.mark.parametrize(
    ("start", "term", "end"),
    [
        ("2026-07-01", Term(months=3), "2026-10-01"),
        ("2026-01-31", Term(months=1), "2026-02-28"),
        ("2024-02-29", Term(years=1), "2025-02-28"),
        ("2024-02-29", Term(years=4), "2028-02-29"),
        ("2026-02-28", Term(months=1), "2026-03-28"),
        ("2026-11-30", Term(months=3), "2027-02-28"),
        ("2026-12-31", Term(days=1), "2027-01-01"),
        ("2026-07-01", Term(), "2026-07-01"),
    ],
)
def test_examples_of_articles_201_and_202(start: str, term: Term, end: str) -> None:
    assert end_of_term(date.fromisoformat(start), term) == date.fromisoformat(end)


def test_only_procedural_deadlines_move_past_holidays(calendar: Calendar) -> None:
    start, term = date(2026, 7, 1), Term(months=3)
    assert end_of_term(start, term) == date(2026, 10, 1)
    assert end_of_term(start, term, moved_by=calendar) == date(2026, 10, 8)
    assert deadline_of(start, term, calendar) == Deadline(date(2026, 10, 8), is_provisional=False)


def test_the_official_calendar_of_2026(calendar: Calendar) -> None:
    made_up = [
        date(2026, 1, 4),
        date(2026, 2, 14),
        date(2026, 2, 28),
        date(2026, 5, 9),
        date(2026, 9, 20),
        date(2026, 10, 10),
    ]
    assert all(is_working_day(day, calendar) and day.weekday() >= 5 for day in made_up)
    assert not is_working_day(date(2026, 10, 7), calendar)
    assert not is_working_day(date(2026, 11, 22), calendar)
    assert calendar.known_years == frozenset(range(2007, 2027))


@pytest.mark.parametrize(
    ("start", "count", "end", "is_provisional"),
    [
        ("2026-09-30", 1, "2026-10-08", False),
        ("2026-11-23", 3, "2026-11-26", False),
        ("2026-11-20", 0, "2026-11-20", False),
        ("2026-12-25", 10, "2027-01-08", True),
        ("2026-12-31", 1, "2027-01-01", True),
        ("2031-01-01", 5, "2031-01-08", True),
    ],
)
def test_working_days(start: str, count: int, end: str, *, is_provisional: bool, calendar: Calendar) -> None:
    answer = add_working_days(date.fromisoformat(start), count, calendar=calendar)
    assert answer == Deadline(date.fromisoformat(end), is_provisional)


@given(days, st.integers(0, 90))
def test_adding_and_counting_working_days_agree(start: date, count: int) -> None:
    plain = Calendar(frozenset({date(2026, 10, 1)}), frozenset({date(2026, 10, 10)}), frozenset())
    end = add_working_days(start, count, calendar=plain).day
    assert working_days_between(start, end, calendar=plain) == count
    assert working_days_between(end, start, calendar=plain) == -count
    assert count == 0 or is_working_day(end, plain)


def test_every_start_day_and_every_working_day_term(calendar: Calendar) -> None:
    working = [
        day for day in (date(2000, 1, 1) + timedelta(days=n) for n in range(37_200)) if is_working_day(day, calendar)
    ]
    place = 0
    for n in range(36_890):
        start = date(2000, 1, 1) + timedelta(days=n)
        while working[place] <= start:
            place += 1
        for count in (1, 2, 3, 5, 7, 10):
            assert add_working_days(start, count, calendar=calendar).day == working[place + count - 1]


@pytest.mark.parametrize("lengths", [{"days": -1}, {"working_days": 3, "days": 1}, {"years": -1}])
def test_terms_that_mean_nothing_are_refused(lengths: dict[str, int]) -> None:
    with pytest.raises(ValueError, match=r"negative|mixed"):
        Term(**lengths)


def test_working_days_need_a_calendar(calendar: Calendar) -> None:
    term = Term(working_days=7)
    with pytest.raises(ValueError, match="calendar"):
        end_of_term(date(2026, 11, 23), term)
    with pytest.raises(ValueError, match="calendar"):
        ends_of_term(pl.col("day"), term)
    assert deadline_of(date(2026, 11, 23), term, calendar).day == date(2026, 12, 2)


WRITTEN = {
    "2026-11-23": date(2026, 11, 23),
    "2026/11/23": date(2026, 11, 23),
    "2026/1/5": date(2026, 1, 5),
    "2026.11.23": date(2026, 11, 23),
    "2026年11月23日": date(2026, 11, 23),
    "2026 年 1 月 5 日": date(2026, 1, 5),
    "20261123": date(2026, 11, 23),
    "２０２６－１１－２３": date(2026, 11, 23),
    " 2026-11-23 15:26:33 ": date(2026, 11, 23),
    "2026-11-23T15:26:33+08:00": date(2026, 11, 23),
    "2026年11月23日15时": date(2026, 11, 23),
    "2026-04-29 15:26:33.000": date(2026, 4, 29),
    "20261123093000": date(2026, 11, 23),
    "46349": date(2026, 11, 23),
    "46349.5": date(2026, 11, 23),
    "2099-12-31": date(2099, 12, 31),
    "2026-02-30": None,
    "2026-13-01": None,
    "0000-01-01": None,
    "20261323": None,
    "99999999": None,
    "12345": None,
    "2026": None,
    "11-23": None,
    "": None,
    "长期": None,
    "2026-11-231": None,
}


@pytest.mark.parametrize(("text", "day"), WRITTEN.items())
def test_written_days(text: str, day: date | None) -> None:
    assert parse_day(text) == day


@given(
    st.lists(
        st.one_of(
            st.none(),
            st.sampled_from(list(WRITTEN)),
            st.text(max_size=10),
            days.map(str),
            days.map("{:%Y/%m/%d}".format),
        )
    )
)
def test_the_column_says_what_the_value_says(texts: list[str | None]) -> None:
    frame = pl.DataFrame({"day": pl.Series(texts, dtype=pl.String)})
    expected = [None if text is None else parse_day(text) for text in texts]
    assert frame.select(parsed_day(pl.col("day"))).to_series().to_list() == expected


@given(days)
def test_every_way_of_writing_a_day_is_read(day: date) -> None:
    serial = str((day - date(1899, 12, 30)).days)
    for form in ("{:%Y-%m-%d}", "{:%Y/%m/%d}", "{:%Y.%m.%d}", "{:%Y年%m月%d日}", "{:%Y%m%d}", "{:%Y-%m-%d} 08:30"):
        assert parse_day(form.format(day)) == day
    assert parse_day(serial) == day
