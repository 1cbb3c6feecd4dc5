"""The shell: the numbered order of effects, once, for both logs.

    0 outcome on record -> publish it again, acknowledge   (commit answers with what it has)
    1 prepare   pure
    2 register  atomic
    3 judge     pure
    4 plan      pure
    5 commit    atomic, idempotent by event; ``stale`` -> from 2 again, with the same number and a fresh view
    6 publish   confirmed
    7 acknowledge: process() returns

Unavailable is raised through to the caller, who holds the messages and tries again; every step may be repeated.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence

from leads.errors import LogDown, Unavailable
from leads.policy import Policy
from leads.records import Outcome
from streams.flow import Flow
from streams.intake import DEATHS, NOBODY, Taken, take
from streams.metrics import Metrics
from streams.pipeline import Pipeline, TenantSpec
from streams.ports import Index, Message, Publisher
from streams.publication import Publication
from streams.suspects import Suspects
from streams.tracing import Tracing


class Shell:
    """Processes messages of the raw log. One instance a worker process; ``slot`` names the worker across restarts.

    ``clock`` gives milliseconds, for measuring only: no decision asks it. ``sub_batch`` is how many leads share a round
    trip at most. A take is cut into several, so that they overlap; small ones block the store for less, large ones
    wait for the disk less often, so the size follows what is in hand.
    """

    def __init__(
        self,
        index: Index,
        publisher: Publisher,
        pipelines: dict[str, Pipeline],
        clock: Callable[[], int],
        metrics: Metrics,
        *,
        slot: str = "0",
        sub_batch: int = 200,
        tracing: Tracing | None = None,
    ) -> None:
        self._index = index
        self._tenants = frozenset(pipelines)
        pipelines = pipelines | {NOBODY: Pipeline(TenantSpec(NOBODY, b"", Policy(version="")))}
        self._pipelines = pipelines
        self._clock = clock
        self._metrics = metrics
        self._sub_batch = sub_batch
        self._publication = Publication(publisher, metrics, clock, tracing)
        self._suspects = Suspects(index, slot)
        self._locks = {tenant: asyncio.Lock() for tenant in pipelines}

    def pipelines(self) -> dict[str, Pipeline]:
        """The pipeline of each tenant, as leads are taken through it now."""
        return {tenant: self._pipelines[tenant] for tenant in self._tenants}

    def adopt(self, tenant: str, pipeline: Pipeline) -> None:
        """Take leads through this pipeline from the next batch on: the policy has changed."""
        self._pipelines[tenant] = pipeline

    async def process(self, messages: Sequence[Message]) -> None:
        """Dispose of every lead in ``messages``: when this returns, all may be acknowledged. Raises Unavailable."""
        try:
            await self._process(messages)
        except Unavailable as error:
            self._metrics.retry("log" if isinstance(error, LogDown) else "store")
            raise

    async def _process(self, messages: Sequence[Message]) -> None:
        suspects, calm = await self._suspects.part(messages)
        for group in suspects:
            await self._suspects.hold(group)
            deaths = self._suspects.deaths(group)
            if deaths >= DEATHS:
                self._metrics.set_aside()
            await self._dispose(take(group, self._tenants, deaths=deaths))
            self._suspects.clear(group)
        if calm:
            await self._suspects.hold(calm)
            await self._dispose(take(calm, self._tenants))

    async def judge_now(self, taken: Taken) -> list[Outcome]:
        """The same effects for leads that somebody waits for, answering with their outcomes (in order of commit)."""
        return await self._dispose(taken)

    async def _dispose(self, taken: Taken) -> list[Outcome]:
        outcomes: list[Outcome] = []
        for tenant, works in taken.works.items():
            async with self._locks[tenant]:
                flow = self._flow(tenant)
                await flow.run(works)
                outcomes += flow.outcomes
        return outcomes

    def _flow(self, tenant: str) -> Flow:
        return Flow(
            tenant,
            self._index,
            self._pipelines[tenant],
            self._publication,
            self._metrics,
            self._clock,
            self._sub_batch,
        )
