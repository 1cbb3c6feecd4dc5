"""Who gets it: owners, pools, turns, limits, claims, collisions."""

from __future__ import annotations

from collections import Counter

import pytest

from leads.ownership import HOLDS, PROVISIONAL, SUSPENDED
from leads.records import Share, Verdict
from stores.customers import as_customer
from stores.entities import entity
from stores.index import ValkeyIndex
from stores.lookup import standing
from stores.undo import undo
from tests.stores.making import decide, event, key, lead, outcome, plan, put


async def many(index: ValkeyIndex, tenant: str, count: int, name: str = "x", **changes: object) -> Counter[str]:
    """``count`` unrelated leads in one batch -> owners."""
    answer = await index.register(tenant, [lead(f"{name}{i}", f"p{name}{i}") for i in range(count)])
    done = await index.commit(tenant, [decide(answer, i, **dict(changes)) for i in range(count)])
    return Counter(outcome(d).owner or outcome(d).pool for d in done)


@pytest.mark.parametrize(
    ("weights", "count", "expected"),
    [
        ((1, 1, 1), 100, {"a": 34, "b": 33, "c": 33}),
        ((2, 1), 90, {"a": 60, "b": 30}),
        ((0.5, 1.5), 80, {"a": 20, "b": 60}),
        ((1, 0), 5, {"a": 5}),
    ],
)
async def test_a_batch_is_shared_out_by_weight(
    index: ValkeyIndex, tenant: str, weights: tuple[float, ...], count: int, expected: dict[str, int]
) -> None:
    shared = plan(*(Share(m, float(w)) for m, w in zip("abc", weights, strict=False)))
    assert await many(index, tenant, count, plan=shared) == expected


async def test_turns_go_on_over_batches_of_one(index: ValkeyIndex, tenant: str) -> None:
    owners = Counter([(await put(index, tenant, i, f"p{i}", plan=plan("a", "b", "c"))).owner for i in range(9)])
    assert owners == {"a": 3, "b": 3, "c": 3}


async def test_one_who_joins_a_team_is_not_flooded(index: ValkeyIndex, tenant: str) -> None:
    await many(index, tenant, 60, plan=plan("a", "b"))
    assert await many(index, tenant, 30, "y", plan=plan("a", "b", "c")) == {"a": 10, "b": 10, "c": 10}


async def test_least_loaded_counts_what_is_open(index: ValkeyIndex, tenant: str) -> None:
    await many(index, tenant, 4, plan=plan("a"))
    assert await many(index, tenant, 6, "y", plan=plan("a", "b", strategy="least_loaded")) == {"a": 1, "b": 5}


async def test_first_takes_all_until_he_is_full(index: ValkeyIndex, tenant: str) -> None:
    shares = plan(Share("a", max_open=2), "b", strategy="first")
    assert await many(index, tenant, 5, plan=shares) == {"a": 2, "b": 3}


async def test_full_members_leave_leads_parked(index: ValkeyIndex, tenant: str) -> None:
    shares = plan(Share("a", max_day=2), Share("b", max_open=1))
    assert await many(index, tenant, 5, plan=shares) == {"a": 2, "b": 1, "public": 2}
    parked = await put(index, tenant, "z", "pz", plan=shares)
    assert (parked.code, parked.reason, parked.pool) == ("pooled", "parked", "public")
    assert (await put(index, tenant, "next", "pn", plan=shares, day=2)).owner == "a"


async def test_a_plan_without_shares_pools_and_a_later_lead_takes_it_out(index: ValkeyIndex, tenant: str) -> None:
    pooled = await put(index, tenant, "a", "p1", plan=plan(reason="matched_rule"))
    assert (pooled.code, pooled.reason, pooled.pool) == ("pooled", "matched_rule", "public")
    again = await put(index, tenant, "b", "p1", plan=plan())
    assert (again.code, again.reason, again.pool, again.entity) == ("merged", "in_pool", "public", 1)
    taken = await put(index, tenant, "c", "p1", plan=plan("ann"))
    assert (taken.code, taken.owner, taken.pool) == ("assigned", "ann", "")


async def test_what_waits_in_a_pool_is_counted(index: ValkeyIndex, tenant: str) -> None:
    async def held() -> tuple[dict[str, int], dict[str, int]]:
        now = await standing(index.client, tenant)
        return now.owners, now.pools

    for i in (1, 2, 3):
        await put(index, tenant, i, f"p{i}", plan=plan())
    assert await held() == ({}, {"public": 3})
    await put(index, tenant, "bridge", "p1", "p2", joins=(1, 2), plan=plan())
    assert await held() == ({}, {"public": 2})
    await put(index, tenant, "taken", "p1", plan=plan("ann"))
    assert await held() == ({"ann": 1}, {"public": 1})
    await undo(index.client, tenant, [event(3)], lambda record: [key("p3")], 9)
    assert await held() == ({"ann": 1}, {"public": 0})


async def test_the_owner_of_the_same_account_comes_first(index: ValkeyIndex, tenant: str) -> None:
    both = plan("a", "b")
    first = await put(index, tenant, 1, "p1", plan=both)
    near = await put(index, tenant, 2, "p2", plan=both, account=1, joins=())
    assert (near.owner, near.reason, near.account) == (first.owner, "same_account", 1)
    full = plan(Share("a", max_open=2), "b")
    assert (await put(index, tenant, 3, "p3", plan=full, account=1, joins=())).reason == "rule"


async def test_a_row_that_says_whose_he_is_takes_nobody_out_of_a_pool(index: ValkeyIndex, tenant: str) -> None:
    """Else a file, or a report, would be a claim that no cap counts."""
    assert (await put(index, tenant, 1, "p1", plan=plan())).code == "pooled"
    told = await put(index, tenant, 2, "p1", claimant="bob")
    assert (told.code, told.reason, told.owner, told.pool) == ("merged", "in_pool", "", "public")


async def test_claims(index: ValkeyIndex, tenant: str) -> None:
    claimed = await put(index, tenant, 1, "p1", claimant="bob")
    assert (claimed.code, claimed.reason, claimed.owner) == ("assigned", "claimed", "bob")
    own = await put(index, tenant, 2, "p1", claimant="bob")
    assert (own.code, own.reason, own.owner) == ("merged", "same_contact", "bob")
    other = await put(index, tenant, 3, "p1", claimant="cyd")
    assert (other.code, other.reason, other.owner) == ("contested", "owned_by_other", "bob")


async def test_two_owners_meet_the_earlier_holds(index: ValkeyIndex, tenant: str) -> None:
    await put(index, tenant, 1, "p1", plan=plan("ann"))
    await put(index, tenant, 2, "p2", plan=plan("bob"))
    met = await put(index, tenant, 3, "p1", "p2", joins=(1, 2))
    assert (met.code, met.reason, met.owner, met.entity) == ("contested", "two_owners", "ann", 1)
    now = await entity(index.client, tenant, 2)
    assert [(h.owner, h.state) for h in now.holdings] == [("ann", HOLDS), ("bob", SUSPENDED)]
    assert set(now.members) == {1, 2, 3}
    assert await index.client.hgetall(f"{{{tenant}}}o") == {b"ann": b"1", b"bob": b"0"}


async def test_one_owner_of_two_entities_that_unite_holds_one(index: ValkeyIndex, tenant: str) -> None:
    await put(index, tenant, 1, "p1")
    await put(index, tenant, 2, "p2")
    met = await put(index, tenant, 3, "p1", "p2", joins=(1, 2))
    assert (met.code, met.owner) == ("merged", "ann")
    assert await index.client.hgetall(f"{{{tenant}}}o") == {b"ann": b"1"}


async def test_unsure_gets_the_likeliest_owner_without_a_turn(index: ValkeyIndex, tenant: str) -> None:
    both = plan("ann", "bob")
    first = await put(index, tenant, 1, "p1", plan=both)
    unsure = await put(index, tenant, 2, "p1", plan=both, likeliest=1)
    assert (unsure.code, unsure.owner, unsure.likeliest, unsure.entity) == ("review", first.owner, 1, 2)
    assert [h.state for h in (await entity(index.client, tenant, 2)).holdings] == [PROVISIONAL]
    assert (await put(index, tenant, 3, "p3", plan=both)).owner == "bob"


async def test_a_further_call_of_one_call_says_so(index: ValkeyIndex, tenant: str) -> None:
    await put(index, tenant, 1, "p1")
    update = await put(index, tenant, 2, "p1", verdict=Verdict("same", (1,), reason="call_update"))
    assert (update.code, update.reason) == ("merged", "call_update")


async def test_scopes_have_owners_of_their_own(index: ValkeyIndex, tenant: str) -> None:
    await put(index, tenant, 1, "p1", plan=plan("ann", scope="pumps"))
    other = await put(index, tenant, 2, "p1", plan=plan("bob", scope="valves"))
    assert (other.code, other.owner, other.entity) == ("assigned", "bob", 1)
    assert (await put(index, tenant, 3, "p1", plan=plan("cyd", scope="pumps"))).owner == "ann"


async def test_existing_customers_keep_their_owners(index: ValkeyIndex, tenant: str) -> None:
    answer = await index.register(tenant, [lead(1, "p1"), lead(2, "p2")])
    done = await index.commit(tenant, [as_customer(decide(answer, i), f"owner{i}") for i in range(2)])
    assert [(outcome(d).code, outcome(d).reason, outcome(d).owner) for d in done] == [
        ("assigned", "customer", "owner0"),
        ("assigned", "customer", "owner1"),
    ]
    assert (await put(index, tenant, 3, "p2")).owner == "owner1"


async def test_an_existing_customer_who_may_be_known_keeps_the_owner_given(index: ValkeyIndex, tenant: str) -> None:
    await put(index, tenant, 1, "p1", plan=plan("ann"))
    answer = await index.register(tenant, [lead(2, "p1")])
    (done,) = await index.commit(tenant, [as_customer(decide(answer, likeliest=1), "bob")])
    assert (outcome(done).code, outcome(done).owner) == ("review", "bob")
    assert [h.state for h in (await entity(index.client, tenant, 2)).holdings] == [HOLDS]


async def test_a_lead_may_join_one_that_is_not_committed_yet(index: ValkeyIndex, tenant: str) -> None:
    early = await index.register(tenant, [lead(1, "p1")])
    joined = await put(index, tenant, 2, "p1")
    assert (joined.code, joined.entity) == ("assigned", 1)
    (stale,) = await index.commit(tenant, [decide(early)])
    assert stale.outcome is None
    late = await put(index, tenant, 1, "p1")
    assert (late.code, late.owner, late.entity, late.seq) == ("merged", joined.owner, 1, 1)
