"""The public search: what is found, in which order, why, and what is never found."""

import csv
import time
from pathlib import Path

import polars as pl
import pytest

from limu.subject import queries
from limu.subject.actions import load_frame
from limu.subject.rules_grams import fold, initials_pair, pair, pairs_of, read_gram, single
from limu.subject.rules_pinyin import initials_read, split_pinyin
from limu.subject.rules_search import asked_names, asked_person
from limu.terms.uscc import check_character
from limu.wire.database import Connection, Database

SEVEN = {
    "91990100MA0000001G": "示例市清河建材有限公司", "91990100MA0000002K": "示例市清河建材（集团）有限公司",
    "91990100MA0000003N": "示例市云栖物业服务有限公司", "12990100MB00000041": "示例市第一事业单位",
    "52990100MJ0000005E": "示例市示例社会组织", "N2990100MF0000006R": "示例市示例村股份经济合作社",
    "92990100MA00000070": "示例市老王小吃店",
}  # fmt: skip


def codes(count: int) -> list[str]:
    bodies = [f"91990100MA{number:07d}"[:17] for number in range(5_000_000, 5_000_000 + count)]
    return [body + check_character(body) for body in bodies]


def take_in(connection: Connection, names: dict[str, str], **columns: list[str | None]) -> None:
    frame = pl.DataFrame({"code": list(names), "name": list(names.values()), **columns})
    loaded = load_frame(connection, frame, source="测试")
    assert loaded.refused == 0


def found(connection: Connection, text: str, *, limit: int = 20) -> list[tuple[str, str]]:
    return [(hit.name, hit.reason) for hit in queries.search(connection, text, limit=limit).hits]


@pytest.fixture
def seven(connection: Connection) -> Connection:
    take_in(connection, SEVEN)
    return connection


def test_brackets_of_any_width_find_the_group_alone(seven: Connection) -> None:
    result = queries.search(seven, "清河建材(集团)")
    assert result.total == 1
    assert result.hits[0].name == "示例市清河建材（集团）有限公司"


@pytest.mark.parametrize("text", [" 91990100ma0000001g ", "91990100 MA00 00001G", "９１９９０１００MA0000001G"])
def test_a_code_in_any_writing_leads_to_its_subject(seven: Connection, text: str) -> None:
    result = queries.search(seven, text)
    assert result.exact_uscc == "91990100MA0000001G"
    assert result.hits[0].name == "示例市清河建材有限公司"


def test_a_code_with_a_letter_prefix_is_known(seven: Connection) -> None:
    assert queries.search(seven, "N2990100MF0000006R").hits[0].name == "示例市示例村股份经济合作社"


@pytest.mark.parametrize(
    ("text", "reason"),
    [("qhjc", "拼音首字母匹配"), ("qinghejiancai", "拼音匹配"), ("QHJC", "拼音首字母匹配"), ("qinghe", "拼音匹配")],
)
def test_pinyin_finds_both(seven: Connection, text: str, reason: str) -> None:
    result = queries.search(seven, text)
    assert result.total == 2
    assert {hit.reason for hit in result.hits} == {reason}


def test_two_characters_are_answered_with_total_and_order(seven: Connection) -> None:
    result = queries.search(seven, "清河")
    assert result.total == 2
    assert [hit.name for hit in result.hits] == ["示例市清河建材有限公司", "示例市清河建材（集团）有限公司"]


def test_traditional_characters_and_one_character(seven: Connection) -> None:
    assert queries.search(seven, "雲棲物業").total == 1
    assert queries.search(seven, "栖").total == 1
    assert queries.search(seven, "示").total == 7


def test_nothing_found_says_nothing(seven: Connection) -> None:
    result = queries.search(seven, "没有这家公司")
    assert (result.total, result.hits, result.refused_person) == (0, (), False)


def test_a_natural_person_is_not_searched_for(seven: Connection) -> None:
    result = queries.search(seven, "王小明")
    assert (result.total, result.hits, result.refused_person) == (0, (), True)


@pytest.mark.parametrize(
    "text",
    [
        "李某某的处罚", "李小明被处罚", "李 小 明 的 記錄", "欧阳晓燕受到行政处罚了吗？", "李四的信用记录",
        "李建国行政处罚决定书", "张晓燕失信被执行人", "李某是不是老赖", "买买提·吐尔逊的处罚",
    ],
)  # fmt: skip
def test_what_is_asked_of_a_natural_person_is_not_searched_for(seven: Connection, text: str) -> None:
    result = queries.search(seven, text)
    assert (result.total, result.hits, result.refused_person) == (0, (), True)


def test_what_is_asked_of_a_trade_name_finds_those_that_carry_it(seven: Connection) -> None:
    assert queries.search(seven, "清河的处罚").refused_person is False
    assert queries.search(seven, "云栖的处罚").hits == queries.search(seven, "云栖").hits


@pytest.mark.parametrize(
    "text", ["税收违法", "金诚信用", "华为信息", "清河建材公司的处罚", "行政处罚", "的处罚", "时光的店", "王小明信用"]
)
def test_what_names_no_person_is_not_refused_as_one(seven: Connection, text: str) -> None:
    assert queries.search(seven, text).refused_person is False


@pytest.mark.parametrize(
    "words",
    [
        "的处罚", "的行政处罚", "的 许可", "有没有被列入失信名单？", "处罚记录", "行政许可", "信用", "失信", "信息公示",
        "違法",
    ],
)  # fmt: skip
def test_what_is_asked_of_a_body_is_left_away_where_the_whole_finds_nothing_and_that_is_said(
    seven: Connection, words: str
) -> None:
    result = queries.search(seven, f"清河建材{words}")

    assert result.hits == queries.search(seven, "清河建材").hits != ()
    assert (result.total, result.answered_as) == (2, "清河建材")


def test_of_two_readings_the_one_that_leaves_less_away_comes_first(connection: Connection) -> None:
    take_in(connection, dict(zip(codes(2), ("示例市长风信用有限公司", "示例市长风茶社"), strict=True)))

    assert queries.search(connection, "长风信用的处罚").answered_as == "长风信用"
    assert queries.search(connection, "市长风茶社信用的处罚").answered_as == "市长风茶社"


@pytest.mark.parametrize("text", ["长风信用", "长风的许可", "示例市长风信用有限公司", "示例市长凤信用有限公司"])
def test_no_word_is_left_away_where_the_whole_finds_something(connection: Connection, text: str) -> None:
    names = ("示例市长风信用有限公司", "示例市长风的许可服务社", "示例市长风茶社")
    take_in(connection, dict(zip(codes(3), names, strict=True)))

    result = queries.search(connection, text)

    assert (result.total, result.answered_as) == (1, None)


def test_a_body_is_asked_of_by_its_code_and_by_its_letters_too(seven: Connection) -> None:
    assert queries.search(seven, "91990100ma0000001g的处罚").exact_uscc == "91990100MA0000001G"
    assert queries.search(seven, "qhjc的处罚").answered_as == "qhjc"


@pytest.mark.parametrize(
    "name", ["王小明", "李某某", "欧阳晓燕", "买买提·吐尔逊", "110101199003070011", "13800138000", "王小明13800138000"]
)
@pytest.mark.parametrize("words", ["的处罚", "的许可", "被列入失信名单", "处罚记录", "行政许可", "信用", "信息公示"])
def test_no_word_beside_it_lets_a_person_be_found_within_the_name_of_a_body(
    connection: Connection, name: str, words: str
) -> None:
    take_in(connection, {"91990100MA0000001G": f"示例市阿{name}建材有限公司"})

    result = queries.search(connection, f"{name}{words}")

    assert queries.search(connection, name).hits == result.hits == ()
    assert result.answered_as is None


@pytest.mark.parametrize("text", ["行政处罚", "的处罚", "行政处罚的记录", "信用信息公示", "失信被执行人名单", "许可"])
def test_words_that_are_asked_of_nobody_are_no_name(connection: Connection, text: str) -> None:
    take_in(connection, dict(zip(codes(2), ("示例市行政服务社", "示例市信息服务社"), strict=True)))

    assert queries.search(connection, text).answered_as is None


def test_no_registered_name_and_no_beginning_of_one_is_read_as_asking_of_a_person(samples: Path) -> None:
    with (samples / "registry-sample-cn-2019/registry.csv").open(encoding="utf-8-sig", newline="") as file:
        names = {row["企业名称"] for row in csv.DictReader(file)}

    assert len(names) > 10_000
    assert [one for name in names for one in (name[:at] for at in range(2, len(name) + 1)) if asked_person(one)] == []


def test_a_long_question_is_read_at_once() -> None:
    began = time.perf_counter()
    assert asked_person("张三的" + "行政处罚决定书" * 13 + "甲") == ""
    assert asked_names("建设银行" + "行政处罚决定书" * 13 + "甲") == ()
    assert time.perf_counter() - began < 0.5


@pytest.mark.parametrize("number", ["110101199003070011", "1101 0119 9003 0700 11", "13800138000", "110101900307001"])
def test_the_number_of_a_person_is_not_searched_for(seven: Connection, number: str) -> None:
    result = queries.search(seven, number)
    assert (result.total, result.hits, result.refused_person) == (0, (), True)


def test_former_names_are_found_and_said_to_be_former(connection: Connection) -> None:
    take_in(connection, {"91990100MA0000001G": "示例市清河建材有限公司"}, former=["示例市老河石料厂"])
    assert found(connection, "老河石料") == [("示例市清河建材有限公司", "曾用名匹配")]
    assert found(connection, "石料") == [("示例市清河建材有限公司", "曾用名匹配")]


def test_the_order_of_reasons(connection: Connection) -> None:
    names = dict(zip(codes(4), ("乙地红星商行有限公司", "红星商行有限公司", "红星商行", "丙地旧名厂"), strict=True))
    take_in(connection, names, former=[None, None, None, "红星商行"])
    assert found(connection, "红星商行") == [
        ("红星商行", "名称一致"), ("丙地旧名厂", "曾用名匹配"), ("红星商行有限公司", "名称开头一致"),
        ("乙地红星商行有限公司", "名称包含"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    "slip",
    [
        "示例市云溪物业服务有限公司",
        "示例市云物业服务有限公司",
        "示例市云云栖物业服务有限公司",
        "示例市栖云物业服务有限公司",
    ],
)
def test_one_slip_in_a_whole_name_is_forgiven(seven: Connection, slip: str) -> None:
    assert found(seven, slip) == [("示例市云栖物业服务有限公司", "名称相近")]


def test_an_old_number_is_found_by_itself(connection: Connection) -> None:
    take_in(connection, {"91990100MA0000001G": "示例市清河建材有限公司"}, registration=["990100100000017"])
    assert found(connection, "990100100000017") == [("示例市清河建材有限公司", "注册号一致")]


def test_sole_traders_without_a_trade_name_are_found_by_code_alone(connection: Connection) -> None:
    take_in(connection, {"92990100MA00000070": "张伟"})
    assert queries.search(connection, "张伟").total == 0
    assert queries.search(connection, "个体工商户").total == 0
    subject = queries.find_subject(connection, "92990100MA00000070")
    assert subject is not None
    assert "张伟" not in repr(subject)


def test_a_subject_without_a_code_is_not_public(connection: Connection) -> None:
    take_in(connection, {"91990100MA0000001A": "示例市坏码有限公司"})
    assert queries.search(connection, "坏码").total == 0
    assert queries.search(connection, "示例市坏码有限公司").total == 0


def test_everything_is_read_as_the_web_role(own_database: Database) -> None:
    with own_database.connect("app") as writer:
        take_in(writer, SEVEN)
        writer.commit()
    with own_database.connect("web") as reader:
        assert queries.search(reader, "qhjc").total == 2
        assert queries.search(reader, "清河建材").total == 2
        assert queries.search(reader, "示例市云溪物业服务有限公司").total == 1
        assert queries.find_subject(reader, "91990100MA0000001G") is not None


def brute(connection: Connection) -> dict[int, tuple[int, list[str]]]:
    """What the table of grams must hold, computed from the names one by one."""
    ranks: dict[int, dict[str, int]] = {}
    for row in connection.execute("SELECT subject::text, name_normal, is_current, initials FROM limu.search_name"):
        name, initials = row["name_normal"], row["initials"]
        for text, size in ((name, 1), (name, 2), (initials, 2)):
            for at in range(len(text) - size + 1):
                part = text[at : at + size]
                gram = single(part) if size == 1 else pair(part) if text is name else initials_pair(part)
                match = 0 if part == text else 1 if at == 0 else 2
                kind = (0 if match == 0 else match + 1) if row["is_current"] else (1 if match == 0 else 4)
                rank = kind * 100 + len(name)
                subjects = ranks.setdefault(gram, {})
                subjects[row["subject"]] = min(rank, subjects.get(row["subject"], 999))
    return {
        gram: (len(subjects), sorted(f"{rank:04d}{subject}" for subject, rank in subjects.items())[:20])
        for gram, subjects in ranks.items()
    }


def kept(connection: Connection, grams: dict[int, tuple[int, list[str]]]) -> dict[int, tuple[int, list[str]]]:
    rows = connection.execute("SELECT gram, total, best FROM limu.search_gram WHERE total > 0")
    return {row["gram"]: (row["total"], row["best"]) for row in rows if row["gram"] >> 44 < 3}


def test_grams_stay_exact_through_additions_and_renames(connection: Connection) -> None:
    endings = ("建材有限公司", "物业服务有限公司", "贸易商行", "小吃店")
    many = codes(60)
    take_in(
        connection,
        {code: f"示例市{chr(0x4E10 + at)}{chr(0x5F00 + at % 7)}{endings[at % 4]}" for at, code in enumerate(many)},
    )
    assert kept(connection, {}) == brute(connection)
    renamed = {code: f"新名{chr(0x6A00 + at)}{endings[at % 3]}" for at, code in enumerate(many[::3])}
    take_in(connection, renamed | {"91990100MA0000001G": "示例市清河建材有限公司"})
    assert kept(connection, {}) == brute(connection)
    take_in(connection, {code: f"示例市{chr(0x4E10 + at)}回头有限公司" for at, code in enumerate(many[:20])})
    assert kept(connection, {}) == brute(connection)


def test_grams_are_read_back() -> None:
    assert read_gram(pair("清河")) == ("清河", False)
    assert read_gram(initials_pair("qh")) == ("qh", True)
    assert read_gram(single("清")) == ("清", False)
    assert len({fold(gram) for gram in pairs_of("示例市清河建材有限公司")}) == 10


def test_letters_are_read_as_syllables() -> None:
    assert ("xi", "an") in split_pinyin("xian")
    assert initials_read("qinghe")[0] == "qh"
    assert split_pinyin("qhjc") == ()
