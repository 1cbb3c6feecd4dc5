"""Park and drain: when everybody is full or away leads wait in order, with a deadline, and are placed the moment somebody is free."""

from __future__ import annotations

import asyncio
from types import SimpleNamespace
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
import pytest

from leads.ownership import Act, Lease, Terms
from leads.policy import Absence, Answer, Hours, Member, Policy, Pool, Rule, Team, Widening
from leads.records import Outcome
from leadstream.placing import Placer, draining
from leadstream.runtime import clock
from routing.days import day_number
from routing.plan import compile_policy
from stores.entities import entity
from stores.index import ValkeyIndex
from stores.journal import ValkeyJournal, effects
from stores.ownership import act, due
from stores.waiting import waiting
from streams.metrics import Metrics, new_registry
from tests.routing.build import NOON, when
from tests.routing.build import lead as said
from tests.stores.making import decide, event, lead, outcome

MINUTE, DAY = 60_000, 86_400_000
SHANGHAI = ZoneInfo("Asia/Shanghai")
VIP = Rule(id="vip", when=when("value", "at_least", "10万"), team="all", priority=5)
ALL = Rule(id="all", team="all")


class House:
    """A tenant whose policy can change, whose clock is set by hand."""

    def __init__(self, index: ValkeyIndex, tenant: str, *rules: Rule, **members: Member) -> None:
        self.index, self.tenant, self.rules, self.members = index, tenant, rules, members
        self.more: dict[str, Any] = {"wait_ms": 2 * DAY}
        self.count = 0
        self.placer = Placer(index, lambda tenant: self.policy())

    def policy(self) -> Policy:
        whole = Policy(
            version="",
            members={id: msgspec.structs.replace(m, id=id) for id, m in self.members.items()},
            teams={"all": Team("all", tuple(self.members))},
            pools={"public": Pool("public")},
            rules=self.rules,
            **self.more,
        )
        return msgspec.structs.replace(whole, version=str(hash(msgspec.json.encode(whole))))

    async def comes(self, at_ms: int, **fields: str) -> Outcome:
        """One more customer comes in."""
        self.count += 1
        router = compile_policy(self.policy())
        plan = router.plan(said(**fields), at_ms)
        answer = await self.index.register(self.tenant, [lead(self.count, f"p{self.count}")])
        day = day_number(at_ms, SHANGHAI)
        decision = decide(answer, plan=plan, at_ms=at_ms, day=day, answer_by_ms=router.answer_by(plan, at_ms))
        return outcome((await self.index.commit(self.tenant, [decision]))[0])

    async def lease(self, seq: int) -> Lease:
        return (await entity(self.index.client, self.tenant, seq)).holdings[0]

    async def owners(self) -> list[str]:
        return [(await self.lease(seq)).owner for seq in range(1, self.count + 1)]

    async def releases(self, seq: int, at_ms: int) -> None:
        owner = (await self.lease(seq)).owner
        asked = Act(event(f"release{seq}").hex(), "release", event(seq).hex(), owner, at_ms, terms=Terms())
        assert (await act(self.index.client, self.tenant, asked)).status == "done"

    async def moves(self) -> list[tuple[str, str, str]]:
        journal = ValkeyJournal(self.index.client)
        found = await effects(self.index, self.tenant, await journal.read(self.tenant, 0, 1_000))
        return [(e.move.what, e.move.member, e.move.why) for e in found if e.move]


async def test_trap_queued_leads_are_drained_when_somebody_has_room_again(index: ValkeyIndex, tenant: str) -> None:
    house = House(index, tenant, ALL, amy=Member("", max_open=1))
    for i in range(3):
        await house.comes(NOON + i * MINUTE)
    assert await house.owners() == ["amy", "", ""]
    assert await house.placer.drain(tenant, NOON + 5 * MINUTE) == 0

    await house.releases(1, NOON + 6 * MINUTE)
    assert await house.placer.drain(tenant, NOON + 7 * MINUTE) == 1

    assert (await house.lease(2)).owner == "amy"
    assert await waiting(index.client, tenant) == 1
    assert ("given", "amy", "parked") in await house.moves()


async def test_leads_wait_in_order_priority_first(index: ValkeyIndex, tenant: str) -> None:
    house = House(index, tenant, VIP, ALL, amy=Member("", paused=True))
    for i, value in enumerate(["", "", "20万", "", "30万"]):
        parked = await house.comes(NOON + i * MINUTE, value=value)
        assert (parked.code, parked.reason) == ("pooled", "parked")

    house.members["amy"] = Member("", max_open=3)
    assert await house.placer.drain(tenant, NOON + DAY) == 3

    assert await house.owners() == ["amy", "", "amy", "", "amy"]


async def test_one_who_comes_back_gets_what_waits_for_him(index: ValkeyIndex, tenant: str) -> None:
    back = NOON + 5 * MINUTE
    house = House(index, tenant, ALL, amy=Member("", absences=(Absence(NOON, back, "lunch"),)))
    await house.comes(NOON)

    assert await house.placer.drain(tenant, back - 1) == 0
    assert await house.placer.drain(tenant, back) == 1


async def test_a_new_day_gives_new_room(index: ValkeyIndex, tenant: str) -> None:
    house = House(index, tenant, ALL, amy=Member("", max_day=1))
    await house.comes(NOON)
    await house.comes(NOON)

    assert await house.placer.drain(tenant, NOON + 11 * 60 * MINUTE) == 0
    assert await house.placer.drain(tenant, NOON + 12 * 60 * MINUTE) == 1  # midnight


async def test_a_shift_that_begins_takes_what_waits(index: ValkeyIndex, tenant: str) -> None:
    house = House(index, tenant, ALL, amy=Member("", shifts=("late",)))
    house.more["hours"] = {"late": Hours(((1, 840, 1_200),))}  # Tuesday from 14:00
    await house.comes(NOON)

    assert await house.placer.drain(tenant, NOON + 119 * MINUTE) == 0
    assert await house.placer.drain(tenant, NOON + 120 * MINUTE) == 1


async def test_whoever_waits_beyond_the_deadline_stays_in_the_pool_with_the_reason(
    index: ValkeyIndex, tenant: str
) -> None:
    house = House(index, tenant, msgspec.structs.replace(ALL, wait_ms=10 * MINUTE), amy=Member("", paused=True))
    await house.comes(NOON)
    await house.placer.drain(tenant, NOON + 9 * MINUTE)
    assert (await house.lease(1)).why == "parked"

    await house.placer.drain(tenant, NOON + 10 * MINUTE)
    house.members["amy"] = Member("")

    assert await house.placer.drain(tenant, NOON + 11 * MINUTE) == 0
    assert ((await house.lease(1)).why, await waiting(index.client, tenant)) == ("overdue", 0)
    assert ("lapsed", "public", "overdue") in await house.moves()


async def test_a_rule_that_does_not_wait_sends_its_leads_to_the_pool(index: ValkeyIndex, tenant: str) -> None:
    house = House(index, tenant, msgspec.structs.replace(ALL, wait_ms=0), amy=Member("", paused=True))
    parked = await house.comes(NOON)

    assert (parked.reason, await waiting(index.client, tenant)) == ("parked", 0)


async def test_skills_are_widened_when_nobody_who_has_them_comes(index: ValkeyIndex, tenant: str) -> None:
    german = Rule(id="german", team="all", skills=("german",), widen=(Widening(15 * MINUTE, skills=()),))
    house = House(index, tenant, german, amy=Member(""), bo=Member("", skills=("german",), max_open=0))
    await house.comes(NOON)

    assert await house.placer.drain(tenant, NOON + 14 * MINUTE) == 0
    assert await house.placer.drain(tenant, NOON + 15 * MINUTE) == 1
    assert await house.owners() == ["amy"]


async def test_somebody_claimed_meanwhile_is_left_alone(index: ValkeyIndex, tenant: str) -> None:
    house = House(index, tenant, ALL, amy=Member("", paused=True))
    await house.comes(NOON)
    claim = Act(event("claim").hex(), "claim", event(1).hex(), "zoe", NOON + 1, terms=Terms(protect_ms=DAY))
    assert (await act(index.client, tenant, claim)).status == "done"
    house.members["amy"] = Member("")

    assert await house.placer.drain(tenant, NOON + MINUTE) == 0
    assert (await house.owners(), await waiting(index.client, tenant)) == (["zoe"], 0)


async def test_one_rule_that_is_full_does_not_hold_up_another(index: ValkeyIndex, tenant: str) -> None:
    only = Rule(id="only", when=when("value", "exists"), members=("amy",))
    rest = Rule(id="rest", members=("bo",))
    house = House(index, tenant, only, rest, amy=Member("", paused=True), bo=Member("", paused=True))
    for i in range(6):
        await house.comes(NOON + i, **({"value": "1"} if i < 5 else {}))
    house.members["bo"] = Member("")

    assert await house.placer.drain(tenant, NOON + MINUTE) == 1
    assert (await house.owners())[5] == "bo"


@pytest.mark.parametrize("gone", [True, False])
async def test_a_policy_that_changes_while_leads_wait(index: ValkeyIndex, tenant: str, gone: bool) -> None:
    """The rule as it says now decides, and the record names the version; without the rule a lead waits in vain."""
    house = House(index, tenant, ALL, amy=Member("", paused=True), bo=Member("", left=True))
    first = await house.comes(NOON)
    house.rules = (Rule(id="other", team="all"),) if gone else (ALL,)
    house.members["bo"] = Member("")

    assert await house.placer.drain(tenant, NOON + MINUTE) == (0 if gone else 1)

    assert first.policy != house.policy().version
    assert await house.owners() == ["" if gone else "bo"]


async def test_whoever_does_not_answer_loses_the_lead_and_never_gets_it_back(index: ValkeyIndex, tenant: str) -> None:
    house = House(index, tenant, ALL, amy=Member(""), bo=Member(""))
    house.more["answer"] = {"": Answer(15 * MINUTE)}
    await house.comes(NOON)
    had = [(await house.lease(1)).owner]

    for minutes in (16, 33, 50):
        _, told = await due(index.client, tenant, NOON + minutes * MINUTE, 100)
        await house.placer.late(tenant, told, NOON + minutes * MINUTE)
        had.append((await house.lease(1)).owner)

    assert sorted(had[:2]) == ["amy", "bo"]
    assert had[2:] == ["", ""]
    assert ("warning", had[0], "unanswered") in await house.moves()


async def test_a_worker_places_who_waits_within_a_second_or_two_of_somebody_being_free(
    index: ValkeyIndex, tenant: str
) -> None:
    house = House(index, tenant, ALL, amy=Member("", max_open=1))
    for _ in range(2):
        await house.comes(clock())
    policies = SimpleNamespace(known=lambda tenant: house.policy())
    runtime: Any = SimpleNamespace(
        client=index.client, settings=SimpleNamespace(tenants={tenant: None}), policies=policies
    )
    metrics = Metrics(new_registry(), component="worker", version="0")
    duty = asyncio.create_task(draining(runtime, house.placer, metrics))
    try:
        await asyncio.sleep(0.1)
        await house.releases(1, clock())
        while (await house.lease(2)).owner != "amy":
            assert not duty.done()
            await asyncio.sleep(0.05)
    finally:
        duty.cancel()
        await asyncio.gather(duty, return_exceptions=True)
