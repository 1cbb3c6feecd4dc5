"""recordlinkage: its comparisons on blocked pairs, classified without labels by ECM (its expectation maximisation)."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd
import recordlinkage as rl

from benchmarks.peers.table import Pair, Record, filled, serve

EXACT = ("phone", "email", "wechat", "postcode", "number", "custom_id", "custom_date", "region")
#: A block of companies or roads holds more colleagues and neighbours than repeats: ECM then takes those for the matches.
BLOCKS = ("phone", "email", "wechat", "custom_id", "custom_date", "name", ["company", "road"], ["surname", "postcode"])
#: For records that have nothing else.
BARE = ("company", "road")
SIMILAR = 0.85


def find(records: list[Record]) -> Iterator[Pair]:
    """Pairs that ECM calls matches, at their probability."""
    frame = pd.DataFrame(records).set_index("id").replace("", None)
    columns = filled(records)
    index = rl.Index()
    usable = [block for block in BLOCKS if set([block] if isinstance(block, str) else block) <= set(columns)]
    for block in usable or [column for column in BARE if column in columns]:
        index.block(block)
    pairs = index.index(frame)
    compare = rl.Compare()
    for column in columns:
        if column in EXACT:
            compare.exact(column, column, label=column)
        else:
            compare.string(column, column, method="jarowinkler", threshold=SIMILAR, label=column)
    features = compare.compute(pairs, frame)
    features = features.loc[:, features.nunique() > 1]
    found = rl.ECMClassifier()
    found.fit(features)
    scores = found.prob(features)
    yield from ((left, right, float(score)) for (left, right), score in scores.items() if score > 0.01)


if __name__ == "__main__":
    serve(find)
