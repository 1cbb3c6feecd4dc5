"""What the benchmark of the workers asks of the kernel is gone when it ends, however it ends."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from benchmarks.workers import Quota
from leads.errors import Misconfigured


def interrupted(process: subprocess.Popen[bytes]) -> None:
    with Quota() as quota:
        try:
            quota.put(process.pid)
            assert left(process.pid)
            raise KeyboardInterrupt
        finally:
            process.kill()
            process.wait()


def test_an_interrupted_benchmark_leaves_no_quota() -> None:
    sleeper = subprocess.Popen(["sleep", "60"])
    try:
        with pytest.raises(KeyboardInterrupt):
            interrupted(sleeper)
    except Misconfigured:
        pytest.skip("only root may set a quota")
    assert not left(sleeper.pid)


def left(process: int) -> list[Path]:
    return list(Path("/sys/fs/cgroup").glob(f"**/leadstream-{process}"))
