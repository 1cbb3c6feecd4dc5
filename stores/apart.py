"""Told apart: pairs of leads that a person declared to be different customers."""

from __future__ import annotations

from typing import Any, Literal, cast

from stores.connect import guarded
from stores.layout import Keys
from stores.scripts import Script

_apart = Script("apart")


async def tell_apart(
    client: Any, tenant: str, first: int, second: int, at_ms: int, who: str
) -> Literal["apart", "one_entity", "known"]:
    """Keep the entities of two leads apart for ever: a later decision that would unite them becomes ``review``.

    ``one_entity``: they are united already and must be split first; nothing was written. Raises StoreDown.
    """
    at = Keys.of(tenant)
    seqs = [seq.to_bytes(4, "big") for seq in (first, second)]
    with guarded("tell apart"):
        reply = await _apart(client, [at.counters, at.entities, at.aliases, at.journal, at.apart], [*seqs, at_ms, who])
    return cast(Literal["apart", "one_entity", "known"], reply.decode())
