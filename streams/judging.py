"""Steps 3 and 4 for one lead of a batch: the index's answer, overlaid with what this worker has decided since."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec

from leads.records import Decision, Facts, IndexStats, Neighbour, RegisterAnswer, Registered, Verdict
from stores.customers import as_customer
from streams.overlay import Effect, Overlay
from streams.pipeline import Pipeline, Work

#: Leads of one entity that are compared at most: the view's first and the latest. A customer's thousandth lead costs no more.
MOST_MEMBERS = 32

_NEW = Verdict(kind="new")


class Judging:
    """Judges the leads of one register answer, in order of their numbers.

    ``joined``: how many leads had joined an earlier one when this worker's pending decisions began. What is judged with
    depends on the lead's number and the decisions before it, never on how leads happened to be batched.
    """

    def __init__(
        self, pipeline: Pipeline, facts: Mapping[int, Facts], answer: RegisterAnswer, overlay: Overlay, joined: int
    ) -> None:
        self._pipeline = pipeline
        self._facts = facts
        self._answer = answer
        self._overlay = overlay
        self._joined = joined

    def effect(self, work: Work, mine: Registered | None) -> Effect:
        """The decision on one lead and what it would change. Reads the overlay, does not write it."""
        at_ms = work.envelope.at_ms
        base = Decision(
            event=work.event,
            seq=mine.seq if mine else 0,
            verdict=_NEW,
            seen=(),
            plan=None,
            at_ms=at_ms,
            day=self._pipeline.day(at_ms),
            batch=work.envelope.batch,
            refused=work.refused,
            source=work.envelope.source,
            door=work.envelope.door,
            trace=work.envelope.trace,
        )
        lead = work.lead
        if mine is None or lead is None or mine.outcome is not None:
            return Effect(base, (), (), frozenset())
        own = self._overlay.find(mine.entity)
        neighbours, looked = self._neighbours(mine, own)
        stats = IndexStats(mine.seq, self._joined + self._overlay.united)
        verdict = self._pipeline.judge(lead, self._counts(mine, own), neighbours, self._others(mine, own), stats)
        joined = [n for n in neighbours if n.first in verdict.joins]
        members = {mine.seq, *self._members(own, (mine.entity,))}
        for neighbour in joined:
            members.update(neighbour.seqs)
        decision = msgspec.structs.replace(
            base,
            verdict=verdict,
            seen=tuple(
                (e, self._version(e)) for e in dict.fromkeys((mine.entity, *(c.entity for c in mine.candidates)))
            ),
            plan=self._pipeline.plan(lead),
            claimant=lead.claimant,
        )
        if work.envelope.customers:
            decision = _customer(decision)
        return Effect(decision, (own, *(n.entity for n in joined)), tuple(members), frozenset(looked))

    def _neighbours(self, mine: Registered, own: int) -> tuple[list[Neighbour], set[int]]:
        """Entities to compare with, as they will be, and every entity this rests on."""
        looked = {mine.seq, mine.entity, own}
        groups: dict[int, list[int]] = {}  # root -> [first, shared, entities of the view...]
        for candidate in mine.candidates:
            root = self._overlay.find(candidate.entity)
            looked.update((candidate.entity, root))
            if root == own:
                continue
            group = groups.setdefault(root, [candidate.seq, 0])
            group[0] = min(group[0], candidate.seq)
            group[1] |= candidate.shared
            group.append(candidate.entity)
        neighbours = []
        for root, (first, shared, *entities) in groups.items():
            seqs = [s for s in self._members(root, entities) if s in self._facts and s != mine.seq]
            if seqs:
                facts = tuple(self._facts[s] for s in seqs)
                neighbours.append(Neighbour(root, tuple(seqs), facts, shared, first))
        return neighbours, looked

    def _counts(self, mine: Registered, own: int) -> Sequence[int]:
        """Per key how many other entities hold it. The store counts leads under way as one each, though own decisions have
        united some: without this a customer who comes three times in one batch makes his own number look shared."""
        roots = [(self._overlay.find(c.entity), c.shared) for c in mine.candidates if c.entity != mine.entity]
        if own == mine.entity and len(dict(roots)) == len(roots):
            return mine.counts
        seen: dict[int, int] = {own: -1}
        counts = list(mine.counts)
        for root, shared in roots:
            again = shared & seen.get(root, 0)
            seen[root] = seen.get(root, 0) | shared
            for key in range(len(counts)):
                if again >> key & 1 and counts[key] > 0:
                    counts[key] -= 1
        return counts

    def _members(self, root: int, entities: tuple[int, ...] | list[int]) -> dict[int, None]:
        members: dict[int, None] = {}
        for entity in entities:
            view = self._answer.entities.get(entity)
            members.update(dict.fromkeys(view.members if view else (entity,)))
        members.update(dict.fromkeys(self._overlay.members(root)))
        if len(members) <= MOST_MEMBERS:
            return members
        ordered = list(members)
        return dict.fromkeys(ordered[: MOST_MEMBERS // 2] + ordered[-MOST_MEMBERS // 2 :])

    def _others(self, mine: Registered, own: int) -> list[Facts]:
        """What the other leads of my own entity know: another worker's lead may have joined me already."""
        members = self._members(own, (mine.entity,))
        return [self._facts[s] for s in members if s != mine.seq and s in self._facts]

    def _version(self, entity: int) -> int:
        view = self._answer.entities.get(entity)
        return view.version if view else 0


def _customer(decision: Decision) -> Decision:
    """A customer the company has already keeps the owner it came with; one without an owner waits in the pool."""
    if decision.claimant:
        return as_customer(decision, decision.claimant)
    assert decision.plan is not None
    plan = msgspec.structs.replace(decision.plan, shares=(), reason="matched_rule", affinity=False)
    return msgspec.structs.replace(decision, plan=plan)
