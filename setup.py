"""Everything is in pyproject.toml. This file is for LEADSTREAM_COMPILE=1 only: it compiles the pure rooms with mypyc.

A worker then needs little more than half the CPU; the answers are the same. Where there is no C compiler the build says so,
installs the files as they are, and Python runs them. Why it is optional: docs/decisions/0007-compiled.md.
"""

import os
import re
from pathlib import Path

from setuptools import Extension, setup

ROOMS = ("leads", "matchers", "matchers/compare")
#: What judges one lead between the round trips and reads answers, though its room does I/O elsewhere.
ALSO = ("streams/judging.py", "streams/overlay.py", "streams/recollection.py", "stores/answers.py")
#: The compiler does not know msgspec's classes: files with records stay Python.
_RECORD = re.compile(r"^class \w+\((?:msgspec\.Struct|Record|Packed)\b", re.MULTILINE)


def compiled() -> list[str]:
    """The files that are compiled."""
    files = [path for room in ROOMS for path in sorted(Path(room).glob("*.py")) if path.name != "__init__.py"]
    return [*(str(path) for path in files if not _RECORD.search(path.read_text("utf-8"))), *ALSO]


def extensions() -> list[Extension]:
    """Empty unless asked for: then the compiler must be installed, the C compiler need not."""
    if os.environ.get("LEADSTREAM_COMPILE") != "1":
        return []
    from mypyc.build import mypycify

    found: list[Extension] = mypycify(compiled())
    for extension in found:
        extension.optional = True
    return found


setup(ext_modules=extensions())
