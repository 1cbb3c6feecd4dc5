"""How much and how fast: bounds on headers and bodies while they arrive, and token buckets by source."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Callable
from contextlib import suppress

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from gateway.problems import Problem
from gateway.settings import Limits

#: How much of a refused body is still read, bytes and seconds, so that its sender gets to see the refusal.
DRAIN_BYTES, DRAIN_S = 64_000_000, 10.0


class Buckets:
    """A token bucket for each name: ``burst`` at once, then ``rate_per_s``. Per process; time is the caller's clock."""

    def __init__(self, clock: Callable[[], int]) -> None:
        self._clock = clock
        self._levels: dict[str, tuple[float, int]] = {}

    def take(self, name: str, rate_per_s: float, burst: int) -> None:
        """Take one. Raises Problem 429 with Retry-After when there is none."""
        now = self._clock()
        level, then = self._levels.get(name, (float(burst), now))
        level = min(float(burst), level + max(0, now - then) / 1000 * rate_per_s)
        if level < 1:
            self._levels[name] = (level, now)
            wait = max(1, math.ceil((1 - level) / rate_per_s))
            detail = "Too many requests of this source. Send the same request again later."
            raise Problem(429, "too_many_requests", detail, headers={"Retry-After": str(wait)})
        self._levels[name] = (level - 1, now)


class Turnstile:
    """Lets ``most`` in at a time and sends the others away at once."""

    def __init__(self, most: int) -> None:
        self._free = asyncio.Semaphore(most)

    async def __aenter__(self) -> None:
        if self._free.locked():
            detail = "Other imports are being read. Send this one again shortly."
            raise Problem(429, "too_many_imports", detail, headers={"Retry-After": "10"})
        await self._free.acquire()

    async def __aexit__(self, *_: object) -> None:
        self._free.release()


class BoundedRequests:
    """Middleware: refuses long headers (431) and stops taking in a body at its bound (413), whatever its length claims."""

    def __init__(self, app: ASGIApp, limits: Limits) -> None:
        self._app, self._limits = app, limits

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        bound = self._limits.import_bytes if scope["path"] == "/v1/imports" else self._limits.body_bytes
        try:
            self._check_headers(scope, bound)
        except Problem as problem:
            await _drain(receive)
            await problem.response(scope)(scope, receive, send)
            return
        await self._app(scope, _bounded(receive, bound), send)

    def _check_headers(self, scope: Scope, bound: int) -> None:
        headers = scope["headers"]
        if sum(len(name) + len(value) for name, value in headers) > self._limits.header_bytes:
            raise Problem(431, "headers_too_large", f"Headers may have {self._limits.header_bytes} bytes together.")
        for name, value in headers:
            if name == b"content-length" and (not value.isdigit() or int(value[:20]) > bound):
                raise _too_large(bound)
            if name == b"content-encoding" and value.lower() != b"identity":
                raise Problem(415, "content_encoding", "Send the body as it is, not compressed.")


def _too_large(bound: int) -> Problem:
    return Problem(413, "too_large", f"The body may have {bound} bytes. Split it.", headers={"Connection": "close"})


def _bounded(receive: Receive, bound: int) -> Receive:
    read = 0

    async def counted() -> Message:
        nonlocal read
        message = await receive()
        if message["type"] == "http.request":
            read += len(message.get("body", b""))
            if read > bound:
                if message.get("more_body"):
                    await _drain(receive)
                raise _too_large(bound)
        return message

    return counted


async def _drain(receive: Receive) -> None:
    """Throw the rest of a body away, within reason: who is still sending when the connection closes sees no answer."""
    left = DRAIN_BYTES
    with suppress(TimeoutError):
        async with asyncio.timeout(DRAIN_S):
            while left > 0:
                message = await receive()
                left -= len(message.get("body", b""))
                if not message.get("more_body"):
                    return
