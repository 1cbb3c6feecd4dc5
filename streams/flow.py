"""One call of the shell for one tenant: sub-batches through steps 1 to 6, overlapping.

    prepare j+1, read register j, send register j+1
    judge and plan j             while register j+1 and commit j-1 are under way
    read commit j-1, send commit j
    publish j-1

All overlap ends before run() returns, so a log that acknowledges a whole take (Faust does) never runs ahead of the effects.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from time import perf_counter
from typing import Any, TypeVar

from leads.records import Committed, Decision, Outcome, RegisterAnswer
from streams.effect import Effect
from streams.judging import Judging
from streams.metrics import Metrics
from streams.overlay import Confirmed, Overlay, cascade
from streams.pipeline import Pipeline, Work
from streams.ports import Index
from streams.publication import Publication
from streams.recollection import Recollection
from streams.tally import Tally

#: Stale answers after which a lead is registered, judged and committed alone.
ALONE_AFTER = 3
#: Pauses before further tries, seconds.
PAUSE_S, LONGEST_PAUSE_S = 0.001, 0.25
#: Sub-batches a call is cut into: while one is judged another is on the wire,
OVERLAPPING = 8
#: ... but none is smaller than this: a round trip costs what a few leads cost.
WORTH = 25
#: Turns of the event loop a command needs from here to the socket (taking a connection, writing).
TURNS_TO_WIRE = 3

T = TypeVar("T")


class Sent:
    """A commit under way: its decisions, their works, and what they change."""

    def __init__(self, works: Sequence[Work], effects: Sequence[Effect], task: asyncio.Task[list[Committed]]) -> None:
        self.works = works
        self.effects = effects
        self.task = task


class Flow:
    """One call of the shell for one tenant; used once. ``clock`` gives milliseconds, ``sub_batch`` is the most leads a round trip."""

    def __init__(
        self,
        tenant: str,
        index: Index,
        pipeline: Pipeline,
        publication: Publication,
        metrics: Metrics,
        clock: Callable[[], int],
        sub_batch: int,
    ) -> None:
        self._tenant = tenant
        self._index = index
        self._pipeline = pipeline
        self._recollection = Recollection()
        self._publication = publication
        self._metrics = metrics
        self._clock = clock
        self._size = sub_batch
        self._overlay = Overlay()
        self._confirmed = Confirmed()
        self._stages: dict[str, float] = {}
        self._candidates: list[int] = []
        self._stale = self._full = 0
        self._delays: dict[bytes, tuple[str, int | None]] = {}
        self._timed: list[tuple[str, int | None]] = []
        self._published: list[tuple[Tally, int, dict[str, float], list[int], int, int]] = []  # for observe_batch
        self._joined: int | None = None  # before the first decision of this flow
        self._tasks: set[asyncio.Task[object]] = set()
        self._told = 0
        self.outcomes: list[Outcome] = []

    async def run(self, works: Sequence[Work]) -> None:
        """Dispose of all works. Raises Unavailable; whatever was done by then is on record and will not be done twice."""
        try:
            await self._run(works)
            if not len(self.outcomes) == self._told == len(works):  # acknowledging now would lose a lead
                said = f"{len(self.outcomes)} outcomes, {self._told} of them published"
                raise RuntimeError(f"{len(works)} leads in hand, {said}: not acknowledged")
        finally:
            for task in self._tasks:
                task.cancel()
            await asyncio.gather(*self._tasks, return_exceptions=True)
            self._count()

    async def _run(self, works: Sequence[Work]) -> None:
        size = min(self._size, max(WORTH, -(-len(works) // OVERLAPPING)))
        batches = [works[i : i + size] for i in range(0, len(works), size)]
        self._prepare(batches[0])
        view = await self._send(self._register(batches[0]))
        before: Sent | None = None
        for number, batch in enumerate(batches):
            following = batches[number + 1] if number + 1 < len(batches) else ()
            self._prepare(following)  # before we wait
            answer = await view  # before the next is sent: numbers follow the order of arrival
            if following:
                view = await self._send(self._register(following))
            effects = self._judge(batch, answer)
            again: list[Work] = []
            if before:
                fallen = await self._confirm(before, effects)
                again = [w for w in [*before.works, *batch] if w.event in fallen]
                batch, effects = _rest(batch, effects, fallen)
            before = await self._commit(batch, effects)
            if again:
                await self._settle(before)
                await self._redo(again)
                before = None
        if before:
            await self._settle(before)
        await asyncio.gather(*self._tasks)

    async def _settle(self, sent: Sent) -> None:
        """Read a commit with nothing judged after it, and see its stale leads through."""
        fallen = await self._confirm(sent, ())
        await self._redo([w for w in sent.works if w.event in fallen])

    async def _redo(self, works: Sequence[Work]) -> None:
        """Step 2 again for stale leads, in a batch, after some tries one by one."""
        while works:
            for work in works:
                work.tries += 1
            if works[0].tries > ALONE_AFTER:  # perhaps it waits for a lead that another worker has in hand
                await asyncio.sleep(min(PAUSE_S * 2 ** (works[0].tries - ALONE_AFTER), LONGEST_PAUSE_S))
            if len(works) > 1 and works[0].tries > ALONE_AFTER:
                for work in works:
                    await self._redo([work])
                return
            answer = await self._register(works)
            effects = self._judge(works, answer)
            sent = await self._commit(works, effects)
            fallen = await self._confirm(sent, ())
            works = [w for w in works if w.event in fallen]

    def _prepare(self, works: Sequence[Work]) -> None:
        began = perf_counter()
        for work in works:
            if work.registration is None and work.refused is None:
                self._pipeline.prepare(work)
            if "received_at" in work.row.fields:
                self._delays[work.event] = work.envelope.source, self._pipeline.delay_ms(work)
        self._spent("prepare", began)

    async def _register(self, works: Sequence[Work]) -> RegisterAnswer:
        began = perf_counter()
        batch = [w.registration for w in works if w.registration is not None]
        answer = await self._index.register(self._tenant, batch)
        self._spent("register", began)
        return answer

    def _judge(self, works: Sequence[Work], answer: RegisterAnswer) -> list[Effect]:
        """Steps 3 and 4, in order of sequence numbers. The overlay grows by each decision."""
        began = perf_counter()
        registered = iter(answer.registered)
        pairs = [(work, next(registered) if work.registration is not None else None) for work in works]
        for work, mine in pairs:
            if mine and work.lead:
                self._recollection.put(mine.seq, work.lead.facts)  # later leads of this batch meet it
        self._recollection.learn(answer.records)
        if self._joined is None:
            self._joined = answer.stats.joined
        judging = Judging(self._pipeline, self._recollection, answer, self._overlay, self._joined)
        effects: list[Effect] = []
        for work, mine in sorted(pairs, key=lambda pair: pair[1].seq if pair[1] else 0):
            effect = judging.effect(work, mine)
            self._overlay.add(effect)
            effects.append(effect)
            if mine:
                self._candidates.append(effect.compared)
                self._full += mine.counts.count(-1)
        self._spent("judge", began)
        return effects

    async def _commit(self, works: Sequence[Work], effects: Sequence[Effect]) -> Sent:
        decisions = [self._confirmed.seen(effect.decision) for effect in effects]
        by_event = {work.event: work for work in works}
        ordered = [by_event[decision.event] for decision in decisions]
        return Sent(ordered, effects, await self._send(self._committing(decisions)))

    async def _committing(self, decisions: Sequence[Decision]) -> list[Committed]:
        began = perf_counter()
        answers = await self._index.commit(self._tenant, decisions) if decisions else []
        self._spent("commit", began)
        return answers

    async def _confirm(self, sent: Sent, judged: Sequence[Effect]) -> set[bytes]:
        """Read the answer of a commit. Gives the events that must go again: stale ones, and those of ``judged`` (decided
        meanwhile, not sent yet) that built on them."""
        answers = await sent.task
        stale: list[Effect] = []
        turned: list[Effect] = []
        done: list[tuple[Work, Outcome]] = []
        repeats: list[tuple[Work, Outcome]] = []
        for work, effect, answer in zip(sent.works, sent.effects, answers, strict=True):
            if answer.outcome is None:
                stale.append(effect)
                continue
            (done if answer.fresh else repeats).append((work, answer.outcome))
            if answer.turned:
                turned.append(effect)
            elif answer.entity:
                self._confirmed.add(effect, answer.entity, answer.version)
        fallen = {effect.decision.event for effect in stale}
        if stale or turned:
            fallen |= cascade(judged, {entity for effect in (*stale, *turned) for entity in effect.looked})
            self._overlay = self._overlay.without(fallen | {effect.decision.event for effect in turned})
            self._stale += len(fallen)
        if done or repeats:
            self.outcomes.extend(outcome for _, outcome in (*done, *repeats))
            await self._send(self._publish(done, repeats))
        return fallen

    async def _publish(self, done: Sequence[tuple[Work, Outcome]], repeats: Sequence[tuple[Work, Outcome]]) -> None:
        tally = self._tally(done, repeats)
        began = perf_counter()
        await self._publication.publish([*done, *repeats])
        self._told += len(done) + len(repeats)
        self._spent("publish", began)
        self._published.append((tally, self._clock(), self._stages, self._candidates, self._stale, self._full))
        self._stages, self._candidates, self._stale, self._full = {}, [], 0, 0
        if self._delays:
            self._timed += [self._delays[work.event] for work, _ in done if work.event in self._delays]

    def _tally(self, done: Sequence[tuple[Work, Outcome]], repeats: Sequence[tuple[Work, Outcome]]) -> Tally:
        redriven = {outcome.event for work, outcome in done if work.envelope.redrive_of}
        return Tally([outcome for _, outcome in done], len(done) + len(repeats), len(repeats), redriven)

    def _count(self) -> None:
        """For /metrics, all at once: code that runs once a batch has been forgotten by the processor until the next."""
        for batch in self._published:
            self._metrics.observe_batch(*batch)
        if self._timed:
            self._metrics.timed(self._tenant, self._timed)

    async def _send(self, effect: Coroutine[Any, Any, T]) -> asyncio.Task[T]:
        """Start an effect and let it reach the wire before we compute on."""
        task = asyncio.create_task(effect)
        self._tasks.add(task)
        task.add_done_callback(self._done)
        for _ in range(TURNS_TO_WIRE):
            await asyncio.sleep(0)
        return task

    def _done(self, task: asyncio.Task[Any]) -> None:
        """One that failed stays until the end of the run asks for it: a publication that nobody waits for must not be taken
        for one that the log has confirmed."""
        if task.cancelled() or task.exception() is None:
            self._tasks.discard(task)

    def _spent(self, stage: str, began: float) -> None:
        self._stages[stage] = self._stages.get(stage, 0.0) + perf_counter() - began


def _rest(works: Sequence[Work], effects: Sequence[Effect], fallen: set[bytes]) -> tuple[list[Work], list[Effect]]:
    return (
        [work for work in works if work.event not in fallen],
        [effect for effect in effects if effect.decision.event not in fallen],
    )
