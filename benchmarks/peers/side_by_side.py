"""``python -m benchmarks peers``: accuracy beside others on the same prepared fields, one after the other, one run each.

Peers live in an environment of their own, ``.venv-bench``, made from the extra ``bench`` of pyproject.toml. Ours is
``leadstream dedupe`` on the original file: no labels, one default configuration, rows in file order. A peer's figure is at
its usual threshold; ``best`` is at the threshold that the truth shows to be best, which nobody has in life.
"""

from __future__ import annotations

import csv
import json
import os
import subprocess
import sys
import tempfile
import tomllib
from pathlib import Path
from time import perf_counter
from typing import Any

from benchmarks import data
from benchmarks.peers.export import export
from leadstream.truth import Truth, read_truth
from matchers.metrics import close

ROOT = Path(__file__).resolve().parents[2]
PYTHON = ROOT / ".venv-bench" / "bin" / "python"
#: Peer -> its module and its usual threshold.
PEERS = {
    "exact hash": ("exact", 1.0),
    "datasketch LSH + rapidfuzz": ("lsh", 0.9),
    "recordlinkage ECM": ("ecm", 0.5),
    "Splink": ("splink_", 0.9),
    "dedupe, 60 labels": ("dedupe_", 1.0),
}
THRESHOLDS = (0.5, 0.6, 0.7, 0.8, 0.85, 0.9, 0.95, 0.99, 0.999)
SETS = (
    *("leads10k", "febrl3, birth date and id", "fodors_zagats", "fake_1000", "cn_company_brands"),
    *("chicago_early_childhood", "patstat_applicants", "ror_affiliations", "ror_chinese_orgs"),
)
FULL_SETS = (*SETS, "leads100k", "febrl1", "febrl2", "febrl3")
LONGEST_S = 900


def run(*, full: bool) -> dict[str, Any]:
    """Per set: ours, then each peer. ``full`` takes the larger sets too."""
    environment()
    sets = {name: measure(folder, kinds) for name, folder, kinds in data.known(FULL_SETS if full else SETS)}
    if sets:
        return {"versions": versions(), "sets": sets}
    with tempfile.TemporaryDirectory() as home:
        from benchmarks.own_leads import make

        make(Path(home) / "own_leads", 10_000, 7, [])
        return {"versions": versions(), "sets": {"own_leads": measure(Path(home) / "own_leads", {})}}


def environment() -> None:
    """The peers' environment, made when it is not there."""
    if PYTHON.exists():
        return
    with (ROOT / "pyproject.toml").open("rb") as file:
        wanted = tomllib.load(file)["project"]["optional-dependencies"]["bench"]
    subprocess.run([sys.executable, "-m", "venv", str(ROOT / ".venv-bench")], check=True)
    subprocess.run([str(PYTHON), "-m", "pip", "install", "-q", "--disable-pip-version-check", *wanted], check=True)


def versions() -> dict[str, str]:
    """Of the peers' libraries."""
    code = (
        "import json; from importlib.metadata import version;"
        "print(json.dumps({n: version(n) for n in ('splink', 'duckdb', 'dedupe', 'recordlinkage', 'datasketch', 'rapidfuzz')}))"
    )
    found: dict[str, str] = json.loads(subprocess.check_output([str(PYTHON), "-c", code], text=True))
    return found


def measure(folder: Path, kinds: dict[str, str]) -> dict[str, Any]:
    """Every matcher's scores on one set."""
    with tempfile.TemporaryDirectory() as home:
        folder = told_in_names(folder, Path(home) / folder.name)
        table, clusters = Path(home) / "table.csv", Path(home) / "truth.csv"
        ids = export(folder, kinds, table)
        truth = read_truth(folder / "truth.csv", ids)
        known = truth.clusters
        with clusters.open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(("id", "cluster_id"))
            writer.writerows(known.items())
        found = {"leadstream": ours(folder, kinds, Path(home))}
        for name, (module, usual) in PEERS.items():
            found[name] = peer(module, usual, table, clusters, ids, truth)
            print(folder.name, name, found[name], flush=True)
    return found


def told_in_names(folder: Path, narrowed: Path) -> Path:
    """The set itself; where its truth names kinds of pairs, a copy with those within Chinese: others need a translation."""
    with (folder / "truth.csv").open(encoding="utf-8", newline="") as file:
        truth = list(csv.DictReader(file))
    if "pair_type" not in truth[0]:
        return folder
    narrowed.mkdir()
    pairs = [(line["id_a"], line["id_b"]) for line in truth if line["pair_type"] == "zh-zh"]
    known = {name for pair in pairs for name in pair}
    with (folder / "records.csv").open(encoding="utf-8", newline="") as file:
        head, *rows = csv.reader(file)
    at = head.index("id")
    for name, lines in (
        ("records.csv", [head, *(row for row in rows if row[at] in known)]),
        ("truth.csv", [("id_a", "id_b"), *pairs]),
    ):
        with (narrowed / name).open("w", encoding="utf-8", newline="") as target:
            csv.writer(target).writerows(lines)
    (narrowed / "mapping.json").write_bytes((folder / "mapping.json").read_bytes())
    return narrowed


def ours(folder: Path, kinds: dict[str, str], home: Path) -> dict[str, Any]:
    """``leadstream dedupe`` with the set's own mapping."""
    mapping = json.loads((folder / "mapping.json").read_text(encoding="utf-8"))
    fields = mapping["fields"] | {name: name for name in kinds}
    (home / "mapping.json").write_text(json.dumps({"fields": fields, "kinds": kinds}))
    report = home / "report.json"
    command = [sys.executable, "-m", "leadstream", "dedupe", str(folder / "records.csv"), "--report", str(report)]
    command += ["--mapping", str(home / "mapping.json"), "--truth", str(folder / "truth.csv")]
    began = perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, cwd=ROOT)
    seconds = perf_counter() - began
    scores = json.loads(report.read_text())["cluster_pairs"]
    found = {**{name: round(value, 4) for name, value in scores.items()}, "seconds": round(seconds, 1)}
    print(folder.name, "leadstream", found, flush=True)
    return found


def peer(module: str, usual: float, table: Path, clusters: Path, ids: list[str], truth: Truth) -> dict[str, Any]:
    """A peer's scores; {"failed": why} when it ends with an error or takes more than a quarter of an hour."""
    pairs = table.with_name(f"{module}.csv")
    command = ["nice", "-n", "10", str(PYTHON), "-m", f"benchmarks.peers.{module}", str(table), str(pairs)]
    began = perf_counter()
    try:
        subprocess.run(
            [*command, str(clusters)],
            check=True,
            capture_output=True,
            text=True,
            cwd=ROOT,
            timeout=LONGEST_S,
            env={**os.environ, "PYTHONHASHSEED": "1", "PYTHONWARNINGS": "ignore"},
        )
    except subprocess.TimeoutExpired:
        return {"failed": "more than a quarter of an hour"}
    except subprocess.CalledProcessError as error:
        return {"failed": (error.stderr.strip().splitlines() or ["without a word"])[-1][:200]}
    seconds = perf_counter() - began
    with pairs.open(encoding="utf-8", newline="") as file:
        scored = [(line["id_a"], line["id_b"], float(line["score"])) for line in csv.DictReader(file)]
    at = _scores(scored, usual, ids, truth)
    best = max((_scores(scored, threshold, ids, truth)["f1"], threshold) for threshold in (usual, *THRESHOLDS))
    return {**at, "best_f1": best[0], "best_at": best[1], "seconds": round(seconds, 1)}


def _scores(scored: list[tuple[str, str, float]], threshold: float, ids: list[str], truth: Truth) -> dict[str, float]:
    """Clusters are what pairs from the threshold on connect."""
    names = {name: number for number, name in enumerate(ids)}
    roots = close(((left, right) for left, right, score in scored if score >= threshold), ids)
    score = truth.scores({name: names[root] for name, root in roots.items()})["cluster_pairs"]
    return {"precision": round(score.precision, 4), "recall": round(score.recall, 4), "f1": round(score.f1, 4)}
