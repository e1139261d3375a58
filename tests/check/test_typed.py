"""The typed columns of a record: days, fen, kinds, keys, public and closed content; nothing of a person."""

import json
from datetime import date
from typing import Any, Final

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from limu.catalogue.queries import find_shipped_item
from limu.check.judge import apply_checks, typed_columns
from limu.check.kinds import KIND_LABELS, kinds_of, split_kinds
from limu.check.typed import RECORD_SCHEMA
from limu.record.item import Item

TODAY: Final = date(2026, 11, 24)
CODE: Final = "91310000132204400J"
IDENTITY: Final = "11010119900307002X"
ROW: Final[dict[str, Any]] = {
    "row_number": 2,
    "party_name": "桂北示范机械有限公司",
    "party_uscc": CODE,
    "document_number": "桂北市监罚字〔2026〕12号",
    "facts": "销售不合格产品",
    "legal_basis": "产品质量法",
    "kinds": "警告、罚款",
    "decision": "罚款",
    "fine_wan": "2.5",
    "decided_on": "2026年3月2日",
    "authority": "桂北示范区 市场监督管理局",
}


def item(code: str = "penalty") -> Item:
    found = find_shipped_item(code)
    assert found is not None
    return found


def typed(row: dict[str, Any], code: str = "penalty") -> dict[str, Any]:
    return typed_columns(pl.DataFrame([row]), item(code), today=TODAY).row(0, named=True)


def test_the_columns_come_typed_and_in_the_promised_order() -> None:
    frame = typed_columns(pl.DataFrame([ROW]), item(), today=TODAY)

    assert {name: frame.schema[name] for name in RECORD_SCHEMA} == RECORD_SCHEMA


def test_days_fen_and_kinds_are_parsed() -> None:
    record = typed(ROW)

    assert record["decided_on"] == date(2026, 3, 2)
    assert record["fine_fen"] == 2_500_000
    assert record["kinds"] == ["warning", "fine"]


def test_the_amount_in_yuan_counts_when_the_amount_in_wan_is_empty() -> None:
    assert typed({**ROW, "fine_wan": "", "fine_yuan": "300000"})["fine_fen"] == 30_000_000


def test_the_second_kind_of_the_template_of_2017_joins_the_first() -> None:
    old = typed({**ROW, "kinds": "没收违法所得、没收非法财物", "kinds_second": "责令停产停业"})

    assert old["kinds"] == ["confiscate_income", "confiscate_goods", "suspend_business"]


def test_the_old_scale_of_severity_is_not_mapped() -> None:
    assert typed({**ROW, "severity_2017": "3"})["severity"] is None
    assert typed({**ROW, "severity": "严重"})["severity"] == "serious"


def test_long_term_is_the_last_day_of_2099() -> None:
    assert typed({**ROW, "valid_until": "长期"})["valid_until"] == date(2099, 12, 31)


def test_the_natural_key_is_authority_and_document_number_without_blanks() -> None:
    assert typed(ROW)["natural_key"] == "桂北示范区市场监督管理局\x1f桂北市监罚字〔2026〕12号"


def test_without_a_document_number_a_penalty_has_no_natural_key() -> None:
    assert typed({**ROW, "document_number": ""})["natural_key"] is None
    assert typed({**ROW, "document_number": "无"})["natural_key"] is None


def test_public_content_holds_no_personal_number() -> None:
    record = typed({**ROW, "facts": f"身份证{IDENTITY}，电话13800138000", "document_number": "E12345678"})

    content = json.loads(record["content"])
    assert IDENTITY not in record["content"]
    assert "13800138000" not in record["content"]
    assert content["facts"].count("〔个人号码已隐去〕") == 2
    assert "E12345678" not in str(record)


@pytest.mark.parametrize("parted", ["138\u200b0013\u200b8000", "138 0013 8000", "１３８００１３８０００"])
def test_a_number_is_taken_out_however_its_digits_are_parted(parted: str) -> None:
    record = typed({**ROW, "facts": f"电话{parted}", "legal_representative": f"李小明{parted}"})

    assert json.loads(record["content"])["facts"] == "电话〔个人号码已隐去〕"
    assert json.loads(record["closed"])["legal_representative"] == "李小明〔个人号码已隐去〕"


def test_numbers_of_persons_are_not_kept_and_names_stay_closed() -> None:
    record = typed(
        {**ROW, "legal_representative": "李小明", "legal_representative_id": IDENTITY, "person_id": IDENTITY}
    )

    assert json.loads(record["closed"]) == {"legal_representative": "李小明"}
    assert "李小明" not in record["content"]
    assert IDENTITY not in str(record)


def test_a_form_and_a_file_with_more_columns_say_the_same() -> None:
    assert typed(ROW)["content"] == typed({**ROW, "region": "", "licence": None})["content"]


@pytest.mark.parametrize(
    "change",
    [
        {"party_name": "李小明", "party_uscc": ""},
        {"party_name": "李小明", "party_uscc": IDENTITY},
        {"party_name": "桂北老王餐馆", "party_uscc": IDENTITY},
        {"party_name": "桂北老王餐馆", "party_uscc": "", "party_tax_number": IDENTITY + "01"},
        {"party_kind": "自然人"},
        {"party_name": "阿不都热合曼·买买提", "party_uscc": ""},
        {"party_name": "某某", "party_uscc": ""},
        {"party_name": "李小明", "party_uscc": "110101900307002"},
    ],
)
def test_a_row_about_a_person_leaves_only_the_code_person(change: dict[str, str]) -> None:
    result = apply_checks(pl.DataFrame([{**ROW, **change}]), item(), today=TODAY)

    record = result.frame.row(0, named=True)
    assert result.findings.get_column("code").to_list() == ["person"]
    assert record["refused"] is True
    assert record["is_person"] is True
    assert all(record[name] is None for name in RECORD_SCHEMA)
    told = str(result.findings.rows())
    assert all(value not in told for value in change.values() if value not in {"", "自然人"})


def test_an_organisation_beside_a_person_in_the_file_keeps_its_columns() -> None:
    rows = [ROW, {**ROW, "row_number": 3, "party_name": "李小明", "party_uscc": ""}]

    result = apply_checks(pl.DataFrame(rows), item(), today=TODAY)

    assert result.frame.get_column("party_name").to_list() == ["桂北示范机械有限公司", None]
    assert result.frame.get_column("refused").to_list() == [False, True]


def test_an_organisation_without_a_code_is_taken_in_by_its_name() -> None:
    result = apply_checks(pl.DataFrame([{**ROW, "party_uscc": ""}]), item(), today=TODAY)

    assert result.refused_count == 0


def test_an_old_tax_number_in_the_place_of_the_code_is_used_as_what_it_is() -> None:
    record = typed({**ROW, "party_uscc": "360206550875725", "evaluation_year": "2018"}, "tax_grade_a")

    assert record["party_uscc"] is None
    assert record["party_tax_number"] == "360206550875725"


def test_a_company_s_old_tax_number_that_could_be_a_person_s_is_dropped_and_the_row_stays() -> None:
    row = {**ROW, "party_uscc": "360202730122001", "evaluation_year": "2018"}

    result = apply_checks(pl.DataFrame([row]), item("tax_grade_a"), today=TODAY)

    assert result.refused_count == 0
    assert "P-108" in result.findings.get_column("code").to_list()
    assert "360202730122001" not in str(result.frame.rows())


def test_blanks_and_small_letters_in_a_code_are_cleaned() -> None:
    record = typed({**ROW, "party_uscc": " 9131 0000 1322 04400j\u2002"})

    assert record["party_uscc"] == CODE


WRITTEN = st.tuples(st.text(st.characters(exclude_categories=["Cs"]), max_size=60), st.text(max_size=30))


@given(st.lists(WRITTEN, min_size=5, max_size=15))
@settings(max_examples=25, deadline=None)
def test_content_is_always_json_and_says_what_was_submitted(written: list[tuple[str, str]]) -> None:
    rows = [{**ROW, "facts": "甲" + facts, "decision": decision} for facts, decision in written]

    contents = [json.loads(text) for text in typed_columns(pl.DataFrame(rows), item(), today=TODAY)["content"]]

    assert len(contents) == len(written)
    assert {content["facts"][0] for content in contents} == {"甲"}
    assert not [content for content in contents if None in content.values()]


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("警告;罚款", ("warning", "fine")),
        ("警告、罚款、责令改正", ("warning", "fine", "other")),
        ("没收违法所得、没收非法财物", ("confiscate_income", "confiscate_goods")),
        ("暂扣或者吊销许可证、暂扣或者吊销执照", ("suspend_licence",)),
        ("其他-取消备案", ("other",)),
        ("罚款并处没收违法所得", ("fine", "confiscate_income")),
        ("行政拘留", ("detention",)),
    ],
)
def test_kinds_are_read_from_the_words_departments_write(text: str, kinds: tuple[str, ...]) -> None:
    assert kinds_of(text) == kinds


def test_an_unknown_word_is_told_apart() -> None:
    assert split_kinds("罚款；罚钱") == (("fine",), ("罚钱",))


@given(st.lists(st.sampled_from(sorted(KIND_LABELS)), min_size=1, unique=True), st.sampled_from("；;、，, /"))
def test_labels_joined_by_any_separator_are_read_back(kinds: list[str], separator: str) -> None:
    assert kinds_of(separator.join(KIND_LABELS[kind] for kind in kinds)) == tuple(kinds)
