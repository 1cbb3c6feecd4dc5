"""The conflict query: one script, one round trip; who asks has a budget, and every question is on record."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec

from stores.connect import guarded
from stores.holders import Held, held, tables
from stores.scripts import Script

_conflict = Script("conflict", "holders", logged=False)  # what it keeps of an asker passes away


class Allowance(msgspec.Struct, frozen=True):
    """What one asker may: ``rate_per_s`` and ``burst`` questions. One who has asked ``fishing`` different ones within
    ``window_ms`` and found less than a fifth of them has a tenth of the rate for the rest of it."""

    rate_per_s: float = 0.5
    burst: int = 20
    fishing: int = 40
    window_ms: int = 86_400_000


class Asked(msgspec.Struct, frozen=True):
    """``held`` is None when the asker has to wait ``wait_ms``."""

    held: Held | None
    fishing: bool
    wait_ms: int = 0


async def ask(
    client: Any,
    tenant: str,
    keys: Sequence[bytes],
    who: str,
    at_ms: int,
    *,
    digest: str,
    most: int,
    scope: str = "",
    allowance: Allowance,
    records: bool = False,
) -> Asked:
    """Who holds the values with these keys. ``digest`` (32 hex digits, keyed) stands for the question in the journal; a value
    of ``most`` customers is shared. ``records``: of the leads that hold one, to look closer. Raises StoreDown."""
    at, arguments = tables(tenant, keys, who)
    arguments += [int(records), most, at_ms, who, scope, digest, allowance.rate_per_s, allowance.burst]
    with guarded("answer a conflict query"):
        reply = await _conflict(client, at, [*arguments, allowance.fishing, allowance.window_ms])
    if reply[0] == b"wait":
        return Asked(None, bool(reply[2]), reply[1])
    return Asked(held(reply[2]), bool(reply[1]))
