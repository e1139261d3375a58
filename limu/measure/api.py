"""The decision door (决策接口): what the law allows against one organisation at one act, for a department's machine.

The answer is the window's own (/dept/check), the trace is the window's own, and it is durable before the answer leaves.
A machine has a key and no session: most of its questions are answered in limu.measure.api_gate, before any page."""

import hashlib
import re
import threading
from collections import OrderedDict
from collections.abc import Mapping
from typing import Final
from uuid import UUID, uuid4

from django.http import HttpRequest, HttpResponse
from ninja import Router
from psycopg import OperationalError
from psycopg_pool import PoolTimeout

from limu.department.actions_key import known_key
from limu.department.rules import Refusal
from limu.department.rules_key import NO_KEY, KnownKey, not_for
from limu.law.measure import ACTS
from limu.measure.actions_decision import ACT, Memory, decide_together, why_not
from limu.measure.api_words import DESCRIBED
from limu.measure.queries import NOT_A_CODE
from limu.measure.rules_decision import NO_PURPOSE, NOT_NOW, PURPOSES, UNKNOWN, Ask, Decided, written
from limu.measure.rules_window import NO_ACT
from limu.page.machine import beyond_share, dressed, problem
from limu.terms.uscc import clean_uscc, is_valid_uscc
from limu.wire.database import NoDatabaseError, Pool, pool
from limu.wire.together import Together

ADDRESS = re.compile(r"/api/v1/subjects/([^/]+)/decision")
PATIENCE = 5.0
"""Seconds to wait for a connection: a machine at a window is told soon that there is no answer."""

KEYS_REMEMBERED = 10_000
WORDS = {"act", "purpose"}
LOST: Final = (OperationalError, PoolTimeout, NoDatabaseError)
GONE: Final = "limu.gone"
"""Set in a request's environment when the register was just found to be away: it is not waited for twice."""

_STATUS = {"K-210": 401, "K-211": 403, "A-404": 403, "V-102": 404, "M-111": 503}


class _Hand:
    """What one process answers with, for as long as it works on one database."""

    def __init__(self, of: Pool) -> None:
        self.pool = of
        self._memory = Memory()
        self._keys: OrderedDict[bytes, KnownKey] = OrderedDict()
        self._lock = threading.Lock()
        self._together = Together[Ask, Decided | None](self._decide, side_of=lambda one: one.known.key.department)

    def decide(self, ask: Ask) -> Decided | None:
        """Decide beside whoever asks at the same time."""
        return self._together.ask(ask)

    def _decide(self, asks: list[Ask]) -> list[Decided | None]:
        with self.pool.connection(timeout=PATIENCE) as connection:
            connection.autocommit = True
            try:
                return decide_together(connection, asks, memory=self._memory)
            finally:
                connection.autocommit = False

    def remembered(self, header: str) -> KnownKey | None:
        """Find a header's key if it was asked for before; asks nobody."""
        return self._keys.get(hashlib.sha256(header.encode()).digest())

    def key_of(self, header: str) -> KnownKey | None:
        """Find whose secret a header carries: nothing of it ever changes, so it is asked once; no secret is kept."""
        known = self.remembered(header)
        if known is None:
            with self.pool.connection(timeout=PATIENCE) as connection:
                known = known_key(connection, header)
            if known is not None:
                with self._lock:
                    self._keys[hashlib.sha256(header.encode()).digest()] = known
                    while len(self._keys) > KEYS_REMEMBERED:
                        self._keys.popitem(last=False)
        return known

    def why_not(self, header: str, uscc: str) -> Refusal:
        """Say why a question got no trace."""
        with self.pool.connection(timeout=PATIENCE) as connection:
            return why_not(connection, header, uscc)


_HAND: list[_Hand] = []


def hand() -> _Hand:
    """What this process answers with, on the database of today."""
    own = pool("app")
    if not _HAND or _HAND[0].pool is not own:
        _HAND[:] = [_Hand(own)]
    return _HAND[0]


def router() -> Router:
    """The address as the interface describes it."""
    made = Router(tags=["decisions"])
    made.get("/{uscc}/decision", openapi_extra=DESCRIBED, summary="What the law allows against it at one act")(decision)
    return made


def decision(request: HttpRequest, uscc: str) -> HttpResponse:
    """Every lawful measure against an organisation at a stated act, for a key of a department.

    The read is written down, with purpose and account, before anything is answered; the organisation sees it."""
    try:
        if GONE not in request.META:
            return _decision(request, uscc)
    except LOST:
        pass
    return dressed(problem(request, NOT_NOW, status=503))


def _decision(request: HttpRequest, uscc: str) -> HttpResponse:
    request.get_host()  # a name that is not ours is refused, as at every page
    own, header = hand(), request.META.get("HTTP_AUTHORIZATION", "")
    known = own.key_of(header)
    if known is None:
        return dressed(problem(request, NO_KEY, status=401))
    if (waiting := beyond_share(request, known.key.id)) is not None:
        return waiting
    if not is_for(known):
        return dressed(problem(request, not_for(ACT), status=403))
    asked = read(request.GET.dict(), uscc, known, ticket=uuid4())
    if isinstance(asked, Ask):
        decided = own.decide(asked)
        if decided is not None:
            body = written(decided.facts, act=asked.act, region=known.region, on=decided.on)
            return dressed(HttpResponse(body, headers=answer_headers(asked, body)))
        asked = own.why_not(header, asked.uscc)
    return dressed(problem(request, asked, status=_STATUS.get(asked.code, 422)))


def is_for(known: KnownKey) -> bool:
    """Tell whether a key is for decisions."""
    return ACT in known.key.acts


def read(words: Mapping[str, str], uscc: str, known: KnownKey, *, ticket: UUID) -> Ask | Refusal:
    """Judge the words of a question."""
    code, act = clean_uscc(uscc), words.get("act", "")
    if words.keys() - WORDS:
        return UNKNOWN
    if not is_valid_uscc(code):
        return NOT_A_CODE
    if act not in ACTS:
        return NO_ACT
    if words.get("purpose", "") not in PURPOSES:
        return NO_PURPOSE
    return Ask(known, ticket, code, act)


def answer_headers(ask: Ask, body: bytes) -> dict[str, str]:
    """What an answer says of itself; the number of its trace is the number under which the subject sees the read."""
    return {
        "Content-Type": "application/json",
        "Content-Length": str(len(body)),
        "Content-Language": "zh-Hans",
        "Limu-Trace": str(ask.ticket),
    }
