"""May this customer be contacted now, by this colleague? Over all colleagues together. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import msgspec

from leads.ownership import Lease
from leads.policy import Policy
from routing.conflict import answer
from routing.working_time import calendar

#: In this order of precedence. ``locked``: somebody else works on the customer.
Reason = Literal["do_not_contact", "refused", "hours", "budget", "locked", "ok"]
#: Refused until then is for ever: the largest number that every store and every reader of JSON keeps exactly.
FOREVER = (1 << 53) - 1


class Permission(msgspec.Struct, frozen=True):
    """``until_ms``: when to ask again, 0 when no time can be named."""

    reason: Reason
    until_ms: int = 0

    @property
    def allowed(self) -> bool:
        return self.reason == "ok"


def permission(
    policy: Policy,
    barred: bool,
    refused_ms: int,
    moments: Sequence[int],
    leases: Sequence[Sequence[Lease]],
    member: str,
    at_ms: int,
    *,
    scope: str = "",
) -> Permission:
    """``refused_ms``: refused until, as far as no lease knows it; ``moments`` of all contacts, ascending; ``leases`` of each customer behind the number."""
    contact = policy.contact
    if barred:
        return Permission("do_not_contact")
    for lease in (lease for some in leases for lease in some):
        refused_ms = max(refused_ms, FOREVER if lease.refused_ms < 0 else lease.refused_ms)
    if refused_ms > at_ms:
        return Permission("refused", refused_ms if refused_ms < FOREVER else 0)
    if contact.hours:
        hours = calendar(policy.hours[contact.hours], policy.timezone)
        if not hours.open_at(at_ms):
            return Permission("hours", hours.after(at_ms, 1) - 1)
    recent = [moment for moment in moments if moment > at_ms - contact.window_ms]
    if 0 <= contact.most <= len(recent):
        return Permission("budget", recent[-contact.most] + contact.window_ms if contact.most else 0)
    others = [(True, [lease for lease in some if lease.owner != member]) for some in leases]
    state, until_ms = answer(others, False, member, at_ms, scope=scope)
    return Permission("locked", until_ms) if state == "protected" else Permission("ok")


def refused_until(policy: Policy, at_ms: int) -> int:
    """How long a refusal at ``at_ms`` counts for everybody."""
    return at_ms + policy.contact.refusal_ms if policy.contact.refusal_ms else FOREVER
