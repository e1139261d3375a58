"""The small rules of intake: paths into JSON, bulk identifiers, headers, regions, chunks made ready ahead."""

import uuid

import pytest

from limu.intake.actions import new_ids, region_code
from limu.intake.rules import Counts, UserFault, stated_row
from limu.intake.rules_headers import find_header, normal_header, plan_columns
from limu.intake.rules_mapping import HeaderMapping, parse_mapping
from limu.intake.rules_paths import rows_of, steps_of, value_at
from limu.wire.clock import Clock

DOCUMENT = {"a": [{"n": 1, "b": [{"v": "x"}, {"v": "y"}], "c": ["q", "r"]}, {"n": 2, "b": [{"v": None}]}, {"n": 3}]}


def test_a_path_gives_the_rows_and_values_of_the_elements_they_stand_in() -> None:
    places = list(rows_of(DOCUMENT, "a[].b[]"))

    assert places == [(0, 0), (0, 1), (1, 0)]
    assert [value_at(DOCUMENT, steps_of("a[].b[].v"), one) for one in places] == ["x", "y", ""]
    assert [value_at(DOCUMENT, steps_of("a[].n"), one) for one in places] == ["1", "1", "2"]
    assert [value_at(DOCUMENT, steps_of("a[].c[1]"), one) for one in places] == ["r", "r", ""]
    assert value_at(DOCUMENT, steps_of("a[0].c"), ()) == "q;r"


def test_identifiers_in_bulk_are_uuids_of_version_7_and_differ() -> None:
    made = new_ids(Clock(), 30_000)

    assert len(set(made)) == 30_000
    assert {uuid.UUID(one).version for one in made} == {7}
    assert {uuid.UUID(one).variant for one in made} == {uuid.RFC_4122}
    assert [one[:16] for one in made] == sorted(one[:16] for one in made)
    assert new_ids(Clock(), 0) == []


@pytest.mark.parametrize(
    ("text", "code"),
    [("福建省", "350000"), ("福建省宁德市", "350900"), ("990100", "990100"), ("内蒙古", "150000"), ("CDMX", None)],
)
def test_a_region_as_written_becomes_its_code_or_nothing(text: str, code: str | None) -> None:
    assert region_code(text) == code


def test_a_header_is_found_below_titles_and_not_in_a_row_of_data() -> None:
    rows = [["名称汇总表"], ["填报单位", "某局"], ["名 称", "＊代码\n", "备注"], ["名称", "1", ""]]

    assert find_header(rows, {"名称", "代码", "备注"}) == (2, 3, ("名 称", "＊代码", "备注"), 1)
    assert find_header(rows[:2], {"名称", "代码"}) is None
    assert normal_header(" ＊罚款金额（元）\t") == normal_header("罚款金额(元)")


def test_the_mapping_wins_over_the_items_names_and_constants_fill_only_gaps() -> None:
    names = {"名称": "party_name", "文号": "document_number"}
    mapping = HeaderMapping({"文号": "notice_number"}, {"party_name": "甲", "grade": "A"}, ("备注",))

    plan = plan_columns(("名称", "文号", "备注", "其他"), names, mapping)

    assert not isinstance(plan, UserFault)
    assert (plan.columns, plan.constants, plan.ignored) == (
        {"party_name": 0, "notice_number": 1}, {"grade": "A"}, ("其他",),
    )  # fmt: skip


@pytest.mark.parametrize(("text", "code"), [("[]", "F-120"), ("{", "F-120"), ('{"a": "no_such_field"}', "F-121")])
def test_a_mapping_that_says_nothing_useful_is_refused(text: str, code: str) -> None:
    refused = parse_mapping(text, fields=["party_name"])

    assert isinstance(refused, UserFault)
    assert refused.code == code


def test_counts_know_whether_they_add_up_and_what_a_second_sending_means() -> None:
    counts = Counts(10, 6, 2, 1, 1, 4, 2, 3, 1)

    assert counts.adds_up()
    assert counts.sent_again() == Counts(received=10, refused=2, duplicate=7, conflict=1)
    assert counts.sent_again().adds_up()
    assert not Counts(received=1).adds_up()
    assert stated_row(40_000_007) == 7
