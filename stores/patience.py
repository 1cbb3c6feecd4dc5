"""How to wait for infrastructure: try the same step again, in place, and never go past it. This is the backpressure."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Awaitable, Callable
from typing import TypeVar

from leads.errors import Unavailable

T = TypeVar("T")


def _never() -> bool:
    return False


class Patience:
    """One for each consumer. It retries what is Unavailable and knows since when there is trouble, for readiness.

    ``deadline_s``: give up after that long without success (the process should then end and be started afresh);
    ``unready_after_s``: stop calling ourselves ready; pauses double from ``first_s`` to ``longest_s``, half of each at random.
    """

    def __init__(
        self,
        *,
        deadline_s: float = 300.0,
        unready_after_s: float = 10.0,
        first_s: float = 0.05,
        longest_s: float = 5.0,
    ) -> None:
        self._deadline_s, self._unready_after_s = deadline_s, unready_after_s
        self._first_s, self._longest_s = first_s, longest_s
        self._since: float | None = None

    @property
    def trouble_s(self) -> float:
        """Seconds since a dependency stopped answering; 0 when all is well."""
        return 0.0 if self._since is None else time.monotonic() - self._since

    def ready(self) -> bool:
        return self.trouble_s <= self._unready_after_s

    async def insist(self, step: Callable[[], Awaitable[T]], *, stopping: Callable[[], bool] = _never) -> T:
        """The result of ``step``, tried again while it raises Unavailable.

        Raises the last Unavailable once the deadline has passed, or as soon as ``stopping`` says that the process has
        to end: what is in hand stays unacknowledged. Anything else a step raises is a bug and goes straight through.
        """
        pause = self._first_s
        while True:
            try:
                result = await step()
            except Unavailable:
                if self._since is None:
                    self._since = time.monotonic()
                if stopping() or self.trouble_s >= self._deadline_s:
                    raise
            else:
                self._since = None
                return result
            await asyncio.sleep(pause * random.uniform(0.5, 1.0))
            pause = min(2 * pause, self._longest_s)
