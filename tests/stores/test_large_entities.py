"""A customer with very many leads: nothing of him is lost, and his next lead costs what any lead costs."""

from __future__ import annotations

from leads.records import Outcome
from stores import reviews
from stores.apart import tell_apart
from stores.entities import entity
from stores.forget import expire
from stores.index import ValkeyIndex
from stores.layout import Keys
from stores.lookup import roots
from stores.reviews import split
from stores.undo import undo
from tests.stores.making import decide, event, key, lead, outcome, plan, put

MANY = 620


async def grow(index: ValkeyIndex, tenant: str, name: str, count: int, joins: int) -> list[Outcome]:
    """``count`` leads with the key p<name>, all joined to the lead of number ``joins``."""
    done: list[Outcome] = []
    for start in range(0, count, 100):
        batch = [lead(f"{name}{i}", f"p{name}") for i in range(start, min(start + 100, count))]
        answer = await index.register(tenant, batch)
        decisions = [decide(answer, i, joins=(joins,)) for i in range(len(batch))]
        done += [outcome(one) for one in await index.commit(tenant, decisions)]
    return done


async def test_all_members_stay_on_record_and_a_view_lists_a_few(index: ValkeyIndex, tenant: str) -> None:
    await put(index, tenant, "first", "pa")
    await grow(index, tenant, "a", MANY, 1)
    assert (await entity(index.client, tenant, 300)).members == tuple(range(1, MANY + 2))
    view = (await index.register(tenant, [lead("next", "pa")])).entities[1]
    assert (view.size, len(view.members)) == (MANY + 1, 16)
    value = await index.client.hget(Keys.of(tenant).entities, (1).to_bytes(4, "big"))
    assert len(value) < 1_200


async def test_two_large_customers_become_one_and_fall_apart_again(index: ValkeyIndex, tenant: str) -> None:
    await put(index, tenant, "one", "pa")
    await put(index, tenant, "two", "pb")
    await grow(index, tenant, "b", MANY, 2)
    await grow(index, tenant, "a", MANY, 1)
    await put(index, tenant, "bridge", "pa", "pb", joins=(2, 1))
    last = 2 * MANY + 3
    assert sorted((await entity(index.client, tenant, 2)).members) == list(range(1, last + 1))
    assert set(await roots(index.client, tenant, range(1, last + 1))) == {1}
    await undo(index.client, tenant, [event("bridge")], lambda record: [key("pa"), key("pb")], 9)
    parts = [await entity(index.client, tenant, seq) for seq in (1, 2)]
    assert [len(part.members) for part in parts] == [MANY + 1, MANY + 1]
    pieces = await index.client.hkeys(Keys.of(tenant).beyond)
    assert {int.from_bytes(name[:4], "big") for name in pieces} == {1, 2}


async def test_a_pair_told_apart_is_found_in_a_large_customer(index: ValkeyIndex, tenant: str) -> None:
    await put(index, tenant, "one", "pa")
    await grow(index, tenant, "a", MANY, 1)
    await put(index, tenant, "other", "pb")
    assert await tell_apart(index.client, tenant, MANY, MANY + 2, 9, "lead.of.sales") == "apart"
    bridge = await put(index, tenant, "bridge", "pa", "pb", joins=(1, MANY + 2))
    assert (bridge.code, bridge.likeliest) == ("review", 1)
    assert (await put(index, tenant, "later", "pa", joins=(1,))).code == "merged"


async def test_taking_the_first_lead_out_of_a_large_customer_leaves_the_others_together(
    index: ValkeyIndex, tenant: str
) -> None:
    await put(index, tenant, "first", "pa")
    await grow(index, tenant, "a", MANY, 1)
    done = await split(index.client, tenant, event("first"), 9, 1, "zhou", "other person")
    assert (done.status, done.entity, done.left) == ("split", 1, (2,))
    assert (await entity(index.client, tenant, 500)).members == tuple(range(2, MANY + 2))
    assert (await entity(index.client, tenant, 1)).members == (1,)
    await grow(index, tenant, "b", 1, 600)
    assert (await entity(index.client, tenant, 2)).members[-1] == MANY + 2


async def test_a_decision_unites_a_large_customer_and_a_split_takes_it_back(index: ValkeyIndex, tenant: str) -> None:
    await put(index, tenant, "first", "pa")
    await grow(index, tenant, "a", MANY, 1)
    await put(index, tenant, "doubt", "pa", likeliest=1)
    assert (await reviews.decide(index.client, tenant, event("doubt"), "same", 9, 1, "zhou", "asked")).entity == 1
    assert (await entity(index.client, tenant, 1)).members == tuple(range(1, MANY + 3))
    await split(index.client, tenant, event("doubt"), 9, 1, "zhou", "mistaken")
    assert (await entity(index.client, tenant, 1)).members == tuple(range(1, MANY + 2))
    answer = await index.register(tenant, [lead("bridge", "pa")])
    (done,) = await index.commit(tenant, [decide(answer, joins=(300, MANY + 2))])
    assert outcome(done).code == "review"


async def test_retention_takes_a_large_customer_or_leaves_him(index: ValkeyIndex, tenant: str) -> None:
    pool = plan()
    await put(index, tenant, "one", "pa", plan=pool, at_ms=10)
    await put(index, tenant, "two", "pb", plan=pool, at_ms=10)
    for name, first in (("a", 1), ("b", 2)):
        for start in range(0, 300, 100):
            batch = [lead(f"{name}{i}", f"p{name}") for i in range(start, start + 100)]
            answer = await index.register(tenant, batch)
            await index.commit(tenant, [decide(answer, i, joins=(first,), plan=pool, at_ms=10) for i in range(100)])
    await put(index, tenant, "late", "pb", joins=(2,), plan=pool, at_ms=30)

    def keys_of(record: bytes) -> list[bytes]:
        return [key("pa" if record.split()[-1] in (b"one",) or record.split()[-1][:1] == b"a" else "pb")]

    assert await expire(index.client, tenant, 20, keys_of, 40, preview=True) == 301
    assert await expire(index.client, tenant, 20, keys_of, 40) == 301
    assert await expire(index.client, tenant, 20, keys_of, 40) == 0
    assert len((await entity(index.client, tenant, 2)).members) == 302
    stats = await index.stats(tenant)
    assert (stats.leads, stats.joined) == (603, 301)
    assert (await index.client.hlen(Keys.of(tenant).records), await index.client.hlen(Keys.of(tenant).events)) == (
        302,
        302,
    )
    assert await index.client.hget(Keys.of(tenant).open, "\0public") == b"1"
    assert not (await index.register(tenant, [lead("x", "pa")])).registered[0].candidates
