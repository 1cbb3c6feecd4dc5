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

from benchmarks.peers.table import Pair, Record, filled, serve

LABELS, THRESHOLD = 60, 0.5
#: Its default. With 5,000 it took 13 GB on ten thousand leads.
SAMPLE = 1_500
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
    deduper.prepare_training(data, sample_size=SAMPLE)
    labelled = 0
    while labelled < LABELS and (asked := _ask(deduper)):
        match, distinct = [], []
        for left, right in asked:
            same = truth.get(left["id"]) is not None and truth.get(left["id"]) == truth.get(right["id"])
            (match if same else distinct).append((left, right))
            labelled += 1
        deduper.mark_pairs({"match": match, "distinct": distinct})
    deduper.train(recall=0.95)
    print(f"labels {labelled}")
    for members, _ in deduper.partition(data, THRESHOLD):
        yield from ((left, right, 1.0) for left, right in pairwise(members))


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
