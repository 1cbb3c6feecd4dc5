"""How well a clustering agrees with the truth: pairs inside clusters, B-cubed, labelled pairs. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterable, Mapping
from typing import TypeVar

import msgspec

Id = TypeVar("Id", bound=Hashable)


class Score(msgspec.Struct, frozen=True):
    """Precision, recall and their harmonic mean, each in [0, 1]; a ratio of nothing to nothing is 1."""

    precision: float
    recall: float
    f1: float


def _score(hit: float, found: float, true: float) -> Score:
    precision = hit / found if found else 1.0
    recall = hit / true if true else 1.0
    total = precision + recall
    return Score(precision, recall, 2 * precision * recall / total if total else 0.0)


def _pairs(sizes: Iterable[int]) -> int:
    return sum(size * (size - 1) // 2 for size in sizes)


def close(pairs: Iterable[tuple[Id, Id]], ids: Iterable[Id]) -> dict[Id, Id]:
    """Clusters from matching pairs, closed transitively; ids in no pair stand alone. Gives id -> a member's id."""
    parent: dict[Id, Id] = {name: name for name in ids}

    def root(name: Id) -> Id:
        parent.setdefault(name, name)
        while parent[name] != name:
            parent[name] = parent[parent[name]]
            name = parent[name]
        return name

    for left, right in pairs:
        parent[root(left)] = root(right)
    return {name: root(name) for name in list(parent)}


def cluster_pairs(found: Mapping[str, Hashable], truth: Mapping[str, Hashable]) -> Score:
    """Pairs of records in one cluster: found against true, over the ids both know. Counts, never lists, the pairs."""
    common = [name for name in found if name in truth]
    both = Counter((found[name], truth[name]) for name in common)
    ours = Counter(found[name] for name in common)
    theirs = Counter(truth[name] for name in common)
    return _score(_pairs(both.values()), _pairs(ours.values()), _pairs(theirs.values()))


def b_cubed(found: Mapping[str, Hashable], truth: Mapping[str, Hashable]) -> Score:
    """B-cubed (Bagga and Baldwin 1998): each record's precision and recall within its cluster, averaged over records."""
    common = [name for name in found if name in truth]
    if not common:
        return Score(1.0, 1.0, 1.0)
    both = Counter((found[name], truth[name]) for name in common)
    ours = Counter(found[name] for name in common)
    theirs = Counter(truth[name] for name in common)
    precision = sum(n * n / ours[cluster] for (cluster, _), n in both.items()) / len(common)
    recall = sum(n * n / theirs[cluster] for (_, cluster), n in both.items()) / len(common)
    total = precision + recall
    return Score(precision, recall, 2 * precision * recall / total)


def labelled_pairs(found: Mapping[str, Hashable], labels: Iterable[tuple[str, str, bool]]) -> Score:
    """Only pairs somebody labelled count: (id, id, whether they match). A record without cluster is alone."""
    hit = ours = theirs = 0
    for left, right, match in labels:
        together = left in found and right in found and found[left] == found[right]
        hit += together and match
        ours += together
        theirs += match
    return _score(hit, ours, theirs)
