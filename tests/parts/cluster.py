"""A cluster of three servers of the wheel, a third of the slots each, on ports of this machine."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from itertools import pairwise
from pathlib import Path

from redis import Redis
from redis.exceptions import ConnectionError

from stores.embedded import server_program
from tests.parts.kafka import free_port

SHARDS, _SLOTS = 3, 16_384


@contextmanager
def running(directory: Path) -> Iterator[str]:
    """URL of a cluster that ends with the block."""
    with ExitStack() as stack:
        clients = [stack.enter_context(_shard(directory / f"shard-{n}")) for n in range(SHARDS)]
        _join(clients)
        _await(lambda: all(_whole(one) for one in clients))
        yield "redis+cluster://" + ",".join(f"127.0.0.1:{_port(one)}" for one in clients)


def nodes(url: str) -> list[str]:
    """A URL for each shard."""
    return [f"redis://{place}" for place in url.partition("://")[2].split(",")]


def pid(port: int) -> int:
    """The process of the shard on this port."""
    with Redis(port=port) as client:
        return int(client.info("server")["process_id"])


def home(url: str, key: str) -> int:
    """The number of the shard that holds this key."""
    with ExitStack() as stack:
        shards = [stack.enter_context(Redis.from_url(node)) for node in nodes(url)]
        slot = shards[0].execute_command("CLUSTER KEYSLOT", key)
        (mine,) = (n for n, one in enumerate(shards) if slot in _slots(one))
        return mine


def move(url: str, key: str, to: int) -> None:
    """Move the slot of this key to that shard, as an operator does who adds one. Returns when it is there."""
    here = home(url, key)
    with Redis.from_url(nodes(url)[here]) as source, Redis.from_url(nodes(url)[to]) as target:
        slot = source.execute_command("CLUSTER KEYSLOT", key)
        name = target.execute_command("CLUSTER MYID")
        source.execute_command("CLUSTER MIGRATESLOTS", "SLOTSRANGE", slot, slot, "NODE", name)
        _await(lambda: slot in _slots(target))


def _slots(client: Redis) -> set[int]:
    """What it holds by its own account."""
    mine = client.execute_command("CLUSTER MYID")
    return {
        slot
        for first, last, primary, *_ in client.execute_command("CLUSTER SLOTS")
        if primary[2] == mine
        for slot in range(first, last + 1)
    }


@contextmanager
def _shard(home: Path) -> Iterator[Redis]:
    home.mkdir()
    port = free_port()
    settings = {
        "port": port,
        "bind": "127.0.0.1",
        "dir": home,
        "save": "",
        "appendonly": "yes",
        "loglevel": "warning",
        "cluster-enabled": "yes",
        "cluster-port": free_port(),
        "cluster-node-timeout": 5_000,
    }
    arguments = [str(part) for name, value in settings.items() for part in (f"--{name}", value)]
    server = subprocess.Popen([server_program(), *arguments], stdout=subprocess.DEVNULL, stderr=subprocess.STDOUT)
    try:
        with Redis(port=port) as client:
            _await(lambda: server.poll() is not None or _answers(client))
            yield client
    finally:
        server.terminate()
        server.wait(30)


def _join(clients: list[Redis]) -> None:
    bounds = [n * _SLOTS // SHARDS for n in range(SHARDS + 1)]
    for client, (first, end) in zip(clients, pairwise(bounds), strict=True):
        client.execute_command("CLUSTER ADDSLOTSRANGE", first, end - 1)
        bus = int(clients[0].config_get("cluster-port")["cluster-port"])
        client.execute_command("CLUSTER MEET", "127.0.0.1", _port(clients[0]), bus)


def _whole(client: Redis) -> bool:
    said = client.execute_command("CLUSTER INFO")
    return said["cluster_state"] == "ok" and int(said["cluster_known_nodes"]) == SHARDS


def _port(client: Redis) -> int:
    return int(client.connection_pool.connection_kwargs["port"])


def _answers(client: Redis) -> bool:
    try:
        return bool(client.ping())
    except ConnectionError:
        return False


def _await(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < deadline, "the cluster did not come together"
        time.sleep(0.02)
