"""What can be asked of a customer, what is answered, and what is on record of it."""

from __future__ import annotations

from typing import Any

import pytest

from leads.ownership import REFUSALS, Moved, Past
from stores.index import ValkeyIndex
from stores.journal import Move, ValkeyJournal, effects
from stores.lookup import standing
from stores.ownership import act, acts, leases
from tests.stores.asking import BEGAN, DAY, HOUR, ask, asked
from tests.stores.making import event, lead, plan, put

POOLED = {"plan": plan()}


async def told(index: ValkeyIndex, tenant: str) -> list[Move]:
    entries = await ValkeyJournal(index.client).read(tenant, 0, 1_000)
    return [e.move for e in await effects(index, tenant, entries) if e.move]


def gist(moved: Moved) -> tuple[str, str]:
    assert not moved.reason or moved.reason in REFUSALS
    return moved.status, moved.reason


async def test_a_claim_gives_the_customer_to_who_asked(index: ValkeyIndex, tenant: str) -> None:
    await put(index, tenant, 1, "p1", **POOLED)
    moved = await ask(index, tenant, "claim", 1, "ann", why="met at the fair")
    assert moved.lease
    assert (moved.status, moved.entity, moved.journal, moved.lease.owner, moved.lease.pool) == ("done", 1, 2, "ann", "")
    assert (moved.lease.until_ms, moved.lease.since_ms) == (BEGAN + 31 * DAY, BEGAN + DAY)
    stand = await standing(index.client, tenant)
    assert (stand.owners, stand.pools) == ({"ann": 1}, {"public": 0})
    (move,) = await told(index, tenant)
    assert (move.what, move.member, move.actor, move.why, move.lease) == (
        "claim",
        "ann",
        "ann",
        "met at the fair",
        moved.lease,
    )


async def test_the_same_act_again_answers_as_before_and_changes_nothing(index: ValkeyIndex, tenant: str) -> None:
    await put(index, tenant, 1, "p1", **POOLED)
    first, second = asked("claim", 1, "ann"), asked("claim", 1, "bob")
    done, no = [await act(index.client, tenant, one) for one in (first, second)]
    again, no_again = [await act(index.client, tenant, one) for one in (first, second)]
    assert (again.status, again.lease, again.journal) == ("known", done.lease, done.journal)
    assert (no_again.status, no_again.reason, no_again.lease) == ("known", "not_in_pool", None)
    assert no.reason == no_again.reason
    assert len(await told(index, tenant)) == 2


@pytest.mark.parametrize(
    ("what", "changes", "reason"),
    [
        ("claim", {"allowed": {"refused": "no_member"}}, "no_member"),
        ("claim", {"pool": "other"}, "not_in_pool"),
        ("claim", {"allowed": {"fresh_ms": 2 * DAY}}, "new_arrival"),
        ("claim", {"allowed": {"claims_a_day": 0}}, "day_cap"),
        ("claim", {"allowed": {"max_open": 0}}, "holding_cap"),
        ("release", {}, "no_change"),
        ("transfer", {"member": "cyd"}, "not_owner"),
        ("approve", {}, "not_leader"),
        ("approve", {"allowed": {"leader": True}}, "no_change"),
        ("lock", {"until_ms": BEGAN + 9 * DAY}, "not_leader"),
        ("close", {}, "not_owner"),
        ("follow_up", {"kind": "mail", "allowed": {"max_open": 0}}, "holding_cap"),
    ],
)
async def test_what_is_refused_leaves_the_customer_as_he_was_and_is_on_record(
    index: ValkeyIndex, tenant: str, what: str, changes: dict[str, Any], reason: str
) -> None:
    await put(index, tenant, 1, "p1", at_ms=BEGAN, **POOLED)
    before = await leases(index.client, tenant, event(1))
    assert gist(await ask(index, tenant, what, 1, "ann", **changes)) == ("refused", reason)
    assert await leases(index.client, tenant, event(1)) == before
    (move,) = await told(index, tenant)
    assert (move.what, move.asked, move.why, move.actor) == ("refused", what, reason, "ann")


async def test_who_is_not_there_and_who_is_not_decided_yet(index: ValkeyIndex, tenant: str) -> None:
    await index.register(tenant, [lead(1, "p1")])
    assert gist(await ask(index, tenant, "claim", 1, "ann")) == ("refused", "under_way")
    assert gist(await ask(index, tenant, "claim", 2, "ann")) == ("refused", "unknown")


async def test_a_report_waits_for_a_leader_who_is_not_the_reporter(index: ValkeyIndex, tenant: str) -> None:
    await put(index, tenant, 1, "p1", **POOLED)
    reported = await ask(index, tenant, "report", 1, "ann", allowed={"approval_ms": 2 * DAY})
    assert reported.lease
    assert (reported.lease.stage, reported.lease.until_ms) == ("reported", BEGAN + 3 * DAY)
    assert gist(await ask(index, tenant, "report", 1, "bob")) == ("refused", "taken")
    assert gist(await ask(index, tenant, "approve", 1, "ann", allowed={"leader": True})) == ("refused", "party")
    approved = await ask(index, tenant, "approve", 1, "zhou", allowed={"leader": True})
    assert approved.lease
    assert (approved.lease.stage, approved.lease.owner, approved.lease.until_ms) == ("", "ann", BEGAN + 31 * DAY)


async def test_a_report_that_nobody_approves_lapses(index: ValkeyIndex, tenant: str) -> None:
    await put(index, tenant, 1, "p1", **POOLED)
    await ask(index, tenant, "report", 1, "ann", allowed={"approval_ms": DAY})
    late = await ask(index, tenant, "approve", 1, "zhou", BEGAN + 3 * DAY, allowed={"leader": True})
    assert gist(late) == ("refused", "no_change")
    now = await leases(index.client, tenant, event(1))
    assert now
    assert (now.holdings[0].owner, now.holdings[0].why) == ("", "not_approved")


async def test_the_first_evidence_makes_the_owner_and_a_bare_note_does_not(index: ValkeyIndex, tenant: str) -> None:
    await put(index, tenant, 1, "p1", **POOLED)
    await ask(index, tenant, "claim", 1, "ann", allowed={"answer_by_ms": BEGAN + 2 * DAY})
    for poor in ({"kind": "note"}, {"kind": "call", "seconds": 29}):
        note = await ask(index, tenant, "follow_up", 1, "ann", **poor)
        assert note.lease
        assert (note.status, note.reason, note.lease.stage, note.lease.answer_ms) == (
            "done",
            "no_evidence",
            "",
            BEGAN + 2 * DAY,
        )
    call = await ask(index, tenant, "follow_up", 1, "ann", BEGAN + DAY + HOUR, kind="call", seconds=30)
    assert call.lease
    assert (call.lease.stage, call.lease.touched_ms, call.lease.answer_ms) == ("owned", BEGAN + DAY + HOUR, 0)
    assert call.lease.until_ms == BEGAN + 31 * DAY + HOUR


async def test_work_on_somebody_elses_customer_is_on_record_and_changes_no_owner(
    index: ValkeyIndex, tenant: str
) -> None:
    await put(index, tenant, 1, "p1", **POOLED)
    claim = await ask(index, tenant, "claim", 1, "ann")
    work = await ask(index, tenant, "follow_up", 1, "bob", kind="visit")
    assert (work.status, work.reason, work.lease) == ("done", "", claim.lease)
    last = (await told(index, tenant))[-1]
    assert (last.what, last.member, last.kind, last.lease) == ("follow_up", "bob", "visit", None)


async def test_evidence_on_a_customer_in_a_pool_is_a_claim(index: ValkeyIndex, tenant: str) -> None:
    await put(index, tenant, 1, "p1", **POOLED)
    taken = await ask(index, tenant, "follow_up", 1, "ann", kind="mail", allowed={"claims_a_day": 1})
    assert taken.lease
    assert (taken.lease.owner, taken.lease.stage) == ("ann", "owned")
    await put(index, tenant, 2, "p2", **POOLED)
    more = await ask(index, tenant, "follow_up", 2, "ann", kind="mail", allowed={"claims_a_day": 1})
    assert gist(more) == ("refused", "day_cap")


async def test_a_contact_from_before_the_lease_proves_nothing(index: ValkeyIndex, tenant: str) -> None:
    await put(index, tenant, 1, "p1", **POOLED)
    await ask(index, tenant, "claim", 1, "ann", BEGAN + DAY)
    early = await ask(index, tenant, "follow_up", 1, "ann", BEGAN + HOUR, kind="visit")
    assert gist(early) == ("refused", "earlier")


async def test_a_clock_that_runs_backwards_gives_no_lease_that_began_before_another(
    index: ValkeyIndex, tenant: str
) -> None:
    await put(index, tenant, 1, "p1", **POOLED)
    await put(index, tenant, 2, "p2", **POOLED)
    await ask(index, tenant, "claim", 1, "ann", BEGAN + 5 * DAY)
    late = await ask(index, tenant, "claim", 2, "ann", BEGAN + DAY)
    assert late.lease
    assert late.lease.since_ms == BEGAN + 5 * DAY


async def test_a_transfer_needs_the_owner_or_a_leader_and_room(index: ValkeyIndex, tenant: str) -> None:
    await put(index, tenant, 1, "p1", **POOLED)
    await ask(index, tenant, "claim", 1, "ann")
    for changes, reason in (
        ({"actor": "bob"}, "not_owner"),
        ({"actor": "ann", "allowed": {"refused": "gone"}}, "gone"),
        ({"actor": "ann", "allowed": {"max_open": 0}}, "holding_cap"),
    ):
        assert gist(await ask(index, tenant, "transfer", 1, member="bob", **changes)) == ("refused", reason)  # type: ignore[arg-type]
    moved = await ask(index, tenant, "transfer", 1, "ann", BEGAN + 2 * DAY, member="bob")
    assert moved.lease
    assert (moved.lease.owner, moved.lease.past) == ("bob", (Past("ann", BEGAN + 2 * DAY),))
    assert gist(await ask(index, tenant, "transfer", 1, "bob", BEGAN + 3 * DAY, member="bob")) == (
        "refused",
        "no_change",
    )


async def test_signed_customers_are_counted_apart(index: ValkeyIndex, tenant: str) -> None:
    for name in (1, 2):
        await put(index, tenant, name, f"p{name}", **POOLED)
    await ask(index, tenant, "claim", 1, "ann")
    await ask(index, tenant, "close", 1, "ann")
    stand = await standing(index.client, tenant)
    assert (stand.owners, stand.signed) == ({"ann": 0}, {"ann": 1})
    counted = await ask(index, tenant, "claim", 2, "ann", allowed={"max_open": 1})
    assert gist(counted) == ("refused", "holding_cap")
    free = await ask(index, tenant, "claim", 2, "ann", allowed={"max_open": 1, "closed_exempt": True})
    assert free.status == "done"


async def test_a_lock_holds_until_it_ends(index: ValkeyIndex, tenant: str) -> None:
    await put(index, tenant, 1, "p1", **POOLED)
    boss = {"leader": True}
    await ask(index, tenant, "lock", 1, "zhou", until_ms=BEGAN + 5 * DAY, allowed=boss)
    assert gist(await ask(index, tenant, "claim", 1, "ann", BEGAN + 4 * DAY)) == ("refused", "locked")
    assert (await ask(index, tenant, "claim", 1, "ann", BEGAN + 5 * DAY)).status == "done"


async def test_many_in_one_round_trip_are_done_in_order(index: ValkeyIndex, tenant: str) -> None:
    await put(index, tenant, 1, "p1", **POOLED)
    done = await acts(
        index.client, tenant, [asked("claim", 1, "ann"), asked("claim", 1, "bob"), asked("release", 1, "ann")]
    )
    assert [gist(one) for one in done] == [("done", ""), ("refused", "not_in_pool"), ("done", "")]
