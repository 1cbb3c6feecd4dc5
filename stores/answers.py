"""What the scripts of the index answer, read: bytes in, records out. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import starmap
from struct import Struct
from typing import Any, Final

import msgspec

from leads.records import Candidate, EntityView, IndexStats, RegisterAnswer, Registered, Registration
from stores import codec

_CANDIDATE: Final = Struct(">IIQ")
_LEAD: Final = Struct(">IIB")
_SINGLE: Final = Struct(">IQ")
_VIEW: Final = Struct(">IQIB")
_signed: Final[dict[int, Struct]] = {}


def read_answer(batch: Sequence[Registration], sizes: bytes, reply: Any) -> RegisterAnswer:
    """What register says of a batch; ``sizes`` is how many keys of each lead it was given, a byte each."""
    leads, singles, views, seqs, records, decisions, highest, joined = reply
    outcomes = dict(zip(decisions[::2], decisions[1::2], strict=True))
    entities = read_views(singles, views)
    known = {s: r for s, r in zip(codec.unpack_seqs(seqs), records, strict=True) if r is not None}
    registered: list[Registered] = []
    at = 0
    for i, (one, size) in enumerate(zip(batch, sizes, strict=True), 1):
        seq, entity, shown = _LEAD.unpack_from(leads, at)
        at += 9
        candidates: tuple[Candidate, ...] = ()
        if shown:
            stop = at + 16 * shown
            candidates = tuple(starmap(Candidate, _CANDIDATE.iter_unpack(leads[at:stop])))
            at = stop
        counter = _signed.get(size) or _signed.setdefault(size, Struct(f"{size}b"))
        counts = counter.unpack_from(leads, at)
        at += size
        restored = 0
        if counts and min(counts) < -1:
            restored = sum(1 << key for key, count in enumerate(counts) if count < -1)
            counts = tuple(-2 - count if count < -1 else count for count in counts)
        if len(one.keys) > size:
            counts += (-1,) * (len(one.keys) - size)  # not indexed: no evidence
        decided = outcomes.get(i)
        if decided is None and entity not in entities:
            entities[entity] = EntityView(entity, 0, (entity,), 1)
        known.setdefault(seq, one.record)
        registered.append(Registered(one.event, seq, entity, candidates, counts, decided, restored))
    return RegisterAnswer(tuple(registered), entities, known, IndexStats(highest, joined))


def without(answer: RegisterAnswer, gone: set[int]) -> RegisterAnswer:
    """A lead removed with other keys than it came with is in some bucket still: nothing is known of it, so it is no candidate."""
    registered = tuple(
        msgspec.structs.replace(one, candidates=tuple(c for c in one.candidates if c.entity not in gone))
        for one in answer.registered
    )
    return msgspec.structs.replace(answer, registered=registered)


def read_views(singles: bytes, packed: bytes) -> dict[int, EntityView]:
    """Entities: those of one lead, 12 bytes each, and those of more, each with its members."""
    views = {entity: EntityView(entity, version, (entity,), 1) for entity, version in _SINGLE.iter_unpack(singles)}
    at, end = 0, len(packed)
    while at < end:
        entity, version, size, listed = _VIEW.unpack_from(packed, at)
        stop = at + 17 + 4 * listed
        views[entity] = EntityView(entity, version, codec.unpack_seqs(packed[at + 17 : stop]), size)
        at = stop
    return views
