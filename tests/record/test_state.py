from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

from hypothesis import given
from hypothesis import strategies as st

from limu.record.event import ENDING, Event, EventKind
from limu.record.state import label_of, state_of

FROM, UNTIL = date(2026, 7, 1), date(2027, 7, 2)


def _event(kind: EventKind, **body: str | None) -> Event:
    return Event(
        id=uuid4(), record=uuid4(), subject=uuid4(), department=uuid4(), kind=kind, effective_on=FROM,
        recorded_at=datetime(2026, 7, 2, tzinfo=UTC), officers=(uuid4(),), reason=None, citation=None, body=dict(body),
    )  # fmt: skip


ENTERED = _event(
    "record_entered", decision="published", reason="公示", shown_from=FROM.isoformat(), shown_until=UNTIL.isoformat(),
    rule="term/ndrc-36/general",
)  # fmt: skip


def test_no_event_is_no_state() -> None:
    assert state_of([]) is None


@given(st.dates(date(2000, 1, 1), date(2100, 1, 1)))
def test_a_record_is_public_on_the_days_of_its_term_and_on_no_other(today: date) -> None:
    state = state_of([ENTERED])

    assert state is not None
    assert state.is_public(today) == (FROM <= today < UNTIL)


@given(st.sampled_from(sorted(ENDING)), st.dates(date(2000, 1, 1), date(2100, 1, 1)))
def test_what_ended_stays_ended_on_every_day(kind: EventKind, today: date) -> None:
    state = state_of([ENTERED, _event(kind)])

    assert state is not None
    assert not state.is_public(today)


def test_states_carry_the_words_of_the_shared_vocabulary() -> None:
    entered, superseded = state_of([ENTERED]), state_of([ENTERED, _event("record_superseded")])
    withheld = state_of([_event("record_entered", decision="withheld", reason="公示期已满")])
    revoked = state_of([ENTERED, _event("record_revoked")])
    assert entered is not None
    assert superseded is not None
    assert withheld is not None
    assert revoked is not None

    assert label_of(entered, FROM) == "公示中"
    assert label_of(entered, UNTIL) == "到期停止公示"
    assert label_of(entered, FROM - timedelta(days=1)) == "待公示"
    assert (label_of(superseded, FROM), label_of(revoked, FROM), label_of(withheld, FROM)) == (
        "已更正",
        "已撤销",
        "不公示",
    )
