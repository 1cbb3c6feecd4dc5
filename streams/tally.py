"""What a batch of outcomes adds up to, worked out while the outcomes are at hand: once the log has confirmed them, another batch has
been judged, and the processor would have to fetch them again."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from operator import attrgetter

from leads.records import Outcome
from streams.catalogue import Values

_BITS = attrgetter("bits")
_COLLISIONS = frozenset({"merged", "contested"})


class Tally:
    """``leads`` is how many the messages at hand held: what outcomes plus ``repeats`` must sum to, and an alert compares the two.
    ``redriven``: events that somebody sent again. How long those waited is no answer time: they had their answer when they came."""

    def __init__(
        self, outcomes: Sequence[Outcome], leads: int, repeats: int = 0, redriven: Collection[str] = ()
    ) -> None:
        judged = [o for o in outcomes if o.evidence]
        self.leads, self.repeats = leads, repeats
        self.outcomes: Counter[Values] = Counter([(o.tenant, o.door, o.source, o.code, o.reason) for o in outcomes])
        self.collisions: Counter[Values] = Counter(
            [(o.tenant, max(o.evidence, key=_BITS).field) for o in judged if o.code in _COLLISIONS]
        )
        self.levels: Counter[Values] = Counter(
            [(e.field, e.level) for o in judged if o.verdict == "same" for e in o.evidence]
        )
        self.bits = {v: [o.bits for o in judged if o.verdict == v] for v in {o.verdict for o in judged}}
        came = [o for o in outcomes if o.event not in redriven] if redriven else outcomes
        self.at_ms = {d: [o.at_ms for o in came if o.door == d] for d in {o.door for o in came}}
