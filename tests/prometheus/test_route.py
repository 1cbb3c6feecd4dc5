"""From a metric to a telephone that rings: a real Prometheus, a real Alertmanager with our routes, and a webhook at the end."""

from __future__ import annotations

import json
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
import yaml
from prometheus_client import CollectorRegistry

from streams.metrics import Metrics, serve
from tests.parts.kafka import free_port
from tests.parts.prometheus import running, tool
from tests.prometheus.test_alerts import HERE

SHIPPED: dict[str, Any] = yaml.safe_load((HERE / "alertmanager.yml").read_text())


class Pager:
    """A webhook that keeps what it was sent, by receiver."""

    def __init__(self) -> None:
        told: list[tuple[str, dict[str, Any]]] = []

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                told.append((self.path.strip("/"), json.loads(body)))
                self.send_response(200)
                self.end_headers()

            def log_message(self, *_: object) -> None:
                return

        self.told = told
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def alerts(self, receiver: str) -> dict[str, dict[str, Any]]:
        return {a["labels"]["alertname"]: a for path, body in self.told if path == receiver for a in body["alerts"]}

    def wait(self, receiver: str, alert: str, status: str, seconds: float = 30.0) -> dict[str, Any]:
        deadline = time.monotonic() + seconds
        while self.alerts(receiver).get(alert, {}).get("status") != status:
            assert time.monotonic() < deadline, f"{alert} did not reach {receiver} as {status}: {self.told}"
            time.sleep(0.1)
        return self.alerts(receiver)[alert]


@pytest.fixture
def pager() -> Iterator[Pager]:
    pager = Pager()
    yield pager
    pager.server.shutdown()
    pager.server.server_close()


@contextmanager
def alertmanager(home: Path, pager: Pager) -> Iterator[int]:
    """Our own routes; only where they end, and how long they gather, is put in."""
    config = SHIPPED | {
        "receivers": [{"name": r["name"], "webhook_configs": [hook(pager, r)]} for r in SHIPPED["receivers"]]
    }
    config["route"] = SHIPPED["route"] | {"group_wait": "0s", "group_interval": "1s"}
    home.mkdir()
    (home / "alertmanager.yml").write_text(yaml.safe_dump(config))
    port = free_port()
    command = [tool("prometheus-alertmanager"), f"--config.file={home}/alertmanager.yml", f"--storage.path={home}"]
    command += [f"--web.listen-address=127.0.0.1:{port}", "--cluster.listen-address="]
    with (home / "log").open("ab") as log, subprocess.Popen(command, stdout=log, stderr=log) as process:
        try:
            yield port
        finally:
            process.terminate()


def hook(pager: Pager, receiver: dict[str, Any]) -> dict[str, Any]:
    return {"url": f"http://127.0.0.1:{pager.server.server_port}/{receiver['name']}", "send_resolved": True}


def test_an_alert_reaches_who_it_is_for_with_its_runbook_and_says_when_it_is_over(tmp_path: Path, pager: Pager) -> None:
    registry, door, port = CollectorRegistry(), free_port(), free_port()
    worker = Metrics(registry)
    worker.gauge("leadstream_cases_overdue_cases", {("main",): 2.0})
    rules = tmp_path / "alerts.yml"
    rules.write_text((HERE / "alerts.yml").read_text().replace("for: 1m", "for: 1s").replace("for: 10m", "for: 1s"))
    stop_door = serve(CollectorRegistry(), door, "127.0.0.1")
    stops = [serve(registry, port, "127.0.0.1")]
    try:
        with alertmanager(tmp_path / "am", pager) as manager:
            config = {
                "global": {"scrape_interval": "1s", "scrape_timeout": "1s", "evaluation_interval": "1s"},
                "rule_files": [str(HERE / "recording.yml"), str(rules)],
                "alerting": {"alertmanagers": [{"static_configs": [{"targets": [f"127.0.0.1:{manager}"]}]}]},
                "scrape_configs": [
                    {"job_name": job, "static_configs": [{"targets": [f"127.0.0.1:{at}"]}]}
                    for job, at in (("worker", port), ("gateway", door))
                ],
            }
            with running(tmp_path / "prometheus", config=yaml.safe_dump(config)):
                # the first is sent again after a minute when Prometheus has not yet found its Alertmanager
                ticket = pager.wait("ticket", "CasesOverdue", "firing", 90.0)
                stop_door()
                page = pager.wait("page", "NoDoorUp", "firing")
                stops.append(serve(CollectorRegistry(), door, "127.0.0.1"))
                pager.wait("page", "NoDoorUp", "resolved")
    finally:
        for stop in stops:
            stop()
    assert page["annotations"]["runbook_url"].endswith("/no_door_up.md")
    assert ticket["annotations"]["summary"] == "2 disputes are past their deadline"
    assert "CasesOverdue" not in pager.alerts("page")
    assert "NoDoorUp" not in pager.alerts("ticket")
