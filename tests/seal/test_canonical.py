"""Canonical bytes: the examples of RFC 8785, and one form for every order of writing."""

import json

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from limu.seal.canonical import LARGEST_INTEGER, NotCanonicalError, canonical_bytes, canonical_rows, is_canonical

texts = st.text(alphabet=st.characters(codec="utf-8"), max_size=12)
values = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(-LARGEST_INTEGER, LARGEST_INTEGER), texts),
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(texts, inner, max_size=4)),
    max_leaves=12,
)


def test_keys_are_sorted_by_utf16_as_in_the_rfc() -> None:
    keys = ["€", "\r", "\ufb33", "1", "\U0001f600", "\x80", "ö"]
    expected = ["\r", "1", "\x80", "ö", "€", "\U0001f600", "\ufb33"]
    assert list(json.loads(canonical_bytes(dict.fromkeys(keys, 0)))) == expected


def test_strings_are_escaped_as_in_the_rfc() -> None:
    text = '€$\x0f\nA\'B"\\\\"/'
    assert canonical_bytes(text).decode() == '"€$\\u000f\\nA\'B\\"\\\\\\\\\\"/"'
    assert canonical_bytes({"b": [1, True, None], "a": "清河"}) == '{"a":"清河","b":[1,true,null]}'.encode()
    assert canonical_bytes("\x7f\b\t\f\r") == b'"\x7f\\b\\t\\f\\r"'


@given(values)
def test_reading_back_gives_the_value_and_the_same_bytes(value: object) -> None:
    data = canonical_bytes(value)
    assert json.loads(data) == value
    assert is_canonical(data)


@given(st.dictionaries(texts, values, max_size=5), st.randoms(use_true_random=False))
def test_the_order_of_writing_does_not_matter(value: dict[str, object], random: object) -> None:
    keys = list(value)
    random.shuffle(keys)  # type: ignore[attr-defined]
    assert canonical_bytes({key: value[key] for key in keys}) == canonical_bytes(value)


@pytest.mark.parametrize(
    "value",
    [1.0, float("nan"), [0.5], {"a": 1.5}, {1: "a"}, b"x", LARGEST_INTEGER + 1, "\ud800", {"\udc00": 1}, object()],
)
def test_what_has_no_canonical_form_is_refused(value: object) -> None:
    with pytest.raises(NotCanonicalError):
        canonical_bytes(value)


@pytest.mark.parametrize("data", [b'{"b":1,"a":2}', b"[1, 2]", b"1.0", b"not json", b'{"a":1,"a":1}', b"\xff"])
def test_other_bytes_are_not_canonical(data: bytes) -> None:
    assert not is_canonical(data)


rows = st.lists(
    st.fixed_dictionaries(
        {
            "b": st.one_of(st.none(), texts, st.text(alphabet='\b\f\n\r\t\0\x1f\x7f/\\"a清', max_size=6)),
            "a": st.one_of(st.none(), st.integers(-LARGEST_INTEGER, LARGEST_INTEGER)),
            "\ufb33": st.one_of(st.none(), st.booleans()),
            "\U0001f600": st.one_of(st.none(), st.lists(texts, max_size=3)),
        }
    ),
    max_size=5,
)
SCHEMA: dict[str, pl.DataType | type[pl.DataType]] = {
    "b": pl.String,
    "a": pl.Int64,
    "\ufb33": pl.Boolean,
    "\U0001f600": pl.List(pl.String),
}


@given(rows)
def test_rows_of_a_frame_are_written_as_single_values(values: list[dict[str, object]]) -> None:
    frame = pl.DataFrame(values, schema=SCHEMA)
    assert canonical_rows(frame) == [canonical_bytes(value) for value in values]


@pytest.mark.parametrize(
    "column", [[1.5], [b"x"], [{"a": 1}], [[1.5]], [LARGEST_INTEGER + 1], [[1], [-LARGEST_INTEGER - 1]]]
)
def test_columns_without_a_canonical_form_are_refused(column: list[object]) -> None:
    with pytest.raises(NotCanonicalError):
        canonical_rows(pl.DataFrame({"a": column}))
