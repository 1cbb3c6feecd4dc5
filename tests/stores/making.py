"""Leads and decisions for the tests of this room, as short as they can be said."""

from __future__ import annotations

import hashlib

from leads.records import (
    Committed,
    Decision,
    Outcome,
    Plan,
    Refused,
    RegisterAnswer,
    Registered,
    Registration,
    Share,
    Verdict,
)
from stores.index import ValkeyIndex


def key(text: str) -> bytes:
    """A match key: the first letter is its kind."""
    return text[:1].encode() + hashlib.blake2b(text.encode(), digest_size=8).digest()


def event(name: object) -> bytes:
    return hashlib.blake2b(str(name).encode(), digest_size=16).digest()


def lead(name: object, *keys: str) -> Registration:
    return Registration(event(name), tuple(key(k) for k in keys), f"record of {name}".encode())


def plan(*members: str | Share, **changes: object) -> Plan:
    shares = tuple(m if isinstance(m, Share) else Share(m) for m in members)
    defaults: dict[str, object] = {
        "rule": "r1",
        "policy": "p1",
        "strategy": "turn",
        "group": "team",
        "pool": "public",
        "reason": "unmatched",
        "affinity": True,
        "protect_ms": 1000,
        "wait_ms": 86_400_000,
    }
    return Plan(shares=shares, **{**defaults, **changes})  # type: ignore[arg-type]


def seen(answer: RegisterAnswer, one: Registered) -> tuple[tuple[int, int], ...]:
    entities = {c.entity for c in one.candidates} | {one.entity}
    return tuple((e, answer.entities[e].version) for e in sorted(entities))


def decide(answer: RegisterAnswer, i: int = 0, **changes: object) -> Decision:
    """A decision on the i-th lead of an answer. ``joins`` or ``likeliest`` or ``verdict`` say what was judged."""
    one = answer.registered[i]
    joins = tuple(changes.pop("joins", ()))  # type: ignore[call-overload]
    likeliest = changes.pop("likeliest", 0)
    kind = "same" if joins else "unsure" if likeliest else "new"
    verdict = Verdict(kind, joins=joins, likeliest=likeliest, account=changes.pop("account", 0))  # type: ignore[arg-type]
    defaults: dict[str, object] = {
        "event": one.event,
        "seq": one.seq,
        "verdict": verdict,
        "seen": seen(answer, one),
        "plan": plan("ann"),
        "at_ms": 1_700_000_000_000 + one.seq,
        "day": 1,
    }
    return Decision(**{**defaults, **changes})  # type: ignore[arg-type]


def refusal(name: object, code: str = "suppressed", reason: str = "withheld") -> Decision:
    refused = Refused(event(name).hex(), code, reason, detail="why")  # type: ignore[arg-type]
    return Decision(event(name), 0, Verdict("new"), (), None, 5, 1, refused=refused)


async def put(index: ValkeyIndex, tenant: str, name: object, *keys: str, **changes: object) -> Outcome:
    """Register and commit one lead; joins the entity of its first candidate unless told otherwise."""
    answer = await index.register(tenant, [lead(name, *keys)])
    one = answer.registered[0]
    if not {"joins", "likeliest", "verdict"} & changes.keys() and one.candidates:
        changes["joins"] = (one.candidates[0].seq,)
    (done,) = await index.commit(tenant, [decide(answer, **changes)])
    return outcome(done)


def outcome(done: Committed) -> Outcome:
    assert done.outcome is not None, "stale"
    return done.outcome
