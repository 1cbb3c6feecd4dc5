"""More than we can do is refused at once, so that what is accepted is answered soon: by what is under way here, by what waits in the log."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from starlette.types import ASGIApp, Receive, Scope, Send

from gateway.problems import REFUSED, Problem
from leads.errors import Unavailable

#: Gives how many messages of the raw log no worker has finished. Raises Unavailable.
Ask = Callable[[], Awaitable[int]]

#: Seconds a sender who was refused should wait.
AGAIN_S = 5


class Backlog:
    """How far behind the workers are, as of ``every_ms`` ago at most; beyond ``most`` messages nothing more is let in.

    Nobody waits for the answer: requests go by the last one, so that some too many may get in. While the log does not
    tell, the last answer holds.
    """

    def __init__(self, ask: Ask | None, most: int, clock: Callable[[], int], every_ms: int = 1_000) -> None:
        self._ask, self._most, self._clock, self._every_ms = ask, most, clock, every_ms
        self._waiting = 0
        self._asked_ms = -every_ms
        self._asking: asyncio.Task[None] | None = None

    def check(self) -> None:
        """Raises Problem 503 with Retry-After while too much waits."""
        now = self._clock()
        due = not 0 <= now - self._asked_ms < self._every_ms  # clocks are set back, too
        if self._ask and not self._asking and due:
            self._asked_ms = now
            self._asking = asyncio.create_task(self._look(self._ask))
        if self._waiting > self._most:
            raise _overloaded(
                "The workers are behind, nothing was accepted. Send the same request again later.", "backlog"
            )

    async def _look(self, ask: Ask) -> None:
        try:
            self._waiting = await ask()
        except Unavailable:
            pass  # who publishes is told so
        finally:
            self._asking = None


class Pace:
    """How many requests to work on at a time, by how long the log takes to confirm a lead: ``aim_s`` is long enough.

    One more for a round that is in time, a third fewer for one that is late, as TCP finds its window
    (and Netflix's concurrency-limits theirs): whatever is scarce today, the door's processor, the disk or the store, those
    who are let in find it free. Between ``least`` and ``most``. ``inside`` is how many there are now.
    """

    def __init__(self, most: int, *, least: int = 4, aim_s: float = 0.1) -> None:
        self._most, self._least, self._aim_s = most, min(least, most), aim_s
        self.limit = float(most)
        self.inside = 0
        self._spared = 0

    def took(self, seconds: float) -> None:
        """A lead has been confirmed, or was not. Of those let in before the last cut the log's time says nothing new."""
        if self._spared:
            self._spared -= 1
        elif seconds > self._aim_s:
            self._spared = int(self.limit)
            self.limit = max(self._least, self.limit * 2 / 3)
        else:
            self.limit = min(self._most, self.limit + 1 / self.limit)


class Crowd:
    """Middleware: of the API's requests as many are worked on as ``pace`` allows, the others are sent away before they are read."""

    def __init__(self, app: ASGIApp, pace: Pace) -> None:
        self._app, self._pace = app, pace
        self._refusal = _overloaded(
            "Too many requests at once, nothing was accepted. Send the same request again later.", "pace"
        )
        self._refuse = self._refusal.response({})  # made once: in a rush this is most of what the door says

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or not scope["path"].startswith("/v1/"):  # health and metrics are always answered
            await self._app(scope, receive, send)
        elif self._pace.inside >= self._pace.limit:
            scope[REFUSED] = self._refusal.cause
            await self._refuse(scope, receive, send)
        else:
            self._pace.inside += 1
            try:
                await self._app(scope, receive, send)
            finally:
                self._pace.inside -= 1


def _overloaded(detail: str, cause: str) -> Problem:
    return Problem(503, "overloaded", detail, headers={"Retry-After": str(AGAIN_S)}, cause=cause)
