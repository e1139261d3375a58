"""Work that goes on in a thread beside: one run at a time; what broke it is raised where the next would begin."""

import threading
from collections.abc import Callable
from typing import Final

from limu.wire.halt import HaltedError

PATIENCE: Final = 20.0
"""Seconds that an end waits for work to reach a place where it may stop; what goes on longer is safe to kill."""


class Apart:
    """One kind of work, of which never two runs are under way."""

    def __init__(self, name: str, work: Callable[[], object]) -> None:
        self._name, self._work = name, work
        self._thread: threading.Thread | None = None
        self._failure: BaseException | None = None

    @property
    def is_under_way(self) -> bool:
        """Whether a run has begun and not ended."""
        return self._thread is not None and self._thread.is_alive()

    def begin(self) -> None:
        """Begin a run, unless one is under way; raises what broke the one before."""
        if self.is_under_way:
            return
        if self._failure is not None:
            raise self._failure
        self._thread = threading.Thread(target=self._run, name=self._name, daemon=True)
        self._thread.start()

    def wait(self, seconds: float) -> bool:
        """Wait for the run under way, at most so long; tells whether none is left."""
        if self._thread is not None:
            self._thread.join(seconds)
        return not self.is_under_way

    def _run(self) -> None:
        try:
            self._work()
        except HaltedError:
            return
        except BaseException as failure:  # noqa: BLE001 - it is raised where the next run would begin
            self._failure = failure
