"""A list at a desk, page by page: no row is lost between pages, and the filter stays in the address."""

from types import SimpleNamespace
from typing import cast
from urllib.parse import parse_qsl

import pytest
from django.http import HttpRequest

from limu.page.paging import DEEPEST, Pages, cut, paged, place_of

EVERY = list(range(45))


def _asked(address: str) -> HttpRequest:
    path, _, query = address.partition("#")[0].partition("?")
    return cast("HttpRequest", SimpleNamespace(path=path, GET=dict(parse_qsl(query))))


def test_leafing_forward_meets_every_row_once_and_backward_leads_to_the_beginning() -> None:
    address, met, before = "/ops/list?q=%E7%94%B2&lang=en", list[int](), list[str]()
    while address:
        pages = cut(_asked(address), EVERY)
        met += pages.rows
        before.append(pages.before)
        address = pages.after

    assert met == EVERY
    assert before == ["", "/ops/list?q=%E7%94%B2", "/ops/list?q=%E7%94%B2&skip=20"]


def test_a_page_tells_which_rows_it_shows() -> None:
    pages = cut(_asked("/ops/list?skip=40"), EVERY)

    assert (pages.first, pages.last, pages.after) == (41, 45, "")


def test_two_lists_of_a_page_are_leafed_through_apart() -> None:
    request = _asked("/dept/notices?due=20&letters=40")
    pages = cut(request, EVERY, name="due", at="due")

    assert pages.after == "/dept/notices?letters=40&due=40#due"
    assert pages.before == "/dept/notices?letters=40#due"


@pytest.mark.parametrize("text", ["", "-20", "x", "٣", "1e3", "99999999999"])
def test_what_is_no_place_opens_the_beginning(text: str) -> None:
    assert place_of(_asked(f"/ops/list?skip={text}")).skip == 0


def test_behind_the_end_a_page_is_empty_and_leads_back() -> None:
    pages = cut(_asked("/ops/list?skip=600"), EVERY)

    assert pages.is_beyond
    assert pages.before == "/ops/list"
    assert not cut(_asked("/ops/list"), ()).is_beyond


def test_a_query_is_asked_for_one_row_more_than_a_page_shows() -> None:
    place = place_of(_asked("/ops/list"))
    whole: Pages = paged(_asked("/ops/list"), EVERY[: place.limit], place)

    assert (place.limit, len(whole.rows), whole.after) == (21, 20, "/ops/list?skip=20")


def test_nobody_leafs_without_end() -> None:
    address = f"/ops/list?skip={DEEPEST}"

    assert paged(_asked(address), range(21), place_of(_asked(address))).after == ""
