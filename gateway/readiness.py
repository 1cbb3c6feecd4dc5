"""Whether the door could take a lead now: what it needs is asked, once a second however many want to know."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping

from leads.errors import Unavailable

#: Asks one dependency whether it would do its part for a lead, and changes nothing. Raises Unavailable with the reason, which everybody
#: may read.
Probe = Callable[[], Awaitable[None]]


class Readiness:
    """``probes`` by the name of what they ask; none waits longer than ``within_s``. An answer holds for ``every_s`` (seconds)."""

    def __init__(self, probes: Mapping[str, Probe], *, every_s: float = 1.0, within_s: float = 2.0) -> None:
        self._probes, self._every_s, self._within_s = probes, every_s, within_s
        self._answer: asyncio.Task[list[str]] | None = None
        self._answered = 0.0

    async def wanting(self) -> list[str]:
        """Why no lead would be accepted now: a sentence for each that would not do its part."""
        if self._answer is None or (self._answer.done() and time.monotonic() - self._answered >= self._every_s):
            self._answer = asyncio.create_task(self._ask())
        return await asyncio.shield(self._answer)  # who gives up does not take the answer from the others

    async def _ask(self) -> list[str]:
        said = await asyncio.gather(*(self._why_not(name, probe) for name, probe in self._probes.items()))
        self._answered = time.monotonic()
        return [why for why in said if why]

    async def _why_not(self, name: str, probe: Probe) -> str:
        try:
            async with asyncio.timeout(self._within_s):
                await probe()
        except Unavailable as error:
            return str(error)
        except TimeoutError:
            return f"the {name} did not answer within {self._within_s:g} s"
        return ""
