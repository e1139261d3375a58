"""The decision door (决策接口): what the law allows against one organisation at one act, for a department's machine.

The answer is the window's own (/dept/check), the trace is the window's own, and it is durable before the answer leaves.
A machine has a key and no session: it is answered before sessions are looked for."""

import hashlib
import re
import threading
from collections import OrderedDict
from uuid import uuid4

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
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
from limu.page.doors import DECISION
from limu.page.guard import Answer
from limu.page.machine import beyond_share, dressed, problem
from limu.terms.uscc import clean_uscc, is_valid_uscc
from limu.wire.database import NoDatabaseError, Pool, pool
from limu.wire.together import Together

ADDRESS = re.compile(r"/api/v1/subjects/([^/]+)/decision")
PATIENCE = 5.0
"""Seconds to wait for a connection: a machine at a window is told soon that there is no answer."""

KEYS_REMEMBERED = 10_000
WORDS = {"act", "purpose"}
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

    def remembers(self, header: str) -> bool:
        """Tell whether a header was a key's before."""
        return hashlib.sha256(header.encode()).digest() in self._keys

    def key_of(self, header: str) -> KnownKey | None:
        """Find whose secret a header carries: nothing of it ever changes, so it is asked once; no secret is kept."""
        mark = hashlib.sha256(header.encode()).digest()
        known = self._keys.get(mark)
        if known is None:
            with self.pool.connection(timeout=PATIENCE) as connection:
                known = known_key(connection, header)
            if known is not None:
                with self._lock:
                    self._keys[mark] = known
                    while len(self._keys) > KEYS_REMEMBERED:
                        self._keys.popitem(last=False)
        return known

    def why_not(self, header: str, uscc: str) -> Refusal:
        """Say why a question got no trace."""
        with self.pool.connection(timeout=PATIENCE) as connection:
            return why_not(connection, header, uscc)


_HAND: list[_Hand] = []


def _hand() -> _Hand:
    own = pool("app")
    if not _HAND or _HAND[0].pool is not own:
        _HAND[:] = [_Hand(own)]
    return _HAND[0]


def first(answer: Answer) -> Answer:
    """Middleware: a question under a key that is remembered here is answered at once; the key has a share of its own.

    Everything else goes the whole way, by the share of its network, to the same function."""

    def answered(request: HttpRequest) -> HttpResponseBase:
        path = request.path
        asked = ADDRESS.fullmatch(path) if path.endswith(DECISION) and request.method == "GET" else None
        if asked is None or not (_HAND and _HAND[0].remembers(request.META.get("HTTP_AUTHORIZATION", ""))):
            return answer(request)
        return decision(request, asked[1])

    return answered


def router() -> Router:
    """The address as the interface describes it."""
    made = Router(tags=["decisions"])
    made.get("/{uscc}/decision", openapi_extra=DESCRIBED, summary="What the law allows against it at one act")(decision)
    return made


def decision(request: HttpRequest, uscc: str) -> HttpResponse:
    """Every lawful measure against an organisation at a stated act, for a key of a department.

    The read is written down, with purpose and account, before anything is answered; the organisation sees it."""
    try:
        return _decision(request, uscc)
    except (OperationalError, PoolTimeout, NoDatabaseError):
        return dressed(problem(request, NOT_NOW, status=503))


def _decision(request: HttpRequest, uscc: str) -> HttpResponse:
    request.get_host()  # a name that is not ours is refused, as at every page
    hand, header = _hand(), request.META.get("HTTP_AUTHORIZATION", "")
    known = hand.key_of(header)
    if known is None:
        return dressed(problem(request, NO_KEY, status=401))
    if (waiting := beyond_share(request, known.key.id)) is not None:
        return waiting
    if ACT not in known.key.acts:
        return dressed(problem(request, not_for(ACT), status=403))
    read = _read(request, uscc, known)
    if isinstance(read, Ask):
        decided = hand.decide(read)
        if decided is not None:
            return _written(read, decided)
        read = hand.why_not(header, read.uscc)
    return dressed(problem(request, read, status=_STATUS.get(read.code, 422)))


def _read(request: HttpRequest, uscc: str, known: KnownKey) -> Ask | Refusal:
    code, act = clean_uscc(uscc), request.GET.get("act", "")
    if request.GET.keys() - WORDS:
        return UNKNOWN
    if not is_valid_uscc(code):
        return NOT_A_CODE
    if act not in ACTS:
        return NO_ACT
    if request.GET.get("purpose", "") not in PURPOSES:
        return NO_PURPOSE
    return Ask(known, uuid4(), code, act)


def _written(ask: Ask, decided: Decided) -> HttpResponse:
    body = written(decided.facts, act=ask.act, region=ask.known.region, on=decided.on)
    response = HttpResponse(body, content_type="application/json")
    response["Content-Language"] = "zh-Hans"
    response["Limu-Trace"] = str(ask.ticket)
    return dressed(response)
