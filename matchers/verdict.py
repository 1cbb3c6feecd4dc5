"""The verdict on a lead: new, the same contact as an entity, or unsure; and whether it is of an account we know."""

from __future__ import annotations

from collections.abc import Sequence
from math import floor, log2
from typing import Final

from leads.records import Evidence, Facts, IndexStats, Neighbour, Verdict
from matchers.account import odds
from matchers.compare import company as companies
from matchers.compare import name as names
from matchers.keys import city_of, mail_value, plan
from matchers.neighbours import Known, bare
from matchers.scale import Met, Scale
from matchers.scorer import Scored, score
from matchers.strangers import BRAND, strangers
from matchers.weights import Weights

_SHOWN: Final = 8  # fields kept as evidence
_AGAINST: Final = (
    -1.1
)  # bits; what says less (a desk and a mobile, a mailbox at work and one at home) hardly contradicts
_NEW: Final = Verdict("new")
_TOLD: Final = names.AGREEMENTS | {"mailbox_spells"}  # levels that tell who it is


def scale_of(facts: Facts, counts: Sequence[int], stats: IndexStats, weights: Weights) -> Scale:
    """N, prior and counts for one lead. ``counts`` answers its keys in the order of ``keys_of``."""
    entities = max(stats.leads - stats.joined, 1)
    share = min(max(stats.joined / entities, weights.joined_low), weights.joined_high)
    n = max(float(entities), weights.least_entities)
    keys = plan(facts)
    if len(keys) != len(counts):
        raise ValueError(f"{len(counts)} counts for {len(keys)} keys")
    return Scale(n, log2(share / n), keys, counts, weights, city_of(facts))


def judge(
    facts: Facts,
    counts: Sequence[int],
    neighbours: Sequence[Neighbour],
    stats: IndexStats,
    weights: Weights,
    own: Sequence[Facts] = (),
) -> Verdict:
    """Judge a lead against the entities that share a key with it.

    ``counts[i]`` is the number of other entities that hold its key ``i`` (order of ``keys_of``), -1 for a full bucket.
    ``own`` are other leads that joined this one already (another worker's): an entity that contradicts one of them is
    not joined. Pure: the same arguments give the same verdict, whatever the order of ``neighbours``.
    """
    if not neighbours:
        return _NEW
    if facts.call:
        for other in neighbours:
            if any(member.call == facts.call for member in other.facts):
                return Verdict("same", (other.first,), other.first, 1.0, 0.0, reason="call_update")
    scale = scale_of(facts, counts, stats, weights)
    lead_bare = bare(facts)
    brand = sum([1 << place for place, (kind, _) in enumerate(scale.plan) if kind == BRAND])
    scored: list[tuple[Neighbour, Known, Scored]] = []
    for other in neighbours:
        if brand and not other.shared & ~brand and strangers(facts, other.facts, scale):
            continue
        known = Known(other)
        scored.append((other, known, score(facts, known, scale, lead_bare)))
    if len(scored) > 1:
        scored.sort(key=lambda item: (-item[2].bits, item[0].first))
    if own:
        scored = [item for item in scored if not _contradicts(own, item[1])]
    if not scored:
        return _NEW
    best, best_known, top = scored[0]
    if top.bits < weights.unsure:
        return Verdict(
            "new", (), best.first, weights.probability(top.bits), top.bits, _account(scored, scale), _shown(top)
        )
    if top.bits < weights.same:
        account = _account(scored, scale)
        return Verdict("unsure", (), best.first, weights.probability(top.bits), top.bits, account, _shown(top))
    joins = [best.first]
    joins += [
        other.first
        for other, known, result in scored[1:]
        if _enough(best_known, known, result, weights) and _one(best_known, known, top, result)
    ]
    return Verdict("same", tuple(joins), best.first, weights.probability(top.bits), top.bits, 0, _shown(top))


def _enough(best: Known, other: Known, result: Scored, weights: Weights) -> bool:
    """Whether a further entity has the bits to be united: as many as the first needs will do when nothing in the lead or
    between the two speaks against it."""
    if result.bits >= weights.merge:
        return True
    if result.bits < weights.same or result.bare:
        return False
    return all(met.bits > _AGAINST for met in result.mets) and not _two(best, other)


def _two(one: Known, two: Known) -> bool:
    """Whether two entities look like two persons: other personal numbers, or other mailboxes of one kind."""
    mine, other = ({phone.digits for phone, _ in known.phones if phone.kind != "landline"} for known in (one, two))
    if mine and other and mine.isdisjoint(other):
        return True
    kinds = zip(_mailboxes(one), _mailboxes(two), strict=True)
    return any(mine and other and mine.isdisjoint(other) for mine, other in kinds)


def _mailboxes(known: Known) -> tuple[set[str], set[str]]:
    """Those at a provider, and the others."""
    free = {mail_value(mail) for mail, _ in known.emails if mail.kind == "free"}
    return free, {mail_value(mail) for mail, _ in known.emails} - free


def _one(best: Known, other: Known, top: Scored, result: Scored) -> bool:
    """Whether two entities a lead belongs to may be united: their names agree, or nothing contradicts and the evidence is personal."""
    if top.born and result.born:
        return True
    if result.name in names.CONFLICTS or top.name in names.CONFLICTS:
        return False
    if result.bare and top.bare:
        return result.company not in companies.CONFLICTS and top.company not in companies.CONFLICTS
    levels = {names.relation(one, two) for one, _ in best.names for two, _ in other.names}
    if levels & names.AGREEMENTS:
        return True
    sure = all(part.personal or part.name in _TOLD for part in (top, result))
    return sure and not levels & names.CONFLICTS


def _contradicts(own: Sequence[Facts], other: Known) -> bool:
    """Whether what joined this lead before is called otherwise than the entity."""
    levels = {names.relation(facts.name, name) for facts in own if facts.name is not None for name, _ in other.names}
    return bool(levels & names.CONFLICTS) and not levels & names.AGREEMENTS


def _account(scored: Sequence[tuple[Neighbour, Known, Scored]], scale: Scale) -> int:
    """A lead of the likeliest entity of the same company or household, 0 when there is none."""
    best, found = scale.weights.account, 0
    for other, _, result in scored:
        bits = odds(result.mets, scale.log_n)
        if bits > best or (bits == best and (not found or other.first < found)):
            best, found = bits, other.first
    return found


def _shown(result: Scored) -> tuple[Evidence, ...]:
    mets: list[Met] = sorted(result.mets, key=lambda met: -abs(met.bits))[:_SHOWN]
    return tuple(Evidence(met.field, met.level, floor(met.bits * 10 + 0.5) / 10, met.seq) for met in mets)
