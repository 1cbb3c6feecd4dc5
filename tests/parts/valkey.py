"""An embedded Valkey, started the way the product starts it."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from stores.embedded import start_or_attach, stop


@contextmanager
def running(directory: Path, *, durable: bool = False) -> Iterator[str]:
    """URL of a server that ends with the block. Not ``durable``: fsync once a second, for tests of other things."""
    try:
        yield start_or_attach(directory, fsync="always" if durable else "everysec")
    finally:
        stop(directory)


def kill(directory: Path) -> None:
    """kill -9 the server of this directory."""
    os.kill(int((directory / "store.pid").read_text()), signal.SIGKILL)
