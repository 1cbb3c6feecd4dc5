"""Whose turn it is: shares against entitlement, absence, joiners, bulk, quotas, windows. Real scripts."""

from __future__ import annotations

import asyncio
import random
from collections import Counter, defaultdict
from fractions import Fraction

import pytest

from leads.records import Plan, Share
from routing.turns import Turns
from stores.index import ValkeyIndex
from tests.stores.making import decide, event, lead, outcome, plan, put

HOUR_MS, DAY_MS = 3_600_000, 86_400_000
EVENING = 1_772_553_540_000  # 2026-03-03T23:59 in Shanghai


async def many(index: ValkeyIndex, tenant: str, name: str, plans: list[Plan], **changes: object) -> list[str]:
    """Unrelated leads in one batch, one for each plan -> owners or pools."""
    answer = await index.register(tenant, [lead(f"{name}{i}", f"p{name}{i}") for i in range(len(plans))])
    decisions = [decide(answer, i, plan=one, **dict(changes)) for i, one in enumerate(plans)]
    return [outcome(d).owner or outcome(d).pool for d in await index.commit(tenant, decisions)]


class Roster:
    """Seven people who come and go, and what each is entitled to: of every lead that is given his part of those present."""

    def __init__(self, seed: int, weights: tuple[float, ...]) -> None:
        self.random = random.Random(seed)
        self.weights = {f"m{i}": weight for i, weight in enumerate(weights)}
        self.present = {"m0", "m1", "m2", "m3", "m4"}  # the others join later
        self.entitled: defaultdict[str, Fraction] = defaultdict(Fraction)
        self.given: Counter[str] = Counter()

    def change(self) -> None:
        """Somebody joins, comes back, leaves or is absent."""
        one = self.random.choice(sorted(self.weights))
        if one in self.present and len(self.present) > 3:
            self.present.discard(one)
        else:
            self.present.add(one)

    def plan(self) -> Plan:
        return plan(*(Share(m, self.weights[m]) for m in sorted(self.present)))

    def count(self, owners: list[str]) -> None:
        whole = sum(Fraction(self.weights[m]) for m in self.present)
        for owner in owners:
            self.given[owner] += 1
            for m in self.present:
                self.entitled[m] += Fraction(self.weights[m]) / whole

    def off(self) -> float:
        """By how many leads somebody is off his entitlement at most."""
        return max(abs(float(self.given[m] - self.entitled[m])) for m in self.weights)


@pytest.mark.parametrize("weights", [(1, 1, 1, 1, 1, 1, 1), (2, 1, 1, 0.5, 1, 1.5, 1)])
async def test_ten_thousand_leads_to_seven_people_who_come_and_go_are_within_one_lead_of_entitlement(
    index: ValkeyIndex, tenant: str, weights: tuple[float, ...]
) -> None:
    roster, off = Roster(7, weights), []
    for batch in range(100):
        roster.count(await many(index, tenant, f"b{batch}x", [roster.plan()] * 100))
        off.append(roster.off())
        if batch % 3 == 0:
            roster.change()

    assert sum(roster.given.values()) == 10_000
    assert max(off) <= 1 + 1e-9


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(10))
async def test_whoever_comes_and_goes_after_every_lead_is_never_far_off(
    index: ValkeyIndex, tenant: str, seed: int
) -> None:
    """Nobody can give back what those owe who have just left, so one lead is not enough here."""
    roster = Roster(seed, (1, 1, 1, 1, 1, 1, 1))
    for step in range(1_000):
        roster.count(await many(index, tenant, f"s{step}x", [roster.plan()]))
        roster.change()
        assert roster.off() < 1.5


async def test_trap_absent_people_get_credit_up_to_a_cap(index: ValkeyIndex, tenant: str) -> None:
    away = plan("a", "b", away=(Share("c"),), credit=3.0)
    assert set(await many(index, tenant, "x", [away] * 60)) == {"a", "b"}

    back = Counter(await many(index, tenant, "y", [plan("a", "b", "c", credit=3.0)] * 30))

    assert back == {"a": 9, "b": 8, "c": 13} or back == {"a": 8, "b": 9, "c": 13}


async def test_without_credit_one_who_comes_back_goes_on_as_if_he_had_not_been_away(
    index: ValkeyIndex, tenant: str
) -> None:
    await many(index, tenant, "x", [plan("a", "b", "c")] * 3)
    await many(index, tenant, "y", [plan("a", "b")] * 60)

    assert Counter(await many(index, tenant, "z", [plan("a", "b", "c")] * 30)) == {"a": 10, "b": 10, "c": 10}


async def test_trap_joiners_do_not_get_a_flood_and_old_members_are_not_favoured(
    index: ValkeyIndex, tenant: str
) -> None:
    await many(index, tenant, "x", [plan("a", "b")] * 1_000)
    joined = plan("a", "b", "new")

    first = await many(index, tenant, "y", [joined] * 3)
    after = Counter(await many(index, tenant, "z", [joined] * 300))

    assert sorted(first) == ["a", "b", "new"]
    assert after == {"a": 100, "b": 100, "new": 100}


async def test_trap_a_bulk_import_is_spread_and_takes_nobody_above_his_cap(index: ValkeyIndex, tenant: str) -> None:
    shares = plan(Share("a", max_open=40), Share("b", max_day=100), "c")

    spread = Counter(await many(index, tenant, "import", [shares] * 500))

    assert spread == {"a": 40, "b": 100, "c": 360}


async def test_trap_two_leads_never_get_one_turn(index: ValkeyIndex, tenant: str) -> None:
    both = plan("a", "b")
    answers = [await index.register(tenant, [lead(i, f"p{i}")]) for i in range(40)]

    done = await asyncio.gather(*(index.commit(tenant, [decide(one, plan=both)]) for one in answers))

    assert Counter(outcome(one).owner for (one,) in done) == {"a": 20, "b": 20}


async def test_trap_a_match_to_the_present_owner_uses_up_no_turn(index: ValkeyIndex, tenant: str) -> None:
    both = plan("a", "b")
    first = await put(index, tenant, 1, "p1", plan=both)
    for i in range(2, 12):
        await put(index, tenant, i, "p1", plan=both)  # the same customer again
    for i in range(12, 15):  # colleagues of his, given to his owner
        near = await put(index, tenant, i, f"p{i}", plan=both, account=1, joins=())
        assert (near.owner, near.reason) == (first.owner, "same_account")

    assert (await put(index, tenant, 20, "p20", plan=both)).owner != first.owner
    assert (await put(index, tenant, 21, "p21", plan=both)).owner == first.owner


async def test_whoever_is_full_is_not_flooded_when_a_place_is_free_again(index: ValkeyIndex, tenant: str) -> None:
    full = plan(Share("a", max_open=2), "b")
    await many(index, tenant, "x", [full] * 40)
    roomy = plan("a", "b")

    assert Counter(await many(index, tenant, "y", [roomy] * 20)) == {"a": 10, "b": 10}


async def test_trap_a_day_is_not_over_after_a_minute(index: ValkeyIndex, tenant: str) -> None:
    """By the calendar the day's quota is back at midnight; in a window of 24 hours it is not."""
    calendar, window = (plan(Share("a", max_day=2), window_ms=ms) for ms in (0, DAY_MS))
    other = f"{tenant}-w"

    for at, under in ((tenant, calendar), (other, window)):
        assert await many(index, at, "x", [under] * 3, at_ms=EVENING, day=1) == ["a", "a", "public"]
    after_midnight = {"at_ms": EVENING + 60_000, "day": 2}

    assert await many(index, tenant, "y", [calendar] * 3, **after_midnight) == ["a", "a", "public"]
    assert await many(index, other, "y", [window] * 3, **after_midnight) == ["public"] * 3
    assert await many(index, other, "z", [window] * 3, at_ms=EVENING + DAY_MS, day=2) == ["a", "a", "public"]


async def test_a_window_rolls_with_every_lead(index: ValkeyIndex, tenant: str) -> None:
    under = plan(Share("a", max_day=2), window_ms=3 * HOUR_MS)
    got = []
    for hour in range(8):
        got += await many(index, tenant, f"h{hour}", [under], at_ms=EVENING + hour * HOUR_MS)

    assert got == ["a", "a", "public", "a", "a", "public", "a", "a"]


async def test_quota_goes_to_whoever_has_most_of_it_left(index: ValkeyIndex, tenant: str) -> None:
    under = plan(Share("a", max_day=2), Share("b", max_day=5), strategy="quota", window_ms=DAY_MS)

    assert await many(index, tenant, "x", [under] * 8) == ["b", "b", "b", "a", "b", "a", "b", "public"]


async def test_ranked_gives_to_the_first_of_the_plan_who_has_room(index: ValkeyIndex, tenant: str) -> None:
    under = plan(Share("best", max_day=1), "second", strategy="ranked")

    assert await many(index, tenant, "x", [under] * 3) == ["best", "second", "second"]


async def test_trap_no_lead_is_without_an_owner_and_without_a_reason(index: ValkeyIndex, tenant: str) -> None:
    full = plan(Share("a", max_open=1), considered=(("member:a", "available"), ("member:b", "absent: holiday")))
    await put(index, tenant, 1, "p1", plan=full)

    parked = await put(index, tenant, 2, "p2", plan=full)
    kept = await index.plan(tenant, parked.plan)

    assert (parked.code, parked.reason, parked.pool) == ("pooled", "parked", "public")
    assert kept is not None
    assert dict(kept.considered) == {"member:a": "available", "member:b": "absent: holiday"}
    assert (await index.outcomes(tenant, [event(2)]))[0] == parked


@pytest.mark.parametrize("seed", range(6))
async def test_a_replay_in_memory_picks_whom_the_script_picks(index: ValkeyIndex, tenant: str, seed: int) -> None:
    rng, memory, owners = random.Random(seed), Turns(), {}
    answer = await index.register(tenant, [lead(i, f"p{i}") for i in range(300)])
    for batch in range(30):
        here = rng.sample("abcde", rng.randint(1, 5))
        shares = [Share(m, rng.choice((0.5, 1, 2)), rng.choice((-1, 15)), rng.choice((2, 6))) for m in sorted(here)]
        gone = [m for m in "abcde" if m not in here]
        under = plan(
            *shares,
            strategy=rng.choice(("turn", "turn", "turn", "least_loaded", "quota", "ranked")),
            window_ms=rng.choice((0, HOUR_MS)),
            away=tuple(Share(m) for m in gone),
            credit=2.0,
        )
        decisions, expected = [], []
        for i in range(batch * 10, batch * 10 + 10):
            at_ms, day = EVENING + i * 900_000, i // 96
            near = rng.choice([0, 0, 0, *owners])
            picked = memory.pick(under, at_ms, day, owners.get(near, ""))
            if picked:
                memory.open[picked[0]] += 1
            expected.append(picked[0] if picked else "public")
            decisions.append(decide(answer, i, plan=under, at_ms=at_ms, day=day, account=near))
        done = [outcome(d) for d in await index.commit(tenant, decisions)]
        assert [one.owner or one.pool for one in done] == expected
        owners |= {one.seq: one.owner for one in done if one.owner}
