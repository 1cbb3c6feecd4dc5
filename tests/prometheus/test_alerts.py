"""Alerts: sound, tested both ways, about metrics that exist, each with a runbook; a real Prometheus reads a real page."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml
from prometheus_client import CollectorRegistry

from streams.catalogue import BY_NAME
from streams.metrics import Metrics, exposition, serve
from tests.parts.kafka import free_port
from tests.parts.prometheus import promtool, running, tool

ROOT = Path(__file__).resolve().parents[2]
HERE = ROOT / "prometheus"
RUNBOOKS = ROOT / "docs" / "runbooks"
GROUPS: list[dict[str, Any]] = yaml.safe_load((HERE / "alerts.yml").read_text())["groups"]
RULES: list[dict[str, Any]] = [rule for group in GROUPS for rule in group["rules"]]
RECORDED: dict[str, str] = {
    rule["record"]: rule["expr"]
    for group in yaml.safe_load((HERE / "recording.yml").read_text())["groups"]
    for rule in group["rules"]
}
TESTS: list[dict[str, Any]] = [
    test
    for name in ("alerts_test", "alerts_days_test")
    for test in yaml.safe_load((HERE / f"{name}.yml").read_text())["tests"]
]
each_alert = pytest.mark.parametrize("rule", RULES, ids=[rule["alert"] for rule in RULES])


@pytest.mark.parametrize(
    "arguments",
    [
        ("check", "config", "prometheus.yml"),
        ("check", "rules", "alerts.yml"),
        ("check", "rules", "recording.yml"),
        ("test", "rules", "alerts_test.yml"),
        ("test", "rules", "alerts_days_test.yml"),
    ],
    ids=" ".join,
)
def test_promtool_agrees(arguments: tuple[str, str, str]) -> None:
    done = promtool(*arguments[:2], HERE / arguments[2])
    assert done.returncode == 0, done.stdout + done.stderr


def test_alertmanager_accepts_its_configuration() -> None:
    command = [tool("amtool"), "check-config", str(HERE / "alertmanager.yml")]
    assert subprocess.run(command, check=False, capture_output=True).returncode == 0


@each_alert
def test_alert_reaches_the_receiver_of_its_severity(rule: dict[str, Any]) -> None:
    command = [tool("amtool"), "config", "routes", "test", f"--config.file={HERE / 'alertmanager.yml'}"]
    labels = [f"{name}={value}" for name, value in {"alertname": rule["alert"], **rule["labels"]}.items()]
    done = subprocess.run([*command, *labels], check=False, capture_output=True, text=True)
    assert done.stdout.strip() == rule["labels"]["severity"], done.stderr


@each_alert
def test_alert_is_tested_firing_and_quiet(rule: dict[str, Any]) -> None:
    expected = [
        bool(case["exp_alerts"])
        for test in TESTS
        for case in test["alert_rule_test"]
        if case["alertname"] == rule["alert"]
    ]
    assert set(expected) == {True, False}


@each_alert
def test_alert_says_how_urgent_it_is_and_what_to_do(rule: dict[str, Any]) -> None:
    assert rule["labels"]["severity"] in ("page", "ticket")
    page = RUNBOOKS / rule["annotations"]["runbook_url"].rsplit("/", 1)[1]
    text = page.read_text()
    assert text.startswith(f"# {rule['alert']}\n")
    assert all(part in text for part in ("**Means.**", "**Look.**", "**Do.**", "**Over**"))
    assert f"[{rule['alert']}]({page.name}) | {rule['labels']['severity']} |" in (RUNBOOKS / "README.md").read_text()


@each_alert
def test_alert_asks_for_metrics_of_the_catalogue(rule: dict[str, Any]) -> None:
    assert {*re.findall(r"leadstream:[\w:]+", rule["expr"])} <= RECORDED.keys()
    for name in re.findall(r"leadstream_\w+", rule["expr"]):
        assert name in BY_NAME


@pytest.mark.parametrize("name", RECORDED)
def test_a_recording_asks_for_metrics_of_the_catalogue(name: str) -> None:
    for found in re.findall(r"leadstream_\w+", RECORDED[name]):
        metric = BY_NAME.get(found) or BY_NAME[re.sub(r"_(bucket|sum|count)$", "", found)]
        assert (metric.kind == "histogram") == (found != metric.name)
        edges = re.findall(r'le="([\d.]+)"', RECORDED[name])
        assert all(float(edge) in metric.buckets for edge in edges), "an objective is an edge of its histogram"


def test_runbooks_are_for_alerts_that_exist() -> None:
    named = {rule["annotations"]["runbook_url"].rsplit("/", 1)[1] for rule in RULES}
    assert {page.name for page in RUNBOOKS.glob("*.md")} == named | {"README.md"}


def test_promtool_finds_no_fault_with_the_page() -> None:
    registry = CollectorRegistry()
    Metrics(registry)
    done = subprocess.run(
        [tool("promtool"), "check", "metrics"], input=exposition(registry), capture_output=True, check=False
    )
    assert (done.returncode, done.stderr.decode()) == (0, "")


def test_a_real_prometheus_scrapes_a_worker_and_misses_the_door(tmp_path: Path) -> None:
    registry, port = CollectorRegistry(), free_port()
    Metrics(registry, version="9.9.9")
    config = yaml.safe_load((HERE / "prometheus.yml").read_text())
    worker = next(job for job in config["scrape_configs"] if job["job_name"] == "worker")
    del worker["dns_sd_configs"]  # needs the name server of Compose's network
    worker["static_configs"] = [{"targets": [f"127.0.0.1:{port}"]}]
    config |= {"scrape_configs": [worker], "rule_files": [str(HERE / "recording.yml"), str(HERE / "alerts.yml")]}
    config["global"] |= {"scrape_interval": "1s", "scrape_timeout": "1s", "evaluation_interval": "1s"}
    del config["alerting"]
    stop = serve(registry, port, "127.0.0.1")
    try:
        with running(tmp_path, config=yaml.safe_dump(config)) as prometheus:
            found = prometheus.wait('leadstream_build_info{version="9.9.9"}', 20)
            assert [series["metric"]["job"] for series in found] == ["worker"]
            only_the_door = 'ALERTS{alertname="NoDoorUp"} unless on () ALERTS{alertname="NoWorkerUp"}'
            assert prometheus.wait(only_the_door, 20)
    finally:
        stop()
