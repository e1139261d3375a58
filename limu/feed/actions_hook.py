"""Webhooks (Standard Webhooks): the next events of a holder, signed, in order, until they are taken or given up."""

import base64
import hashlib
import hmac
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID, uuid4

from psycopg import Connection

from limu.feed import store_holder, store_serve
from limu.feed import store_hook as store
from limu.feed.rules_holder import Holder
from limu.feed.store_serve import Events

AT_ONCE: Final = 100
HOOK_KEY: Final = "feed-hooks"
ATTEMPTS: Final = 10
LONGEST_PAUSE: Final = 3600
Post = Callable[[str, bytes, Mapping[str, str]], int]


@dataclass(frozen=True, slots=True)
class Message:
    """One message: its id is the same however often it is sent."""

    id: str
    body: bytes
    headers: Mapping[str, str]


def send_due(connection: Connection[Any], *, post: Post, master: bytes) -> int:
    """Send to every holder whose time has come; tells how many messages were taken.

    Held if we stop after sending and before the commit: the same message, with the same id, is sent once more."""
    taken = 0
    while True:
        with connection.transaction():
            hook = store.next_due(connection)
            if hook is None:
                return taken
            holder = store_holder.find_holder(connection, hook.holder)
            assert holder is not None
            taken += _send(connection, holder, hook, post=post, master=master)


def _send(
    connection: Connection[Any], holder: Holder, hook: store.Hook, *, post: Post, master: bytes
) -> bool:  # fmt: skip
    page = store_serve.events(connection, holder, after=hook.sent, limit=AT_ONCE)
    if not page.count:
        store.move(connection, holder.id, sent=page.last)
        return False
    message = message_of(holder, page, after=hook.sent, at=store_serve.now(connection), master=master)
    failure = _failure(post, str(holder.hook_url), message)
    if failure is None:
        store_serve.insert_delivery(connection, holder.id, after=hook.sent, last=page.last)
        store.move(connection, holder.id, sent=page.last)
        return True
    attempts = hook.attempts + 1
    if attempts >= ATTEMPTS:
        store.bury(connection, uuid4(), holder.id, first=hook.sent + 1, last=page.last, failure=failure)
    store.fail(
        connection, holder.id, attempts=attempts, pause=pause_after(attempts), failure=failure,
        is_dead=attempts >= ATTEMPTS,
    )  # fmt: skip
    return False


def _failure(post: Post, url: str, message: Message) -> str | None:
    try:
        status = post(url, message.body, message.headers)
    except Exception as failure:  # noqa: BLE001 - whatever it was, the message keeps its reason and is sent again
        return type(failure).__name__
    return None if 200 <= status < 300 else f"HTTP {status}"


def pause_after(attempts: int) -> int:
    """How many seconds to wait after so many failures: twice as long each time, an hour at most."""
    return int(min(2**attempts, LONGEST_PAUSE))


def message_of(holder: Holder, page: Events, *, after: int, at: datetime, master: bytes) -> Message:
    """Write a batch of CloudEvents and sign it (Standard Webhooks: `id.timestamp.body` under HMAC-SHA256)."""
    body = b"[" + b",".join(page.text.splitlines()) + b"]"
    name, instant = f"msg_{holder.id.hex}_{after + 1}_{page.last}", str(int(at.timestamp()))
    signed = b".".join((name.encode(), instant.encode(), body))
    digest = hmac.new(secret_bytes(holder.id, master), signed, hashlib.sha256).digest()
    headers = {
        "Content-Type": "application/cloudevents-batch+json",
        "webhook-id": name,
        "webhook-timestamp": instant,
        "webhook-signature": "v1," + base64.b64encode(digest).decode(),
    }
    return Message(name, body, headers)


def secret_bytes(holder: UUID, master: bytes) -> bytes:
    """Derive a holder's secret from this installation's key; nothing of it is stored."""
    return hmac.new(master, b"webhook" + holder.bytes, hashlib.sha256).digest()


def secret_text(holder: UUID, master: bytes) -> str:
    """Write a holder's secret as Standard Webhooks does."""
    return "whsec_" + base64.b64encode(secret_bytes(holder, master)).decode()


def replay(connection: Connection[Any], holder: Holder) -> None:
    """Begin to send again where it stopped."""
    store.revive(connection, holder.id)
