"""`limu bench`: each figure against a reference measured in the same run, one line of JSON a figure."""

import importlib
import re
from collections.abc import Mapping, Sequence
from typing import Annotated

import typer

from limu.cli.frame import REFUSED

NUMBER, SECONDS, FOLDER, HTTP = "大于零的整数", "大于零的数字", "文件夹", "http"
SHAPES = {NUMBER: r"0*[1-9]\d*", SECONDS: r"(?=.*[1-9])\d+(\.\d+)?", FOLDER: r".+", HTTP: "http"}
"""What may follow an argument, and how it is written."""

JOBS: Mapping[str, Mapping[str, str]] = {
    "intake": {"--rows": NUMBER, "--rounds": NUMBER},
    "search": {"--names": NUMBER, "--rounds": NUMBER},
    "page": {"--rounds": NUMBER, "--seconds": SECONDS, "--subjects": NUMBER},
    "pages": {"--subjects": NUMBER, "--records": NUMBER, "--looks": NUMBER},
    "linking": {"--samples": FOLDER},
    "decide": {"--subjects": NUMBER, "--rounds": NUMBER, "--only": HTTP},
    "feed": {"--rows": NUMBER, "--rounds": NUMBER, "--changes": NUMBER, "--per-second": NUMBER},
}
"""Every job with the arguments it takes."""


def bench(
    context: typer.Context,
    job: Annotated[
        str,
        typer.Argument(
            help="intake（--rows、--rounds）、search（--names、--rounds）、page（--rounds、--seconds、--subjects）、"
            "pages（--subjects、--records、--looks）、linking（--samples）、"
            "decide（--subjects、--rounds、--only http）、feed（--rows、--rounds、--changes、--per-second），或者 all；"
            "括号内是该项测试可带的参数。"
        ),
    ],
) -> None:
    """运行基准测试：项目与参照交替进行，每个指标输出一行 JSON；其余参数交给该项测试（如 --rows 1000000）。"""
    if job != "all" and job not in JOBS:
        raise typer.BadParameter(f"没有这项测试：{job}。可选：{'、'.join((*JOBS, 'all'))}。")
    words = _words(job, context.args)
    # Whoever asks for all of them gives each what it takes.
    outcomes = [
        importlib.import_module(f"limu.bench.{name}").run({word: words[word] for word in words if word in takes})
        for name, takes in JOBS.items()
        if job in (name, "all")
    ]
    if any(outcomes):
        raise typer.Exit(REFUSED)


def _words(job: str, arguments: Sequence[str]) -> dict[str, str]:
    """Read what follows the job, before anything is measured; what the job does not take is misuse."""
    takes = {word: shape for name, some in JOBS.items() if job in (name, "all") for word, shape in some.items()}
    words: dict[str, str] = {}
    rest = iter(arguments)
    for argument in rest:
        word, equals, value = argument.partition("=")
        if word not in takes:
            raise typer.BadParameter(f"测试 {job} 没有参数 {argument}，可带的参数：{'、'.join(takes)}。")
        words[word] = value if equals else next(rest, "")
        if not re.fullmatch(SHAPES[takes[word]], words[word], re.ASCII):
            raise typer.BadParameter(f"{word} 后面须写：{takes[word]}。")
    return words


def register(app: typer.Typer) -> None:
    """Add the command; what it does not know goes to the job."""
    app.command("bench", context_settings={"allow_extra_args": True, "ignore_unknown_options": True})(bench)
