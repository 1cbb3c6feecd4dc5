"""Undo, erasure, retention, told apart: what leaves the index, what falls apart, what stays."""

from __future__ import annotations

from collections.abc import Sequence

from leads.ownership import HOLDS
from stores.apart import tell_apart
from stores.entities import entity
from stores.forget import erase, expire
from stores.index import ValkeyIndex
from stores.journal import ValkeyJournal, effects
from stores.lookup import records, roots
from stores.undo import Undone, undo
from tests.stores.making import decide, event, key, lead, plan, put

KEYS = {"a": ["p1"], "b": ["p2"], "bridge": ["p1", "p2"], "late": ["p2"], "alone": ["p3"]}


def keys_of(record: bytes) -> Sequence[bytes]:
    return [key(k) for k in KEYS[record.decode().removeprefix("record of ")]]


async def moves(index: ValkeyIndex, tenant: str) -> list[str]:
    entries = await ValkeyJournal(index.client).read(tenant, 0, 1000)
    return [e.move.what for e in await effects(index, tenant, entries) if e.move]


async def bridged(index: ValkeyIndex, tenant: str) -> None:
    """a (ann) and b (bob) united by a bridge; late joined b."""
    await put(index, tenant, "a", "p1", plan=plan("ann"))
    await put(index, tenant, "b", "p2", plan=plan("bob"))
    await put(index, tenant, "bridge", "p1", "p2", joins=(1, 2))
    await put(index, tenant, "late", "p2", joins=(2,))


async def test_undo_of_a_bridge_splits_what_it_had_joined(index: ValkeyIndex, tenant: str) -> None:
    await bridged(index, tenant)
    done = await undo(index.client, tenant, [event("bridge"), event("nobody")], keys_of, 9)
    assert done == Undone(removed=1, absent=1, under_way=0, split=1, emptied=0)
    left, right = await entity(index.client, tenant, 1), await entity(index.client, tenant, 4)
    assert (left.members, left.owner()) == ((1,), "ann")
    assert (right.members, right.owner(), right.holdings[0].state) == ((2, 4), "bob", HOLDS)
    assert await moves(index, tenant) == ["suspended", "undone"]
    assert (await index.stats(tenant)).joined == 1
    assert await records(index.client, tenant, [3]) == {}


async def test_a_preview_changes_nothing(index: ValkeyIndex, tenant: str) -> None:
    await bridged(index, tenant)
    before = await entity(index.client, tenant, 1)
    done = await undo(index.client, tenant, [event("bridge")], keys_of, 9, preview=True)
    assert (done.removed, done.split) == (1, 1)
    assert await entity(index.client, tenant, 1) == before
    assert (await index.outcomes(tenant, [event("bridge")]))[0]


async def test_what_was_undone_can_be_imported_again(index: ValkeyIndex, tenant: str) -> None:
    first = await put(index, tenant, "alone", "p3")
    assert await undo(index.client, tenant, [event("alone")], keys_of, 9) == Undone(1, 0, 0, 0, 1)
    assert await undo(index.client, tenant, [event("alone")], keys_of, 9) == Undone(0, 1, 0, 0, 0)
    again = await put(index, tenant, "alone", "p3")
    assert (again.seq, again.entity, again.code) == (first.seq + 1, first.seq + 1, "assigned")


async def test_undo_leaves_no_trace_in_buckets_or_limits(index: ValkeyIndex, tenant: str) -> None:
    await put(index, tenant, "alone", "p3")
    await undo(index.client, tenant, [event("alone")], keys_of, 9)
    (one,) = (await index.register(tenant, [lead("x", "p3")])).registered
    assert (one.candidates, one.counts) == ((), (0,))
    assert await index.client.hget(f"{{{tenant}}}o", "ann") == b"0"


async def test_a_removed_lead_is_no_candidate_though_its_keys_changed_since(index: ValkeyIndex, tenant: str) -> None:
    await put(index, tenant, "alone", "p3")
    await undo(index.client, tenant, [event("alone")], lambda record: [], 9)
    (one,) = (await index.register(tenant, [lead("x", "q", "p3")])).registered
    assert 1 not in [c.seq for c in one.candidates]


async def test_the_first_lead_of_a_customer_can_go(index: ValkeyIndex, tenant: str) -> None:
    await put(index, tenant, "b", "p2", plan=plan("bob"))
    await put(index, tenant, "late", "p2")
    await put(index, tenant, "x", "p2", joins=(2,))
    await undo(index.client, tenant, [event("b")], keys_of, 9)
    now = await entity(index.client, tenant, 3)
    assert (now.id, now.members, now.owner()) == (2, (2, 3), "bob")
    assert await roots(index.client, tenant, [2, 3]) == [2, 2]


async def test_a_decision_that_looked_at_an_undone_customer_is_stale(index: ValkeyIndex, tenant: str) -> None:
    await put(index, tenant, "alone", "p3")
    answer = await index.register(tenant, [lead("x", "p3")])
    await undo(index.client, tenant, [event("alone")], keys_of, 9)
    (done,) = await index.commit(tenant, [decide(answer, joins=(1,))])
    assert done.outcome is None


async def test_what_is_under_way_is_left_to_its_worker(index: ValkeyIndex, tenant: str) -> None:
    await index.register(tenant, [lead("alone", "p3")])
    assert (await undo(index.client, tenant, [event("alone")], keys_of, 9)).under_way == 1


async def test_an_erased_lead_never_comes_back(index: ValkeyIndex, tenant: str) -> None:
    await put(index, tenant, "alone", "p3")
    await erase(index.client, tenant, [event("alone")], keys_of, 9)
    (stored,) = await index.outcomes(tenant, [event("alone")])
    assert stored
    assert (stored.code, stored.reason, stored.seq, stored.at_ms) == ("suppressed", "erased", 0, 9)
    assert (await index.register(tenant, [lead("alone", "p3")])).registered[0].outcome
    assert not (await index.register(tenant, [lead("x", "p3")])).registered[0].candidates


async def test_retention_takes_silent_customers_without_owner(index: ValkeyIndex, tenant: str) -> None:
    pool = plan()
    await put(index, tenant, "alone", "p3", plan=pool, at_ms=10)
    await put(index, tenant, "a", "p1", plan=plan("ann"), at_ms=10)
    await put(index, tenant, "b", "p2", plan=pool, at_ms=10)
    await put(index, tenant, "late", "p2", plan=pool, at_ms=30)
    assert await expire(index.client, tenant, 20, keys_of, 40) == 1
    stored = await index.outcomes(tenant, [event(name) for name in ("alone", "a", "b", "late")])
    assert [bool(o) for o in stored] == [False, True, True, True]


async def test_a_pair_told_apart_is_never_united(index: ValkeyIndex, tenant: str) -> None:
    await put(index, tenant, "a", "p1", plan=plan("ann"))
    await put(index, tenant, "b", "p2", plan=plan("bob"))
    assert await tell_apart(index.client, tenant, 1, 2, 9, "lead.of.sales") == "apart"
    assert await tell_apart(index.client, tenant, 2, 1, 9, "lead.of.sales") == "known"
    assert await tell_apart(index.client, tenant, 2, 2, 9, "lead.of.sales") == "one_entity"
    bridge = await put(index, tenant, "bridge", "p1", "p2", joins=(1, 2))
    assert (bridge.code, bridge.reason, bridge.entity) == ("review", "unsure", 3)
    assert await roots(index.client, tenant, [1, 2, 3]) == [1, 2, 3]
    assert (await put(index, tenant, "late", "p2", joins=(2,))).entity == 2
