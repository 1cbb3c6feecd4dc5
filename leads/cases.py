"""Disputes 争议 as records: what a case is, what is known of it, what the written rule proposes, what a leader decided.

    filed or contested -> open -> proposed -> decided -> (appealed -> decided again, final)

A case is about one customer in one scope. While it is open nobody else may take the customer; the decision hands it to one
person and says what each party's share is. Shares are basis points and always come to 10,000. Times are ms since the epoch.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal

from leads.records import Packed, Record

WHOLE = 10_000  # basis points

Origin = Literal["filed", "owned_by_other", "two_owners"]
Stage = Literal["open", "proposed", "decided", "appealed", "final"]
OwnerRule = Literal["customer_names", "first_follow_up", "first_report", "holder"]
ShareRule = Literal["agreed", "both_helped", "by_work", "owner_takes_all"]

#: Kinds of contact that are evidence when they have what the record asks of them (docs/ownership.md); a note never is.
EVIDENCED: tuple[str, ...] = ("call", "mail", "visit")

#: Why something asked of a case is refused: closed, with what to tell the person.
REFUSALS: dict[str, str] = {
    "unknown": "there is no such customer; name it by the receipt of one of its leads",
    "under_way": "its lead is still being decided; try again in a moment",
    "no_case": "there is no case of this number",
    "no_owner": "nobody holds this customer, so there is nothing to dispute; claim or report it",
    "own": "you hold this customer already; nobody disputes it",
    "late": "the time to dispute this has passed; the record stands",
    "party": "whoever is a party to a case cannot decide it",
    "same_judge": "whoever decided first cannot decide the appeal",
    "not_leader": "only a leader may do this",
    "not_party": "only a party to the case may do this",
    "not_open": "the case is decided; a party may appeal while the time for it runs",
    "no_proposal": "the evidence has not been collected yet; show the case once, then decide",
    "appealed": "an appeal has been filed already; wait for its decision",
    "not_decided": "the case is not decided yet; there is nothing to appeal",
    "bad_shares": "the shares must be of different people, none below 0 %, and come to exactly 100 %",
    "not_among": "the new owner must be one of the parties or a member who has not left",
    "gone": "this person has left",
    "no_member": "there is no such person on the roster",
    "moved": "somebody else changed this case at the same moment; look at it again and repeat",
    "no_statement": "say what happened, in at most 200 characters, without personal data",
}


class Part(Packed, frozen=True):
    """One person's share in basis points: 5,000 is half."""

    member: str
    points: int


class Touch(Packed, frozen=True):
    """Something in the record about a customer: who did what when. ``journal`` is its number in the journal.

    ``kind``: call, mail, visit, note (what a person did); inbound (the customer rang or wrote); report, given, claim, transfer,
    release, lapse, refuse, contested, merged (what happened to the lease); named (the customer said whom he deals with).
    ``weight`` 0 is listed and counts for nothing: a bare note, a call too short, a party's own word.
    """

    at_ms: int
    kind: str
    member: str
    journal: int
    seconds: int = 0
    weight: int = 0
    event: str = ""
    policy: str = ""  # version of the policy in force then, where the record says
    says: str = ""


class Statement(Packed, frozen=True):
    """What a person put on record in a case. ``names``: the member the customer is said to have named; it is evidence when a leader
    says so who is no party."""

    who: str
    at_ms: int
    text: str
    names: str = ""
    counts: bool = False


class Rulebook(Packed, frozen=True):
    """The written rule of a tenant. ``owner`` and ``shares`` are asked in order; the first that has an answer gives it."""

    version: str = ""  # of the policy it is part of
    owner: tuple[OwnerRule, ...] = ("customer_names", "first_follow_up", "first_report", "holder")
    shares: tuple[ShareRule, ...] = ("agreed", "both_helped", "owner_takes_all")
    helped_contacts: int = 1  # evidenced contacts from which somebody has helped
    file_within_ms: int = 30 * 86_400_000  # after the customer last changed hands
    decide_within_ms: int = 2 * 86_400_000
    appeal_within_ms: int = 5 * 86_400_000


class Ground(Packed, frozen=True):
    """One rule that was asked, and what it said. ``member`` "" and no parts: it had no answer."""

    rule: str
    says: str
    member: str = ""
    journal: int = 0  # the entry of the journal it rests on


class Proposal(Packed, frozen=True):
    """What the written rule gives: the owner, the shares, and why, with the version of the rule."""

    owner: str
    parts: tuple[Part, ...]
    grounds: tuple[Ground, ...]
    rulebook: str
    at_ms: int


class Decision(Packed, frozen=True):
    """How a case ended: who has the customer, in which parts."""

    by: str
    at_ms: int
    owner: str
    parts: tuple[Part, ...]
    why: str
    as_proposed: bool


class Appeal(Packed, frozen=True):
    """What a party says against a decision."""

    by: str
    at_ms: int
    why: str


class Case(Packed, frozen=True):
    """One dispute. The store keeps it whole; every change is a move in the journal."""

    origin: Origin
    key: str  # what opened it: the id of the filing, or "j" and the number of the contested entry. Opens at most one case
    event: str  # receipt of a lead of the customer
    seq: int  # that lead
    scope: str
    parties: tuple[str, ...]  # who held it first, then who disputes
    filed_by: str  # "" the record itself
    filed_ms: int
    decide_by_ms: int
    stage: Stage = "open"
    statements: tuple[Statement, ...] = ()
    proposal: Proposal | None = None
    decisions: tuple[Decision, ...] = ()
    appeal: Appeal | None = None
    appeal_by_ms: int = 0
    escalated_ms: int = 0  # it was not decided in time, and that was said
    number: int = 0  # these two are the store's; they are not in what is kept
    version: int = 0

    @property
    def running(self) -> bool:
        """Somebody has to decide it."""
        return self.stage in ("open", "proposed", "appealed")


class Agreement(Packed, frozen=True):
    """Shares of a customer in a scope, as somebody proposed them or a case decided."""

    parts: tuple[Part, ...]
    consents: tuple[str, ...]
    at_ms: int  # proposed; once in force since when
    case: int = 0  # decided in this case


class Shares(Packed, frozen=True):
    """``now`` is in force; ``asked`` replaces it once everybody in either has consented."""

    now: Agreement | None = None
    asked: Agreement | None = None


class Answer(Record, frozen=True):
    """What came of something asked of a case or of shares. ``status``: done, known (it was so already) or refused with a
    ``reason`` of REFUSALS."""

    status: Literal["done", "known", "refused"]
    reason: str = ""
    case: Case | None = None
    shares: Shares | None = None


def whole(parts: Sequence[Part]) -> bool:
    """Are these shares of different people that come to exactly 100 %?"""
    members = [part.member for part in parts]
    return (
        bool(parts)
        and all(members)
        and len(set(members)) == len(members)
        and all(0 <= part.points <= WHOLE for part in parts)
        and sum(part.points for part in parts) == WHOLE
    )


def shared_by(weights: Mapping[str, int]) -> tuple[Part, ...]:
    """The whole in proportion to ``weights`` (one above 0 at least), to the basis point; what rounding leaves goes to the
    largest remainders, the first named first."""
    total = sum(weights.values())
    points = {member: weight * WHOLE // total for member, weight in weights.items()}
    order = sorted(weights, key=lambda member: -(weights[member] * WHOLE % total))
    for member in order[: WHOLE - sum(points.values())]:
        points[member] += 1
    return tuple(Part(member, share) for member, share in points.items())


def parts_of(percent: Mapping[str, float]) -> tuple[Part, ...]:
    """Shares given in per cent, to the hundredth. What does not come to 100 stays what it is: ``whole`` says so."""
    return tuple(Part(member, round(share * 100)) for member, share in percent.items())
