"""A change among people as a person tells it, on a command line, in a sheet or over HTTP."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from leads.roster import What


class Asked(msgspec.Struct, frozen=True):
    """``set`` is in the notation of a member in the configuration file. ``place`` says where it
    stands ("row 3"), for messages; "" when it is the only one."""

    what: What
    member: str
    from_ms: int
    why: str = ""
    set: Mapping[str, Any] = {}
    absence: Mapping[str, Any] | None = None
    teams: tuple[str, ...] | None = None
    leads: tuple[str, ...] | None = None
    pools: tuple[str, ...] | None = None
    pool_leads: tuple[str, ...] | None = None
    place: str = ""
