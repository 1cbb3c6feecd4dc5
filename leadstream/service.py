"""The embedded service as processes: one supervisor, which starts the store and keeps a worker and a gateway running.

A process that dies is started again, the store too; what it had in hand comes again from the log. SIGTERM ends the children first (each
finishes its batch), then the store, whose data is then on disk.
"""

from __future__ import annotations

import contextlib
import fcntl
import logging
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import FrameType

import httpx

from leads.errors import BadInput, LeadstreamError, StoreDown
from stores.embedded import start_or_attach, stop

_log = logging.getLogger(__name__)

#: What a child may take to finish its batch before it is killed.
GRACE_S = 30.0
_FIRST_PAUSE_S, _LONGEST_PAUSE_S = 0.5, 10.0
#: A machine that has just booted is busy with everything else.
_BORN_WITHIN_S = 60.0
#: How often the supervisor looks whether the store is still there, seconds.
_LOOK_EVERY_S = 1.0
#: How long it then waits for the store before it looks after the others again.
_PATIENCE_S = 10.0


def store_home(data: Path) -> Path:
    """Where the embedded store of a data folder lives."""
    return data / "store"


class Service:
    """The service of one data folder. ``memory``: what its store may take, such as 2gb; "" has no limit."""

    def __init__(self, data: Path, memory: str = "") -> None:
        self._data, self._memory = data, memory
        self._lock = data / "service.lock"
        self.log = data / "service.log"

    def pid(self) -> int | None:
        """The supervisor's process id, None when the service is not up."""
        try:
            with self._lock.open("r+") as file:
                try:
                    fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
                except BlockingIOError:
                    return int(file.read() or 0) or None
        except FileNotFoundError:
            pass
        return None

    def start(self, arguments: list[str]) -> None:
        """Start the supervisor in the background; it survives the caller. Raises LeadstreamError when it ends at once."""
        self._data.mkdir(parents=True, exist_ok=True, mode=0o700)
        with self.log.open("ab") as log:
            child = subprocess.Popen(  # noqa: S603  (our own command line)
                [sys.executable, "-m", "leadstream", "up", "--foreground", *arguments],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        deadline = time.monotonic() + _BORN_WITHIN_S
        while self.pid() is None:
            if child.poll() is not None or time.monotonic() > deadline:
                raise LeadstreamError(f"the service did not start; see {self.log}")
            time.sleep(0.05)

    def end(self, within_s: float = 120.0) -> bool:
        """Stop the service and its store. False when neither was running."""
        pid = self.pid()
        if pid:
            os.kill(pid, signal.SIGTERM)
            deadline = time.monotonic() + within_s
            while self.pid():
                if time.monotonic() > deadline:
                    raise LeadstreamError(f"process {pid} does not end; see {self.log}")
                time.sleep(0.05)
        return stop(store_home(self._data)) or pid is not None

    def supervise(self, parts: list[list[str]]) -> None:
        """Keep one process a part running until SIGTERM or SIGINT. Raises BadInput when the service is up already."""
        with self._only_one():
            stopping = _Signal()
            children = [_Child([sys.executable, "-m", "leadstream", *part]) for part in parts]
            try:
                for child in children:  # they load themselves while the store loads its data, and wait for it as we do
                    child.keep()
                start_or_attach(store_home(self._data), memory=self._memory)
                looked = time.monotonic()
                while not stopping.seen:
                    for child in children:
                        child.keep()
                    if time.monotonic() - looked > _LOOK_EVERY_S:
                        looked = time.monotonic()
                        self._keep_store()
                    time.sleep(0.1)
            finally:
                for child in children:
                    child.ask()
                for child in children:
                    child.end()
                stop(store_home(self._data))

    def _keep_store(self) -> None:
        """Start the store again if it has died; worker and gateway wait in place for it."""
        try:
            start_or_attach(store_home(self._data), within_s=_PATIENCE_S, memory=self._memory)
        except StoreDown:
            _log.warning("the store does not come up; its own log says why")

    @contextlib.contextmanager
    def _only_one(self) -> Iterator[None]:
        self._data.mkdir(parents=True, exist_ok=True, mode=0o700)
        with self._lock.open("a+") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as error:
                raise BadInput("already_up", f"the service of {self._data} is up already; stop it first") from error
            file.truncate(0)
            file.write(str(os.getpid()))
            file.flush()
            yield
            file.truncate(0)


class _Signal:
    """SIGTERM or SIGINT was seen."""

    def __init__(self) -> None:
        self.seen = False
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._note)

    def _note(self, number: int, frame: FrameType | None) -> None:
        self.seen = True


class _Child:
    """A process that is started again when it ends, after a pause that doubles while it keeps dying young."""

    def __init__(self, command: list[str]) -> None:
        self._command = command
        self._process: subprocess.Popen[bytes] | None = None
        self._pause = _FIRST_PAUSE_S
        self._born = self._next = 0.0

    def keep(self) -> None:
        """Start the part when it is not running and its pause is over: each longer than the last, short again once it has lived."""
        now = time.monotonic()
        if self._process and self._process.poll() is None:
            return
        if self._process:
            lived = now - self._born
            self._pause = _FIRST_PAUSE_S if lived > _LONGEST_PAUSE_S else min(2 * self._pause, _LONGEST_PAUSE_S)
            self._next = now + self._pause
            ended = {"part": self._command[3], "status": self._process.returncode, "again_s": self._pause}
            _log.warning("a part ended and is started again", extra=ended)
            self._process = None
        if now >= self._next:
            self._process = subprocess.Popen(self._command)  # noqa: S603  (our own command line)
            self._born = now

    def ask(self) -> None:
        if self._process and self._process.poll() is None:
            self._process.terminate()

    def end(self) -> None:
        if self._process:
            try:
                self._process.wait(GRACE_S)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()


def check_free(host: str, port: int, what: str, remedy: str) -> None:
    """Raises BadInput when somebody listens on the port already."""
    with socket.socket() as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((host, port))
        except OSError as error:
            raise BadInput("port_taken", f"port {port} of {what} cannot be had ({error.strerror}); {remedy}") from error


def await_ready(pages: Mapping[str, tuple[str, str]], log: Path, within_s: float = 60.0) -> None:
    """Returns when every page (who it is of -> its address, what stands on it once he is ready) has said so.
    Raises LeadstreamError naming who has not within the time, and why not if he says."""
    deadline = time.monotonic() + within_s
    for who, (url, word) in pages.items():
        while (why_not := _silent(url, word)) is not None:
            if time.monotonic() > deadline:
                raise LeadstreamError(f"{who} is not ready after {within_s:.0f} s{why_not}; see {log}")
            time.sleep(0.1)


def _silent(url: str, word: str) -> str | None:
    """None once ``word`` is there, else why it is not, after a colon, or ""."""
    try:
        answer = httpx.get(url, timeout=4.0)
    except httpx.HTTPError:
        return ""
    if answer.status_code == 503:
        return f": {answer.json()['detail']}"
    return None if answer.status_code == 200 and word in answer.text else ""
