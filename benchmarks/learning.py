"""What ``leadstream learn`` would do to accuracy: scores before and after, without labels, on data folders.

python -m benchmarks.learning FOLDER... [--kind date_of_birth=date]
"""

from __future__ import annotations

import argparse
from pathlib import Path

from benchmarks.accuracy import facts_of, measure, rows_of
from leads.preparation import Preparation
from matchers.learn import Pair, learn
from matchers.weights import DEFAULT, load


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("folders", nargs="+", type=Path)
    parser.add_argument("--kind", action="append", default=[], help="custom field: column=kind")
    args = parser.parse_args()
    kinds = dict(item.split("=", 1) for item in args.kind)
    for folder in args.folders:
        rows = list(rows_of(folder, None, kinds))
        ids = [name for name, _ in rows]
        facts, _, _ = facts_of(rows, Preparation(kinds=kinds))
        run, before = measure(facts, folder, ids)
        judged = [verdict for verdict in run.verdicts.values() if verdict.evidence]
        pairs = [Pair(tuple((e.field, e.level) for e in verdict.evidence), verdict.bits) for verdict in judged]
        lesson = learn(pairs, DEFAULT)
        _, after = measure(facts, folder, ids, load({"levels": lesson.levels}))
        one, two = before.cluster_pairs, after.cluster_pairs
        print(
            f"{folder.name:12} {lesson.pairs} pairs, {lesson.matches:.0f} expected matches, {len(lesson.levels)} levels moved: "
            f"F1 {one.f1:.4f} -> {two.f1:.4f}, P {one.precision:.4f} -> {two.precision:.4f}, R {one.recall:.4f} -> {two.recall:.4f}"
        )
        for row in lesson.rows:
            if row.kept not in ("few", "same"):
                said = f"kept: {row.kept}" if row.kept else f"-> {row.after:+.2f}"
                print(f"  {row.field}.{row.level:20} {row.before:+.2f} {said:14} {row.matches:7.0f} {row.others:7.0f}")


if __name__ == "__main__":
    main()
