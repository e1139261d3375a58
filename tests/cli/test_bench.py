"""What may follow `limu bench JOB`: anything else is misuse, told before a measurement begins."""

import importlib
import re
from collections.abc import Mapping
from pathlib import Path

import pytest

import limu.bench
import limu.bench.linking
from limu.cli.bench import JOBS
from limu.cli.main import run
from limu.page.speech import HAN


@pytest.mark.parametrize("job", [*JOBS, "all"])
@pytest.mark.parametrize("argument", ["--json", "--row", "ten"])
def test_an_argument_that_a_job_does_not_take_is_misuse_and_told_with_those_it_takes(
    job: str, argument: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["bench", job, argument]) == 2

    told = capsys.readouterr().err.replace("\n", "")
    assert f"测试 {job} 没有参数 {argument}，可带的参数：" in told
    assert all(word in told for word in JOBS.get(job, ()))
    assert told.endswith("--help。")

    monkeypatch.setenv("LIMU_LANG", "en")
    assert run(["bench", job, argument]) == 2
    assert not HAN.search(capsys.readouterr().err)


@pytest.mark.parametrize(
    ("line", "told"),
    [
        (["intake", "--rows"], "--rows 后面须写：大于零的整数。"),
        (["intake", "--rows", "0"], "--rows 后面须写：大于零的整数。"),
        (["intake", "--rows=-1"], "--rows 后面须写：大于零的整数。"),
        (["page", "--seconds", "0.0"], "--seconds 后面须写：大于零的数字。"),
        (["decide", "--only", "sql"], "--only 后面须写：http。"),
        (["linking", "--samples"], "--samples 后面须写：文件夹。"),
    ],
)
def test_a_value_that_an_argument_cannot_have_is_misuse(
    line: list[str], told: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["bench", *line]) == 2
    assert told in capsys.readouterr().err.replace("\n", "")

    monkeypatch.setenv("LIMU_LANG", "en")
    assert run(["bench", *line]) == 2
    assert not HAN.search(capsys.readouterr().err)


def test_what_a_job_takes_reaches_it_in_either_form(monkeypatch: pytest.MonkeyPatch) -> None:
    reached: list[Mapping[str, str]] = []
    monkeypatch.setattr(limu.bench.linking, "run", lambda words: reached.append(words) or 0)  # type: ignore[func-returns-value]

    assert run(["bench", "linking", "--samples", "/tables"]) == 0
    assert run(["bench", "linking", "--samples=/tables"]) == 0

    assert reached == [{"--samples": "/tables"}] * 2


def test_whoever_asks_for_all_gives_each_job_what_it_takes(monkeypatch: pytest.MonkeyPatch) -> None:
    reached: dict[str, set[str]] = {}
    for job in JOBS:
        module = importlib.import_module(f"limu.bench.{job}")
        monkeypatch.setattr(module, "run", lambda words, job=job: reached.update({job: set(words)}))

    assert run(["bench", "all", "--rows", "1000", "--rounds", "1"]) == 0

    assert reached == {job: {"--rows", "--rounds"} & takes.keys() for job, takes in JOBS.items()}


@pytest.mark.parametrize("job", JOBS)
def test_a_job_reads_what_it_is_said_to_take_and_its_help_says_so(
    job: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    source = (Path(limu.bench.__file__).parent / f"{job}.py").read_text("utf-8")

    assert set(re.findall(r'words(?:\.get\(|\[)"(--[\w-]+)"', source)) == JOBS[job].keys()

    monkeypatch.setenv("COLUMNS", "400")
    assert run(["bench", job, "--help"]) == 0
    assert f"{job}（{'、'.join(JOBS[job])}".removesuffix("--only") in capsys.readouterr().out
