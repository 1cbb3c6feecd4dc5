"""``.venv-bench/bin/python -m benchmarks.pictures``: the growth curves as SVG in docs/, from results/growth.json."""

from __future__ import annotations

import re
from pathlib import Path

import matplotlib as mpl

mpl.use("svg")
import matplotlib.pyplot as plt

from benchmarks.results import kept

DOCS = Path(__file__).parents[1] / "docs"
CURVES = (
    ("worker_us", "worker CPU, us a lead"),
    ("store_us", "store CPU, us a lead"),
    ("judge_us", "judging, us a lead"),
    ("alone_p99_ms", "one lead alone, p99 ms"),
    ("store_bytes_per_lead", "bytes of store a lead"),
    ("candidates_per_lead", "candidates a lead"),
)


def main() -> None:
    """One picture, a curve a panel, the index's size on a logarithmic axis. Every axis begins at zero."""
    result = kept("growth")
    if result is None:
        raise SystemExit("run python -m benchmarks growth first")
    points = result["figures"]["points"]
    mpl.rcParams |= {"svg.hashsalt": "leadstream", "font.size": 9, "axes.spines.top": False, "axes.spines.right": False}
    figure, panels = plt.subplots(1, len(CURVES), figsize=(14, 2.8), layout="constrained")
    for panel, (name, title) in zip(panels, CURVES, strict=True):
        panel.plot([p["leads"] for p in points], [p[name] for p in points], marker="o", color="#3b6ea5")
        panel.set(xscale="log", ylim=(0, 1.25 * max(p[name] for p in points)), title=title, xlabel="leads in the index")
    figure.savefig(DOCS / "growth.svg", metadata={"Date": None})
    text = (DOCS / "growth.svg").read_text(encoding="utf-8")
    (DOCS / "growth.svg").write_text(re.sub(r"[ \t]+\n", "\n", text), encoding="utf-8")


if __name__ == "__main__":
    main()
