"""Who did what for a customer, from the record: the ledger that shares rest on, and how far one person has him. Pure.

Evidenced work counts; a bare note is listed apart and weighs nothing, so nobody writes himself a share. Whoever has the
journal can work it out again and comes to the same.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import msgspec

from leads.cases import EVIDENCED, Touch

_YEAR_MS = 365 * 86_400_000


class Contribution(msgspec.Struct, frozen=True, gc=False):
    """One member's work on one customer. ``unproved``: notes and contacts without evidence, which count for nothing."""

    member: str
    calls: int = 0
    seconds: int = 0
    mails: int = 0
    visits: int = 0
    unproved: int = 0
    first_ms: int = 0  # of the evidenced contacts, 0 without any
    last_ms: int = 0

    @property
    def contacts(self) -> int:
        return self.calls + self.mails + self.visits


def contributions(touches: Iterable[Touch]) -> dict[str, Contribution]:
    """The ledger, by member, in the order they first appear. A touch that is named twice (same journal number) counts once."""
    ledger: dict[str, Contribution] = {}
    seen: set[int] = set()
    for touch in touches:
        if touch.kind not in (*EVIDENCED, "note") or not touch.member or touch.journal in seen:
            continue
        seen.add(touch.journal)
        ledger[touch.member] = _with(ledger.get(touch.member, Contribution(touch.member)), touch)
    return ledger


def _with(one: Contribution, touch: Touch) -> Contribution:
    if not touch.weight or touch.kind not in EVIDENCED:
        return msgspec.structs.replace(one, unproved=one.unproved + 1)
    return msgspec.structs.replace(
        one,
        calls=one.calls + (touch.kind == "call"),
        seconds=one.seconds + (touch.seconds if touch.kind == "call" else 0),
        mails=one.mails + (touch.kind == "mail"),
        visits=one.visits + (touch.kind == "visit"),
        first_ms=min(one.first_ms or touch.at_ms, touch.at_ms),
        last_ms=max(one.last_ms, touch.at_ms),
    )


class Dependence(msgspec.Struct, frozen=True, gc=False):
    """How far a customer has become one salesperson's own: ``score`` in [0, 1], and the three parts it is the mean of.

    ``contacts``: his share of all evidenced contacts. ``length``: years from his first to his last, one counting as half,
    1 - 2 ** -years. ``inbound``: the share of the customer's own calls and forms that came in while he held the customer.
    """

    member: str
    score: float
    contacts: float
    length: float
    inbound: float


def dependence(touches: Sequence[Touch]) -> Dependence | None:
    """Of the member the customer leans on most; None when nobody has worked on him with evidence."""
    ledger = contributions(touches)
    total = sum(one.contacts for one in ledger.values())
    if not total:
        return None
    inbound = [t.member for t in touches if t.kind == "inbound"]
    found = []
    for one in ledger.values():
        contacts = one.contacts / total
        length = 1 - 2 ** (-(one.last_ms - one.first_ms) / _YEAR_MS)
        rang = inbound.count(one.member) / len(inbound) if inbound else 0.0
        found.append(Dependence(one.member, (contacts + length + rang) / 3, contacts, length, rang))
    return max(found, key=lambda d: d.score)
