"""The life of ownership as records: what a lease is, what can be asked of it, what is answered.

A *lease* says whose an entity is in a *scope* (product line and region; one scope, "", by default): a member, or a pool.

    free -> reported -> protected(until) -> owned -> lapsed(reason) -> pool -> ...

*Reported*: announced, a leader has yet to approve. *Protected*: nobody else may take it until ``until_ms``; ends there unless
there is evidence. *Owned*: an evidenced follow-up has happened; lapses after silence. What is in a pool remembers why.
Every change is a **move**: one atomic step with actor, reason and time, numbered in the journal. Times are ms since the epoch.
"""

from __future__ import annotations

from typing import Literal

from leads.records import Packed, Record

Stage = Literal["", "reported", "protected", "owned"]  # "" is in a pool

What = Literal[
    "claim",  # take from the pool
    "report",  # announce a customer that nobody has, or that waits in a pool (报备)
    "approve",  # a leader accepts a report
    "follow_up",  # a contact: a call, a mail, a visit with a time, or a bare note, which is no evidence
    "release",  # give back to a pool
    "transfer",  # to another member
    "lock",  # nobody may claim, recycle or transfer until a time; 0 ends it
    "exempt",  # not recycled until a time; 0 ends it
    "opportunity",  # an open opportunity keeps it from being recycled; ``kind`` "" ends it
    "close",  # signed: counts no more against holding caps where the policy says so, is not recycled
    "reopen",
    "refuse",  # the customer asked not to be called: counts for all colleagues until a time, 0 is for ever
]

#: Why a lease is in a pool: what the flow of time and people does, beside the moves of ``What``; overdue waited in line in vain.
LAPSES: tuple[str, ...] = (
    "unproved",
    "silent",
    "not_closed",
    "not_approved",
    "unanswered",
    "left",
    "released",
    "overdue",
)

#: Why a move is refused: closed, with what to tell the person. Never says whose the customer is.
REFUSALS: dict[str, str] = {
    "unknown": "there is no such customer; name it by the receipt of one of its leads",
    "under_way": "its lead is still being decided; try again in a moment",
    "not_in_pool": "it is not in a pool, so it cannot be claimed; file a case if it should be yours",
    "taken": "somebody is working on this customer already; file a case if it should be yours",
    "locked": "it is locked; try again when the lock has ended",
    "cooling": "it was yours a short while ago; somebody else may have it first",
    "new_arrival": "it came in a short while ago and may not be claimed yet",
    "no_member": "this person is not a member of that pool or team",
    "gone": "this person has left",
    "away": "this person is paused or absent",
    "day_cap": "the claims of today are used up; giving one back does not return it",
    "holding_cap": "this person holds as many customers as he may; release or close one first",
    "not_owner": "only its owner, or a leader, may do this",
    "not_leader": "only a leader may do this",
    "party": "whoever is a party to this cannot decide it",
    "no_evidence": "a bare note is no evidence: give a call of enough seconds, a mail sent, or a visit with its time",
    "suspended": "a case about this customer is open; wait for its decision",
    "no_change": "it is so already",
    "earlier": "this happened before what is on record; the record stands",
}


#: What ``Lease.state`` says: it holds; a case is to decide about it; a person is to decide what lead it is.
HOLDS, SUSPENDED, PROVISIONAL = 0, 1, 2


class Past(Packed, frozen=True):
    """Somebody who held it before, and until when."""

    member: str
    until_ms: int


class Lease(Packed, frozen=True):
    """Who holds an entity in a scope: the holding of the store, an array whose missing tail is defaults (stores/layout.py)."""

    scope: str
    owner: str  # "" in a pool
    pool: str  # "" with an owner
    until_ms: int  # protected until; 0 no end
    journal: int  # number of the move that gave it
    state: int  # HOLDS, SUSPENDED (a case) or PROVISIONAL (a person decides what it is)
    seq: int  # the lead it was given for
    stage: str = ""  # see Stage; "" with an owner is protected
    since_ms: int = 0  # when this owner or pool got it
    touched_ms: int = 0  # last evidenced follow-up by its owner, 0 never
    past: tuple[Past, ...] = ()  # former owners, latest last, at most 50
    why: str = ""  # in a pool: the reason it lapsed
    locked_ms: int = 0  # locked until
    exempt_ms: int = 0  # not recycled until
    closed: bool = False
    opportunity: str = ""
    answer_ms: int = 0  # respond by (SLA), 0 answered or none
    warned_ms: int = 0  # the deadline a warning was given for
    recycle_ms: int = 0  # the terms it was given under: silence after which it goes to a pool, 0 never
    close_within_ms: int = 0  # not closed within this since it was given, 0 never
    warn_ms: int = 0  # so long before it lapses a warning is given
    home: str = ""  # the pool it goes to when it lapses, "" the tenant's default
    refused_ms: int = 0  # the customer asked not to be called until then, -1 for ever


class Terms(Packed, frozen=True):
    """What the policy grants whoever asks, worked out at the edge (routing/terms.py); the step checks what is in the store.

    Spans in ms; -1 is no limit for caps. ``refused`` is a reason the policy alone refuses for (no_member, gone, away, not_leader).
    """

    refused: str = ""
    day: int = 0  # of the tenant's calendar, for the claim log
    claims_a_day: int = -1
    max_open: int = -1  # the smallest holding cap that applies
    closed_exempt: bool = False  # closed customers do not count for max_open
    cooling_ms: int = 0  # former owners of so long ago may not claim
    fresh_ms: int = 0  # arrivals younger than this may not be claimed
    protect_ms: int = 0
    recycle_ms: int = 0  # silence after which it goes to a pool, 0 never
    close_within_ms: int = 0  # not closed within this since it was given: goes to a pool, 0 never
    warn_ms: int = 0  # so long before it lapses a warning is given
    call_s: int = 30  # a call of at least so many seconds is evidence
    approval_ms: int = 0  # a report waits so long for a leader's approval, 0 needs none
    leader: bool = False  # the actor leads the pool or team
    pool: str = ""  # where it goes when it goes to a pool
    answer_by_ms: int = 0  # respond by (working hours counted), 0 none


class Act(Record, frozen=True):
    """One move asked for. ``id`` (32 hex digits) makes it idempotent: the same id again answers as before and changes nothing."""

    id: str
    what: What
    event: str  # receipt (32 hex digits) of any lead of the customer
    actor: str  # who asks
    at_ms: int
    why: str = ""
    scope: str = ""
    member: str = ""  # whom it is for; "" the actor
    pool: str = ""
    kind: str = ""  # of a follow-up: call | mail | visit | note
    seconds: int = 0  # of a call
    until_ms: int = 0
    terms: Terms = Terms()


class Moved(Record, frozen=True):
    """What came of an act. ``status``: done, known (the same id before), refused with a ``reason`` of REFUSALS. A follow-up
    without evidence is done, being on record, with the reason no_evidence: it renews nothing."""

    status: Literal["done", "known", "refused"]
    reason: str = ""
    entity: int = 0
    journal: int = 0
    lease: Lease | None = None  # as it is now; None when refused
