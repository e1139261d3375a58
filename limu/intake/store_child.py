"""The parent's side of the limited child: start it, take its rows, turn its death into a reason."""

import json
import subprocess
import sys
import threading
from collections.abc import Generator, Iterable, Iterator
from pathlib import Path
from typing import Any, Final

import polars as pl

from limu.intake.rules import HOSTILE, TOO_LARGE, FaultyFileError, Layout, UserFault
from limu.intake.rules_mapping import HeaderMapping
from limu.intake.store_table import Table, column_names

SECONDS: Final = 60
"""A child that has not ended by then is killed; its limit of processor time comes first."""


def read_in_child(path: Path, *, kind: str, known: Iterable[str], mapping: HeaderMapping) -> Table | UserFault:
    """Open a workbook (kind zip or xls) or a JSON document in a child under limits (trust.md 1.5)."""
    order = {
        "path": str(path.absolute()), "kind": kind, "known": sorted(known), "rows": mapping.rows,
        "paths": list(mapping.columns),
    }  # fmt: skip
    answers = _answers(order)
    first = next(answers)
    if "fault" in first:
        return UserFault(*first["fault"])
    header = tuple(first["header"])
    name = {"zip": "workbook", "xls": "workbook", "json": "json"}[kind]
    layout = Layout(name, header, first["header_row"], sheet=first.get("sheet"))
    return Table(layout, _frames(answers, len(header)))


def _frames(answers: Iterator[dict[str, Any]], width: int) -> Generator[pl.DataFrame, None, None]:
    schema = {"row_number": pl.Int64(), **dict.fromkeys(column_names(width), pl.String())}
    for answer in answers:
        if "fault" in answer:
            raise FaultyFileError(UserFault(*answer["fault"]))
        rows = [row + [""] * (width + 1 - len(row)) for row in answer.get("rows", ())]
        yield pl.DataFrame(rows, schema=schema, orient="row")


def _answers(order: dict[str, Any]) -> Iterator[dict[str, Any]]:
    child = _start()
    guard = threading.Timer(SECONDS, child.kill)
    guard.start()
    try:
        assert child.stdin
        assert child.stdout
        child.stdin.write(json.dumps(order).encode())
        child.stdin.close()
        for line in child.stdout:
            answer = json.loads(line)
            if "end" in answer:
                return
            yield answer
            if "fault" in answer:
                return
        # It ended without a word: a limit, or a crash of the parser on a hostile file.
        yield {"fault": TOO_LARGE if child.wait() < 0 else HOSTILE}
    finally:
        guard.cancel()
        child.kill()
        child.wait()
        if child.stdout:
            child.stdout.close()


def _start() -> subprocess.Popen[bytes]:
    # Nothing of our environment goes along: it may name a database.
    home = str(Path(__file__).parents[2])
    return subprocess.Popen(
        [sys.executable, "-m", "limu.intake.store_worker"],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, cwd="/",
        env={"PYTHONPATH": home, "LANG": "C.UTF-8", "PYTHONDONTWRITEBYTECODE": "1"},
    )  # fmt: skip
