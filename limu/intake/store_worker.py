"""The child process that opens a workbook or a JSON document under limits; rows leave by stdout, one JSON a line.

It imports neither the database nor Polars, opens no socket, and dies of its limits instead of harming the parent."""

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from limu.intake.rules_paths import plain_text, rows_of, steps_of, value_at
from limu.intake.store_sheets import workbook_lines
from limu.wire.confine import END, HarmError, limit_itself
from limu.wire.container import WORKBOOK_ROWS

BATCH: Final = 1000


def main() -> None:
    """Read the order from stdin, the file from the path in it, and answer on stdout."""
    limit_itself()
    order = json.load(sys.stdin)
    try:
        for line in _answer(order):
            sys.stdout.write(json.dumps(line, ensure_ascii=False) + "\n")
    except HarmError as harmful:
        sys.stdout.write(json.dumps({"harm": harmful.harm}) + "\n")
    except (MemoryError, RecursionError):
        sys.stdout.write(json.dumps({"harm": "too_large"}) + "\n")


def _answer(order: dict[str, Any]) -> Iterator[dict[str, Any]]:
    path = Path(order["path"])
    lines = _json_lines(path, order) if order["kind"] == "json" else workbook_lines(path, order)
    yield next(lines)
    yield from _batches(lines)
    yield {END: True}


def _json_lines(path: Path, order: dict[str, Any]) -> Iterator[dict[str, Any]]:
    try:
        document = json.loads(path.read_bytes(), object_pairs_hook=_unique, parse_float=str, parse_int=str)
    except HarmError:
        raise
    except ValueError:
        raise HarmError("broken") from None
    if order["rows"]:
        yield from _path_rows(document, order["rows"], order["paths"])
        return
    yield from _object_rows(_list_in(document))


def _path_rows(document: Any, rows: str, paths: list[str]) -> Iterator[dict[str, Any]]:
    yield {"header": paths, "header_row": 0}
    steps = [steps_of(path) for path in paths]
    found = enumerate(rows_of(document, rows), start=1)
    for number, places in found:
        yield {"row": [number, *(value_at(document, one, places) for one in steps)]}


def _object_rows(objects: list[Any]) -> Iterator[dict[str, Any]]:
    if not objects:
        raise HarmError("empty")
    header = list(dict.fromkeys(name for one in objects if isinstance(one, dict) for name in one))
    if not header or not all(isinstance(one, dict) for one in objects):
        raise HarmError("no_header")
    yield {"header": header, "header_row": 0}
    for number, one in enumerate(objects, start=1):
        yield {"row": [number, *(plain_text(one.get(name)) for name in header)]}


def _list_in(document: Any) -> list[Any]:
    """The rows of a document that is a list, an object with one list in it, or one row by itself."""
    if isinstance(document, list):
        return document
    if isinstance(document, dict) and not any(isinstance(value, list | dict) for value in document.values()):
        return [document]
    lists = [value for value in document.values() if isinstance(value, list)] if isinstance(document, dict) else []
    if len(lists) != 1:
        raise HarmError("no_header")
    return list(lists[0])


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise HarmError("hostile")
    return found


def _batches(lines: Iterator[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Gather the rows into answers of many, each with the formulas of its rows by their place in it."""
    batch: dict[str, Any] = {"rows": [], "formulas": []}
    for count, line in enumerate(lines, start=1):
        if count > WORKBOOK_ROWS:
            raise HarmError("too_large")
        if line.get("formulas"):
            batch["formulas"].append([len(batch["rows"]), line["formulas"]])
        batch["rows"].append(line["row"])
        if len(batch["rows"]) == BATCH:
            yield batch
            batch = {"rows": [], "formulas": []}
    yield batch


if __name__ == "__main__":
    main()
