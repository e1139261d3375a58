"""Files as departments send them: encodings, titles, footers, broken headers, renamed files."""

import json
from dataclasses import replace
from datetime import date
from io import BytesIO
from itertools import islice, repeat
from pathlib import Path

import openpyxl
import polars as pl
import pytest

from limu.catalogue.queries_template import make_template
from limu.intake.queries import judged_chunks
from limu.intake.rules import CHUNK_ROWS, Order, UserFault
from limu.intake.rules_mapping import HeaderMapping, parse_mapping
from limu.intake.rules_rows import as_fields, without_litter
from limu.intake.store_reading import Reading, open_reading
from limu.intake.store_table import chunked
from limu.record.item import Item
from tests.intake.made import HEADER, company, write_csv, write_ods, write_workbook
from tests.standing import TODAY, catalogue, code_of

CODES = [code_of(number) for number in range(1, 4)]


@pytest.fixture(scope="module")
def item() -> Item:
    return catalogue()["penalty"]


def read(path: Path, item: Item, mapping: HeaderMapping | None = None) -> tuple[Reading, pl.DataFrame]:
    reading = open_reading(path, item=item, mapping=mapping or HeaderMapping())
    assert isinstance(reading, Reading), reading
    frames = [as_fields(without_litter(frame), reading.plan) for frame in reading.table.frames]
    return reading, pl.concat(frames, how="diagonal")


def rows() -> list[list[str]]:
    return [company(code, number) for number, code in enumerate(CODES, start=1)]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk", "gb18030", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", "\t", ";"])
def test_every_encoding_and_delimiter_gives_the_same_rows(
    tmp_path: Path, item: Item, encoding: str, delimiter: str
) -> None:
    path = write_csv(tmp_path / "a.csv", [HEADER, *rows()], encoding=encoding, delimiter=delimiter)

    _, frame = read(path, item)

    assert frame.get_column("row_number").to_list() == [2, 3, 4]
    assert frame.get_column("party_uscc").to_list() == CODES
    assert frame.get_column("authority").unique().to_list() == ["示例市第1局"]


def test_titles_above_footers_below_and_empty_rows_are_no_rows(tmp_path: Path, item: Item) -> None:
    dirt = [["示例市行政处罚汇总表"], ["填报单位：示例市第1局", "", "2026 年 7 月"], []]
    footers = [["合计", "", "", "", "", "", "", "6"], ["制表人：某某", "", "审核人：某某"], ["第 1 页"]]
    path = write_csv(tmp_path / "a.csv", [*dirt, HEADER, *rows()[:2], [], rows()[2], *footers])

    reading, frame = read(path, item)

    assert reading.layout.header_row == 4
    assert frame.get_column("row_number").to_list() == [5, 6, 8]


def test_headers_broken_by_blanks_tabs_breaks_and_stars_are_known(tmp_path: Path, item: Item) -> None:
    broken = [f"＊ {name[:2]}\n{name[2:]}\t" for name in HEADER]

    reading, frame = read(write_csv(tmp_path / "a.csv", [broken, *rows()]), item)

    assert len(reading.plan.columns) == len(HEADER)
    assert frame.height == 3


def test_line_breaks_and_quotes_inside_cells_keep_the_row_numbers(tmp_path: Path, item: Item) -> None:
    several = company(CODES[0], 1, 违法事实='第一行\n第二行，"引号"')

    _, frame = read(write_csv(tmp_path / "a.csv", [HEADER, several, *rows()[1:]]), item)

    assert frame.get_column("row_number").to_list() == [2, 3, 4]
    assert frame.get_column("facts").to_list()[0] == '第一行\n第二行，"引号"'


def test_a_workbook_is_read_by_content_with_days_and_long_numbers_as_text(tmp_path: Path, item: Item) -> None:
    first: list[object] = list(company(CODES[0], 1))
    first[8], first[7] = date(2026, 7, 1), 2.5
    second: list[object] = list(company(CODES[1], 2))
    second[1] = 913100001322040123
    path = write_workbook(tmp_path / "a.xlsx", [["汇总表"], HEADER, first, second])
    renamed = path.rename(tmp_path / "a.csv")

    reading, frame = read(renamed, item)

    assert reading.layout.format == "workbook"
    assert reading.layout.notes == ("文件扩展名 .csv 与内容不符，已按内容读取",)
    assert frame.get_column("decided_on").to_list() == ["2026-07-01", "2026-07-01"]
    assert frame.get_column("fine_wan").to_list() == ["2.5", "2"]
    assert frame.get_column("party_uscc").to_list() == [CODES[0], "913100001322040064"]
    assert frame.get_column("row_number").to_list() == [3, 4]


def test_an_opendocument_sheet_with_its_endless_empty_tail_is_read(tmp_path: Path, item: Item) -> None:
    empty = '<table:table-cell table:number-columns-repeated="16384"/>'
    tail = f'<table:table-row table:number-rows-repeated="1048570">{empty}</table:table-row>'

    reading, frame = read(write_ods(tmp_path / "a.ods", [["汇总表"], HEADER, *rows()], tail=tail), item)

    assert (reading.layout.format, reading.layout.sheet) == ("workbook", "数据")
    assert frame.get_column("party_uscc").to_list() == CODES


def test_json_and_json_lines_give_the_same_rows(tmp_path: Path, item: Item) -> None:
    objects = [dict(zip(HEADER, row, strict=True)) for row in rows()]
    whole, lines = tmp_path / "a.json", tmp_path / "a.jsonl"
    whole.write_text(json.dumps({"rows": objects}, ensure_ascii=False), "utf-8")
    lines.write_text("\n".join(json.dumps(one, ensure_ascii=False) for one in objects), "utf-8")

    _, first = read(whole, item)
    _, second = read(lines, item)

    assert first.equals(second)
    assert first.get_column("party_uscc").to_list() == CODES


def test_key_value_lines_become_rows_by_the_mapping(tmp_path: Path, item: Item) -> None:
    path = tmp_path / "a.csv"
    path.write_text(
        "名称, ,甲有限公司,名称, ,甲有限公司\n文,号,示罚1号\n依据,2026,年,7,月\n"
        f'名称,乙有限公司\n依据,"甲,乙"\n续行\n代码,{CODES[0]}\n',
        "utf-8",
    )
    stated = {"shape": "key_value", "first_key": "名称", "名称": "party_name", "文,号": "document_number",
              "依据": "legal_basis", "代码": "party_uscc", "=": {"authority": "示例市第1局"}}  # fmt: skip
    mapping = parse_mapping(json.dumps(stated), fields=[one.code for one in item.fields])
    assert isinstance(mapping, HeaderMapping)

    _, frame = read(path, item, mapping)

    assert frame.select("row_number", "party_name", "document_number", "legal_basis", "party_uscc").rows() == [
        (1, "甲有限公司", "示罚1号", "2026年7月", ""),
        (4, "乙有限公司", "", "甲,乙\n续行", CODES[0]),
    ]
    assert frame.get_column("authority").to_list() == ["示例市第1局"] * 2


def test_a_doubled_header_and_two_columns_for_one_field_are_faults_not_guesses(tmp_path: Path, item: Item) -> None:
    doubled = open_reading(
        write_csv(tmp_path / "a.csv", [[*HEADER, HEADER[0]], company(CODES[0], 1)]), item=item, mapping=HeaderMapping()
    )
    rival = open_reading(
        write_csv(tmp_path / "b.csv", [[*HEADER, "企业名称"], company(CODES[0], 1)]), item=item, mapping=HeaderMapping()
    )

    assert isinstance(doubled, UserFault)
    assert isinstance(rival, UserFault)
    assert (doubled.code, rival.code) == ("F-104", "F-105")


def test_a_row_with_more_cells_than_headers_is_refused_and_nothing_of_it_told(tmp_path: Path, item: Item) -> None:
    shifted = company(CODES[0], 1, 法定代表人="某某")
    shifted[0] = "示例,欧阳晓燕"
    text = "\n".join(",".join(row) for row in [list(HEADER), shifted, *rows()[1:]])
    path = tmp_path / "a.csv"
    path.write_text(text, "utf-8")

    reading = open_reading(path, item=item, mapping=HeaderMapping())
    assert isinstance(reading, Reading)
    (judged,) = judged_chunks(reading, item=item, order=Order(TODAY))

    assert judged.refused == ((2, ("F-201",)),)
    assert "晓燕" not in str(judged.findings.to_dicts())


def test_chunks_have_one_height_whatever_the_blocks_were() -> None:
    frames = [pl.DataFrame({"n": list(range(at, at + size))}) for at, size in ((0, 3), (3, 8), (11, 1))]

    assert [frame.get_column("n").to_list() for frame in chunked(iter(frames), repeat(5))] == [
        [0, 1, 2, 3, 4], [5, 6, 7, 8, 9], [10, 11],
    ]  # fmt: skip


def test_chunks_may_begin_small_and_grow_the_same_way_each_time() -> None:
    frames = [pl.DataFrame({"n": list(range(at, at + size))}) for at, size in ((0, 3), (3, 30), (33, 1))]
    order = Order(TODAY, chunk_rows=8, first_rows=3)

    assert [frame.height for frame in chunked(iter(frames), order.heights())] == [3, 6, 8, 8, 8, 1]


def test_a_file_begun_under_a_higher_chunk_keeps_its_borders() -> None:
    before = Order(TODAY).begun_with(3_000, 6_000, largest_rows=25_000)
    now = Order(TODAY).begun_with(3_000, 6_000)

    assert list(islice(before.heights(100_000), 6)) == [3_000, 6_000, 12_000, 24_000, 25_000, 15_000]
    assert max(islice(now.heights(100_000), 6)) == CHUNK_ROWS < 25_000
    assert Order(TODAY, chunk_rows=8).begun_with(3, largest_rows=25_000).chunk_rows == 8


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        # 2, then twice as many each up to 8; then half of what is left, down to 3, and no rest of one.
        (40, [2, 4, 8, 8, 8, 5, 3, 2]),
        (12, [2, 4, 3, 3]),
        (5, [2, 3]),
        # Fewer lines than rows cannot be, but more can: a cell may have several.
        (90, [2, 4, 8, 8, 8, 8, 2]),
    ],
)
def test_chunks_shrink_towards_the_end_of_a_file_whose_lines_are_counted(lines: int, expected: list[int]) -> None:
    rows = sum(expected)
    order = Order(TODAY, chunk_rows=8).begun_with(2, 3)

    frames = chunked(iter([pl.DataFrame({"n": list(range(rows))})]), order.heights(lines))

    assert [frame.height for frame in frames] == expected


def test_several_parties_in_a_cell_become_rows_and_persons_are_left_out(tmp_path: Path, item: Item) -> None:
    cell = "示例市甲建材有限公司、示例市乙建材有限公司、欧阳晓燕"
    path = write_csv(tmp_path / "a.csv", [HEADER, company(CODES[0], 1, 行政相对人名称=cell), *rows()[1:]])
    reading = open_reading(path, item=item, mapping=HeaderMapping())
    assert isinstance(reading, Reading)

    (judged,) = judged_chunks(reading, item=item, order=Order(TODAY))

    assert (judged.rows, judged.entries, judged.refused) == (3, 4, ())
    assert judged.accepted.select("row_number", "party_name", "party_uscc").rows()[:2] == [
        (2, "示例市甲建材有限公司", None), (20_000_002, "示例市乙建材有限公司", None),
    ]  # fmt: skip
    assert "晓燕" not in str(judged.accepted.to_dicts())


def test_a_person_among_the_parties_is_taken_out_of_every_text_of_the_row(tmp_path: Path, item: Item) -> None:
    texts = {"违法事实": "欧阳晓燕与该公司共同销售不合格产品", "处罚内容": "对公司罚款二万元，对欧阳晓燕罚款一万元"}
    cell = "示例市甲建材有限公司、欧阳晓燕"
    first = company(CODES[0], 1, 行政相对人名称=cell, **texts)
    other = company(CODES[1], 2, 违法事实="欧阳晓燕街道的店铺")
    reading = open_reading(write_csv(tmp_path / "a.csv", [HEADER, first, other]), item=item, mapping=HeaderMapping())
    assert isinstance(reading, Reading)

    (judged,) = judged_chunks(reading, item=item, order=Order(TODAY))

    row, untouched = judged.accepted.to_dicts()
    assert "晓燕" not in str(row)
    assert row["party_name"] == "示例市甲建材有限公司"
    assert "对公司罚款二万元，对〔个人姓名已隐去〕罚款一万元" in row["content"]
    assert "欧阳晓燕街道" in untouched["content"]
    assert [one["code"] for one in judged.findings.to_dicts()] == ["F-205"]
    assert "晓燕" not in str(judged.findings.to_dicts())


def test_the_blanks_of_a_latin_name_are_part_of_it(tmp_path: Path, item: Item) -> None:
    names = ["GRUPO X, S.A. DE C.V.", "ABC Trading Co., Ltd.、示例市 甲 有限公司"]
    cells = [company(CODES[at], at + 1, 行政相对人名称=name) for at, name in enumerate(names)]
    reading = open_reading(write_csv(tmp_path / "a.csv", [HEADER, *cells]), item=item, mapping=HeaderMapping())
    assert isinstance(reading, Reading)

    (judged,) = judged_chunks(reading, item=item, order=Order(TODAY))

    assert judged.accepted.get_column("party_name").to_list() == [
        "GRUPO X, S.A. DE C.V.", "ABC Trading Co., Ltd.", "示例市甲有限公司",
    ]  # fmt: skip


def test_the_template_of_another_item_is_not_taken_for_this_one(tmp_path: Path, item: Item) -> None:
    path = tmp_path / "a.xlsx"
    path.write_bytes(_filled(item))

    told = open_reading(path, item=catalogue()["permit"], mapping=HeaderMapping())

    assert isinstance(told, UserFault)
    assert (told.code, "属于目录条目 penalty" in told.message) == ("F-109", True)


def test_an_older_template_is_read_by_its_headers_and_said_to_be_old(tmp_path: Path, item: Item) -> None:
    path = tmp_path / "a.xlsx"
    path.write_bytes(_filled(item))

    told, frame = read(path, replace(item, version=item.version + 1))

    assert frame.get_column("party_uscc").to_list() == [CODES[0]]
    assert [note for note in told.layout.notes if "模板是第 1 版，目录现为第 2 版" in note]
    assert read(path, item)[0].layout.notes == ()


def _filled(item: Item) -> bytes:
    book = openpyxl.load_workbook(BytesIO(make_template(item)))
    names = [str(cell.value).strip("＊") for cell in book["数据"][1]]
    for name, value in zip(HEADER, company(CODES[0], 1), strict=True):
        if name in names:
            book["数据"].cell(2, names.index(name) + 1, value)
    kept = BytesIO()
    book.save(kept)
    return kept.getvalue()
