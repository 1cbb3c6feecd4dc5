from __future__ import annotations

import asyncio

from leads.policy import Absence
from leads.roster import Change
from stores import roster
from stores.index import ValkeyIndex
from stores.journal import ValkeyJournal, effects

PAUSE = Change("paused", "amy", 1_000, "lena", "ill")
ABSENCE = Change("absent", "bo", 2_000, "lena", "", {"weight": 2.0}, Absence(3_000, 4_000, "trip"), teams=("east",))


async def test_changes_are_versions_that_are_read_as_they_were_told(index: ValkeyIndex, tenant: str) -> None:
    assert await roster.append(index.client, tenant, "a", 0, [PAUSE, ABSENCE], 10) == roster.Appended("done", 2)
    assert await roster.append(index.client, tenant, "b", 2, [PAUSE], 11) == roster.Appended("done", 3)

    assert await roster.version(index.client, tenant) == 3
    found = await roster.changes(index.client, tenant)
    assert [(v.number, v.at_ms, v.change) for v in found] == [(1, 10, PAUSE), (2, 10, ABSENCE), (3, 11, PAUSE)]
    assert await roster.changes(index.client, tenant, 2) == found[2:]


async def test_the_same_id_again_changes_nothing(index: ValkeyIndex, tenant: str) -> None:
    await roster.append(index.client, tenant, "a", 0, [PAUSE], 10)

    assert await roster.append(index.client, tenant, "a", 0, [PAUSE], 99) == roster.Appended("known", 1)
    assert await roster.version(index.client, tenant) == 1


async def test_of_two_who_change_the_same_version_one_is_told_to_look_again(index: ValkeyIndex, tenant: str) -> None:
    both = [roster.append(index.client, tenant, id, 0, [PAUSE], 10) for id in ("a", "b")]
    assert sorted(done.status for done in await asyncio.gather(*both)) == ["done", "stale"]
    assert await roster.version(index.client, tenant) == 1


async def test_joining_pausing_and_leaving_are_in_the_journal(index: ValkeyIndex, tenant: str) -> None:
    await roster.append(index.client, tenant, "a", 0, [PAUSE, ABSENCE], 10)

    entries = await ValkeyJournal(index.client).read(tenant, 0, 10)
    moves = [effect.move for effect in await effects(index, tenant, entries)]
    assert [(m.what, m.member, m.actor, m.why, m.at_ms) for m in moves if m] == [
        ("paused", "amy", "lena", "ill", 10),
        ("absent", "bo", "lena", "", 10),
    ]


async def test_the_whole_roster_at_the_start_of_a_process(index: ValkeyIndex, tenant: str, store_url: str) -> None:
    await roster.append(index.client, tenant, "a", 0, [PAUSE], 10)

    found = roster.changes_now(store_url, [tenant, f"{tenant}-other"])
    assert [v.change for v in found[tenant]] == [PAUSE]
    assert found[f"{tenant}-other"] == []
