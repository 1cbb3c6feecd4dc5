"""Reviews: leads that wait for a person to say whether they are the customer they resemble, and what the person said.

Commit puts a lead in the queue in the same step that records its outcome; a later lead that unites the two takes it out
again. A decision is one atomic step, counts once, and is on record with who decided and why.
"""

from __future__ import annotations

from collections.abc import Sequence
from struct import Struct
from typing import Any, Literal, cast

import msgspec

from stores.connect import guarded
from stores.layout import Keys
from stores.lookup import roots
from stores.scripts import Script

Answer = Literal["same", "apart"]
Status = Literal[
    "same", "apart", "known", "otherwise", "settled", "gone", "told_apart", "not_review", "unknown", "under_way"
]
SplitStatus = Literal["split", "alone", "no_lead", "unknown", "under_way"]

_decide = Script("decide", "entities", "lease", "commit_turn", "commit_unite", "alone")
_split = Script("split", "entities", "lease", "commit_turn", "regroup", "alone")
_WAITING = Struct(">16sIdQ")
_SLICE = 1_000


class Waiting(msgspec.Struct, frozen=True, gc=False):
    """A lead under review. ``likeliest`` is a lead of the customer it resembles; ``leads`` hang on the answer, those of both."""

    event: str
    seq: int
    likeliest: int
    probability: float
    at_ms: int
    leads: int


class Decided(msgspec.Struct, frozen=True, gc=False):
    """``status``: same or apart when it was done now, known when it had been said before; otherwise, decided the other way
    before; settled, a later lead has answered it; gone, the other lead was removed and only apart makes sense; told_apart,
    their customers hold leads that must stay apart. ``entity`` is where the lead is now."""

    status: Status
    entity: int


class Split(msgspec.Struct, frozen=True, gc=False):
    """``left``: the entities that remain of the one the lead was in."""

    status: SplitStatus
    entity: int
    left: tuple[int, ...] = ()


class Said(msgspec.Struct, frozen=True, gc=False):
    """A decision on record."""

    seq: int
    likeliest: int
    answer: Answer
    at_ms: int
    who: str
    why: str


async def waiting(client: Any, tenant: str) -> list[Waiting]:
    """Everything that waits, oldest first. Raises StoreDown."""
    with guarded("read the reviews"):
        found = await client.hgetall(Keys.of(tenant).waiting)
    rows = sorted((int.from_bytes(seq, "big"), *_WAITING.unpack(value)) for seq, value in found.items())
    sizes = await _sizes(client, tenant, [(seq, likeliest) for seq, _, likeliest, _, _ in rows])
    return [
        Waiting(event.hex(), seq, likeliest, probability, at_ms, leads)
        for (seq, event, likeliest, probability, at_ms), leads in zip(rows, sizes, strict=True)
    ]


async def waiting_count(client: Any, tenant: str) -> int:
    """How many wait. Raises StoreDown."""
    with guarded("count the reviews"):
        return int(await client.hlen(Keys.of(tenant).waiting))


async def decide(
    client: Any, tenant: str, event: bytes, answer: Answer, at_ms: int, day: int, who: str, why: str
) -> Decided:
    """Say what a lead under review is. ``day`` is that of the tenant's calendar, for daily limits. Raises StoreDown.

    same: the entities unite as in a merge; a provisional owner yields, of two owners the later is suspended. apart: they
    never unite, the provisional owner keeps the lead, without one it goes where its plan says.
    """
    with guarded("decide a review"):
        status, entity = await _decide(client, alone(tenant, day), [event, at_ms, who, why, answer[0]])
    return Decided(cast(Status, status.decode()), entity)


async def split(client: Any, tenant: str, event: bytes, at_ms: int, day: int, who: str, why: str) -> Split:
    """Take a lead out of the entity it is in; it and what is left are told apart for ever. Raises StoreDown."""
    with guarded("split"):
        status, entity, *left = await _split(client, alone(tenant, day), [event, at_ms, who, why])
    return Split(cast(SplitStatus, status.decode()), entity, tuple(left))


async def decisions(client: Any, tenant: str) -> list[Said]:
    """Every decision on record, in order of the leads. Raises StoreDown."""
    with guarded("read the decisions"):
        found = await client.hgetall(Keys.of(tenant).decided)
    said = []
    for seq, value in sorted(found.items()):
        at_ms, who, why = msgspec.msgpack.decode(value[5:])
        answer: Answer = "same" if value[4:5] == b"s" else "apart"
        said.append(Said(int.from_bytes(seq, "big"), int.from_bytes(value[:4], "big"), answer, at_ms, who, why))
    return said


def alone(tenant: str, day: int = 0) -> list[str]:
    """The keys that scripts about one lead on record work with (lua/alone.lua)."""
    at = Keys.of(tenant)
    tables = [at.counters, at.events, at.entities, at.aliases, at.plans, at.turns, at.open, at.journal, at.apart]
    return [*tables, at.beyond, at.waiting, at.timers, at.holders, at.day(day), at.decided, at.records]


async def _sizes(client: Any, tenant: str, pairs: Sequence[tuple[int, int]]) -> list[int]:
    """How many leads the two entities of each pair have together."""
    sizes: list[int] = []
    for start in range(0, len(pairs), _SLICE):
        part = pairs[start : start + _SLICE]
        entities = await roots(client, tenant, [seq for pair in part for seq in pair])
        with guarded("read entities"):
            values = await client.hmget(Keys.of(tenant).entities, [e.to_bytes(4, "big") for e in entities])
        each = [1 + int.from_bytes(value[8:12], "big") if value else 1 for value in values]
        sizes += [one + other for one, other in zip(each[::2], each[1::2], strict=True)]
    return sizes
