"""Calls that arrive at the same time are done as one: what is dear once, such as a durable commit, is paid once.

No call waits for others to come: whoever finds nobody at work begins at once, and who arrives meanwhile is done
together in the next turn. With one caller this is a plain call."""

import threading
from collections import deque
from collections.abc import Callable, Hashable, Sequence
from typing import Any, Generic, TypeVar

Asked = TypeVar("Asked")
Answered = TypeVar("Answered")

MOST = 64


class _Slot:
    """One caller, waiting: for its answer, or for its turn to work."""

    __slots__ = ("answer", "asked", "failure", "is_done", "turn")

    def __init__(self, asked: Any) -> None:
        self.asked = asked
        self.answer: Any = None
        self.failure: BaseException | None = None
        self.is_done = False
        self.turn = threading.Lock()
        self.turn.acquire()


class Together(Generic[Asked, Answered]):
    """One piece of work for many callers; `side_of` keeps apart those who may not share a turn."""

    def __init__(
        self,
        work: Callable[[list[Asked]], Sequence[Answered]],
        *,
        side_of: Callable[[Asked], Hashable],
        most: int = MOST,
    ) -> None:
        self._work, self._side_of, self._most = work, side_of, most
        self._waiting: deque[_Slot] = deque()
        self._is_working = False
        self._gate = threading.Lock()

    def ask(self, asked: Asked) -> Answered:
        """Answer one call; a failure of a turn is the failure of each call in it."""
        slot = _Slot(asked)
        with self._gate:
            self._waiting.append(slot)
            leads, self._is_working = not self._is_working, True
        if not leads:
            slot.turn.acquire()
        if not slot.is_done:
            self._lead()
        if slot.failure is not None:
            raise slot.failure
        answer: Answered = slot.answer
        return answer

    def _lead(self) -> None:
        """Work for all who wait on the side of the first, then hand the lead to who has come meanwhile."""
        turn = self._next_turn()
        try:
            answers = self._work([slot.asked for slot in turn])
            for slot, answer in zip(turn, answers, strict=True):
                slot.answer = answer
        except BaseException as failure:  # noqa: BLE001 - it is raised in every caller of the turn
            for slot in turn:
                slot.failure = failure
        for slot in turn:
            slot.is_done = True
        with self._gate:
            follower = self._waiting[0] if self._waiting else None
            self._is_working = follower is not None
        for slot in turn:
            slot.turn.release()
        if follower is not None:
            follower.turn.release()

    def _next_turn(self) -> list[_Slot]:
        with self._gate:
            side = self._side_of(self._waiting[0].asked)
            turn = [slot for slot in self._waiting if self._side_of(slot.asked) == side][: self._most]
            chosen = set(map(id, turn))
            self._waiting = deque(slot for slot in self._waiting if id(slot) not in chosen)
            return turn
