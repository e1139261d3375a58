"""`limu …` in processes of their own, each a fork of one that has loaded the program: loading it takes seconds.

    python -m tests.zygote

reads a command a line from its standard input, and answers each with a line when it has ended."""

import importlib
import json
import os
import subprocess
import sys
import tempfile
import threading
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, NoReturn

PATIENCE = 240.0


class Zygote:
    """The loaded process, and what it is asked to run."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.zygote"], cwd=Path(__file__).parents[1], text=True,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        )  # fmt: skip

    def run(self, *words: str, env: Mapping[str, str]) -> "subprocess.CompletedProcess[str]":
        """Run one command to its end, under these settings alone; a killed one ends with -9."""
        process = self._process
        assert process.stdin
        assert process.stdout
        with tempfile.TemporaryDirectory() as folder:
            asked = {"words": words, "env": dict(env), "folder": folder}
            process.stdin.write(json.dumps(asked) + "\n")
            process.stdin.flush()
            watch = threading.Timer(PATIENCE, process.kill)
            watch.start()
            try:
                code = int(process.stdout.readline() or "999")
            finally:
                watch.cancel()
            said = [Path(folder, name).read_text("utf-8") for name in ("out", "err")]
        return subprocess.CompletedProcess(words, code, *said)

    def close(self) -> None:
        """End it."""
        self._process.communicate(timeout=30)


def serve() -> None:
    """Answer every line until there are no more."""
    for line in sys.stdin:
        asked = json.loads(line)
        # A name that is no file of the room is the command's to refuse.
        with suppress(ImportError):
            importlib.import_module("limu.cli.main")
            importlib.import_module(f"limu.cli.{asked['words'][0]}")
        pid = os.fork()
        if pid == 0:
            _become(asked)
        _, status = os.waitpid(pid, 0)
        sys.stdout.write(f"{os.waitstatus_to_exitcode(status)}\n")
        sys.stdout.flush()


def _become(asked: Mapping[str, Any]) -> NoReturn:
    """Be the command: its settings, its words, its streams."""
    code = 998
    try:
        os.environ.clear()
        os.environ.update(asked["env"])
        for number, name in ((1, "out"), (2, "err")):
            opened = os.open(Path(asked["folder"], name), os.O_WRONLY | os.O_CREAT)
            os.dup2(opened, number)
        sys.argv = ["limu", *asked["words"]]
        importlib.import_module("limu.cli.main").main()
    except SystemExit as ended:
        code = ended.code if isinstance(ended.code, int) else 1
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


if __name__ == "__main__":
    serve()
