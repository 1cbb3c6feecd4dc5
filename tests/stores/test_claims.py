"""Many people at one pool, and the traps that others fell into: each has a test of its name."""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from contextlib import AsyncExitStack
from datetime import UTC, datetime

import pytest

from leads.ownership import Act, Past
from stores.codec import unpack_seqs
from stores.connect import connect
from stores.entities import entity
from stores.index import ValkeyIndex
from stores.layout import Keys
from stores.lookup import standing
from stores.ownership import act, held
from tests.stores.asking import BEGAN, DAY, HOUR, ask, asked
from tests.stores.making import decide, lead, plan, put

CUSTOMERS, PEOPLE, CAP = 50, 200, 3
POOLED = {"plan": plan()}
MINUTE = 60_000


async def pool_of(index: ValkeyIndex, tenant: str, count: int = CUSTOMERS) -> None:
    answer = await index.register(tenant, [lead(f"c{i}", f"p{i}") for i in range(count)])
    await index.commit(tenant, [decide(answer, i, **POOLED) for i in range(count)])


def tries(person: int, dice: random.Random) -> list[Act]:
    """Every customer is somebody's first choice, so that none is left over; then four more at random."""
    wanted = [person % CUSTOMERS, *dice.sample(range(CUSTOMERS), 4)]
    allowed = {"claims_a_day": CAP, "max_open": CAP}
    return [asked("claim", f"c{customer}", f"m{person}", allowed=allowed) for customer in wanted]


async def rush(index: ValkeyIndex, store_url: str, rounds: int) -> None:
    """200 people, each over a connection of his own, claim the same 50 customers at once."""
    dice = random.Random(7)
    async with AsyncExitStack() as stack:
        clients = [connect(store_url) for _ in range(8)]
        for client in clients:
            stack.push_async_callback(client.aclose)
        for number in range(rounds):
            tenant = f"rush{rounds}-{dice.getrandbits(64):x}-{number}"
            await pool_of(index, tenant)

            async def person(who: int, tenant: str = tenant) -> int:
                todo = tries(who, dice)
                return sum([(await act(clients[who % 8], tenant, one)).status == "done" for one in todo])

            won = await asyncio.gather(*(person(who) for who in range(PEOPLE)))
            stand = await standing(index.client, tenant)
            owners = Counter([(await entity(index.client, tenant, seq)).owner() for seq in range(1, CUSTOMERS + 1)])
            assert sum(won) == CUSTOMERS
            assert "" not in owners
            assert {f"m{who}": n for who, n in enumerate(won) if n} == owners == stand.owners
            assert max(owners.values()) <= CAP
            assert stand.pools == {"public": 0}


async def test_200_people_claim_the_same_50_customers_at_once(index: ValkeyIndex, store_url: str) -> None:
    await rush(index, store_url, 20)


@pytest.mark.slow
async def test_200_people_claim_the_same_50_customers_a_thousand_times(index: ValkeyIndex, store_url: str) -> None:
    await rush(index, store_url, 1_000)


async def test_trap_a_claim_counter_that_is_read_then_written(index: ValkeyIndex, tenant: str) -> None:
    await pool_of(index, tenant, 20)
    todo = [asked("claim", f"c{i}", "ann", allowed={"claims_a_day": 3, "max_open": 9}) for i in range(20)]
    done = await asyncio.gather(*(act(index.client, tenant, one) for one in todo))
    assert Counter(one.status for one in done) == {"done": 3, "refused": 17}
    log = await index.client.hget(Keys.of(tenant).claims(0), "ann")
    assert sorted(unpack_seqs(log)) == sorted(one.entity for one in done if one.status == "done")


async def test_trap_no_lock_at_all(index: ValkeyIndex, tenant: str) -> None:
    await pool_of(index, tenant, 1)
    todo = [asked("claim", "c0", f"m{i}") for i in range(50)]
    done = await asyncio.gather(*(act(index.client, tenant, one) for one in todo))
    assert Counter(one.status for one in done) == {"done": 1, "refused": 49}


async def test_trap_a_manual_return_records_the_operator_as_former_owner(index: ValkeyIndex, tenant: str) -> None:
    await put(index, tenant, 1, "p1", **POOLED)
    await ask(index, tenant, "claim", 1, "ann", BEGAN + DAY)
    back = await ask(index, tenant, "release", 1, "boss", BEGAN + 2 * DAY, allowed={"leader": True})
    assert back.lease
    assert back.lease.past == (Past("ann", BEGAN + 2 * DAY),)
    cooling = {"cooling_ms": 7 * DAY}
    assert (await ask(index, tenant, "claim", 1, "ann", BEGAN + 3 * DAY, allowed=cooling)).reason == "cooling"
    assert (await ask(index, tenant, "claim", 1, "boss", BEGAN + 3 * DAY, allowed=cooling)).status == "done"


async def test_trap_calendar_days_make_a_minute_before_midnight_a_day_old_after_two(
    index: ValkeyIndex, tenant: str
) -> None:
    late = round(datetime(2026, 3, 2, 23, 59, tzinfo=UTC).timestamp() * 1_000)
    await put(index, tenant, 1, "p1", at_ms=late, **POOLED)
    fresh, cooling = {"fresh_ms": DAY}, {"cooling_ms": DAY}
    assert (await ask(index, tenant, "claim", 1, "ann", late + 2 * MINUTE, allowed=fresh)).reason == "new_arrival"
    assert (await ask(index, tenant, "claim", 1, "ann", late + DAY, allowed=fresh)).status == "done"
    await ask(index, tenant, "release", 1, "ann", late + DAY)
    assert (await ask(index, tenant, "claim", 1, "ann", late + DAY + 2 * MINUTE, allowed=cooling)).reason == "cooling"


async def test_trap_pick_then_release_dodges_the_cap(index: ValkeyIndex, tenant: str) -> None:
    await pool_of(index, tenant, 4)
    allowed = {"claims_a_day": 3}
    for i in range(3):
        assert (await ask(index, tenant, "claim", f"c{i}", "ann", allowed=allowed)).status == "done"
        assert (await ask(index, tenant, "release", f"c{i}", "ann", allowed=allowed)).status == "done"
    assert (await ask(index, tenant, "claim", "c3", "ann", allowed=allowed)).reason == "day_cap"
    assert (await ask(index, tenant, "claim", "c3", "ann", allowed=allowed | {"day": 1})).status == "done"


async def test_trap_only_the_last_owner_cools_down(index: ValkeyIndex, tenant: str) -> None:
    await put(index, tenant, 1, "p1", **POOLED)
    allowed = {"cooling_ms": 30 * DAY}
    for day, who in enumerate(("ann", "bob"), start=1):
        await ask(index, tenant, "claim", 1, who, BEGAN + day * DAY, allowed=allowed)
        await ask(index, tenant, "release", 1, who, BEGAN + day * DAY + HOUR)
    for who in ("ann", "bob"):
        assert (await ask(index, tenant, "claim", 1, who, BEGAN + 5 * DAY, allowed=allowed)).reason == "cooling"
    assert (await ask(index, tenant, "claim", 1, "cyd", BEGAN + 5 * DAY, allowed=allowed)).status == "done"


async def test_trap_protection_locks_everybody_elses_work_out(index: ValkeyIndex, tenant: str) -> None:
    await put(index, tenant, 1, "p1", plan=plan("ann", protect_ms=30 * DAY), at_ms=BEGAN)
    await put(index, tenant, 2, "p1", plan=plan(), at_ms=BEGAN)
    help_ = await ask(index, tenant, "follow_up", 2, "bob", BEGAN + HOUR, kind="call", seconds=90)
    assert (help_.status, help_.reason) == ("done", "")
    assert help_.lease
    assert help_.lease.owner == "ann"


async def test_former_owners_locks_and_refusals_of_both_survive_a_merge(index: ValkeyIndex, tenant: str) -> None:
    boss = {"leader": True}
    for name, who in ((1, "ann"), (2, "bob")):
        await put(index, tenant, name, f"p{name}", **POOLED)
        await ask(index, tenant, "claim", name, who, BEGAN + name * HOUR)
        await ask(index, tenant, "release", name, who, BEGAN + name * HOUR + 1)
    await ask(index, tenant, "lock", 2, "boss", BEGAN + 4 * HOUR, until_ms=BEGAN + 9 * DAY, allowed=boss)
    await ask(index, tenant, "refuse", 1, "ann", BEGAN + 4 * HOUR)
    await put(index, tenant, 3, "p1", "p2", joins=(1, 2), **POOLED)
    (lease,) = (await entity(index.client, tenant, 1)).holdings
    assert lease.past == (Past("ann", BEGAN + HOUR + 1), Past("bob", BEGAN + 2 * HOUR + 1))
    assert (lease.locked_ms, lease.refused_ms) == (BEGAN + 9 * DAY, -1)


async def test_two_owners_who_meet_keep_their_histories_and_the_later_is_suspended(
    index: ValkeyIndex, tenant: str
) -> None:
    for name, who in ((1, "ann"), (2, "bob")):
        await put(index, tenant, name, f"p{name}", **POOLED)
        await ask(index, tenant, "claim", name, who, BEGAN + name * HOUR)
    met = await put(index, tenant, 3, "p1", "p2", joins=(1, 2), **POOLED)
    assert (met.code, met.reason) == ("contested", "two_owners")
    _, mine = await held(index.client, tenant, "bob")
    assert [(one.entity, one.lease.state) for one in mine] == [(1, 1)]
    for what, changes in (("transfer", {"member": "cyd"}), ("release", {})):
        assert (await ask(index, tenant, what, 1, "ann", BEGAN + DAY, **changes)).reason == "suspended"


async def test_what_has_just_lapsed_counts_no_more_against_the_cap_of_who_claims_it_again(
    index: ValkeyIndex, tenant: str
) -> None:
    await put(index, tenant, 1, "p1", plan=plan("ann", protect_ms=DAY), at_ms=BEGAN)
    again = await ask(index, tenant, "claim", 1, "ann", BEGAN + 2 * DAY, allowed={"max_open": 1})
    assert again.lease
    assert (again.status, again.lease.owner, again.lease.past[0].member) == ("done", "ann", "ann")
