"""What a decision would do, as ``streams/overlay.py`` lays it over the views of the index."""

from __future__ import annotations

import msgspec

from leads.records import Decision


class Effect(msgspec.Struct, frozen=True, gc=False):
    """What one decision would do to the entities, and everything it looked at."""

    decision: Decision
    parts: tuple[int, ...]  # entities it unites, its own first
    members: tuple[int, ...]  # sequence numbers known to be in the union
    looked: frozenset[int]  # every entity it depends on, as named by the view and as named by the overlay
    compared: int = 0  # entities the lead was compared with
