"""``python -m benchmarks.kafka``: our worker beside a Faust worker that only passes events through with ``topic.send``.

Same broker, same events of 300 bytes, one process each, in turns. Ours takes batches, gives them to a handler that echoes
them, publishes by batch and waits for the broker to confirm; the other does not wait. Counted from a worker's first event
to its last, when the broker has all outcomes. Prints machine, versions and events a second.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any, NoReturn

from streams.admin import apply
from streams.kafka_log import KafkaPublisher
from streams.ports import Message
from streams.topics import Topic

EVENT_BYTES = 300


def finish(began: float, events: int) -> NoReturn:
    print(json.dumps({"events_per_s": events / (time.perf_counter() - began)}), flush=True)
    os._exit(0)


def pass_through(bootstrap: str, source: str, target: str, events: int) -> None:
    """An agent that sends each event on and does not wait; taking batches, the faster way."""
    import faust

    with tempfile.TemporaryDirectory() as datadir:
        app = faust.App(
            uuid.uuid4().hex,
            broker=f"kafka://{bootstrap}",
            datadir=datadir,
            autodiscover=False,
            web_enabled=False,
            topic_allow_declare=False,
            topic_disable_leader=True,
            consumer_auto_offset_reset="earliest",
        )
        out = app.topic(target, value_type=bytes, value_serializer="raw", key_type=bytes, key_serializer="raw")
        into = app.topic(source, value_type=bytes, value_serializer="raw", key_type=bytes, key_serializer="raw")

        async def forward(stream: Any) -> None:
            began, seen = 0.0, 0
            async for taken in stream.take_events(200, within=0.05):
                began = began or time.perf_counter()
                sent = [await out.send(key=event.key, value=event.value) for event in taken]
                seen += len(taken)
                if seen >= events:
                    await asyncio.gather(*sent)
                    finish(began, events)

        app.agent(into)(forward)
        loop = asyncio.new_event_loop()
        asyncio.set_event_loop(loop)
        worker = app.Worker(loop=loop, loglevel="error", redirect_stdouts=False, quiet=True)
        worker.spinner = None  # it writes control codes
        worker.execute_from_commandline()


def ours(bootstrap: str, source: str, target: str, events: int) -> None:
    """The worker as it runs in production, with a handler that only publishes what it was given."""
    from streams.faust_app import make_app, run_worker

    publisher = KafkaPublisher(bootstrap)
    state = {"began": 0.0, "seen": 0.0}

    async def echo(messages: Sequence[Message]) -> None:
        state["began"] = state["began"] or time.perf_counter()
        await publisher.publish(target, messages)
        state["seen"] += len(messages)
        if state["seen"] >= events:
            finish(state["began"], events)

    run_worker(make_app(bootstrap=bootstrap, group=uuid.uuid4().hex, topic=source, handler=echo, most=400))


WORKERS = {"pass-through": pass_through, "ours": ours}


async def fill(bootstrap: str, topic: str, events: int) -> None:
    publisher = KafkaPublisher(bootstrap)
    for start in range(0, events, 5_000):
        many = range(start, min(start + 5_000, events))
        await publisher.publish(topic, [Message("", b"%08d" % i, b"x" * EVENT_BYTES) for i in many])
    await publisher.stop()


def one_run(kind: str, bootstrap: str, source: str, target: str, events: int) -> float:
    command = [sys.executable, "-m", "benchmarks.kafka", "--worker", kind, bootstrap, source, target, str(events)]
    answer = subprocess.run(command, check=True, capture_output=True, text=True, timeout=300).stdout
    return float(json.loads(answer.strip().splitlines()[-1])["events_per_s"])


def measure(bootstrap: str, events: int, rounds: int) -> dict[str, list[float]]:
    """Events a second of each kind of worker, one figure a round, in turns."""
    source, target = (f"bench-{uuid.uuid4().hex[:8]}-{part}" for part in ("in", "out"))
    apply(bootstrap, [Topic(name, 1, 3_600_000, "a benchmark") for name in (source, target)])
    asyncio.run(fill(bootstrap, source, events))
    found: dict[str, list[float]] = {kind: [] for kind in WORKERS}
    for _ in range(rounds):
        for kind, figures in found.items():
            figures.append(one_run(kind, bootstrap, source, target, events))
    return found


def report(found: dict[str, list[float]], events: int) -> None:
    libraries = ", ".join(f"{name} {version(name)}" for name in ("faust-streaming", "aiokafka"))
    print(f"machine: {platform.machine()}, {os.cpu_count()} cores, {platform.platform()}")
    print(
        f"versions: CPython {platform.python_version()}, {libraries}, Kafka 4.1.0; {events:,} events of {EVENT_BYTES} B"
    )
    base = statistics.median(found["pass-through"])
    for kind, figures in found.items():
        middle = statistics.median(figures)
        spread = f"{min(figures):,.0f} to {max(figures):,.0f}"
        print(f"{kind:<13} {middle:>8,.0f} events/s   {middle / base:>5.0%} of pass-through   ({spread})")


def main(events: int = 40_000, rounds: int = 3) -> None:
    from tests.parts.kafka import Kafka

    given = os.environ.get("KAFKA_BOOTSTRAP")
    if given:
        report(measure(given, events, rounds), events)
        return
    with tempfile.TemporaryDirectory() as home:
        broker = Kafka(Path(home) / "kafka")
        broker.start()
        try:
            report(measure(broker.bootstrap, events, rounds), events)
        finally:
            broker.stop()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--events", type=int, default=40_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--worker", nargs=5, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.worker:
        kind, bootstrap, source, target, count = asked.worker
        WORKERS[kind](bootstrap, source, target, int(count))
    main(asked.events, asked.rounds)
