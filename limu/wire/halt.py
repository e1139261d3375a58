"""How long work in a thread is asked to stop: between two steps, where everything it has done is whole."""

import threading


class HaltedError(BaseException):
    """Work stopped where it was asked to. No failure: whoever takes it up again goes on from its last whole step."""


class Halt:
    """A wish to stop, shared by who works and who waits for it."""

    def __init__(self) -> None:
        self._asked = threading.Event()

    def ask(self) -> None:
        """Ask for a stop."""
        self._asked.set()

    def here(self) -> None:
        """Mark a place where work may stop; raises HaltedError once that was asked."""
        if self._asked.is_set():
            raise HaltedError
