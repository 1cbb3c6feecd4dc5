"""Passing customers on, against a slow and obvious twin: nobody is lost or doubled, caps hold, and doing it again does nothing."""

from __future__ import annotations

from collections import Counter
from typing import Any
from uuid import uuid4

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from leads.ownership import HOLDS
from leads.records import Share
from routing.successors import Way
from stores.handover import Passed, held, leads_of, pass_on
from stores.index import ValkeyIndex
from stores.lookup import standing
from tests.stores.asking import BEGAN, HOUR, ask
from tests.stores.making import decide, event, lead, plan, put

HEIRS = ("amy", "bo", "cy")
WAYS = st.lists(
    st.builds(
        Way,
        st.lists(
            st.tuples(st.sampled_from([*HEIRS, "gone"]), st.sampled_from([0.0, 0.5, 1.0, 2.0]), st.integers(-1, 6)),
            max_size=4,
            unique_by=lambda heir: heir[0],
        ).map(tuple),
        st.sampled_from(["public", "second"]),
        st.just(HOUR),
        st.just(0),
        st.just(0),
        st.just(0),
        st.booleans(),
    ),
    min_size=1,
    max_size=3,
)


class Twin:
    """One customer after the other, everything counted anew each time."""

    def __init__(self, ways: list[Way], cap: int, closed: set[int], *, pooling: bool) -> None:
        self.ways, self.cap, self.closed, self.pooling = ways, cap, closed, pooling
        self.places: dict[int, str] = {}

    def pass_on(self, seq: int, way: Way) -> Passed:
        able = [heir for heir in way.heirs if heir[0] != "gone" and heir[1] > 0 and self.has_room(heir, way, seq)]
        if able:
            best = min(able, key=lambda heir: (self.given(heir[0]) + 1) / heir[1])
            self.places[seq] = best[0]
            return Passed("moved", best[0])
        if not self.pooling:
            return Passed("kept", "")
        self.places[seq] = f"pool {way.pool}"
        return Passed("pooled", way.pool)

    def given(self, member: str) -> int:
        return sum(place == member for place in self.places.values())

    def has_room(self, heir: tuple[str, float, int], way: Way, seq: int) -> bool:
        member, _, most = heir
        if 0 <= self.cap <= self.given(member):
            return False
        counted = [
            s for s, place in self.places.items() if place == member and not (way.closed_exempt and s in self.closed)
        ]
        return most < 0 or (way.closed_exempt and seq in self.closed) or len(counted) < most


async def gone_with(index: ValkeyIndex, tenant: str, count: int, closed: set[int]) -> None:
    answer = await index.register(tenant, [lead(i, f"p{i}") for i in range(1, count + 1)])
    mine = plan("gone")
    await index.commit(tenant, [decide(answer, i, plan=mine, at_ms=BEGAN) for i in range(count)])
    for seq in sorted(closed):
        await ask(index, tenant, "close", seq, "gone", BEGAN)


async def places(index: ValkeyIndex, tenant: str) -> Counter[str]:
    return Counter([lease.owner async for _, lease in held(index.client, tenant)])


def passing(index: ValkeyIndex, tenant: str, items: list[Any], ways: list[Way], **how: Any) -> Any:
    asked = {"group": "g", "cap": -1, "leaving": True, "pooling": True, "preview": False, **how}
    return pass_on(index.client, tenant, "gone", items, ways, at_ms=BEGAN + HOUR, actor="zhou", why="left", **asked)


async def agrees(
    index: ValkeyIndex, ways: list[Way], count: int, cap: int, pooling: bool, closed: set[int], cut: int, dice: Any
) -> None:
    tenant = uuid4().hex[:12]
    closed = {seq for seq in closed if seq <= count}
    await gone_with(index, tenant, count, closed)
    items = [(seq, "", event(seq).hex(), dice.randrange(len(ways)) + 1) for seq in range(1, count + 1)]
    dice.shuffle(items)
    twin = Twin(ways, cap, closed, pooling=pooling)
    expected = [twin.pass_on(item[0], ways[item[3] - 1]) for item in items]
    how = {"cap": cap, "pooling": pooling, "leaving": pooling}
    assert await passing(index, tenant, items, ways, preview=True, **how) == expected
    done = [
        *await passing(index, tenant, items[:cut], ways, **how),
        *await passing(index, tenant, items[cut:], ways, **how),
    ]
    assert done == expected
    again = await passing(index, tenant, items, ways, **how)
    assert {one.what for one in again} <= {"gone", "kept"}

    now = await standing(index.client, tenant)
    counted = Counter(now.owners) + Counter(now.signed)
    assert counted == await places(index, tenant)
    assert sum(counted.values()) + sum(now.pools.values()) == count, "nobody is lost"
    assert counted["gone"] == sum(one.what == "kept" for one in done)


ANY = (
    WAYS,
    st.integers(1, 14),
    st.integers(-1, 5),
    st.booleans(),
    st.sets(st.integers(1, 14)),
    st.integers(1, 14),
    st.randoms(),
)
CHECKS = [HealthCheck.function_scoped_fixture]


@settings(max_examples=60, deadline=None, suppress_health_check=CHECKS)
@given(st.tuples(*ANY))
async def test_it_agrees_with_the_twin_however_it_is_cut_and_repeated(index: ValkeyIndex, how: tuple[Any, ...]) -> None:
    await agrees(index, *how)


@pytest.mark.slow
@settings(max_examples=5_000, deadline=None, suppress_health_check=CHECKS)
@given(st.tuples(*ANY))
async def test_it_agrees_with_the_twin_five_thousand_times(index: ValkeyIndex, how: tuple[Any, ...]) -> None:
    await agrees(index, *how)


async def test_who_weighs_more_gets_more_and_the_terms_are_those_of_the_way(index: ValkeyIndex, tenant: str) -> None:
    await gone_with(index, tenant, 9, set())
    way = Way((("amy", 2.0, -1), ("bo", 1.0, -1)), "public", HOUR, 7, 8, 9, False)
    await passing(index, tenant, [(seq, "", event(seq).hex(), 1) for seq in range(1, 10)], [way])
    assert await places(index, tenant) == {"amy": 6, "bo": 3}
    leases = [lease async for _, lease in held(index.client, tenant)]
    assert {(x.state, x.until_ms - x.since_ms, x.recycle_ms, x.close_within_ms, x.warn_ms) for x in leases} == {
        (HOLDS, HOUR, 7, 8, 9)
    }
    assert {past.member for x in leases for past in x.past} == {"gone"}


async def test_a_lead_by_its_number(index: ValkeyIndex, tenant: str) -> None:
    await put(index, tenant, "a", "p1", plan=plan(Share("amy")))
    await index.register(tenant, [lead("under way", "p2")])
    found = await leads_of(index.client, tenant, [1, 2, 99])
    assert {seq: one.event for seq, one in found.items()} == {1: event("a").hex()}
    assert msgspec.structs.asdict(found[1])["stored"]
