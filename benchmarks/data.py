"""Which leads a benchmark runs on: a set of the folder LEADSTREAM_BENCH_DATA, else leads of our own making."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path

from benchmarks.accuracy import rows_of
from benchmarks.own_leads import make

#: Sets with fields that a tenant would declare: what they are called here -> (the set, column -> kind).
DECLARED: dict[str, tuple[str, dict[str, str]]] = {
    "febrl3, birth date and id": ("febrl3", {"date_of_birth": "date", "soc_sec_id": "id"})
}


def known(names: Iterable[str]) -> Iterator[tuple[str, Path, dict[str, str]]]:
    """(name, folder, declared fields) of those that are there."""
    for name in names:
        of, kinds = DECLARED.get(name, (name, {}))
        if found := folder(of):
            yield name, found, kinds


def folder(name: str) -> Path | None:
    """The folder of a data set (records.csv, truth.csv, mapping.json), None when it is not there."""
    home = os.environ.get("LEADSTREAM_BENCH_DATA", "")
    found = Path(home) / name
    return found if home and (found / "records.csv").is_file() else None


def leads10k() -> tuple[str, list[dict[str, str]]]:
    """(what they are called, lead field -> text in file order)."""
    if found := folder("leads10k"):
        return "leads10k", [fields for _, fields in rows_of(found)]
    with tempfile.TemporaryDirectory() as home:
        make(Path(home), 10_000, 7, [])
        return "10,000 leads of own_leads, seed 7", [fields for _, fields in rows_of(Path(home))]
