"""Where a subject belongs, from what registers really write."""

import pytest

from limu.subject.actions import region_finder
from limu.subject.queries import region_name


@pytest.mark.parametrize(
    ("code", "stated", "words", "region"),
    [
        (None, "360702", (), "360702"),
        ("913607007723829180", None, (), "360700"),
        ("913607007723829180", None, ("江西赣州", "江西省赣州市章贡区水西镇"), "360702"),
        ("913607007723829180", None, ("章贡区水西镇",), "360702"),
        (None, None, ("江苏南京", "N/A", "南京市白下区堂子街43号"), "320100"),
        (None, None, ("江苏南京", "南京市鼓楼区广州路20号"), "320106"),
        (None, None, ("上海", "上海市浦东新区世纪大道1号"), "310115"),
        ("91310000132204400J", None, ("上海", "上海市淮海中路200号"), "310000"),
        (None, None, ("鼓楼区广州路",), None),
        (None, None, (None, "没有地名的文字"), None),
        ("91360700784139704C", None, ("广东省深圳市南山区",), "360700"),
    ],
)
def test_regions_are_read(
    code: str | None, stated: str | None, words: tuple[str | None, ...], region: str | None
) -> None:
    assert region_finder().of_subject(code=code, stated=stated, words=words) == region


def test_regions_are_named_from_the_province_down() -> None:
    assert region_name("360702") == "江西省赣州市章贡区"
    assert region_name("310115") == "上海市浦东新区"
    assert region_name(None) == ""
