"""The decision door before the pages: a question under a remembered key is answered without building a page's request.

What is no plain question (another key, word, host or method, a share used up, no trace) is left to the whole way,
limu.measure.api.decision, which says in words what is wrong. A test holds both answers against each other."""

from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from typing import Any, Final, TypeAlias
from urllib.parse import parse_qsl
from uuid import uuid4

from limu.measure.api import ADDRESS, GONE, LOST, answer_headers, hand, is_for, read
from limu.measure.rules_decision import Ask, written
from limu.page.doors import DECISION
from limu.page.guard import is_our_host, number_of
from limu.page.machine import bare, has_share

Application: TypeAlias = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]
SPELLINGS: Final = 256
"""Query strings remembered: a window asks about few acts, again and again."""


def first(application: Application) -> Application:
    """Answer what can be answered here; everything else goes on to the pages."""

    def answered(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        try:
            told = _told(environ) if environ["PATH_INFO"].endswith(DECISION) else None
        except LOST:
            environ[GONE] = True
            told = None
        if told is None:
            return application(environ, start_response)
        headers, body = told
        start_response("200 OK", headers)
        return (body,)

    return answered


def _told(environ: Mapping[str, Any]) -> tuple[list[tuple[str, str]], bytes] | None:
    ask = _asked(environ)
    if ask is None or not has_share(ask.known.key.id):
        return None
    decided = hand().decide(ask)
    if decided is None:
        return None
    body = written(decided.facts, act=ask.act, region=ask.known.region, on=decided.on)
    number = number_of(environ.get("HTTP_X_REQUEST_ID", ""))
    return [*answer_headers(ask, body).items(), *bare(environ, number)], body


def _asked(environ: Mapping[str, Any]) -> Ask | None:
    """Read a question, if it is one and whole."""
    asked = ADDRESS.fullmatch(environ["PATH_INFO"])
    if asked is None or environ["REQUEST_METHOD"] != "GET" or not is_our_host(environ.get("HTTP_HOST", "")):
        return None
    known = hand().remembered(environ.get("HTTP_AUTHORIZATION", ""))
    if known is None or not is_for(known):
        return None
    found = read(_words(environ.get("QUERY_STRING", "")), asked[1], known, ticket=uuid4())
    return found if isinstance(found, Ask) else None


@lru_cache(SPELLINGS)
def _words(query: str) -> Mapping[str, str]:
    return dict(parse_qsl(query, keep_blank_values=True))
