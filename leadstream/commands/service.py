"""Commands that run it: the whole service on one machine, or one part of it."""

from __future__ import annotations

import asyncio
import os
import sys
from pathlib import Path
from typing import Annotated

import typer

from leadstream.commands.options import Config, Tenant
from leadstream.commands.options import settings as settings_of
from leadstream.commands.options import tenant as tenant_of


def demo() -> None:
    """Sample leads from all three doors through the embedded pipeline, the outcomes as a table."""
    from leadstream.sample.demo import run_demo

    sys.exit(0 if asyncio.run(run_demo()) else 1)


def up(
    config_file: Config = "",
    foreground: Annotated[bool, typer.Option(help="Stay in this terminal.")] = False,
    metrics_port: Annotated[int, typer.Option(help="Port of the worker's /metrics.")] = 9464,
) -> None:
    """Start the embedded service: store, pipeline, gateway."""
    from leadstream.logs import setup
    from leadstream.service import Service, await_ready, check_free

    settings = settings_of(config_file)
    service, door = Service(Path(settings.data), settings.store.memory), settings.gateway
    more = ["--config", config_file] if config_file else []
    url = f"http://{door.host}:{door.port}"
    pages = {f"the door at {url}": (f"{url}/readyz", "ready")}
    running = service.pid()
    if not running:
        check_free(door.host, door.port, "the door", "set another gateway.port in the configuration")
        if metrics_port:
            check_free("", metrics_port, "the worker's /metrics", "name another one with --metrics-port")
            pages["the worker"] = f"http://127.0.0.1:{metrics_port}/metrics", "\nleadstream_ready 1.0"
    if foreground:
        setup("supervisor")
        service.supervise([["worker", "--metrics-port", str(metrics_port), *more], ["gateway", *more]])
        return
    if running:
        print("already up")
    else:
        service.start([*more, "--metrics-port", str(metrics_port)])
    await_ready(pages, service.log)
    print(f"up: {url}   metrics: {url}/metrics and port {metrics_port}   log: {service.log}")


def down(config_file: Config = "") -> None:
    """Stop the embedded service; what is in hand is finished, all data is on disk."""
    from leadstream.service import Service

    print("down" if Service(Path(settings_of(config_file).data)).end() else "was not up")


def status(config_file: Config = "", tenant: Tenant = "") -> None:
    """Is the service up, and what is on record. Exit status 1 when it is not up."""
    from leadstream.overview import overview
    from leadstream.service import Service

    settings = settings_of(config_file)
    pid = Service(Path(settings.data)).pid()
    print(f"service: {f'up (process {pid})' if pid else 'not up'}")
    if pid or settings.store.url:
        for line in asyncio.run(overview(settings, tenant_of(settings, tenant))):
            print(line)
    sys.exit(0 if pid else 1)


def worker(
    config_file: Config = "",
    slot: Annotated[str, typer.Option(help="Name of this worker; the same after a restart.")] = "",
    metrics_port: Annotated[int, typer.Option(help="Port of /metrics; 0 is none.")] = 9464,
) -> None:
    """One worker: takes leads from the log until it is told to stop."""
    from leadstream.worker import run_worker

    run_worker(settings_of(config_file), slot or os.environ.get("HOSTNAME", "worker"), metrics_port)


def gateway(config_file: Config = "") -> None:
    """One HTTP door."""
    from leadstream.door import run_gateway

    run_gateway(settings_of(config_file))
