"""What one of many workers does at a time. A convenience, not a lock: whoever does it must do no harm when two do."""

from __future__ import annotations

from typing import Any

from stores.connect import guarded


async def on_duty(client: Any, key: str, who: str, ttl_ms: int) -> bool:
    """Be the one for ``ttl_ms``, again and again. False while somebody else is. Raises StoreDown.

    Nobody is for longer than ``ttl_ms``: a mark that says so is from before the server's clock was set back, and nobody's.
    """
    with guarded("take a duty"):
        if await client.set(key, who, nx=True, px=ttl_ms):
            return True
        if await client.get(key) == who.encode() or await client.pttl(key) > ttl_ms:
            return bool(await client.set(key, who, px=ttl_ms))
        return False
