"""Whether a real server would take a write, asked without writing."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from leads.errors import StoreDown
from stores.condition import writable
from stores.connect import connect
from tests.parts import valkey


@asynccontextmanager
async def refusing(client: Any, word: str, **settings: object) -> AsyncIterator[None]:
    """While set up so, the server refuses a real write and says why; afterwards it takes one."""
    before = {name: (await client.config_get(name))[name] for name in settings}
    for name, value in settings.items():
        await client.config_set(name, value)
    with pytest.raises(StoreDown, match=f"refuses to write: .*\\({word}\\)$") as told:
        await writable(client, ["acme"])
    assert "secret" not in str(told.value)
    with pytest.raises(Exception, match=r"OOM|memory|MISCONF|replica"):
        await client.xadd("log:leads.raw", {"m": b"a lead"})
    yield
    for name, value in before.items():
        await client.config_set(name, value)
    await writable(client, ["acme"])


@pytest.fixture
async def client(tmp_path: Path) -> AsyncIterator[Any]:
    with valkey.running(tmp_path) as url:
        one = connect(url)
        await one.set("something", "secret" * 100_000)
        yield one
        await one.aclose()


async def test_a_probe_writes_nothing(client: Any) -> None:
    async def written() -> tuple[int, int]:
        return await client.dbsize(), (await client.info("persistence"))["aof_current_size"]

    before = await written()
    await writable(client, ["acme", "other"])

    assert await written() == before


async def test_a_full_server_refuses(client: Any) -> None:
    async with refusing(client, "OOM", maxmemory=1_000_000):
        assert len(await client.get("something")) == 600_000  # it is read as before: a read proves nothing


async def test_a_server_without_a_disk_refuses(client: Any, tmp_path: Path) -> None:
    (tmp_path / "dump.rdb" / "in the way").mkdir(parents=True)
    await client.config_set("save", "3600 1")
    await client.bgsave()
    while (await client.info("persistence"))["rdb_last_bgsave_status"] == "ok":  # noqa: ASYNC110 - it is another process
        await asyncio.sleep(0.01)
    async with refusing(client, "MISCONF"):
        await client.config_set("save", "")


async def test_a_replica_refuses(client: Any) -> None:
    await client.replicaof("127.0.0.1", "1")
    async with refusing(client, "READONLY"):
        await client.replicaof("NO", "ONE")


async def test_too_few_replicas(client: Any) -> None:
    async with refusing(client, "NOREPLICAS", **{"min-replicas-to-write": 1}):
        pass


async def test_a_server_that_is_gone(client: Any, tmp_path: Path) -> None:
    valkey.kill(tmp_path)

    with pytest.raises(StoreDown, match=r"did not say whether it takes writes \(ConnectionError\)"):
        await writable(client, ["acme"])
