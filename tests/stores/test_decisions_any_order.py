"""Leads, decisions, splits and undos in any order: what must hold of the store afterwards, whatever happened."""

from __future__ import annotations

from collections import Counter
from uuid import uuid4

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from leads.ownership import HOLDS, SUSPENDED
from stores.codec import unpack_seqs
from stores.entities import entity
from stores.index import ValkeyIndex
from stores.layout import Keys
from stores.lookup import roots, standing
from stores.reviews import decide, split, waiting
from stores.undo import undo
from tests.stores.making import event, key, plan, put

STEP = st.tuples(
    st.sampled_from(("new", "join", "join", "unsure", "unsure", "same", "apart", "split", "undo")),
    st.integers(0, 20),
    st.integers(0, 20),
    st.sampled_from(("ann", "bob", "")),
)


async def act(index: ValkeyIndex, tenant: str, live: list[int], told: int, step: tuple[str, int, int, str]) -> bool:
    """One step; True when it was a lead."""
    what, a, b, owner = step
    route = plan(owner) if owner else plan()
    if what in ("new", "join", "unsure"):
        one, other = (live[a % len(live)], live[b % len(live)]) if live else (0, 0)
        judged: dict[str, object] = {"joins": ()}
        if live and what == "join":
            judged = {"joins": tuple(dict.fromkeys((one, other)))}
        elif live and what == "unsure":
            judged = {"likeliest": one}
        await put(index, tenant, told, "p1", plan=route, claimant=owner if b % 3 == 0 else "", **judged)
        return True
    if not live:
        return False
    seq = live[a % len(live)]
    if what in ("same", "apart"):
        queue = [one.seq for one in await waiting(index.client, tenant)]
        seq = queue[a % len(queue)] if queue else seq
        await decide(index.client, tenant, event(seq), what, 9, 1, "zhou", "asked")  # type: ignore[arg-type]
    elif what == "split":
        await split(index.client, tenant, event(seq), 9, 1, "zhou", "mistaken")
    else:
        await undo(index.client, tenant, [event(seq)], lambda record: [key("p1")], 9)
        live.remove(seq)
    return False


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(STEP, min_size=3, max_size=25))
async def test_nobody_is_lost_doubled_or_united_against_a_decision(
    index: ValkeyIndex, steps: list[tuple[str, int, int, str]]
) -> None:
    tenant, live, told = uuid4().hex[:12], list[int](), 1
    for step in steps:
        if await act(index, tenant, live, told, step):
            live.append(told)  # numbers follow the order of arrival, so a lead is named after its own
            told += 1
    root = dict(zip(live, await roots(index.client, tenant, live), strict=True))
    entities = {r: await entity(index.client, tenant, r) for r in set(root.values())}

    apart = await index.client.hgetall(Keys.of(tenant).apart)
    for seq, others in apart.items():
        for other in unpack_seqs(others):
            one = int.from_bytes(seq, "big")
            assert one not in root or other not in root or root[one] != root[other]
    assert sorted(s for e in entities.values() for s in e.members) == live
    assert all(min(e.members) == e.id == r for r, e in entities.items())
    assert (await index.stats(tenant)).joined == len(live) - len(entities)

    held = [h for e in entities.values() for h in e.holdings]
    assert all(sum(h.state != SUSPENDED for h in e.holdings) <= 1 for e in entities.values())
    stand = await standing(index.client, tenant)
    assert Counter(h.owner for h in held if h.state == HOLDS and h.owner) == Counter(stand.owners)
    assert Counter(h.pool for h in held if h.state == HOLDS and not h.owner) == Counter(stand.pools)
    for one in await waiting(index.client, tenant):
        assert one.seq in root
        assert one.likeliest not in root or root[one.seq] != root[one.likeliest]
