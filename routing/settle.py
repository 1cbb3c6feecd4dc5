"""What the written rule says of a dispute: whose the customer is, what each one's share is, and why. Pure.

The rule is the tenant's own (``leads.cases.Rulebook``): an order of questions asked of the record. Every question that was
asked is in the proposal with its answer, so that both parties can follow it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from leads.cases import (
    WHOLE,
    Agreement,
    Ground,
    OwnerRule,
    Part,
    Proposal,
    Rulebook,
    ShareRule,
    Touch,
    shared_by,
)
from routing.contributions import Contribution, contributions

#: What announces a customer whom nobody has. Who says that somebody else's is his (contested) is told that he is taken: no valid report.
_REPORTS = ("report",)


def propose(
    parties: Sequence[str],
    touches: Sequence[Touch],
    agreement: Agreement | None,
    rulebook: Rulebook,
    at_ms: int,
) -> Proposal:
    """``parties``: whoever holds it first. ``touches`` in order of time. ``agreement``: the shares in force. The proposed
    shares always come to 100 %."""
    work = {party: contributions(touches).get(party, Contribution(party)) for party in parties}
    grounds: list[Ground] = []
    owner = parties[0]
    for asked in rulebook.owner:
        ground = _OWNER[asked](parties, touches)
        grounds.append(ground)
        if ground.member:
            owner = ground.member
            break
    parts: tuple[Part, ...] = ()
    for rule in rulebook.shares:
        parts, says = _SHARES[rule](owner, work, agreement, rulebook)
        grounds.append(Ground(rule, says))
        if parts:
            break
    parts = parts or (Part(owner, WHOLE),)
    return Proposal(owner, parts, tuple(grounds), rulebook.version, at_ms)


def _first(parties: Sequence[str], touches: Sequence[Touch], rule: str, kinds: Sequence[str], word: str) -> Ground:
    found = next(
        (t for t in touches if t.member in parties and t.kind in kinds and (t.weight or kinds is _REPORTS)), None
    )
    if found is None:
        return Ground(rule, f"none of them has {word}")
    return Ground(rule, f"{found.member} was the first to have {word}", found.member, found.journal)


def _customer_names(parties: Sequence[str], touches: Sequence[Touch]) -> Ground:
    named = [t for t in touches if t.kind == "named" and t.member in parties and t.weight]
    if not named:
        return Ground("customer_names", "no leader who is no party says that the customer named one of them")
    latest = named[-1]
    return Ground("customer_names", f"the customer named {latest.member}", latest.member, latest.journal)


def _first_follow_up(parties: Sequence[str], touches: Sequence[Touch]) -> Ground:
    return _first(parties, touches, "first_follow_up", ("call", "mail", "visit"), "a follow-up with evidence on record")


def _first_report(parties: Sequence[str], touches: Sequence[Touch]) -> Ground:
    return _first(parties, touches, "first_report", _REPORTS, "reported the customer")


def _holder(parties: Sequence[str], touches: Sequence[Touch]) -> Ground:
    return Ground("holder", f"{parties[0]} holds the customer", parties[0])


Shares = tuple[tuple[Part, ...], str]
Work = dict[str, Contribution]


def _agreed(owner: str, work: Work, agreement: Agreement | None, rulebook: Rulebook) -> Shares:
    if agreement is None:
        return (), "no shares were agreed beforehand"
    return agreement.parts, "as agreed beforehand by all of them"


def _helpers(work: Work, rulebook: Rulebook) -> Work:
    return {m: one for m, one in work.items() if one.contacts >= rulebook.helped_contacts}


def _both_helped(owner: str, work: Work, agreement: Agreement | None, rulebook: Rulebook) -> Shares:
    helped = _helpers(work, rulebook)
    if len(helped) < 2:
        return (), "not more than one of them has worked on the customer with evidence"
    return shared_by(dict.fromkeys(helped, 1)), f"{' and '.join(helped)} helped, with evidence: even shares"


def _by_work(owner: str, work: Work, agreement: Agreement | None, rulebook: Rulebook) -> Shares:
    helped = _helpers(work, rulebook)
    if len(helped) < 2:
        return (), "not more than one of them has worked on the customer with evidence"
    contacts = {member: one.contacts for member, one in helped.items()}
    return shared_by(contacts), "in proportion to the contacts with evidence"


def _owner_takes_all(owner: str, work: Work, agreement: Agreement | None, rulebook: Rulebook) -> Shares:
    return (Part(owner, WHOLE),), f"all of it to {owner}"


_OWNER: dict[OwnerRule, Callable[[Sequence[str], Sequence[Touch]], Ground]] = {
    "customer_names": _customer_names,
    "first_follow_up": _first_follow_up,
    "first_report": _first_report,
    "holder": _holder,
}
_SHARES: dict[ShareRule, Callable[[str, Work, Agreement | None, Rulebook], Shares]] = {
    "agreed": _agreed,
    "both_helped": _both_helped,
    "by_work": _by_work,
    "owner_takes_all": _owner_takes_all,
}
