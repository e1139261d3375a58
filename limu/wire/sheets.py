"""The sheets of a workbook as rows of texts, read by a child under limits (wire/confine.py) and nowhere else."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any, Final

from limu.wire.confine import HarmError
from limu.wire.container import CELL_TEXT, CELLS, WORKBOOK_ROWS, inspect_container

SHEETS: Final = 64
ZIP: Final = b"PK\x03\x04"
OLE: Final = b"\xd0\xcf\x11\xe0"


def is_workbook(head: bytes) -> bool:
    """Tell by a file's first bytes whether it is a workbook of the new or of the old form."""
    return head.startswith((ZIP, OLE))


@contextmanager
def open_workbook(path: Path) -> Iterator[Any]:
    """Open a workbook that a look at its container let pass; whatever its parser says becomes one kind of harm."""
    import python_calamine as calamine  # noqa: PLC0415 - after the limits are set

    with path.open("rb") as file:
        harm = inspect_container(file) if file.read(4) == ZIP else None
    if harm:
        raise HarmError(harm)
    try:
        yield calamine.load_workbook(str(path))
    except (calamine.CalamineError, calamine.PasswordError, calamine.XmlError, calamine.ZipError, ValueError, OSError):
        raise HarmError("broken") from None


def visible_sheets(workbook: Any) -> list[str]:
    """The names of the sheets that a person sees, in their order."""
    import python_calamine as calamine  # noqa: PLC0415 - after the limits are set

    return [
        sheet.name
        for sheet in workbook.sheets_metadata
        if sheet.typ == calamine.SheetTypeEnum.WorkSheet and sheet.visible == calamine.SheetVisibleEnum.Visible
    ][:SHEETS]


def sheet_rows(sheet: Any) -> Iterator[list[str]]:
    """Each row of a sheet as texts, from the sheet's first row on; a sheet beyond the limits is not begun."""
    if sheet.height > WORKBOOK_ROWS + 30 or sheet.height * sheet.width > CELLS * 4:
        raise HarmError("too_large")
    for row in sheet.iter_rows():
        yield [cell_text(cell) for cell in row]


def cell_text(value: Any) -> str:
    """A cell as the text a person sees: whole numbers without point or exponent, days in ISO form."""
    if isinstance(value, str):
        if len(value) >= CELL_TEXT:
            raise HarmError("hostile")
        return value
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, float) and value.is_integer():
        return f"{value:.0f}"
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.isoformat(sep=" ")
    if isinstance(value, date | time | timedelta):
        return str(value)
    return "" if value is None else str(value)
