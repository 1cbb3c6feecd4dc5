"""Kafka without Faust: publishing by batch, confirmed; reading a topic from end to end; how far a group has come; whether it is there."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterable, Iterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.client import AIOKafkaClient
from aiokafka.errors import KafkaError, MessageSizeTooLargeError
from aiokafka.partitioner import DefaultPartitioner
from aiokafka.protocol.metadata import MetadataRequest

from leads.errors import BadInput, LogDown
from streams.ports import Message
from streams.topics import MESSAGE_BYTES

#: A request must hold the largest message any topic takes (dead letters), and its frame.
_REQUEST_BYTES = 2 * MESSAGE_BYTES + 4096
_BATCH_BYTES = 128 * 1024
#: Up to so many messages go one by one (7 microseconds each), more as batches of our own (2 microseconds each).
_FEW = 8


def ref(topic: str, partition: int, offset: int) -> str:
    """The name of a message: unique, and sorting as text within its partition."""
    return f"{topic}/{partition}/{offset:016d}"


def message(record: Any) -> Message:
    """A Message from what aiokafka or Faust hands over: both use the same attribute names."""
    return Message(
        topic=record.topic,
        key=record.key or b"",
        value=record.value or b"",
        headers=tuple(record.headers or ()),
        ref=ref(record.topic, record.partition, record.offset),
    )


class KafkaPublisher:
    """A Publisher on aiokafka: idempotent, acks=all, one batch a partition, all awaited.

    Connects at the first publish. After a failure the next publish starts afresh, since an idempotent producer that gave
    up on a batch leaves a hole in its numbering that the broker would refuse for ever.
    """

    def __init__(self, bootstrap: str, *, timeout_s: float = 10.0) -> None:
        self._bootstrap, self._timeout_s = bootstrap, timeout_s
        self._producer: Any = None
        self._starting, self._queue = asyncio.Lock(), asyncio.Lock()
        self._partition = DefaultPartitioner()
        self._retired: set[asyncio.Task[None]] = set()

    async def publish(self, topic: str, messages: Sequence[Message]) -> None:
        """See ``streams.ports.Publisher``. A message with an empty key goes to any partition.

        Raises LogDown, and BadInput for a message larger than its topic takes: trying again would not help.
        """
        if not messages:
            return
        producer = None
        try:
            async with asyncio.timeout(self._timeout_s):
                producer = await self._started()
                await self._send(producer, topic, messages)
        except (KafkaError, OSError, TimeoutError) as error:
            if producer is not None and producer is self._producer:
                self._producer = None
                self._retire(producer)
            if isinstance(error, MessageSizeTooLargeError):
                raise BadInput("too_large", f"a message is larger than {topic} takes; send it in parts") from error
            raise LogDown(
                f"Kafka did not confirm to {topic} ({type(error).__name__}); check broker and topic"
            ) from error

    async def stop(self) -> None:
        """Close the connection, within the timeout; a later publish opens a new one."""
        producer, self._producer = self._producer, None
        if producer is not None:
            self._retire(producer)
        if self._retired:
            _, late = await asyncio.wait(tuple(self._retired), timeout=self._timeout_s)
            for task in late:
                task.cancel()

    async def _started(self) -> Any:
        async with self._starting:
            if self._producer is None:
                producer = AIOKafkaProducer(
                    bootstrap_servers=self._bootstrap,
                    acks="all",
                    enable_idempotence=True,
                    max_batch_size=_BATCH_BYTES,
                    max_request_size=_REQUEST_BYTES,
                    request_timeout_ms=int(self._timeout_s * 1000),
                )
                try:
                    await producer.start()
                except BaseException:
                    self._retire(producer)
                    raise
                self._producer = producer
            return self._producer

    async def _send(self, producer: Any, topic: str, messages: Sequence[Message]) -> None:
        partitions = sorted(await producer.partitions_for(topic))
        placed = [(self._partition(one.key or None, partitions, partitions), one) for one in messages]
        if len(messages) <= _FEW:
            # the driver puts what comes from many calls at once into one request
            sent = [
                await producer.send(topic, one.value, one.key, partition, headers=list(one.headers))
                for partition, one in placed
            ]
        else:
            by_partition: dict[int, list[Message]] = {}
            for partition, one in placed:
                by_partition.setdefault(partition, []).append(one)
            async with self._queue:  # with many in the queue the driver counts its timeout wrongly
                sent = [
                    await producer.send_batch(batch, topic, partition=partition)
                    for partition, group in by_partition.items()
                    for batch in _batches(producer, group)
                ]
        await asyncio.gather(*sent)

    def _retire(self, producer: Any) -> None:
        async def close() -> None:
            await producer.stop()

        task = asyncio.create_task(close())
        self._retired.add(task)
        task.add_done_callback(self._forget)

    def _forget(self, task: asyncio.Task[None]) -> None:
        self._retired.discard(task)
        if not task.cancelled():
            task.exception()  # that a broken connection does not close well is no news


def _batches(producer: Any, messages: Sequence[Message]) -> Iterator[Any]:
    batch = producer.create_batch()
    for one in messages:
        if not _append(batch, one):
            yield batch
            batch = producer.create_batch()
            _append(batch, one)  # the first of a batch is always taken
    yield batch


def _append(batch: Any, one: Message) -> bool:
    return batch.append(key=one.key, value=one.value, headers=list(one.headers), timestamp=None) is not None


class KafkaReach:
    """Whether the leader of every partition of a topic answers: each is asked about the topic. One call at a time.

    The connections are its own and stay. After a failure it starts afresh: one to a machine that is gone would hang for long.
    """

    def __init__(self, bootstrap: str, topic: str, *, timeout_s: float = 1.5) -> None:
        self._bootstrap, self._topic, self._timeout_s = bootstrap, topic, timeout_s
        self._question = MetadataRequest([topic], allow_auto_topic_creation=False)
        self._client: Any = None

    async def __call__(self) -> None:
        """Raises LogDown with the reason."""
        answered = False
        try:
            async with asyncio.timeout(self._timeout_s):
                await self._ask()
            answered = True
        except (KafkaError, OSError, TimeoutError) as error:
            raise LogDown(f"the log did not answer for all of {self._topic} ({type(error).__name__})") from error
        finally:
            if not answered:
                await self.stop()

    async def _ask(self) -> None:
        if self._client is None:
            self._client = AIOKafkaClient(bootstrap_servers=self._bootstrap)
            await self._client.bootstrap()
            await self._learn([self._client.get_random_node()])
        cluster = self._client.cluster
        parts = _there(cluster.partitions_for_topic(self._topic), self._topic)
        await self._learn({cluster.leader_for_partition(TopicPartition(self._topic, part)) for part in parts})

    async def _learn(self, nodes: Iterable[int]) -> None:
        for answer in await asyncio.gather(*(self._client.send(node, self._question) for node in nodes)):
            self._client.cluster.update_metadata(answer)

    async def stop(self) -> None:
        """Close the connections; a later call opens new ones."""
        client, self._client = self._client, None
        if client is not None:
            await client.close()


async def read(bootstrap: str, topic: str) -> AsyncIterator[Message]:
    """Every message of a topic up to its end as of now, in order within each partition, without a group. Raises LogDown."""
    async with _consumer(bootstrap, topic) as consumer:
        ends = await consumer.end_offsets(_parts(consumer, topic))
        left = {part for part, end in ends.items() if end > await consumer.position(part)}
        while left:
            for part, records in (await consumer.getmany(*left, timeout_ms=1000)).items():
                for record in records:
                    if record.offset < ends[part]:
                        yield message(record)
            left = {part for part in left if await consumer.position(part) < ends[part]}


async def positions(bootstrap: str, group: str, topic: str) -> dict[int, tuple[int, int]]:
    """Partition -> (next offset the group will read, end of the partition): the difference is the lag. Raises LogDown."""
    async with _consumer(bootstrap, topic) as reader, _consumer(bootstrap, group=group) as member:
        ends = await reader.end_offsets(_parts(reader, topic))
        return {part.partition: (await member.committed(part) or 0, end) for part, end in sorted(ends.items())}


async def waiting(bootstrap: str, group: str, topic: str) -> dict[int, tuple[int, int]]:
    """Partition -> (messages the group has not committed, time in ms of the oldest of them or 0). Raises LogDown."""
    found: dict[int, tuple[int, int]] = {}
    async with _consumer(bootstrap, topic) as reader, _consumer(bootstrap, group=group) as member:
        ends = await reader.end_offsets(_parts(reader, topic))
        for part, end in sorted(ends.items()):
            at = await member.committed(part)
            if at is None:
                (at,) = (await reader.beginning_offsets([part])).values()
            oldest = 0
            if end > at:
                reader.seek(part, at)
                records = (await reader.getmany(part, timeout_ms=1000, max_records=1)).get(part, [])
                oldest = records[0].timestamp if records else 0
            found[part.partition] = (max(0, end - at), oldest)
    return found


@asynccontextmanager
async def _consumer(bootstrap: str, *topics: str, group: str | None = None) -> AsyncIterator[Any]:
    """A plain consumer that commits nothing and, without a topic, does not join its group. Driver errors are LogDown."""
    consumer = AIOKafkaConsumer(
        *topics, bootstrap_servers=bootstrap, group_id=group, enable_auto_commit=False, auto_offset_reset="earliest"
    )
    try:
        await consumer.start()
        yield consumer
    except (KafkaError, OSError) as error:
        raise LogDown(f"Kafka at {bootstrap} did not answer a reader ({type(error).__name__})") from error
    finally:
        await consumer.stop()


def _parts(consumer: Any, topic: str) -> set[Any]:
    return _there(consumer.assignment(), topic)


def _there(parts: set[Any] | None, topic: str) -> set[Any]:
    if not parts:
        raise LogDown(f"Kafka has no topic {topic}: run leadstream topics apply")
    return parts
