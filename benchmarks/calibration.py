"""How far the matcher's probabilities can be believed: predicted against true shares, and the temperature that fits.

    python -m benchmarks.calibration [FOLDER...]

Without folders: leads10k of LEADSTREAM_BENCH_DATA when it is there, and 10,000 leads of own_leads, seed 7. Each lead that
was compared counts once, with its likeliest entity: was that its customer? ``matchers.weights.Weights.temperature`` is from
here: the slope alone, between what fits one make of leads and the other.
"""

from __future__ import annotations

import argparse
import tempfile
from itertools import pairwise
from math import exp, log, log1p
from pathlib import Path
from typing import Any

from benchmarks import data
from benchmarks.accuracy import facts_of, measure, rows_of, truth_of
from benchmarks.own_leads import make
from leads.preparation import Preparation
from matchers.weights import DEFAULT

Point = tuple[float, bool]  # bits, whether it was the same customer
EDGES = (0.0, 0.001, 0.01, 0.05, 0.15, 0.3, 0.5, 0.7, 0.85, 0.95, 0.99, 0.999, 1.0)
_SURE = 40.0  # bits beyond these say nothing more


def points(folder: Path) -> list[Point]:
    """One for each lead that was compared with something."""
    rows = list(rows_of(folder))
    ids = [name for name, _ in rows]
    facts, _, _ = facts_of(rows, Preparation(country="CN"))
    run, _ = measure(facts, folder, ids)
    truth, _ = truth_of(folder, ids)
    lead = {seq: name for name, seq in run.seqs.items()}
    return [
        (verdict.bits, truth[name] == truth[lead[verdict.likeliest]])
        for name, verdict in run.verdicts.items()
        if verdict.evidence and name in truth
    ]


def log_loss(found: list[Point], temperature: float) -> float:
    """Nats a lead; lower is better."""
    total = 0.0
    for bits, same in found:
        x = max(-_SURE, min(_SURE, temperature * bits)) * log(2)
        total += log1p(exp(-x)) if same else log1p(exp(x))
    return total / len(found)


def reliability(found: list[Point]) -> list[dict[str, Any]]:
    """By bins of predicted probability: how many, what was predicted, what was true."""
    table = []
    for low, high in pairwise(EDGES):
        inside = [
            (p, same) for bits, same in found if low <= (p := DEFAULT.probability(bits)) < high or p == high == 1.0
        ]
        if inside:
            predicted, true = (sum(part) / len(inside) for part in zip(*inside, strict=True))
            table.append({"from": low, "leads": len(inside), "predicted": round(predicted, 4), "true": round(true, 4)})
    return table


def calibrated(found: list[Point]) -> dict[str, Any]:
    """The table, the expected calibration error, and the temperature of least loss beside the shipped one."""
    table = reliability(found)
    gap = sum(row["leads"] * abs(row["predicted"] - row["true"]) for row in table) / len(found)
    best = min((step / 100 for step in range(20, 151, 5)), key=lambda t: log_loss(found, t))
    losses = {str(t): round(log_loss(found, t), 4) for t in (1.0, DEFAULT.temperature, best)}
    return {"leads": len(found), "error": round(gap, 4), "fits best": best, "log loss": losses, "table": table}


def run(*, full: bool = False) -> dict[str, Any]:
    """Both makes of leads."""
    figures = {}
    if folder := data.folder("leads10k"):
        figures["leads10k"] = calibrated(points(folder))
    with tempfile.TemporaryDirectory() as home:
        make(Path(home), 10_000, 7, [])
        figures["own_leads"] = calibrated(points(Path(home)))
    return figures


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("folders", nargs="*", type=Path)
    folders = parser.parse_args().folders
    figures = {folder.name: calibrated(points(folder)) for folder in folders} if folders else run()
    for name, found in figures.items():
        print(f"{name}: {found['leads']} leads compared, expected calibration error {found['error']:.4f}")
        print(f"  log loss by temperature {found['log loss']}, best at {found['fits best']}")
        for row in found["table"]:
            print(
                f"  from {row['from']:<6} {row['leads']:>6} leads  predicted {row['predicted']:.4f}  true {row['true']:.4f}"
            )


if __name__ == "__main__":
    main()
