"""Both logs behind one face, for the suite that both must pass: publish, read, stop and start, and worker processes."""

from __future__ import annotations

import base64
import itertools
import json
import os
import signal
import subprocess
import sys
import time
import uuid
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from stores import embedded, stream_log
from streams import kafka_log
from streams.admin import apply
from streams.ports import Message, Publisher
from streams.topics import Topic
from tests.parts.kafka import Kafka

_REPOSITORY = Path(__file__).resolve().parents[2]
_number = itertools.count()


class Worker:
    """A consumer process, see ``tests.streams.worker``, and what its handler wrote down."""

    def __init__(self, config: dict[str, Any]) -> None:
        self.into = Path(config["into"])
        self.into.touch()
        command = [sys.executable, "-m", "tests.streams.worker", json.dumps(config)]
        self.process = subprocess.Popen(command, cwd=_REPOSITORY, stderr=self.into.with_suffix(".err").open("wb"))

    def _lines(self, kind: str) -> list[Any]:
        whole = self.into.read_text(encoding="utf-8").split("\n")[:-1]
        return [line[kind] for line in map(json.loads, whole) if kind in line]

    @property
    def begun(self) -> list[str]:
        """Refs of the messages handed to the handler."""
        return [ref for batch in self.batches for ref in batch]

    @property
    def batches(self) -> list[list[str]]:
        return self._lines("begun")

    @property
    def joined(self) -> int:
        """How often partitions were assigned to it, counted when ``pause_s`` is given."""
        return len(self._lines("joined"))

    @property
    def done(self) -> list[Message]:
        """Messages whose batch the handler has ended."""
        return [_message(one) for batch in self._lines("done") for one in batch]

    @property
    def values(self) -> list[bytes]:
        return [one.value for one in self.done]

    def until(self, condition: Callable[[], Any], seconds: float = 30.0) -> None:
        wait_until(condition, seconds, lambda: self.into.with_suffix(".err").read_text()[-2000:])

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()

    def terminate(self) -> int:
        """SIGTERM; gives the exit status."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(30)


def wait_until(condition: Callable[[], Any], seconds: float = 30.0, explain: Callable[[], str] = str) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"did not happen within {seconds} s: {explain()}"
        time.sleep(0.02)


def _message(one: dict[str, Any]) -> Message:
    headers = tuple((name, base64.b64decode(value)) for name, value in one["headers"])
    return Message("", base64.b64decode(one["key"]), base64.b64decode(one["value"]), headers, one["ref"])


class Log:
    """What the suite needs of a log. A topic of its own for each test; ``group`` is the same everywhere."""

    kind: str
    group = "conformance"

    def __init__(self, home: Path) -> None:
        self.home = home
        self.workers: list[Worker] = []

    def worker(self, topic: str, name: str = "a", **config: Any) -> Worker:
        into = str(self.home / f"worker-{next(_number)}")
        base = {"log": self.kind, "url": self.url, "topic": topic, "group": f"{self.group}-{topic}", "name": name}
        worker = Worker(base | {"into": into} | config)
        self.workers.append(worker)
        return worker

    def end_workers(self) -> None:
        for worker in self.workers:
            if worker.process.poll() is None:
                worker.kill()
        self.workers.clear()

    def topic(self, partitions: int = 1) -> str:
        return f"t{uuid.uuid4().hex[:12]}"

    @property
    def url(self) -> str:
        raise NotImplementedError

    def publisher(self) -> Publisher:
        raise NotImplementedError

    async def read(self, topic: str) -> list[Message]:
        raise NotImplementedError

    async def unacknowledged(self, topic: str) -> int:
        """Messages that a restart would hand over again."""
        raise NotImplementedError

    def stop(self) -> None: ...
    def start(self) -> None: ...


class KafkaLog(Log):
    kind = "kafka"

    def __init__(self, home: Path, broker: Kafka) -> None:
        super().__init__(home)
        self.broker = broker

    @property
    def url(self) -> str:
        return self.broker.bootstrap

    def topic(self, partitions: int = 1) -> str:
        name = super().topic()
        apply(self.url, [Topic(name, partitions, 3_600_000, "a test")])
        return name

    def publisher(self) -> kafka_log.KafkaPublisher:
        return kafka_log.KafkaPublisher(self.url, timeout_s=3.0)

    async def read(self, topic: str) -> list[Message]:
        return [one async for one in kafka_log.read(self.url, topic)]

    async def unacknowledged(self, topic: str) -> int:
        places = await kafka_log.positions(self.url, f"{self.group}-{topic}", topic)
        return sum(end - next_ for next_, end in places.values())

    def stop(self) -> None:
        self.broker.stop()

    def start(self) -> None:
        self.broker.start()


class StreamLog(Log):
    """The embedded Valkey. An acknowledged entry is dropped, so what is left in the stream is what is not."""

    kind = "valkey"

    def __init__(self, home: Path) -> None:
        super().__init__(home)
        self._url = embedded.start_or_attach(home / "store")

    @property
    def url(self) -> str:
        return self._url

    def publisher(self) -> stream_log.StreamPublisher:
        return stream_log.StreamPublisher(self.url)

    async def read(self, topic: str) -> list[Any]:
        return [one async for one in stream_log.read(self.url, topic)]

    async def unacknowledged(self, topic: str) -> int:
        return len(await self.read(topic))

    def stop(self) -> None:
        """Killed, not stopped: what was confirmed must be on disk."""
        pid = int((self.home / "store" / "store.pid").read_text())
        os.kill(pid, signal.SIGKILL)

    def start(self) -> None:
        self._url = embedded.start_or_attach(self.home / "store")

    def close(self) -> None:
        embedded.stop(self.home / "store")


def messages(values: Sequence[bytes], key: bytes = b"k") -> list[Message]:
    return [Message("", key, value) for value in values]


def numbered(n: int, keys: int = 1) -> list[Message]:
    return [Message("", b"k%d" % (i % keys), b"%d" % i) for i in range(n)]
