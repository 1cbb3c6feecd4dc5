"""More visitors than the door can serve: they come when they come, whatever it answers, and do not come twice."""

from __future__ import annotations

import asyncio
import itertools
import time
from collections import Counter
from collections.abc import Iterator
from random import Random
from urllib.parse import urlsplit

import msgspec

from leadstream.samples import samples
from tests.chaos.site import TENANT, Site

#: Connections at most; who finds none free waits for one.
_CONNECTIONS = 400


class Rush:
    """``receipts`` of what was taken, ``statuses`` of all answers, ``taken_ms`` how long each of those taken took from its sending."""

    def __init__(self, site: Site, random: Random) -> None:
        self.receipts: list[str] = []
        self.statuses: Counter[int] = Counter()
        self.taken_ms: list[float] = []
        self.without_hint = 0
        self._where = urlsplit(site.url)
        self._forms = self._endless(random)
        self._free: asyncio.LifoQueue[tuple[asyncio.StreamReader, asyncio.StreamWriter]] = asyncio.LifoQueue()
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
            self._free.get_nowait()[1].close()

    async def _visit(self) -> None:
        reader, writer = await self._connection()
        body = next(self._forms)
        head = f"POST /v1/forms/shop HTTP/1.1\r\nHost: door\r\nContent-Type: application/json\r\nContent-Length: {len(body)}"
        sent = time.monotonic()
        writer.write(head.encode() + b"\r\n\r\n" + body)
        answer = (await reader.readuntil(b"\r\n\r\n")).lower()
        length = int(answer.partition(b"content-length: ")[2].partition(b"\r\n")[0])
        content = await reader.readexactly(length)
        self._free.put_nowait((reader, writer))
        status = int(answer[9:12])
        self.statuses[status] += 1
        if status == 202:
            self.taken_ms.append((time.monotonic() - sent) * 1000)
            self.receipts.append(msgspec.json.decode(content)["receipt"])
        else:
            self.without_hint += b"retry-after:" not in answer

    async def _connection(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        if self._free.empty() and self._open < _CONNECTIONS:
            self._open += 1
            return await asyncio.open_connection(self._where.hostname, self._where.port)
        return await self._free.get()

    def _endless(self, random: Random) -> Iterator[bytes]:
        rows = [
            row.fields
            for seed in range(20)
            for e in samples(random.randrange(1 << 30) + seed, TENANT)
            for row in e.rows
        ]
        forms = [fields for fields in rows if fields]
        for number in itertools.count():
            yield msgspec.json.encode({**forms[number % len(forms)], "order": f"order-{number}"})
