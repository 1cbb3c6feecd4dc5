"""What every peer reads and writes: a table of prepared fields, and scored pairs. Only the standard library."""

from __future__ import annotations

import csv
import sys
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from itertools import combinations
from pathlib import Path

#: Columns of the table besides ``id``. Everyone gets the same: our normalised values, "" when missing.
FIELDS = (
    *("name", "surname", "given", "company", "company_full", "phone", "email", "wechat", "address", "road", "number"),
    *("city", "region", "postcode", "custom_id", "custom_date"),
)

Record = dict[str, str]
Pair = tuple[str, str, float]


def read(path: Path) -> list[Record]:
    """The records, in file order."""
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def filled(records: list[Record], least: float = 0.02) -> list[str]:
    """The columns that at least this share of the records has a value in."""
    return [field for field in FIELDS if sum(bool(r[field]) for r in records) > least * len(records)]


def blocks(records: list[Record], keys: Iterable[tuple[str, ...]], most: int = 200) -> Iterator[tuple[Record, Record]]:
    """Pairs of records that agree on all columns of one of the keys; a block of more than ``most`` records is no block."""
    seen: set[tuple[str, str]] = set()
    for key in keys:
        found: dict[tuple[str, ...], list[Record]] = defaultdict(list)
        for record in records:
            if all(record[column] for column in key):
                found[tuple(record[column] for column in key)].append(record)
        for block in found.values():
            for left, right in combinations(block, 2) if len(block) <= most else ():
                if (pair := (left["id"], right["id"])) not in seen:
                    seen.add(pair)
                    yield left, right


def serve(find: Callable[[list[Record]], Iterable[Pair]]) -> None:
    """``python -m benchmarks.peers.<peer> TABLE PAIRS``: writes id_a,id_b,score."""
    source, target = map(Path, sys.argv[1:3])
    with target.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(("id_a", "id_b", "score"))
        writer.writerows(find(read(source)))
