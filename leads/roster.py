"""What changes among people, as records: each a version of the roster, appended and never overwritten.

The configuration says who is there at the start; changes are laid over it in the order in which they take effect
(routing/roster.py). Teams, pools and rules stay in the configuration: a change says who is in them and who leads them.
"""

from __future__ import annotations

from typing import Any, Literal

import msgspec

from leads.policy import Absence
from leads.records import Packed

What = Literal["joined", "changed", "paused", "resumed", "left", "absent"]


class Change(Packed, frozen=True):
    """One change of one member. What is None stays as it was."""

    what: What
    member: str
    from_ms: int  # takes effect then; may lie ahead
    actor: str
    why: str = ""
    set: dict[str, Any] = msgspec.field(default_factory=dict)  # field of Member -> its new value
    absence: Absence | None = None  # added to those there are
    teams: tuple[str, ...] | None = None  # all teams he is in
    leads: tuple[str, ...] | None = None  # all teams he leads
    pools: tuple[str, ...] | None = None  # all pools he may claim from
    pool_leads: tuple[str, ...] | None = None  # all pools he leads


class Version(Packed, frozen=True):
    """A change as it stands on record: its number, and when it was told."""

    number: int
    at_ms: int
    change: Change
