"""The journal of a tenant: every effect on its state, numbered from 1 without gaps, until it is archived and trimmed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import msgspec
from redis.asyncio import Redis

from leads.ownership import Lease
from leads.records import Outcome
from stores import codec
from stores.connect import guarded
from stores.duty import on_duty
from stores.index import ValkeyIndex
from stores.layout import Keys
from stores.lookup import records
from stores.scripts import Script

_BATCHES = 64
#: Name of the field that holds writes, among those that are numbers of effects.
WRITES = b"w"
_note = Script("note")


class Move(msgspec.Struct, frozen=True, gc=False, array_like=True):
    """What happened to an entity after its leads' first dispositions: suspended, undone, erased, expired, told_apart, same,
    split, given, revealed; what was asked for (``leads.ownership.What``) and done, or ``refused``; what time did: lapsed,
    warning. ``member`` is the owner or pool it concerns, or the person who acted; ``why`` is his reason, that of a refusal or
    of a lapse. Of questions about customers: asked, contacted, barred, unbarred, accessed; ``member`` is who did.
    Among people, of no entity: joined, changed, paused, resumed, left, absent; ``member`` is whom it concerns."""

    what: str
    at_ms: int
    entity: int
    scope: str
    member: str
    event: str  # hex, "" when it was not about one event
    why: str = ""
    other: int = 0  # the other lead of a decision
    actor: str = ""  # who did it, where that is not ``member``
    act: str = ""  # id of the act it came of
    asked: str = ""  # what that act asked for
    kind: str = ""  # of a follow-up: call | mail | visit | note
    seconds: int = 0  # of a call
    lease: Lease | None = None  # as it is after it; None when it changed none


class Effect(msgspec.Struct, frozen=True, gc=False):
    """One entry: an outcome (with the entities it united into its own), or a move."""

    number: int
    outcome: Outcome | None = None
    absorbed: tuple[int, ...] = ()
    move: Move | None = None


_move = msgspec.msgpack.Decoder(Move).decode


class Taken(msgspec.Struct, frozen=True, gc=False):
    """What a relay takes out of the store: effects by number, writes by their place (lua/logged.lua), and the records of the
    leads whose outcomes are among the effects; a record of None was taken out of the index. ``last`` ends what was read."""

    effects: Sequence[tuple[int, bytes]]
    writes: Sequence[tuple[str, bytes]]
    records: Sequence[tuple[int, bytes | None]]
    last: str


class ValkeyJournal:
    """Reads and trims; the scripts write."""

    def __init__(self, client: Redis) -> None:
        self.client: Any = client

    async def read(self, tenant: str, after: int, most: int) -> Sequence[tuple[int, bytes]]:
        """Entries above number ``after`` as (number, packed effect), oldest first: about ``most``, in whole batches, so that
        trimming up to the last one leaves none behind. Raises StoreDown."""
        entries: list[tuple[int, bytes]] = []
        low = after + 1
        while len(entries) < most:
            with guarded("read the journal"):
                batches = await self.client.xrange(Keys.of(tenant).journal, f"{low}-0", "+", count=_BATCHES)
            for name, fields in batches:
                entries += [(int(n), effect) for n, effect in fields.items() if n != WRITES and int(n) > after]
                low = int(name.partition(b"-")[0]) + 1
                if len(entries) >= most:
                    break
            if len(batches) < _BATCHES:
                break
        return entries

    async def take(self, tenant: str, most: int) -> Taken:
        """The oldest entries, about ``most`` effects, for whoever relays them. Nothing is forgotten yet. Raises StoreDown."""
        effects: list[tuple[int, bytes]] = []
        writes: list[tuple[str, bytes]] = []
        last = "0-0"
        while len(effects) < most:
            with guarded("read the journal"):
                batches = await self.client.xrange(Keys.of(tenant).journal, f"({last}", "+", count=_BATCHES)
            for name, fields in batches:
                last = name.decode()
                for number, effect in fields.items():
                    if number == WRITES:
                        writes.append((last, effect))
                    else:
                        effects.append((int(number), effect))
            if len(batches) < _BATCHES:
                break
        seqs = [seq for _, effect in effects if (at := codec.outcome_at(effect)) and (seq := _seq(effect, at))]
        found = await records(self.client, tenant, seqs)
        gone = [seq for _, write in writes for seq in taken_out(write)]
        given = [(seq, found[seq]) for seq in seqs if seq in found]
        return Taken(effects, writes, [*given, *((seq, None) for seq in gone)], last)

    async def trim(self, tenant: str, last: str) -> None:
        """Forget what lies up to and with this place of the stream. Raises StoreDown."""
        ms, _, place = last.partition("-")
        with guarded("trim the journal"):
            await self.client.xtrim(Keys.of(tenant).journal, minid=f"{ms}-{int(place) + 1}", approximate=False)

    async def hold(self, tenant: str, who: str, ttl_ms: int) -> bool:
        """Be the one who relays this tenant's journal. Two relays publish some entries twice and lose none. Raises StoreDown."""
        return await on_duty(self.client, Keys.of(tenant).relay, who, ttl_ms)

    async def last(self, tenant: str) -> int:
        """Number of the last effect, 0 when there is none. Raises StoreDown."""
        with guarded("read the journal"):
            return int(await self.client.hget(Keys.of(tenant).counters, "journal") or 0)


async def note(
    client: Any, tenant: str, what: str, at_ms: int, entity: int, who: str, event: str, why: str = ""
) -> int:
    """Append a move that changes nothing: somebody looked at a customer, or tried what is refused. Gives its number. Raises
    StoreDown."""
    at = Keys.of(tenant)
    with guarded("note in the journal"):
        return int(await _note(client, [at.counters, at.journal], [what, at_ms, entity, who, event, why]))


def words(writes: bytes) -> Iterator[list[bytes]]:
    """The writes of one entry, each as the words of a command; the second is the table, without the tenant."""
    at = 0
    while at < len(writes):
        count, at = int.from_bytes(writes[at : at + 2], "big"), at + 2
        command = []
        for _ in range(count):
            start = at + 4
            at = start + int.from_bytes(writes[at:start], "big")
            command.append(writes[start:at])
        yield command


def taken_out(writes: bytes) -> list[int]:
    """Leads whose records these writes take out of the index."""
    gone = [command[2:] for command in words(writes) if command[:2] == [b"HDEL", b"r"]]
    return [int.from_bytes(seq, "big") for seqs in gone for seq in seqs]


def _seq(effect: bytes, at: int) -> int:
    """The lead of an outcome that begins ``at`` there; 0 for a refused one."""
    return int.from_bytes(effect[at : at + 4], "big")


def move_of(packed: bytes) -> Move:
    """What a packed entry says that is no outcome."""
    return _move(packed[1:])


async def effects(index: ValkeyIndex, tenant: str, entries: Sequence[tuple[int, bytes]]) -> list[Effect]:
    """What packed entries say. Raises StoreDown."""
    stored: dict[int, tuple[bytes, tuple[int, ...], bytes]] = {}
    for number, packed in entries:
        if end := codec.outcome_at(packed):
            stored[number] = (packed[1:17], codec.unpack_seqs(packed[19:end]), packed[end:])
    plans = await index.plans_of(tenant, [value for _, _, value in stored.values()])
    found: list[Effect] = []
    for number, packed in entries:
        if number in stored:
            event, absorbed, value = stored[number]
            found.append(Effect(number, codec.outcome_of(tenant, event, value, plans), absorbed))
        else:
            found.append(Effect(number, move=move_of(packed)))
    return found
