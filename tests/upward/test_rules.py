"""What goes up is the same however often; what comes back is read or refused; tries grow rarer."""

from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

from hypothesis import given
from hypothesis import strategies as st

from limu.upward.queries import known_words
from limu.upward.rules import LONGEST_WAIT, Row, next_try, packed, read_answer, word_of
from tests.standing import catalogue

NOW = datetime(2026, 11, 23, tzinfo=UTC)
ITEM = catalogue()["penalty"]


def rows(count: int) -> list[Row]:
    return [
        Row(UUID(int=n), 1, "report", "", "", {"facts": f"事实{n}", "party_uscc": "91990100MA0000001G"})
        for n in range(count)
    ]


@given(st.permutations(range(5)))
def test_the_same_rows_are_the_same_bytes(order: list[int]) -> None:
    made = rows(5)

    assert packed("n", uscc="u", item=ITEM, rows=[made[n] for n in order]) == packed(
        "n", uscc="u", item=ITEM, rows=made
    )


def test_nothing_personal_goes_up() -> None:
    named = Row(
        UUID(int=1), 1, "report", "", "", {one.code: "欧阳晓燕" for one in ITEM.fields if one.personal != "none"}
    )

    assert "欧阳晓燕".encode() not in packed("n", uscc="u", item=ITEM, rows=[named])


@given(st.binary(max_size=200))
def test_no_bytes_bring_the_reader_down(content: bytes) -> None:
    assert read_answer(content) is not None


def test_an_answer_with_an_unknown_verdict_is_no_answer() -> None:
    told = f'{{"number":"n","sha256":"00","rows":[{{"record":"{uuid4()}","turn":1,"verdict":"maybe"}}]}}'

    assert isinstance(read_answer(told.encode()), str)


@given(st.integers(0, 200))
def test_tries_grow_rarer_and_never_stop(attempts: int) -> None:
    wait = next_try(NOW, attempts=attempts) - NOW

    assert timedelta(0) < wait <= LONGEST_WAIT
    assert next_try(NOW, attempts=attempts + 1) - NOW >= wait


def test_their_codes_are_told_in_our_words_and_an_unknown_one_is_named() -> None:
    assert word_of("E01", known_words()).message == "统一社会信用代码不正确。"
    assert "E77" in word_of("E77", known_words()).message
