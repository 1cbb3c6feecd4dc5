"""Cases in the store: opened once, decided once, and what a decision does to the lease happens in the same step."""

from __future__ import annotations

import asyncio
from typing import Any

import msgspec
import pytest

from leads.cases import WHOLE, Agreement, Case, Part, Proposal, Rulebook, Shares, Statement
from leads.ownership import HOLDS, SUSPENDED
from routing.casework import decided, joined, opened, proposed
from stores.cases import Status, cases, opened_by, read, share, shares, write
from stores.entities import entity
from stores.index import ValkeyIndex
from stores.journal import Move, ValkeyJournal, effects
from stores.lookup import standing
from stores.reviews import split
from tests.stores.making import event, plan, put

RULES = Rulebook(version="v1")
HALVES = (Part("ann", 5000), Part("bob", 5000))


def case(name: object = 1, *parties: str, seq: int = 1, **changes: Any) -> Case:
    people = parties or ("ann", "bob")
    said = Statement(people[-1], 10, "I rang first")
    made = opened("filed", "k", event(name).hex(), seq, "", people, 10, RULES, statement=said)
    assert isinstance(made, Case)
    return msgspec.structs.replace(made, **changes)


async def open_(index: ValkeyIndex, tenant: str, made: Case, key: str = "k") -> tuple[Status, int]:
    moves = [("case_opened", party) for party in made.parties]
    member = made.parties[-1]
    return await write(
        index.client, tenant, "open", made, moves, at_ms=10, who=member, why="mine", key=key, member=member
    )


async def settle(index: ValkeyIndex, tenant: str, number: int, owner: str, parts: tuple[Part, ...]) -> tuple[str, int]:
    found = await read(index.client, tenant, number)
    assert found
    ready = proposed(found, Proposal(owner, parts, (), "v1", 11))
    done = decided(ready, "zhou", "", (), "the rule", 20, RULES, leader=True, members={"ann", "bob", "cyd"})
    assert isinstance(done, Case)
    agreed = Shares(Agreement(parts, (), 20, number))
    moves = [("case_decided", party) for party in done.parties]
    return await write(
        index.client, tenant, "settle", done, moves, at_ms=20, who="zhou", why="the rule", member=owner, shares=agreed
    )


async def holders(index: ValkeyIndex, tenant: str, seq: int = 1) -> list[tuple[str, int]]:
    return [(h.owner or h.pool, h.state) for h in (await entity(index.client, tenant, seq)).holdings]


async def moves_of(index: ValkeyIndex, tenant: str) -> list[Move]:
    entries = await ValkeyJournal(index.client).read(tenant, 0, 1000)
    return [e.move for e in await effects(index, tenant, entries) if e.move]


async def test_a_case_suspends_the_claim_beside_the_lease(index: ValkeyIndex, tenant: str) -> None:
    await put(index, tenant, 1, "p1")
    assert await open_(index, tenant, case()) == ("done", 1)
    assert await holders(index, tenant) == [("ann", HOLDS), ("bob", SUSPENDED)]
    assert (await standing(index.client, tenant)).owners == {"ann": 1}
    found = await read(index.client, tenant, 1)
    assert found
    assert (found.number, found.parties, found.stage) == (1, ("ann", "bob"), "open")
    assert [(m.what, m.member, m.other) for m in await moves_of(index, tenant)] == [
        ("case_opened", "ann", 1),
        ("case_opened", "bob", 1),
    ]


async def test_the_same_filing_opens_one_case_and_another_one_meets_it(index: ValkeyIndex, tenant: str) -> None:
    await put(index, tenant, 1, "p1")
    await put(index, tenant, 2, "p1")
    assert await open_(index, tenant, case()) == ("done", 1)
    assert await open_(index, tenant, case()) == ("known", 1)
    assert await open_(index, tenant, case(2, "ann", "cyd", seq=2), "other") == ("running", 1)
    first = await read(index.client, tenant, 1)
    assert first
    more = joined(first, "cyd", None)
    added = await write(
        index.client,
        tenant,
        "join",
        more,
        [("case_joined", "cyd")],
        at_ms=12,
        who="cyd",
        why="",
        key="other",
        member="cyd",
    )
    assert added == ("done", 1)
    assert await opened_by(index.client, tenant, "other") == 1
    assert await holders(index, tenant) == [("ann", HOLDS), ("bob", SUSPENDED), ("cyd", SUSPENDED)]


async def test_of_many_who_file_at_once_one_opens_it(index: ValkeyIndex, tenant: str) -> None:
    await put(index, tenant, 1, "p1")
    done = await asyncio.gather(*(open_(index, tenant, case(), f"k{i}") for i in range(20)))
    assert sorted(status for status, _ in done) == ["done"] + ["running"] * 19
    assert {number for _, number in done} == {1}


async def test_a_case_is_about_a_customer_that_somebody_else_holds(index: ValkeyIndex, tenant: str) -> None:
    assert await open_(index, tenant, case()) == ("unknown", 0)
    await put(index, tenant, 1, "p1")
    await put(index, tenant, 2, "p2", plan=plan())
    assert await open_(index, tenant, case(2, seq=2)) == ("no_owner", 0)
    assert await open_(index, tenant, case(1, "bob", "ann")) == ("own", 0)
    assert await cases(index.client, tenant) == []


@pytest.mark.parametrize("owner", ["ann", "bob", "cyd"])
async def test_a_decision_hands_over_ends_the_claims_and_keeps_the_shares_at_once(
    index: ValkeyIndex, tenant: str, owner: str
) -> None:
    await put(index, tenant, 1, "p1")
    await open_(index, tenant, case())
    assert await settle(index, tenant, 1, owner, HALVES) == ("done", 1)
    assert await holders(index, tenant) == [(owner, HOLDS)]
    assert {m: n for m, n in (await standing(index.client, tenant)).owners.items() if n} == {owner: 1}
    assert (await shares(index.client, tenant, 1, "")).shares.now == Agreement(HALVES, (), 20, 1)
    assert await cases(index.client, tenant) == []
    assert [c.stage for c in await cases(index.client, tenant, running=False)] == ["decided"]


async def test_a_case_that_changed_meanwhile_is_not_written_over(index: ValkeyIndex, tenant: str) -> None:
    await put(index, tenant, 1, "p1")
    await open_(index, tenant, case())
    before = await read(index.client, tenant, 1)
    assert before
    await settle(index, tenant, 1, "ann", HALVES)
    again = await write(
        index.client, tenant, "settle", before, [("case_decided", "bob")], at_ms=21, who="qian", why="", member="bob"
    )
    assert again == ("moved", 1)
    assert await holders(index, tenant) == [("ann", HOLDS)]


async def test_a_case_follows_its_customer_through_a_merge(index: ValkeyIndex, tenant: str) -> None:
    await put(index, tenant, 1, "p1", plan=plan("ann"))
    await put(index, tenant, 2, "p2", plan=plan("bob"))
    await open_(index, tenant, case(2, "bob", "cyd", seq=2))
    await put(index, tenant, 3, "p1", "p2", joins=(1, 2))
    assert await open_(index, tenant, case(1, "ann", "dan"), "late") == ("running", 1)
    await settle(index, tenant, 1, "cyd", (Part("cyd", WHOLE),))
    assert await holders(index, tenant) == [("cyd", HOLDS)]
    assert {m: n for m, n in (await standing(index.client, tenant)).owners.items() if n} == {"cyd": 1}
    assert (await shares(index.client, tenant, 1, "")).shares.now


async def test_a_lead_that_turns_out_to_be_another_customers_takes_the_claim_along(
    index: ValkeyIndex, tenant: str
) -> None:
    await put(index, tenant, 1, "p1")
    await put(index, tenant, 2, "p1", claimant="bob")
    await open_(index, tenant, case(2, seq=2))
    await split(index.client, tenant, event(2), 60, 1, "zhou", "other person")
    assert (await holders(index, tenant, 1), await holders(index, tenant, 2)) == ([("ann", HOLDS)], [("bob", HOLDS)])


async def test_shares_are_written_over_only_as_they_were_read(index: ValkeyIndex, tenant: str) -> None:
    await put(index, tenant, 1, "p1")
    kept = await shares(index.client, tenant, 1, "")
    asked = Shares(None, Agreement(HALVES, ("ann",), 5))

    async def say(now: Shares) -> str:
        moves = [("share_asked", "bob")]
        return await share(index.client, tenant, event(1).hex(), "", kept, now, moves, at_ms=5, who="ann")

    assert await say(asked) == "done"
    assert await say(Shares(Agreement(HALVES, ("ann", "bob"), 6))) == "moved"
    assert (await shares(index.client, tenant, 1, "")).shares == asked
    assert [m.what for m in await moves_of(index, tenant)] == ["share_asked"]


async def test_who_claims_what_is_anothers_is_on_the_outcome(index: ValkeyIndex, tenant: str) -> None:
    await put(index, tenant, 1, "p1")
    contested = await put(index, tenant, 2, "p1", claimant="bob")
    assert (contested.code, contested.owner, contested.claimant) == ("contested", "ann", "bob")
    (stored,) = await index.outcomes(tenant, [event(2)])
    assert stored == contested
