"""A holder's copy: whatever order events come in, however often, it ends where the feed ends."""

import random
from typing import Any
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from limu.client.digest import joined
from limu.client.store import Copy

RECORDS = [UUID(int=number << 64 | number * 4099) for number in range(1, 6)]
Told = list[tuple[int, str]]


def feed_of(told: Told) -> list[dict[str, Any]]:
    """What a feed serves after it has told all this: content with the newest event of a record alone."""
    newest = {which: place for place, (which, _) in enumerate(told)}
    events = []
    for place, (which, kind) in enumerate(told):
        event: dict[str, Any] = {"subject": str(RECORDS[which]), "timepoint": str(place + 1), "ended": kind == "end"}
        if kind != "end" and newest[which] == place:
            event["data"] = {"id": str(RECORDS[which]), "text": f"{place}"}
        events.append(event)
    return events


STEPS = st.lists(st.tuples(st.integers(0, 4), st.sampled_from(["say", "end"])), max_size=20)


@given(told=STEPS, chance=st.randoms(use_true_random=False), cut=st.integers(0, 20))
def test_repeats_gaps_and_reorderings_end_in_the_same_copy(told: Told, chance: random.Random, cut: int) -> None:
    orderly, wild = Copy(":memory:"), Copy(":memory:")
    orderly.take_in(feed_of(told))
    # An earlier page from when less had been told, then the whole feed twice, shuffled.
    wild.take_in(feed_of(told[:cut]))
    late = feed_of(told) * 2
    chance.shuffle(late)
    wild.take_in(late)

    assert list(wild.records()) == list(orderly.records())
    assert {b: v for b, v in wild.buckets().items() if v[0]} == {b: v for b, v in orderly.buckets().items() if v[0]}
    orderly.close()
    wild.close()


@given(told=STEPS)
def test_a_copy_holds_exactly_what_was_said_last_and_its_marks_are_of_its_texts(told: Told) -> None:
    copy = Copy(":memory:")
    copy.take_in(feed_of(told))
    last = dict(told)
    before = {bucket: value for bucket, value in copy.buckets().items() if value[0]}

    assert {record for record, _ in copy.records()} == {RECORDS[w] for w, kind in last.items() if kind == "say"}
    assert copy.measure_again() == 0
    assert copy.buckets() == before
    assert joined(mark for _, mark in before.values()) == joined(mark for _, mark in copy.buckets().values())
    assert copy.owed() == []
    copy.close()


def test_what_a_page_says_without_content_is_owed_and_not_kept() -> None:
    copy = Copy(":memory:")
    copy.take_in(feed_of([(0, "say")]))
    copy.take_in([{"subject": str(RECORDS[0]), "timepoint": "2", "ended": False}])

    assert list(copy.records()) == []
    assert copy.owed() == [RECORDS[0]]
    copy.take_in([{"subject": str(RECORDS[0]), "timepoint": "2", "ended": False, "data": {"id": str(RECORDS[0])}}])
    assert copy.owed() == []
    assert [record for record, _ in copy.records()] == [RECORDS[0]]
    copy.close()
