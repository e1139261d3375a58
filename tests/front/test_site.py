import gzip
import re
from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client

from limu.audit.actions import sequence
from limu.catalogue.queries import shipped_items
from limu.wire.database import Database
from tests.front import town

NARROW_GROUP = "清河建材(集团)"
PAGES = (
    "/", "/search", "/search?q=清河", f"/s/{town.BUILDER}", f"/r/{town.A.id}", "/lists", "/disclosure", "/catalog",
    "/catalog/penalty", "/law", "/law/ndrc-36", "/law/local", "/quality", "/about", "/developers",
)  # fmt: skip


def text_of(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200, address
    return answer.content.decode()


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_every_page_answers_in_both_languages(visitor: Client, language: str) -> None:
    for address in PAGES:
        joint = "&" if "?" in address else "?"
        answer = visitor.get(f"{address}{joint}lang={language}")
        assert (answer.status_code, answer["Content-Language"].lower()) == (200, language), address


def test_the_home_page_has_search_services_latest_records_and_the_time_of_data(visitor: Client) -> None:
    page = text_of(visitor, "/")

    for words in (
        "查信用",
        "验核查单",
        "办修复",
        "提异议",
        "查进度",
        "信用承诺",
        "请输入企业名称或统一社会信用代码",
        "数据更新时间",
        town.A.number,
    ):
        assert words in page
    assert "名单</h2>" not in page, "a column without content is not rendered"


def test_a_search_says_how_many_and_why(visitor: Client) -> None:
    page = text_of(visitor, "/search?q=qhjc")

    assert "找到 2 个相关主体" in page
    assert page.count("拼音首字母匹配") == 2


def test_half_width_brackets_find_the_group(visitor: Client) -> None:
    page = text_of(visitor, f"/search?q={NARROW_GROUP}")

    assert "找到 1 个相关主体" in page
    assert "示例市清河建材（集团）有限公司" in page


@pytest.mark.parametrize(
    "typed", [" 91990100ma0000001g ", "9199 0100 MA00 0000 1G", "９１９９０１００ＭＡ００００００１Ｇ"]
)
def test_a_pasted_code_leads_to_its_subject(visitor: Client, typed: str) -> None:
    answer = visitor.get("/search", {"q": typed})

    assert (answer.status_code, answer["Location"]) == (302, f"/s/{town.BUILDER}")


def test_a_code_that_begins_with_a_letter_is_found(visitor: Client) -> None:
    assert visitor.get("/search", {"q": "N2990100MF0000006R"})["Location"] == "/s/N2990100MF0000006R"


def test_nothing_found_says_so_with_tips_and_a_way_on(visitor: Client) -> None:
    page = text_of(visitor, "/search?q=没有这家公司")

    assert "未找到“没有这家公司”" in page
    assert "提交纠错" in page


def test_what_was_typed_is_never_markup(visitor: Client) -> None:
    page = text_of(visitor, "/search?q=<script>alert(1)</script>")

    assert "<script>" not in page


def test_what_is_asked_of_a_body_is_answered_as_its_name_and_that_is_said(visitor: Client) -> None:
    page = text_of(visitor, "/search?q=清河建材的<b>处罚")
    assert 'data-testid="search-answered-as"' not in page

    page = text_of(visitor, "/search?q=清河建材的处罚")
    assert "未找到“清河建材的处罚”，以下是按“清河建材”找到的" in page
    assert page.count('data-testid="search-hit"') == 2

    page = text_of(visitor, "/search?q=清河建材")
    assert 'data-testid="search-answered-as"' not in page


def test_a_person_is_not_searched(visitor: Client) -> None:
    page = text_of(visitor, "/search?q=张三")

    assert "不提供自然人信息公开查询" in page
    assert 'data-testid="search-hit"' not in page


def test_a_file_shows_what_is_public_and_nothing_else(visitor: Client) -> None:
    page = text_of(visitor, f"/s/{town.BUILDER}?tab=penalties")

    for deed in (town.A, town.B, town.C):
        assert deed.number in page
    for deed in (town.D, town.GONE, town.PERMIT):
        assert deed.number not in page
    for words in ("公示期", "来源", "决定书文号", "还剩 220 天", "2027-06-30", "建材批发"):
        assert words in page


def test_an_empty_tab_says_what_would_be_there(visitor: Client) -> None:
    page = text_of(visitor, f"/s/{town.BUILDER}?tab=honours")

    assert "暂无公示的荣誉信息" in page
    assert "截至 2026-11-23" in page


def test_a_code_in_small_letters_leads_to_the_one_address(visitor: Client) -> None:
    assert visitor.get(f"/s/{town.BUILDER.lower()}")["Location"] == f"/s/{town.BUILDER}"
    assert visitor.get("/s/91990100MA9999999X").status_code == 404


def test_a_record_shows_term_article_relief_and_history(visitor: Client) -> None:
    answer = visitor.get(f"/r/{town.A.id}")
    page = answer.content.decode()

    for words in (town.A.number, town.A.authority, town.FACTS, "20,000.00 元", "《信用修复管理办法》", "行政复议",
                  "60 日内", "行政诉讼", "6 个月内", "作出决定机关的本级人民政府", "公示状态变化", "失信程度 一般",
                  "2026-10-01 起可以申请修复"):  # fmt: skip
        assert words in page, words
    assert answer["X-Robots-Tag"] == "noindex, noarchive"


def test_a_sole_traders_address_stays_closed(visitor: Client) -> None:
    page = text_of(visitor, f"/r/{town.SNACKS.id}")
    file = text_of(visitor, f"/s/{town.SHOP}")

    assert "建设路" not in page
    assert "建设路" not in file
    assert "建设路" not in visitor.get(f"/api/v1/records/{town.SNACKS.id}").content.decode()


def test_what_has_ended_answers_410_and_what_never_was_404(visitor: Client) -> None:
    gone, withheld = visitor.get(f"/r/{town.GONE.id}"), visitor.get(f"/r/{town.D.id}")

    assert gone.status_code == 410
    assert "该信息已停止公示" in gone.content.decode()
    assert gone["X-Robots-Tag"] == "noindex"
    assert gone["Cache-Control"] == "no-store"
    assert withheld.status_code == 404


def test_a_record_leaves_every_door_in_the_request_after_it_ended(visitor: Client, region: Database) -> None:
    addresses = ("/", f"/s/{town.BUILDER}", "/disclosure", f"/api/v1/subjects/{town.BUILDER}/records")
    assert all(town.A.number in visitor.get(address).content.decode() for address in addresses)
    tag = visitor.get(f"/r/{town.A.id}")["ETag"]

    town.end(region, town.A)

    assert not [address for address in addresses if town.A.number in visitor.get(address).content.decode()]
    assert visitor.get(f"/r/{town.A.id}", headers={"If-None-Match": tag}).status_code == 410


def test_a_second_past_the_end_it_is_gone_without_any_job(visitor: Client, region: Database) -> None:
    midnight = datetime(2027, 6, 30, 16, 0, tzinfo=UTC)  # the first moment of 2027-07-01 in China
    town.set_clock(region, midnight - timedelta(minutes=5))
    before = visitor.get(f"/s/{town.BUILDER}").content.decode()

    town.set_clock(region, midnight + timedelta(seconds=1))

    assert town.A.number in before
    assert town.A.number not in visitor.get(f"/s/{town.BUILDER}").content.decode()
    assert visitor.get(f"/r/{town.A.id}").status_code == 410


@pytest.mark.parametrize(
    "query", ["as_of=2026-01-01", "as_of=2025-07-01", "known_at=2026-11-23T01:30:00Z", "as_of=2099-01-01"]
)
def test_no_parameter_brings_back_what_has_ended(visitor: Client, region: Database, query: str) -> None:
    town.end(region, town.B)
    doors = ("/", "/disclosure", f"/s/{town.BUILDER}", f"/r/{town.B.id}", f"/r/{town.GONE.id}",
             f"/api/v1/records/{town.B.id}", f"/api/v1/subjects/{town.BUILDER}", "/api/v1/search?q=清河",
             f"/api/v1/subjects/{town.BUILDER}/records")  # fmt: skip

    for door in doors:
        said = visitor.get(f"{door}{'&' if '?' in door else '?'}{query}").content.decode()
        assert town.B.number not in said, door
        assert town.GONE.number not in said, door


def test_an_unchanged_page_is_not_sent_twice(visitor: Client) -> None:
    first = visitor.get(f"/s/{town.BUILDER}")
    again = visitor.get(f"/s/{town.BUILDER}", headers={"If-None-Match": first["ETag"]})

    assert (again.status_code, again.content) == (304, b"")
    # Asked after every time: a copy that lives a minute would show a repaired record for a minute.
    assert first["Cache-Control"] == "public, no-cache"


def test_language_and_edition_have_copies_of_their_own(visitor: Client) -> None:
    tags = {
        visitor.get(f"/about?{query}")["ETag"]
        for query in ("lang=en", "lang=zh-hans", "view=elder", "view=standard&lang=en")
    }

    assert len(tags) >= 3


def test_the_elder_edition_is_remembered_and_can_be_left(visitor: Client) -> None:
    visitor.get("/?view=elder")
    page = text_of(visitor, "/about")

    assert '<html lang="zh-Hans" class="elder">' in page
    assert "退出长者版" in page


def test_the_periods_of_repair_are_those_of_the_law_book(visitor: Client) -> None:
    page = text_of(visitor, "/about")
    terms = page.partition('data-testid="repair-terms"')[2].partition("</ul>")[0]
    deadlines = page.partition('data-testid="repair-deadlines"')[2].partition("</ul>")[0]

    for words in (
        "轻微",
        "履行完义务即可申请修复",
        "满 3 个月 后可申请修复",
        "满 1 年 后可申请修复",
        "term%2Fndrc-36%2Fgeneral",
    ):
        assert words.replace("%2F", "/") in terms or words in terms, words
    assert "3 个工作日内" in deadlines
    assert "最长 10 个工作日" in deadlines


def test_disclosure_is_filtered_by_the_address(visitor: Client) -> None:
    page = text_of(visitor, "/disclosure?authority=示例市生态环境局")

    assert town.B.number in page
    assert town.A.number not in page
    assert visitor.get("/disclosure?from=yesterday").status_code == 400
    assert "没有符合条件的公示信息" in text_of(visitor, "/disclosure?from=2026-11-01")


def test_lists_say_when_nobody_is_on_them(visitor: Client) -> None:
    assert "当前无列入主体" in text_of(visitor, "/lists")


def test_every_item_has_a_dictionary_and_a_schema(visitor: Client) -> None:
    for item in shipped_items():
        assert item.name in text_of(visitor, f"/catalog/{item.code}")
        assert visitor.get(f"/catalog/{item.code}/schema.json").json()["title"] == item.name


def test_a_template_can_be_taken_away(visitor: Client) -> None:
    answer = visitor.get("/catalog/penalty/template.xlsx")

    assert answer["Content-Type"].endswith("spreadsheetml.sheet")
    assert answer.content[:2] == b"PK"


def test_quality_is_counts_and_they_add_up(visitor: Client) -> None:
    page = text_of(visitor, "/quality")

    assert "示例市市场监督管理局" in page
    assert town.A.number not in page


def test_security_headers_stand_on_every_answer(visitor: Client) -> None:
    for address in ("/", "/nowhere", "/api/v1/catalogue"):
        answer = visitor.get(address)
        assert "default-src 'none'" in answer["Content-Security-Policy"]
        assert answer["X-Content-Type-Options"] == "nosniff"
        assert re.fullmatch(r"[0-9a-f]{12}", answer["X-Request-Id"])


def test_a_fault_names_its_number_and_keeps_the_frame(visitor: Client) -> None:
    answer = visitor.get("/nowhere")

    assert answer.status_code == 404
    assert f'<code data-testid="fault-number">{answer["X-Request-Id"]}</code>' in answer.content.decode()


def test_our_own_failure_names_its_number_and_not_its_cause(visitor: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("limu.publication.queries.quality_by_department", _broken)
    visitor.raise_request_exception = False
    answer = visitor.get("/quality")

    assert answer.status_code == 500
    assert "问题编号" in answer.content.decode()
    assert "division" not in answer.content.decode()


def test_a_page_and_all_it_needs_weigh_less_than_two_hundred_kilobytes(visitor: Client) -> None:
    static = ("/static/limu/limu.css", "/static/limu/vendor/bootstrap-5.3.9.min.css", "/static/limu/mark.svg")
    frame = sum(weight(visitor, address) for address in static)

    assert all(frame + weight(visitor, address) < 200_000 for address in PAGES)
    assert frame < 50_000


def weight(visitor: Client, address: str) -> int:
    answer = visitor.get(address, headers={"Accept-Encoding": "gzip, br"})
    assert (answer.status_code, answer["Content-Encoding"]) == (200, "gzip"), address
    return len(answer.content)


def test_a_pressed_answer_holds_the_same_and_is_asked_after_in_the_same_way(visitor: Client) -> None:
    plain = visitor.get(f"/s/{town.BUILDER}")
    pressed = visitor.get(f"/s/{town.BUILDER}", headers={"Accept-Encoding": "gzip"})
    again = visitor.get(f"/s/{town.BUILDER}", headers={"Accept-Encoding": "gzip", "If-None-Match": pressed["ETag"]})
    refusing = visitor.get(f"/s/{town.BUILDER}", headers={"Accept-Encoding": "gzip;q=0"})

    assert gzip.decompress(pressed.content) == plain.content == refusing.content
    assert pressed["ETag"] == f"W/{plain['ETag']}"
    assert "Accept-Encoding" in plain["Vary"]
    assert again.status_code == 304


def test_a_robot_is_asked_to_wait(visitor: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("django.conf.settings.LIMU_RATE_PER_MINUTE", 6)
    monkeypatch.setattr("django.conf.settings.LIMU_RATE_BURST", 5, raising=False)
    answers = [visitor.get("/about") for _ in range(6)]

    assert [answer.status_code for answer in answers] == [200] * 5 + [429]
    assert int(answers[-1]["Retry-After"]) >= 1
    assert "秒后再试" in answers[-1].content.decode()


def _broken(_connection: object) -> None:
    raise RuntimeError("division of labour")


def test_a_local_addition_is_public_with_difference_article_body_and_hash(visitor: Client, region: Database) -> None:
    empty = text_of(visitor, "/law/local")
    digest = town.add_law(region)

    page = text_of(visitor, "/law/local")

    assert "没有本地增补" in empty
    for words in (
        "异议当日标注",
        "《信用修复管理办法》",
        "示例市市场监督管理局",
        digest.hex(),
        "待两人核对",
        "等待排入日志",
    ):
        assert words in page, words
    with region.connect("sequencer", autocommit=True) as sequencer:
        head = sequence(sequencer)
    proved = text_of(visitor, "/law/local")
    for words in (f"第 {head.size - 1} 位", head.root.hex(), f"&quot;hash&quot;:&quot;{digest.hex()}&quot;"):
        assert words in proved, words
    assert "本地增补 1 项" in text_of(visitor, "/law")
