"""How records are packed for the store: outcomes, decisions, plans. Big-endian; what is stored stays readable for ever.

A stored outcome is a head that the commit script writes (what only it knows: entity, owner, journal number), and a body
that the client writes (what the decision brought). Both always go through ``outcome_of``, so an outcome that is
published again equals the first one byte for byte.
"""

from __future__ import annotations

from hashlib import blake2b
from struct import Struct

import msgspec

from leads.records import REASONS, Committed, Decision, Evidence, Outcome, Plan

#: One byte for code and reason: 16 * code + reason, in the order of REASONS. Stored, so REASONS may only be appended to.
NUMBERS: dict[tuple[str, str], int] = {
    (code, reason): 16 * i + j
    for i, (code, reasons) in enumerate(REASONS.items(), 1)
    for j, reason in enumerate(reasons)
}
_NAMES: dict[int, tuple[str, str]] = {number: name for name, number in NUMBERS.items()}
#: The same table for the scripts.
LUA_CODES = "local CODE = {" + ", ".join(f"['{c}/{r}']={n}" for (c, r), n in NUMBERS.items()) + "} "

# seq, entity, code, journal, until_ms, account, likeliest, plan digest, length of owner, of pool; then owner, pool, body
_HEAD = Struct(">IIBQQII8sHH")
# event, seq, account, likeliest, kind, code, plan (1-based, 0 none), day (1-based), number of joins, at_ms
_DECISION = Struct(">16sIIIBBHBHQ")
_KINDS = {"new": 0, "same": 1, "unsure": 2}
_REFUSED = 3
_NO_PLAN = bytes(8)


class Body(msgspec.Struct, frozen=True, gc=False, array_like=True):
    """The client's half of a stored outcome. Append new fields at the end only."""

    at_ms: int
    source: str
    door: str
    joined: tuple[int, ...]
    verdict: str
    probability: float
    bits: float
    evidence: tuple[Evidence, ...]
    batch: str
    detail: str
    trace: str


_encode = msgspec.msgpack.Encoder().encode
_body = msgspec.msgpack.Decoder(Body).decode
_plan = msgspec.msgpack.Decoder(Plan).decode
_seqs: dict[int, Struct] = {}
_seen: dict[int, Struct] = {}


def pack_seqs(seqs: tuple[int, ...]) -> bytes:
    """Seqs as the store keeps them, 4 bytes each."""
    packer = _seqs.get(len(seqs)) or _seqs.setdefault(len(seqs), Struct(f">{len(seqs)}I"))
    return packer.pack(*seqs)


def unpack_seqs(packed: bytes) -> tuple[int, ...]:
    """Inverse of ``pack_seqs``."""
    n = len(packed) >> 2
    packer = _seqs.get(n) or _seqs.setdefault(n, Struct(f">{n}I"))
    return packer.unpack(packed)


def pack_plan(plan: Plan) -> tuple[bytes, bytes]:
    """(digest of 8 bytes, msgpack) of a plan."""
    packed = _encode(plan)
    return blake2b(packed, digest_size=8).digest(), packed


def unpack_plan(packed: bytes) -> Plan:
    """Inverse of ``pack_plan``."""
    return _plan(packed)


def pack_decision(decision: Decision, plan: int, day: int) -> tuple[bytes, bytes, bytes, bytes]:
    """The four arguments of one decision for the commit script. ``plan`` and ``day`` are places in the batch's lists."""
    verdict, refused = decision.verdict, decision.refused
    joins, seen = verdict.joins, decision.seen
    kind = _KINDS[verdict.kind]
    code, detail = 0, ""
    if refused is not None:
        kind, code, detail = _REFUSED, NUMBERS[refused.code, refused.reason], refused.detail
    elif verdict.reason:
        code = NUMBERS.get(("merged", verdict.reason)) or NUMBERS["assigned", verdict.reason]
    head = _DECISION.pack(
        decision.event,
        decision.seq,
        verdict.account,
        verdict.likeliest,
        kind,
        code,
        plan,
        day,
        len(joins),
        decision.at_ms,
    )
    n = len(seen)
    packer = _seen.get(n) or _seen.setdefault(n, Struct(">" + "IQ" * n))
    body = Body(
        decision.at_ms,
        decision.source,
        decision.door,
        joins,
        "" if refused is not None else verdict.kind,
        verdict.probability,
        verdict.bits,
        verdict.evidence,
        decision.batch,
        detail,
        decision.trace,
    )
    looked_at = packer.pack(*[number for pair in seen for number in pair])
    return head, (pack_seqs(joins) if joins else b"") + looked_at, decision.claimant.encode(), _encode(body)


def plan_digest(stored: bytes) -> bytes:
    """Digest of the plan that a stored outcome used; eight NULs when none."""
    return stored[33:41]


def outcome_of(tenant: str, event: bytes, stored: bytes, plans: dict[bytes, tuple[str, str]]) -> Outcome:
    """The outcome of a stored value. ``plans`` gives (rule, policy) of each digest that may occur."""
    seq, entity, number, journal, until_ms, account, likeliest, digest, owner, pool = _HEAD.unpack_from(stored)
    body_at = 45 + owner + pool
    body = _body(memoryview(stored)[body_at:])
    code, reason = _NAMES[number]
    rule, policy = plans.get(digest, ("", ""))
    return Outcome(
        event=event.hex(),
        tenant=tenant,
        code=code,  # type: ignore[arg-type]
        reason=reason,
        at_ms=body.at_ms,
        source=body.source,
        door=body.door,
        seq=seq,
        entity=entity,
        owner=stored[45 : 45 + owner].decode() if owner else "",
        pool=stored[45 + owner : body_at].decode() if pool else "",
        account=account,
        likeliest=likeliest,
        joined=body.joined,
        verdict=body.verdict,
        probability=body.probability,
        bits=body.bits,
        evidence=body.evidence,
        rule=rule,
        plan="" if digest == _NO_PLAN else digest.hex(),
        policy=policy,
        journal=journal,
        batch=body.batch,
        detail=body.detail,
        until_ms=until_ms,
        trace=body.trace,
    )


def committed(outcome: Outcome, fresh: bool) -> Committed:
    """Commit's answer for an outcome on record."""
    return Committed(outcome, outcome.entity, outcome.journal, fresh)
