"""`Idempotency-Key`: the same request twice is done once. IETF draft "The Idempotency-Key HTTP Header Field"."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any, Protocol

import msgspec

from gateway.problems import Problem
from leads.errors import StoreDown

#: How long a request may be under way before another with its key may take over, seconds. A door that dies holds the
#: key no longer; taking over is safe, since the event's id comes from the key.
CLAIM_S = 60


class IdempotencyStore(Protocol):
    """Small values under keys that expire. Each method is one atomic step and raises StoreDown."""

    async def put_if_absent(self, key: str, value: bytes, ttl_s: int) -> bytes | None:
        """Put the value unless there is one; gives what was there before, None when it is ours now."""

    async def put(self, key: str, value: bytes, ttl_s: int) -> None:
        """Put the value, whatever was there."""

    async def get(self, key: str) -> bytes | None:
        """The value, None when there is none or it has expired."""

    async def delete(self, key: str) -> None:
        """Forget the key."""


class _Seen(msgspec.Struct, frozen=True):
    body: str
    answer: dict[str, Any] | None = None


_decoder = msgspec.json.Decoder(_Seen)


async def once(
    store: IdempotencyStore, key: str, body: str, ttl_s: int, work: Callable[[], Awaitable[dict[str, Any]]]
) -> dict[str, Any]:
    """The answer of ``work``, or the stored one when this key and body were answered before.

    ``body`` is a digest of the request. Raises Problem 422 when the key came with another body, 409 while the first
    request is under way. When ``work`` fails the key is free again.
    """
    before = await store.put_if_absent(key, msgspec.json.encode(_Seen(body)), CLAIM_S)
    if before is not None:
        seen = _decoder.decode(before)
        if seen.body != body:
            raise Problem(422, "key_reused", "This Idempotency-Key came with another body. Use a new key.")
        if seen.answer is None:
            detail = "A request with this Idempotency-Key is under way. Send it again shortly."
            raise Problem(409, "under_way", detail, headers={"Retry-After": "1"})
        return seen.answer
    try:
        answer = await work()
    except BaseException:
        with suppress(StoreDown):
            await store.delete(key)
        raise
    with suppress(StoreDown):  # the log has the lead: it is accepted, and a repeat has the same event id
        await store.put(key, msgspec.json.encode(_Seen(body, answer)), ttl_s)
    return answer
