"""Streams made to hurt, in short: memory stays bounded, and no customer grows beyond its stated size without a flag."""

from __future__ import annotations

import tempfile

import pytest

from benchmarks.hostile import LARGE, STREAMS, measure
from stores.embedded import stop

LEADS = 3_000


@pytest.mark.parametrize("name", [name for name in STREAMS if name != "ordinary"])
async def test_a_hostile_stream_stays_bounded(name: str) -> None:
    with tempfile.TemporaryDirectory(prefix="ls") as home:
        try:
            figures = await measure(name, LEADS, home)
        finally:
            stop(home)
    assert figures.leads == LEADS
    assert figures.bytes_per_lead < 2_000
    assert figures.worker_grew_mb < 100
    assert figures.flagged == (1 if figures.largest > LARGE else 0)
