"""The end of publication that a body states for itself shortens the lawful term, and never prolongs it."""

from datetime import date
from pathlib import Path

import pytest

from limu.intake.queries import judged_chunks
from limu.intake.rules import Order, UserFault
from limu.intake.rules_mapping import HeaderMapping
from limu.intake.store_reading import open_reading
from limu.publication.rules import decide_frame
from tests.listed import confirmed_book
from tests.standing import catalogue, code_of

TODAY, LAWFUL = date(2026, 11, 24), date(2027, 7, 2)


@pytest.mark.parametrize(("stated", "until"), [("", LAWFUL), ("2027-01-31", date(2027, 2, 1)), ("2031-07-01", LAWFUL)])
def test_a_stated_end_shortens_and_never_prolongs(tmp_path: Path, stated: str, until: date) -> None:
    file = tmp_path / "a.csv"
    file.write_text(
        "行政相对人名称,统一社会信用代码,行政处罚决定书文号,违法事实,处罚依据,处罚类别,处罚内容,处罚决定日期,公示截止期,"
        f"处罚机关,失信严重程度\n示例市甲建材有限公司,{code_of(1)},示市监罚〔2026〕1号,无证经营,《某法》第一条,罚款,"
        f"罚款一万元,2026-07-01,{stated},示例市市场监督管理局,一般",
        "utf-8",
    )
    item = catalogue()["penalty"]
    reading = open_reading(file, item=item, mapping=HeaderMapping())
    assert not isinstance(reading, UserFault)
    (judged,) = judged_chunks(reading, item=item, order=Order(TODAY, None))

    decided = decide_frame(judged.accepted, item=item, law=confirmed_book(), region="990100", today=TODAY)

    assert decided["shown_until"].to_list() == [until]
