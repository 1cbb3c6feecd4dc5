"""The page about scale says what the model says."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from benchmarks.scale import Prices, measured, needs, page

PAGE = Path(__file__).parents[2] / "docs" / "scale.md"


def test_the_page_has_what_the_script_prints() -> None:
    assert f"<!-- scale -->\n{page(measured(), Prices())}\n<!-- end -->" in PAGE.read_text(encoding="utf-8")


def test_needs_grow_with_the_load_and_with_what_a_lead_costs() -> None:
    costs, prices = measured(), Prices()
    some, more = needs(1_000, costs, prices), needs(10_000, costs, prices)
    assert more.memory_gb == pytest.approx(10 * some.memory_gb)
    assert more.workers > 9 * some.workers - 9
    dearer = msgspec.structs.replace(costs, worker_us=2 * costs.worker_us)
    assert needs(10_000, dearer, prices).workers >= 2 * more.workers - 1
    assert needs(10_000, costs, Prices(days=15)).dollars_memory == pytest.approx(more.dollars_memory / 2)
