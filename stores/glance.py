"""What a packed entry of the journal says to whoever only counts: a third of the cost of reading it whole."""

from __future__ import annotations

from struct import Struct

from leads.records import Glance
from stores.codec import NAMES, NO_PLAN, beginning, outcome_at
from stores.journal import Move, move_of

# of the head of a stored outcome: seq, code, journal, plan digest, length of owner, of pool
_HEAD = Struct(">I4xBQ16x8sHH")
_unpack = _HEAD.unpack_from


def glance(packed: bytes) -> Glance | Move:
    """The entry, of an outcome its head and the first fields of its body."""
    at = outcome_at(packed)
    if not at:
        return move_of(packed)
    seq, number, journal, plan, owner, pool = _unpack(packed, at)
    at += _HEAD.size
    body = beginning(packed[at + owner + pool :])
    code, reason = NAMES[number]
    return Glance(
        code,
        reason,
        body.at_ms,
        body.source,
        body.door,
        seq,
        packed[at : at + owner].decode() if owner else "",
        body.joined,
        b"" if plan == NO_PLAN else plan,
        journal,
    )
