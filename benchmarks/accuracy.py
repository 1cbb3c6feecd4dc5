"""Accuracy of preparation and matching on a data folder, in memory: no store, no log, the same pure functions.

    python -m benchmarks.accuracy FOLDER... [--kind date_of_birth=date] [--limit 10000] [--misses 20]

A folder holds ``records.csv``, ``truth.csv`` and ``mapping.json``. Rows arrive in file order; a lead under review counts
with its likeliest entity when that is likelier than not. Prints cluster-pair and B-cubed scores, keys and candidates a
lead, and microseconds by step.
"""

from __future__ import annotations

import argparse
import csv
import json
import random
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path

import msgspec

from leads.commonness import ACCOUNT, FEW, alone, of_kinds, shared_by_many
from leads.preparation import Preparation
from leads.prepare import prepare
from leads.records import Envelope, Facts, IndexStats, Lead, Neighbour, Row, Verdict
from leadstream.dedupe import LIKELY
from matchers.keys import keys_of, plan
from matchers.metrics import Score, b_cubed, close, cluster_pairs, labelled_pairs
from matchers.verdict import judge
from matchers.weights import DEFAULT, Weights

BUCKET = 32  # entities a bucket may hold before it stops being evidence
MOST_CANDIDATES = 20
MOST_MEMBERS = 16
ALIASES = {"province": "region", "state": "region", "phone": "phones", "email": "emails", "brand": "company"}


class MemoryIndex:
    """The index's semantic in a dict: buckets of entities, candidates by shared keys, entities with what they know."""

    def __init__(self) -> None:
        self.buckets: dict[bytes, list[int]] = {}
        self.parent: list[int] = [0]
        self.members: dict[int, list[int]] = {}
        self.facts: list[Facts | None] = [None]
        self.joined = 0

    def root(self, seq: int) -> int:
        parent = self.parent
        while parent[seq] != seq:
            parent[seq] = parent[parent[seq]]
            seq = parent[seq]
        return seq

    def register(self, facts: Facts, keys: tuple[bytes, ...]) -> tuple[int, list[int], list[Neighbour]]:
        """My number, per key how many other entities hold it (-1: full), and the entities that share a key."""
        seq = len(self.parent)
        self.parent.append(seq)
        self.members[seq] = [seq]
        self.facts.append(facts)
        counts: list[int] = []
        shared: dict[int, int] = {}
        for bit, key in enumerate(keys):
            bucket = self.buckets.setdefault(key, [])
            entities = {self.root(other): other for other in reversed(bucket)}
            if len(bucket) > 2 * len(entities) + 8:
                bucket[:] = [other for other in bucket if entities[self.root(other)] == other]
            if len(entities) >= BUCKET:
                counts.append(-1)
                continue
            counts.append(len(entities))
            for other in bucket:
                shared[other] = shared.get(other, 0) | 1 << bit
            bucket.append(seq)
        return seq, counts, self._neighbours(self._telling(keys, counts, shared))

    def _telling(self, keys: tuple[bytes, ...], counts: list[int], shared: dict[int, int]) -> dict[int, int]:
        """Those who share more than one common value, and the first of a common account: as streams/judging.py."""
        _, common = shared_by_many(keys, counts)
        if not common:
            return shared
        of: dict[int, int] = {}
        for other, mask in shared.items():
            of[self.root(other)] = of.get(self.root(other), 0) | mask
        accounts = of_kinds(keys, ACCOUNT)
        apart = [entity for entity, mask in of.items() if alone(mask, common)]
        left = set(apart) - set([entity for entity in sorted(apart) if of[entity] & accounts][:FEW])
        return {other: mask for other, mask in shared.items() if self.root(other) not in left}

    def _neighbours(self, shared: dict[int, int]) -> list[Neighbour]:
        ranked = sorted(shared, key=lambda other: (-shared[other].bit_count(), other))[:MOST_CANDIDATES]
        groups: dict[int, list[int]] = {}
        for other in ranked:
            groups.setdefault(self.root(other), []).append(other)
        neighbours = []
        for entity, candidates in groups.items():
            rest = [seq for seq in self.members[entity] if seq not in candidates]
            seqs = tuple((candidates + rest)[:MOST_MEMBERS])
            mask = 0
            for other in candidates:
                mask |= shared[other]
            facts = tuple(known for seq in seqs if (known := self.facts[seq]) is not None)
            neighbours.append(Neighbour(entity, seqs, facts, mask, min(candidates)))
        return neighbours

    def unite(self, seq: int, joins: tuple[int, ...]) -> None:
        for other in joins:
            left, right = sorted((self.root(seq), self.root(other)))
            if left != right:
                self.parent[right] = left
                self.members[left] += self.members.pop(right)
                self.joined += 1


class Report(msgspec.Struct, frozen=True):
    """What one run over a folder gives."""

    leads: int
    cluster_pairs: Score
    b_cubed: Score
    verdicts: dict[str, int]
    keys: float
    candidates: float
    candidates_p99: int
    prepare_us: float
    keys_us: float
    judge_us: float
    refused: int


class Run:
    """One pass over prepared leads, in order."""

    def __init__(self, weights: Weights = DEFAULT) -> None:
        self.index = MemoryIndex()
        self.weights = weights
        self.seqs: dict[str, int] = {}
        self.verdicts: dict[str, Verdict] = {}
        self.review: dict[str, int] = {}
        self.candidates: list[int] = []
        self.key_count = 0
        self.keys_s = self.judge_s = 0.0

    def take(self, name: str, facts: Facts) -> Verdict:
        start = time.process_time()
        keys = keys_of(facts, b"a benchmark")
        self.keys_s += time.process_time() - start
        stats = IndexStats(len(self.index.parent) - 1, self.index.joined)
        seq, counts, neighbours = self.index.register(facts, keys)
        start = time.process_time()
        verdict = judge(facts, counts, neighbours, stats, self.weights)
        self.judge_s += time.process_time() - start
        self.index.unite(seq, verdict.joins)
        self.seqs[name] = seq
        self.verdicts[name] = verdict
        self.candidates.append(len(neighbours))
        self.key_count += len(keys)
        return verdict

    def clusters(self) -> dict[str, int]:
        """Lead -> entity; one under review is united with its likeliest when that is likelier than not, as ``leadstream dedupe`` does."""
        own = {name: self.index.root(seq) for name, seq in self.seqs.items()}
        likely = (
            (own[name], self.index.root(verdict.likeliest))
            for name, verdict in self.verdicts.items()
            if verdict.kind == "unsure" and own[name] == self.seqs[name] and verdict.probability > LIKELY
        )
        united = close(likely, own.values())
        return {name: united[entity] for name, entity in own.items()}


def rows_of(folder: Path, limit: int | None = None, extra: Iterable[str] = ()) -> Iterator[tuple[str, dict[str, str]]]:
    """(id, lead field -> raw text) in file order, by the folder's mapping plus ``extra`` columns as custom fields."""
    fields: dict[str, str | list[str]] = dict(json.loads((folder / "mapping.json").read_text())["fields"])
    fields |= {name: name for name in extra}
    with (folder / "records.csv").open(encoding="utf-8", newline="") as file:
        for count, record in enumerate(csv.DictReader(file)):
            if limit is not None and count >= limit:
                return
            values = {}
            for field, columns in fields.items():
                text = " ".join(record[c] for c in ([columns] if isinstance(columns, str) else columns) if record[c])
                if text:
                    values[ALIASES.get(field, field)] = text
            yield record["id"], values


def truth_of(folder: Path, ids: list[str]) -> tuple[dict[str, str], list[tuple[str, str, bool]]]:
    """True clusters, and labelled pairs when the truth has a ``match`` column."""
    with (folder / "truth.csv").open(encoding="utf-8", newline="") as file:
        lines = list(csv.DictReader(file))
    if "cluster_id" in lines[0]:
        known = set(ids)
        return {line["id"]: line["cluster_id"] for line in lines if line["id"] in known}, []
    if "match" in lines[0]:
        return {}, [(line["id_a"], line["id_b"], line["match"].lower() in ("1", "true", "yes")) for line in lines]
    pairs = [(line["id_a"], line["id_b"]) for line in lines if line.get("pair_type", "zh-zh") == "zh-zh"]
    if "pair_type" in lines[0]:  # only these pairs are told in names alone: leave the other scripts' records out
        ids = sorted({name for pair in pairs for name in pair})
    return close(pairs, ids), []


def facts_of(rows: list[tuple[str, dict[str, str]]], spec: Preparation) -> tuple[list[tuple[str, Facts]], int, float]:
    """Prepared facts, how many rows were refused, microseconds a row."""
    envelope = Envelope("bench", "bench", "import", 0, ())
    out: list[tuple[str, Facts]] = []
    start = time.process_time()
    for number, (name, fields) in enumerate(rows):
        lead = prepare(Row(f"{number:032x}", fields), envelope, spec)
        if isinstance(lead, Lead):
            out.append((name, lead.facts))
    return out, len(rows) - len(out), (time.process_time() - start) / max(len(rows), 1) * 1e6


def measure(
    facts: list[tuple[str, Facts]], folder: Path, ids: list[str], weights: Weights = DEFAULT
) -> tuple[Run, Report]:
    """Judge the leads in order and compare with the folder's truth."""
    run = Run(weights)
    for name, known in facts:
        run.take(name, known)
    found: dict[str, int | str] = dict(run.clusters())
    for name in ids:
        found.setdefault(name, name)
    truth, labels = truth_of(folder, ids)
    pairs = labelled_pairs(found, labels) if labels else cluster_pairs(found, truth)
    spread = sorted(run.candidates) or [0]
    count = max(len(facts), 1)
    report = Report(
        leads=len(ids),
        cluster_pairs=pairs,
        b_cubed=pairs if labels else b_cubed(found, truth),
        verdicts=dict(Counter(verdict.kind for verdict in run.verdicts.values())),
        keys=run.key_count / count,
        candidates=sum(spread) / count,
        candidates_p99=spread[len(spread) * 99 // 100],
        prepare_us=0.0,
        keys_us=run.keys_s / count * 1e6,
        judge_us=run.judge_s / count * 1e6,
        refused=0,
    )
    return run, report


def misses(run: Run, rows: dict[str, dict[str, str]], truth: dict[str, str], most: int) -> None:
    """Print sampled pairs that were missed and pairs that are false, with what the later lead's verdict said."""
    found = run.clusters()
    groups: dict[str, list[str]] = {}
    for name in found:
        if name in truth:
            groups.setdefault(truth[name], []).append(name)
    missed = [(a[0], b) for a in groups.values() for b in a[1:] if found[a[0]] != found[b]]
    entities: dict[int, list[str]] = {}
    for name, entity in found.items():
        entities.setdefault(entity, []).append(name)
    false = [(e[0], b) for e in entities.values() for b in e[1:] if b in truth and truth.get(e[0]) != truth[b]]
    for title, pairs in (("MISSED", missed), ("FALSE", false)):
        print(f"== {title} {len(pairs)}")
        for left, right in random.Random(5).sample(pairs, min(most, len(pairs))):
            verdict = run.verdicts[right]
            print(f"-- {left} {rows[left]}\n   {right} {rows[right]}")
            met = " ".join(f"{e.field}.{e.level}{e.bits:+}" for e in verdict.evidence)
            print(f"   {verdict.kind} {verdict.bits:.1f} likeliest {verdict.likeliest}: {met}")
            facts = run.index.facts[run.seqs[right]]
            assert facts is not None
            print("   keys", [f"{kind}:{value}" for kind, value in plan(facts)])


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("folders", nargs="+", type=Path)
    parser.add_argument("--kind", action="append", default=[], help="custom field: column=kind")
    parser.add_argument("--country", default="")
    parser.add_argument("--limit", type=int)
    parser.add_argument("--misses", type=int, default=0)
    args = parser.parse_args()
    kinds = dict(item.split("=", 1) for item in args.kind)
    for folder in args.folders:
        rows = list(rows_of(folder, args.limit, kinds))
        ids = [name for name, _ in rows]
        facts, refused, prepare_us = facts_of(rows, Preparation(country=args.country, kinds=kinds))
        run, report = measure(facts, folder, ids)
        report = msgspec.structs.replace(report, prepare_us=prepare_us, refused=refused)
        pair, cubed = report.cluster_pairs, report.b_cubed
        print(
            f"{folder.name:24} P {pair.precision:.4f} R {pair.recall:.4f} F1 {pair.f1:.4f} B3 {cubed.f1:.4f} "
            f"{report.verdicts} refused {refused} keys {report.keys:.1f} cand {report.candidates:.2f}/{report.candidates_p99} "
            f"us: prepare {prepare_us:.0f} keys {report.keys_us:.1f} judge {report.judge_us:.1f}"
        )
        if args.misses:
            misses(run, dict(rows), truth_of(folder, ids)[0], args.misses)


if __name__ == "__main__":
    main()
