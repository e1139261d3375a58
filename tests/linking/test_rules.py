"""The decision itself: by code, by number, by name with a second fact, or not at all."""

from dataclasses import replace
from uuid import UUID

import pytest

from limu.linking.rules import (
    Candidate,
    Linked,
    Outcome,
    RowFacts,
    Unknown,
    Unsure,
    Way,
    decide_link,
    differs_greatly,
    is_part_and_whole,
    wanted_numbers,
)
from limu.terms.names import normalise_name

QINGHE = "91990100MA0000001G"
GROUP = "91990100MA0000002K"


def candidate(
    name: str, *ways: Way, number: int = 1, uscc: str = QINGHE, region: str = "990100", **facts: object
) -> Candidate:
    plain = Candidate(
        UUID(int=number), uscc, name, normalise_name(name), "enterprise", frozenset(ways), region=region,
    )  # fmt: skip
    return plain._replace(**facts)  # type: ignore[arg-type]


def reason(outcome: Outcome) -> str:
    assert isinstance(outcome, Unsure | Unknown)
    return outcome.reason


def test_an_exact_code_links_under_another_name_of_the_same_body() -> None:
    owner = candidate("示例市清河建材有限公司", "uscc")
    outcome = decide_link(RowFacts("清河建材", QINGHE), (owner,))
    assert isinstance(outcome, Linked)
    assert (outcome.subject, outcome.basis) == (owner.subject, "uscc")


def test_a_code_and_a_name_of_two_bodies_wait_for_a_person() -> None:
    owner = candidate("示例市清河建材有限公司", "uscc")
    other = candidate("示例市云栖物业服务有限公司", "name", number=2, uscc=GROUP)
    outcome = decide_link(RowFacts("示例市云栖物业服务有限公司", QINGHE), (owner, other))
    assert reason(outcome) == "代码与名称指向不同的主体"
    assert isinstance(outcome, Unsure)
    assert len(outcome.candidates) == 2


@pytest.mark.parametrize(
    ("stated", "registered"),
    [
        ("示例银行股份有限公司清河支行", "示例银行股份有限公司"),
        ("示例银行股份有限公司", "示例银行股份有限公司清河支行"),
        ("示例市清河建材有限公司第二分公司", "示例市清河建材有限公司"),
    ],
)
def test_a_branch_is_not_merged_into_its_parent(stated: str, registered: str) -> None:
    outcome = decide_link(RowFacts(stated, QINGHE), (candidate(registered, "uscc"),))
    assert reason(outcome) == "代码与名称分属总机构和分支机构，不能并入"


def test_a_name_alone_is_not_enough() -> None:
    outcome = decide_link(
        RowFacts("示例市清河建材 (集团)有限公司"), (candidate("示例市清河建材（集团）有限公司", "name"),)
    )
    assert reason(outcome) == "仅名称一致，缺少第二项佐证"
    assert isinstance(outcome, Unsure)
    assert "名称规范化后一致" in outcome.candidates[0].reasons


@pytest.mark.parametrize(
    ("row", "basis"),
    [
        (RowFacts("示例市清河建材有限公司", region="990100"), "name_and_region"),
        (RowFacts("示例市清河建材有限公司", region="990000"), "name_and_region"),
        (RowFacts("示例市清河建材有限公司", registrar="示例市市场监督管理局"), "name_and_registrar"),
        (RowFacts("示例市清河建材有限公司", address="清河区人民路 18 号"), "name_and_address"),
    ],
)
def test_a_name_with_a_second_fact_links(row: RowFacts, basis: str) -> None:
    only = candidate(
        "示例市清河建材有限公司", "name", registrar="示例市市场监督管理局", address="示例市清河区人民路18号",
    )  # fmt: skip
    outcome = decide_link(row, (only,))
    assert isinstance(outcome, Linked)
    assert outcome.basis == basis


def test_a_second_fact_that_disagrees_stops_the_name() -> None:
    row = RowFacts("示例市清河建材有限公司", region="360100", address="示例市清河区人民路18号")
    only = candidate("示例市清河建材有限公司", "name", address="示例市清河区人民路18号")
    assert reason(decide_link(row, (only,))) == "仅名称一致，缺少第二项佐证"


def test_namesakes_wait_even_with_a_second_fact() -> None:
    row = RowFacts("示例市清河建材有限公司", region="990100")
    two = (candidate("示例市清河建材有限公司", "name"), candidate("示例市老河厂", "former", number=2))
    assert reason(decide_link(row, two)) == "登记库中有同名主体 2 个"


def test_a_code_that_nobody_has_does_not_fall_back_to_a_namesake() -> None:
    row = RowFacts("示例市清河建材有限公司", GROUP, region="990100")
    assert (
        reason(decide_link(row, (candidate("示例市清河建材有限公司", "name"),))) == "登记库中没有这个统一社会信用代码"
    )


def test_a_sole_trader_links_by_code_alone() -> None:
    trader = candidate("示例市老王小吃店", "name", kind="sole_trader")
    assert reason(decide_link(RowFacts("示例市老王小吃店", region="990100"), (trader,))) == "个体工商户只能凭代码关联"
    by_code = candidate("个体工商户（未登记字号）", "uscc", kind="sole_trader")
    assert isinstance(decide_link(RowFacts("老王", QINGHE), (by_code,)), Linked)


def test_an_old_number_links_with_the_name_and_waits_without() -> None:
    row = RowFacts("示例市清河建材有限公司", numbers=("registration:990100100000017",))
    owner = candidate("示例市清河建材有限公司", "number", "name", number_kinds=("registration",))
    linked = decide_link(row, (owner,))
    assert isinstance(linked, Linked)
    assert linked.basis == "registration"
    other = candidate("示例市别家有限公司", "number", number_kinds=("registration",))
    assert reason(decide_link(row, (other,))) == "号码一致，但名称不同"


def test_an_organisation_code_with_the_address_links_an_older_name() -> None:
    row = RowFacts(
        "青海诺佩医药集团有限公司", numbers=("organisation:679185514",), address="青海生物科技产业园纬二路8号"
    )
    owner = candidate(
        "青海康盛医药有限责任公司",
        "organisation_code",
        address="青海生物科技产业园纬二路8号",
        number_kinds=("organisation",),
    )
    assert isinstance(decide_link(row, (owner,)), Linked)
    assert isinstance(decide_link(replace(row, address=""), (owner,)), Unsure)


def test_a_namesake_with_another_organisation_code_waits() -> None:
    row = RowFacts("示例市清河建材有限公司", numbers=("organisation:679185514",), region="990100")
    namesake = candidate("示例市清河建材有限公司", "name")
    assert reason(decide_link(row, (namesake,))) == "名称一致，但组织机构代码不同"


def test_nobody_is_nobody() -> None:
    assert decide_link(RowFacts("示例市无此公司"), ()) == Unknown()


def test_numbers_are_taken_apart() -> None:
    numbers, organisations = wanted_numbers(RowFacts("", numbers=("tax:360105772376542", "organisation:67918551-4")))
    assert numbers == ("360105772376542", "67918551-4")
    assert organisations == ("772376542", "679185514")


@pytest.mark.parametrize(
    ("stated", "registered", "differs"),
    [
        ("示例市清河建材 (集团)有限公司", "示例市清河建材（集团）有限公司", False),
        ("示例市清河建材（集团）有限公司", "示例市清河建材有限公司", True),
        ("示例市云栖物业服务有限公司", "示例市清河建材有限公司", True),
        ("示例市清河建材有限责任公司", "示例市清河建材有限公司", False),
    ],
)
def test_names_far_apart_need_more(stated: str, registered: str, *, differs: bool) -> None:
    assert differs_greatly(stated, registered) is differs


def test_part_and_whole() -> None:
    assert is_part_and_whole("示例银行股份有限公司", "示例银行股份有限公司清河支行")
    assert not is_part_and_whole("示例市清河建材有限公司", "示例市清河建材有限公司")
    assert not is_part_and_whole("示例市清河建材", "示例市清河建材有限公司")
