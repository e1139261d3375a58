"""What every benchmark shares: rounds by turns, one JSON line a figure, a home that is thrown away."""

import json
import os
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path
from typing import Any

from psycopg import sql

from limu import __version__
from limu.wire.database import Database, running_database
from limu.wire.home import Home

LIBRARIES = ("polars", "psycopg", "numpy", "django", "granian")
SEED_PATIENCE = 3_600


@dataclass(slots=True)
class Figure:
    """One figure of performance.md: what was measured against what, round by round, and whether it counts.

    `ratio` is of rates (project ÷ reference: more is better) unless `less_is_better`, when it is of the values
    themselves. A figure whose counts differ is void."""

    job: str
    name: str
    reference: str
    bar: float | None = None
    moonshot: float | None = None
    less_is_better: bool = False
    unit: str = "seconds"
    reference_values: list[float] = field(default_factory=list)
    project_values: list[float] = field(default_factory=list)
    reference_count: int | None = None
    project_count: int | None = None
    notes: dict[str, Any] = field(default_factory=dict)

    @property
    def ratios(self) -> list[float]:
        """Return the ratio of each round."""
        pairs = zip(self.reference_values, self.project_values, strict=True)
        is_time = self.unit in {"seconds", "milliseconds"}
        is_inverse = is_time != self.less_is_better
        return [one / other if is_inverse else other / one for one, other in pairs if one and other]

    @property
    def is_void(self) -> bool:
        """Tell whether the two did not do the same work."""
        return self.reference_count != self.project_count or not self.ratios

    def line(self) -> dict[str, Any]:
        """Lay the figure out as the one line that is printed."""
        ratios = self.ratios
        median = statistics.median(ratios) if ratios else None
        return {
            "job": self.job, "figure": self.name, "reference": self.reference, "unit": self.unit,
            "reference_values": _rounded(self.reference_values), "project_values": _rounded(self.project_values),
            "ratios": _rounded(ratios), "ratio": None if median is None else round(median, 4),
            "is_void": self.is_void, "counts": {"reference": self.reference_count, "project": self.project_count},
            "bar": self.bar, "moonshot": self.moonshot, "reached": self._reached(median), "notes": self.notes,
            "versions": versions(), "machine": machine(),
        }  # fmt: skip

    def _reached(self, median: float | None) -> str:
        if median is None or self.is_void:
            return "void"
        for word, goal in (("moonshot", self.moonshot), ("bar", self.bar)):
            if goal is not None and (median <= goal if self.less_is_better else median >= goal):
                return word
        return "below the bar" if self.bar is not None else "measured"


@dataclass(frozen=True, slots=True)
class Limit:
    """A figure without a reference: a value against a bar and a moonshot, less being better."""

    job: str
    name: str
    value: float
    unit: str
    bar: float
    moonshot: float
    notes: dict[str, Any]

    def line(self) -> dict[str, Any]:
        """Lay the figure out as the one line that is printed."""
        words = (("moonshot", self.moonshot), ("bar", self.bar))
        reached = next((word for word, goal in words if self.value <= goal), "below the bar")
        return {
            "job": self.job, "figure": self.name, "unit": self.unit, "value": round(self.value, 4), "bar": self.bar,
            "moonshot": self.moonshot, "reached": reached, "notes": self.notes, "versions": versions(),
            "machine": machine(),
        }  # fmt: skip


def alternate(rounds: int, *, reference: Callable[[], float], project: Callable[[], float], figure: Figure) -> Figure:
    """Run reference and project by turns, so that whatever slows the machine slows both."""
    for _ in range(rounds):
        figure.project_values.append(project())
        figure.reference_values.append(reference())
    return figure


def timed(act: Callable[[], object]) -> float:
    """Return the seconds an act takes."""
    started = time.perf_counter()
    act()
    return time.perf_counter() - started


def say(line: dict[str, Any]) -> None:
    """Print one figure as one line of JSON on stdout."""
    sys.stdout.write(json.dumps(line, ensure_ascii=False, default=str) + "\n")
    sys.stdout.flush()


def note(sentence: str) -> None:
    """Tell on stderr what is being done; it is no result."""
    sys.stderr.write(sentence + "\n")
    sys.stderr.flush()


def versions() -> dict[str, str]:
    """Name the versions a figure depends on."""
    known = {name: version(name) for name in LIBRARIES}
    return {"limu": __version__, "python": platform.python_version(), **known}


def machine() -> dict[str, Any]:
    """Describe the machine: cores and the model of its processor."""
    model = platform.processor()
    info = Path("/proc/cpuinfo")
    if info.is_file():
        lines = (line.partition(":") for line in info.read_text().splitlines())
        model = next((value.strip() for name, _, value in lines if name.strip() == "model name"), model)
    return {"cores": os.cpu_count(), "cpu": model, "load": os.getloadavg()[0]}


@contextmanager
def bench_home() -> Iterator[Database]:
    """Lend a database of a home made for this run and removed after it; LIMU_HOME names it meanwhile."""
    before = {name: os.environ.get(name) for name in ("LIMU_HOME", "LIMU_MODE", "LIMU_DATABASE_NAME", "LIMU_NOW")}
    folder = Path(tempfile.mkdtemp(prefix="limu-bench-"))
    folder.chmod(0o711)
    os.environ.update({"LIMU_HOME": str(folder / "home"), "LIMU_MODE": "demonstration"})
    os.environ.pop("LIMU_DATABASE_NAME", None)
    try:
        with running_database(Home(folder / "home")) as database:
            yield database
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        for name, value in before.items():
            os.environ.pop(name, None) if value is None else os.environ.update({name: value})


def seed(database: Database, *, subjects: int, records: int = 0) -> None:
    """Found a city of this size by the public command, in a process of its own."""
    note(f"seeding {subjects} subjects, {records} records")
    command = [
        sys.executable,
        "-m",
        "limu.cli",
        "seed",
        "--subjects",
        str(subjects),
        "--records",
        str(records),
        "--json",
    ]
    subprocess.run(
        command, env=os.environ | database.environment(), check=True, stdout=subprocess.DEVNULL, timeout=SEED_PATIENCE
    )


def cloned(database: Database, name: str) -> Database:
    """Copy the database under another name; nobody may be connected to it meanwhile."""
    clone = database.named(name)
    names = sql.Identifier(name), sql.Identifier(database.name)
    with database.named("postgres").connect("admin", autocommit=True) as admin:
        admin.execute(sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(*names))
        admin.execute(sql.SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(names[0]))
        everyone = sql.SQL(
            "GRANT CONNECT, CREATE, TEMPORARY ON DATABASE {} TO limu_owner, limu_app, limu_web, limu_sequencer"
        )
        admin.execute(everyone.format(names[0]))
        admin.execute("CHECKPOINT")
    return clone


def dropped(database: Database) -> None:
    """Remove a copy."""
    with database.named("postgres").connect("admin", autocommit=True) as admin:
        admin.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(database.name)))


def _rounded(values: list[float]) -> list[float]:
    return [round(value, 4) for value in values]
