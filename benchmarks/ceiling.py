"""How hard a set is: what equal values reach, and how much of its truth any evidence tells.

    python -m benchmarks.ceiling FOLDER...

Three figures of pairs within final entities, no lead compared with any but its own customer's but in the first:
*equal* unites leads with an equal phone, mailbox, handle, or name and organisation, after preparation; *joined* is what the
scorer would join if every true pair were compared; *evidence* counts besides whatever a person could argue with: something
personal agrees, a name with its place or firm, part of a name with a firm or line. Names a set's harshness beside another's.
"""

from __future__ import annotations

import argparse
from collections import defaultdict
from collections.abc import Iterable, Iterator
from itertools import combinations, pairwise
from pathlib import Path

from benchmarks.accuracy import facts_of, rows_of, truth_of
from leads.preparation import Preparation
from leads.records import Facts, IndexStats, Neighbour
from matchers.compare import name as names
from matchers.keys import plan
from matchers.metrics import close, cluster_pairs
from matchers.neighbours import Known, bare
from matchers.scorer import Scored, score
from matchers.verdict import scale_of
from matchers.weights import DEFAULT

MOST = 50  # leads with one equal value; more is a value of nobody
RARE = 14.0  # bits of a name that tells by itself
Pairs = list[tuple[str, str]]


def values(facts: Facts) -> Iterator[tuple[str, ...]]:
    """What a lead can be equal in."""
    yield from (("phone", phone.digits) for phone in facts.phones if phone.digits)
    yield from (("mail", mail.local, mail.domain) for mail in facts.emails)
    yield from (("handle", handle.value) for handle in facts.handles)
    if facts.name is not None and facts.company is not None and facts.name.kind == "full":
        yield ("name", "".join(sorted(facts.name.latin)), facts.company.core)


def equal(leads: dict[str, Facts]) -> Pairs:
    """Pairs that share a value, one after the other."""
    held: dict[tuple[str, ...], list[str]] = defaultdict(list)
    for lead, facts in leads.items():
        for value in values(facts):
            held[value].append(lead)
    return [pair for sharing in held.values() if len(sharing) <= MOST for pair in pairwise(sharing)]


def compared(one: Facts, two: Facts, stats: IndexStats) -> Scored:
    """Two leads alone, in an index as large as the set."""
    held = set(plan(one))
    scale = scale_of(two, [int(key in held) for key in plan(two)], stats, DEFAULT)
    return score(two, Known(Neighbour(1, (1,), (one,), 0, 1)), scale, bare(two))


def tells(found: Scored) -> bool:
    """Whether a person could argue from it."""
    if found.personal or found.bits >= DEFAULT.same:
        return True
    name = next((met for met in found.mets if met.field == "name"), None)
    agrees = {met.field for met in found.mets if met.bits > 0}
    if name is None or (name.level in names.AGREEMENTS and name.bits > RARE):
        return name is not None
    if name.level in names.AGREEMENTS:
        return not agrees.isdisjoint({"company", "city", "address", "phone", "email"})
    return name.level in names.PARTS and not agrees.isdisjoint({"company", "phone"})


def reached(folder: Path) -> dict[str, float]:
    """F1 of ``equal``, and of ``joined`` and ``evidence`` with nothing false among them."""
    rows = list(rows_of(folder))
    ids = [lead for lead, _ in rows]
    leads = dict(facts_of(rows, Preparation())[0])
    truth, _ = truth_of(folder, ids)
    members: dict[str, list[str]] = defaultdict(list)
    for lead in leads:
        members[truth[lead]].append(lead)
    stats = IndexStats(len(ids), len(ids) - len(members))
    joined: Pairs = []
    evidence: Pairs = []
    for customer in members.values():
        for one, two in combinations(customer, 2):
            found = compared(leads[one], leads[two], stats)
            joined += [(one, two)] * (found.bits >= DEFAULT.same)
            evidence += [(one, two)] * tells(found)
    kinds: Iterable[tuple[str, Pairs]] = (("equal", equal(leads)), ("joined", joined), ("evidence", evidence))
    return {kind: cluster_pairs(close(pairs, ids), truth).f1 for kind, pairs in kinds}


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("folders", nargs="+", type=Path)
    for folder in parser.parse_args().folders:
        print(f"{folder.name:24}", " ".join(f"{kind} {f1:.4f}" for kind, f1 in reached(folder).items()))


if __name__ == "__main__":
    main()
