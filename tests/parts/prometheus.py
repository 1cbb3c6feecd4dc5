"""A real Prometheus for tests: Debian's binaries, started on blocks made from recorded pages, or scraping."""

from __future__ import annotations

import shutil
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
from prometheus_client.samples import Sample

from streams.metrics import Family
from tests.parts.kafka import free_port

HINT = "dashboard and alert tests need Prometheus: apt-get install prometheus prometheus-alertmanager (make parts)"


def tool(name: str) -> str:
    """The path of ``prometheus``, ``promtool`` or ``amtool``; an error that says what to install when it is missing."""
    found = shutil.which(name)
    if found is None:
        raise RuntimeError(HINT)
    return found


def promtool(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    """Run promtool; look at ``returncode`` and ``stdout``."""
    return subprocess.run([tool("promtool"), *map(str, arguments)], check=False, capture_output=True, text=True)


class Recorder:
    """Keeps what `/metrics` said at several moments as one OpenMetrics text with timestamps."""

    def __init__(self) -> None:
        self._families: dict[str, tuple[str, list[str]]] = {}

    def keep(self, families: Iterator[Family], at_s: float, labels: Mapping[str, str]) -> None:
        """One scrape at ``at_s`` (seconds since the epoch) of a process that Prometheus would label ``labels``."""
        for family in families:
            lines = self._families.setdefault(family.name, (family.type, []))[1]
            lines.extend(_line(sample, at_s, labels) for sample in family.samples)

    def add(self, name: str, value: float, at_s: float, labels: Mapping[str, str]) -> None:
        """A gauge that Prometheus makes itself, such as ``up``."""
        lines = self._families.setdefault(name, ("gauge", []))[1]
        lines.append(_line(Sample(name, {}, value), at_s, labels))

    def write(self, path: Path) -> None:
        with path.open("w") as file:
            for name, (kind, lines) in self._families.items():
                file.write(f"# TYPE {name} {kind}\n")
                file.writelines(lines)
            file.write("# EOF\n")


def _line(sample: Sample, at_s: float, labels: Mapping[str, str]) -> str:
    text = ",".join(f'{name}="{value}"' for name, value in {**sample.labels, **labels}.items())
    return f"{sample.name}{{{text}}} {sample.value} {at_s:.3f}\n"


class Prometheus:
    """A running server; ``query`` answers like its page does."""

    def __init__(self, port: int) -> None:
        self._client = httpx.Client(base_url=f"http://127.0.0.1:{port}/api/v1", timeout=10)

    def query(self, expression: str, at_s: float | None = None) -> list[dict[str, Any]]:
        """The series an instant query gives, each with ``metric`` (labels) and ``value``. Raises ValueError on a bad expression."""
        parameters = {"query": expression} | ({} if at_s is None else {"time": f"{at_s:.3f}"})
        answer = self._client.get("/query", params=parameters).json()
        if answer["status"] != "success":
            raise ValueError(f"{expression}: {answer['error']}")
        series: list[dict[str, Any]] = answer["data"]["result"]
        return series

    def wait(self, expression: str, seconds: float) -> list[dict[str, Any]]:
        """Ask until there is an answer, at most ``seconds`` long; the answer, or an empty list."""
        deadline = time.monotonic() + seconds
        while not (series := self.query(expression)) and time.monotonic() < deadline:
            time.sleep(0.1)
        return series

    def close(self) -> None:
        self._client.close()


@contextmanager
def running(home: Path, *, config: str = "", recorded: Recorder | None = None) -> Iterator[Prometheus]:
    """Prometheus with its data in ``home``, holding what was ``recorded``, scraping what ``config`` says."""
    data, port = home / "data", free_port()
    home.mkdir(parents=True, exist_ok=True)
    (home / "prometheus.yml").write_text(config or "global: {}\n")
    if recorded is not None:
        recorded.write(home / "recorded.txt")
        made = promtool("tsdb", "create-blocks-from", "openmetrics", home / "recorded.txt", data)
        if made.returncode != 0:
            raise RuntimeError(made.stderr)
    command = [tool("prometheus"), f"--config.file={home}/prometheus.yml", f"--storage.tsdb.path={data}"]
    command += [f"--web.listen-address=127.0.0.1:{port}", "--storage.tsdb.retention.time=10y", "--log.level=error"]
    with (home / "prometheus.log").open("ab") as log, subprocess.Popen(command, stdout=log, stderr=log) as process:
        server = Prometheus(port)
        try:
            _wait(port, process, home)
            yield server
        finally:
            server.close()
            process.terminate()


def _wait(port: int, process: subprocess.Popen[bytes], home: Path) -> None:
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline and process.poll() is None:
        try:
            if httpx.get(f"http://127.0.0.1:{port}/-/ready", timeout=1).status_code == 200:
                return
        except httpx.TransportError:
            pass
        time.sleep(0.02)
    raise RuntimeError(f"Prometheus did not start, see {home}/prometheus.log")
