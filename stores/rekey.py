"""Another version of match keys under an index that stays in use: made beside the old one, then put in its place.

Keys of two versions live in tables of their own, ``U`` (kinds in upper case) and ``L`` (in lower case). The counter
``keys`` says what is in force: ``U1``, then ``U1L2`` while version 2 is built, then ``L2``. From the moment it says
``U1L2`` no lead is registered without keys of both, and candidates are found by either; so building has an end, the
highest number there was at that moment. It goes by number in slices and can be taken up where it stopped.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from stores import codec
from stores.connect import connect_now, guarded
from stores.index import REGISTER, ValkeyIndex
from stores.layout import Keys
from stores.lookup import records
from stores.removal import KeysOf

#: Leads whose keys are put in at a time: the store is busy for some 5 ms.
SLICE = 100
_CASE = re.compile(r"([UL])(\d+)")


def parse(said: str) -> tuple[tuple[int, str], ...]:
    """``U1L2`` -> ((1, "U"), (2, "L")): versions and their tables, the one that is complete first."""
    return tuple((int(version), case) for case, version in _CASE.findall(said))


def claim(url: str, tenants: Sequence[str], version: int) -> dict[str, tuple[tuple[int, str], ...]]:
    """What is in force for each tenant; an index without leads takes ``version``. For the start of a process. Raises StoreDown."""
    found = {}
    with guarded("tell the version of its keys"), connect_now(url) as client:
        for tenant in tenants:
            client.hsetnx(Keys.of(tenant).counters, "keys", f"U{version}")
            said: Any = client.hget(Keys.of(tenant).counters, "keys")
            found[tenant] = parse(said.decode())
    return found


async def in_force(client: Any, tenant: str) -> tuple[tuple[int, str], ...]:
    """The versions in force, see ``parse``; none for an index that nobody claimed. Raises StoreDown."""
    with guarded("tell the version of its keys"):
        said = await client.hget(Keys.of(tenant).counters, "keys")
    return parse(said.decode()) if said else ()


async def begin(client: Any, tenant: str, version: int) -> int:
    """From now on leads are registered under both versions. Gives the highest number to build up to. Safe to repeat;
    what was built of yet another version is dropped. Raises StoreDown."""
    (old, case), *other = await in_force(client, tenant)
    at, free = Keys.of(tenant), "L" if case == "U" else "U"
    if other != [(version, free)]:
        await drop(client, tenant, free)
    with guarded("begin another version of keys"):
        async with client.pipeline(transaction=True) as both:
            both.hset(at.counters, "keys", f"{case}{old}{free}{version}")
            if other != [(version, free)]:
                both.hset(at.counters, "rekeyed", 0)
            both.hget(at.counters, "seq")
            *_, highest = await both.execute()
    return int(highest or 0)


async def build(index: ValkeyIndex, tenant: str, upto: int, keys_of: KeysOf) -> int:
    """Put the new keys of the next slice of leads in. ``keys_of`` gives keys of the new version only. Gives the number
    up to which it is done. Raises StoreDown."""
    at, client = Keys.of(tenant), index.client
    with guarded("build the new keys"):
        done = int(await client.hget(at.counters, "rekeyed") or 0)
    last = min(done + SLICE, upto)
    found = await records(client, tenant, range(done + 1, last + 1))
    made = [(seq, keys_of(record)) for seq, record in found.items()]
    if made:
        await put_keys(index, at, made)
    with guarded("build the new keys"):
        await client.hset(at.counters, "rekeyed", last)
    return last


async def finish(client: Any, tenant: str) -> None:
    """The new version alone is in force; the tables of the old one are dropped. Raises StoreDown."""
    versions = await in_force(client, tenant)
    if len(versions) == 2:
        (_, old), (version, case) = versions
        with guarded("finish the new keys"):
            await client.hset(Keys.of(tenant).counters, "keys", f"{case}{version}")
            await client.hdel(Keys.of(tenant).counters, "rekeyed")
        await drop(client, tenant, old)


async def drop(client: Any, tenant: str, case: str) -> None:
    """Forget all buckets of a case, and what was demoted among them. Raises StoreDown."""
    at = Keys.of(tenant)
    letters = [chr(code + (32 if case == "L" else 0)) for code in range(ord("A"), ord("Z") + 1)]
    with guarded("drop the old keys"):
        await client.unlink(*(at.bucket(letter) for letter in letters))
        gone = [key for key in await client.hkeys(at.demoted) if chr(key[0]) in letters]
        if gone:
            await client.hdel(at.demoted, *gone)


async def put_keys(index: ValkeyIndex, at: Keys, made: Sequence[tuple[int, Sequence[bytes]]]) -> None:
    """Put keys of leads on record into their buckets, in order of number, as register does. Raises StoreDown."""
    sizes = bytes(len(keys) for _, keys in made)
    blob = b"".join(key for _, keys in made for key in keys)
    kinds = bytes(sorted(set(blob[::9])))
    named = b"".join(bytes(12) + seq.to_bytes(4, "big") for seq, _ in made)
    tables = [at.counters, at.events, at.records, at.entities, at.aliases, at.demoted]
    tables += [at.bucket(chr(kind)) for kind in kinds]
    lengths = codec.pack_seqs([0] * len(made))
    with guarded("build the new keys"):
        await REGISTER(index.client, tables, [named, sizes, blob, kinds, index.cap, 0, 0, 0, lengths, b"", "", 1])
