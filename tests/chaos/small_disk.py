"""A disk of its own for a site, small enough to fill."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

_BLOCK = bytes(4096)


@contextmanager
def mounted(where: Path, megabytes: int) -> Iterator[Path]:
    """A file system in memory of this size, gone with the block. Only root may mount one: skips for others."""
    if os.geteuid() != 0:
        pytest.skip("to fill a disk needs one to fill: run as root, which may mount a tmpfs")
    where.mkdir(parents=True)
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={megabytes}m", "tmpfs", where], check=True)
    try:
        yield where
    finally:
        subprocess.run(["umount", "--lazy", where], check=True)


def fill(disk: Path) -> Path:
    """Take all room there is; removing the file gives it back."""
    filler = disk / "filler"
    with filler.open("ab", buffering=0) as file:
        try:
            while file.write(_BLOCK):
                pass
        except OSError:
            return filler
    raise AssertionError("a disk without an end")
