"""What a decision's basis and authority mean for its publication: a public-security penalty is never shown."""

from typing import Any

import polars as pl
import pytest

from limu.law.book import packaged_book
from limu.publication.rules import decide_frame
from limu.wire.statutes import read_law_texts
from tests.standing import SCHEMA, TODAY, catalogue, code_of, row

BOOK = packaged_book(read_law_texts())
SURE = packaged_book(read_law_texts(), confirmations=frozenset(rule.key for rule in BOOK.rules()))


def decided(changes: list[dict[str, Any]], *, is_sure: bool = False) -> list[tuple[str, str, str | None]]:
    rows = [_changed(row(code_of(number), number), **change) for number, change in enumerate(changes)]
    frame = pl.DataFrame(rows, schema={name: SCHEMA.get(name, pl.String) for name in rows[0]})
    law = SURE if is_sure else BOOK
    found = decide_frame(frame, item=catalogue()["penalty"], law=law, region="990100", today=TODAY)
    return found.select("decision", "reason", "rule").rows()


def _changed(
    plain: dict[str, Any], *, authority: str = "示例市第1局", basis: str = "《中华人民共和国产品质量法》"
) -> dict[str, Any]:
    content = plain["content"].replace("《中华人民共和国产品质量法》第五十条", basis)
    return {**plain, "authority": authority, "content": content}


@pytest.mark.parametrize(
    "change",
    [
        {"basis": "《中华人民共和国治安管理处罚法》第六十条"},
        {"basis": '依据\\"《治安管理处罚法》\\"第六十条'},
        {"authority": "示例市公安局清河分局"},
    ],
)
def test_a_public_security_penalty_is_withheld_whether_or_not_anyone_confirmed(change: dict[str, str]) -> None:
    """治安管理处罚法 136."""
    for is_sure in (False, True):
        assert decided([change], is_sure=is_sure) == [
            ("withheld", "治安管理违法记录封存，不公示", "withheld/public-security")
        ]


def test_a_field_touches_only_its_own_rows() -> None:
    found = decided([{}, {"authority": "示例市公安局"}, {}])

    assert [one[0] for one in found] == ["published", "withheld", "published"]


def test_market_regulation_follows_its_own_order_when_confirmed() -> None:
    """市场监管总局令第107号."""
    assert decided([{"authority": "示例市市场监督管理局"}], is_sure=True)[0][2] == "term/samr-107/general"
    assert decided([{"authority": "示例市市场监督管理局"}])[0][2] == "term/ndrc-36/general"
