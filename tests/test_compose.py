"""The Compose file and the Dockerfile, read by the real Compose and by hadolint: sound, closed, and of one mind with the tests."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
import yaml
from typer.testing import CliRunner

from leadstream.cli import app
from leadstream.configuration.config import load, missing_secrets
from tests.parts.kafka import KAFKA_SETTINGS, free_port

ROOT = Path(__file__).resolve().parents[1]
BIN = Path(sys.executable).parent
SECRETS = re.findall(r"^([A-Z_]+)=", (ROOT / ".env.example").read_text(), re.M)
VALUE = "0123456789abcdef01234567"
#: Kafka's settings that depend on the place.
PLACE = {"listeners", "advertised.listeners", "controller.quorum.voters", "log.dirs"}
OURS = ("gateway", "worker", "topics")


def compose(env: dict[str, str]) -> subprocess.CompletedProcess[str]:
    command = [str(BIN / "docker-compose"), "-f", str(ROOT / "docker-compose.yml"), "config", "--format", "json"]
    env = {"PATH": os.environ["PATH"], "HOME": "/nonexistent", "COMPOSE_DISABLE_ENV_FILE": "1"} | env
    return subprocess.run(command, check=False, capture_output=True, text=True, env=env)


@pytest.fixture(scope="module")
def services() -> dict[str, dict[str, Any]]:
    done = compose(dict.fromkeys(SECRETS, VALUE))
    assert done.returncode == 0, done.stderr
    found: dict[str, dict[str, Any]] = json.loads(done.stdout)["services"]
    return found


def test_every_part_is_there(services: dict[str, dict[str, Any]]) -> None:
    assert services.keys() == {*OURS, "kafka", "valkey", "prometheus", "alertmanager", "grafana"}


@pytest.mark.parametrize("name", SECRETS)
def test_compose_refuses_to_start_without_a_secret(name: str) -> None:
    done = compose({secret: VALUE for secret in SECRETS if secret != name})
    assert done.returncode != 0
    assert name in done.stderr


def test_nothing_runs_as_root_or_writes_outside_its_volumes(services: dict[str, dict[str, Any]]) -> None:
    for name, service in services.items():
        assert service["user"].split(":")[0] not in ("", "0", "root"), name
        assert service["read_only"], name
        assert service["cap_drop"] == ["ALL"], name
        assert not service.get("cap_add"), name
        assert not service.get("privileged"), name
        assert service["security_opt"] == ["no-new-privileges:true"], name
        assert service["mem_limit"] if name != "topics" else True, name


def test_ports_are_open_to_this_machine_only(services: dict[str, dict[str, Any]]) -> None:
    published = {name: port for name, service in services.items() for port in service.get("ports", [])}
    assert published.keys() == {"gateway", "prometheus", "alertmanager", "grafana"}
    assert {port["host_ip"] for port in published.values()} == {"127.0.0.1"}


def test_images_are_pinned(services: dict[str, dict[str, Any]]) -> None:
    for name, service in services.items():
        assert re.search(r":v?\d+\.\d+\.\d+", service["image"]), name


def test_what_lasts_is_watched(services: dict[str, dict[str, Any]]) -> None:
    for name, service in services.items():
        checked = service.get("healthcheck", {}).get("test") or name == "gateway"  # the gateway's is in the image
        assert bool(checked) == (name != "topics"), name


def test_workers_scale(services: dict[str, dict[str, Any]]) -> None:
    worker = services["worker"]
    assert worker["deploy"]["replicas"] > 1
    assert not worker.get("container_name")
    assert not worker.get("ports")
    assert worker["stop_grace_period"] == "2m0s"


def test_leads_move_only_when_topics_and_store_are_ready(services: dict[str, dict[str, Any]]) -> None:
    for name in ("gateway", "worker"):
        waits = {on: how["condition"] for on, how in services[name]["depends_on"].items()}
        assert waits == {
            "topics": "service_completed_successfully",
            "kafka": "service_healthy",
            "valkey": "service_healthy",
        }


def test_kafka_has_the_settings_the_tests_start_it_with(services: dict[str, dict[str, Any]]) -> None:
    given = {
        name.removeprefix("KAFKA_").lower().replace("_", "."): value
        for name, value in services["kafka"]["environment"].items()
        if name.startswith("KAFKA_") and name != "KAFKA_HEAP_OPTS"
    }
    assert {name: value for name, value in given.items() if name not in PLACE} == KAFKA_SETTINGS
    assert given.keys() >= PLACE
    assert given["log.dirs"] in {volume["target"] for volume in services["kafka"]["volumes"]}


def test_our_parts_start_with_a_configuration_that_loads(services: dict[str, dict[str, Any]]) -> None:
    for name in OURS:
        environment = services[name]["environment"]
        settings = load(ROOT / "config" / "distributed.yaml", environment)
        assert not missing_secrets(settings, environment)
        assert (settings.log.kind, settings.log.bootstrap) == ("kafka", ("kafka:9092",))
        assert settings.store.url == f"redis://:{VALUE}@valkey:6379/0"
        assert services[name]["configs"][0]["target"] == services[name]["command"][-1]
        assert all(source.scheme != "none" for source in settings.sources.values())
    assert (settings.gateway.host, settings.gateway.port) == ("0.0.0.0", services["gateway"]["ports"][0]["target"])


@pytest.mark.parametrize("name", OURS)
def test_our_commands_are_those_of_the_command_line(name: str, services: dict[str, dict[str, Any]]) -> None:
    said = CliRunner().invoke(app, [*services[name]["command"], "--help"], env={"COLUMNS": "200"})
    assert said.exit_code == 0, said.output
    if name == "worker":
        assert "9464" in said.output  # where Prometheus asks, unless told otherwise


def test_what_is_mounted_exists(services: dict[str, dict[str, Any]]) -> None:
    mounts = [mount for service in services.values() for mount in service.get("volumes", [])]
    assert all(Path(mount["source"]).exists() for mount in mounts if mount["type"] == "bind")


def test_prometheus_asks_where_the_parts_answer(services: dict[str, dict[str, Any]]) -> None:
    config = yaml.safe_load((ROOT / "prometheus" / "prometheus.yml").read_text())
    asked = {
        found["names"][0]: found["port"] for job in config["scrape_configs"] for found in job.get("dns_sd_configs", [])
    }
    assert asked.keys() == {"gateway", "worker"}
    assert asked["gateway"] == services["gateway"]["ports"][0]["target"]
    assert f":{asked['worker']}/metrics" in services["worker"]["healthcheck"]["test"][-1]


def test_grafana_is_provisioned_with_prometheus_and_our_dashboards(services: dict[str, dict[str, Any]]) -> None:
    provisioning = ROOT / "grafana" / "provisioning"
    source = yaml.safe_load((provisioning / "datasources" / "prometheus.yml").read_text())["datasources"][0]
    provider = yaml.safe_load((provisioning / "dashboards" / "leadstream.yml").read_text())["providers"][0]
    mounts = {mount["target"]: Path(mount["source"]).name for mount in services["grafana"]["volumes"]}
    assert source["url"] == "http://prometheus:9090"
    assert mounts[provider["options"]["path"]] == "dashboards"
    assert mounts["/usr/share/grafana/public/runbooks"] == "runbooks"


def test_valkey_starts_with_a_password_keeps_its_word_and_never_evicts(
    services: dict[str, dict[str, Any]], tmp_path: Path
) -> None:
    """The very command of the file, run by a shell on this machine with a server of the same protocol."""
    server, port = shutil.which("valkey-server") or shutil.which("redis-server"), free_port()
    assert server, "install redis-server or valkey-server (make parts)"
    shell, flag, script = services["valkey"]["command"]
    script = script.replace("$$", "$").replace("valkey-server -", f"{server} - --port {port}", 1)
    script = script.replace("/data", str(tmp_path))
    environment = {"VALKEY_PASSWORD": VALUE, "VALKEY_MAXMEMORY": "100mb", "PATH": os.environ["PATH"]}
    with subprocess.Popen([shell, flag, script], env=environment, stdout=subprocess.DEVNULL) as process:
        try:
            wanted = {"appendonly": "yes", "appendfsync": "always", "maxmemory-policy": "noeviction"}
            assert _configured(port, [*wanted, "maxmemory"]) == wanted | {"maxmemory": str(100 * 1024**2)}
            assert VALUE not in Path(f"/proc/{process.pid}/cmdline").read_text()
        finally:
            process.send_signal(signal.SIGTERM)
    assert process.returncode == 0  # it took the signal itself and closed its file


def _configured(port: int, names: list[str]) -> dict[str, str]:
    client = shutil.which("valkey-cli") or shutil.which("redis-cli")
    assert client
    ask = [client, "-p", str(port), "config", "get"]
    environment = {"REDISCLI_AUTH": VALUE, "PATH": os.environ["PATH"]}
    deadline = time.monotonic() + 10
    found: dict[str, str] = {}
    while not found and time.monotonic() < deadline:
        done = subprocess.run([*ask, "*"], env=environment, check=False, capture_output=True, text=True)
        lines = done.stdout.splitlines() if done.returncode == 0 else []
        found = dict(zip(lines[::2], lines[1::2], strict=False))
    return {name: found.get(name, "") for name in names}


def test_hadolint_finds_no_fault_with_the_dockerfile() -> None:
    done = subprocess.run([BIN / "hadolint", ROOT / "Dockerfile"], check=False, capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (0, "")


def test_the_image_holds_every_package_and_runs_as_nobody_in_particular() -> None:
    import tomllib

    text = (ROOT / "Dockerfile").read_text()
    packages = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["setuptools"]["packages"]
    allowed = (ROOT / ".dockerignore").read_text().splitlines()
    for room in {package.split(".")[0] for package in packages}:
        assert f"COPY {room} {room}\n" in text
        assert f"!{room}" in allowed
    assert re.findall(r"^USER (.*)$", text, re.M)[-1] == "10001:10001"
    assert "HEALTHCHECK" in text
    assert len(set(re.findall(r"^FROM (\S+)", text, re.M))) == 1
