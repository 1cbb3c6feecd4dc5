"""How records are packed for the store: outcomes, decisions, plans. Big-endian; what is stored stays readable for ever.

A stored outcome is a head that the commit script writes (what only it knows: entity, owner, journal number), and a body
that the client writes (what the decision brought). Both always go through ``outcome_of``, so an outcome that is
published again equals the first one byte for byte.
"""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import blake2b
from itertools import chain
from struct import Struct

import msgspec

from leads.records import REASONS, Code, Committed, Decision, Evidence, Outcome, Plan, Verdict
from leads.unique import TOLD

#: One byte for code and reason: 16 * code + reason, in the order of REASONS. Stored, so REASONS may only be appended to.
NUMBERS: dict[tuple[str, str], int] = {
    (code, reason): 16 * i + j
    for i, (code, reasons) in enumerate(REASONS.items(), 1)
    for j, reason in enumerate(reasons)
}
NAMES: dict[int, tuple[Code, str]] = {number: name for name, number in NUMBERS.items()}  # type: ignore[misc]
#: The same table for the scripts.
LUA_CODES = "local CODE = {" + ", ".join(f"['{c}/{r}']={n}" for (c, r), n in NUMBERS.items()) + "} "

# seq, entity, code, journal, until_ms, account, likeliest, plan digest, length of owner, of pool; then owner, pool, body
_HEAD = Struct(">IIBQQII8sHH")
# event, seq, account, likeliest, kind, code, plan (1-based, 0 none), day (1-based), numbers of joins, of seen, lengths of
# claimant, of body, at_ms, answer_by_ms; then joins (4 bytes each), seen (entity 4, version 8), claimant, body
_DECISION = Struct(">16sIIIBBHBHHHIQQ")
_OUTCOME = ord("o")  # begins an entry of the journal that is one
_KINDS: dict[str, int] = {"new": 0, "same": 1, "unsure": 2}
_REFUSED = 3
NO_PLAN = bytes(8)
_NO_VERDICT = Verdict("new")


class Beginning(msgspec.Struct, frozen=True, gc=False, array_like=True):
    """The beginning of a ``Body``. Decoded as such, what comes after it is passed over."""

    at_ms: int
    source: str
    door: str
    joined: tuple[int, ...]


class Body(Beginning, frozen=True, gc=False, array_like=True):
    """The client's half of a stored outcome. Append new fields at the end only."""

    verdict: str
    probability: float
    bits: float
    evidence: tuple[Evidence, ...]
    batch: str
    detail: str
    trace: str
    claimant: str = ""


_encode = msgspec.msgpack.Encoder().encode
beginning = msgspec.msgpack.Decoder(Beginning).decode
_body = msgspec.msgpack.Decoder(Body).decode
_plan = msgspec.msgpack.Decoder(Plan).decode
_seqs: dict[int, Struct] = {}
_seen: dict[int, Struct] = {}


def pack_seqs(seqs: Sequence[int]) -> bytes:
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


def pack_decision(decision: Decision, plan: int, day: int) -> tuple[bytes, bytes]:
    """What the commit script reads of a decision, and its body, which follows. ``plan`` and ``day`` are places in the batch's lists."""
    verdict, refused = decision.verdict, decision.refused
    joins, seen = verdict.joins, decision.seen
    kind, code, detail, judged = _KINDS[verdict.kind], 0, "", str(verdict.kind)
    if refused is not None:
        kind, code, detail, judged = _REFUSED, NUMBERS[refused.code, refused.reason], refused.detail, ""
    elif verdict.reason:
        code = NUMBERS.get(("merged", verdict.reason)) or NUMBERS["assigned", verdict.reason]
    body = _pack_body(decision, joins, judged, detail)
    claimant = decision.claimant.encode()
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
        len(seen),
        len(claimant),
        len(body),
        decision.at_ms,
        decision.answer_by_ms,
    )
    n = len(seen)
    looked_at = _seen.get(n) or _seen.setdefault(n, Struct(">" + "IQ" * n))
    joined = pack_seqs(joins) if joins else b""
    return head + joined + looked_at.pack(*chain.from_iterable(seen)) + claimant, body


def _pack_body(decision: Decision, joins: tuple[int, ...], judged: str, detail: str) -> bytes:
    verdict = decision.verdict
    return _encode(
        (
            decision.at_ms,
            decision.source,
            decision.door,
            joins,
            judged,
            verdict.probability,
            verdict.bits,
            verdict.evidence,
            decision.batch,
            detail,
            decision.trace,
            decision.claimant,
        )
    )


def pack_taken(decisions: Sequence[Decision]) -> list[bytes]:
    """For the commit script: msgpack of {place of a decision: [[how, seqs, n], ...]}, and behind it the bodies that the outcomes
    have if that happens, n counting from 1. Empty when no value of any decision must be unique and is taken."""
    rules: dict[int, list[tuple[str, tuple[int, ...], int]]] = {}
    bodies: list[bytes] = []
    for place, decision in enumerate(decisions, 1):
        for one in decision.taken:
            joins, judged = decision.verdict.joins, str(decision.verdict.kind)
            if one.how == "merge":
                joins, judged = tuple(dict.fromkeys((*joins, *one.seqs))), "same"
            elif one.how == "refuse":  # what it resembles is nobody's business whose lead it is
                decision = msgspec.structs.replace(decision, verdict=_NO_VERDICT)
                joins, judged = (), ""
            bodies.append(_pack_body(decision, joins, judged, TOLD[one.how].format(field=one.field)))
            rules.setdefault(place, []).append((one.how, one.seqs, len(bodies)))
    return [_encode(rules), *bodies] if rules else []


def plan_digest(stored: bytes) -> bytes:
    """Digest of the plan that a stored outcome used; eight NULs when none."""
    return stored[33:41]


def outcome_at(packed: bytes) -> int:
    """Where in a packed entry of the journal its stored outcome begins, behind event and absorbed entities; 0: it is no outcome."""
    return 19 + 4 * (packed[17] << 8 | packed[18]) if packed[0] == _OUTCOME else 0


def at_ms(stored: bytes) -> int:
    """Time of the event of a stored outcome."""
    owner, pool = int.from_bytes(stored[41:43], "big"), int.from_bytes(stored[43:45], "big")
    return beginning(memoryview(stored)[45 + owner + pool :]).at_ms


def outcome_of(tenant: str, event: bytes, stored: bytes, plans: dict[bytes, tuple[str, str]]) -> Outcome:
    """The outcome of a stored value. ``plans`` gives (rule, policy) of each digest that may occur."""
    seq, entity, number, journal, until_ms, account, likeliest, digest, owner, pool = _HEAD.unpack_from(stored)
    body_at = 45 + owner + pool
    body = _body(memoryview(stored)[body_at:])
    code, reason = NAMES[number]
    rule, policy = plans.get(digest, ("", ""))
    return Outcome(
        event.hex(),
        tenant,
        code,
        reason,
        body.at_ms,
        body.source,
        body.door,
        seq,
        entity,
        stored[45 : 45 + owner].decode(),
        stored[45 + owner : body_at].decode(),
        account,
        likeliest,
        body.joined,
        body.verdict,
        body.probability,
        body.bits,
        body.evidence,
        rule,
        "" if digest == NO_PLAN else digest.hex(),
        policy,
        journal,
        body.batch,
        body.detail,
        until_ms,
        body.trace,
        body.claimant,
    )


def committed(outcome: Outcome, fresh: bool, turned: bool) -> Committed:
    """Commit's answer for an outcome on record."""
    return Committed(outcome, outcome.entity, outcome.journal, fresh, turned)
