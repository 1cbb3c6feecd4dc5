"""``python -m tests.chaos.poisoned worker ...``: the real worker, in which one lead's text ends the process on the spot."""

from __future__ import annotations

import os
import signal

from leadstream.cli import main
from streams.pipeline import Pipeline, Work

POISON = "the pill"

_prepare = Pipeline.prepare


def _swallow(self: Pipeline, work: Work) -> None:
    if POISON in work.row.fields.get("message", ""):
        os.kill(os.getpid(), signal.SIGKILL)
    _prepare(self, work)


if __name__ == "__main__":
    Pipeline.prepare = _swallow  # type: ignore[method-assign]
    main()
