"""Another version of keys under an index in use: duplicates are found before, during and after."""

from __future__ import annotations

import pytest

from leads.errors import Misconfigured
from leads.records import Registration
from stores.entities import entity
from stores.index import ValkeyIndex
from stores.layout import Keys
from stores.rekey import begin, build, drop, finish, in_force, put_keys
from stores.undo import undo
from tests.stores.making import event, key, put


def low(text: str) -> bytes:
    """The same value under the new version's keys, in the lower-case tables."""
    made = key("new" + text)
    return text[:1].lower().encode() + made[1:]


def new_keys(record: bytes) -> list[bytes]:
    """Every lead here is called after the one key it has: P1, P2, ..."""
    return [low(record.decode().removeprefix("record of ").partition("-")[0])]


def both(name: str) -> Registration:
    value = name.partition("-")[0]
    return Registration(event(name), (low(value), key(value)), f"record of {name}".encode())


async def claimed(index: ValkeyIndex, tenant: str) -> None:
    await index.client.hset(Keys.of(tenant).counters, "keys", "U1")
    index.cases[tenant] = "U"


async def build_all(index: ValkeyIndex, tenant: str, upto: int) -> None:
    while await build(index, tenant, upto, new_keys) < upto:
        pass


async def test_candidates_are_found_during_and_after_the_change(index: ValkeyIndex, tenant: str) -> None:
    await claimed(index, tenant)
    for number in range(250):
        await put(index, tenant, f"P{number}", f"P{number}")
    upto = await begin(index.client, tenant, 2)
    assert (upto, await in_force(index.client, tenant)) == (250, ((1, "U"), (2, "L")))
    index.cases[tenant] = "LU"
    await build(index, tenant, upto, new_keys)  # the first hundred
    answer = await index.register(tenant, [both("P7-during"), both("P200-during"), both("P7-again")])
    assert [[c.seq for c in one.candidates] for one in answer.registered] == [[8], [201], [8, 251]]
    assert [c.shared for c in answer.registered[0].candidates] == [0b11]
    assert [c.shared for c in answer.registered[1].candidates] == [0b10]
    await build_all(index, tenant, upto)
    await finish(index.client, tenant)
    assert await in_force(index.client, tenant) == ((2, "L"),)
    answer = await index.register(tenant, [both("P200-after")])
    assert [(c.seq, c.shared) for c in answer.registered[0].candidates] == [(201, 1), (252, 1)]


async def test_the_old_tables_are_gone_and_stay_away(index: ValkeyIndex, tenant: str) -> None:
    await claimed(index, tenant)
    await put(index, tenant, "P1", "P1")
    await build_all(index, tenant, await begin(index.client, tenant, 2))
    await finish(index.client, tenant)
    index.cases[tenant] = "LU"  # a worker that was started while both were in force
    await index.register(tenant, [both("P1-late")])
    tables = [name async for name in index.client.scan_iter(match=f"{{{tenant}}}k*")]
    assert tables == [f"{{{tenant}}}kp".encode()]


async def test_a_worker_that_does_not_make_the_new_keys_is_refused(index: ValkeyIndex, tenant: str) -> None:
    await claimed(index, tenant)
    await put(index, tenant, "P1", "P1")
    await begin(index.client, tenant, 2)
    with pytest.raises(Misconfigured):
        await put(index, tenant, "P2", "P2")
    assert (await index.stats(tenant)).leads == 1


async def test_what_was_removed_meanwhile_is_not_put_in(index: ValkeyIndex, tenant: str) -> None:
    await claimed(index, tenant)
    await put(index, tenant, "P1", "P1")
    upto = await begin(index.client, tenant, 2)
    await undo(index.client, tenant, [event("P1")], lambda record: [key("P1")], 9)
    await put_keys(index, Keys.of(tenant), [(1, [low("P1")])])  # as a slice that had read the record before
    await build(index, tenant, upto, new_keys)
    assert not await index.client.exists(f"{{{tenant}}}kp")


async def test_a_change_that_was_cut_short_goes_on_and_one_that_is_given_up_leaves_nothing(
    index: ValkeyIndex, tenant: str
) -> None:
    await claimed(index, tenant)
    for number in range(120):
        await put(index, tenant, f"P{number}", f"P{number}")
    assert await build(index, tenant, await begin(index.client, tenant, 2), new_keys) == 100
    assert await build(index, tenant, await begin(index.client, tenant, 2), new_keys) == 120
    await begin(index.client, tenant, 3)
    assert await index.client.hget(Keys.of(tenant).counters, "rekeyed") == b"0"
    assert not await index.client.exists(f"{{{tenant}}}kp")


async def test_a_customers_leads_take_one_place_in_the_new_tables_too(index: ValkeyIndex, tenant: str) -> None:
    await claimed(index, tenant)
    for number in range(80):
        await put(index, tenant, f"P1-{number}", "P1")
    assert len((await entity(index.client, tenant, 1)).members) == 80
    await build_all(index, tenant, await begin(index.client, tenant, 2))
    index.cases[tenant] = "LU"
    (one,) = (await index.register(tenant, [both("P1-next")])).registered
    assert ([c.entity for c in one.candidates], one.counts) == ([1], (1, 1))
    await drop(index.client, tenant, "L")
