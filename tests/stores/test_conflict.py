"""Who holds a value, as the conflict query and the guard see it: read in one step, registering nothing."""

from __future__ import annotations

from typing import Any

from leads.ownership import Lease
from stores import guard
from stores.conflict import Allowance, Asked, ask
from stores.index import ValkeyIndex
from stores.journal import Move, ValkeyJournal, effects
from tests.stores.asking import ask as acting
from tests.stores.making import decide, key, lead, plan, put

AT = 1_800_000_000_000
MANY = Allowance(rate_per_s=1_000, burst=1_000, fishing=1_000)


async def asked(index: ValkeyIndex, tenant: str, *keys: str, **changes: Any) -> Asked:
    said = {"who": "bob", "at_ms": AT, "digest": "ab" * 16, "most": 16, "allowance": MANY, **changes}
    who, at_ms = said.pop("who"), said.pop("at_ms")
    return await ask(index.client, tenant, [key(k) for k in keys], who, at_ms, **said)


def owners(found: Asked) -> list[tuple[int, str]]:
    assert found.held is not None
    return [(holder.entity, lease.owner) for holder in found.held.holders for lease in holder.leases]


async def moves(index: ValkeyIndex, tenant: str) -> list[Move]:
    entries = await ValkeyJournal(index.client).read(tenant, 0, 1000)
    return [e.move for e in await effects(index, tenant, entries) if e.move]


async def test_the_holder_of_a_value_is_found_after_merges(index: ValkeyIndex, tenant: str) -> None:
    await put(index, tenant, "a", "p1", plan=plan("ann"))
    await put(index, tenant, "b", "p2", plan=plan("ann"))
    await put(index, tenant, "bridge", "p1", "p2", joins=(1, 2))
    assert owners(await asked(index, tenant, "p2")) == [(1, "ann")]
    assert owners(await asked(index, tenant, "p9")) == []


async def test_asking_registers_nothing(index: ValkeyIndex, tenant: str) -> None:
    await put(index, tenant, "a", "p1")
    before = await index.stats(tenant)
    for _ in range(3):
        await asked(index, tenant, "p1", "p2")
    assert await index.stats(tenant) == before
    answer = await index.register(tenant, [lead("new", "p2")])
    assert answer.registered[0].candidates == ()


async def test_a_lead_that_is_being_decided_is_no_free_customer(index: ValkeyIndex, tenant: str) -> None:
    await index.register(tenant, [lead("a", "p1")])
    found = await asked(index, tenant, "p1")
    assert found.held is not None
    assert [(h.settled, h.leases) for h in found.held.holders] == [(False, ())]


async def test_a_switchboard_tells_nothing(index: ValkeyIndex, tenant: str) -> None:
    for n in range(16):
        await put(index, tenant, n, "p1", f"e{n}", joins=(), verdict=_new())
    found = await asked(index, tenant, "p1", "e3")
    assert found.held is not None
    assert (found.held.shared, [h.entity for h in found.held.holders]) == (1, [4])
    assert (await asked(index, tenant, "p1", most=17)).held.shared == 0  # type: ignore[union-attr]


def _new() -> Any:
    from leads.records import Verdict

    return Verdict("new")


async def test_records_come_only_when_asked_for(index: ValkeyIndex, tenant: str) -> None:
    await put(index, tenant, "a", "p1")
    assert (await asked(index, tenant, "p1")).held.records == {}  # type: ignore[union-attr]
    assert (await asked(index, tenant, "p1", records=True)).held.records == {1: b"record of a"}  # type: ignore[union-attr]


async def test_an_asker_has_a_budget_that_all_doors_share(index: ValkeyIndex, tenant: str) -> None:
    tight = Allowance(rate_per_s=1.0, burst=2, fishing=1_000)
    got = [await asked(index, tenant, "p1", allowance=tight) for _ in range(3)]
    assert [one.held is not None for one in got] == [True, True, False]
    assert got[2].wait_ms == 1_000
    assert (await asked(index, tenant, "p1", allowance=tight, who="eve")).held is not None
    assert (await asked(index, tenant, "p1", allowance=tight, at_ms=AT + 1_000)).held is not None
    assert (
        await asked(index, tenant, "p1", allowance=tight, at_ms=AT - 9_000)
    ).held is None  # a clock set back gives nothing


async def test_who_asks_much_and_finds_little_is_slowed_down(index: ValkeyIndex, tenant: str) -> None:
    await put(index, tenant, "a", "p1")
    some = Allowance(rate_per_s=10.0, burst=20, fishing=10)
    honest = [await asked(index, tenant, "p1", allowance=some, digest=f"{n:032x}", who="ann") for n in range(12)]
    fisher = [await asked(index, tenant, f"q{n}", allowance=some, digest=f"{n:032x}") for n in range(12)]
    assert [one.fishing for one in honest] == [False] * 12
    assert [one.fishing for one in fisher] == [False] * 10 + [True] * 2
    again = [await asked(index, tenant, "q1", allowance=some, digest=f"{1:032x}", who="cleo") for _ in range(12)]
    assert not any(one.fishing for one in again), "the same question again is no fishing"
    waits = [
        (await asked(index, tenant, "q", allowance=some, digest="cd" * 16, who=who)).wait_ms for who in ["bob"] * 20
    ]
    assert waits[-1] == 1_000, "a tenth of ten a second"
    later = await asked(index, tenant, "q", allowance=some, at_ms=AT + some.window_ms)
    assert not later.fishing


async def test_every_question_is_on_record_without_its_value(index: ValkeyIndex, tenant: str) -> None:
    await put(index, tenant, "a", "p1")
    await asked(index, tenant, "p1", scope="cars")
    await asked(index, tenant, "p2")
    assert await moves(index, tenant) == [
        Move("asked", AT, 1, "cars", "bob", "ab" * 16),
        Move("asked", AT, 0, "", "bob", "ab" * 16),
    ]


async def test_contacts_are_carried_along_by_merges(index: ValkeyIndex, tenant: str) -> None:
    await put(index, tenant, "a", "p1")
    await put(index, tenant, "b", "p2")
    for seq, at_ms in ((1, 5), (2, 7), (2, 7)):
        await guard.contacted(index.client, tenant, [seq.to_bytes(4, "big")], at_ms, "ann", entity=seq)
    await put(index, tenant, "bridge", "p1", "p2", joins=(1, 2))
    known = await guard.look(index.client, tenant, [key("p2")], most=16)
    assert known.contacts == (guard.Contacts(0, (5, 7)),)


async def test_a_refusal_before_any_lead_counts_once_there_is_one(index: ValkeyIndex, tenant: str) -> None:
    assert await guard.contacted(index.client, tenant, [key("p1")], 5, "ann", refused_ms=99) == "noted"
    assert await guard.contacted(index.client, tenant, [key("p1")], 6, "ann", refused_ms=50) == "known"
    await put(index, tenant, "a", "p1")
    known = await guard.look(index.client, tenant, [key("p1")], most=16)
    assert known.before == guard.Contacts(99)
    assert [m.what for m in await moves(index, tenant)] == ["refuse"]


async def test_what_colleagues_put_on_record_as_follow_ups_are_contacts(index: ValkeyIndex, tenant: str) -> None:
    """One store of contacts, whoever writes: by whom, with what success and under which lead does not matter, a bare note does."""
    await put(index, tenant, "a", "p1", plan=plan("ann"))
    for member, kind, at_ms in (("ann", "call", AT), ("bob", "mail", AT + 1), ("ann", "note", AT + 2)):
        await acting(index, tenant, "follow_up", "a", member, at_ms, kind=kind, seconds=3)
    known = await guard.look(index.client, tenant, [key("p1")], most=16)
    assert known.contacts == (guard.Contacts(0, (AT, AT + 1)),)


async def test_nothing_is_noted_for_a_lead_that_is_gone(index: ValkeyIndex, tenant: str) -> None:
    assert await guard.contacted(index.client, tenant, [(9).to_bytes(4, "big")], 5, "ann") == "gone"
    assert await index.client.hgetall(f"{{{tenant}}}zc") == {}


async def test_a_customer_with_a_thousand_leads_has_all_his_contacts(index: ValkeyIndex, tenant: str) -> None:
    answer = await index.register(tenant, [lead(n, "p1") for n in range(600)])
    done = await index.commit(tenant, [decide(answer, n, joins=(1,) if n else ()) for n in range(600)])
    assert all(one.outcome for one in done)
    for seq in (1, 200, 599):
        await guard.contacted(index.client, tenant, [seq.to_bytes(4, "big")], seq, "ann")
    known = await guard.look(index.client, tenant, [key("p1")], most=16)
    assert known.contacts == (guard.Contacts(0, (1, 200, 599)),)


async def test_the_list_of_those_not_to_contact(index: ValkeyIndex, tenant: str) -> None:
    assert await guard.bar(index.client, tenant, [key("p1"), key("e1")], AT, "zhou") == 2
    assert await guard.bar(index.client, tenant, [key("p1")], AT, "zhou") == 0
    assert (await guard.look(index.client, tenant, [key("p1")], most=16)).barred
    assert await guard.bar(index.client, tenant, [key("p1")], AT, "zhou", off=True) == 1
    assert not (await guard.look(index.client, tenant, [key("p1")], most=16)).barred
    assert [m.what for m in await moves(index, tenant)] == ["barred", "unbarred"]


async def test_leases_come_with_all_they_know(index: ValkeyIndex, tenant: str) -> None:
    await put(index, tenant, "a", "p1", plan=plan("ann"))
    found = await asked(index, tenant, "p1")
    assert found.held is not None
    (lease,) = found.held.holders[0].leases
    assert isinstance(lease, Lease)
    assert (lease.owner, lease.until_ms, lease.seq, lease.past) == ("ann", 1_700_000_001_001, 1, ())
