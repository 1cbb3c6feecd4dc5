"""Tenants spread over a cluster of three; in the long form the whole suite of this room runs on one."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Iterator

import pytest
from redis import Redis
from redis.exceptions import MovedError

from leads.errors import StoreDown
from stores.condition import condition, writable
from stores.connect import connect, one_a_server
from stores.digest import digests
from stores.index import ValkeyIndex
from stores.lookup import memory
from stores.patience import Patience
from stores.rekey import claim
from stores.roster import changes_now
from stores.sweep import sweep
from tests.parts import cluster
from tests.stores.making import decide, lead

TENANTS = [f"tenant-{n}" for n in range(12)]


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with cluster.running(tmp_path_factory.mktemp("cluster")) as url:
        yield url


async def routed(index: ValkeyIndex, tenant: str) -> tuple[str, str]:
    """Two leads of one customer: what became of them."""
    first = await index.register(tenant, [lead("a", "p1")])
    await index.commit(tenant, [decide(first)])
    second = await index.register(tenant, [lead("b", "p1")])
    joins = tuple(one.seq for one in second.registered[0].candidates)
    (done,) = await index.commit(tenant, [decide(second, joins=joins)])
    (known,) = await index.outcomes(tenant, [second.registered[0].event])
    assert done.outcome
    assert known == done.outcome
    return done.outcome.code, str(done.outcome.entity)


async def test_every_tenant_is_whole_on_one_shard_and_all_shards_have_some(url: str) -> None:
    client = connect(url)
    index = ValkeyIndex(client)
    assert {await routed(index, tenant) for tenant in TENANTS} == {("merged", "1")}

    homes: dict[str, set[str]] = {tenant: set() for tenant in TENANTS}
    for node in cluster.nodes(url):
        with Redis.from_url(node) as shard:
            for key in shard.scan_iter("{*"):
                homes[key.decode().partition("}")[0][1:]].add(node)
    assert [len(places) for places in homes.values()] == [1] * len(TENANTS)
    assert len(set.union(*homes.values())) == cluster.SHARDS
    assert len({str(await digests(client, tenant)) for tenant in TENANTS}) == 1
    found = await sweep(client, [b"record of a"])
    assert {name.partition("}")[0][1:] for name in found} == set(TENANTS)
    await client.aclose()


async def test_what_a_process_asks_for_at_its_start_and_in_its_rounds(url: str) -> None:
    client = connect(url)
    assert set(claim(url, TENANTS, 2)) == set(changes_now(url, TENANTS)) == set(TENANTS)
    index = ValkeyIndex(client)
    await index.mark("slot", ["a", "b"])
    assert await index.marked("slot") == ("a", "b")
    shards = [Redis.from_url(node) for node in cluster.nodes(url)]
    try:
        shards[2].config_set("maxmemory", 1 << 30)
        shards[2].set(next(name for name in ("a", "b", "c", "d") if _takes(shards[2], name)), bytes(5_000_000))
        shards[1].config_set("appendonly", "no")
        used, limit = await memory(client)
        now = await condition(client)
    finally:
        for shard in shards:
            shard.close()
    assert used > 5_000_000
    assert limit == now.limit == 1 << 30
    assert not now.durable
    await client.aclose()


def _takes(shard: Redis, name: str) -> bool:
    try:
        return shard.exists(name) == 0
    except MovedError:
        return False


async def test_a_tenant_moved_to_another_shard_while_its_leads_come_has_what_it_would_have_had(url: str) -> None:
    client = connect(url)
    index, patience, tag = ValkeyIndex(client), Patience(), "{moves}"

    async def take(tenant: str, n: int) -> None:
        answer = await patience.insist(lambda: index.register(tenant, [lead(n, f"p{n % 40}", f"e{n}")]))
        joins = tuple(found.seq for found in answer.registered[0].candidates)
        (done,) = await patience.insist(lambda: index.commit(tenant, [decide(answer, joins=joins)]))
        assert done.outcome.seq == n + 1

    for n in range(100):
        await take("moves", n)
    goal, leads = (cluster.home(url, tag) + 1) % cluster.SHARDS, 100
    moving = asyncio.create_task(asyncio.to_thread(cluster.move, url, tag, goal))
    while not moving.done() or leads < 300:
        await take("moves", leads)
        leads += 1
    await moving
    assert cluster.home(url, tag) == goal
    for n in range(leads):
        await take("stays", n)
    assert await digests(client, "moves") == await digests(client, "stays")
    await client.aclose()


async def test_a_shard_that_hangs_holds_up_its_own_tenants_only(url: str) -> None:
    client = connect(url, timeout_s=0.5)
    index = ValkeyIndex(client)
    await index.stats(TENANTS[0])  # from now on it knows the shards
    places = {tenant: client.get_node_from_key("{" + tenant + "}").port for tenant in TENANTS}  # type: ignore[attr-defined]
    hurt = places[TENANTS[0]]
    pid = cluster.pid(hurt)
    os.kill(pid, signal.SIGSTOP)
    try:
        with pytest.raises(StoreDown):
            await index.stats(TENANTS[0])
        others = [tenant for tenant, port in places.items() if port != hurt]
        assert len([await index.stats(tenant) for tenant in others]) == len(others) > 0
    finally:
        os.kill(pid, signal.SIGCONT)
    await client.aclose()


async def test_whether_writes_are_taken_is_asked_of_each_shard_once_however_many_tenants(url: str) -> None:
    client = connect(url)
    tenants = [f"tenant-{n}" for n in range(1_000)]
    keys = await one_a_server(client, ["{%s}-" % tenant for tenant in tenants])  # noqa: UP031 - braces are the point
    assert len({client.get_node_from_key(key).name for key in keys}) == len(keys) == cluster.SHARDS  # type: ignore[attr-defined]
    await writable(client, tenants)

    with Redis.from_url(cluster.nodes(url)[1]) as shard:
        shard.config_set("maxmemory", 1)
        with pytest.raises(StoreDown, match=r"no memory left \(OOM\)"):
            await writable(client, tenants)
        shard.config_set("maxmemory", 0)
    await writable(client, tenants)
    await client.aclose()
