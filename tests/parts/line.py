"""A line between two parts that is as bad as lines are: slow, uneven, narrow, cut, or silent without being closed."""

from __future__ import annotations

import asyncio
from pathlib import Path
from random import random
from threading import Thread
from typing import Any


class Line:
    """``port`` of 127.0.0.1 leads to ``target``, a port of this machine or a Unix socket, until ``close``.

    ``delay_s`` and up to ``jitter_s`` more hold up each piece of data, one direction at a time; ``bytes_per_s`` bounds a
    connection (0: nothing does). It lives on a thread of its own, so that a test that waits holds up nobody.
    """

    def __init__(self, target: int | Path) -> None:
        self._target = target
        self.delay_s = self.jitter_s = self.bytes_per_s = 0.0
        self._down = False
        self._calls: set[_Call] = set()
        self._loop = asyncio.new_event_loop()
        Thread(target=self._loop.run_forever, daemon=True).start()
        serving = asyncio.start_server(self._serve, "127.0.0.1", 0)
        self._server = asyncio.run_coroutine_threadsafe(serving, self._loop).result(10)
        self.port = int(self._server.sockets[0].getsockname()[1])

    def cut(self) -> None:
        """Every connection breaks and none can be made until ``mend``."""
        self._down = True
        self._loop.call_soon_threadsafe(self._break)

    def fall_silent(self) -> None:
        """Connections of now stay open and carry nothing any more, as behind a router that forgot them; new ones work."""
        for call in tuple(self._calls):
            call.silent = True

    def mend(self) -> None:
        """As good as new. What fell silent stays silent."""
        self._down = False
        self.delay_s = self.jitter_s = self.bytes_per_s = 0.0

    def close(self) -> None:
        self._loop.call_soon_threadsafe(self._server.close)
        self.cut()
        self._loop.call_soon_threadsafe(self._loop.stop)

    def _break(self) -> None:
        for call in self._calls:
            call.end()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            if self._down:
                raise ConnectionRefusedError
            there, back = await self._connect()
        except OSError:
            writer.transport.abort()
            return
        self._calls.add(call := _Call(writer, back))
        try:
            await asyncio.gather(self._carry(reader, back, call), self._carry(there, writer, call))
        except OSError:
            pass  # one end broke: that breaks the other
        finally:
            call.end()
            self._calls.discard(call)

    async def _connect(self) -> Any:
        if isinstance(self._target, int):
            return await asyncio.open_connection("127.0.0.1", self._target)
        return await asyncio.open_unix_connection(self._target)

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, call: _Call) -> None:
        while data := await reader.read(65_536):
            held = self.delay_s + self.jitter_s * random() + (len(data) / self.bytes_per_s if self.bytes_per_s else 0.0)
            if held:
                await asyncio.sleep(held)
            if not call.silent:
                writer.write(data)
                await writer.drain()
        call.end()


class _Call:
    """A connection and what it leads to."""

    def __init__(self, *ends: asyncio.StreamWriter) -> None:
        self._ends = ends
        self.silent = False

    def end(self) -> None:
        for end in self._ends:
            end.transport.abort()
