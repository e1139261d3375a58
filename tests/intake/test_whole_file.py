"""What a file says of itself does not hang on where a chunk ends."""

from pathlib import Path

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from limu.intake.queries import check_file, told_in
from limu.intake.queries_answer import write_answer
from limu.intake.rules import Answer, Order, Told, UserFault
from limu.intake.rules_mapping import HeaderMapping
from limu.law.book import packaged_book
from limu.wire.statutes import read_law_texts
from tests.intake.made import HEADER, company, person, write_csv
from tests.standing import TODAY, catalogue, code_of

ROWS = st.lists(
    st.tuples(
        st.integers(1, 4), st.integers(1, 3),
        st.sampled_from(["", "示例市甲建材有限公司、示例市乙建材有限公司", "人", "无文号"]),
    ),
    min_size=1, max_size=24,
)  # fmt: skip


def laid_out(code: int, number: int, dirt: str) -> list[str]:
    if dirt == "人":
        return person(number)
    changes = {"无文号": {"行政处罚决定书文号": ""}, "": {}}.get(dirt, {"行政相对人名称": dirt})
    return company(code_of(code), number, **changes)


def told(path: Path, chunk: int) -> Answer:
    found = check_file(
        path, item=catalogue()["penalty"], mapping=HeaderMapping(), order=Order(TODAY, None, chunk_rows=chunk)
    )
    assert isinstance(found, Answer)
    return found


def in_order(answer: Answer) -> list[Told]:
    return sorted(answer.findings, key=lambda one: (one.row, one.code, one.field, one.message))


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=ROWS, chunk=st.integers(1, 9))
def test_a_file_in_chunks_is_told_what_it_is_told_in_one(
    tmp_path: Path, rows: list[tuple[int, int, str]], chunk: int
) -> None:
    path = write_csv(tmp_path / "a.csv", [HEADER, *(laid_out(*row) for row in rows)])

    whole, parts = told(path, 1000), told(path, chunk)

    assert in_order(parts) == in_order(whole)
    assert (parts.codes, parts.counts, parts.verdicts) == (whole.codes, whole.counts, whole.verdicts)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=ROWS, chunk=st.integers(1, 9), size=st.integers(1, 7))
def test_the_findings_page_by_page_are_all_findings_in_their_order(
    tmp_path: Path, rows: list[tuple[int, int, str]], chunk: int, size: int
) -> None:
    path = write_csv(tmp_path / "a.csv", [HEADER, *(laid_out(*row) for row in rows)])
    pages: list[Told] = []
    while True:
        order = Order(TODAY, size, chunk_rows=chunk, skip=len(pages))
        page = told_in(path, item=catalogue()["penalty"], mapping=HeaderMapping(), order=order)
        assert not isinstance(page, UserFault)
        assert len(page) <= size
        if not page:
            break
        pages.extend(page)

    assert pages == list(told(path, chunk).findings)


def test_the_workbook_says_of_a_file_in_chunks_what_it_says_of_it_in_one(tmp_path: Path) -> None:
    rows = [company(code_of(number), number) for number in range(1, 9)]
    path = write_csv(tmp_path / "a.csv", [HEADER, *rows, person(9), rows[0], laid_out(2, 3, "无文号")])
    sheets = []
    for chunk in (1000, 3):
        order = Order(TODAY, 0, chunk_rows=chunk)
        found = check_file(path, item=catalogue()["penalty"], mapping=HeaderMapping(), order=order)
        assert isinstance(found, Answer)
        target = tmp_path / f"{chunk}.xlsx"
        write_answer(
            target, path, item=catalogue()["penalty"], mapping=HeaderMapping(), answer=found, order=order,
            law=packaged_book(read_law_texts()),
        )  # fmt: skip
        book = openpyxl.load_workbook(target)
        sheets.append([[cell.value for cell in row] for sheet in book for row in sheet.iter_rows()])

    assert sheets[0] == sheets[1]
    assert sum("同一决定" in str(row[1]) or "重复" in str(row[1]) for row in sheets[0]) >= 2


def test_the_same_act_in_rows_far_apart_is_told_in_both(tmp_path: Path) -> None:
    rows = [company(code_of(number), number) for number in range(1, 9)]
    path = write_csv(tmp_path / "a.csv", [HEADER, *rows, rows[0]])

    found = told(path, 4)

    assert [one.row for one in found.findings if one.code == "D-103"] == [2, 10]
    assert found.findings[0].message.startswith("第 2 行「行政处罚决定书文号」：本文件中还有一行")


@pytest.mark.parametrize("most", [0, 1])
def test_what_is_not_carried_is_counted_all_the_same(tmp_path: Path, most: int) -> None:
    rows = [company(code_of(1), 1), company(code_of(2), 2), company(code_of(1), 1)]
    path = write_csv(tmp_path / "a.csv", [HEADER, *rows])

    found = check_file(
        path, item=catalogue()["penalty"], mapping=HeaderMapping(), order=Order(TODAY, most, chunk_rows=1)
    )

    assert isinstance(found, Answer)
    assert (found.codes, len(found.findings)) == ({"D-103": 2}, most)


def test_hints_take_no_place_of_a_fault_where_only_some_are_shown(tmp_path: Path) -> None:
    rows = [company(code_of(number), number, 统一社会信用代码="") for number in range(1, 9)]
    path = write_csv(tmp_path / "a.csv", [HEADER, *rows, company(code_of(9), 9, 处罚决定日期="2099-01-01")])
    item = catalogue()["penalty"]

    shown = [
        check_file(path, item=item, mapping=HeaderMapping(), order=Order(TODAY, 3, gravest=gravest))
        for gravest in (False, True)
    ]

    levels = [{one.level for one in found.findings} for found in shown if isinstance(found, Answer)]
    assert levels == [{"warn"}, {"refuse", "warn"}]
