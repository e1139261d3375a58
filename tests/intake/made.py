"""Files made for tests: penalties of a department, in any format and with any dirt."""

import csv
import io
import zipfile
from collections.abc import Iterable, Sequence
from pathlib import Path

import openpyxl

HEADER = (
    "行政相对人名称",
    "统一社会信用代码",
    "行政处罚决定书文号",
    "违法事实",
    "处罚依据",
    "处罚类别",
    "处罚内容",
    "罚款金额（万元）",
    "处罚决定日期",
    "处罚机关",
    "法定代表人",
)
PERSON_NAME = "欧阳晓燕"
PERSON_NUMBER = "11010119900307765X"


def company(code: str, number: int, **changes: str) -> list[str]:
    """One good row; `changes` by header replace cells."""
    name, document = f"示例市{code[-6:]}建材有限公司", f"示市监罚〔2026〕{number}号"
    law = ("销售不合格产品", "《产品质量法》第五十条", "罚款", "罚款二万元", "2")
    cells = dict(zip(HEADER, (name, code, document, *law, "2026-07-01", "示例市第1局", ""), strict=True))
    return list((cells | changes).values())


def person(number: int) -> list[str]:
    """A row about a natural person, with his name and number in every place a clerk may put them."""
    document, decision = f"示市监罚〔2026〕{number}号", f"对{PERSON_NAME}（{PERSON_NUMBER}）罚款"
    law = (f"{PERSON_NAME}无照经营", "《条例》第一条", "罚款", decision, "1")
    return [PERSON_NAME, PERSON_NUMBER, document, *law, "2026-07-01", "示例市第1局", PERSON_NAME]


def write_csv(path: Path, rows: Iterable[Sequence[str]], *, encoding: str = "utf-8", delimiter: str = ",") -> Path:
    """Write a CSV file."""
    stream = io.StringIO(newline="")
    csv.writer(stream, delimiter=delimiter).writerows(rows)
    path.write_bytes(stream.getvalue().encode(encoding))
    return path


def write_workbook(path: Path, rows: Iterable[Sequence[object]]) -> Path:
    """Write a workbook of one sheet."""
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    for row in rows:
        sheet.append(list(row))
    book.save(path)
    return path


_SPACES = "".join(
    f' xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
    for name in ("office", "table", "text", "manifest")
)


def write_ods(path: Path, rows: Iterable[Sequence[str]], *, tail: str = "") -> Path:
    """Write an OpenDocument sheet by hand; `tail` is XML after the last row."""

    def cell(text: str) -> str:
        return f'<table:table-cell office:value-type="string"><text:p>{text}</text:p></table:table-cell>'

    body = "".join(f"<table:table-row>{''.join(map(cell, row))}</table:table-row>" for row in rows) + tail
    sheet = f'<office:spreadsheet><table:table table:name="数据">{body}</table:table></office:spreadsheet>'
    content = f"<office:document-content{_SPACES}><office:body>{sheet}</office:body></office:document-content>"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as made:
        made.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        made.writestr("META-INF/manifest.xml", f"<manifest:manifest{_SPACES}/>")
        made.writestr("content.xml", content)
    return path
