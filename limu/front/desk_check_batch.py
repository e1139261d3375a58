"""A list checked at once: codes are taken, names are confirmed first; the answer is a workbook (ux.md J9)."""

import io
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import polars as pl
import xlsxwriter
from django.http import HttpRequest, HttpResponse

from limu.department.rules import Refusal
from limu.intake.rules import FaultyFileError, UserFault
from limu.intake.rules_mapping import HeaderMapping
from limu.intake.store_files import open_table
from limu.intake.store_table import column_names
from limu.law.measure import ACTS
from limu.measure import store_window
from limu.measure.actions import sync_law
from limu.measure.actions_window import Moment, check_many
from limu.measure.rules_window import MOST_ROWS, NO_ACT, NO_ROWS, TOO_MANY
from limu.objection.rules import DISPUTED_WORDS
from limu.page.signed import Desk, officer_page, show
from limu.terms.names import normalise_name
from limu.terms.uscc import clean_uscc, is_valid_uscc
from limu.wire.clock import SHANGHAI, register_clock
from limu.wire.database import pool
from limu.wire.lawbook import current_book

WORKBOOK: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
BYTES: Final = 5 << 20
HEADS: Final = ("送来的内容", "统一社会信用代码", "主体", "结果", "措施", "依据", "事由", "自", "至（不含）", "异议")


@dataclass(frozen=True, slots=True)
class Line:
    """One row of the list: what was sent, and the organisations it may mean (code, name)."""

    sent: str
    found: tuple[tuple[str, str], ...]
    by_code: bool

    @property
    def is_matched(self) -> bool:
        """True where exactly one organisation is meant; a name still has to be confirmed by the officer."""
        return len(self.found) == 1


@officer_page("check_measures")
def batch(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Take a list of codes or names, show what each means, and after a look answer with a workbook."""
    act = request.POST.get("act", "")
    if request.method != "POST":
        return _form(request, desk, act=act)
    if request.POST.get("step") == "check":
        return _answered(request, desk, act)
    sent = _sent(request)
    if isinstance(sent, UserFault | Refusal):
        return _form(request, desk, act=act, refusal=sent)
    refusal = NO_ACT if act not in ACTS else NO_ROWS if not sent else TOO_MANY if len(sent) > MOST_ROWS else None
    if refusal:
        return _form(request, desk, act=act, refusal=refusal)
    lines = _lines(desk, sent)
    matched = [line for line in lines if line.is_matched]
    return show(
        request, desk, "front/dept_check_found.html", act=act, act_label=ACTS[act], lines=lines, matched=len(matched),
        unsure=len(lines) - len(matched),
    )  # fmt: skip


def _form(request: HttpRequest, desk: Desk, *, act: str, refusal: UserFault | Refusal | None = None) -> HttpResponse:
    return show(
        request, desk, "front/dept_check_batch.html", act=act, acts=tuple(ACTS.items()), refusal=refusal,
        text=request.POST.get("text", ""), most=MOST_ROWS, status=422 if refusal else 200,
    )  # fmt: skip


def _sent(request: HttpRequest) -> list[str] | UserFault | Refusal:
    file = request.FILES.get("file")
    if file is None or file.file is None:
        return [line.strip() for line in request.POST.get("text", "").splitlines() if line.strip()]
    if (file.size or 0) > BYTES:
        return TOO_MANY
    with tempfile.TemporaryDirectory(prefix="limu-check-") as folder:
        path = Path(folder) / f"file{Path(file.name or '').suffix.lower()[:8]}"
        path.write_bytes(file.read())
        return _read(path)


def _read(path: Path) -> list[str] | UserFault:
    known = ("统一社会信用代码", "名称", "企业名称", "单位名称", "主体名称")
    table = open_table(path, known=known, mapping=HeaderMapping())
    if isinstance(table, UserFault):
        return table
    found: list[str] = []
    try:
        for frame in table.frames:
            found += _best_of(frame, table.layout.header)
            if len(found) > MOST_ROWS:
                break
    except FaultyFileError as faulty:
        return faulty.fault
    finally:
        table.frames.close()
    return found


def _best_of(frame: pl.DataFrame, header: tuple[str, ...]) -> list[str]:
    """Of each row the code where there is one, else the name: by the column's head, else the first cell."""
    rows = frame.select(column_names(len(header))).rows()
    named = [at for at, name in enumerate(header) if "名称" in name] or [0]
    best = []
    for row in rows:
        cells = [str(cell or "").strip() for cell in row]
        code = next((cell for cell in cells if is_valid_uscc(clean_uscc(cell))), "")
        if text := code or cells[named[0]]:
            best.append(text)
    return best


def _lines(desk: Desk, sent: list[str]) -> list[Line]:
    codes = [clean_uscc(text) for text in sent]
    names = [normalise_name(text) for text in sent]
    known, by_name = store_window.by_code_or_name(desk.connection, codes, names)
    return [
        Line(text, ((code, known[code]),), by_code=True)
        if code in known
        else Line(text, tuple(by_name.get(name, ()))[:5], by_code=False)
        for text, code, name in zip(sent, codes, names, strict=True)
    ]


def _answered(request: HttpRequest, desk: Desk, act: str) -> HttpResponse:
    """Decide for the rows whose code the officer has confirmed; the others say why they were not decided."""
    sent, chosen = request.POST.getlist("sent")[:MOST_ROWS], request.POST.getlist("code")[:MOST_ROWS]
    if act not in ACTS or not sent or len(sent) != len(chosen):
        return _form(request, desk, act=act, refusal=NO_ACT if act not in ACTS else NO_ROWS)
    sync_law(desk.connection, current_book(desk.connection))
    codes = [clean_uscc(code) for code in chosen]
    moment = Moment(desk.today, register_clock(desk.connection).now())
    decided = check_many(
        desk.connection, codes, act=act, officer=desk.officer, when=moment, connect=pool("app").connection
    )
    if isinstance(decided, Refusal):
        return _form(request, desk, act=act, refusal=decided)
    known, _ = store_window.by_code_or_name(desk.connection, codes, [])
    rows: list[tuple[Any, ...]] = []
    for text, code in zip(sent, codes, strict=True):
        if code not in known:
            rows.append((text, "", "", "需要确认代码，没有核查", *[""] * 6))
        elif not decided.get(code):
            rows.append((text, code, known[code], "未命中限制类名单", *[""] * 6))
        else:
            rows += [(text, code, known[code], "命中", *_dated(one)) for one in decided[code]]
    content = _workbook(
        rows, f"{ACTS[act]}，{moment.at.astimezone(SHANGHAI):%Y-%m-%d %H:%M}，{desk.officer.department_name}"
    )
    return HttpResponse(
        content,
        content_type=WORKBOOK,
        headers={"Content-Disposition": f'attachment; filename="check-{desk.today}.xlsx"'},
    )


def _dated(one: tuple[Any, ...]) -> tuple[Any, ...]:
    measure, basis, told, begins, ends, is_disputed = one
    return measure, basis, told, str(begins), str(ends or ""), DISPUTED_WORDS if is_disputed else ""


def _workbook(rows: list[tuple[Any, ...]], told: str) -> bytes:
    target = io.BytesIO()
    # A cell that begins with "=" is a text of the sender, never a formula of ours.
    with xlsxwriter.Workbook(
        target, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    ) as book:
        sheet = book.add_worksheet("核查结果")
        sheet.set_column(0, len(HEADS) - 1, 22)
        sheet.write_row(0, 0, (told,))
        sheet.write_row(1, 0, HEADS, book.add_format({"bold": True, "bg_color": "#E8EEF4"}))
        for at, row in enumerate(rows, start=2):
            sheet.write_row(at, 0, row)
        sheet.freeze_panes(2, 0)
    return target.getvalue()
