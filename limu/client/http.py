"""Talking to a feed: the standard library's HTTP, a token, and every way in which it may go wrong."""

import base64
import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.parse import urlencode
from urllib.request import Request, urlopen
from uuid import UUID

PATIENCE = 20.0


class AwayError(Exception):
    """The feed cannot be reached now, or asks to come back later."""


class GoneError(Exception):
    """Our timepoint is older than what is kept: begin again with a snapshot."""


class RefusedError(Exception):
    """The feed refuses us: the token, the agreement or the request is at fault."""


@dataclass(frozen=True, slots=True)
class Page:
    """Events of the feed, and where to go on."""

    events: tuple[dict[str, Any], ...]
    after: int
    last: int
    head: int


class Site:
    """A feed that we follow; it counts what is exchanged."""

    def __init__(self, origin: str, token: str, *, patience: float = PATIENCE) -> None:
        self._origin = origin.rstrip("/")
        self._token = token
        self._patience = patience
        self.exchanged = 0

    def events(self, after: int, *, limit: int = 1000, wait: int = 0) -> Page:
        """Read the next events; with `wait`, hold the line so many seconds for one."""
        body, headers = self._ask(f"/feed?{urlencode({'after': after, 'limit': limit, 'wait': wait})}", wait=wait)
        return _page(body, headers)

    def copies(self, records: Iterable[UUID]) -> Page:
        """Read the newest event of each record."""
        body, headers = self._ask("/feed/copies", told={"ids": [str(record) for record in records]})
        return _page(body, headers)

    def acknowledge(self, until: int) -> None:
        """Say that all up to a timepoint is in our copy."""
        self._ask("/feed/ack", told={"until": until})

    def check(self, salt: bytes, hashes: Mapping[UUID, bytes | None]) -> dict[UUID, str]:
        """Ask whether our copies are right."""
        copies = [{"id": str(record), "hash": given and given.hex()} for record, given in hashes.items()]
        body, _ = self._ask("/feed/check", told={"salt": salt.hex(), "copies": copies})
        return {UUID(record): verdict for record, verdict in json.loads(body)["copies"].items()}

    def tree(self, of: str, inside: Iterable[int] = ()) -> dict[str, Any]:
        """Read marks."""
        body, _ = self._ask(f"/feed/tree?{urlencode({'of': of, 'in': ','.join(map(str, inside))}, safe=',')}")
        told: dict[str, Any] = json.loads(body)
        return told

    def reliances(self) -> list[dict[str, Any]]:
        """Read which records that we were given did not concern their subject, and by when we must answer."""
        found: list[dict[str, Any]] = json.loads(self._ask("/feed/reliance")[0])["notices"]
        return found

    def answer_reliance(self, notice: str, *, outcome: str, text: str) -> None:
        """Answer one of them: `not_used`, `unchanged` or `changed`, and what we did; the subject reads it."""
        self._ask("/feed/reliance", told={"notice": notice, "outcome": outcome, "text": text})

    def read(self, path: str) -> bytes:
        """Read any other address of the feed."""
        return self._ask(path)[0]

    def _ask(self, path: str, *, told: object = None, wait: int = 0) -> tuple[bytes, Mapping[str, str]]:
        sent = None if told is None else json.dumps(told).encode()
        headers = {"Authorization": f"Bearer {self._token}", "Content-Type": "application/json"}
        request = Request(self._origin + path, data=sent, headers=headers)  # noqa: S310 - the holder's own setting
        try:
            with urlopen(request, timeout=self._patience + wait) as answer:  # noqa: S310
                body = answer.read()
        except HTTPError as refused:
            raise _error(refused) from None
        except (URLError, OSError) as away:
            raise AwayError(str(away)) from away
        self.exchanged += len(body) + len(sent or b"")
        return body, answer.headers


def _error(refused: HTTPError) -> Exception:
    if refused.code == 410:
        return GoneError()
    if refused.code in {429, 502, 503, 504} or refused.code == 500:
        return AwayError(f"HTTP {refused.code}")
    return RefusedError(f"HTTP {refused.code}: {_reason(refused.read(4000))}")


def _reason(body: bytes) -> str:
    """What an answer that refuses says: title and detail of a problem (RFC 9457), else its beginning."""
    try:
        told = json.loads(body)
    except ValueError:
        told = None
    if isinstance(told, dict) and "title" in told:
        return f"{told['title']}{told.get('detail') or ''}"
    return body[:500].decode("utf-8", "replace")


def _page(body: bytes, headers: Mapping[str, str]) -> Page:
    digest = base64.b64encode(hashlib.sha256(body).digest()).decode()
    if headers.get("Content-Digest") != f"sha-256=:{digest}:":
        raise AwayError("the page was cut or changed on its way")
    events = tuple(json.loads(line) for line in body.splitlines() if line)
    return Page(events, int(headers["Limu-After"]), int(headers["Limu-Timepoint"]), int(headers["Limu-Head"]))
