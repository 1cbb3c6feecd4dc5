"""Register and commit: numbers, candidates, idempotence, entities."""

from __future__ import annotations

import msgspec

from stores.codec import NUMBERS, pack_plan, pack_seqs, unpack_plan, unpack_seqs
from stores.index import ValkeyIndex
from tests.stores.making import decide, event, lead, outcome, plan, put, refusal


async def test_register_numbers_leads_and_finds_who_shares_a_key(index: ValkeyIndex, tenant: str) -> None:
    answer = await index.register(tenant, [lead("a", "p1", "m1"), lead("b", "m1", "p2"), lead("c", "p9")])
    a, b, c = answer.registered
    assert [a.seq, b.seq, c.seq] == [1, 2, 3]
    assert [(x.seq, x.entity, x.shared) for x in b.candidates] == [(1, 1, 0b01)]
    assert (a.counts, b.counts, c.counts) == ((0, 0), (1, 0), (0,))
    assert not a.candidates
    assert answer.records[1] == b"record of a"
    assert answer.stats.leads == 3


async def test_registering_again_keeps_the_number_and_sees_only_earlier_leads(index: ValkeyIndex, tenant: str) -> None:
    first = await index.register(tenant, [lead("a", "p1"), lead("b", "p1")])
    await index.register(tenant, [lead("c", "p1")])
    again = await index.register(tenant, [lead("b", "p1"), lead("a", "p1")])
    assert [r.seq for r in again.registered] == [2, 1]
    assert again.registered[0].candidates == first.registered[1].candidates
    assert again.registered[0].counts == first.registered[1].counts
    assert again.stats.leads == 3


async def test_commit_is_recorded_once_and_published_again_byte_for_byte(index: ValkeyIndex, tenant: str) -> None:
    answer = await index.register(tenant, [lead("a", "p1")])
    decision = decide(answer, source="web", door="form", trace="00-1", batch="b1")
    (done,) = await index.commit(tenant, [decision])
    (again,) = await index.commit(tenant, [decision])
    assert (done.fresh, again.fresh) == (True, False)
    (stored,) = await ValkeyIndex(index.client).outcomes(tenant, [event("a")])
    assert msgspec.json.encode(stored) == msgspec.json.encode(done.outcome) == msgspec.json.encode(again.outcome)
    assert outcome(done).rule == "r1"
    assert await index.plan(tenant, outcome(done).plan) == plan("ann")


async def test_registering_a_decided_event_gives_its_outcome(index: ValkeyIndex, tenant: str) -> None:
    await put(index, tenant, "a", "p1")
    answer = await index.register(tenant, [lead("a", "p1"), lead("b", "p1")])
    assert answer.registered[0].seq == 1
    assert answer.registered[0].outcome
    assert answer.registered[1].outcome is None


async def test_a_joined_lead_goes_to_the_owner(index: ValkeyIndex, tenant: str) -> None:
    first = await put(index, tenant, "a", "p1")
    second = await put(index, tenant, "b", "p1", plan=plan("bob"))
    assert (first.code, first.reason, first.owner) == ("assigned", "rule", "ann")
    assert (second.code, second.reason, second.owner, second.entity) == ("merged", "same_contact", "ann", 1)
    view = (await index.register(tenant, [lead("c", "p1")])).entities[1]
    assert (view.members, view.size, view.version) == ((1, 2), 2, second.journal)


async def test_refused_events_have_outcomes_without_entity(index: ValkeyIndex, tenant: str) -> None:
    (done,) = await index.commit(tenant, [refusal("x")])
    assert (outcome(done).code, outcome(done).reason, outcome(done).entity, outcome(done).detail) == (
        "suppressed",
        "withheld",
        0,
        "why",
    )
    assert (await index.outcomes(tenant, [event("x"), event("y")]))[1] is None


async def test_scripts_the_server_forgot_are_sent_again(index: ValkeyIndex, tenant: str) -> None:
    await put(index, tenant, "a", "p1")
    await index.client.script_flush()
    assert (await put(index, tenant, "b", "p1")).entity == 1


async def test_an_empty_batch_is_answered(index: ValkeyIndex, tenant: str) -> None:
    await put(index, tenant, "a", "p1")
    assert (await index.register(tenant, [])).stats.leads == 1
    assert await index.commit(tenant, []) == []


async def test_the_same_event_twice_in_a_batch_is_one_lead(index: ValkeyIndex, tenant: str) -> None:
    answer = await index.register(tenant, [lead("a", "p1"), lead("a", "p1")])
    assert [r.seq for r in answer.registered] == [1, 1]
    assert not answer.registered[1].candidates
    done = await index.commit(tenant, [decide(answer, 0), decide(answer, 1)])
    assert [d.fresh for d in done] == [True, False]
    assert done[0].outcome == done[1].outcome


async def test_tenants_share_nothing(index: ValkeyIndex, tenant: str) -> None:
    await put(index, tenant, "a", "p1")
    other = await index.register(tenant + "2", [lead("a", "p1")])
    assert (other.registered[0].seq, other.registered[0].candidates) == (1, ())


async def test_what_a_slot_has_in_hand_is_remembered_and_deaths_are_counted(index: ValkeyIndex, tenant: str) -> None:
    await index.mark(tenant, ["t/0/1", "t/0/2"])
    await index.mark(tenant, ["t/0/3"])
    assert await index.marked(tenant) == ("t/0/3",)
    await index.mark(tenant, [])
    assert await index.marked(tenant) == ()
    assert [await index.blame(tenant), await index.blame(tenant)] == [1, 2]


async def test_a_lead_without_keys_has_a_number_and_no_candidates(index: ValkeyIndex, tenant: str) -> None:
    assert (await put(index, tenant, "a")).entity == 1
    assert (await put(index, tenant, "b")).entity == 2


async def test_keys_beyond_the_limit_are_left_out(index: ValkeyIndex, tenant: str) -> None:
    many = [f"p{i}" for i in range(60)]
    await put(index, tenant, "a", *many)
    (one,) = (await index.register(tenant, [lead("b", *many)])).registered
    assert one.candidates[0].shared == 2**52 - 1
    assert one.counts == (1,) * 52 + (-1,) * 8


def test_stored_numbers_of_reasons_never_change() -> None:
    assert NUMBERS["assigned", "rule"] == 16
    assert NUMBERS["pooled", "parked"] == 34
    assert NUMBERS["contested", "two_owners"] == 65
    assert NUMBERS["suppressed", "erased"] == 99
    assert NUMBERS["rejected", "undone"] == 118


def test_plans_and_numbers_survive_packing() -> None:
    assert unpack_plan(pack_plan(plan("ann", considered=(("bob", "absent"),)))[1]) == plan(
        "ann", considered=(("bob", "absent"),)
    )
    assert unpack_seqs(pack_seqs((1, 2**32 - 1))) == (1, 2**32 - 1)


async def test_who_shares_one_common_value_is_counted_and_not_told_of(index: ValkeyIndex, tenant: str) -> None:
    """Once they are no longer under way: a name's holders not at all, of an organisation's the first, more than are compared."""
    for number in range(10):
        await put(index, tenant, number, "Nwang", "Oacme", joins=())
    young = await index.register(tenant, [lead("young", "Nwang")])
    for start in range(0, 4_100, 500):
        await index.register(tenant, [lead(f"other{n}", f"P{n}") for n in range(start, start + 500)])

    answer = await index.register(
        tenant, [lead("name", "Nwang"), lead("firm", "Oacme"), lead("both", "P7", "Nwang", "Oacme")]
    )
    name, firm, both = answer.registered
    alone = await index.register(tenant, [lead("name again", "Nwang")])

    assert len([e for e in young.entities if e <= 10]) == 10
    assert (len(name.candidates), name.counts) == (11, (11,))
    assert len([e for e in alone.entities if e <= 10]) == 0
    assert len(firm.candidates) == 10
    assert {c.entity for c in both.candidates if c.shared.bit_count() > 1} <= set(answer.entities)
    first = await index.register(tenant, [lead("firm again", "Oacme")])
    assert sorted(e for e in first.entities if e <= 10) == [1, 2, 3, 4]


async def test_a_lead_that_is_set_aside_after_it_had_a_number_is_found_by_nobody(
    index: ValkeyIndex, tenant: str
) -> None:
    """Its worker died with it in hand after it was registered: sent again as a new event it must not meet itself."""
    await index.register(tenant, [lead("killer", "p1")])
    (done,) = await index.commit(tenant, [refusal("killer", "rejected", "killed_worker")])
    assert (outcome(done).code, outcome(done).seq, outcome(done).entity) == ("rejected", 1, 0)

    again = await index.register(tenant, [lead("again", "p1")])
    assert again.registered[0].candidates == ()
    assert again.registered[0].counts == (0,)
    (redriven,) = await index.commit(tenant, [decide(again)])
    assert (outcome(redriven).code, outcome(redriven).entity) == ("assigned", 2)


async def test_what_looked_at_a_lead_that_is_set_aside_is_judged_again(index: ValkeyIndex, tenant: str) -> None:
    await index.register(tenant, [lead("killer", "p1")])
    looked = await index.register(tenant, [lead("a", "p1")])
    aside, joined = await index.commit(
        tenant, [refusal("killer", "rejected", "killed_worker"), decide(looked, joins=(1,))]
    )
    assert outcome(aside).code == "rejected"
    assert joined.outcome is None


async def test_a_lead_that_is_set_aside_stays_with_those_who_have_joined_it(index: ValkeyIndex, tenant: str) -> None:
    await index.register(tenant, [lead("killer", "p1")])
    assert (await put(index, tenant, "a", "p1")).entity == 1
    (done,) = await index.commit(tenant, [refusal("killer", "rejected", "killed_worker")])
    assert (outcome(done).code, outcome(done).seq, outcome(done).entity) == ("rejected", 1, 1)
    assert (await put(index, tenant, "b", "p1")).entity == 1
