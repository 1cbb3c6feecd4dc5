"""Somebody leaves, and the company keeps the customers: by fit, protected and hot ones first, nothing lost, nothing twice, however
often it was cut short. And the other ways in which customers pass on many at a time.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from typing import Any

import msgspec
import pytest

from leads.errors import BadInput, StoreDown
from leads.ownership import PROVISIONAL, SUSPENDED, Lease
from leadstream import handover
from leadstream.asked import Asked
from leadstream.handover import Filter, Handover, Report
from leadstream.roster import Roster
from stores.handover import held
from stores.index import ValkeyIndex
from stores.lookup import standing
from tests.scenarios.office import Office
from tests.scenarios.town import BEGIN_MS, DAY_MS, Town
from tests.stores.asking import ask
from tests.stores.making import decide, event, lead, outcome, plan, put

PEOPLE = """
members:
  gone: {skills: [english]}
  amy: {skills: [english]}
  bo: {skills: [english], max_open: 40}
  cy: {}
  serv: {}
  zhou: {}
teams:
  sales: {members: [gone, amy, bo, cy], leader: zhou}
  service: {members: [serv], leader: zhou}
rules:
  - {id: abroad, when: {country: {not_in: China}}, team: sales, skills: [english]}
  - {id: all, team: sales}
handover: {service_team: service}
pools: {public: {leaders: [zhou]}}
"""
ABROAD, HOME = (plan("gone", rule=rule, protect_ms=30 * DAY_MS) for rule in ("abroad", "all"))


@pytest.fixture
def office(town: Town) -> Office:
    return Office(town, PEOPLE)


def handing(office: Office, client: Any = None) -> Handover:
    index = ValkeyIndex(client) if client else office.town.index
    roster = Roster(index.client, office.policies, office.settings, lambda: office.now_ms)
    return Handover(index, office.policies, roster, lambda: office.now_ms)


async def customers(office: Office, abroad: int, home: int) -> None:
    """Customers of the one who will leave, placed by two rules."""
    index, tenant = office.town.index, office.town.tenant
    plans = [ABROAD] * abroad + [HOME] * home
    for start in range(0, len(plans), 500):
        part = list(enumerate(plans[start : start + 500], start))
        answer = await index.register(tenant, [lead(i, f"p{i}") for i, _ in part])
        done = await index.commit(tenant, [decide(answer, n, plan=p, at_ms=BEGIN_MS) for n, (_, p) in enumerate(part)])
        assert {outcome(d).owner for d in done} == {"gone"}


async def leases(office: Office, member: str = "") -> list[Lease]:
    return [lease async for _, lease in held(office.town.index.client, office.town.tenant, member)]


async def leave(office: Office, **how: Any) -> Report:
    return await handing(office).depart(office.town.tenant, "gone", "zhou", "resigned", **how)


async def consistent(office: Office, total: int) -> Counter[str]:
    """Who holds how many; every customer is in one place, the counters say the same as the leases, and nothing is with him."""
    now = await standing(office.town.index.client, office.town.tenant)
    counted = {m: n for m, n in now.owners.items() if n}
    assert await leases(office, "gone") == []
    assert counted == Counter(lease.owner for lease in await leases(office))
    assert sum(counted.values()) + sum(now.pools.values()) == total
    return Counter(counted)


async def test_customers_go_by_the_rule_that_placed_them_as_it_reads_today(office: Office) -> None:
    await customers(office, abroad=30, home=60)
    report = await leave(office)
    assert report.moved == 90
    held_now = await consistent(office, 90)
    assert held_now == {"amy": 30, "bo": 30, "cy": 30}, "the same number each, as far as skills allow"
    # who speaks no English has none of those from abroad
    assert {lease.owner for lease in await leases(office) if lease.seq <= 30} == {"amy", "bo"}
    moved = [m for m in await office.moves("transfer") if m.member == "cy"]
    assert all(
        (m.actor, m.why, m.lease is not None and m.lease.past[-1].member) == ("zhou", "resigned", "gone") for m in moved
    )
    assert {m.event for m in moved} <= {event(i).hex() for i in range(90)}, (
        "each with its receipt, so its history is found"
    )


async def test_a_cap_for_each_successor_and_the_rest_goes_to_the_pool_protected_and_hot_ones_first(
    office: Office,
) -> None:
    await customers(office, abroad=0, home=20)
    tenant, index = office.town.tenant, office.town.index
    hot = [event(i).hex() for i in (17, 18)]
    office.day(20)
    for i in (17, 18):
        await ask(
            index, tenant, "follow_up", i, "gone", office.now_ms, kind="call", seconds=90, allowed={"protect_ms": 0}
        )
    office.day(40)  # the protection of all has ended
    preview = await leave(office, cap=3, preview=True)
    assert await leases(office, "gone"), "a preview changes nothing"
    report = await leave(office, cap=3)
    assert report.counts == preview.counts
    assert [c.event for c, _ in report.first[:2]] == hot
    assert await consistent(office, 20) == {"amy": 3, "bo": 3, "cy": 3}
    assert (await standing(index.client, tenant)).pools["public"] == 11
    placed = {m.event for m in await office.moves("transfer")}
    assert set(hot) <= placed
    lapsed = await office.moves("lapsed")
    assert {(m.member, m.why) for m in lapsed} == {("gone", "resigned")}


async def test_nothing_new_reaches_who_has_left_whatever_a_plan_of_before_says(office: Office) -> None:
    """SuiteCRM 8935: round robin assigns to people who left."""
    await customers(office, 0, 2)
    await leave(office)
    index, tenant = office.town.index, office.town.tenant
    late = await put(index, tenant, "late", "plate", plan=plan("gone", "amy"))
    only = await put(index, tenant, "only", "ponly", plan=plan("gone"))
    his = await put(index, tenant, "his", "phis", claimant="gone", plan=plan())
    assert (late.owner, only.pool, his.pool) == ("amy", "public", "public")
    assert (await ask(index, tenant, "claim", "only", "gone", office.now_ms)).reason == "gone"
    assert (await ask(index, tenant, "transfer", "late", "amy", office.now_ms, member="gone")).reason == "gone"
    with pytest.raises(BadInput, match="left"):
        await handing(office).transfer(tenant, "amy", "gone", "zhou", "back", Filter())
    assert await leases(office, "gone") == []


async def test_who_comes_back_gets_leads_again_and_can_leave_again(office: Office) -> None:
    await customers(office, 0, 4)
    await leave(office, cap=1)
    index, tenant = office.town.index, office.town.tenant
    roster = Roster(index.client, office.policies, office.settings, lambda: office.now_ms)
    office.day(1)
    await roster.change(tenant, [Asked("joined", "gone", office.now_ms)], "zhou", "back")
    again = await put(index, tenant, "again", "pagain", plan=plan("gone"))
    assert again.owner == "gone"
    office.day(2)
    report = await leave(office, cap=1)
    assert report.counts == {("moved", "amy"): 1}, "the caps of the first time are not used up"


async def test_what_is_locked_disputed_or_under_review_does_not_stay_with_him_either(office: Office) -> None:
    index, tenant = office.town.index, office.town.tenant
    locked = await put(index, tenant, "locked", "pl", plan=HOME)
    disputed = await put(index, tenant, "disputed", "pd", plan=HOME)
    claimed = await put(index, tenant, "claimed", "pc", plan=plan("amy", rule="all"))
    await put(index, tenant, "likely", "pq", plan=HOME)
    await put(index, tenant, "unsure", "pq", plan=plan("amy"), likeliest=4)
    await ask(
        index, tenant, "lock", "locked", "zhou", BEGIN_MS, until_ms=BEGIN_MS + 90 * DAY_MS, allowed={"leader": True}
    )
    assert (await office.files("bo", disputed, "mine")).status == "done"
    assert (await office.files("gone", claimed, "mine")).status == "done"
    assert Counter(lease.state for lease in await leases(office, "gone")) == {0: 3, PROVISIONAL: 1, SUSPENDED: 1}
    report = await leave(office)
    assert report.counts[("withdrawn", "")] == 1
    assert await leases(office, "gone") == []
    assert (await office.lease(locked)).locked_ms, "the lock is the customer's"
    assert (await office.lease(claimed)).owner == "amy"
    heir = (await office.lease(disputed)).owner
    assert heir in ("amy", "bo", "cy")
    (first, _) = await office.cases()
    assert (await office.court.decide(tenant, first.number, "zhou", "his", "gone")).reason == "gone"
    assert (await office.court.decide(tenant, first.number, "zhou", "bo has met him", "bo")).status == "done"
    assert (await office.lease(disputed)).owner == "bo"


class Dying:
    """A client of the store whose process is killed at its n-th script, before it is sent or before its answer arrives."""

    def __init__(self, client: Any, at: int, *, sent: bool) -> None:
        self._client, self._left, self._sent = client, at, sent

    def __getattr__(self, name: str) -> Any:
        return getattr(self._client, name)

    async def execute_command(self, *words: Any) -> Any:
        self._left -= 1
        if self._left < 0 and not self._sent:
            raise StoreDown("killed")
        answer = await self._client.execute_command(*words)
        if self._left < 0:
            raise StoreDown("killed")
        return answer


@pytest.mark.parametrize("sent", [False, True], ids=["before a step", "after a step"])
async def test_a_departure_killed_at_any_step_is_finished_by_the_next_run(
    office: Office, monkeypatch: pytest.MonkeyPatch, sent: bool
) -> None:
    """CordysCRM 115: transfer on departure by hand. Here it is one command, and it can be run again."""
    monkeypatch.setattr(handover, "_SLICE", 7)
    total = 60
    for step in range(12):
        again = Office(office.town.another(step), PEOPLE)
        await customers(again, abroad=20, home=40)
        dying = Dying(again.town.index.client, step, sent=sent)
        try:
            await handing(again, dying).depart(again.town.tenant, "gone", "zhou", "resigned", cap=15)
        except StoreDown:
            again.now_ms += 60_000
            await leave(again, cap=15)
        found = await consistent(again, total)
        assert all(n <= 15 for n in found.values()), (step, found)
        assert sum(found.values()) == 45, (step, found)
        moves = [m for m in await again.moves() if m.what in ("transfer", "lapsed")]
        assert len({m.entity for m in moves}) == len(moves) == total, "each passed on once"


async def test_thousands_of_customers_while_leads_come_in_and_others_work(office: Office) -> None:
    await customers(office, abroad=1_000, home=2_000)
    index, tenant = office.town.index, office.town.tenant

    async def inbound() -> None:
        for i in range(40):
            await put(index, tenant, f"new{i}", f"pnew{i}", plan=plan("gone", "amy"))

    async def working() -> None:
        for i in range(40):
            await ask(index, tenant, "release", i, "gone", BEGIN_MS)

    await asyncio.gather(leave(office), inbound(), working())
    held_now = await consistent(office, 3_040)
    assert held_now["bo"] == 40, "he holds as many as he may"


async def test_everything_of_one_passes_to_another_as_far_as_he_can_hold_it(office: Office) -> None:
    await customers(office, 0, 50)
    tenant = office.town.tenant
    which = Filter(closed=False)
    preview = await handing(office).transfer(tenant, "gone", "bo", "zhou", "new area", which, preview=True)
    report = await handing(office).transfer(tenant, "gone", "bo", "zhou", "new area", which)
    assert report.counts == preview.counts == {("moved", "bo"): 40, ("kept", ""): 10}
    now = await standing(office.town.index.client, tenant)
    assert (now.owners["gone"], now.owners["bo"]) == (10, 40)
    with pytest.raises(BadInput, match="leader"):
        await handing(office).transfer(tenant, "gone", "bo", "amy", "mine", which)
    with pytest.raises(BadInput, match="there is no member"):
        await handing(office).transfer(tenant, "nobody", "bo", "zhou", "x", which)


async def test_a_dispute_or_a_lock_keeps_a_customer_where_he_is_while_his_owner_is_there(office: Office) -> None:
    index, tenant = office.town.index, office.town.tenant
    await put(index, tenant, "locked", "pl", plan=HOME)
    disputed = await put(index, tenant, "disputed", "pd", plan=HOME)
    await ask(index, tenant, "lock", "locked", "zhou", BEGIN_MS, until_ms=BEGIN_MS + DAY_MS, allowed={"leader": True})
    await office.files("bo", disputed, "mine")
    report = await handing(office).transfer(tenant, "gone", "amy", "zhou", "new area", Filter())
    assert report.counts == {("locked", ""): 1, ("suspended", ""): 1}


async def test_long_standing_owners_rotate_once_and_open_opportunities_wait(office: Office) -> None:
    await customers(office, 0, 10)
    index, tenant = office.town.index, office.town.tenant
    await ask(index, tenant, "opportunity", 3, "gone", BEGIN_MS, kind="offer")
    office.day(400)
    await put(index, tenant, "fresh", "pfresh", plan=HOME, at_ms=office.now_ms)
    month_ago = office.now_ms - 30 * DAY_MS
    report = await handing(office).rotate(tenant, "zhou", "a year", before_ms=month_ago)
    assert report.moved == 9
    assert len(await leases(office, "gone")) == 2
    office.now_ms += 1
    assert (await handing(office).rotate(tenant, "zhou", "a year", before_ms=month_ago)).counts == {}


async def test_after_signing_the_service_team_takes_over_and_who_signed_stays_on_record(office: Office) -> None:
    index, tenant = office.town.index, office.town.tenant
    signed = await put(index, tenant, "signed", "ps", plan=HOME)
    await put(index, tenant, "open", "po", plan=HOME)
    await ask(index, tenant, "close", "signed", "gone", BEGIN_MS)
    preview = await handing(office).to_service(tenant, "zhou", "signed", preview=True)
    report = await handing(office).to_service(tenant, "zhou", "signed")
    assert report.counts == preview.counts == {("moved", "serv"): 1}
    lease = await office.lease(signed)
    assert (lease.owner, lease.closed, lease.past[-1].member) == ("serv", True, "gone")
    assert (await handing(office).to_service(tenant, "zhou", "signed")).counts == {}


async def test_namesakes_are_different_customers_and_pass_on_each_by_himself(office: Office) -> None:
    """CordysCRM 2390: same name taken for same person."""
    one = await office.enters("gone", {"name": "王伟", "phone": "13811112222", "city": "北京"})
    two = await office.enters("amy", {"name": "王伟", "phone": "15933334444", "city": "北京"})
    assert (one.owner, two.owner) == ("gone", "amy")
    await leave(office)
    assert (await office.lease(two)).owner == "amy"
    assert (await office.lease(one)).owner != "gone"


def test_a_report_counts_what_moved() -> None:
    report = Report({("moved", "amy"): 2, ("pooled", "public"): 1, ("kept", ""): 5})
    assert report.moved == 3
    assert msgspec.structs.asdict(report)["first"] == ()
