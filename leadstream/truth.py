"""Truth files of ``dedupe --truth``: clusters, matching pairs, or labelled pairs; and the scores against them."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from pathlib import Path

import msgspec

from leads.errors import BadInput
from matchers.metrics import Score, b_cubed, close, cluster_pairs, labelled_pairs

_NO = {"", "0", "false", "no", "n", "non-match", "nonmatch"}


class Truth(msgspec.Struct, frozen=True):
    """Either ``clusters`` (id -> cluster) or ``labels`` (id, id, whether they match)."""

    clusters: dict[str, str] = {}
    labels: tuple[tuple[str, str, bool], ...] = ()

    def scores(self, found: Mapping[str, int]) -> dict[str, Score]:
        """``cluster_pairs`` and ``b_cubed`` of the found entities; with labelled pairs both are over the labels only."""
        if self.labels:
            score = labelled_pairs(found, self.labels)
            return {"cluster_pairs": score, "b_cubed": score}
        return {"cluster_pairs": cluster_pairs(found, self.clusters), "b_cubed": b_cubed(found, self.clusters)}


def read_truth(path: Path, ids: list[str]) -> Truth:
    """``id,cluster_id``; or ``id_a,id_b``, closed transitively with unlisted ids alone; with a ``match`` column also
    labelled non-matches, and then only the labelled pairs count. Raises BadInput."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file)
            columns = reader.fieldnames or []
            rows = list(reader)
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise BadInput("unreadable", f"{path} cannot be read as a CSV file ({type(error).__name__})") from error
    if {"id", "cluster_id"} <= set(columns):
        return Truth(clusters={row["id"]: row["cluster_id"] for row in rows})
    if {"id_a", "id_b", "match"} <= set(columns):
        return Truth(labels=tuple((r["id_a"], r["id_b"], r["match"].strip().lower() not in _NO) for r in rows))
    if {"id_a", "id_b"} <= set(columns):
        return Truth(clusters=close([(r["id_a"], r["id_b"]) for r in rows], ids))
    raise BadInput(
        "truth_columns", f"{path} needs the columns id,cluster_id or id_a,id_b; it has: {', '.join(columns)}"
    )
