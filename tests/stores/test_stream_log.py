"""What is particular to the log on Valkey Streams: memory, other groups, the dead, and a server that is killed."""

from __future__ import annotations

import asyncio
import os
import signal
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from leads.errors import StoreDown
from stores import embedded
from stores.connect import connect
from stores.patience import Patience
from stores.portions import LEADS
from stores.stream_log import StreamConsumer, StreamPublisher, read
from streams.ports import Consumer, Message, Publisher


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    home = tmp_path_factory.mktemp("stream-log")
    yield home
    embedded.stop(home)


@pytest.fixture
def url(home: Path) -> str:
    return embedded.start_or_attach(home)


@pytest.fixture
def topic(request: pytest.FixtureRequest) -> str:
    return str(request.node.name)


async def publish(url: str, topic: str, *calls: range, keep_ms: dict[str, int] | None = None) -> None:
    publisher = StreamPublisher(url, keep_ms=keep_ms)
    for call in calls:
        await publisher.publish(topic, [Message("", b"k", b"%d" % i) for i in call])
    await publisher.stop()


async def left(url: str, topic: str) -> list[int]:
    return [int(one.value) async for one in read(url, topic)]


async def until(condition: Callable[[], Any], seconds: float = 10.0) -> None:
    async with asyncio.timeout(seconds):
        while not condition():  # noqa: ASYNC110 - conditions are about other tasks and processes
            await asyncio.sleep(0.005)


@asynccontextmanager
async def running(
    consumer: StreamConsumer, topic: str, handler: Callable[[Sequence[Any]], Awaitable[None]], most: int = 100
) -> AsyncIterator[asyncio.Task[None]]:
    task = asyncio.create_task(consumer.run(topic, handler, most=most, within_s=0.0))
    try:
        yield task
    finally:
        if not task.done():
            await consumer.stop()
        await asyncio.gather(task, return_exceptions=True)


def keep_in(values: list[int]) -> Callable[[Sequence[Any]], Awaitable[None]]:
    async def handler(messages: Sequence[Any]) -> None:
        values.extend(int(one.value) for one in messages)

    return handler


def test_it_has_the_shape_of_the_ports(url: str) -> None:
    publisher: Publisher = StreamPublisher(url)
    consumer: Consumer = StreamConsumer(url, "g", "a")
    assert publisher
    assert consumer


async def test_a_call_is_one_entry_however_many_messages(url: str, topic: str) -> None:
    await publish(url, topic, range(1_000), range(1))
    client = connect(url)
    assert await client.xlen(f"log:{topic}") == 2
    await client.aclose()


async def test_memory_holds_only_what_is_in_flight(url: str, topic: str) -> None:
    got: list[int] = []
    async with running(StreamConsumer(url, "g", "a"), topic, keep_in(got)):
        await publish(url, topic, *(range(i, i + 10) for i in range(0, 200, 10)))
        await until(lambda: len(got) == 200)
    assert await left(url, topic) == []


async def test_who_begins_before_a_backlog_holds_no_more_than_he_takes(url: str, topic: str) -> None:
    publisher = StreamPublisher(url)
    for n in range(20):
        await publisher.publish(topic, [Message("", b"k", b"%d" % n, ((LEADS, b"50"),))] * 2)
    await publisher.stop()
    client, held, got = connect(url), list[int](), list[int]()

    async def look(messages: Sequence[Any]) -> None:
        held.append((await client.xpending(f"log:{topic}", "g"))["pending"])
        got.extend(int(one.value) for one in messages)

    async with running(StreamConsumer(url, "g", "a"), topic, look, most=300):
        await until(lambda: len(got) == 40)
    assert got == sorted(got)
    assert (held[0], max(held)) == (1, 3)
    await client.aclose()


async def test_nothing_is_dropped_before_every_group_has_acknowledged_it(url: str, topic: str) -> None:
    fast, slow = StreamConsumer(url, "fast", "a"), StreamConsumer(url, "slow", "a")
    await slow.join(topic)
    first: list[int] = []
    second: list[int] = []
    async with running(fast, topic, keep_in(first)):
        await publish(url, topic, range(5), range(5, 9))
        await until(lambda: len(first) == 9)
    assert await left(url, topic) == list(range(9))
    async with running(slow, topic, keep_in(second)):
        await until(lambda: len(second) == 9)
    assert await left(url, topic) == []


@pytest.mark.parametrize(("keep_ms", "stays"), [(-1, True), (60_000, True), (1, False)])
async def test_topics_are_kept_as_declared(url: str, topic: str, keep_ms: int, stays: bool) -> None:
    got: list[int] = []
    keep = {topic: keep_ms}
    await publish(url, topic, range(3))
    await asyncio.sleep(0.01)  # older than one millisecond
    async with running(StreamConsumer(url, "g", "a", keep_ms=keep), topic, keep_in(got)):
        await until(lambda: len(got) == 3)
    assert await left(url, topic) == (list(range(3)) if stays else [])


async def test_a_topic_that_nobody_reads_drops_what_is_too_old(url: str, topic: str) -> None:
    await publish(url, topic, range(3))
    await asyncio.sleep(0.06)
    await publish(url, topic, range(3, 5), keep_ms={topic: 50})
    assert await left(url, topic) == [3, 4]


async def test_what_a_dead_consumer_held_is_taken_over(url: str, topic: str) -> None:
    held: list[int] = []

    async def hang(messages: Sequence[Any]) -> None:
        held.extend(int(one.value) for one in messages)
        await asyncio.sleep(3600)

    await publish(url, topic, range(3))
    async with running(StreamConsumer(url, "g", "dead"), topic, hang) as task:
        await until(lambda: held)
        task.cancel()
    got: list[int] = []
    async with running(StreamConsumer(url, "g", "heir", claim_after_s=0.2), topic, keep_in(got)):
        await until(lambda: got == held)


async def test_what_a_slow_consumer_holds_is_left_to_it(url: str, topic: str) -> None:
    await publish(url, topic, range(3))
    by_other: list[int] = []
    by_slow: list[int] = []

    async def slow(messages: Sequence[Any]) -> None:
        await asyncio.sleep(1.0)
        by_slow.extend(int(one.value) for one in messages)

    async with running(StreamConsumer(url, "g", "slow", claim_after_s=0.3), topic, slow):
        await asyncio.sleep(0.1)
        async with running(StreamConsumer(url, "g", "other", claim_after_s=0.3), topic, keep_in(by_other)):
            await until(lambda: by_slow)
    assert (by_slow, by_other) == ([0, 1, 2], [])


async def test_the_backlog_counts_entries_not_yet_acknowledged(url: str, topic: str) -> None:
    consumer = StreamConsumer(url, "g", "a")
    await consumer.join(topic)
    await publish(url, topic, range(5), range(5), range(5))
    assert await consumer.backlog(topic) == 3
    got: list[int] = []
    async with running(StreamConsumer(url, "g", "a"), topic, keep_in(got)):
        await until(lambda: len(got) == 15)
    assert await consumer.backlog(topic) == 0
    await consumer.stop()


async def test_a_batch_stopped_in_trouble_is_not_waited_for_and_comes_again(url: str, topic: str) -> None:
    async def broken(messages: Sequence[Any]) -> None:
        raise StoreDown("down")

    await publish(url, topic, range(3))
    consumer = StreamConsumer(url, "g", "a")
    async with running(consumer, topic, broken):
        await until(lambda: consumer.patience.trouble_s > 0)
        began = time.monotonic()
        await consumer.stop()
        assert time.monotonic() - began < 2
    assert await left(url, topic) == [0, 1, 2]


async def test_not_ready_while_trouble_lasts() -> None:
    patience = Patience(unready_after_s=0.0, first_s=0.001)
    seen = []

    async def step() -> str:
        seen.append(patience.ready())
        if len(seen) < 3:
            raise StoreDown("down")
        return "done"

    assert await patience.insist(step) == "done"
    assert seen == [True, False, False]
    assert patience.ready()


async def test_a_server_killed_again_and_again_changes_neither_order_nor_number(
    home: Path, url: str, topic: str
) -> None:
    got: list[int] = []
    consumer = StreamConsumer(url, "g", "a", patience=Patience(first_s=0.01, longest_s=0.05))
    await publish(url, topic, *(range(i, i + 7) for i in range(0, 700, 7)))

    async def slowly(messages: Sequence[Any]) -> None:
        await asyncio.sleep(0.02)
        got.extend(int(one.value) for one in messages)

    async with running(consumer, topic, slowly, most=10) as task:
        for goal in (50, 200, 400):
            await until(lambda goal=goal: len(got) >= goal)  # type: ignore[misc]
            os.kill(int((home / "store.pid").read_text()), signal.SIGKILL)
            await asyncio.to_thread(embedded.start_or_attach, home)
        await until(lambda: task.done() or (got and got[-1] == 699))
    assert list(dict.fromkeys(got)) == list(range(700))
    assert await left(url, topic) == []
