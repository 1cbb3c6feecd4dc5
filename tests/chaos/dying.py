"""``python -m tests.chaos.dying worker ...``: a worker that dies by its own hand beside one of its effects.

DYING names the effect and the side of it ("register before", "commit after", ...) and how often it lives through it first.
What is done before it dies stands, as after kill -9: nothing is caught, nothing is closed.
"""

from __future__ import annotations

import os
from collections.abc import Awaitable, Callable
from typing import Any

from leadstream.cli import main
from stores.index import ValkeyIndex
from stores.stream_log import StreamConsumer, StreamPublisher

#: The effects of the shell that reach the outside, in their order (streams/shell.py).
EFFECTS: dict[str, tuple[type, str]] = {
    "mark": (ValkeyIndex, "mark"),
    "register": (ValkeyIndex, "register"),
    "commit": (ValkeyIndex, "commit"),
    "publish": (StreamPublisher, "publish"),
    "acknowledge": (StreamConsumer, "_ack"),
}
SIDES = ("before", "after")


def arm(effect: str, side: str, lives: int) -> None:
    """Put the end into the effect."""
    owner, name = EFFECTS[effect]
    real: Callable[..., Awaitable[Any]] = getattr(owner, name)
    left = lives

    async def ending(*arguments: Any, **named: Any) -> Any:
        nonlocal left
        left -= 1
        if left < 0 and side == "before":
            os._exit(137)
        answer = await real(*arguments, **named)
        if left < 0:
            os._exit(137)
        return answer

    setattr(owner, name, ending)


if __name__ == "__main__":
    effect, side, lives = os.environ["DYING"].split()
    arm(effect, side, int(lives))
    main()
