"""The log on Valkey Streams: a stream a topic, an entry a publish call, a consumer group a reader.

A stream is one partition. An entry packs many messages, since an entry costs one fsync and one acknowledgement whatever
is in it. What every group has acknowledged is dropped at once, so that memory holds what is in flight only; ``keep_ms``
names the topics that keep it for a time (-1: for ever). What is confirmed is on disk if the server runs with
``appendfsync always``, as the embedded one does.

The driver must not send a command again by itself: a second XREADGROUP gives the *next* entries and leaves those of the
first behind. So clients here never retry; Patience does, and starts over with what this consumer already holds.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping, Sequence
from importlib.resources import files
from typing import Any

import msgspec
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError, ResponseError

from leads.errors import LogDown, Unavailable
from stores.connect import connect
from stores.patience import Patience
from stores.portions import leads, portions
from stores.stream_entry import FIELD, Delivered, Entry, Sendable, pack, unpack

_ACK = files("stores").joinpath("lua/log_ack.lua").read_text()
_REWRITE = files("stores").joinpath("lua/log_rewrite.lua").read_text()
#: A blocked read returns at once when something arrives; this is how soon ``stop`` is noticed.
_BLOCK_MS = 500
_TRIM_EVERY_S = 60.0
#: Calls of a publisher in flight, a connection each; the server writes those that meet to disk together.
_AT_ONCE = 32


class StreamPublisher:
    """A Publisher: one entry for each call, several when it is large."""

    def __init__(self, url: str, *, keep_ms: Mapping[str, int] | None = None) -> None:
        self._client = _client(url)
        self._keep_ms = keep_ms or {}
        self._trim = self._client.register_script(_ACK)
        self._trimmed: dict[str, float] = {}
        self._places = asyncio.Semaphore(_AT_ONCE)

    async def publish(self, topic: str, messages: Sequence[Sendable]) -> None:
        """See ``streams.ports.Publisher``. Raises LogDown."""
        entries = list(pack(messages))
        if not entries:
            return
        with _confirmed("append to the log"):
            async with self._places, self._client.pipeline(transaction=False) as pipe:
                for entry in entries:
                    pipe.xadd(_stream(topic), {FIELD: entry})
                await pipe.execute()
        await self._drop_old(topic)

    async def _drop_old(self, topic: str) -> None:
        """Topics kept for a time may have no reader at all: the publisher drops what is too old."""
        now = time.monotonic()
        if self._keep_ms.get(topic, 0) > 0 and now - self._trimmed.get(topic, 0.0) > _TRIM_EVERY_S:
            self._trimmed[topic] = now
            with contextlib.suppress(RedisError, OSError):  # what is published is published
                await self._trim(keys=[_stream(topic)], args=["", _oldest(self._keep_ms[topic])])

    async def stop(self) -> None:
        """Close the connections."""
        await self._client.aclose()


class StreamConsumer:
    """A Consumer. ``name`` is its slot in the group: a restart under the same name begins with what the last one held.

    What a dead consumer of another name held is taken over once nobody has touched it for ``claim_after_s``.
    """

    def __init__(
        self,
        url: str,
        group: str,
        name: str,
        *,
        patience: Patience | None = None,
        claim_after_s: float = 30.0,
        keep_ms: Mapping[str, int] | None = None,
    ) -> None:
        self._client = _client(url)
        self._group, self._name = group, name
        self.patience = patience or Patience()
        self._claim_after_s = claim_after_s
        self._keep_ms = keep_ms or {}
        self._acknowledge = self._client.register_script(_ACK)
        self._stopping = False
        self._ended = asyncio.Event()
        self._ended.set()
        self._recovering = True
        self._looked_at = 0.0
        self._per_entry = float("inf")  # leads; who begins before a backlog takes one entry, and learns

    async def join(self, topic: str) -> None:
        """Make sure the group exists: from then on nothing is dropped before it has acknowledged. Raises LogDown."""
        with _confirmed("create a group"):
            try:
                await self._client.xgroup_create(_stream(topic), self._group, id="0", mkstream=True)
            except ResponseError as error:
                if not str(error).startswith("BUSYGROUP"):
                    raise

    async def run(
        self, topic: str, handler: Callable[[Sequence[Any]], Awaitable[None]], *, most: int, within_s: float
    ) -> None:
        """See ``streams.ports.Consumer``. Hands over what is there at once: a stream needs no wait to fill a batch.

        Unavailable, of the handler or of the log, is retried in place until patience ends, then raised. Anything else
        that the handler raises goes through; the messages stay unacknowledged and come again.
        """
        self._ended.clear()
        try:
            while not self._stopping:
                entries = await self._insist(lambda: self._next(topic, most))
                if entries:
                    async with self._held(topic, [name for name, _ in entries]):
                        await self._hand_over(topic, entries, handler, most)
        except Unavailable:
            if not self._stopping:
                raise
        finally:
            self._ended.set()
            await self._client.aclose()

    async def stop(self) -> None:
        """Finish the batch in hand, acknowledge it, take no more. Trouble is not waited for: such a batch comes again."""
        self._stopping = True
        await self._ended.wait()
        await self._client.aclose()
        await self._client.aclose()

    async def backlog(self, topic: str) -> int:
        """Entries this group has not acknowledged yet (the first 1,000, where the server does not keep count)."""
        with _confirmed("tell its backlog"):
            for group in await self._client.xinfo_groups(_stream(topic)):
                if group["name"] == self._group.encode():
                    unread = group.get("lag")
                    if unread is None:
                        after = b"(" + group["last-delivered-id"]
                        unread = len(await self._client.xrange(_stream(topic), after, "+", count=1_000))
                    return int(group["pending"]) + int(unread)
        return 0

    async def oldest_ms(self, topic: str) -> int:
        """When the oldest entry that this group has not acknowledged was appended (ms), 0 when there is none. Raises LogDown."""
        with _confirmed("tell its oldest entry"):
            for group in await self._client.xinfo_groups(_stream(topic)):
                if group["name"] == self._group.encode():
                    if group["pending"]:
                        held = await self._client.xpending(_stream(topic), self._group)
                        if held["min"]:
                            return _appended(held["min"])
                    after = b"(" + group["last-delivered-id"]
                    unread = await self._client.xrange(_stream(topic), after, "+", count=1)
                    return _appended(unread[0][0]) if unread else 0
        return 0

    async def _hand_over(
        self,
        topic: str,
        entries: Sequence[Entry],
        handler: Callable[[Sequence[Any]], Awaitable[None]],
        most: int,
    ) -> None:
        messages = [one for _, packed in entries for one in packed]
        ends: dict[bytes, int] = {}
        end = 0
        for name, packed in entries:
            ends[name] = end = end + len(packed)
        before, upto = -1, 0
        for part in list(portions(messages, most)) or [messages]:
            if part:
                await self._insist(lambda part=part: handler(part))  # type: ignore[misc]
            upto += len(part)
            done = [name for name, end in ends.items() if before < end <= upto]
            await self._insist(lambda done=done: self._ack(topic, done))  # type: ignore[misc]
            before = upto
            if self._stopping:
                return

    async def _next(self, topic: str, most: int) -> list[Entry]:
        """First what this consumer already holds (or takes over from a dead one), then new entries."""
        try:
            with _confirmed("be read"):
                if time.monotonic() - self._looked_at > self._claim_after_s / 2:
                    self._recovering = await self._take_over(topic) or self._recovering
                held = await self._read(topic, most, "0", None) if self._recovering else []
                self._recovering = bool(held)
                return held or await self._read(topic, most, ">", _BLOCK_MS)
        except (LogDown, asyncio.CancelledError):
            self._recovering, self._looked_at = True, 0.0
            raise

    async def _take_over(self, topic: str) -> bool:
        await self.join(topic)
        idle_ms = int(self._claim_after_s * 1000)
        claimed = await self._client.xautoclaim(
            _stream(topic), self._group, self._name, idle_ms, count=100, justid=True
        )
        self._looked_at = time.monotonic()
        return bool(claimed)

    async def _read(self, topic: str, most: int, start: str, block_ms: int | None) -> list[Entry]:
        count = max(1, round(most / self._per_entry))
        answer = await self._client.xreadgroup(
            self._group, self._name, {_stream(topic): start}, count=count, block=block_ms
        )
        entries = [unpack(topic, name, fields) for _, found in answer for name, fields in found]
        if entries:
            self._per_entry = max(1.0, sum(leads(one) for _, packed in entries for one in packed) / len(entries))
        return entries

    async def _ack(self, topic: str, names: Sequence[bytes]) -> None:
        if not names:
            return
        keep = self._keep_ms.get(topic, 0)
        with _confirmed("take an acknowledgement"):
            if keep < 0:
                await self._client.xack(_stream(topic), self._group, *names)
            else:
                await self._acknowledge(
                    keys=[_stream(topic)], args=[self._group, _oldest(keep) if keep else "", *names]
                )

    @contextlib.asynccontextmanager
    async def _held(self, topic: str, names: Sequence[bytes]) -> AsyncIterator[None]:
        """While inside, tell the group that we are alive, however long the handler takes."""

        async def touch() -> None:
            while True:
                await asyncio.sleep(self._claim_after_s / 3)
                with contextlib.suppress(RedisError, OSError):
                    await self._client.xclaim(_stream(topic), self._group, self._name, 0, list(names), justid=True)

        task = asyncio.create_task(touch())
        try:
            yield
        finally:
            task.cancel()

    async def _insist(self, step: Callable[[], Awaitable[Any]]) -> Any:
        return await self.patience.insist(step, stopping=lambda: self._stopping)


async def read(url: str, topic: str) -> AsyncIterator[Delivered]:
    """Every message that the stream still holds, oldest first, without a group. Raises LogDown."""
    client, start = _client(url), "-"
    try:
        while True:
            with _confirmed("be read"):
                found = await client.xrange(_stream(topic), start, "+", count=100)
            if not found:
                return
            for name, fields in found:
                for one in unpack(topic, name, fields)[1]:
                    yield one
            start = "(" + found[-1][0].decode()
    finally:
        await client.aclose()


def _appended(name: bytes) -> int:
    """The time in an entry's name."""
    return int(name.partition(b"-")[0])


def _stream(topic: str) -> str:
    return f"log:{topic}"


def _client(url: str) -> Any:
    client = connect(url)
    client.set_retry(Retry(NoBackoff(), 0))
    return client


def _oldest(keep_ms: int) -> str:
    return f"{int(time.time() * 1000) - keep_ms}-0"


@contextlib.contextmanager
def _confirmed(doing: str) -> Iterator[None]:
    try:
        yield
    except (RedisError, OSError, TimeoutError) as error:
        raise LogDown(
            f"the log did not {doing} ({type(error).__name__}); check that it runs and has disk and memory left"
        ) from error


async def rewrite(url: str, topic: str, change: Callable[[Delivered], bytes | None]) -> int:
    """Put what ``change`` gives in the place of each message's value, None takes it away. For a topic that no group reads (dead
    letters); gives how many entries changed, -1 when one reads it. Raises LogDown."""
    client, changed, start = _client(url), list[bytes](), "-"
    script = client.register_script(_REWRITE)
    try:
        with _confirmed("be rewritten"):
            while found := await client.xrange(_stream(topic), start, "+", count=100):
                for name, fields in found:
                    before = unpack(topic, name, fields)[1]
                    kept = [_changed(one, value) for one in before if (value := change(one)) is not None]
                    if kept != before:
                        changed += [name, b"".join(pack(kept, whole=True))]
                start = "(" + found[-1][0].decode()
            if not changed:
                return 0
            return int(await script(keys=[_stream(topic), _stream(topic) + ".new"], args=[FIELD, *changed]))
    finally:
        await client.aclose()


def _changed(one: Delivered, value: bytes) -> Delivered:
    return one if value == one.value else msgspec.structs.replace(one, value=value)
