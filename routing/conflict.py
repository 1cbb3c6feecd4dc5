"""Is it taken? The most restrictive of what all leases on the holders of a value say to one asker. Pure; never says whose."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import Literal, get_args

from leads.ownership import Lease
from leads.policy import Pool

#: From the least to the most restrictive. ``shared``: the value belongs to many, so it cannot be told by it. ``under_way``: a
#: lead that has it is being decided. ``cooling``: in a pool, not for this asker yet. ``protected``: somebody works on it.
State = Literal["free", "in_pool", "shared", "under_way", "cooling", "protected"]
STATES: tuple[State, ...] = get_args(State)
Answer = tuple[State, int]  # until (ms), 0 no end that is known

FREE: Answer = ("free", 0)
_SUSPENDED, _PROVISIONAL = 1, 2
_POOL = Pool("")


def answer(
    holders: Iterable[tuple[bool, Sequence[Lease]]],
    shared: bool,
    asker: str,
    at_ms: int,
    *,
    scope: str = "",
    pools: Mapping[str, Pool] = MappingProxyType({}),
) -> Answer:
    """What to tell ``asker``. ``holders``: for each entity whether it is settled, and its leases. ``pools`` say how
    long former owners cool down and newcomers may not be claimed."""
    said: list[Answer] = [("shared", 0)] if shared else []
    for settled, leases in holders:
        if not settled:
            said.append(("under_way", 0))
        said += [
            _of(lease, asker, at_ms, pools.get(lease.pool, _POOL))
            for lease in leases
            if lease.scope == scope and lease.state != _SUSPENDED
        ]
    return max(said, key=_rank, default=FREE)


def _of(lease: Lease, asker: str, at_ms: int, pool: Pool) -> Answer:
    if lease.owner:
        ends = lease.state != _PROVISIONAL and lease.stage != "owned"
        return "protected", lease.until_ms if ends else 0
    if lease.locked_ms > at_ms:
        return "protected", lease.locked_ms
    cooled = max((past.until_ms + pool.cooling_ms for past in lease.past if past.member == asker), default=0)
    until_ms = max(cooled, lease.since_ms + pool.fresh_ms if lease.since_ms else 0)
    return ("cooling", until_ms) if until_ms > at_ms else ("in_pool", 0)


def _rank(said: Answer) -> tuple[int, bool, int]:
    state, until_ms = said
    return STATES.index(state), until_ms == 0, until_ms
