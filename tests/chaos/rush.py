"""More visitors than the door can serve: they come when they come, whatever it answers, and do not come twice."""

from __future__ import annotations

import asyncio
import itertools
import time
from collections import Counter
from collections.abc import Iterator
from random import Random
from typing import Any

import msgspec

from leadstream.sample.leads import samples
from tests.chaos.site import TENANT, Site

#: Connections at most; who finds none free waits for one.
_CONNECTIONS = 400


class _Connection(asyncio.Protocol):
    """One request at a time. ``answered``: when the last answer was there. Small, since visitors share the door's machine."""

    def __init__(self) -> None:
        self.answered, self.closed = 0.0, False
        self._transport: Any = None
        self._got = b""
        self._answer: asyncio.Future[tuple[bytes, bytes]] | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport

    def ask(self, request: bytes) -> asyncio.Future[tuple[bytes, bytes]]:
        """Head, in lower case, and body of the answer. ConnectionError when there will be none."""
        self._answer = asyncio.get_running_loop().create_future()
        self._transport.write(request)
        return self._answer

    def data_received(self, data: bytes) -> None:
        self._got += data
        head, end, body = self._got.partition(b"\r\n\r\n")
        if end and self._answer:
            head = head.lower()
            if len(body) == int(head.partition(b"content-length: ")[2].partition(b"\r\n")[0]):
                self.answered, self._got = time.monotonic(), b""
                self._answer.set_result((head, body))

    def connection_lost(self, error: Exception | None) -> None:
        self.closed = True
        if self._answer and not self._answer.done():
            self._answer.set_exception(ConnectionResetError())

    def close(self) -> None:
        self._transport.close()


class Rush:
    """``receipts`` of what was taken, ``statuses`` of all answers, ``taken_ms`` how long each of those taken took from its sending."""

    def __init__(self, site: Site, random: Random) -> None:
        self.receipts: list[str] = []
        self.statuses: Counter[int] = Counter()
        self.taken_ms: list[float] = []
        self.without_hint = 0
        self._port = site.port
        self._forms = _endless(random)
        self._free: asyncio.LifoQueue[_Connection] = asyncio.LifoQueue()
        self._open = 0

    async def served(self, seconds: float, at_once: int = 16) -> float:
        """What the door takes in a second from so many who each wait for the answer."""
        before, end = len(self.receipts), time.monotonic() + seconds

        async def one() -> None:
            while time.monotonic() < end:
                await self._visit()

        await asyncio.gather(*(one() for _ in range(at_once)))
        return (len(self.receipts) - before) / seconds

    async def come(self, per_s: float, seconds: float) -> None:
        """So many a second, evenly; returns when the last has his answer."""
        began, under_way = time.monotonic(), set[asyncio.Task[None]]()
        for number in range(int(per_s * seconds)):
            due = began + number / per_s
            if (wait := due - time.monotonic()) > 0:
                await asyncio.sleep(wait)
            task = asyncio.create_task(self._visit())
            under_way.add(task)
            task.add_done_callback(under_way.discard)
        await asyncio.gather(*under_way)

    async def close(self) -> None:
        while not self._free.empty():
            self._free.get_nowait().close()

    async def _visit(self) -> None:
        connection = await self._connection()
        body = next(self._forms)
        head = f"POST /v1/forms/shop HTTP/1.1\r\nHost: door\r\nContent-Type: application/json\r\nContent-Length: {len(body)}"
        sent = time.monotonic()
        answer, content = await connection.ask(head.encode() + b"\r\n\r\n" + body)
        self._free.put_nowait(connection)
        status = int(answer[9:12])
        self.statuses[status] += 1
        if status == 202:
            self.taken_ms.append((connection.answered - sent) * 1000)
            self.receipts.append(msgspec.json.decode(content)["receipt"])
        else:
            self.without_hint += b"retry-after:" not in answer

    async def _connection(self) -> _Connection:
        while not self._free.empty() or self._open >= _CONNECTIONS:
            connection = await self._free.get()
            if not connection.closed:  # the door closes those nobody has used for a while
                return connection
            self._open -= 1
        self._open += 1
        return (await asyncio.get_running_loop().create_connection(_Connection, "127.0.0.1", self._port))[1]


def _endless(random: Random) -> Iterator[bytes]:
    """Made before the first comes: the samples take a second or two."""
    seeds = [random.randrange(1 << 30) + seed for seed in range(20)]
    forms = [row.fields for seed in seeds for e in samples(seed, TENANT) for row in e.rows if row.fields]
    return (msgspec.json.encode({**forms[n % len(forms)], "order": f"order-{n}"}) for n in itertools.count())
