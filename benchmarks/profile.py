"""``python -m benchmarks profile``: a lead in microseconds of CPU, step by step, warm, in the real shell.

Takes of 1,600 leads, as a busy worker takes them, against an embedded store that syncs every write, outcomes published to its
log. A step that waits is metered only while it computes, and without the steps it calls. What no step names is event loop,
sockets, garbage. The same leads were prepared once before, so tables are loaded. ``prepare`` is then split by
normaliser, per lead, not per call, unless it is compiled (``make fast``): then nothing can be put between. The meter itself
costs microseconds a call (the CPU clock is a system call), so *in all* is measured apart, without it.
"""

from __future__ import annotations

import asyncio
import tempfile
import time
from collections import defaultdict
from collections.abc import Awaitable, Callable, Coroutine, Generator, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any, TypeVar

import streams.shell
from benchmarks import data, load
from benchmarks.machine import compiled, cpu_s
from leads import facts
from leads.preparation import Preparation
from leads.prepare import prepare
from leadstream.configuration import config
from leadstream.runtime import settle_garbage
from leadstream.worker import MOST
from matchers.keys import keys_of
from stores.connect import connect
from stores.embedded import start_or_attach, stop
from stores.index import ValkeyIndex
from stores.stream_log import StreamPublisher
from streams import publication
from streams.flow import Flow
from streams.intake import take
from streams.metrics import Metrics, new_registry
from streams.pipeline import Pipeline, TenantSpec, Work
from streams.ports import Message
from streams.shell import Shell

TENANT = "profile"
TAKE = MOST
#: What Facts are made with, by the name ``leads.facts`` calls them.
NORMALISERS = ("phones", "emails", "name", "company", "address", "place", "region", "nation", "handles", "custom")

T = TypeVar("T")


class Spent(defaultdict[str, float]):
    """CPU seconds by step; what a step calls that is metered too is not its own."""

    def __init__(self) -> None:
        super().__init__(float)
        self._open: list[list[float]] = []  # of each step under way: CPU at its begin, CPU of the steps inside it

    def begin(self) -> None:
        self._open.append([time.thread_time(), 0.0])

    def end(self, name: str) -> None:
        began, inside = self._open.pop()
        took = time.thread_time() - began
        self[name] += took - inside
        if self._open:
            self._open[-1][1] += took


class Computing(Awaitable[T]):
    """A coroutine whose CPU is metered step by step: what others do while it waits is not its own."""

    def __init__(self, work: Coroutine[Any, Any, T], spent: Spent, name: str) -> None:
        self._work, self._spent, self._name = work, spent, name

    def __await__(self) -> Generator[Any, Any, T]:
        steps = self._work.__await__()
        while True:
            self._spent.begin()
            try:
                waiting = next(steps)
            except StopIteration as done:
                answer: T = done.value
                return answer
            finally:
                self._spent.end(self._name)
            yield waiting


def metered(spent: Spent, name: str, work: Callable[..., Any]) -> Callable[..., Any]:
    """The same function, its CPU noted under ``name``."""

    def call(*arguments: Any, **named: Any) -> Any:
        spent.begin()
        try:
            return work(*arguments, **named)
        finally:
            spent.end(name)

    return call


def awaited(spent: Spent, name: str, work: Callable[..., Any]) -> Callable[..., Any]:
    """The same coroutine function, its CPU noted under ``name``."""

    def call(*arguments: Any, **named: Any) -> Any:
        return Computing(work(*arguments, **named), spent, name)

    return call


class Part:
    """A part of the world with some of its methods metered."""

    def __init__(self, part: Any, meter: Callable[..., Any], spent: Spent, names: dict[str, str]) -> None:
        self._part = part
        for method, name in names.items():
            setattr(self, method, meter(spent, name, getattr(part, method)))

    def __getattr__(self, name: str) -> Any:
        return getattr(self._part, name)


@contextmanager
def patched(owner: Any, **parts: Any) -> Iterator[None]:
    """Attributes of a module or class replaced while inside."""
    before = {name: getattr(owner, name) for name in parts}
    try:
        for name, part in parts.items():
            setattr(owner, name, part)
        yield
    finally:
        for name, part in before.items():
            setattr(owner, name, part)


def _spec() -> TenantSpec:
    tenant = next(iter(config.load(config.DEFAULT, {}).tenants.values()))
    return TenantSpec(TENANT, b"a benchmark", tenant.policy(), tenant.preparation())


def _works(fields: list[dict[str, str]]) -> list[Work]:
    return take(_messages(fields, TAKE), {TENANT}).works[TENANT]


def _messages(fields: list[dict[str, str]], size: int) -> list[Message]:
    return list(load.messages(load.rows(iter(fields), "profile"), TENANT, size))


async def through(fields: list[dict[str, str]], spec: TenantSpec, spent: Spent | None) -> tuple[float, float]:
    """CPU seconds of this process and of the store for all leads; by step as well when there is where to note it."""
    with tempfile.TemporaryDirectory(prefix="leadstream-bench-") as home:
        url = start_or_attach(home)
        client: Any = connect(url)
        store = int((await client.info("server"))["process_id"])
        index: Any = ValkeyIndex(client)
        publisher: Any = StreamPublisher(url)
        pipeline: Any = Pipeline(spec)
        counting: Any = Metrics(new_registry())
        try:
            with ExitStack() as meters:
                if spent is not None:
                    names = {"register": "register, client", "commit": "commit, client", "mark": "mark in hand"}
                    index = Part(index, awaited, spent, names)
                    publisher = Part(publisher, awaited, spent, {"publish": "publish"})
                    pure = {"prepare": "prepare and keys", "judge": "judge", "plan": "plan"}
                    pipeline = Part(pipeline, metered, spent, pure)
                    counting = Part(counting, metered, spent, {"observe_batch": "metrics"})
                    encode = metered(spent, "encode outcomes", publication.outcome_message)
                    meters.enter_context(patched(streams.shell, take=metered(spent, "decode messages", take)))
                    meters.enter_context(patched(publication, outcome_message=encode))
                    judge = metered(spent, "view, overlay, decision", Flow._judge)
                    confirm = awaited(spent, "read commits", Flow._confirm)
                    tally = metered(spent, "metrics", Flow._tally)
                    meters.enter_context(patched(Flow, _judge=judge, _confirm=confirm, _tally=tally))
                shell = Shell(index, publisher, {TENANT: pipeline}, lambda: 0, counting, slot="profile")
                before, mine = cpu_s(store), time.process_time()
                for message in _messages(fields, TAKE):
                    await shell.process([message])
                return time.process_time() - mine, cpu_s(store) - before
        finally:
            await publisher.stop()
            await client.aclose()
            stop(home)


def alone(fields: list[dict[str, str]], spec: TenantSpec) -> Spent:
    """CPU seconds of preparing and of making keys, nothing else running."""
    spent = Spent()
    prepared = [metered(spent, "prepare", prepare)(w.row, w.envelope, spec.preparation) for w in _works(fields)]
    for lead in prepared:
        if hasattr(lead, "facts"):
            metered(spent, "keys", keys_of)(lead.facts, spec.secret)
    return spent


def normalisers(fields: list[dict[str, str]], preparation: Preparation) -> Spent:
    """CPU seconds by normaliser; each is metered where ``leads.facts`` calls it."""
    spent = Spent()
    with patched(facts, **{name: metered(spent, name, getattr(facts, name)) for name in NORMALISERS}):
        for work in _works(fields):
            prepare(work.row, work.envelope, preparation)
    return spent


def run(*, full: bool) -> dict[str, Any]:
    """CPU a lead by step, for us and for the store, and preparation by normaliser."""
    label, fields = data.leads10k()
    spec = _spec()
    alone(fields, spec)  # loads the tables
    apart = alone(fields, spec)
    settle_garbage()
    mine, theirs = asyncio.run(through(fields, spec, None))
    spent = Spent()
    with_meter, _ = asyncio.run(through(fields, spec, spent))
    named = {**apart, **spent}
    del named["prepare and keys"]
    named["the rest, and the meter"] = with_meter - sum(named.values())
    parts = Spent() if compiled() else normalisers(fields, spec.preparation)

    def us(seconds: float) -> float:
        return round(seconds / len(fields) * 1e6, 1)

    return {
        "data": label,
        "worker_us": {name: us(seconds) for name, seconds in named.items()} | {"in all, without the meter": us(mine)},
        "store_us": us(theirs),
        "normalisers_us": {name: us(parts[name]) for name in NORMALISERS},
    }
