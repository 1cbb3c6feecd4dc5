"""The journal: numbered without gaps, read in batches, trimmed after archiving."""

from __future__ import annotations

import msgspec

from leads.records import Glance, Outcome
from stores.glance import glance
from stores.index import ValkeyIndex
from stores.journal import ValkeyJournal, effects, note
from tests.stores.making import decide, lead, put, refusal


async def test_every_outcome_is_in_the_journal_under_its_number(index: ValkeyIndex, tenant: str) -> None:
    answer = await index.register(tenant, [lead(i, f"p{i}") for i in range(3)])
    done = await index.commit(tenant, [decide(answer, i) for i in range(3)] + [refusal("r")])
    joined = await put(index, tenant, "again", "p0")
    journal = ValkeyJournal(index.client)
    told = await effects(ValkeyIndex(index.client), tenant, await journal.read(tenant, 0, 100))
    assert [e.outcome for e in told] == [*(d.outcome for d in done), joined]
    assert [e.number for e in told] == [1, 2, 3, 4, 5] == [e.outcome.journal for e in told if e.outcome]
    assert told[4].absorbed == (joined.seq,)
    assert await journal.last(tenant) == 5


async def test_a_glance_says_what_the_outcome_says(index: ValkeyIndex, tenant: str) -> None:
    answer = await index.register(tenant, [lead(i, f"p{i}") for i in range(3)])
    await index.commit(tenant, [decide(answer, i) for i in range(3)] + [refusal("r")])
    await put(index, tenant, "again", "p0")
    await note(index.client, tenant, "asked", 1, 0, "li", "")
    entries = await ValkeyJournal(index.client).read(tenant, 0, 100)
    told = [effect.outcome or effect.move for effect in await effects(index, tenant, entries)]
    seen = [glance(packed) for _, packed in entries]
    assert seen[-1] == told[-1]
    for one, whole in zip(seen[:-1], told[:-1], strict=True):
        assert isinstance(one, Glance)
        assert isinstance(whole, Outcome)
        same = {name: getattr(whole, name) for name in Glance.__struct_fields__} | {"plan": bytes.fromhex(whole.plan)}
        assert msgspec.structs.asdict(one) == same


async def test_reading_goes_on_after_a_number_and_trimming_leaves_the_rest(index: ValkeyIndex, tenant: str) -> None:
    journal = ValkeyJournal(index.client)
    for start in range(0, 9, 3):
        answer = await index.register(tenant, [lead(i, f"p{i}") for i in range(start, start + 3)])
        await index.commit(tenant, [decide(answer, i) for i in range(3)])
    assert [n for n, _ in await journal.read(tenant, 0, 4)] == [1, 2, 3, 4, 5, 6]
    assert [n for n, _ in await journal.read(tenant, 4, 100)] == [5, 6, 7, 8, 9]
    await journal.trim(tenant, "6-0")
    assert [n for n, _ in await journal.read(tenant, 0, 100)] == [7, 8, 9]
    taken = await journal.take(tenant, 100)
    assert [number for number, _ in taken.effects] == [7, 8, 9]
    assert [seq for seq, _ in taken.records] == [7, 8, 9]
    await journal.trim(tenant, taken.last)
    assert await journal.read(tenant, 0, 100) == []
    assert (await put(index, tenant, "next", "p9")).journal == 10


async def test_a_stale_or_repeated_decision_writes_nothing(index: ValkeyIndex, tenant: str) -> None:
    answer = await index.register(tenant, [lead(1, "p1")])
    await index.commit(tenant, [decide(answer)])
    await index.commit(tenant, [decide(answer)])
    assert await ValkeyJournal(index.client).last(tenant) == 1
