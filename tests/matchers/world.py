"""A few leads in a large index: prepares rows, finds neighbours by shared keys, judges the last one."""

from __future__ import annotations

from leads.preparation import Preparation
from leads.prepare import prepare
from leads.records import Envelope, Facts, IndexStats, Lead, Neighbour, Row, Verdict
from matchers.keys import keys_of
from matchers.verdict import judge
from matchers.weights import DEFAULT

LARGE = IndexStats(leads=20_000, joined=5_000)
_ENVELOPE = Envelope("t", "s", "form", 0, ())


def facts_of(kinds: dict[str, str] | None = None, **fields: str) -> Facts:
    lead = prepare(Row("0" * 32, fields), _ENVELOPE, Preparation(country="CN", kinds=kinds or {}))
    assert isinstance(lead, Lead), lead
    return lead.facts


def judged(lead: Facts, *entities: list[Facts], stats: IndexStats = LARGE) -> Verdict:
    """The verdict on ``lead`` where each of ``entities`` is what earlier leads of one customer said, first come first."""
    keys = keys_of(lead, b"secret")
    counts = [0] * len(keys)
    neighbours = []
    seq = 0
    for number, members in enumerate(entities, start=1):
        held = {key for facts in members for key in keys_of(facts, b"secret")}
        shared = sum(1 << bit for bit, key in enumerate(keys) if key in held)
        counts = [count + (key in held) for count, key in zip(counts, keys, strict=True)]
        seqs = tuple(range(seq + 1, seq + 1 + len(members)))
        seq += len(members)
        if shared:
            neighbours.append(Neighbour(number, seqs, tuple(members), shared, seqs[0]))
    return judge(lead, counts, neighbours, stats, DEFAULT)
