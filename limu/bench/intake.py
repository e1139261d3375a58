"""`limu bench intake`: a department's file through the whole intake, against COPY of the same rows (performance.md A).

The reference copies the records that the project stored into a table made LIKE limu.record: its indexes, constraints
and foreign keys. Of every hundred rows of the file that are some 89: the others are refused, repeated, or wait for a
subject, each with its judgement and answer, and the reference has none of them. So rates are compared, rows a second:
rows of the file for the project, copied rows for the reference; what the seconds alone would give is told beside it.
The project's time has checks, matching, events with their commitments, publication and fsync."""

import json
import math
import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from psycopg import sql

from limu.bench.department_file import write_file
from limu.bench.frame import Figure, Limit, bench_home, cloned, dropped, note, say, seed, timed
from limu.wire.database import Connection, Database

DEPARTMENT, ITEM = "11990100MC00000121", "penalty"
PIECE = 1 << 20
SIZES = (10_000, 100_000)
ROWS_A_SUBJECT = 5

Report = dict[str, Any]


@dataclass(slots=True)
class Trial:
    """One size: its file, its seeded base, and what the project reported of each run."""

    rows: int
    file: Path
    base: Database
    first: list[Report]
    again: list[Report]


def run(words: Mapping[str, str]) -> int:
    """Print A1, A4 and A5 for 10^4 and 10^5 rows, and for `--rows` when it is more (10^6 takes minutes)."""
    largest, rounds = int(words.get("--rows", SIZES[-1])), int(words.get("--rounds", 3))
    peaks: dict[int, float] = {}
    for size in sorted({*(one for one in SIZES if one <= largest), largest}):
        with bench_home() as database:
            _try(database, size, rounds=rounds, peaks=peaks)
    if len(peaks) > 1:
        say(_growth(peaks).line())
    return 0


def _try(database: Database, size: int, *, rounds: int, peaks: dict[int, float]) -> None:
    seed(database, subjects=max(1_000, size // ROWS_A_SUBJECT))
    file = database.home.folder("bench") / f"penalty-{size}.csv"
    write_file(database, file, rows=size)
    trial = Trial(size, file, database, [], [])
    figure = _rate(trial, rounds if size < 1_000_000 else min(rounds, 2))
    peaks[size] = max(float(one["peak_mib"]) for one in trial.first)
    for line in (figure.line(), _resend(trial).line(), _peak(trial, peaks[size]).line()):
        say(line)


def _rate(trial: Trial, rounds: int) -> Figure:
    figure = Figure(
        "intake",
        f"A1 intake rate, {trial.rows} rows",
        "COPY of the stored rows into a table LIKE limu.record",
        0.5,
        0.9,
        unit="rows per second",
        notes={"bytes": trial.file.stat().st_size},
    )
    first: Database | None = None
    copied: list[float] = []
    text = trial.file.with_suffix(".copy")
    for turn in range(rounds):
        clone = cloned(trial.base, f"limu_bench_{turn}")
        note(f"{trial.rows} rows, round {turn + 1}")
        _submit(trial, clone)
        figure.project_values.append(trial.rows / trial.first[-1]["seconds"])
        if first is None:
            first = clone
            figure.project_count = _export(first, text)
        seconds, figure.reference_count = _copy(first, text)
        figure.reference_values.append(figure.reference_count / seconds)
        copied.append(seconds)
        if clone is not first:
            dropped(clone)
    if first is not None:
        dropped(first)
    figure.notes |= {
        "receipt": trial.first[-1]["receipt"],
        "stages": trial.first[-1]["stages"],
        "codes": trial.first[-1]["codes"],
    }
    taken = [one["seconds"] for one in trial.first]
    figure.notes["seconds"] = {"reference": copied, "project": taken}
    figure.notes["ratios_of_seconds"] = [round(one / other, 4) for one, other in zip(copied, taken, strict=True)]
    return figure


def _submit(trial: Trial, clone: Database) -> None:
    """Send the file, then the same file again, each in a process of its own."""
    for reports in (trial.first, trial.again):
        command = [sys.executable, "-m", "limu.bench.intake_child", str(trial.file), DEPARTMENT, ITEM]
        done = subprocess.run(command, env=os.environ | clone.environment(), check=True, capture_output=True, text=True)
        reports.append(json.loads(done.stdout.splitlines()[-1]))


def _export(clone: Database, target: Path) -> int:
    columns = sql.SQL(", ").join(map(sql.Identifier, _columns(clone)))
    query = sql.SQL(
        "COPY (SELECT {} FROM limu.record WHERE submission = (SELECT id FROM limu.submission"
        " ORDER BY received DESC LIMIT 1) ORDER BY row_number) TO STDOUT"
    ).format(columns)
    with clone.connect("admin") as admin, target.open("wb") as file, admin.cursor().copy(query) as copy:
        for piece in copy:
            file.write(piece)
    with target.open("rb") as file:
        return sum(1 for _ in file)


def _columns(clone: Database) -> list[str]:
    with clone.connect("admin") as admin:
        rows = admin.execute(
            "SELECT attname FROM pg_attribute WHERE attrelid = 'limu.record'::regclass AND attnum > 0"
            " AND NOT attisdropped ORDER BY attnum"
        ).fetchall()
    return [row["attname"] for row in rows]


def _copy(clone: Database, source: Path) -> tuple[float, int]:
    """Time one COPY with its commit into a fresh table of the same make."""
    columns = sql.SQL(", ").join(map(sql.Identifier, _columns(clone)))
    with clone.connect("admin") as admin:
        _make_table(admin)
        admin.commit()
        admin.execute("CHECKPOINT")
        admin.commit()
        seconds = timed(lambda: _stream(admin, source, columns))
        row = admin.execute("SELECT count(*) AS rows FROM bench_record").fetchone()
        admin.execute("DROP TABLE bench_record")
    assert row is not None
    return seconds, int(row["rows"])


def _make_table(admin: Connection) -> None:
    admin.execute("CREATE TABLE bench_record (LIKE limu.record INCLUDING ALL)")
    keys = admin.execute(
        "SELECT pg_get_constraintdef(oid) AS text FROM pg_constraint WHERE conrelid = 'limu.record'::regclass"
        " AND contype = 'f' AND conparentid = 0"
    ).fetchall()
    for key in keys:
        admin.execute(sql.SQL("ALTER TABLE bench_record ADD {}").format(sql.SQL(key["text"])))


def _stream(admin: Connection, source: Path, columns: sql.Composed) -> None:
    target = sql.SQL("COPY bench_record ({}) FROM STDIN").format(columns)
    with source.open("rb") as file, admin.cursor().copy(target) as copy:
        while piece := file.read(PIECE):
            copy.write(piece)
    admin.commit()


def _resend(trial: Trial) -> Figure:
    figure = Figure(
        "intake",
        f"A5 the same file again, {trial.rows} rows",
        "the first time",
        0.6,
        0.25,
        less_is_better=True,
        reference_values=[one["seconds"] for one in trial.first],
        project_values=[one["seconds"] for one in trial.again],
    )
    figure.reference_count, figure.project_count = trial.rows, trial.again[-1]["receipt"]["received"]
    figure.notes["receipt"] = trial.again[-1]["receipt"]
    return figure


def _peak(trial: Trial, peak: float) -> Limit:
    notes = {"own_mib": trial.first[-1]["own_mib"], "reader_mib": trial.first[-1]["reader_mib"]}
    return Limit("intake", f"A4 peak memory, {trial.rows} rows", peak, "MiB", 1024, 256, notes)


def _growth(peaks: dict[int, float]) -> Limit:
    small, large = min(peaks), max(peaks)
    exponent = math.log(peaks[large] / peaks[small]) / math.log(large / small)
    return Limit("intake", "A4 growth exponent of peak memory", exponent, "exponent", 1.10, 1.03, {"peaks_mib": peaks})
