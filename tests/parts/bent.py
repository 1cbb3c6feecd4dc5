"""A machine whose wall clock is set forward and back and whose disk is slow, as a few processes see it while they run.

Linux, and a C compiler. Debian's libfaketime 0.9.10 was tried first for the clock: with monotonic clocks left alone Python's
``sleep`` fails, with them faked its waits hang.
"""

from __future__ import annotations

import shutil
import struct
import subprocess
from pathlib import Path

SOURCE = Path(__file__).with_suffix(".c")
HINT = "To bend what a process sees needs a C compiler: apt-get install build-essential (make parts)"


class Bent:
    """What is started with ``env`` sees it. What measures how long something takes goes on evenly, as it does when a
    machine's clock is set. ``home``: a folder for its files."""

    def __init__(self, home: Path) -> None:
        compiler = shutil.which("cc")
        if compiler is None:
            raise RuntimeError(HINT)
        self._file, library = home / "bent", home / "bent.so"
        self._file.write_bytes(bytes(16))
        subprocess.run([compiler, "-O1", "-shared", "-fPIC", "-o", library, SOURCE], check=True)
        self.env = {"LD_PRELOAD": str(library), "BENT": str(self._file)}

    def clock_off_by(self, seconds: int) -> None:
        """The wall clock is so far off the real time, at once."""
        self._write(0, seconds)

    def sync_takes(self, seconds: float) -> None:
        """Each sync of the disk takes so much longer, as of the next one."""
        self._write(1, round(seconds * 1_000_000))

    def _write(self, place: int, value: int) -> None:
        with self._file.open("r+b") as file:
            file.seek(8 * place)
            file.write(struct.pack("@q", value))
