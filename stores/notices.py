"""Notices that wait to be sent: by the number of the effect they tell of, so that an effect shown twice is told once.

Key layout: ``{tenant}u``, a ZSET from the notice to its number; ``{tenant}ul``, who is sending now.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from stores.connect import guarded
from stores.duty import on_duty
from stores.layout import Keys


async def put(client: Any, tenant: str, notices: Sequence[tuple[int, bytes]]) -> None:
    """Let notices wait, each under the number of its effect. Again changes nothing. Raises StoreDown."""
    if notices:
        with guarded("keep notices"):
            await client.zadd(Keys.of(tenant).notices, {body: number for number, body in notices})


async def waiting(client: Any, tenant: str, most: int) -> list[tuple[int, bytes]]:
    """The oldest that wait. Raises StoreDown."""
    with guarded("read notices"):
        found = await client.zrange(Keys.of(tenant).notices, 0, most - 1, withscores=True)
    return [(int(number), body) for body, number in found]


async def done(client: Any, tenant: str, body: bytes) -> None:
    """One is sent, or is not to be. Raises StoreDown."""
    with guarded("drop a notice"):
        await client.zrem(Keys.of(tenant).notices, body)


async def my_turn(client: Any, tenant: str, who: str, ttl_ms: int) -> bool:
    """Be the one who sends. Two who send repeat some, and lose none. Raises StoreDown."""
    return await on_duty(client, Keys.of(tenant).sending, who, ttl_ms)
