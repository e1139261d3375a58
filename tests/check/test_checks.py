"""Every check: a valid row passes, its spoiled copy fails with that check's code, in the house form."""

import tomllib
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Final

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from limu.catalogue.queries import find_shipped_item, shipped_items
from limu.check.finding import findings_of
from limu.check.judge import CHECKS, CheckResult, apply_checks
from limu.record.item import Item
from limu.terms.uscc import check_character, organisation_check_character

TODAY: Final = date(2026, 11, 24)
CODE: Final = "91310000132204400J"
TRADER: Final = "92450200MA00000073"

ROWS: Final[dict[str, dict[str, str]]] = {
    "penalty": {
        "party_name": "桂北示范机械有限公司",
        "party_uscc": CODE,
        "document_number": "桂北市监罚字〔2026〕12号",
        "facts": "销售不合格产品，货值 1.2 万元",
        "legal_basis": "《中华人民共和国产品质量法》第五十条",
        "kinds": "罚款;没收违法所得",
        "decision": "没收违法所得 0.3 万元，并处罚款 2 万元",
        "fine_wan": "2.000000",
        "decided_on": "2026/03/02",
        "valid_until": "2099/12/31",
        "authority": "桂北示范区市场监督管理局",
    },
    "penalty_summary": {
        "party_name": "桂北示范机械有限公司",
        "party_uscc": CODE,
        "document_number": "桂北当罚字〔2026〕3号",
        "legal_basis": "《中华人民共和国价格法》第四十二条",
        "kinds": "罚款",
        "fine_wan": "0.1",
        "decided_on": "2026/03/02",
        "authority": "桂北示范区市场监督管理局",
    },
    "permit": {
        "party_name": "桂北示范机械有限公司",
        "party_uscc": CODE,
        "permit_number": "SC00199010000018",
        "permit_class": "普通",
        "content": "糕点生产",
        "decided_on": "2026-03-02",
        "valid_from": "2026-03-02",
        "valid_until": "2031-03-01",
        "authority": "桂北示范区市场监督管理局",
    },
    "tax_grade_a": {
        "party_name": "桂北示范机械有限公司",
        "party_uscc": CODE,
        "evaluation_year": "2025",
        "authority": "桂北示范区税务局",
    },
}

SPOILED: Final[dict[str, tuple[str, dict[str, str]]]] = {
    "P-101": ("penalty", {"party_name": "", "party_uscc": ""}),
    "P-102": ("penalty", {"party_uscc": ""}),
    "P-103": ("penalty", {"party_uscc": "00000000000000000X"}),
    "P-104": ("penalty", {"party_uscc": "9131000013220440"}),
    "P-105": ("penalty", {"party_uscc": "9131000013220440IJ"}),
    "P-106": ("penalty", {"party_uscc": "97310000132204400J"}),
    "P-107": ("penalty", {"party_uscc": "91310000132204400G"}),
    "P-108": ("tax_grade_a", {"party_uscc": "360206550875725"}),
    "P-109": ("penalty", {"authority_uscc": "11450200007602144A"}),
    "P-110": ("penalty", {"party_organisation_code": "13220440-1"}),
    "P-111": ("penalty", {"party_name": "李小明", "party_uscc": TRADER}),
    "person": ("penalty", {"party_name": "李小明", "party_uscc": ""}),
    "D-101": ("penalty", {"document_number": "无"}),
    "D-102": ("penalty", {"document_number": "2.02612E+17"}),
    "B-102": ("penalty", {"legal_basis": ""}),
    "B-103": ("penalty", {"party_name": "桂北" * 99 + "有限公司"}),
    "B-104": ("tax_grade_a", {"evaluation_year": "去年"}),
    "Y-101": ("penalty", {"decided_on": "2026/02/30"}),
    "Y-102": ("penalty", {"decided_on": "2026/12/02"}),
    "Y-103": ("permit", {"valid_until": "2026-03-01"}),
    "Y-104": ("penalty", {"published_on": "2026-03-01"}),
    "Y-105": ("penalty", {"decided_on": "1926/03/02"}),
    "Y-106": ("penalty", {"valid_until": "2026/03/01"}),
    "Y-107": ("penalty", {"display_until": "2026/03/01"}),
    "Y-108": ("penalty", {"conduct_ended_on": "2026/03/03"}),
    "M-101": ("penalty", {"fine_wan": "两万"}),
    "M-102": ("penalty", {"fine_wan": "-2"}),
    "M-103": ("penalty", {"fine_wan": "20000000"}),
    "M-104": ("penalty", {"fine_wan": ""}),
    "M-105": ("penalty", {"kinds": "警告"}),
    "M-106": ("penalty_summary", {"fine_wan": "0.31"}),
    "C-101": ("permit", {"permit_class": "批准"}),
    "C-102": ("penalty", {"kinds": "罚钱"}),
    "C-103": ("penalty", {"kinds": "其他"}),
    "X-101": ("penalty", {"facts": '=HYPERLINK("http://example.org")'}),
    "X-102": ("penalty", {"facts": "销售\u200b不合格产品"}),
    "X-103": ("penalty", {"facts": "联系电话13800138000"}),
    "X-104": ("penalty", {"party_registration_number": "1.23E+17"}),
    "X-105": ("penalty", {"facts": "锟斤拷锟斤拷"}),
    "X-106": ("penalty", {"facts": "销售<br/>不合格产品"}),
    "S-101": ("penalty", {"severity_2017": "2"}),
}
"""For each check of one row: the item and what spoils a valid row so that this check speaks."""

MANY_ROWS: Final = {"D-103"}
UNUSED: Final = {"B-101"}
"""No item of this edition needs more than a name or number to be accepted; tested on an item made for it."""


def item(code: str) -> Item:
    found = find_shipped_item(code)
    assert found is not None
    return found


def judge(code: str, *rows: dict[str, str]) -> CheckResult:
    frame = pl.DataFrame([{"row_number": number, **row} for number, row in enumerate(rows, start=2)])
    return apply_checks(frame, item(code), today=TODAY)


def codes(result: CheckResult) -> set[str]:
    return set(result.findings.get_column("code"))


def test_every_check_has_a_code_a_docstring_and_a_test() -> None:
    known = [check.code for check in CHECKS]

    assert len(known) == len(set(known))
    assert len(known) >= 25
    assert set(known) == set(SPOILED) | MANY_ROWS | UNUSED
    assert all(len(check.says) > 20 for check in CHECKS)
    assert all(check.wrong and check.cure.endswith("。") for check in CHECKS)


def test_every_citation_of_a_check_stands_in_the_law_texts() -> None:
    texts = Path("limu/law/texts/articles.toml").read_text(encoding="utf-8")
    articles = {article["key"] for article in tomllib.loads(texts)["article"]}

    assert {check.citation for check in CHECKS} <= articles


@pytest.mark.parametrize("code", sorted(ROWS))
def test_a_valid_row_passes_without_a_finding(code: str) -> None:
    result = judge(code, ROWS[code])

    assert result.findings.height == 0
    assert result.refused_count == 0


@pytest.mark.parametrize("code", sorted(SPOILED))
def test_a_spoiled_row_fails_with_the_code_of_its_check(code: str) -> None:
    item_code, spoiling = SPOILED[code]
    level = next(check.level for check in CHECKS if check.code == code)

    result = judge(item_code, ROWS[item_code], {**ROWS[item_code], **spoiling})

    told = result.findings.filter(pl.col("code") == code)
    assert told.get_column("row_number").to_list() == [3]
    assert told.get_column("level").to_list() == [level]
    assert result.frame.get_column("refused").to_list()[0] is False
    if level == "refuse":
        assert result.frame.get_column("refused").to_list()[1] is True


CODES = st.tuples(
    st.sampled_from(["91", "92", "93", "11", "12", "51", "52", "N1", "A1", "Y1"]),
    st.text("0123456789", min_size=6, max_size=6),
    st.text("0123456789ABCDEFGHJKLMNPQRTUWXY", min_size=8, max_size=8),
)


def made_code(parts: tuple[str, str, str]) -> str:
    first17 = "".join(parts) + organisation_check_character(parts[2])
    return first17 + check_character(first17)


SLIPS = st.tuples(CODES, st.integers(0, 17), st.sampled_from("0123456789ABCDEFGHJKLMNPQRTUWXYIOSVZ"))


@given(st.lists(SLIPS, min_size=10, max_size=20))
@settings(max_examples=6, deadline=None)
def test_a_code_with_one_character_changed_is_always_refused(
    slips: list[tuple[tuple[str, str, str], int, str]],
) -> None:
    right = [made_code(parts) for parts, _, _ in slips]
    wrong = [code[:place] + letter + code[place + 1 :] for code, (_, place, letter) in zip(right, slips, strict=True)]

    good, bad = (judge("penalty", *_rows_of(codes)) for codes in (right, wrong))

    assert good.refused_count == 0
    assert bad.refused_count == sum(code != changed for code, changed in zip(right, wrong, strict=True))
    assert codes(bad) <= {"P-103", "P-105", "P-106", "P-107", "person"}


def _rows_of(codes_: list[str]) -> list[dict[str, str]]:
    # A row among many is judged as a row alone (test_distinct); only its number must be its own.
    return [
        {**ROWS["penalty"], "party_uscc": code, "document_number": f"桂北市监罚字〔2026〕{number}号"}
        for number, code in enumerate(codes_, start=1)
    ]


def test_a_long_value_is_cut_in_the_sentence() -> None:
    result = judge("permit", {**ROWS["permit"], "permit_class": "很长的类别" * 20})

    (message,) = result.findings.filter(pl.col("code") == "C-101").get_column("message")
    assert "…" in message
    assert len(message) < 90


def test_a_value_in_a_sentence_shows_no_personal_number() -> None:
    result = judge("permit", {**ROWS["permit"], "permit_class": "13800138000"})

    assert "13800138000" not in str(result.findings.rows())


def test_a_repeated_document_number_is_told_on_both_rows() -> None:
    other = {**ROWS["penalty"], "document_number": "桂北市监罚字〔2026〕13号"}

    result = judge("penalty", ROWS["penalty"], other, ROWS["penalty"])

    assert result.findings.filter(pl.col("code") == "D-103").get_column("row_number").to_list() == [2, 4]


def test_a_field_needed_to_accept_is_asked_for_even_where_the_file_has_no_such_column() -> None:
    permit = item("permit")
    strict = replace(
        permit,
        fields=tuple(
            replace(field, required="accept") if field.code == "permit_number" else field for field in permit.fields
        ),
    )
    frame = pl.DataFrame([{"row_number": 2, "party_name": "桂北示范机械有限公司", "party_uscc": CODE}])

    result = apply_checks(frame, strict, today=TODAY)

    assert "B-101" in codes(result)
    assert result.refused_count == 1


def test_all_faults_of_a_row_are_told_at_once() -> None:
    wrong = {"party_uscc": "91310000132204400G", "kinds": "罚钱", "decided_on": "2026/12/02", "fine_wan": "很多"}

    result = judge("penalty", {**ROWS["penalty"], **wrong})

    assert {"P-107", "C-102", "Y-102", "M-101"} <= codes(result)


def test_the_three_faults_of_the_journey_are_told_in_the_house_form() -> None:
    rows = [{**ROWS["penalty"], "document_number": f"桂北市监罚字〔2026〕{n}号"} for n in range(10)]
    rows[2]["party_uscc"] = "91310000132204400G"
    rows[4]["kinds"] = "罚钱"
    rows[7]["decided_on"] = "2026/12/02"

    result = judge("penalty", *rows)

    told = result.findings.filter(pl.col("level") == "refuse").get_column("message").to_list()
    assert result.refused_count == 3
    assert told[0] == "第 4 行「统一社会信用代码」：第 18 位校验码应为“J”。请核对营业执照或登记证书。"
    assert told[1].startswith("第 6 行「处罚类别」：不在目录中")
    assert told[2].startswith("第 9 行「处罚决定日期」：晚于今天")


def test_findings_as_values_carry_row_label_cure_and_citation() -> None:
    result = judge("penalty", {**ROWS["penalty"], "decided_on": "2026/12/02"})

    (finding,) = [one for one in findings_of(result.findings) if one.code == "Y-102"]
    assert (finding.row, finding.field_label) == (2, "处罚决定日期")
    assert finding.cure == "请核对决定文书上的日期。"
    assert finding.message.endswith(finding.cure)


def test_warnings_can_be_left_out() -> None:
    frame = pl.DataFrame([{"row_number": 2, **ROWS["penalty"], "legal_basis": ""}])

    result = apply_checks(frame, item("penalty"), today=TODAY, with_warnings=False)

    assert result.findings.height == 0


def test_a_file_of_an_item_without_any_of_its_columns_is_refused_row_by_row() -> None:
    frame = pl.DataFrame({"row_number": [2, 3], "strange": ["a", "b"]})

    result = apply_checks(frame, item("penalty"), today=TODAY)

    assert result.refused_count == 2
    assert "P-101" in codes(result)


@pytest.mark.parametrize("code", [one.code for one in shipped_items()])
def test_the_examples_of_every_item_pass_its_own_checks(code: str) -> None:
    examples = {field.code: field.example for field in item(code).fields if field.example}

    result = judge(code, examples)

    assert result.findings.filter(pl.col("level") == "refuse").get_column("message").to_list() == []
    assert "P-109" not in codes(result)
    assert "P-110" not in codes(result)
