"""Day one: the customers a company already has, each with its owner, as the starting state.

They go the way of every lead, register, judge and commit; only the owner is given instead of picked. So the same person
under two owners comes out as ``contested`` and not as a silent overwrite, and an import is undone like any other.
"""

from __future__ import annotations

import msgspec

from leads.records import Decision

#: The reason of a verdict that makes commit take ``claimant`` as the owner the company already has: assigned/customer.
CUSTOMER = "customer"


def as_customer(decision: Decision, owner: str) -> Decision:
    """The decision on a row of existing customers: ``owner`` holds it, unless someone else does already."""
    verdict = msgspec.structs.replace(decision.verdict, reason=CUSTOMER)
    return msgspec.structs.replace(decision, verdict=verdict, claimant=owner)
