"""datasketch MinHash LSH over all prepared text of a record, verified with rapidfuzz's WRatio."""

from __future__ import annotations

from collections.abc import Iterator

from datasketch import MinHash, MinHashLSH
from rapidfuzz.fuzz import WRatio

from benchmarks.peers.table import FIELDS, Pair, Record, serve

LSH_THRESHOLD, PERMUTATIONS, SHINGLE = 0.5, 128, 3


def find(records: list[Record]) -> Iterator[Pair]:
    """Pairs of one band or more, each with its ratio in [0, 1]."""
    index = MinHashLSH(threshold=LSH_THRESHOLD, num_perm=PERMUTATIONS)
    texts: dict[str, str] = {}
    for record in records:
        text = " ".join(filter(None, (record[field] for field in FIELDS)))
        sketch = MinHash(num_perm=PERMUTATIONS)
        sketch.update_batch(
            [text[i : i + SHINGLE].encode() for i in range(max(1, len(text) - SHINGLE + 1))],
        )
        for other in index.query(sketch):
            yield other, record["id"], WRatio(texts[other], text) / 100
        index.insert(record["id"], sketch)
        texts[record["id"]] = text


if __name__ == "__main__":
    serve(find)
