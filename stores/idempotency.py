"""What the door has answered, for a while: small values under expiring keys, each step one command.

Key layout: ``seen:<key>``; the caller's keys are digests and hold nothing of a person.
"""

from __future__ import annotations

from redis.asyncio import Redis

from stores.connect import guarded


class RedisIdempotency:
    """Needs Redis 7.0 or any Valkey: ``SET`` with ``NX`` and ``GET`` together."""

    def __init__(self, client: Redis) -> None:
        self._client = client

    async def put_if_absent(self, key: str, value: bytes, ttl_s: int) -> bytes | None:
        """Put the value unless there is one; gives what was there before, None when it is ours now. Raises StoreDown."""
        with guarded("remember a request"):
            before = await self._client.set(f"seen:{key}", value, ex=ttl_s, nx=True, get=True)
        return before if isinstance(before, bytes) else None

    async def put(self, key: str, value: bytes, ttl_s: int) -> None:
        """Put the value, whatever was there. Raises StoreDown."""
        with guarded("remember an answer"):
            await self._client.set(f"seen:{key}", value, ex=ttl_s)

    async def get(self, key: str) -> bytes | None:
        """The value, None when there is none or it has expired. Raises StoreDown."""
        with guarded("recall an answer"):
            value = await self._client.get(f"seen:{key}")
        return value if isinstance(value, bytes) else None

    async def delete(self, key: str) -> None:
        """Forget the key. Raises StoreDown."""
        with guarded("forget a request"):
            await self._client.delete(f"seen:{key}")
