"""Our own exports and snapshots: many items in one file, so each item's rows are laid out as a table of their own."""

import csv
import json
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any, Final

from limu.law.severity import SEVERITY_LABELS

ENCODING: Final = "utf-8-sig"
SHOWN: Final = {
    "主体名称": "party_name", "统一社会信用代码": "party_uscc", "文号": "document_number", "作出机关": "authority",
    "决定日期": "decided_on", "失信程度": "severity", "公示至（含当日）": "display_until", "来源单位": "source_unit",
}  # fmt: skip
"""Columns of /lists.csv and /disclosure.csv, and the element each of them is."""

SENT: Final = {
    "subject_name": "party_name", "subject_uscc": "party_uscc", "document_number": "document_number",
    "authority": "authority", "decided_on": "decided_on", "severity": "severity",
}  # fmt: skip
"""Columns of a snapshot, and the element each of them is; its content stands beside them field by field."""

OPEN_ENDED: Final = "长期"


@dataclass(slots=True)
class Part:
    """The rows of one item, as a file under the codes of its fields, and the row of the export that each was."""

    item: str
    path: Path
    rows: list[int] = field(default_factory=list)


def own_parts(path: Path, folder: Path) -> tuple[Part, ...]:
    """Lay an export or a snapshot of ours out by item; empty for any other file."""
    rows = _shown_rows(path) or _sent_rows(path)
    if rows is None:
        return ()
    parts: dict[str, Part] = {}
    with ExitStack() as opened:
        writers: dict[str, Any] = {}
        for number, item, cells in rows:
            if item not in parts:
                parts[item] = Part(item, folder / f"own-{len(parts)}-{path.stem}.jsonl")
                writers[item] = opened.enter_context(parts[item].path.open("w", encoding="utf-8"))
            parts[item].rows.append(number)
            writers[item].write(json.dumps(cells, ensure_ascii=False) + "\n")
    return tuple(parts.values())


def _shown_rows(path: Path) -> Iterator[tuple[int, str, dict[str, str]]] | None:
    if path.suffix.lower() != ".csv" or not {"信息类别", "公示至（含当日）"} <= set(_head(path)):
        return None
    return ((number, row["信息类别"], _named(row, SHOWN)) for number, row in _csv_rows(path))


def _sent_rows(path: Path) -> Iterator[tuple[int, str, dict[str, str]]] | None:
    ending = path.suffix.lower()
    if ending not in (".csv", ".jsonl"):
        return None
    if not {"item", "subject_uscc", "shown_until", "content"} <= set(_head(path) if ending == ".csv" else _keys(path)):
        return None
    rows = _csv_rows(path) if ending == ".csv" else _json_rows(path)
    # What the register decided goes before what a department stated.
    return (
        (number, row["item"], _content(row["content"]) | {k: v for k, v in _named(row, SENT).items() if v})
        for number, row in rows
    )


def _named(row: Mapping[str, Any], columns: Mapping[str, str]) -> dict[str, str]:
    cells = {code: str(row.get(name) or "") for name, code in columns.items()}
    cells["severity"] = SEVERITY_LABELS.get(cells["severity"], cells["severity"])
    return cells | ({"display_until": ""} if cells.get("display_until") == OPEN_ENDED else {})


def _content(value: Any) -> dict[str, str]:
    told = json.loads(value) if isinstance(value, str) and value else value
    return {str(code): str(text) for code, text in told.items()} if isinstance(told, Mapping) else {}


def _head(path: Path) -> list[str]:
    try:
        with path.open(encoding=ENCODING, newline="") as file:
            return next(csv.reader(file), [])
    except UnicodeDecodeError:
        return []


def _csv_rows(path: Path) -> Iterator[tuple[int, dict[str, str]]]:
    with path.open(encoding=ENCODING, newline="") as file:
        yield from enumerate(({k: v or "" for k, v in row.items()} for row in csv.DictReader(file)), start=2)


def _json_rows(path: Path) -> Iterator[tuple[int, dict[str, Any]]]:
    with path.open(encoding=ENCODING) as file:
        yield from ((number, json.loads(line)) for number, line in enumerate(file, start=1) if line.strip())


def _keys(path: Path) -> list[str]:
    with path.open(encoding=ENCODING, errors="replace") as file:
        line = next(islice(file, 1), "")
    try:
        found = json.loads(line)
    except ValueError:
        return []
    return list(found) if isinstance(found, dict) else []
