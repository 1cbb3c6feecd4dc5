"""The wall clock of a few processes, put forward and back while they run. Linux, and a C compiler.

Debian's libfaketime 0.9.10 was tried first: with monotonic clocks left alone Python's ``sleep`` fails, with them faked its waits hang.
"""

from __future__ import annotations

import shutil
import struct
import subprocess
from pathlib import Path

SOURCE = Path(__file__).with_suffix(".c")
HINT = "To set the clock of a process needs a C compiler: apt-get install build-essential (make parts)"


class Clock:
    """What is started with ``env`` has this clock. What measures how long something takes goes on evenly, as it does when
    a machine's clock is set. ``home``: a folder for its files."""

    def __init__(self, home: Path) -> None:
        compiler = shutil.which("cc")
        if compiler is None:
            raise RuntimeError(HINT)
        self._file, library = home / "off_by", home / "clock.so"
        self._file.write_bytes(bytes(8))
        subprocess.run([compiler, "-O1", "-shared", "-fPIC", "-o", library, SOURCE], check=True)
        self.env = {"LD_PRELOAD": str(library), "OFF_BY": str(self._file)}

    def set(self, seconds: int) -> None:
        """So far off the real time, at once."""
        with self._file.open("r+b") as file:
            file.write(struct.pack("@l", seconds))
