"""A child process for files that strangers made: bounded memory, time and files; it answers in lines of JSON."""

import json
import resource
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final, Literal

Harm = Literal["mismatch", "too_large", "hostile", "broken", "empty", "no_header", "uncomputed"]

MEMORY: Final = 256 << 20
"""Address space, so that what the process holds stays below as well (trust.md 1.5)."""

CPU_SECONDS: Final = 5
DIED: Final = "died"
END: Final = "end"


class HarmError(Exception):
    """A file that is not read on, and which kind of harm it could do."""

    def __init__(self, harm: Harm) -> None:
        super().__init__(harm)
        self.harm = harm


def limit_itself(*, seconds: int = CPU_SECONDS) -> None:
    """Bound memory, processor time, open files and written files; called in the child before the file is touched."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    resource.setrlimit(resource.RLIMIT_NOFILE, (16, 16))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def answers_of(module: str, order: dict[str, Any], *, seconds: int) -> Iterator[dict[str, Any]]:
    """Start a module as a child, give it the order, and yield its answers until it says `end`.

    One that is still there after `seconds` is killed; the last answer then is `{"died": harm}`."""
    child = _start(module)
    guard = threading.Timer(seconds, child.kill)
    guard.start()
    try:
        assert child.stdin
        assert child.stdout
        child.stdin.write(json.dumps(order).encode())
        child.stdin.close()
        for line in child.stdout:
            answer = json.loads(line)
            if END in answer:
                return
            yield answer
        # It ended without a word: a limit, or a crash of the parser on a hostile file.
        yield {DIED: "too_large" if child.wait() < 0 else "hostile"}
    finally:
        guard.cancel()
        child.kill()
        child.wait()
        if child.stdout:
            child.stdout.close()


def _start(module: str) -> subprocess.Popen[bytes]:
    # Nothing of our environment goes along: it may name a database. A session of its own: Ctrl-C is for us, and a child
    # that it ended would look like a hostile file.
    home = str(Path(__file__).parents[2])
    return subprocess.Popen(
        [sys.executable, "-m", module],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, cwd="/",
        env={"PYTHONPATH": home, "LANG": "C.UTF-8", "PYTHONDONTWRITEBYTECODE": "1"},
        start_new_session=True,
    )  # fmt: skip
