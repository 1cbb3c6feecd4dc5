"""Leads under review: who waits, what a decision does, what is never asked again."""

from __future__ import annotations

from itertools import pairwise
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from leads.ownership import HOLDS, SUSPENDED
from leads.records import Share
from matchers.metrics import close
from stores.apart import tell_apart
from stores.customers import as_customer
from stores.entities import entity
from stores.index import ValkeyIndex
from stores.journal import Move, ValkeyJournal, effects
from stores.lookup import roots, standing
from stores.reviews import Decided, decide, decisions, split, waiting, waiting_count
from stores.undo import undo
from tests.stores.making import decide as decided
from tests.stores.making import event, key, lead, outcome, plan, put, seen

POOL = plan()


async def moves(index: ValkeyIndex, tenant: str) -> list[Move]:
    entries = await ValkeyJournal(index.client).read(tenant, 0, 1000)
    return [e.move for e in await effects(index, tenant, entries) if e.move]


async def say(index: ValkeyIndex, tenant: str, name: str, answer: Any) -> Decided:
    return await decide(index.client, tenant, event(name), answer, 50, 1, "zhou", "asked on the phone")


async def take_out(index: ValkeyIndex, tenant: str, name: str) -> tuple[str, int, tuple[int, ...]]:
    done = await split(index.client, tenant, event(name), 60, 1, "zhou", "other person")
    return done.status, done.entity, done.left


async def doubted(index: ValkeyIndex, tenant: str, **changes: Any) -> None:
    """a (ann) is a customer; b may be the same."""
    await put(index, tenant, "a", "p1", plan=changes.pop("first", plan("ann")))
    await put(index, tenant, "b", "p1", likeliest=1, **{"plan": plan("bob"), **changes})


async def test_an_unsure_lead_waits(index: ValkeyIndex, tenant: str) -> None:
    await doubted(index, tenant)
    await put(index, tenant, "a2", "p1", joins=(1,))
    (one,) = await waiting(index.client, tenant)
    assert (one.event, one.seq, one.likeliest, one.at_ms, one.leads) == (event("b").hex(), 2, 1, 1_700_000_000_002, 3)
    assert await waiting_count(index.client, tenant) == 1


async def test_same_unites_and_the_provisional_owner_yields(index: ValkeyIndex, tenant: str) -> None:
    await doubted(index, tenant)
    assert await say(index, tenant, "b", "same") == Decided("same", 1)
    now = await entity(index.client, tenant, 2)
    assert (now.members, [(h.owner, h.state) for h in now.holdings]) == ((1, 2), [("ann", HOLDS)])
    assert (await standing(index.client, tenant)).owners == {"ann": 1}
    assert (await waiting(index.client, tenant), (await index.stats(tenant)).joined) == ([], 1)
    (move,) = await moves(index, tenant)
    assert move == Move("same", 50, 1, "", "zhou", event("b").hex(), "asked on the phone", 1)


async def test_a_decision_counts_once(index: ValkeyIndex, tenant: str) -> None:
    await doubted(index, tenant)
    await say(index, tenant, "b", "same")
    assert await say(index, tenant, "b", "same") == Decided("known", 1)
    assert await say(index, tenant, "b", "apart") == Decided("otherwise", 1)
    assert len(await moves(index, tenant)) == 1
    (said,) = await decisions(index.client, tenant)
    assert (said.seq, said.likeliest, said.answer, said.who, said.why) == (2, 1, "same", "zhou", "asked on the phone")


async def test_apart_leaves_the_provisional_owner_as_owner(index: ValkeyIndex, tenant: str) -> None:
    await doubted(index, tenant)
    assert await say(index, tenant, "b", "apart") == Decided("apart", 2)
    now = await entity(index.client, tenant, 2)
    assert [(h.owner, h.state, h.until_ms) for h in now.holdings] == [
        ("ann", HOLDS, 1_700_000_001_002)
    ]  # a clock behind the last lead
    assert (await standing(index.client, tenant)).owners == {"ann": 2}
    assert [m.what for m in await moves(index, tenant)] == ["told_apart", "given"]


async def test_apart_without_an_owner_goes_where_its_plan_says(index: ValkeyIndex, tenant: str) -> None:
    await doubted(index, tenant, first=POOL)
    await say(index, tenant, "b", "apart")
    assert (await entity(index.client, tenant, 2)).owner() == "bob"
    await put(index, tenant, "c", "p1", likeliest=1, plan=plan(Share("bob", max_day=1)))
    await say(index, tenant, "c", "apart")
    assert (await entity(index.client, tenant, 3)).holdings[0].pool == "public"
    stand = await standing(index.client, tenant)
    assert (stand.owners, stand.pools) == ({"bob": 1}, {"public": 2})


async def test_same_with_a_customer_in_a_pool(index: ValkeyIndex, tenant: str) -> None:
    await doubted(index, tenant, first=POOL, claimant="bob")
    await say(index, tenant, "b", "same")
    now = await entity(index.client, tenant, 1)
    assert [(h.owner, h.state) for h in now.holdings] == [("bob", HOLDS)]
    stand = await standing(index.client, tenant)
    assert (stand.owners, stand.pools) == ({"bob": 1}, {"public": 0})


async def test_a_provisional_owner_yields_though_others_joined_him(index: ValkeyIndex, tenant: str) -> None:
    await doubted(index, tenant)
    await say(index, tenant, "b", "apart")
    await put(index, tenant, "c", "p2", plan=plan("cyd"))
    answer = await index.register(tenant, [lead("d", "p1", "p2")])
    (done,) = await index.commit(tenant, [decided(answer, likeliest=3, claimant="dan")])
    outcome(done)
    await put(index, tenant, "e", "p2", joins=(4,))  # whoever joins the lead under review meets its provisional owner
    assert (await say(index, tenant, "d", "same")).status == "same"
    now = await entity(index.client, tenant, 4)
    assert [(h.owner, h.state) for h in now.holdings] == [("cyd", HOLDS)]


async def test_same_suspends_the_later_owner(index: ValkeyIndex, tenant: str) -> None:
    await put(index, tenant, "a", "p1", plan=plan("ann"))
    answer = await index.register(tenant, [lead("b", "p1")])
    await index.commit(tenant, [as_customer(decided(answer, likeliest=1), "bob")])
    await say(index, tenant, "b", "same")
    now = await entity(index.client, tenant, 1)
    assert [(h.owner, h.state) for h in now.holdings] == [("ann", HOLDS), ("bob", SUSPENDED)]
    assert [m.what for m in await moves(index, tenant)] == ["same", "suspended"]


@pytest.mark.parametrize("judged", [{"likeliest": 1}, {"joins": (1,)}])
async def test_a_pair_told_apart_is_not_asked_about_again(
    index: ValkeyIndex, tenant: str, judged: dict[str, Any]
) -> None:
    await put(index, tenant, "a", "p1")
    await index.register(tenant, [lead("late", "p1", "p9")])
    await put(index, tenant, "other", "p9", joins=(2,))  # another worker's lead joins late before late is decided
    assert await tell_apart(index.client, tenant, 3, 1, 9, "zhou") == "apart"
    answer = await index.register(tenant, [lead("late", "p1", "p9")])
    (done,) = await index.commit(tenant, [decided(answer, **judged)])
    assert outcome(done).code == "merged"
    assert await roots(index.client, tenant, [1, 2, 3]) == [1, 2, 2]
    assert await waiting(index.client, tenant) == []


async def test_a_join_is_kept_where_a_part_of_it_was_told_apart(index: ValkeyIndex, tenant: str) -> None:
    await put(index, tenant, "a", "p1")
    await put(index, tenant, "b", "p2")
    await index.register(tenant, [lead("late", "p1", "p2", "p3")])
    await put(index, tenant, "other", "p3", joins=(3,))
    assert await tell_apart(index.client, tenant, 4, 2, 9, "zhou") == "apart"
    answer = await index.register(tenant, [lead("late", "p1", "p2", "p3")])
    (done,) = await index.commit(tenant, [decided(answer, joins=(1, 2))])
    outcome(done)
    assert await roots(index.client, tenant, [1, 2, 3, 4]) == [1, 2, 1, 1]


async def test_same_is_refused_where_the_customers_hold_a_pair_told_apart(index: ValkeyIndex, tenant: str) -> None:
    await doubted(index, tenant)
    await put(index, tenant, "b2", "p7", plan=POOL)
    assert await tell_apart(index.client, tenant, 3, 1, 9, "zhou") == "apart"
    await put(index, tenant, "proof", "p7", "p1", joins=(2, 3))
    assert await say(index, tenant, "b", "same") == Decided("told_apart", 2)
    assert await say(index, tenant, "b", "apart") == Decided("apart", 2)


async def test_a_later_lead_answers_the_question(index: ValkeyIndex, tenant: str) -> None:
    await doubted(index, tenant)
    await put(index, tenant, "proof", "p1", joins=(1, 2))
    assert await waiting(index.client, tenant) == []
    assert await say(index, tenant, "b", "apart") == Decided("settled", 1)


async def test_a_later_lead_in_the_same_batch_answers_it_too(index: ValkeyIndex, tenant: str) -> None:
    await put(index, tenant, "a", "p1")
    answer = await index.register(tenant, [lead("b", "p1", "m2"), lead("proof", "p1", "m2")])
    first = decided(answer, 0, likeliest=1)
    second = decided(answer, 1, joins=(1, 2), seen=seen(answer, answer.registered[1]))
    for done in await index.commit(tenant, [first, second]):
        outcome(done)
    assert await waiting(index.client, tenant) == []


async def test_what_cannot_be_decided(index: ValkeyIndex, tenant: str) -> None:
    await doubted(index, tenant)
    await index.register(tenant, [lead("under way", "p5")])
    assert (await say(index, tenant, "nobody", "same")).status == "unknown"
    assert (await say(index, tenant, "under way", "same")).status == "under_way"
    assert (await say(index, tenant, "a", "same")).status == "not_review"


async def test_a_lead_taken_back_waits_no_more(index: ValkeyIndex, tenant: str) -> None:
    await doubted(index, tenant)
    await undo(index.client, tenant, [event("b")], lambda record: [key("p1")], 9)
    assert await waiting(index.client, tenant) == []


async def test_when_the_other_is_gone_only_apart_makes_sense(index: ValkeyIndex, tenant: str) -> None:
    await doubted(index, tenant)
    await undo(index.client, tenant, [event("a")], lambda record: [key("p1")], 9)
    assert await say(index, tenant, "b", "same") == Decided("gone", 2)
    assert await say(index, tenant, "b", "apart") == Decided("apart", 2)
    assert (await entity(index.client, tenant, 2)).owner() == "ann"


async def test_a_decision_that_looked_at_them_before_is_stale(index: ValkeyIndex, tenant: str) -> None:
    await doubted(index, tenant)
    answer = await index.register(tenant, [lead("x", "p1")])
    await say(index, tenant, "b", "apart")
    (done,) = await index.commit(tenant, [decided(answer, joins=(1, 2))])
    assert done.outcome is None


async def test_split_of_a_bridge_parts_what_only_it_had_joined(index: ValkeyIndex, tenant: str) -> None:
    await put(index, tenant, "a", "p1", plan=plan("ann"))
    await put(index, tenant, "b", "p2", plan=plan("bob"))
    await put(index, tenant, "bridge", "p1", "p2", joins=(1, 2), plan=plan("cyd"))
    await put(index, tenant, "late", "p2", joins=(2,))
    assert await take_out(index, tenant, "bridge") == ("split", 3, (1, 2))
    assert await roots(index.client, tenant, [1, 2, 3, 4]) == [1, 2, 3, 2]
    assert [(await entity(index.client, tenant, s)).owner() for s in (1, 2, 3)] == ["ann", "bob", "cyd"]
    assert (await standing(index.client, tenant)).owners == {"ann": 1, "bob": 1, "cyd": 1}
    assert (await index.stats(tenant)).joined == 1
    again = await put(index, tenant, "again", "p1", "p2", joins=(3, 1))
    assert (again.code, await roots(index.client, tenant, [1, 3])) == ("review", [1, 3])
    assert await take_out(index, tenant, "bridge") == ("alone", 3, ())


async def test_split_of_the_first_lead_keeps_the_others_and_their_owner(index: ValkeyIndex, tenant: str) -> None:
    await put(index, tenant, "a", "p1", plan=plan("ann"))
    for name in ("b", "c", "d"):
        await put(index, tenant, name, "p1", joins=(1,), plan=plan("bob"))
    assert (await take_out(index, tenant, "a"))[1:] == (1, (2,))
    others = await entity(index.client, tenant, 4)
    assert (others.members, others.owner()) == ((2, 3, 4), "ann")
    assert (await entity(index.client, tenant, 1)).owner() == "ann"  # by its own plan
    await undo(index.client, tenant, [event("c")], lambda record: [key("p1")], 9)
    assert await roots(index.client, tenant, [2, 4]) == [2, 2]


async def test_a_split_is_in_the_journal(index: ValkeyIndex, tenant: str) -> None:
    await put(index, tenant, "a", "p1", plan=POOL)
    await put(index, tenant, "b", "p1", joins=(1,), plan=POOL)
    await take_out(index, tenant, "b")
    move, given = await moves(index, tenant)
    assert move == Move("split", 60, 1, "", "zhou", event("b").hex(), "other person", 2)
    assert (given.what, given.entity, given.member) == ("given", 2, "public")
    assert (await standing(index.client, tenant)).pools == {"public": 2}


LINKS = st.lists(st.sets(st.integers(1, 7), max_size=2), min_size=7, max_size=7)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(LINKS, st.integers(1, 8))
async def test_a_split_leaves_what_the_others_decisions_hold_together(
    index: ValkeyIndex, links: list[set[int]], out: int
) -> None:
    """Lead n + 1 joins earlier leads; one is taken out; the rest hang together as their joins say, those of the lead aside."""
    tenant = uuid4().hex[:12]
    joins = {1: set[int]()} | {n: {j for j in link if j < n} or {1} for n, link in enumerate(links, 2)}
    await put(index, tenant, 1, "p1")
    for n in range(2, 9):
        await put(index, tenant, n, "p1", joins=tuple(sorted(joins[n])))
    whole = await roots(index.client, tenant, list(range(1, 9)))
    done = await split(index.client, tenant, event(out), 60, 1, "zhou", "other person")
    assert done.status == "split"
    rest = [n for n in range(1, 9) if n != out]
    followers = [n for n in rest if out in joins[n]]
    edges = [(n, j) for n in rest for j in joins[n] if j != out] + list(pairwise(followers))
    expected = close([(str(a), str(b)) for a, b in edges], map(str, rest))
    found = await roots(index.client, tenant, list(range(1, 9)))
    assert set(whole) == {1}
    assert found[out - 1] == out
    for a in rest:
        for b in rest:
            assert (found[a - 1] == found[b - 1]) == (expected[str(a)] == expected[str(b)])
    held = [await entity(index.client, tenant, n) for n in dict.fromkeys(found)]
    assert sorted(s for e in held for s in e.members) == list(range(1, 9))
    assert all(len(e.holdings) == 1 for e in held)
    stand, parts = await standing(index.client, tenant), len(held)
    assert sum(stand.owners.values()) + sum(stand.pools.values()) == parts
    assert (await index.stats(tenant)).joined == 8 - parts
