"""What time does to a customer's owner: lapses, warnings, waits; once in effect, however late, doubled or lost the hint is."""

from __future__ import annotations

from leads.ownership import Past
from leads.records import Registration, Share
from stores.entities import entity
from stores.index import ValkeyIndex
from stores.journal import Move, ValkeyJournal, effects
from stores.layout import Keys
from stores.lookup import standing
from stores.ownership import Due, due, held, in_pool, place
from tests.stores.asking import BEGAN, DAY, HOUR, ask
from tests.stores.making import decide, lead, plan, put

MINUTE = 60_000
GONE = 40 * DAY


async def everything(index: ValkeyIndex, tenant: str, now_ms: int, most: int = 500) -> list[Due]:
    """Until nothing is left; the longest that a worker would do at once."""
    done: list[Due] = []
    while True:
        looked, told = await due(index.client, tenant, now_ms, most)
        done += told
        if looked < most:
            return done


async def moves(index: ValkeyIndex, tenant: str) -> list[Move]:
    entries = await ValkeyJournal(index.client).read(tenant, 0, 10_000)
    return [e.move for e in await effects(index, tenant, entries) if e.move]


async def many(index: ValkeyIndex, tenant: str, count: int, at_ms: int = BEGAN, **changes: object) -> None:
    leads: list[Registration] = [lead(f"x{i}", f"p{i}") for i in range(count)]
    for start in range(0, count, 200):
        answer = await index.register(tenant, leads[start : start + 200])
        todo = [decide(answer, i, at_ms=at_ms, **dict(changes)) for i in range(len(answer.registered))]
        await index.commit(tenant, todo)


async def test_a_customer_whose_owner_shows_no_evidence_goes_to_the_pool(index: ValkeyIndex, tenant: str) -> None:
    await put(index, tenant, 1, "p1", plan=plan("ann", protect_ms=DAY), at_ms=BEGAN)
    assert await everything(index, tenant, BEGAN + DAY - 1) == []
    (one,) = await everything(index, tenant, BEGAN + DAY + MINUTE)
    assert (one.what, one.why, one.lease.owner, one.lease.pool) == ("lapsed", "unproved", "", "public")
    assert one.lease.past == (Past("ann", BEGAN + DAY + MINUTE),)
    stand = await standing(index.client, tenant)
    assert (stand.owners, stand.pools) == ({"ann": 0}, {"public": 1})
    assert [(m.what, m.member, m.why, m.lease) for m in await moves(index, tenant)] == [
        ("lapsed", "ann", "unproved", one.lease)
    ]
    assert await everything(index, tenant, BEGAN + GONE) == []


async def test_silence_lapses_and_a_warning_comes_once_before_it(index: ValkeyIndex, tenant: str) -> None:
    await put(index, tenant, 1, "p1", plan=plan(), at_ms=BEGAN)
    allowed = {"recycle_ms": 10 * DAY, "warn_ms": 2 * DAY}
    await ask(index, tenant, "claim", 1, "ann", BEGAN, allowed=allowed)
    await ask(index, tenant, "follow_up", 1, "ann", BEGAN + DAY, kind="mail", allowed=allowed)
    seen = [
        (d, one.what, one.why) for d in range(60) for one in await everything(index, tenant, BEGAN + d * DAY + HOUR)
    ]
    assert seen == [(9, "warning", "silent"), (11, "lapsed", "silent")]


async def test_a_warned_owner_who_shows_evidence_is_warned_again_before_the_next_end(
    index: ValkeyIndex, tenant: str
) -> None:
    await put(index, tenant, 1, "p1", plan=plan(), at_ms=BEGAN)
    allowed = {"protect_ms": 10 * DAY, "recycle_ms": 10 * DAY, "warn_ms": DAY}
    await ask(index, tenant, "claim", 1, "ann", BEGAN, allowed=allowed)
    assert [one.what for one in await everything(index, tenant, BEGAN + 9 * DAY + HOUR)] == ["warning"]
    await ask(index, tenant, "follow_up", 1, "ann", BEGAN + 9 * DAY + HOUR, kind="visit", allowed=allowed)
    assert await everything(index, tenant, BEGAN + 11 * DAY) == []
    assert [one.what for one in await everything(index, tenant, BEGAN + 18 * DAY + 2 * HOUR)] == ["warning"]


async def test_locked_exempt_signed_and_promising_customers_stay(index: ValkeyIndex, tenant: str) -> None:
    boss = {"leader": True}
    for name in ("lock", "exempt", "close", "opportunity"):
        await put(index, tenant, name, name, plan=plan("ann", protect_ms=DAY), at_ms=BEGAN)
        await ask(index, tenant, name, name, "ann", BEGAN, allowed=boss, until_ms=BEGAN + 3 * DAY, kind="a tender")
    assert await everything(index, tenant, BEGAN + 2 * DAY) == []
    ended = await everything(index, tenant, BEGAN + 4 * DAY)
    assert sorted(one.seq for one in ended) == [1, 2]
    await ask(index, tenant, "opportunity", "opportunity", "ann", BEGAN + 4 * DAY, kind="")
    await ask(index, tenant, "reopen", "close", "ann", BEGAN + 4 * DAY)
    assert sorted(one.seq for one in await everything(index, tenant, BEGAN + 5 * DAY)) == [3, 4]


async def test_what_is_not_signed_in_time_goes_back(index: ValkeyIndex, tenant: str) -> None:
    await put(index, tenant, 1, "p1", plan=plan(), at_ms=BEGAN)
    await ask(index, tenant, "claim", 1, "ann", BEGAN, allowed={"close_within_ms": 20 * DAY})
    for day in range(1, 20):
        await ask(index, tenant, "follow_up", 1, "ann", BEGAN + day * DAY, kind="mail")
    assert [one.why for one in await everything(index, tenant, BEGAN + 21 * DAY)] == ["not_closed"]


async def test_an_answer_that_does_not_come_is_told_until_somebody_else_has_it(index: ValkeyIndex, tenant: str) -> None:
    both = plan("ann", "bob", protect_ms=GONE)
    first = await put(index, tenant, 1, "p1", plan=both, at_ms=BEGAN, answer_by_ms=BEGAN + HOUR)
    other = {"ann": "bob", "bob": "ann"}[first.owner]
    at = BEGAN + HOUR + MINUTE
    warned, unanswered = await everything(index, tenant, at)
    assert (warned.what, unanswered.what) == ("warning", "unanswered")
    (again,) = await everything(index, tenant, at + 2 * MINUTE)
    assert again.what == "unanswered"
    version = (await entity(index.client, tenant, 1)).version
    stale = await place(index.client, tenant, 1, "", both, at_ms=at, day=2, version=version - 1)
    assert stale.status == "moved"
    placed = await place(
        index.client, tenant, 1, "", both, at_ms=at, day=2, version=version, came_ms=BEGAN, answer_by_ms=at + HOUR
    )
    assert placed.lease
    assert (placed.status, placed.lease.owner, placed.lease.past) == ("placed", other, (Past(first.owner, at),))
    assert await everything(index, tenant, at + 4 * MINUTE) == []
    *_, late = await everything(index, tenant, at + 2 * HOUR)
    assert late.what == "unanswered"
    nobody = await place(
        index.client,
        tenant,
        1,
        "",
        both,
        at_ms=at + 2 * HOUR,
        day=2,
        version=(await entity(index.client, tenant, 1)).version,
    )
    assert nobody.lease
    assert (nobody.status, nobody.lease.pool, nobody.lease.why) == ("nobody", "public", "unanswered")


async def test_an_answer_in_time_is_an_answer(index: ValkeyIndex, tenant: str) -> None:
    await put(index, tenant, 1, "p1", plan=plan("ann", protect_ms=GONE), at_ms=BEGAN, answer_by_ms=BEGAN + HOUR)
    await ask(index, tenant, "follow_up", 1, "ann", BEGAN + MINUTE, kind="mail")
    assert await everything(index, tenant, BEGAN + DAY) == []


async def test_who_is_parked_is_placed_once_and_only_as_he_was_seen(index: ValkeyIndex, tenant: str) -> None:
    full = plan(Share("ann", max_open=0))
    await put(index, tenant, 1, "p1", plan=full, at_ms=BEGAN)
    version = (await entity(index.client, tenant, 1)).version
    waits = await place(index.client, tenant, 1, "", full, at_ms=BEGAN + MINUTE, day=1, version=version)
    assert waits.status == "nobody"
    placed = await place(index.client, tenant, 1, "", plan("ann"), at_ms=BEGAN + MINUTE, day=1, version=version)
    assert placed.lease
    assert (placed.status, placed.lease.owner) == ("placed", "ann")
    version = (await entity(index.client, tenant, 1)).version
    settled = await place(index.client, tenant, 1, "", plan("bob"), at_ms=BEGAN + MINUTE, day=1, version=version)
    assert settled.status == "settled"


async def test_a_thousand_are_due_at_once_after_a_downtime_and_each_once(index: ValkeyIndex, tenant: str) -> None:
    await many(index, tenant, 1_000, plan=plan("ann", "bob", protect_ms=DAY))
    again = await everything(index, tenant, BEGAN + GONE, most=300)
    assert sorted(one.seq for one in again) == list(range(1, 1_001))
    assert await everything(index, tenant, BEGAN + 2 * GONE) == []
    assert len(await moves(index, tenant)) == 1_000
    assert (await standing(index.client, tenant)).pools == {"public": 1_000}
    assert await index.client.zcard(Keys.of(tenant).timers + "t") == 0
    assert [key async for key in index.client.scan_iter(Keys.of(tenant).timers.replace("[", "?") + "[0-9]*")] == []


async def test_a_hint_that_is_doubled_or_of_somebody_who_merged_or_left_does_nothing_twice(
    index: ValkeyIndex, tenant: str
) -> None:
    short = plan("ann", protect_ms=DAY)
    await put(index, tenant, 1, "p1", plan=short, at_ms=BEGAN)
    await put(index, tenant, 2, "p2", plan=short, at_ms=BEGAN)
    await put(index, tenant, 3, "p1", "p2", joins=(1, 2), plan=short, at_ms=BEGAN)
    at, minute = Keys.of(tenant), -(-(BEGAN + DAY) // MINUTE)
    await index.client.rpush(f"{at.timers}{minute}", *[n.to_bytes(4, "big") for n in (1, 1, 2, 3, 99)])
    assert [one.seq for one in await everything(index, tenant, BEGAN + GONE)] == [1]


async def test_a_clock_that_jumps_back_does_nothing_and_one_that_jumps_on_does_it_once(
    index: ValkeyIndex, tenant: str
) -> None:
    await put(index, tenant, 1, "p1", plan=plan("ann", protect_ms=DAY), at_ms=BEGAN)
    assert await everything(index, tenant, 0) == []
    assert len(await everything(index, tenant, BEGAN + 400 * DAY)) == 1
    assert await everything(index, tenant, BEGAN + DAY) == []
    assert await everything(index, tenant, BEGAN + 500 * DAY) == []


async def test_while_a_case_is_open_nothing_lapses(index: ValkeyIndex, tenant: str) -> None:
    for name, owner in ((1, "ann"), (2, "bob")):
        await put(index, tenant, name, f"p{name}", plan=plan(owner, protect_ms=DAY), at_ms=BEGAN)
    await put(index, tenant, 3, "p1", "p2", joins=(1, 2), plan=plan(), at_ms=BEGAN)
    assert await everything(index, tenant, BEGAN + GONE) == []


async def test_what_somebody_holds_is_listed_a_page_at_a_time(index: ValkeyIndex, tenant: str) -> None:
    await many(index, tenant, 250, plan=plan("ann", protect_ms=GONE))
    await ask(index, tenant, "release", "x7", "ann")
    await ask(index, tenant, "transfer", "x8", "ann", member="bob")
    seqs, after, pages = [], -1, 0
    while after:
        after, page = await held(index.client, tenant, "ann", after, 100)
        seqs += [one.lease.seq for one in page]
        pages += 1
    assert (pages, sorted(seqs)) == (3, [n for n in range(1, 251) if n not in (8, 9)])
    assert await index.client.llen(Keys.of(tenant).holders + "ann") == 248
    _, (pooled,) = await held(index.client, tenant, in_pool("public"))
    assert (pooled.entity, pooled.lease.why, pooled.lease.past[0].member) == (8, "released", "ann")
