"""Where a reader of the journal keeps how far it has come and what it has made of it. No part of a tenant's state: anybody can make it anew."""

from __future__ import annotations

from typing import Any

from stores.connect import guarded
from stores.layout import books_key


async def load(client: Any, tenant: str) -> bytes:
    """What was kept last, empty when nothing was. Raises StoreDown."""
    with guarded("read the books"):
        return bytes(await client.get(books_key(tenant)) or b"")


async def keep(client: Any, tenant: str, books: bytes) -> None:
    """Replace what is kept. Raises StoreDown."""
    with guarded("keep the books"):
        await client.set(books_key(tenant), books)
