"""Unique values where they are enforced: in commit, in the step that sees what is."""

from __future__ import annotations

from typing import Any

from leads.records import Outcome, Taken, Verdict
from stores.index import ValkeyIndex
from tests.stores.making import decide, lead, outcome, plan, put

NEW = Verdict("new")


async def put_taken(index: ValkeyIndex, tenant: str, name: str, *keys: str, how: Any, scope: str = "") -> Outcome:
    """Register and commit a lead that resembles nobody; the leads it shares a key with have a value that must be unique."""
    answer = await index.register(tenant, [lead(name, *keys)])
    seqs = tuple(candidate.seq for candidate in answer.registered[0].candidates)
    changes = {"verdict": NEW, "plan": plan("ann", scope=scope), "taken": (Taken(how, "phone", seqs),) if seqs else ()}
    (done,) = await index.commit(tenant, [decide(answer, **changes)])
    return outcome(done)


async def test_phone_only_uniqueness_is_too_strict_when_one_customer_buys_several_products(
    index: ValkeyIndex, tenant: str
) -> None:
    """The complaint of CordysCRM #13, #3251 and #884: a value is unique in its product line, not everywhere."""
    assert (await put_taken(index, tenant, "a", "p1", how="refuse", scope="cars")).code == "assigned"
    assert (await put_taken(index, tenant, "b", "p1", how="refuse", scope="houses")).code == "assigned"
    for scope in ("cars", "houses"):
        assert (await put_taken(index, tenant, scope, "p1", how="refuse", scope=scope)).reason == "not_unique"


async def test_a_lead_waits_for_an_earlier_one_that_is_being_decided(index: ValkeyIndex, tenant: str) -> None:
    """Its scope is not known yet, so neither answer would be right."""
    first = await index.register(tenant, [lead("a", "p1")])
    second = await index.register(tenant, [lead("b", "p1")])
    late = decide(second, verdict=NEW, taken=(Taken("refuse", "phone", (1,)),))
    assert (await index.commit(tenant, [late]))[0].outcome is None
    await index.commit(tenant, [decide(first, plan=plan("ann"))])
    again = await index.register(tenant, [lead("b", "p1")])
    (done,) = await index.commit(tenant, [decide(again, verdict=NEW, taken=(Taken("refuse", "phone", (1,)),))])
    assert outcome(done).reason == "not_unique"
    assert done.turned


async def test_what_others_have_joined_meanwhile_is_not_turned_away(index: ValkeyIndex, tenant: str) -> None:
    await put(index, tenant, "holder", "p1")
    await index.register(tenant, [lead("a", "p1", "e1")])
    await put(index, tenant, "b", "e1", joins=(2,))
    again = await index.register(tenant, [lead("a", "p1", "e1")])
    (done,) = await index.commit(tenant, [decide(again, verdict=NEW, taken=(Taken("refuse", "phone", (1,)),))])
    assert outcome(done).code != "rejected"
    assert outcome(done).entity == 2


async def test_a_refusal_that_is_sent_again_is_the_same(index: ValkeyIndex, tenant: str) -> None:
    await put(index, tenant, "holder", "p1")
    answer = await index.register(tenant, [lead("a", "p1")])
    decision = decide(answer, verdict=NEW, taken=(Taken("refuse", "phone", (1,)),))
    (first,) = await index.commit(tenant, [decision])
    (second,) = await index.commit(tenant, [decision])
    assert (first.fresh, second.fresh) == (True, False)
    assert first.outcome == second.outcome
    assert (await index.register(tenant, [lead("a", "p1")])).registered[0].outcome is not None
