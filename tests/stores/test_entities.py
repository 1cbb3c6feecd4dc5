"""Entities: aliases, full buckets, staleness, twins."""

from __future__ import annotations

import asyncio

from stores.entities import entity, history
from stores.index import ValkeyIndex
from stores.lookup import roots
from tests.stores.making import decide, event, lead, outcome, put


async def test_ids_survive_merges(index: ValkeyIndex, tenant: str) -> None:
    for i in range(1, 5):
        await put(index, tenant, i, f"p{i}")
    await put(index, tenant, 5, "p3", "p4", joins=(3, 4))
    await put(index, tenant, 6, "p2", "p4", joins=(2, 4))
    assert await roots(index.client, tenant, [1, 2, 3, 4, 5, 6]) == [1, 2, 2, 2, 2, 2]
    assert set((await entity(index.client, tenant, 5)).members) == {2, 3, 4, 5, 6}
    told = await history(index, tenant, 4)
    assert [(e.number, e.absorbed) for e in told] == [(2, ()), (3, ()), (4, ()), (5, (5, 4)), (6, (6, 3))]


async def test_the_hundredth_lead_of_a_customer_finds_him(index: ValkeyIndex, tenant: str) -> None:
    for i in range(100):
        assert (await put(index, tenant, i, "p1", "m1")).entity == 1
    assert (await entity(index.client, tenant, 1)).members == tuple(range(1, 101))
    view = (await index.register(tenant, [lead("next", "p1")])).entities[1]
    assert (view.size, len(view.members)) == (100, 16)


async def test_a_burst_of_one_customer_in_one_batch_is_one_entity(index: ValkeyIndex, tenant: str) -> None:
    answer = await index.register(tenant, [lead(i, "p1") for i in range(100)])
    joins = [() if i == 0 else (1,) for i in range(100)]
    done = await index.commit(tenant, [decide(answer, i, **({"joins": j} if j else {})) for i, j in enumerate(joins)])
    assert answer.registered[99].candidates[0].seq == 1
    assert {outcome(d).entity for d in done} == {1}


async def test_a_key_that_too_many_customers_share_is_no_evidence(index: ValkeyIndex, tenant: str) -> None:
    small = ValkeyIndex(index.client, cap=3)
    for i in range(5):
        await put(small, tenant, i, f"p{i}", "c1", joins=())
    answer = await small.register(tenant, [lead("new", "p4", "c1")])
    (one,) = answer.registered
    assert one.counts == (1, -1)
    assert [(c.seq, c.shared) for c in one.candidates] == [(5, 0b01)]


async def test_a_full_bucket_opens_again_when_its_customers_unite(index: ValkeyIndex, tenant: str) -> None:
    small = ValkeyIndex(index.client, cap=3)
    for i in range(4):
        await put(small, tenant, i, f"p{i}", "c1", joins=())
    await put(small, tenant, "bridge", "p0", "p1", joins=(1, 2))
    counts = [(await small.register(tenant, [lead(f"x{i}", "c1")])).registered[0].counts[0] for i in range(17)]
    assert counts[0] == -1
    assert counts[-1] >= 2


async def test_replay_sees_what_the_first_run_saw_though_the_bucket_filled_since(
    index: ValkeyIndex, tenant: str
) -> None:
    small = ValkeyIndex(index.client, cap=3)
    await put(small, tenant, "a", "c1", joins=())
    first = await small.register(tenant, [lead("b", "c1")])
    for i in range(8):
        await put(small, tenant, i, "c1", joins=())
    again = await small.register(tenant, [lead("b", "c1"), lead("other", "c1")])
    assert again.registered[0].candidates == first.registered[0].candidates
    assert again.registered[0].counts == first.registered[0].counts == (1,)
    assert again.registered[1].counts == (-1,)


async def test_top_candidates_share_the_most_and_the_strongest_keys(index: ValkeyIndex, tenant: str) -> None:
    few = ValkeyIndex(index.client, top=2)
    for name, keys in {"weak": ["c1"], "strong": ["p1"], "both": ["p1", "c1"]}.items():
        await put(few, tenant, name, *keys, joins=())
    (one,) = (await few.register(tenant, [lead("new", "p1", "c1")])).registered
    assert [(c.seq, c.shared) for c in one.candidates] == [(3, 0b11), (2, 0b01)]


async def test_a_changed_entity_makes_the_decision_stale_and_writes_nothing(index: ValkeyIndex, tenant: str) -> None:
    await put(index, tenant, 1, "p1")
    looked = await index.register(tenant, [lead(2, "p1")])
    await put(index, tenant, 3, "p1")
    before = await entity(index.client, tenant, 1)
    (done,) = await index.commit(tenant, [decide(looked, joins=(1,))])
    assert done.outcome is None
    assert await entity(index.client, tenant, 1) == before
    assert (await index.outcomes(tenant, [event(2)])) == [None]
    assert (await put(index, tenant, 2, "p1")).entity == 1


async def test_what_a_stale_decision_looked_at_makes_later_ones_of_its_batch_stale(
    index: ValkeyIndex, tenant: str
) -> None:
    await put(index, tenant, 1, "p1")
    await put(index, tenant, 2, "p2")
    both = await index.register(tenant, [lead(3, "p1", "p2"), lead(4, "p2")])
    await put(index, tenant, 5, "p1", joins=(1,))
    done = await index.commit(tenant, [decide(both, 0, joins=(1,)), decide(both, 1, joins=(2,))])
    assert [d.outcome for d in done] == [None, None]


async def test_an_event_that_is_not_registered_is_stale(index: ValkeyIndex, tenant: str) -> None:
    answer = await index.register(tenant, [lead(1, "p1")])
    (done,) = await index.commit(tenant + "x", [decide(answer)])
    assert done.outcome is None


async def test_the_records_of_those_who_share_a_key_come_with_the_answer(index: ValkeyIndex, tenant: str) -> None:
    await put(index, tenant, 1, "p1")
    await put(index, tenant, 2, "p1")
    answer = await index.register(tenant, [lead(3, "p1")])
    assert answer.records == {seq: f"record of {seq}".encode() for seq in (1, 2, 3)}


async def test_two_writers_racing_on_one_new_customer_make_one_entity(index: ValkeyIndex, tenant: str) -> None:
    """A thousand times, both writers at once, ten races in flight."""

    async def writer(race: int, name: str) -> tuple[int, str]:
        while True:
            answer = await index.register(tenant, [lead((race, name), f"p{race}")])
            joins = tuple(c.seq for c in answer.registered[0].candidates)
            (done,) = await index.commit(tenant, [decide(answer, **({"joins": joins} if joins else {}))])
            if done.outcome:
                return done.outcome.seq, done.outcome.code

    async def race(number: int) -> bool:
        ends = await asyncio.gather(writer(number, "a"), writer(number, "b"))
        found = await roots(index.client, tenant, [seq for seq, _ in ends])
        return len(set(found)) == 1 and sorted(code for _, code in ends) == ["assigned", "merged"]

    for start in range(0, 1000, 10):
        assert all(await asyncio.gather(*(race(start + i) for i in range(10))))
