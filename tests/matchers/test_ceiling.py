"""How hard a set is said to be: equal values tell less than the scorer, the scorer no more than the evidence."""

from pathlib import Path

from benchmarks.ceiling import reached
from benchmarks.other_leads import make


def test_a_milder_world_has_a_higher_ceiling(tmp_path: Path) -> None:
    for mild in (0.0, 0.7):
        make(tmp_path / str(mild), 1_000, 4, [], [], mild)
    hard, easy = (reached(tmp_path / str(mild)) for mild in (0.0, 0.7))

    for found in (hard, easy):
        assert found["equal"] < found["joined"] <= found["evidence"] <= 1
    assert all(hard[kind] < easy[kind] for kind in hard)
