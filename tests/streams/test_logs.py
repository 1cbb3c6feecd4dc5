"""The conformance suite of the log port: Valkey Streams in the embedded server, and Apache Kafka with Faust."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest

from leads.errors import LogDown
from stores.patience import Patience
from stores.portions import LEADS
from streams.ports import Message
from tests.streams.logs import KafkaLog, Log, StreamLog, messages, numbered

RAW = [
    Message("", b"k", b"\x00\xff\xfe", (("ce_id", b"1"), ("raw", b"\x00\xff"))),
    Message("", b"k", b'{"not json', (("twice", b"1"), ("twice", b"2"))),
    Message("", b"k", b""),
    Message("", b"\x00\xff", "王小明".encode()),
    Message("", b"", b"without a key"),
]


@pytest.fixture(scope="module", params=["valkey", pytest.param("kafka", marks=pytest.mark.kafka)])
def started(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Log]:
    home: Path = tmp_path_factory.mktemp("log")
    if request.param == "kafka":
        yield KafkaLog(home, request.getfixturevalue("own_kafka"))
        return
    log = StreamLog(home)
    yield log
    log.close()


@pytest.fixture
def log(started: Log) -> Iterator[Log]:
    yield started
    started.end_workers()


def plain(found: list[Message]) -> list[tuple[bytes, bytes, tuple[tuple[str, bytes], ...]]]:
    return sorted((one.key, one.value, one.headers) for one in found)


async def publish(log: Log, topic: str, *calls: list[Message]) -> None:
    publisher = log.publisher()
    for call in calls:
        await publisher.publish(topic, call)
    await publisher.stop()  # type: ignore[attr-defined]


async def test_what_is_confirmed_can_be_read_byte_for_byte(log: Log) -> None:
    topic = log.topic()
    await publish(log, topic, RAW)
    assert plain(await log.read(topic)) == plain(RAW)


async def test_refs_are_unique_and_sort_in_the_order_of_publishing(log: Log) -> None:
    topic = log.topic()
    sent = numbered(3_000)
    await publish(log, topic, sent[:1], sent[1:2_500], sent[2_500:])
    found = sorted(await log.read(topic), key=lambda one: one.ref)
    assert [one.value for one in found] == [one.value for one in sent]
    assert len({one.ref for one in found}) == 3_000


async def test_publishing_nothing_is_no_error(log: Log) -> None:
    topic = log.topic()
    await publish(log, topic, [])
    assert await log.read(topic) == []


async def test_a_large_batch_and_a_large_message(log: Log) -> None:
    topic = log.topic(partitions=3)
    await publish(log, topic, numbered(20_000, keys=50), messages([b"\xff" * 900_000]))
    sizes = [len(one.value) for one in await log.read(topic)]
    assert len(sizes) == 20_001
    assert max(sizes) == 900_000


async def test_calls_at_the_same_time_all_arrive(log: Log) -> None:
    topic = log.topic(partitions=2)
    publisher = log.publisher()
    await asyncio.gather(*(publisher.publish(topic, messages([b"%d" % i], b"%d" % i)) for i in range(200)))
    await publisher.stop()  # type: ignore[attr-defined]
    assert sorted(int(one.value) for one in await log.read(topic)) == list(range(200))


async def test_publishing_while_the_log_is_down_says_so_and_works_again_after(log: Log) -> None:
    topic = log.topic()
    publisher = log.publisher()
    await publisher.publish(topic, messages([b"before"]))
    log.stop()
    with pytest.raises(LogDown):
        await publisher.publish(topic, messages([b"refused"]))
    log.start()
    await Patience(deadline_s=30).insist(lambda: publisher.publish(topic, messages([b"after"])))
    await publisher.stop()  # type: ignore[attr-defined]
    values = [one.value for one in await log.read(topic)]
    assert values[0] == b"before"
    assert b"after" in values  # the refused one may be there too, before or behind it


async def test_a_worker_gets_every_byte_and_what_it_acknowledged_never_again(log: Log) -> None:
    topic = log.topic()
    await publish(log, topic, RAW)
    first = log.worker(topic)
    first.until(lambda: len(first.done) == len(RAW))
    assert plain(first.done) == plain(RAW)
    assert first.terminate() == 0
    assert await log.unacknowledged(topic) == 0
    await publish(log, topic, messages([b"later"]))
    second = log.worker(topic)
    second.until(lambda: second.done)
    assert second.values == [b"later"]


async def test_a_worker_gets_messages_in_order_and_at_most_so_many(log: Log) -> None:
    topic = log.topic()
    sent = numbered(1_000)
    await publish(log, topic, sent[:700], *([one] for one in sent[700:]))
    worker = log.worker(topic, most=64)
    worker.until(lambda: len(worker.done) == 1_000)
    assert worker.values == [one.value for one in sent]
    assert max(len(batch) for batch in worker.batches) <= 64


async def test_a_message_counts_as_the_leads_it_carries_and_is_never_split(log: Log) -> None:
    topic = log.topic()
    chunks = [Message("", b"k", b"%d" % n, ((LEADS, b"%d" % (200 if n == 7 else 30)),)) for n in range(40)]
    await publish(log, topic, chunks[:25], chunks[25:])
    worker = log.worker(topic, most=64)
    worker.until(lambda: len(worker.done) == 40)
    assert worker.values == [one.value for one in chunks]
    assert max(map(len, worker.batches)) == 2
    assert [worker.done[7].ref] in worker.batches


async def test_killed_in_the_middle_of_a_batch_it_comes_again(log: Log) -> None:
    topic = log.topic()
    sent = numbered(60)
    await publish(log, topic, sent[:30], sent[30:])
    first = log.worker(topic, most=10, fail="hang", trigger="45")
    first.until(lambda: len(first.begun) > 45)
    first.kill()
    in_hand = set(first.begun) - {one.ref for one in first.done}
    assert b"45" not in first.values
    assert await log.unacknowledged(topic) >= 60 - len(first.values)
    second = log.worker(topic, most=10)
    second.until(lambda: b"59" in second.values)
    assert in_hand <= {one.ref for one in second.done}
    assert set(first.values) | set(second.values) == {one.value for one in sent}


async def test_a_handler_that_raises_ends_the_worker_and_acknowledges_nothing(log: Log) -> None:
    topic = log.topic()
    await publish(log, topic, numbered(10))
    first = log.worker(topic, fail="bug", trigger="0")
    assert first.process.wait(30) != 0
    assert first.done == []
    assert await log.unacknowledged(topic) == 10
    second = log.worker(topic)
    second.until(lambda: len(second.done) == 10)


async def test_trouble_is_waited_for_in_place_and_then_work_goes_on(log: Log) -> None:
    topic = log.topic()
    await publish(log, topic, numbered(10))
    mended = log.home / f"{topic}-mended"
    worker = log.worker(topic, fail="down", trigger="0", mended=str(mended))
    worker.until(lambda: len(worker.batches) >= 3)
    assert await log.unacknowledged(topic) == 10
    mended.touch()
    worker.until(lambda: len(worker.done) == 10)
    assert worker.terminate() == 0
    assert await log.unacknowledged(topic) == 0


async def test_trouble_past_the_deadline_ends_the_worker_and_acknowledges_nothing(log: Log) -> None:
    topic = log.topic()
    await publish(log, topic, numbered(10))
    worker = log.worker(topic, fail="down", trigger="0", deadline_s=0.5)
    assert worker.process.wait(30) != 0
    assert await log.unacknowledged(topic) == 10


async def test_stopped_in_the_middle_of_a_batch_it_is_finished_first(log: Log) -> None:
    topic = log.topic()
    await publish(log, topic, numbered(5), numbered(5))
    worker = log.worker(topic, most=5, seconds=1.0)
    worker.until(lambda: worker.begun)
    assert worker.terminate() == 0
    assert len(worker.done) == len(worker.begun)
    assert await log.unacknowledged(topic) == 10 - len(worker.done)


async def test_two_workers_share_the_work(log: Log) -> None:
    topic = log.topic(partitions=4)
    first = log.worker(topic, "a", most=5, seconds=0.02)
    second = log.worker(topic, "b", most=5, seconds=0.02)
    publisher = log.publisher()
    sent = 0
    while not (first.done and second.done):
        await publisher.publish(topic, numbered(20, keys=20))
        sent += 20
        await asyncio.sleep(0.1)
        assert sent < 6_000
    await publisher.stop()  # type: ignore[attr-defined]
    first.until(lambda: len({one.ref for one in first.done + second.done}) == sent)
