"""Keys that too many share: found in the stream, listed, restored, blocked; and customers that are too large to be one."""

from __future__ import annotations

from stores.demoted import block, counted, demoted, large, restore
from stores.index import ValkeyIndex
from stores.undo import undo
from tests.stores.making import event, key, lead, put


async def share(index: ValkeyIndex, tenant: str, value: str, count: int, begin: int = 0) -> None:
    """``count`` customers that have nothing but this key in common."""
    for number in range(begin, begin + count):
        await put(index, tenant, f"{value}{number}", value, joins=())


async def met(index: ValkeyIndex, tenant: str, name: str, value: str) -> tuple[int, int]:
    """(candidates, count of the key) of a lead that comes with it."""
    (one,) = (await index.register(tenant, [lead(name, value)])).registered
    return len(one.candidates), one.counts[0]


async def test_a_key_that_too_many_share_is_listed_once_it_is_full(index: ValkeyIndex, tenant: str) -> None:
    await share(index, tenant, "p1", 32)
    assert await demoted(index.client, tenant) == []
    assert await met(index, tenant, "x", "p1") == (0, -1)
    (one,) = await demoted(index.client, tenant)
    assert (one.key, one.state, one.cap, one.customers, one.sample) == (key("p1"), "full", 32, 32, b"record of p10")
    assert one.since_ms > 1_700_000_000_000
    assert await counted(index.client, tenant) == {"full": 1}


async def test_a_restored_key_is_evidence_up_to_its_own_cap(index: ValkeyIndex, tenant: str) -> None:
    await share(index, tenant, "p1", 33)
    assert await restore(index.client, tenant, key("p1"), 40, 5)
    (one,) = (await index.register(tenant, [lead("x", "p1")])).registered
    assert (len(one.candidates), one.counts, one.restored) == (20, (32,), 1)
    await share(index, tenant, "p1", 8, begin=50)
    assert await met(index, tenant, "y", "p1") == (0, -1)
    (one,) = await demoted(index.client, tenant)
    assert (one.state, one.cap) == ("full", 40)


async def test_only_what_was_demoted_can_be_restored(index: ValkeyIndex, tenant: str) -> None:
    await share(index, tenant, "p1", 2)
    assert not await restore(index.client, tenant, key("p1"), 40, 5)
    assert await met(index, tenant, "x", "p1") == (2, 2)


async def test_a_blocked_key_is_no_evidence_whoever_has_it(index: ValkeyIndex, tenant: str) -> None:
    await share(index, tenant, "p1", 2)
    await block(index.client, tenant, key("p1"), 5)
    await block(index.client, tenant, key("p2"), 6)
    assert [await met(index, tenant, f"x{value}", value) for value in ("p1", "p2", "p2")] == [(0, -1)] * 3
    assert [(one.state, one.customers) for one in await demoted(index.client, tenant)] == [
        ("blocked", 2),
        ("blocked", 0),
    ]
    assert await restore(index.client, tenant, key("p1"), 40, 7)
    (one,) = (await index.register(tenant, [lead("y", "p1")])).registered
    assert (one.counts, one.restored) == ((2,), 1)


async def test_a_full_key_whose_customers_unite_or_go_is_evidence_again(index: ValkeyIndex, tenant: str) -> None:
    await share(index, tenant, "p1", 33)
    gone = [event(f"p1{number}") for number in range(20)]
    await undo(index.client, tenant, gone, lambda record: [key("p1")], 9)
    seen = [(await met(index, tenant, f"y{number}", "p1"))[1] for number in range(16)]
    assert seen == [-1] * 14 + [12, 13]  # looked at again by every 16th batch
    assert await demoted(index.client, tenant) == []


async def test_a_key_with_nobody_left_leaves_nothing(index: ValkeyIndex, tenant: str) -> None:
    await share(index, tenant, "p1", 33)
    gone = [event(f"p1{number}") for number in range(33)]
    await undo(index.client, tenant, gone, lambda record: [key("p1")], 9)
    assert await demoted(index.client, tenant) == []
    assert not await index.client.exists(f"{{{tenant}}}kp")


async def test_a_customer_with_more_leads_than_stated_is_listed(index: ValkeyIndex, tenant: str) -> None:
    await put(index, tenant, "first", "pa")
    for number in range(260):
        await put(index, tenant, f"a{number}", "pa", joins=(1,))
    assert await large(index.client, tenant, 260) == [(1, 261)]
    assert await large(index.client, tenant, 261) == []
