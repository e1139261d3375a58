"""The reference of B4: a bare ASGI page, one SQL and one JSON, by asyncpg behind uvicorn (performance.md B).

Run as `python -m uvicorn limu.bench.page_reference:application`; LIMU_BENCH_DSN says where the database is."""

import os
from collections.abc import Awaitable, Callable
from typing import Any

import asyncpg

Message = dict[str, Any]

# The subject and its public records as one JSON text, made by the server itself.
QUERY = """
    SELECT json_build_object('uscc', s.uscc, 'name', s.name, 'records', coalesce((
        SELECT json_agg(r ORDER BY r.decided_on DESC, r.id DESC) FROM (
            SELECT id, item, document_number, authority, decided_on, severity, kinds, fine_fen, valid_from, valid_until,
                   content, shown_from, shown_until, rule FROM shown.record WHERE subject = s.id
            ORDER BY decided_on DESC, id DESC LIMIT 20) r), '[]'))::text
    FROM shown.subject s WHERE s.uscc = $1
"""
HEADERS = [(b"content-type", b"application/json")]


class Application:
    """Answers `/<code>`; anything else is not found."""

    def __init__(self) -> None:
        self._pool: Any = None

    async def __call__(
        self,
        scope: Message,
        receive: Callable[[], Awaitable[Message]],
        send: Callable[[Message], Awaitable[None]],
    ) -> None:
        """Speak ASGI: start and stop of the server, and requests."""
        if scope["type"] == "lifespan":
            await self._live(receive, send)
            return
        async with self._pool.acquire() as connection:
            text = await connection.fetchval(QUERY, scope["path"].lstrip("/"))
        status = 200 if text else 404
        await send({"type": "http.response.start", "status": status, "headers": HEADERS})
        await send({"type": "http.response.body", "body": (text or "{}").encode()})

    async def _live(
        self, receive: Callable[[], Awaitable[Message]], send: Callable[[Message], Awaitable[None]]
    ) -> None:
        while True:
            message = await receive()
            if message["type"] == "lifespan.startup":
                self._pool = await asyncpg.create_pool(os.environ["LIMU_BENCH_DSN"], min_size=4, max_size=8)
            await send({"type": f"{message['type']}.complete"})
            if message["type"] == "lifespan.shutdown":
                await self._pool.close()
                return


application = Application()
