"""dedupe 3: active learning, its questions answered from the truth (at most 60 labels, counted), its own clustering at .5.

python -m benchmarks.peers.dedupe_ TABLE PAIRS TRUTH
"""

from __future__ import annotations

import csv
import random
import sys
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import dedupe
import numpy as np

from benchmarks.peers.table import Pair, Record, blocks, filled, serve

LABELS, THRESHOLD = 60, 0.5
#: Its default.
SAMPLE = 1_500
#: Records it learns from at most. Above that, its blocking rules are those that need no index of all values.
LARGE = 2_000
EXACT = ("phone", "email", "wechat", "custom_id")
LEFT_OUT = ("company_full", "region")


def find(records: list[Record]) -> Iterator[Pair]:
    """Pairs of records that stand beside each other in a cluster, at 1: dedupe decides, no threshold is left to choose."""
    random.seed(1)
    np.random.seed(1)
    with open(sys.argv[3], encoding="utf-8", newline="") as file:
        truth = {line["id"]: line["cluster_id"] for line in csv.DictReader(file)}
    columns = [column for column in filled(records) if column not in LEFT_OUT]
    data = {r["id"]: {"id": r["id"], **{c: r[c] or None for c in columns}} for r in records}
    deduper = dedupe.Dedupe([_variable(column, data) for column in columns], num_cores=1)
    deduper.prepare_training(_learned_from(records, columns, data), sample_size=SAMPLE)
    labelled = 0
    while labelled < LABELS and (asked := _ask(deduper)):
        match, distinct = [], []
        for left, right in asked:
            same = truth.get(left["id"]) is not None and truth.get(left["id"]) == truth.get(right["id"])
            (match if same else distinct).append((left, right))
            labelled += 1
        deduper.mark_pairs({"match": match, "distinct": distinct})
    deduper.train(recall=0.95, index_predicates=len(data) <= LARGE)
    print(f"labels {labelled}")
    for members, _ in deduper.partition(data, THRESHOLD):
        yield from ((left, right, 1.0) for left, right in pairwise(members))


def _learned_from(records: list[Record], columns: list[str], data: dict[str, Any]) -> dict[str, Any]:
    """What it learns from: all records of a small set; of a larger one those that share a value with another, and as many at
    random. Blocking rules are learned over all pairs of what is given: with all of ten thousand that took 13 GB."""
    if len(records) <= LARGE:
        return data
    near = {r["id"] for column in columns for pair in blocks(records, [(column,)], most=20) for r in pair}
    chosen = random.sample(sorted(near), min(len(near), LARGE // 2))
    chosen += random.sample(sorted(data), LARGE - len(chosen))
    return {name: data[name] for name in chosen}


def _ask(deduper: Any) -> Any:
    try:
        return deduper.uncertain_pairs()
    except IndexError:
        return None


def _variable(column: str, data: dict[str, Any]) -> Any:
    missing = any(record[column] is None for record in data.values())
    if column in EXACT:
        return dedupe.variables.Exact(column, has_missing=missing)
    if column in ("postcode", "number", "city", "custom_date"):
        return dedupe.variables.ShortString(column, has_missing=missing)
    return dedupe.variables.String(column, has_missing=missing)


if __name__ == "__main__":
    serve(find)
