from uuid import uuid4

from hypothesis import given
from hypothesis import strategies as st

from limu.linking.rules import RowFacts
from limu.linking.rules_review import GREATLY, Known, compared, marked, needs_second, risks_of, without_persons

GROUP = Known(
    uuid4(), "91990100MA0000002K", "示例市清河建材（集团）有限公司", "enterprise", "990104", "示例市市场监督管理局", ""
)
BUILDER = Known(uuid4(), "91990100MA0000001G", "示例市清河建材有限公司", "enterprise", "990104", "", "")
SHOP = Known(uuid4(), "92990100MA00000070", "示例市老王小吃店", "sole_trader", "990101", "", "示例市南门大街77号3单元")


def _words(row: RowFacts, known: Known) -> list[str]:
    return [line.words for line in compared(row, known)]


@given(st.text(max_size=30), st.text(max_size=30))
def test_marks_lose_no_letter_of_either_side(stated: str, registered: str) -> None:
    left, right = marked(stated, registered)

    assert "".join(piece.text for piece in left) == stated
    assert "".join(piece.text for piece in right) == registered
    assert [p.text for p in left if not p.is_alone] == [p.text for p in right if not p.is_alone]


def test_a_bracket_of_another_width_is_marked_though_the_names_agree() -> None:
    line = compared(RowFacts("示例市清河建材 (集团)有限公司"), GROUP)[0]

    assert line.words == "名称规范化后一致"
    assert [piece.text for piece in line.stated if piece.is_alone] == [" (", ")"]
    assert [piece.text for piece in line.registered if piece.is_alone] == ["（", "）"]


def test_every_fact_says_in_words_whether_it_agrees() -> None:
    row = RowFacts("示例市清河建材有限公司", region="990104", registrar="示例市民政局")

    assert "所在地区一致" in _words(row, GROUP)
    assert "登记机关不同" in _words(row, GROUP)
    assert "统一社会信用代码：报送中没有" in _words(row, GROUP)


def test_names_far_apart_always_need_a_second_person() -> None:
    risks = risks_of(RowFacts("示例市清河建材 (集团)有限公司"), BUILDER, [GROUP])

    assert [one.words for one in risks] == [GREATLY]
    assert needs_second(risks, second_at=99)
    assert not needs_second(risks_of(RowFacts("示例市清河建材 (集团)有限公司"), GROUP, [BUILDER]), second_at=3)


def test_the_threshold_decides_on_lesser_risks() -> None:
    risks = risks_of(RowFacts("示例市清河建材（集团）有限公司", region="990101"), GROUP, [])

    assert [one.words for one in risks] == ["所在地区不同"]
    assert needs_second(risks, second_at=2)
    assert not needs_second(risks, second_at=3)


def test_a_code_of_somebody_else_and_a_sole_trader_by_name_are_risks() -> None:
    other = risks_of(RowFacts(GROUP.name, uscc=BUILDER.uscc), GROUP, [])
    shop = risks_of(RowFacts(SHOP.name), SHOP, [])

    assert [one.words for one in other] == ["报送的代码属于别的主体"]
    assert [one.words for one in shop] == ["个体工商户没有代码佐证"]


def test_nothing_of_a_natural_person_is_laid_out() -> None:
    number = "11010519491231002X"
    known = "王小明"
    row = without_persons(
        RowFacts(known, uscc=number, numbers=(f"tax:{number}",), address=f"南门 {number}", normalised=known)
    )
    told = "".join(piece.text for line in compared(row, SHOP) for piece in (*line.stated, *line.registered))

    assert number not in told
    assert known not in told
    assert known not in str(row)
    assert SHOP.address not in told
