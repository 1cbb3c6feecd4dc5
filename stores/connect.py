"""From a URL to a client of the store, and from the driver's errors to ours. Every other file of this room starts here."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from redis.asyncio import Redis
from redis.exceptions import RedisError

from leads.errors import Misconfigured, StoreDown


def connect(url: str, *, timeout_s: float = 30.0, connections: int = 64) -> Redis:
    """A client for ``unix:///path``, ``redis://host:port/db`` or ``rediss://...`` (Valkey and Redis alike).

    Nothing is sent yet; the first command connects. Every answer is bytes. ``timeout_s`` is the longest wait for one
    answer, so a blocking read must block for less. The client belongs to the event loop it is first used in; close it
    with ``await client.aclose()``.
    """
    return Redis.from_url(
        url,
        protocol=2,
        decode_responses=False,
        socket_timeout=timeout_s,
        socket_connect_timeout=min(timeout_s, 5.0),
        max_connections=connections,
    )


@contextmanager
def guarded(doing: str) -> Iterator[None]:
    """Turn whatever the driver raises inside into StoreDown. ``doing`` says what was tried: "register", "read the journal".

    Misconfigured: the index has keys of a version that this process does not make.
    """
    try:
        yield
    except (RedisError, OSError, TimeoutError) as error:
        if str(error).startswith("KEYS "):
            raise Misconfigured(
                [("index", "it has moved to another version of keys; restart with the new program")]
            ) from None
        # Only the class goes into the text: an answer of the server could quote what was sent.
        raise StoreDown(
            f"the store did not {doing} ({type(error).__name__}); check that it runs and has disk and memory left"
        ) from error
