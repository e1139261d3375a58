"""A clock counts working days, says which and why, stops only for a reason, and cannot lose a day."""

from dataclasses import replace
from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from limu.case.queries import clocks_of
from limu.case.rules import Case
from limu.case.rules_clock import Pause, count_days, pauses_of, run_clock
from limu.case.store import find_case, steps_of
from limu.terms.days import Calendar, add_working_days
from limu.wire.clock import register_today
from limu.wire.database import Connection
from limu.wire.lawbook import calendar_of
from tests.lawful import apply, grant, stand_lawful
from tests.listed import confirmed_book

BOOK, DAYS = confirmed_book(), calendar_of("")
DAY = timedelta(days=1)
starts = st.dates(date(2025, 1, 1), date(2026, 12, 31))


@given(starts, st.integers(1, 30))
def test_without_a_pause_it_ends_where_the_law_of_days_ends(start: date, count: int) -> None:
    days = count_days(start, count, calendar=DAYS)

    assert days[-1].day == add_working_days(start, count, calendar=DAYS).day
    assert [one.number for one in days if one.number] == list(range(1, count + 1))
    assert [one.day for one in days] == [start + DAY * n for n in range(1, len(days) + 1)]


@given(starts, st.integers(1, 20), st.integers(0, 10), st.integers(1, 20))
def test_a_pause_moves_the_end_by_the_working_days_it_held_and_names_its_reason(
    start: date, count: int, after: int, length: int
) -> None:
    pause = Pause(start + DAY * after, start + DAY * (after + length), "等待核查")

    days = count_days(start, count, calendar=DAYS, pauses=(pause,))

    held = [one for one in days if one.number is None and one.why == "暂停计时：等待核查"]
    assert sum(one.number is not None for one in days) == count
    assert all(pause.holds(one.day) for one in held)
    assert not any(pause.holds(one.day) for one in days if one.number)


@given(starts, st.integers(0, 30))
def test_while_it_is_stopped_it_has_no_due_day_and_is_never_overdue(start: date, passed: int) -> None:
    rule = BOOK.deadline("repair_decision", on=date(2026, 11, 1))
    assert rule is not None

    face = run_clock(
        BOOK, rule, start=start, today=start + DAY * passed, calendar=DAYS, pauses=(Pause(start, None, "核查"),)
    )

    assert (face.due_on, face.light) == (None, "paused")


def test_every_day_says_why_it_was_not_counted() -> None:
    # National Day 2026: rest from 1 to 7 October, Saturday 10 October is worked.
    rule = BOOK.deadline("repair_decision", on=date(2026, 9, 1))
    assert rule is not None

    face = run_clock(BOOK, rule, start=date(2026, 9, 29), today=date(2026, 10, 9), calendar=DAYS)

    why = {one.day: (one.number, one.why) for one in face.days}
    assert why[date(2026, 9, 30)] == (1, "工作日")
    assert why[date(2026, 10, 1)] == (None, "法定节假日")
    assert face.citation.startswith("《信用修复管理办法》")
    assert face.count == 7


def test_an_extension_uses_the_figure_of_the_law_and_a_rule_without_a_figure_escalates_nothing() -> None:
    start = date(2026, 11, 2)
    decision, objection = (BOOK.deadline(act, on=start) for act in ("repair_decision", "objection"))
    assert decision is not None
    assert objection is not None

    plain = run_clock(BOOK, decision, start=start, today=start, calendar=DAYS)
    longer = run_clock(BOOK, decision, start=start, today=start, calendar=DAYS, is_extended=True)
    free = run_clock(BOOK, objection, start=start, today=start + 300 * DAY, calendar=DAYS, is_extended=True)

    assert (plain.count, longer.count) == (7, 10)
    assert (longer.is_extended, free.is_extended) == (True, False)
    assert (free.due_on, free.light) == (None, "open")


def test_what_was_done_before_the_clock_was_stopped_keeps_its_due_day() -> None:
    start = date(2026, 11, 2)
    rule = BOOK.deadline("repair_decision", on=start)
    assert rule is not None
    stopped = (Pause(start + DAY, None, "鉴定"),)

    done, running = (
        run_clock(BOOK, rule, start=start, today=start + 9 * DAY, calendar=DAYS, pauses=stopped, ended_on=ended)
        for ended in (start + DAY, None)
    )

    assert (done.due_on, done.light_word) == (date(2026, 11, 11), "按期办结")
    assert (running.due_on, running.light_word) == (None, "暂停计时")


def test_pauses_are_read_from_the_steps_that_stop_and_resume() -> None:
    first, second = date(2026, 11, 2), date(2026, 11, 5)

    assert pauses_of([("stop", first, "核查"), ("resume", second, "")]) == (Pause(first, second, "核查"),)
    assert pauses_of([("ask_gaps", first, "缺承诺书")]) == (Pause(first, None, "缺承诺书"),)


def test_a_holiday_announced_later_moves_open_clocks_and_leaves_decided_ones(connection: Connection) -> None:
    lawful = stand_lawful(connection)
    done = apply(connection, lawful)
    grant(connection, lawful, done)
    today = register_today(connection)
    case = find_case(connection, done.id)
    assert case is not None
    steps = steps_of(connection, case.id)
    rest = [today + DAY * n for n in range(1, 60)]
    all_rest = Calendar(DAYS.rest_days | frozenset(rest), frozenset(), DAYS.known_years)

    def dues(calendar: Calendar, told: Case) -> list[date | None]:
        some = steps if told is case else ()
        faces = clocks_of(connection, told, some, book=BOOK, days=calendar, today=today)
        return [one.due_on for one in faces]

    opened = replace(case, state="received", decided_on=None, accepted_on=None, outcome=None)
    assert dues(all_rest, case) == dues(DAYS, case)
    assert dues(all_rest, opened) != dues(DAYS, opened)
