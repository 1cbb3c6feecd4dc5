"""Each way in which Faust was seen to lose a lead, tried on our worker with a real broker.

What both logs must hold (bytes that are no JSON, a handler that raises, kill -9 and SIGTERM in the middle of a batch,
trouble) is in test_logs.
"""

from __future__ import annotations

import asyncio
import types
from collections.abc import Iterator
from pathlib import Path

import pytest

from stores.patience import Patience
from streams.faust_app import _unbroken, make_app, ready
from streams.faust_consumer import Order
from tests.parts.kafka import Kafka
from tests.streams.logs import KafkaLog, messages, numbered


async def nothing(_: object) -> None: ...


def app_(tmp_path: Path) -> types.SimpleNamespace:
    made: types.SimpleNamespace = make_app(
        bootstrap="localhost:1", group="g", topic="t", handler=nothing, datadir=tmp_path / "faust"
    )
    return made


@pytest.mark.parametrize(
    ("setting", "value"),
    [
        ("stream_wait_empty", True),
        ("topic_allow_declare", False),
        ("web_enabled", False),
        ("processing_guarantee", "at_least_once"),
        ("broker_commit_interval", 1.0),
        ("worker_redirect_stdouts", False),
    ],
)
def test_settings_that_keep_leads(tmp_path: Path, setting: str, value: object) -> None:
    found = getattr(app_(tmp_path).conf, setting)
    assert getattr(found, "value", found) == value


def test_one_agent_one_batch_at_a_time_and_no_table(tmp_path: Path) -> None:
    app = app_(tmp_path)
    assert [agent.concurrency for agent in app.agents.values()] == [1]
    assert not app.tables


def test_not_ready_before_it_has_started(tmp_path: Path) -> None:
    assert not ready(app_(tmp_path))


async def test_work_in_hand_ends_before_a_cancellation_is_obeyed() -> None:
    ended = []

    async def work() -> None:
        await asyncio.sleep(0.05)
        ended.append(True)

    task = asyncio.create_task(_unbroken(work()))
    for _ in range(3):
        await asyncio.sleep(0.01)
        task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert ended == [True]


def records(*places: tuple[int, int]) -> list[types.SimpleNamespace]:
    return [types.SimpleNamespace(partition=partition, offset=offset) for partition, offset in places]


@pytest.mark.parametrize(
    ("batches", "continues"),
    [
        ([[(0, 7), (0, 8)], [(0, 9)]], True),
        ([[(0, 7), (1, 3)], [(1, 4), (0, 8)]], True),
        ([[(0, 7)], [(0, 7), (0, 8)]], True),  # a repeat loses nothing
        ([[(0, 7)], [(0, 9)]], False),
        ([[(0, 7), (0, 9)]], False),
        ([[(0, 8)]], False),  # not where the assignment begins
        ([[(0, 6), (0, 7)]], True),
    ],
)
def test_a_hole_between_messages_is_noticed(batches: list[list[tuple[int, int]]], continues: bool) -> None:
    order = Order()
    order.begin({0: 7, 1: 3})
    assert all(order.continues(records(*batch)) for batch in batches) is continues


@pytest.fixture
def log(own_kafka: Kafka, tmp_path: Path) -> Iterator[KafkaLog]:
    log = KafkaLog(tmp_path, own_kafka)
    yield log
    log.end_workers()


async def publish(log: KafkaLog, topic: str, values: list[bytes]) -> None:
    publisher = log.publisher()
    await publisher.publish(topic, messages(values))
    await publisher.stop()


@pytest.mark.kafka
async def test_a_bug_leaves_with_its_own_status_and_without_quoting_anybody(log: KafkaLog) -> None:
    topic = log.topic()
    await publish(log, topic, [b"x"])
    worker = log.worker(topic, fail="bug", trigger="x")
    assert worker.process.wait(30) == 70
    said = worker.into.with_suffix(".err").read_text()
    assert "ZeroDivisionError" in said
    assert "13800138000" not in said


@pytest.mark.kafka
async def test_a_broker_that_hangs_past_the_session_and_one_that_restarts_lose_nothing(
    log: KafkaLog, own_kafka: Kafka
) -> None:
    topic = log.topic()
    publisher = log.publisher()
    await publisher.publish(topic, numbered(100))
    worker = log.worker(topic, most=10, seconds=0.2, session_s=2.0)
    worker.until(lambda: len(worker.done) >= 20)
    own_kafka.pause()
    await asyncio.sleep(3.0)
    own_kafka.resume()
    await Patience(deadline_s=30).insist(lambda: publisher.publish(topic, messages([b"hung"])))
    worker.until(lambda: b"hung" in worker.values, 60)
    own_kafka.stop()
    own_kafka.start()
    await Patience(deadline_s=30).insist(lambda: publisher.publish(topic, messages([b"restarted"])))
    await publisher.stop()
    worker.until(lambda: b"restarted" in worker.values, 60)
    assert set(worker.values) == {b"%d" % i for i in range(100)} | {b"hung", b"restarted"}
    assert worker.terminate() == 0
    assert await log.unacknowledged(topic) == 0


@pytest.mark.kafka
async def test_what_arrives_while_partitions_change_hands_for_the_first_time_is_not_passed_over(log: KafkaLog) -> None:
    topic = log.topic(partitions=2)
    first = log.worker(topic, "a", pause_s=2.0)
    first.until(lambda: first.joined == 1)
    await asyncio.sleep(2.5)  # it waits for messages, nothing of the group is committed
    second = log.worker(topic, "b", pause_s=2.0)
    first.until(lambda: first.joined == 2)
    publisher = log.publisher()
    await publisher.publish(topic, numbered(20, keys=20))
    first.until(lambda: len({*first.values, *second.values}) == 20)
    await publisher.publish(topic, numbered(40, keys=20)[20:])  # they acknowledge what came before them, too
    await publisher.stop()
    first.until(lambda: len({*first.values, *second.values}) == 40)
    await asyncio.sleep(3)  # an acknowledgment a second
    assert await log.unacknowledged(topic) == 0


@pytest.mark.kafka
async def test_the_successor_in_a_slot_does_not_wait_for_the_session_of_the_dead(log: KafkaLog) -> None:
    topic = log.topic()
    await publish(log, topic, [b"x"])
    first = log.worker(topic, slot="one", session_s=60.0, fail="hang", trigger="x")
    first.until(lambda: first.begun)
    first.kill()
    second = log.worker(topic, slot="one", session_s=60.0)
    second.until(lambda: second.values == [b"x"], 20)


@pytest.mark.kafka
async def test_told_to_stop_while_a_dependency_is_away_it_leaves_at_once_and_acknowledges_nothing(
    log: KafkaLog,
) -> None:
    topic = log.topic()
    await publish(log, topic, [b"x"])
    worker = log.worker(topic, fail="down", trigger="x")
    worker.until(lambda: len(worker.batches) >= 3)
    assert worker.terminate() == 70
    assert await log.unacknowledged(topic) == 1
