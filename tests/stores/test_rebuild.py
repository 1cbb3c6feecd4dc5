"""A store made again from what was relayed is the store that was: by digest of every table, whatever happened before."""

from __future__ import annotations

import random
from typing import Any

import pytest

from leads.cases import Case, Shares
from leads.errors import BadInput
from routing.successors import Way
from stores.cases import read, write
from stores.demoted import block
from stores.digest import digests
from stores.forget import erase
from stores.handover import held, pass_on
from stores.index import ValkeyIndex
from stores.journal import ValkeyJournal
from stores.layout import Keys
from stores.rebuild import Rebuilt, rebuild
from stores.reviews import decide as decide_review
from stores.reviews import split
from stores.undo import undo
from tests.stores.making import event, key, plan, put

_KEYS: dict[bytes, tuple[bytes, ...]] = {}


def keys_of(record: bytes) -> tuple[bytes, ...]:
    return _KEYS[record]


async def lead(index: ValkeyIndex, tenant: str, name: object, *keys: str, **changes: object) -> None:
    _KEYS[f"record of {name}".encode()] = tuple(key(k) for k in keys)
    await put(index, tenant, name, *keys, plan=plan("ann", "bo", "cy"), **changes)


async def a_life(index: ValkeyIndex, tenant: str, seed: int) -> None:
    """Leads, merges, reviews, a split, an undo, an erasure, a blocked key."""
    rng = random.Random(seed)
    for i in range(60):
        keys = [f"p{rng.randrange(40)}", f"q{rng.randrange(40)}"]
        unsure = {"likeliest": rng.randint(1, i)} if i and rng.random() < 0.1 else {}
        await lead(index, tenant, i, *keys, **unsure)
        if unsure and rng.random() < 0.6:
            await decide_review(index.client, tenant, event(i), rng.choice(("same", "apart")), i, 1, "lea", "looked")
        if rng.random() < 0.05:
            await split(index.client, tenant, event(rng.randint(0, i)), i, 1, "lea", "not the same")
    await disputes(index, tenant)
    await undo(index.client, tenant, [event(3), event(17)], keys_of, 99)
    await erase(index.client, tenant, [event(5)], keys_of, 99)
    await block(index.client, tenant, key("p1"), 99)


async def disputes(index: ValkeyIndex, tenant: str) -> None:
    """Ann's customers are bob's: a case of the first, settled; the others pass on to him."""
    his = [lease async for _, lease in held(index.client, tenant, "ann") if not lease.state]
    case = Case("filed", "k", event(his[0].seq - 1).hex(), his[0].seq, "", ("ann", "bob"), "bob", 98, 99)
    told: dict[str, Any] = {"at_ms": 98, "who": "lea", "why": "", "member": "bob"}
    status, number = await write(index.client, tenant, "open", case, [("case_opened", "ann")], key="k", **told)
    assert status == "done"
    open_ = await read(index.client, tenant, number)
    assert open_
    await write(index.client, tenant, "settle", open_, [("case_decided", "bob")], shares=Shares(), **told)
    way = Way((("bob", 1.0, -1),), "public", 1, 0, 0, 0, False)
    items = [(lease.seq, "", "", 1) for lease in his]
    how: dict[str, Any] = {"group": "g", "cap": -1, "leaving": True, "pooling": True, "preview": False}
    done = await pass_on(index.client, tenant, "ann", items, [way], at_ms=98, actor="lea", why="left", **how)
    assert {one.what for one in done} <= {"moved", "gone"}


async def rebuilt(index: ValkeyIndex, tenant: str, into: str) -> Rebuilt:
    taken = await ValkeyJournal(index.client).take(tenant, 1_000_000)
    records = {seq: record for seq, record in taken.records if record is not None}
    for seq, record in taken.records:
        if record is None:
            records.pop(seq, None)
    writes = [(place.encode(), body) for place, body in taken.writes]
    return await rebuild(index, into, writes * 2, taken.effects, records, keys_of)


@pytest.mark.parametrize("seed", range(8))
async def test_a_rebuilt_store_has_the_digests_of_the_first(index: ValkeyIndex, tenant: str, seed: int) -> None:
    await a_life(index, tenant, seed)
    await rebuilt(index, tenant, tenant + "b")
    first, second = await digests(index.client, tenant), await digests(index.client, tenant + "b")
    assert {t: (d, second.get(t)) for t, d in first.items() if second.get(t) != d} == {}
    assert first.keys() == second.keys()
    assert {"n", "m", "e", "r", "c", "kp", "kq"} <= first.keys()


async def test_the_digest_tells_a_single_owner_apart(index: ValkeyIndex, tenant: str) -> None:
    await a_life(index, tenant, 1)
    before = await digests(index.client, tenant)
    await index.client.hincrby(Keys.of(tenant).open, "ann", 1)
    after = await digests(index.client, tenant)
    assert {t for t in before if before[t] != after[t]} == {"o"}


async def test_a_rebuilt_store_goes_on_where_the_first_ended(index: ValkeyIndex, tenant: str) -> None:
    await a_life(index, tenant, 2)
    await rebuilt(index, tenant, tenant + "b")
    for name in (tenant, tenant + "b"):
        await lead(index, name, "next", "p7", "q9")
    first, second = await digests(index.client, tenant), await digests(index.client, tenant + "b")
    assert {t for t in first if first[t] != second.get(t)} == set()


async def test_nothing_is_rebuilt_over_leads_that_are_there(index: ValkeyIndex, tenant: str) -> None:
    await a_life(index, tenant, 3)
    with pytest.raises(BadInput, match="empty"):
        await rebuilt(index, tenant, tenant)
