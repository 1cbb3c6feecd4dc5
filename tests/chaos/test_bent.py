"""A bent site sees what it is told: without this the knife's jumps of the clock and slow disk would prove nothing."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.chaos.site import Site, until


async def test_clock_and_disk_are_as_they_are_told_while_their_processes_run(tmp_path: Path) -> None:
    with Site(tmp_path / "site", bendable=True) as site, site.raw() as store:
        assert site.bent
        assert store.time()[0] == pytest.approx(time.time(), abs=5)
        site.bent.clock_off_by(-7200)
        await until(
            lambda: store.time()[0] == pytest.approx(time.time() - 7200, abs=5)
        )  # it looks at the clock now and then
        ask = "from leadstream.runtime import clock; print(clock())"
        told = await asyncio.to_thread(subprocess.check_output, [sys.executable, "-c", ask], env=site.env)
        assert int(told) / 1000 == pytest.approx(time.time() - 7200, abs=60)

        site.bent.sync_takes(0.3)
        began = time.monotonic()
        store.set("a", "b")
        assert time.monotonic() - began >= 0.3
