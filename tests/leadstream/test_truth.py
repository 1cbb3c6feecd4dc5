"""Truth files in their three forms, and the scores against them."""

from __future__ import annotations

from pathlib import Path

import pytest

from leads.errors import BadInput
from leadstream.truth import read_truth


def truth(tmp_path: Path, text: str, ids: str = "abcd"):
    path = tmp_path / "truth.csv"
    path.write_text(text, encoding="utf-8")
    return read_truth(path, list(ids))


def test_clusters(tmp_path: Path) -> None:
    score = truth(tmp_path, "id,cluster_id\na,1\nb,1\nc,2\nd,2\n").scores({"a": 1, "b": 1, "c": 1, "d": 9})

    assert score["cluster_pairs"].recall == 0.5
    assert score["cluster_pairs"].precision == pytest.approx(1 / 3)


def test_pairs_are_closed_and_the_unlisted_are_alone(tmp_path: Path) -> None:
    score = truth(tmp_path, "id_a,id_b\na,b\nb,c\n").scores({"a": 1, "b": 1, "c": 1, "d": 1})

    assert score["cluster_pairs"].recall == 1.0
    assert score["cluster_pairs"].precision == 0.5


def test_with_labels_only_the_labelled_pairs_count(tmp_path: Path) -> None:
    score = truth(tmp_path, "id_a,id_b,match\na,b,1\na,c,0\n").scores({"a": 1, "b": 1, "c": 2, "d": 1})

    assert score["cluster_pairs"].f1 == 1.0


def test_other_columns_are_refused_with_what_is_needed(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="id,cluster_id or id_a,id_b"):
        truth(tmp_path, "left,right\na,b\n")


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="cannot be read"):
        read_truth(tmp_path / "none.csv", [])
