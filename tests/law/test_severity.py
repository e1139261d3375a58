"""Classes of a decision: kinds, fines, items, and what an unconfirmed class may do."""

from datetime import date

import pytest

from limu.law.book import LawBook, packaged_book
from limu.law.severity import SeverityDecision
from limu.wire.statutes import read_law_texts

BOOK = packaged_book(read_law_texts())
DAY = date(2026, 7, 1)


def classified(
    kinds: str,
    *,
    book: LawBook = BOOK,
    item: str = "penalty",
    fine_fen: int | None = None,
) -> SeverityDecision:
    return book.classify([kinds], item=item, field=None, decided_on=DAY, fine_fen=fine_fen)


@pytest.mark.parametrize(
    ("kinds", "severity"),
    [
        ("警告", "minor"),
        ("通报批评", "minor"),
        ("没收违法所得", "general"),
        ("没收违法所得、没收非法财物", "general"),
        ("暂扣许可证件", "general"),
        ("降低资质等级", "general"),
        ("吊销许可证件", "serious"),
        ("责令停产停业", "serious"),
        ("责令关闭", "serious"),
        ("限制从业", "serious"),
        ("警告;没收违法所得", "general"),
        ("警告、罚款、吊销许可证件", "serious"),
        ("其他", None),
        ("", None),
    ],
)
def test_kinds_make_the_class_and_the_highest_one_counts(kinds: str, severity: str | None) -> None:
    assert classified(kinds, fine_fen=100).severity == severity


@pytest.mark.parametrize(
    ("fine_fen", "severity"),
    [
        (300_000, "minor"),
        (300_001, "general"),
        (10_000_000_000, "general"),
    ],
)
def test_a_fine_without_a_known_standard_is_never_serious(fine_fen: int, severity: str) -> None:
    assert classified("罚款", fine_fen=fine_fen).severity == severity


def test_a_fine_of_unknown_size_has_no_class_of_its_own() -> None:
    found = classified("罚款")

    assert found.severity is None
    assert any("罚款金额缺失" in note for note in found.notes)


def test_an_unconfirmed_serious_class_has_no_more_effect_than_general() -> None:
    found = classified("吊销许可证件")

    assert (found.severity, found.effective, found.is_confirmed) == ("serious", "general", False)


def test_two_confirmations_make_a_serious_class_effective() -> None:
    book = packaged_book(read_law_texts(), confirmations=frozenset({"class/serious/activity"}))

    found = classified("吊销许可证件", book=book)

    assert (found.effective, found.is_confirmed) == ("serious", True)
    assert found.rule is not None
    assert found.rule.confidence_label == "已由两人核对"


def test_a_deployment_adds_the_bounds_of_an_authority() -> None:
    addition = {
        "fine_band": [
            {
                "key": "fine/demo/serious",
                "severity": "serious",
                "above_fen": 100_000_000,
                "authorities": ["示例市金融监管局"],
                "citations": ["ndrc-36/class-serious-fine"],
                "confidence": "secondary",
            },
        ]
    }
    book = LawBook.from_texts(read_law_texts(), additions={"fines": addition})
    assert isinstance(book, LawBook)

    found = book.classify(
        ["罚款"],
        item="penalty",
        field=None,
        decided_on=DAY,
        fine_fen=100_000_001,
        authority="示例市金融监管局",
    )
    elsewhere = book.classify(["罚款"], item="penalty", field=None, decided_on=DAY, fine_fen=100_000_001)

    assert found.severity == "serious"
    assert elsewhere.severity == "general"


def test_words_that_are_no_kind_are_told() -> None:
    assert classified("警告;责令改正").unknown_kinds == ("责令改正",)


def test_items_have_their_class() -> None:
    assert classified("", item="serious_list").severity == "serious"
    assert classified("", item="abnormal_list").severity == "minor"
    assert classified("", item="penalty_summary").severity == "minor"


def test_a_public_security_decision_is_known_by_its_basis_or_authority_without_confirmation() -> None:
    """治安管理处罚法 136: doubt withholds."""
    assert BOOK.field_of(basis="《中华人民共和国治安管理处罚法》第四十九条", authority=None) == "public_security"
    assert BOOK.field_of(basis=None, authority="示例市公安局清河分局") == "public_security"


def test_another_field_counts_only_when_two_have_confirmed_the_words() -> None:
    sure = packaged_book(read_law_texts(), confirmations=frozenset({"field/market_regulation", "field/food"}))

    assert BOOK.field_of(basis=None, authority="示例市市场监督管理局") is None
    assert sure.field_of(basis=None, authority="示例市市场监督管理局") == "market_regulation"
    assert sure.field_of(basis="《中华人民共和国食品安全法》第一百二十四条", authority="示例市市场监督管理局") == "food"
    assert sure.field_of(basis=None, authority="宁德金融监管分局") is None
