"""Files made for tests: penalties of a department, in any format and with any dirt."""

import csv
import io
import struct
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


def write_xls(path: Path, sheets: dict[str, Sequence[Sequence[object]]]) -> Path:
    """Write an old workbook by hand ([MS-XLS], BIFF8): texts, numbers, and formulas as ("=", result)."""
    bodies = [_biff_sheet(rows) for rows in sheets.values()]
    head = _biff(0x0809, struct.pack("<4H8x", 0x0600, 5, 0, 0)) + _biff(0x0042, struct.pack("<H", 1200))
    names = [name.encode("utf-16-le") for name in sheets]
    places = len(head) + sum(len(_biff(0x85, bytes(8) + name)) for name in names) + 4
    for name, body in zip(names, bodies, strict=True):
        head += _biff(0x0085, struct.pack("<IHBB", places, 0, len(name) // 2, 1) + name)
        places += len(body)
    stream = (head + _biff(0x000A) + b"".join(bodies)).ljust(4096, b"\0")
    path.write_bytes(_compound(stream))
    return path


def _biff(kind: int, body: bytes = b"") -> bytes:
    return struct.pack("<2H", kind, len(body)) + body


def _biff_sheet(rows: Sequence[Sequence[object]]) -> bytes:
    cells = [_biff_cell(at, column, value) for at, row in enumerate(rows) for column, value in enumerate(row) if value]
    return _biff(0x0809, struct.pack("<4H8x", 0x0600, 0x10, 0, 0)) + b"".join(cells) + _biff(0x000A)


def _biff_cell(row: int, column: int, value: object) -> bytes:
    place = struct.pack("<3H", row, column, 0)
    if isinstance(value, tuple):
        result = b"\x03" + bytes(5) + b"\xff\xff" if value[1] is None else struct.pack("<d", value[1])
        return _biff(0x0006, place + result + bytes(6) + struct.pack("<H", 3) + b"\x1e\x01\x00")
    if isinstance(value, int | float):
        return _biff(0x0203, place + struct.pack("<d", value))
    text = str(value).encode("utf-16-le")
    return _biff(0x0204, place + struct.pack("<HB", len(text) // 2, 1) + text)


def _compound(stream: bytes) -> bytes:
    """A compound file of one stream ([MS-CFB]): the table of sectors, the directory, the stream."""
    stream = stream.ljust(-(-len(stream) // 512) * 512, b"\0")
    last, free, count = 0xFFFFFFFE, 0xFFFFFFFF, len(stream) // 512
    chain = [0xFFFFFFFD, last, *range(3, 2 + count), last]
    table = struct.pack(f"<{len(chain)}I", *chain).ljust(512, b"\xff")
    assert len(table) == 512, "one sector of the table is enough for a test"
    head = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16) + struct.pack("<5H6x", 0x3E, 3, 0xFFFE, 9, 6)
    head += struct.pack("<9I", 0, 1, 1, 0, 4096, last, 0, last, 0) + struct.pack("<109I", 0, *[free] * 108)

    def entry(name: str, kind: int, child: int, *where: int) -> bytes:
        text = name.encode("utf-16-le")
        links = struct.pack("<3I", free, free, child)
        body = text.ljust(64, b"\0") + struct.pack("<HBB", len(text) + 2, kind, 1) + links + bytes(36)
        return body + struct.pack("<3I", *where, 0)

    directory = entry("Root Entry", 5, 1, last, 0) + entry("Workbook", 2, free, 2, len(stream))
    return head + table + directory.ljust(512, b"\0") + stream
