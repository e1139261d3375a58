import pytest
from django.test import Client

from limu.wire.database import Database
from tests.listed import enlist, stand_listed


@pytest.mark.parametrize("language", ["zh-hans", "en"])
@pytest.mark.parametrize("address", ["/measures", "/lists/kinds", "/lists/wages", "/lists/research"])
def test_measures_and_lists_answer_in_both_languages(visitor: Client, address: str, language: str) -> None:
    answer = visitor.get(f"{address}?lang={language}")

    assert (answer.status_code, answer["Content-Language"].lower()) == (200, language)


def test_a_measure_is_told_with_article_rank_target_body_and_term(visitor: Client) -> None:
    page = visitor.get("/measures").content.decode()

    assert page.count('id="measure-') == 14
    for words in ("限制市场或者行业准入", "《保障农民工工资支付条例》第四十八条", "行政法规", "实施单位", "守信激励"):
        assert words in page


def test_what_the_law_aims_at_persons_is_printed_and_not_applied(visitor: Client) -> None:
    page = visitor.get("/measures").content.decode()

    assert "法律只针对自然人，本平台不适用" in page
    assert "《中华人民共和国公司法》（2023年修订）第一百七十八条第一款第五项" in page


def test_a_list_without_a_rule_says_that_it_must_not_be_used(visitor: Client) -> None:
    assert "没有列入和移出规则，不得启用" in visitor.get("/lists/research").content.decode()
    assert "当前无列入主体" in visitor.get("/lists/wages").content.decode()
    assert visitor.get("/lists/no-such-list").status_code == 404


def test_who_stands_on_a_list_is_shown_with_decision_and_days(region: Database, visitor: Client) -> None:
    with region.connect("app") as app:
        listed = stand_listed(app)
        enlist(app, listed)
        app.commit()

    page = visitor.get("/lists/wages").content.decode()

    assert listed.base.codes[0] in page
    assert "示人社列〔2026〕1号" in page
    assert "2026-11-23" in page
