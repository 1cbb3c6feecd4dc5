"""What the record says about one customer, as a dispute needs it: who touched him when, in order of time.

The store holds the journal until it is relayed; what is older comes from wherever it was relayed to (``past``). What is about
other customers is put aside before it is unpacked in full.
"""

from __future__ import annotations

from collections.abc import AsyncIterable, AsyncIterator

import msgspec

from leads.cases import EVIDENCED, Touch
from stores.codec import outcome_at
from stores.entities import entity
from stores.index import ValkeyIndex
from stores.journal import Effect, Move, ValkeyJournal, effects

#: Entries of the journal as (number, packed effect), in any order, with repeats.
Past = AsyncIterable[tuple[int, bytes]]

_SLICE = 5_000
#: Reasons of leads that went to whom their row names: who reports or enters him, or the company's own list of its customers.
_NAMED = ("claimed", "customer")
#: Moves of a lease -> the touch they are. What a case itself did is no evidence in it.
_KINDS: dict[str, str] = {
    **dict.fromkeys(("claim", "report", "transfer", "release", "refuse", "close", "given", "approve"), ""),
    "lapsed": "lapse",
    "suspended": "contested",
    "same": "merged",
}


async def nothing(tenant: str) -> AsyncIterator[tuple[int, bytes]]:
    """The past of a store whose journal nobody has relayed."""
    none: list[tuple[int, bytes]] = []
    for entry in none:
        yield entry


async def touches(index: ValkeyIndex, tenant: str, seq: int, scope: str, call_s: int, past: Past) -> tuple[Touch, ...]:
    """Everything on record about the customer of this lead, in this scope or in none. ``call_s``: how long a call has to be to
    be evidence. Raises StoreDown."""
    now = await entity(index.client, tenant, seq)
    ids = set(now.members)  # an entity is named by one of its leads, at any time
    kept: dict[int, bytes] = {number: packed async for number, packed in past if _concerns(packed, ids)}
    journal, after = ValkeyJournal(index.client), 0
    while entries := await journal.read(tenant, after, _SLICE):
        after = entries[-1][0]
        kept |= {number: packed for number, packed in entries if _concerns(packed, ids)}
    found = await effects(index, tenant, sorted(kept.items()))
    told = [touch for effect in found if (touch := touch_of(effect, scope, call_s))]
    return tuple(sorted(told, key=lambda touch: (touch.at_ms, touch.journal)))


def _concerns(packed: bytes, ids: set[int]) -> bool:
    if start := outcome_at(packed):
        return int.from_bytes(packed[start + 4 : start + 8], "big") in ids
    return packed[:1] == b"m" and msgspec.msgpack.decode(packed[1:])[2] in ids


def touch_of(effect: Effect, scope: str | None, call_s: int) -> Touch | None:
    """What an effect says of a customer in ``scope`` (None any), None when it says nothing of him."""
    if effect.move is not None:
        return _of_move(effect.number, effect.move, scope, call_s)
    o = effect.outcome
    if o is None:
        return None
    kind, member = "inbound", o.owner
    if o.code == "contested" and o.claimant:
        kind, member = "contested", o.claimant
    elif o.code == "assigned":
        kind = "report" if o.reason in _NAMED else "given"
    elif o.door == "import":
        kind = "merged"
    return Touch(o.at_ms, kind, member, effect.number, event=o.event, policy=o.policy, says=f"{o.code}/{o.reason}")


def _of_move(number: int, move: Move, scope: str | None, call_s: int) -> Touch | None:
    if scope is not None and move.scope not in ("", scope):
        return None
    if move.kind:  # somebody was in touch with the customer, whatever became of the lease by it
        long_enough = move.kind != "call" or move.seconds >= call_s
        proved = move.kind in EVIDENCED and long_enough and move.what != "refused"
        return Touch(move.at_ms, move.kind, move.member, number, move.seconds, int(proved), move.event, says=move.why)
    kind = _KINDS.get(move.what)
    if kind is None:
        return None
    return Touch(move.at_ms, kind or move.what, move.member, number, event=move.event, says=move.why)
