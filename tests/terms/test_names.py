"""Names: the normal form, the parts, persons, pinyin, and party cells as real notices write them."""

import csv
import os
import time
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from limu.terms.names import (
    NameParts,
    is_organisation_name,
    looks_like_person,
    masked_person_name,
    normalise_name,
    normalise_series,
    normalised_names,
    organisation_names,
    person_names,
    split_name,
)
from limu.terms.parties import Party, split_parties
from limu.terms.pinyin import pinyin_of, pinyin_series

SAMPLES = Path(os.environ.get("LIMU_SAMPLES", Path(__file__).parents[3] / "shared" / "data"))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("威仕塑胶制品（江西）有限公司", "威仕塑胶制品(江西)有限公司"),
        ("杭州雲棲物業服務有限責任公司", "杭州云栖物业服务有限公司"),
        ("示例市清河建材（集团）有限责任公司", " 示例市清河建材 [集团] 有限公司"),
        ("ABC（上海）贸易有限公司", "ａｂｃ(上海)贸易有限公司"),
        ("阿里木江•买买提饭店", "阿里木江·买买提饭店"),
    ],
)
def test_spellings_of_one_name_meet(one: str, other: str) -> None:
    assert normalise_name(one) == normalise_name(other)


def test_a_share_company_stays_another_form() -> None:
    assert normalise_name("清河股份有限公司") == "清河股份有限公司"
    assert normalise_name("清河有限公司") != normalise_name("清河股份有限公司")


@given(st.text(max_size=30))
def test_the_normal_form_is_a_fixed_point_for_columns_too(text: str) -> None:
    series = pl.Series("name", [text, None, text])
    assert normalise_series(series).to_list() == [normalise_name(text), None, normalise_name(text)]
    answer = series.to_frame().select(normalised_names(pl.col("name"))).to_series()
    assert answer.to_list() == normalise_series(series).to_list()


@pytest.mark.parametrize(
    ("name", "parts"),
    [
        ("示例市清河建材有限公司", NameParts("示例市", "清河", "建材", "有限公司", "")),
        (
            "浙江省杭州市西湖区云栖物业服务有限责任公司",
            NameParts("浙江省杭州市西湖区", "云栖", "物业服务", "有限公司", ""),
        ),
        (
            "中国人民财产保险股份有限公司北京市分公司",
            NameParts("中国", "人民", "财产保险", "股份有限公司", "北京市分公司"),
        ),
        (
            "瑞众人寿保险有限责任公司青岛分公司即墨支公司",
            NameParts("", "瑞众", "人寿保险", "有限公司", "青岛分公司即墨支公司"),
        ),
        ("上海德勤会计师事务所（普通合伙）", NameParts("上海", "德勤", "", "会计师事务所(普通合伙)", "")),
        ("", NameParts("", "", "", "", "")),
    ],
)
def test_parts_of_a_name(name: str, parts: NameParts) -> None:
    assert split_name(name) == parts


@given(
    st.sampled_from(
        ["示例市清河建材有限公司", "平安银行海口分行", "老王小吃店", "中国邮政储蓄银行股份有限公司陕西省分行"]
    ),
    st.text(max_size=5),
)
def test_the_parts_make_up_the_name(name: str, more: str) -> None:
    parts = split_name(name + more)
    joined = parts.region + parts.trade_name + parts.trade + parts.form + parts.branch
    assert joined == normalise_name(name + more)


@pytest.mark.parametrize(
    ("name", "masked"), [("张小三", "张*三"), ("李四", "李*"), ("欧阳小锋", "欧**锋"), ("王", "*"), ("", "")]
)
def test_persons_are_masked(name: str, masked: str) -> None:
    assert masked_person_name(name) == masked


@pytest.mark.parametrize("name", ["张小三", "李四", "欧阳锋", "司马相如", "阿里木江·买买提", "王 芳", "諸葛亮"])
def test_persons_are_recognised(name: str) -> None:
    assert looks_like_person(name)
    assert not is_organisation_name(name)


@pytest.mark.parametrize(
    "name", ["建设银行", "老王小吃店", "示例市清河建材有限公司", "黄山市", "王家村民委员会", "张记面馆"]
)
def test_organisations_are_no_persons(name: str) -> None:
    assert not looks_like_person(name)


@pytest.mark.parametrize(
    ("name", "full", "initials"),
    [
        ("清河建材", "qinghejiancai", "qhjc"),
        ("重庆银行厦门分行", "chongqingyinhangxiamenfenhang", "cqyhxmfh"),
        ("六安长沙", "luanchangsha", "lacs"),
        ("佛山丽水模具", "foshanlishuimuju", "fslsmj"),
        ("ABC（集团）9", "abcjituan9", "abcjt9"),
        ("", "", ""),
    ],
)
def test_a_name_is_read_in_full_and_by_initials(name: str, full: str, initials: str) -> None:
    assert pinyin_of(name) == (full, initials)
    assert pinyin_series(pl.Series([name])).rows() == [(full, initials)]


def test_pinyin_of_a_column_keeps_its_order_and_nulls() -> None:
    answer = pinyin_series(pl.Series(["清河", None, "云栖", "清河"]))
    assert answer.rows() == [("qinghe", "qh"), (None, None), ("yunqi", "yq"), ("qinghe", "qh")]
    assert pinyin_series(pl.Series([], dtype=pl.String)).columns == ["full", "initials"]


everyday = st.text(
    alphabet="清河建材有限責任公司張三銀行·•（）()〔〕【】“”、。,'ＡＢａｂAB12 　\xa0\t\n\x1c臺灣後里乾坤著名髮廊店",
    max_size=12,
)


@given(
    st.lists(
        st.one_of(
            st.none(), everyday, st.text(max_size=6), st.sampled_from(["张小三", "老王小吃店", "阿里木江·买买提"])
        )
    )
)
def test_columns_of_names_say_what_values_say(names: list[str | None]) -> None:
    frame = pl.DataFrame({"name": pl.Series(names, dtype=pl.String)})
    column = pl.col("name")
    answers = frame.select(
        normal=normalised_names(column), organisation=organisation_names(column), person=person_names(column)
    )
    assert answers["normal"].to_list() == [None if name is None else normalise_name(name) for name in names]
    assert answers["organisation"].to_list() == [name is not None and is_organisation_name(name) for name in names]
    assert answers["person"].to_list() == [name is not None and looks_like_person(name) for name in names]


@settings(max_examples=20)
@given(
    st.lists(
        st.one_of(everyday, st.text(alphabet="重庆银行分长沙厦门大六安佛山模具清河Aa1（·㐀龥〇", max_size=8)),
        min_size=1,
        max_size=20,
    )
)
def test_long_columns_are_read_like_short_ones(names: list[str]) -> None:
    column = pl.Series("name", [*names, None] * (5_000 // len(names) + 1))
    answer = pinyin_series(column)
    assert answer.rows()[: len(names) + 1] == [*(pinyin_of(name) for name in names), (None, None)]
    assert answer.height == len(column)


PARTIES = {
    "泉州银行股份有限公司宁德分行及相关责任人": (["泉州银行股份有限公司宁德分行"], True, ()),
    "中国人民财产保险股份有限公司北京市分公司": (["中国人民财产保险股份有限公司北京市分公司"], False, ()),
    "中国人民财产保险股份有限公司和田地区分公司": (["中国人民财产保险股份有限公司和田地区分公司"], False, ()),
    "安华农业保险股份有限公司延边中心支公司和龙营销服务部及相关责任人": (
        ["安华农业保险股份有限公司延边中心支公司和龙营销服务部"],
        True,
        (),
    ),
    "和谐健康保险股份有限公司深圳分公司": (["和谐健康保险股份有限公司深圳分公司"], False, ()),
    "中国邮政储蓄银行股份有限公司陕西省分行、西安市分行": (
        ["中国邮政储蓄银行股份有限公司陕西省分行", "中国邮政储蓄银行股份有限公司西安市分行"],
        False,
        ("expanded",),
    ),
    "江西安义农村商业银行股份有限公司、鼎湖支行": (
        ["江西安义农村商业银行股份有限公司", "江西安义农村商业银行股份有限公司鼎湖支行"],
        False,
        ("expanded",),
    ),
    "人民人寿白山市分公司及人民人寿临江支公司": (["人民人寿白山市分公司", "人民人寿临江支公司"], False, ()),
    "甲太保险有限公司吉林省分公司及相关责任人、甲太保险有限公司长春支公司及相关责任人": (
        ["甲太保险有限公司吉林省分公司", "甲太保险有限公司长春支公司"],
        True,
        (),
    ),
    "示例市清河建材有限公司和示例市云栖物业服务有限公司": (
        ["示例市清河建材有限公司", "示例市云栖物业服务有限公司"],
        False,
        (),
    ),
    "示例市清河建材有限公司；张小三": (["示例市清河建材有限公司"], True, ()),
    "中国银行股份有限公司广州分行等13家分支机构及相关责任人员": (
        ["中国银行股份有限公司广州分行"],
        True,
        ("unnamed_branches",),
    ),
    "中国农业银行股份有限公司广东省分行及相关分支机构": (
        ["中国农业银行股份有限公司广东省分行"],
        False,
        ("unnamed_branches",),
    ),
    "交通银行股份有限公司云南省分行相关责任人": ([], True, ("persons_of",)),
    "原示例咸阳秦都农村商业银行股份有限公司": (["示例咸阳秦都农村商业银行股份有限公司"], False, ("former_only",)),
    "张小三": ([], True, ()),
    "张小三、李四": ([], True, ()),
    "兴业银行股份有限公司贵阳观山湖（生态、产业）支行": (
        ["兴业银行股份有限公司贵阳观山湖（生态、产业）支行"],
        False,
        (),
    ),
    "示例省农、林、牧有限公司": (["示例省农、林、牧有限公司"], False, ()),
    "甲乙、丙丁、某某某某": ([], True, ("unrecognised",)),
    "甲清河有限公司（集团和投资）和乙清河有限公司": (["甲清河有限公司（集团和投资）", "乙清河有限公司"], False, ()),
    "甲清河有限公司（简称甲）": (["甲清河有限公司"], False, ()),
    "甲清河有限公司、及相关责任人、乙清河有限公司": (["甲清河有限公司", "乙清河有限公司"], True, ()),
    "示例市老王饭店、城东营业部": (["示例市老王饭店", "城东营业部"], False, ()),
    "": ([], False, ()),
}


@pytest.mark.parametrize(("cell", "expected"), PARTIES.items())
def test_party_cells(cell: str, expected: tuple[list[str], bool, tuple[str, ...]]) -> None:
    answer = split_parties(cell)
    assert ([party.name for party in answer.organisations], answer.had_persons, answer.notes) == expected


@pytest.mark.parametrize(
    "unit", ["支行", "乙支公司", "甲省乙市", "相关", "（原", "、", "甲乙丙丁有限公司和", "及张三", "等3家"]
)
def test_hostile_cells_take_no_time(unit: str) -> None:
    text = "甲清河有限公司" + unit * 500 + "x"
    begin = time.process_time()
    split_parties(text)
    split_name(text)
    assert time.process_time() - begin < 5


def test_a_cell_too_long_for_parties_counts_as_a_person() -> None:
    answer = split_parties("甲清河有限公司、" * 1_000)
    assert (answer.organisations, answer.had_persons, answer.notes) == ((), True, ("unrecognised",))


@pytest.mark.parametrize(
    ("cell", "party"),
    [
        (
            "原甲华融资产管理股份有限公司陕西省分公司（现甲中信金融资产管理股份有限公司陕西省分公司）",
            Party("甲中信金融资产管理股份有限公司陕西省分公司", ("甲华融资产管理股份有限公司陕西省分公司",)),
        ),
        (
            "铁岭乾元保险代理有限公司（原锦州聚鑫保险代理有限公司）",
            Party("铁岭乾元保险代理有限公司", ("锦州聚鑫保险代理有限公司",)),
        ),
        (
            "天津滨海银行股份有限公司红桥北洋支行(原红桥支行)",
            Party("天津滨海银行股份有限公司红桥北洋支行", ("天津滨海银行股份有限公司红桥支行",)),
        ),
    ],
)
def test_former_names_in_a_cell(cell: str, party: Party) -> None:
    assert split_parties(cell).organisations == (party,)


def test_the_real_cells_hold_organisations_or_say_that_only_persons_are_party() -> None:
    path = SAMPLES / "nfra-penalties-2024-2026" / "penalties.csv"
    if not path.exists():
        pytest.skip("the penalties of the financial regulator are not here (LIMU_SAMPLES)")
    with path.open(encoding="utf-8") as lines:
        cells = [row["当事人名称"] for row in csv.DictReader(lines)]
    answers = [split_parties(cell) for cell in cells]
    empty = [answer for answer in answers if not answer.organisations]
    assert len(empty) < 20
    assert all(answer.notes == ("persons_of",) for answer in empty)
    assert sum(len(answer.organisations) > 1 for answer in answers) >= 38
    assert not any("责任人" in party.name for answer in answers for party in answer.organisations)


def test_the_real_bracket_variants_meet() -> None:
    path = SAMPLES / "name-variants-jiangxi" / "pairs.csv"
    if not path.exists():
        pytest.skip("the name pairs are not here (LIMU_SAMPLES)")
    with path.open(encoding="utf-8") as lines:
        rows = [row for row in csv.DictReader(lines) if row["差异类型(自动判定)"] == "括号全半角"]
    assert len(rows) == 15
    assert all(normalise_name(row["名称甲"]) == normalise_name(row["名称乙"]) for row in rows)


@pytest.mark.parametrize(
    "name",
    [
        "TIENDAS COMERCIAL MEXICANA S.A D",
        "Comercial Mexicana S.A. de C.V.",
        "Acme Ltd",
        "Siemens GmbH",
        "Acme, Inc.",
        "X LLC",
    ],
)
def test_a_company_s_form_abroad_makes_an_organisation(name: str) -> None:
    assert is_organisation_name(name)
    assert organisation_names_of(name)


@pytest.mark.parametrize("name", ["John Smith", "Maria Sa", "Vinc", "Marco", "Rosa"])
def test_a_latin_name_without_a_form_is_none(name: str) -> None:
    assert not is_organisation_name(name)
    assert not organisation_names_of(name)


def organisation_names_of(name: str) -> bool:
    """The column form's answer for one name."""
    return bool(pl.DataFrame({"name": [name]}).select(organisation_names(pl.col("name"))).item())
