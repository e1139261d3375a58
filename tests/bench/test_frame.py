"""A figure is a ratio of the same run, and void when the two did not do the same work."""

import json
from pathlib import Path

import polars as pl
import pytest

from limu.bench.department_file import COLUMNS, write_file
from limu.bench.frame import Figure, Limit, alternate, say
from limu.bench.load import Served, press
from limu.bench.pages import p95
from limu.city.found import found_offices
from limu.city.progress import Nobody
from limu.city.register import SOURCE, load, write_register
from limu.wire.database import Database


def _figure(**words: object) -> Figure:
    return Figure("intake", "A1", "COPY", 0.5, 0.9, **words)  # type: ignore[arg-type] # slots of a test


def _share(those: pl.Series) -> float:
    return float(those.sum() / len(those))


def test_a_figure_of_times_says_how_much_of_the_references_rate_is_reached() -> None:
    figure = _figure(reference_values=[1.0, 3.0], project_values=[2.0, 4.0], reference_count=7, project_count=7)

    assert figure.ratios == [0.5, 0.75]
    assert figure.line()["ratio"] == 0.625
    assert figure.line()["reached"] == "bar"


def test_a_figure_of_rates_is_the_projects_over_the_references() -> None:
    figure = _figure(unit="requests/s", reference_values=[100.0], project_values=[95.0])

    assert figure.ratios == [0.95]
    assert figure.line()["reached"] == "moonshot"


def test_a_figure_is_void_when_the_counts_differ() -> None:
    figure = _figure(reference_values=[1.0], project_values=[1.0], reference_count=7, project_count=6)

    assert figure.is_void
    assert figure.line()["reached"] == "void"


def test_time_that_should_shrink_is_compared_by_time() -> None:
    figure = Figure("intake", "A5", "the first time", 0.6, 0.25, less_is_better=True)
    figure.reference_values, figure.project_values = [10.0], [2.0]

    assert figure.line()["ratio"] == 0.2
    assert figure.line()["reached"] == "moonshot"


def test_a_limit_is_reached_from_below() -> None:
    assert Limit("intake", "A4", 300.0, "MiB", 1024, 256, {}).line()["reached"] == "bar"
    assert Limit("intake", "A4", 2000.0, "MiB", 1024, 256, {}).line()["reached"] == "below the bar"


def test_rounds_alternate_and_print_one_line_of_json(capsys: pytest.CaptureFixture[str]) -> None:
    turns: list[str] = []
    figure = alternate(
        2,
        reference=lambda: turns.append("reference") or 2.0,  # type: ignore[func-returns-value]
        project=lambda: turns.append("project") or 4.0,  # type: ignore[func-returns-value]
        figure=_figure(),
    )
    say(figure.line())

    assert turns == ["project", "reference", "project", "reference"]
    assert json.loads(capsys.readouterr().out)["ratio"] == 0.5


def test_the_departments_file_has_the_faults_that_performance_states(own_database: Database, tmp_path: Path) -> None:
    found_offices(own_database)
    write_register(tmp_path / "register.csv", subjects=400)
    with own_database.connect("app") as app:
        load(app, tmp_path / "register.csv", source=SOURCE, listener=Nobody())
    path, again = tmp_path / "file.csv", tmp_path / "again.csv"

    write_file(own_database, path, rows=4_000)
    write_file(own_database, again, rows=4_000)
    frame = pl.read_csv(path, infer_schema=False)

    assert path.read_bytes() == again.read_bytes()
    assert tuple(frame.columns) == COLUMNS
    assert len(frame.columns) == 26
    assert 450 < path.stat().st_size / frame.height < 650
    assert 0.04 < _share(frame["统一社会信用代码"] == "") < 0.08
    assert 0.02 < _share(frame.is_duplicated()) < 0.06


def test_the_rate_is_what_was_answered_in_a_second() -> None:
    served = Served(requests=50, seconds=2.0, errors=0, p50=1.0, p99=2.0)

    assert served.rate == 25.0
    assert press.__doc__


@pytest.mark.parametrize(("count", "value"), [(100, 95), (20, 19), (50, 48), (1, 1)])
def test_what_ninety_five_of_a_hundred_do_not_exceed(count: int, value: int) -> None:
    assert p95([float(one + 1) for one in range(count)]) == value
