"""Debian's Redis 7 on a Unix socket."""

from __future__ import annotations

import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from redis import Redis
from redis.exceptions import ConnectionError


@contextmanager
def running(directory: Path) -> Iterator[str]:
    """URL of a server that ends with the block."""
    program = shutil.which("redis-server")
    assert program, "these tests need redis-server: apt-get install redis-server"
    socket = directory / "redis.sock"
    arguments = [
        "--port",
        "0",
        "--unixsocket",
        str(socket),
        "--dir",
        str(directory),
        "--save",
        "",
        "--appendonly",
        "yes",
    ]
    server = subprocess.Popen([program, *arguments], stdout=subprocess.DEVNULL, stderr=subprocess.STDOUT)
    try:
        _await(socket, server)
        yield f"unix://{socket}"
    finally:
        server.terminate()
        server.wait(30)


def _await(socket: Path, server: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + 20
    with Redis(unix_socket_path=str(socket)) as client:
        while server.poll() is None and time.monotonic() < deadline:
            try:
                client.ping()
                return
            except ConnectionError:
                time.sleep(0.01)
    raise AssertionError("redis-server did not start")
