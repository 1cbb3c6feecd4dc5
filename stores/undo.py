"""Undo an import, of leads or of customers: its leads leave the index as if they had never come.

What a lead of the batch had joined together falls apart again where nothing else holds it. Outcomes that were published
stay published, the move ``undone`` in the journal says that they no longer hold; the same file can be imported again.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec

from stores.removal import KeysOf, remove


class Undone(msgspec.Struct, frozen=True):
    """Counts of events. ``split`` are customers that fell into several, ``emptied`` those that are gone."""

    removed: int
    absent: int  # never came, or undone before
    under_way: int  # registered and not yet decided: undo again in a moment
    split: int
    emptied: int


async def undo(
    client: Any, tenant: str, events: Sequence[bytes], keys_of: KeysOf, at_ms: int, *, preview: bool = False
) -> Undone:
    """Take back the events of a batch, last first (so that a lead goes before the one it joined). Raises StoreDown.

    ``preview`` changes nothing and looks at each event by itself, so its ``split`` and ``emptied`` are lower bounds when
    several leads of the batch are in one customer. Safe to run again after it was cut short.
    """
    done = await remove(client, tenant, list(reversed(events)), keys_of, "undone", at_ms, preview=preview)
    gone = [one for one in done if one.status == "removed"]
    return Undone(
        removed=len(gone),
        absent=sum(one.status == "absent" for one in done),
        under_way=sum(one.status == "under_way" for one in done),
        split=sum(one.parts > 1 for one in gone),
        emptied=sum(one.parts == 0 for one in gone),
    )
