"""Workbooks as clerks really fill them: headers of two lines, one record a sheet, formulas, the old form."""

from pathlib import Path

import openpyxl
import pytest
import xlsxwriter

from limu.intake.queries import check_file, judged_chunks
from limu.intake.rules import Answer, Order, UserFault
from limu.intake.rules_headers import MERGED_NOTE, find_header, known_headers, merged_names
from limu.intake.rules_mapping import HeaderMapping
from limu.intake.store_formulas import column_letters
from limu.intake.store_reading import Reading, open_reading
from limu.record.item import Item
from tests.intake.made import HEADER, company, write_csv, write_ods, write_workbook, write_xls
from tests.intake.test_reading import read
from tests.standing import TODAY, catalogue, code_of

CODES = [code_of(number) for number in range(1, 4)]
UPPER = ["序号", "行政相对人", "", "处罚", "", "", "", "", "", "处罚机关", "法定代表人"]
LOWER = ["", "名称", "统一社会信用代码", "决定书文号", "事由", "依据", "类别", "内容", "决定日期", "", ""]


@pytest.fixture(scope="module")
def item() -> Item:
    return catalogue()["penalty"]


def checked(path: Path, item: Item) -> Answer:
    found = check_file(path, item=item, mapping=HeaderMapping(), order=Order(TODAY, None))
    assert isinstance(found, Answer), found
    return found


def grouped(code: str, number: int) -> list[str]:
    cells = company(code, number)
    return [str(number), *cells[:7], cells[8], *cells[9:]]


def test_a_group_above_its_columns_is_one_header_in_every_format(tmp_path: Path, item: Item) -> None:
    rows = [["示例市行政处罚汇总表"], UPPER, LOWER, *(grouped(code, at) for at, code in enumerate(CODES, start=1))]
    rows.append(["合计", "3 家"])
    files = [
        write_csv(tmp_path / "a.csv", rows), write_workbook(tmp_path / "b.xlsx", rows),
        write_ods(tmp_path / "c.ods", rows), write_xls(tmp_path / "d.xls", {"数据": rows}),
    ]  # fmt: skip

    for path in files:
        reading, frame = read(path, item)

        assert reading.layout.header_row == 3, path.suffix
        assert reading.layout.notes[0] == MERGED_NOTE
        assert frame.get_column("party_uscc").to_list() == CODES, path.suffix
        assert frame.get_column("legal_basis").to_list() == ["《产品质量法》第五十条"] * 3
        assert frame.get_column("authority").to_list() == ["示例市第1局"] * 3


def test_a_merged_header_in_a_real_merged_sheet_is_read(tmp_path: Path, item: Item) -> None:
    path = tmp_path / "a.xlsx"
    with xlsxwriter.Workbook(str(path)) as book:
        sheet = book.add_worksheet()
        sheet.merge_range("A1:J1", "示例市行政处罚汇总表")
        sheet.merge_range("A2:B2", "行政相对人")
        sheet.merge_range("C2:H2", "处罚")
        sheet.merge_range("I2:I3", "处罚机关")
        for at, name in enumerate(["名称", "统一社会信用代码", *LOWER[3:9]]):
            sheet.write(2, at, name)
        for at, text in enumerate(grouped(CODES[0], 1)[1:]):
            sheet.write(3, at, text)

    reading, frame = read(path, item)

    assert (reading.layout.header_row, frame.height) == (3, 1)
    assert frame.get_column("authority").to_list() == ["示例市第1局"]


def test_a_header_of_three_lines_is_read_from_a_text_and_from_a_merged_sheet(tmp_path: Path, item: Item) -> None:
    top = ["行政处罚信息", *[""] * 7, "处罚机关", "法定代表人"]
    groups = ["行政相对人", "", "处罚", *[""] * 7]
    names = ["名称", "统一社会信用代码", *LOWER[3:9], "", ""]
    rows = [["示例市汇总表"], top, groups, names, *(grouped(code, at)[1:] for at, code in enumerate(CODES, 1))]
    workbook = tmp_path / "a.xlsx"
    with xlsxwriter.Workbook(str(workbook)) as book:
        sheet = book.add_worksheet()
        for at, row in enumerate(rows):
            for place, text in enumerate(row):
                sheet.write(at, place, text)
        sheet.merge_range("A2:H2", "行政处罚信息")
        sheet.merge_range("I2:I4", "处罚机关")

    for path in (workbook, write_csv(tmp_path / "b.csv", rows)):
        reading, frame = read(path, item)

        assert (reading.layout.header_row, reading.layout.notes[0]) == (4, MERGED_NOTE), path.suffix
        assert frame.get_column("party_uscc").to_list() == CODES, path.suffix


def test_merged_cells_of_the_rows_are_filled_down_as_far_as_the_range_says(tmp_path: Path, item: Item) -> None:
    path = tmp_path / "a.xlsx"
    at = next(place for place, name in enumerate(HEADER) if "机关" in name)
    with xlsxwriter.Workbook(str(path)) as book:
        sheet = book.add_worksheet()
        for row, cells in enumerate([HEADER, *(company(code, n) for n, code in enumerate([*CODES, CODES[0]], 1))]):
            for place, text in enumerate(cells):
                sheet.write(row, place, "" if place == at and row > 0 else text)
        sheet.merge_range(1, at, 2, at, "示例市第一局")
        sheet.write(4, at, "示例市第四局")

    reading, frame = read(path, item)
    found = frame.get_column(item.headers()[HEADER[at]]).to_list()

    assert [one or "" for one in found] == ["示例市第一局", "示例市第一局", "", "示例市第四局"]
    assert any("1 处上下合并" in note for note in reading.layout.notes)


def test_a_short_word_below_another_body_is_not_the_partys(item: Item) -> None:
    known = frozenset(known_headers(item.headers()))

    merged = merged_names(["当事人情况", "", "处罚机关", ""], ["名称", "住所", "名称", "统一社会信用代码"], known)

    assert merged == ["名称", "住所", "处罚机关名称", "处罚机关统一社会信用代码"]


def test_the_first_row_of_data_is_never_part_of_a_header(item: Item) -> None:
    known = known_headers(item.headers())

    found = find_header([HEADER, company(CODES[0], 1), company(CODES[1], 2)], known)

    assert found is not None
    assert (found.row, found.lines, found.names) == (0, 1, HEADER)


def form(code: str, number: int) -> list[list[str]]:
    cells = dict(zip(HEADER, company(code, number), strict=True))
    pairs = list(cells.items())
    return [["示例市行政处罚登记表"], *([f"{name}：", text] for name, text in pairs[:6]),
            *([*one, *other] for one, other in zip(pairs[6::2], pairs[7::2], strict=False)),
            [*pairs[-1]], ["填表人：某某"]]  # fmt: skip


def test_sheets_of_names_and_contents_are_one_record_each(tmp_path: Path, item: Item) -> None:
    book = openpyxl.Workbook()
    for at, code in enumerate(CODES, start=1):
        sheet = book.create_sheet(f"第{at}件")
        for row in form(code, at):
            sheet.append(row)
    book.save(tmp_path / "a.xlsx")
    old = write_xls(tmp_path / "b.xls", {f"第{at}件": form(code, at) for at, code in enumerate(CODES, start=1)})

    for path in (tmp_path / "a.xlsx", old):
        reading, frame = read(path, item)

        assert frame.get_column("row_number").to_list() == [1, 2, 3]
        assert frame.get_column("party_uscc").to_list() == CODES
        assert frame.get_column("decided_on").to_list() == ["2026-07-01"] * 3
        assert "竖排" in reading.layout.notes[0]
        assert checked(path, item).counts.accepted == 3


def test_a_formula_with_its_result_is_read_and_told_of_with_its_place(tmp_path: Path, item: Item) -> None:
    path = tmp_path / "a.xlsx"
    with xlsxwriter.Workbook(str(path)) as book:
        sheet = book.add_worksheet("数据")
        for at, row in enumerate([list(HEADER), company(CODES[0], 1), company(CODES[1], 2)]):
            for column, text in enumerate(row):
                sheet.write(at, column + 1, text)
        sheet.write_formula(1, 8, "=1+1", None, 2)
        sheet.write_formula(2, 3, '="示市监罚〔2026〕"&"2号"', None, "示市监罚〔2026〕2号")

    found = checked(path, item)

    assert (found.counts.accepted, found.codes["F-203"]) == (2, 2)
    told = [one for one in found.findings if one.code == "F-203"]
    assert [(one.row, one.label, one.level) for one in told] == [
        (2, "罚款金额（万元）", "warn"), (3, "行政处罚决定书文号", "warn"),
    ]  # fmt: skip
    assert told[0].message.startswith("第 2 行「罚款金额（万元）」：I 列是公式，已取表格中保存的计算结果。")


def test_a_formula_never_computed_is_refused_with_a_reason(tmp_path: Path, item: Item) -> None:
    good, bad, broken = (list(company(code, at)) for at, code in enumerate(CODES, start=1))
    bad[2], broken[7] = "=A1", "=1/0"
    path = write_workbook(tmp_path / "a.xlsx", [HEADER, good, bad, broken])

    found = checked(path, item)

    assert (found.counts.received, found.counts.accepted, found.counts.refused) == (3, 1, 2)
    assert found.codes["F-204"] == 2
    assert [one.row for one in found.findings if one.code == "F-204"] == [3, 4]


def test_formulas_of_the_old_form_and_of_opendocument_are_found_too(tmp_path: Path, item: Item) -> None:
    rows: list[list[object]] = [list(HEADER)]
    rows += [list(company(code, at)) for at, code in enumerate(CODES, start=1)]
    rows[1][7], rows[2][7] = ("=", 2.0), ("=", None)
    old = write_xls(tmp_path / "a.xls", {"数据": rows})
    texts = [[str(cell) for cell in row] for row in (rows[0], company(CODES[0], 1), company(CODES[1], 2))]
    ods = write_ods(tmp_path / "b.ods", texts)
    plain = '<table:table-cell office:value-type="string"><text:p>2</text:p></table:table-cell>'
    kept = 'office:value-type="float" office:value="2"><text:p>2</text:p></table:table-cell>'
    _replace_in(ods, plain, [f'<table:table-cell table:formula="of:=1+1" {kept}',
                             '<table:table-cell table:formula="of:=1+1"/>'])  # fmt: skip

    for path in (old, ods):
        found = checked(path, item)

        told = [(one.row, one.code) for one in found.findings if one.code.startswith("F-2")]
        assert told == [(2, "F-203"), (3, "F-204")], path.suffix


def _replace_in(path: Path, old: str, new: list[str]) -> None:
    import zipfile  # noqa: PLC0415

    with zipfile.ZipFile(path) as source:
        parts = {name: source.read(name) for name in source.namelist()}
    text = parts["content.xml"].decode()
    for one in new:
        assert old in text
        text = text.replace(old, one, 1)
    parts["content.xml"] = text.encode()
    with zipfile.ZipFile(path, "w") as made:
        for name, content in parts.items():
            made.writestr(name, content)


def test_an_old_workbook_of_two_sheets_is_read_from_the_one_with_the_header(tmp_path: Path, item: Item) -> None:
    rows: list[list[object]] = [["汇总表"], list(HEADER), list(company(CODES[0], 1))]
    rows[2][7] = 2.5
    path = write_xls(tmp_path / "a.xls", {"填表说明": [["请逐行填写。"]], "数据": rows})

    reading, frame = read(path, item)

    assert (reading.layout.format, reading.layout.sheet) == ("workbook", "数据")
    assert frame.select("row_number", "party_uscc", "fine_wan").rows() == [(3, CODES[0], "2.5")]


@pytest.mark.parametrize("cut", [600, 1200, 3000])
def test_an_old_workbook_cut_short_ends_in_a_reason(tmp_path: Path, item: Item, cut: int) -> None:
    path = write_xls(tmp_path / "a.xls", {"数据": [list(HEADER), list(company(CODES[0], 1))]})
    path.write_bytes(path.read_bytes()[:cut])

    found = open_reading(path, item=item, mapping=HeaderMapping())

    assert isinstance(found, UserFault)


def test_rows_below_a_table_are_no_rows(tmp_path: Path, item: Item) -> None:
    footers = [["合　计", "", "3"], ["总计：3 家"], ["注1：以上数据截至 7 月"], ["备注：无"], ["填表说明：逐行填写"],
               ["填表人：某某"], ["以上共 3 条"]]  # fmt: skip
    path = write_csv(tmp_path / "a.csv", [HEADER, company(CODES[0], 1), *footers])

    reading = open_reading(path, item=item, mapping=HeaderMapping())
    assert isinstance(reading, Reading)
    (judged,) = judged_chunks(reading, item=item, order=Order(TODAY))

    assert (judged.rows, judged.accepted.height) == (1, 1)


def test_the_letters_of_columns() -> None:
    assert [column_letters(at) for at in (0, 25, 26, 701, 702)] == ["A", "Z", "AA", "ZZ", "AAA"]
