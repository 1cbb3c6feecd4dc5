"""One installation in a folder of its own: its configuration, its store, its log, and its real processes.

Whatever it starts ends with the block, and with the process of the tests, however that ends.
"""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import yaml
from redis import Redis

from leads.errors import LogDown
from leadstream.configuration.config import DEFAULT, load
from leadstream.configuration.settings import Settings
from leadstream.runtime import ARCHIVISTS, WORKERS, Runtime
from leadstream.service import store_home
from leadstream.worker import ARCHIVED
from stores import embedded, stream_log
from stores.archive import Archive
from streams import kafka_log
from streams.admin import apply
from streams.ports import Message
from streams.topics import RAW, declared
from tests.parts import valkey
from tests.parts.bent import Bent
from tests.parts.kafka import Kafka, free_port
from tests.parts.kafka_cluster import Cluster
from tests.parts.line import Line

REPOSITORY = Path(__file__).resolve().parents[2]
TENANT = "main"
SECRETS = {
    "SITE_MATCH_KEY": "the same key at every site of a test",
    "SITE_ID_KEY": "ids are equal at every site, too",
    "SITE_TOKEN": "a token for people",
    "SITE_TWILIO": "what Twilio signs with",
}
#: Parts die with us, however we die.
LEASH = ["setpriv", "--pdeathsig", "KILL", "--"] if shutil.which("setpriv") else []


class Part:
    """A process of a site: a worker or a door."""

    def __init__(self, command: list[str], env: dict[str, str], log: Path) -> None:
        self._log = log
        with log.open("ab") as out:
            self.process = subprocess.Popen(
                [*LEASH, sys.executable, "-m", *command], cwd=REPOSITORY, env=env, stdout=out, stderr=out
            )

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()

    def stop(self, seconds: float = 30.0) -> int:
        """SIGTERM; gives the exit status."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(seconds)

    def alive(self) -> bool:
        return self.process.poll() is None

    def said(self) -> str:
        return self._log.read_text(errors="replace")


class Site:
    """Without ``kafka`` the log is the embedded one. ``changes`` go over the shipped configuration, section by section.

    ``far``: worker and door reach the store over ``line``. ``bendable``: all parts but Kafka see the machine as ``bent`` has it.
    """

    def __init__(
        self,
        home: Path,
        kafka: Kafka | Cluster | None = None,
        *,
        far: bool = False,
        bendable: bool = False,
        **changes: dict[str, Any],
    ) -> None:
        self.home, self.kafka = home, kafka
        self.replication = 3 if kafka and "," in kafka.bootstrap else 1
        home.mkdir(parents=True, exist_ok=True)
        self.data = home / "data"
        self.port = free_port()
        self.env = {k: v for k, v in os.environ.items() if not k.startswith("LEADSTREAM_")} | SECRETS
        self.bent = Bent(home) if bendable else None
        self.env |= self.bent.env if self.bent else {}
        self.line = Line(embedded.socket_path(store_home(self.data))) if far else None
        self.config = home / "leadstream.yaml"
        self._parts: list[Part] = []
        settings = yaml.safe_load(DEFAULT.read_text(encoding="utf-8"))
        settings["data"], settings["store"] = str(self.data), {"url": ""}
        settings["gateway"]["public_url"] = ""
        settings["tenants"][TENANT]["key_env"] = "SITE_MATCH_KEY"
        for member in settings["tenants"][TENANT]["members"].values():
            member.pop(
                "max_day", None
            )  # who waits for tomorrow's room is placed by the clock, and no two runs are alike
        settings["gateway"] |= {"port": self.port, "secret_env": "SITE_ID_KEY"}
        if kafka:
            settings["log"] = {"kind": "kafka", "bootstrap": kafka.bootstrap.split(","), "partitions": 1}
            settings["store"] = {"url": f"unix://{embedded.socket_path(store_home(self.data))}"}
        if self.line:
            settings["store"] = {"url": f"redis://127.0.0.1:{self.line.port}/0"}
        for section, change in changes.items():
            settings[section] |= change
        self.config.write_text(yaml.safe_dump(settings, allow_unicode=True), encoding="utf-8")

    def __enter__(self) -> Site:
        self.start_store()
        if self.kafka:
            apply(self.kafka.bootstrap, declared(1), replication=self.replication)
        return self

    def __exit__(self, *_: object) -> None:
        for part in self._parts:
            part.kill()
        embedded.stop(store_home(self.data))
        if self.line:
            self.line.close()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def settings(self) -> Settings:
        return load(self.config, self.env)

    def command(self, *arguments: str, module: str = "leadstream") -> Part:
        part = Part([module, *arguments], self.env, self.home / f"part-{len(self._parts)}.log")
        self._parts.append(part)
        return part

    def worker(self, slot: str = "one", module: str = "leadstream") -> Part:
        return self.command(
            "worker", "--config", str(self.config), "--slot", slot, "--metrics-port", "0", module=module
        )

    def gateway(self) -> Part:
        return self.command("gateway", "--config", str(self.config))

    def run(self, *arguments: str, seconds: float = 60.0) -> subprocess.CompletedProcess[str]:
        """A command of the command line, to its end."""
        words = [sys.executable, "-m", "leadstream", *arguments, "--config", str(self.config)]
        return subprocess.run(
            words, cwd=REPOSITORY, env=self.env, capture_output=True, text=True, timeout=seconds, check=False
        )

    def start_store(self) -> None:
        if self.bent:  # by what the server inherits
            start = f"from stores.embedded import start_or_attach; start_or_attach({str(store_home(self.data))!r})"
            subprocess.run([sys.executable, "-c", start], cwd=REPOSITORY, env=self.env, check=True)
        else:
            embedded.start_or_attach(store_home(self.data))

    def kill_store(self) -> None:
        valkey.kill(store_home(self.data))

    @asynccontextmanager
    async def runtime(self) -> AsyncIterator[Runtime]:
        runtime = Runtime(self.settings(), self.env)
        try:
            yield runtime
        finally:
            await runtime.close()

    def raw(self) -> Redis:
        """The store itself, for those who do not trust our readers."""
        return Redis(unix_socket_path=str(embedded.socket_path(store_home(self.data))))

    def registered(self) -> int:
        """Events the store knows; what a watcher sees of the worker's progress. The store may be away: -1."""
        try:
            with self.raw() as store:
                return int(store.hlen(f"{{{TENANT}}}e"))
        except OSError:
            return -1
        except Exception as error:  # the driver's own connection errors are no OSError
            if "redis" not in type(error).__module__:
                raise
            return -1

    async def messages(self, topic: str) -> list[Message]:
        """All that was ever published to a topic, as far as it is kept anywhere."""
        if self.kafka:
            return [one async for one in kafka_log.read(self.kafka.bootstrap, topic)]
        async with self.runtime() as runtime:
            shelf = Archive(self.data / "archive" / topic, runtime.archive_key())
            archived = [Message(topic, e.key, e.value, e.headers, e.ref) for e in shelf.read()]
            kept = [Message(topic, d.key, d.value, d.headers, d.ref) async for d in stream_log.read(runtime.url, topic)]
        return list({one.ref: one for one in (*archived, *kept)}.values())

    async def backlog(self) -> dict[str, int]:
        """Who has how much before him: readers of topics, and the journal's relay."""
        with self.raw() as store:
            waiting = {"journal": int(store.xlen(f"{{{TENANT}}}j"))}
        if self.kafka:
            places = await kafka_log.positions(self.kafka.bootstrap, WORKERS, RAW)
            return waiting | {RAW: sum(end - next_ for next_, end in places.values())}
        async with self.runtime() as runtime:
            for group, topic in ((WORKERS, RAW), *((ARCHIVISTS, topic) for topic in ARCHIVED)):
                reader = runtime.consumer(group, "observer")
                try:
                    waiting[f"{group}:{topic}"] = await reader.backlog(topic)
                finally:
                    await reader.stop()
        return waiting

    async def settle(self, seconds: float = 30.0) -> None:
        """Returns when nobody has anything before him. AssertionError when for so long nothing has moved."""
        before, deadline = -1, 0.0
        while True:
            try:
                waiting = await self.backlog()
            except LogDown:  # who makes the topics has not been there yet
                waiting = {"nothing to read": 1}
            if not (left := sum(waiting.values())):
                return
            if left != before:
                before, deadline = left, time.monotonic() + seconds
            assert time.monotonic() < deadline, f"nothing moves: {waiting}; {self.last_words()}"
            await asyncio.sleep(0.1)

    def last_words(self) -> str:
        return "".join(part.said()[-1500:] for part in self._parts[-2:])


async def until(condition: Callable[[], Any], seconds: float = 30.0, explain: Callable[[], str] = str) -> None:
    """Returns when ``condition`` holds. AssertionError when it does not within the time."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"did not happen within {seconds:.0f} s: {explain()}"
        await asyncio.sleep(0.01)


def answers(url: str) -> bool:
    """Whether it says 200 there."""
    try:
        return httpx.get(url, timeout=5).status_code == 200
    except httpx.TransportError:
        return False


def table(rows: Iterable[tuple[str, object]]) -> str:
    """Two columns for a person."""
    return "\n".join(f"  {name:<28}{value}" for name, value in rows)
