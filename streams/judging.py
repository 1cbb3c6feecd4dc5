"""Steps 3 and 4 for one lead of a batch: the index's answer, overlaid with what this worker has decided since."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from leads.commonness import ACCOUNT, FEW, alone, of_kinds, shared_by_many
from leads.records import (
    Decision,
    Facts,
    IndexStats,
    Neighbour,
    Plan,
    RegisterAnswer,
    Registered,
    Taken,
    Verdict,
)
from leads.unique import distinct
from stores.customers import as_customer
from streams.effect import Effect
from streams.overlay import Overlay
from streams.pipeline import Pipeline, Work
from streams.recollection import Recollection

#: Leads of one entity that are compared at most: the view's first and the latest. A customer's thousandth lead costs no more.
MOST_MEMBERS = 32

_NEW = Verdict(kind="new")


class Judging:
    """Judges the leads of one register answer, in order of their numbers.

    ``joined``: how many leads had joined an earlier one when this worker's pending decisions began. What is judged with
    depends on the lead's number and the decisions before it, never on how leads happened to be batched.
    """

    def __init__(
        self, pipeline: Pipeline, facts: Recollection, answer: RegisterAnswer, overlay: Overlay, joined: int
    ) -> None:
        self._pipeline = pipeline
        self._facts = facts
        self._entities = answer.entities
        self._overlay = overlay
        self._joined = joined
        self._all_compared = pipeline.all_compared

    def effect(self, work: Work, mine: Registered | None) -> Effect:
        """The decision on one lead and what it would change. Reads the overlay, does not write it."""
        lead = work.lead
        if mine is None or lead is None or mine.outcome is not None:
            return Effect(_decision(work, mine.seq if mine else 0, self._day(work), _NEW), (), (), frozenset())
        own = self._overlay.find(mine.entity)
        others = self._members(own, (mine.entity,))
        seen: tuple[tuple[int, int], ...]
        neighbours: list[Neighbour]
        members: tuple[int, ...]
        assert work.registration is not None
        if not mine.candidates and len(others) == 1:  # most leads: nobody to compare with
            verdict, joined, neighbours, looked, members = _NEW, [], [], {own}, (own,)
            seen = ((own, self._version(own)),)
        else:
            counts, neighbours, met = self._neighbours(mine, work.registration.keys, own)
            looked = {mine.seq, own, *met, *[n.entity for n in neighbours]}
            facts = [self._facts[s] for s in sorted(others) if s != mine.seq and s in self._facts]
            stats = IndexStats(mine.seq, self._joined + self._overlay.united)
            verdict = self._pipeline.judge(lead, counts, neighbours, facts, stats)
            joined = [n for n in neighbours if n.first in verdict.joins] if verdict.joins else []
            members = tuple({mine.seq, *others, *[s for n in joined for s in n.seqs]})
            seen = tuple([(entity, self._version(entity)) for entity in met])
        plan = self._pipeline.plan(lead)
        taken = self._taken(lead.facts, plan.scope, neighbours)
        due = self._pipeline.answer_by(plan, lead)
        decision = _decision(work, mine.seq, self._day(work), verdict, seen, plan, lead.claimant, due)
        if work.envelope.customers:
            decision = _customer(decision)
        if taken:
            decision = msgspec.structs.replace(decision, taken=taken)
        return Effect(decision, (own, *(n.entity for n in joined)), members, frozenset(looked), len(neighbours))

    def _taken(self, facts: Facts, scope: str, neighbours: Sequence[Neighbour]) -> tuple[Taken, ...]:
        """Who else has a value that must be unique. Whether they are of the scope, and still others, commit sees."""
        if not neighbours:
            return ()
        found = []
        for field, how in self._pipeline.unique(scope):
            values = distinct(facts, field)
            if not values:
                continue
            known = [(seq, their) for near in neighbours for seq, their in zip(near.seqs, near.facts, strict=True)]
            if seqs := [seq for seq, their in known if not values.isdisjoint(distinct(their, field))]:
                found.append(Taken(how, field, tuple(seqs)))
        return tuple(found)

    def _day(self, work: Work) -> int:
        return self._pipeline.day(work.envelope.at_ms)

    def _neighbours(
        self, mine: Registered, keys: Sequence[bytes], own: int
    ) -> tuple[Sequence[int], list[Neighbour], dict[int, None]]:
        """What keys tell, entities to compare with, as they will be, and every entity of the view this rests on. Leads in order of
        their numbers: which of two equal values is named as evidence must not depend on who listed them, the view or the overlay.

        The store closes a bucket at its cap when it finds it full, which depends on what is committed just then; well below
        the cap it does not, so that is where a key stops being evidence. What the store has left out of its views,
        customers who share one very common value, are left out here well before.
        """
        roots = [self._overlay.find(candidate.entity) for candidate in mine.candidates]
        counts = self._counts(mine, own, roots)
        crowded, common = shared_by_many(keys, counts)
        if mine.restored:
            crowded, common = crowded & ~mine.restored, common & ~mine.restored
        if crowded:
            counts = [-1 if crowded >> key & 1 else n for key, n in enumerate(counts)]
        groups: dict[int, list[int]] = {}  # root -> [first, shared, entities of the view...]
        met = {mine.entity: None}
        for place, candidate in enumerate(mine.candidates):
            shared, entity, root = candidate.shared & ~crowded, candidate.entity, roots[place]
            if not shared or entity not in self._entities:
                continue
            if root == own:
                met[entity] = None
                continue
            group = groups.setdefault(root, [candidate.seq, 0])
            group[0] = min(group[0], candidate.seq)
            group[1] |= shared
            group.append(entity)
        few, accounts = FEW, of_kinds(keys, ACCOUNT) if common else 0
        if self._all_compared:
            common &= ~of_kinds(keys, self._all_compared)
        neighbours = []
        for root, (first, shared, *entities) in groups.items():
            if alone(shared, common):
                if not few or not shared & accounts:
                    continue
                few -= 1
            met |= dict.fromkeys(entities)
            seqs = sorted([s for s in self._members(root, entities) if s in self._facts and s != mine.seq])
            if seqs:
                facts = tuple([self._facts[s] for s in seqs])
                neighbours.append(Neighbour(root, tuple(seqs), facts, shared, first))
        return counts, neighbours, met

    def _counts(self, mine: Registered, own: int, roots: Sequence[int]) -> Sequence[int]:
        """Per key how many other entities hold it. The store counts leads under way as one each, though own decisions have
        united some: without this a customer who comes three times in one batch makes his own number look shared."""
        others = [(roots[i], c.shared) for i, c in enumerate(mine.candidates) if c.entity != mine.entity]
        if own == mine.entity and len(dict(others)) == len(others):
            return mine.counts
        seen: dict[int, int] = {own: -1}
        counts = list(mine.counts)
        for root, shared in others:
            again = shared & seen.get(root, 0)
            seen[root] = seen.get(root, 0) | shared
            for key in range(len(counts)):
                if again >> key & 1 and counts[key] > 0:
                    counts[key] -= 1
        return counts

    def _members(self, root: int, entities: tuple[int, ...] | list[int]) -> dict[int, None]:
        members: dict[int, None] = {}
        for entity in entities:
            view = self._entities.get(entity)
            for seq in view.members if view is not None else (entity,):
                members[seq] = None
        for seq in self._overlay.members(root):
            members[seq] = None
        if len(members) <= MOST_MEMBERS:
            return members
        ordered = list(members)
        return dict.fromkeys(ordered[: MOST_MEMBERS // 2] + ordered[-MOST_MEMBERS // 2 :])

    def _version(self, entity: int) -> int:
        view = self._entities.get(entity)
        return view.version if view else 0


def _decision(
    work: Work,
    seq: int,
    day: int,
    verdict: Verdict,
    seen: tuple[tuple[int, int], ...] = (),
    plan: Plan | None = None,
    claimant: str = "",
    answer_by_ms: int = 0,
) -> Decision:
    envelope = work.envelope
    return Decision(
        work.event,
        seq,
        verdict,
        seen,
        plan,
        envelope.at_ms,
        day,
        claimant,
        envelope.batch,
        work.refused,
        envelope.source,
        envelope.door,
        envelope.trace,
        answer_by_ms,
    )


def _customer(decision: Decision) -> Decision:
    """A customer the company has already keeps the owner it came with; one without an owner waits in the pool."""
    if decision.claimant:
        return as_customer(decision, decision.claimant)
    assert decision.plan is not None
    plan = msgspec.structs.replace(decision.plan, shares=(), reason="matched_rule", affinity=False)
    return msgspec.structs.replace(decision, plan=plan)
