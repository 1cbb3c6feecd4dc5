"""From a URL to a client of the store, and from the driver's errors to ours. Every other file of this room starts here."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from itertools import islice
from typing import Any, cast
from urllib.parse import urlsplit

from redis import Redis as SyncRedis
from redis.asyncio import Redis
from redis.asyncio.cluster import ClusterNode, RedisCluster
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.cluster import RedisCluster as SyncCluster
from redis.exceptions import RedisClusterException, RedisError

from leads.errors import Misconfigured, StoreDown

#: Where Valkey and Redis listen unless told otherwise.
_PORT = 6379
#: What the URL of a cluster begins with -> what that of one of its nodes begins with.
CLUSTERS = {"redis+cluster": "redis", "rediss+cluster": "rediss"}


def connect(url: str, *, timeout_s: float = 30.0, connections: int = 64) -> Redis:
    """A client for ``unix:///path``, ``redis://host:port/db``, ``rediss://...`` (Valkey and Redis alike), or of a cluster:
    ``redis+cluster://host:port,host:port``, some of its nodes. All keys of a tenant lie on one of them.

    Nothing is sent yet; the first command connects. Every answer is bytes. ``timeout_s`` is the longest wait for one
    answer, so a blocking read must block for less. The client belongs to the event loop it is first used in; close it
    with ``await client.aclose()``.
    """
    options: dict[str, Any] = {
        "protocol": 2,
        "decode_responses": False,
        "socket_timeout": timeout_s,
        "socket_connect_timeout": min(timeout_s, 5.0),
        "max_connections": connections,
    }
    if not of_cluster(url):
        return Redis.from_url(url, **options)
    first, *others = _nodes(url)
    nodes = [ClusterNode(where.hostname or "", where.port or _PORT) for where in map(urlsplit, others)]
    return cast(
        Redis, _Cluster.from_url(first, startup_nodes=nodes, retry=Retry(NoBackoff(), 1), **options)
    )  # takes the same commands


def connect_now(url: str) -> SyncRedis:
    """A client that blocks, for the start of a process."""
    if of_cluster(url):
        return cast(SyncRedis, SyncCluster.from_url(_nodes(url)[0], socket_timeout=30))
    return SyncRedis.from_url(url, socket_timeout=30)


async def infos(client: Any, *sections: str) -> list[dict[str, Any]]:
    """What each server says of itself; of a cluster all that hold slots, the one with the most data first."""
    if not isinstance(client, RedisCluster):
        return [await client.info(*sections)]
    said: dict[str, dict[str, Any]] = await client.info(*sections, target_nodes=RedisCluster.PRIMARIES)
    return sorted(said.values(), key=lambda one: -int(one["used_memory"]))


async def everywhere(client: Any, *command: Any) -> list[Any]:
    """What each server answers to a command without a key; of a cluster all that hold slots."""
    if not isinstance(client, RedisCluster):
        return [await client.execute_command(*command)]
    said: dict[str, Any] = await client.execute_command(*command, target_nodes=RedisCluster.PRIMARIES)
    return list(said.values())


async def one_a_server(client: Any, keys: Iterable[str]) -> list[str]:
    """Of these keys one for each server that holds any: to ask all servers costs the same however many keys there are."""
    if not isinstance(client, RedisCluster):
        return list(islice(keys, 1))
    await client.execute_command("PING", target_nodes=RedisCluster.PRIMARIES)  # then the driver knows where keys lie
    servers = len(client.get_primaries())
    found: dict[str, str] = {}
    for key in keys:
        node = client.get_node_from_key(key)  # None where no server holds it: whoever asks is told
        found.setdefault(node.name if node else "", key)
        if len(found) >= servers:
            break
    return list(found.values())


def of_cluster(url: str) -> bool:
    """Whether a URL names a cluster."""
    return url.partition("://")[0] in CLUSTERS


class _Cluster(RedisCluster):
    """One command goes ahead of all others. With many at once on a fresh client the driver (8.1) closes connections under
    commands on their way while it learns the nodes."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self._known, self._first = False, asyncio.Lock()

    async def execute_command(self, *args: Any, **options: Any) -> Any:
        if not self._known:
            async with self._first:
                if not self._known:
                    await super().execute_command("PING", target_nodes=self.PRIMARIES)
                    self._known = True
        return await super().execute_command(*args, **options)


def _nodes(url: str) -> list[str]:
    """A URL for each node that the URL of a cluster names."""
    scheme, _, rest = url.partition("://")
    who, at, places = rest.rpartition("@")
    return [f"{CLUSTERS[scheme]}://{who}{at}{place}" for place in places.split(",")]


@contextmanager
def guarded(doing: str) -> Iterator[None]:
    """Turn whatever the driver raises inside into StoreDown. ``doing`` says what was tried: "register", "read the journal".

    Misconfigured: the index has keys of a version that this process does not make.
    """
    try:
        yield
    except (RedisError, RedisClusterException, OSError, TimeoutError) as error:
        if str(error).startswith("KEYS "):
            raise Misconfigured(
                [("index", "it has moved to another version of keys; restart with the new program")]
            ) from None
        # Only the class goes into the text: an answer of the server could quote what was sent.
        raise StoreDown(
            f"the store did not {doing} ({type(error).__name__}); check that it runs and has disk and memory left"
        ) from error
