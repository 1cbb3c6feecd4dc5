"""recordlinkage: its comparisons on blocked pairs, classified without labels by ECM (its expectation maximisation)."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd
import recordlinkage as rl

from benchmarks.peers.table import Pair, Record, filled, serve

EXACT = ("phone", "email", "wechat", "postcode", "number", "custom_id", "custom_date", "region")
#: Of persons. A block of companies or roads holds more colleagues than repeats: ECM then takes those for the matches.
PERSONS = ("phone", "email", "wechat", "custom_id", "custom_date", "name", ["company", "road"], ["surname", "postcode"])
#: Of places and companies.
OTHERS = ("phone", "email", "company", "road", "name")
SIMILAR = 0.85


def find(records: list[Record]) -> Iterator[Pair]:
    """Pairs that ECM calls matches, at their probability."""
    frame = pd.DataFrame(records).set_index("id").replace("", None)
    columns = filled(records)
    index = rl.Index()
    wanted = PERSONS if "name" in filled(records, 0.5) else OTHERS
    for block in wanted:
        if set([block] if isinstance(block, str) else block) <= set(columns):
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
