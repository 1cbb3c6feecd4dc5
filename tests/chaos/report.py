"""``python -m tests.chaos.report``: the table of docs/operations.md, of all runs of the knife that were kept since a file was last removed."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import msgspec

from benchmarks import machine
from benchmarks.report import table as markdown

RUNS = Path(".chaos/runs.jsonl")
PARTS = ("worker", "store", "broker", "gateway")
_HEAD = (
    *("where, seed", "faults", *(f"{part} kills" for part in PARTS), "events", "outcomes", "lost", "doubled"),
    *("published again, alike", "what does not agree", "minutes"),
)


class Run(msgspec.Struct, frozen=True, kw_only=True):
    """A run of the knife. ``kills`` by part; ``ended``: parts that ended by themselves and were started again;
    ``repeated``: outcomes published more than once, to the letter; ``wrong``: what the observer found not to agree."""

    name: str
    seed: int
    faults: int
    kills: dict[str, int]
    ended: int
    events: int
    outcomes: int
    lost: int
    doubled: int
    repeated: int
    wrong: int
    seconds: int


def keep(run: Run) -> None:
    RUNS.parent.mkdir(exist_ok=True)
    with RUNS.open("ab") as file:
        file.write(msgspec.json.encode(run) + b"\n")


def table(runs: Sequence[Run]) -> str:
    """A line a run; of several a last one with the sums."""
    lines = [(f"{run.name}, {run.seed}", *_figures([run])) for run in runs]
    return markdown(_HEAD, [*lines, *([("**in all**", *_figures(runs))] if len(runs) > 1 else [])])


def _figures(runs: Sequence[Run]) -> list[str]:
    def total(field: str) -> str:
        return f"{sum(getattr(run, field) for run in runs):,}"

    kills = [f"{sum(run.kills.get(part, 0) for run in runs):,}" for part in PARTS]
    counted = map(total, ("events", "outcomes", "lost", "doubled", "repeated", "wrong"))
    return [total("faults"), *kills, *counted, f"{sum(run.seconds for run in runs) / 60:.0f}"]


if __name__ == "__main__":
    known = machine.facts()
    print(table(msgspec.json.Decoder(Run).decode_lines(RUNS.read_bytes())))
    print(f"\n*{known['date'][:10]}, commit {known['commit']}, {known['machine']}, {known['python']}.*")
