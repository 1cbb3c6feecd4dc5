"""``leadstream gateway``: one HTTP door as a process of its own."""

from __future__ import annotations

from importlib.metadata import version
from typing import Any

import uvicorn

from gateway.app import make_app
from gateway.readiness import Probe
from gateway.shedding import Ask
from leadstream.casebook import disputes
from leadstream.configuration.settings import Settings
from leadstream.logs import setup
from leadstream.ownership import Owners
from leadstream.questions import Questions
from leadstream.reviewing import Desk
from leadstream.roster import Roster
from leadstream.runtime import WORKERS, Runtime, clock
from leadstream.tokens import IssuedTokens
from stores.condition import writable
from stores.idempotency import RedisIdempotency
from stores.stream_log import StreamConsumer
from streams.metrics import Metrics, exposition, new_registry
from streams.topics import RAW

#: How long the door waits for the store.
ANSWER_S = 5.0
#: Content type of the Prometheus text format.
EXPOSITION = "text/plain; version=0.0.4; charset=utf-8"


def run_gateway(settings: Settings) -> None:
    """Serve until SIGTERM or SIGINT. Raises Misconfigured, StoreDown at the start."""
    setup("gateway")
    runtime = Runtime(settings, timeout_s=ANSWER_S)  # whoever waits at the door is told soon that the store hangs
    reader = runtime.consumer(WORKERS, "gateway")
    registry = new_registry()
    metrics = Metrics(registry, component="gateway", version=version("leadstream"))
    probes: dict[str, Probe] = {"store": lambda: writable(runtime.client, settings.tenants)}
    if reach := _reach(runtime):
        probes["log"] = reach
    app = make_app(
        runtime.gateway(),
        runtime.publisher,
        runtime.index,
        clock,
        RedisIdempotency(runtime.client),
        meter=metrics,
        metrics=lambda: (exposition(registry), EXPOSITION),
        probes=probes,
        customers=Questions(runtime.index, settings, runtime.tenants(), runtime.policies, clock, metrics),
        reviews=Desk(runtime.client, settings),
        cases=disputes(runtime),
        tokens=IssuedTokens(runtime.client, clock),
        owning=Owners(runtime, clock, lambda: runtime.shell(metrics, "door")),
        staff=Roster(runtime.client, runtime.policies, settings, clock),
        tracing=runtime.tracing("gateway"),
        backlog=_backlog(runtime, reader),
    )

    async def join() -> None:
        if runtime.embedded_log:  # from now on nothing is dropped before the workers have had it
            await reader.join(RAW)

    app.router.add_event_handler("startup", join)
    if reach:
        app.router.add_event_handler("shutdown", reach.stop)
    app.router.add_event_handler("shutdown", reader.stop)
    app.router.add_event_handler("shutdown", runtime.close)
    where = settings.gateway
    uvicorn.run(app, host=where.host, port=where.port, log_config=None, access_log=False, timeout_graceful_shutdown=20)


def _reach(runtime: Runtime) -> Any:
    """Asks whether the log answers; None where it is in the store."""
    if runtime.embedded_log:
        return None
    from streams.kafka_log import KafkaReach  # the Kafka extra need not be installed

    return KafkaReach(",".join(runtime.settings.log.bootstrap), RAW)


def _backlog(runtime: Runtime, reader: StreamConsumer) -> Ask:
    """How many messages no worker has finished."""

    async def on_kafka() -> int:
        from streams.kafka_log import positions  # the Kafka extra need not be installed

        places = await positions(",".join(runtime.settings.log.bootstrap), WORKERS, RAW)
        return sum(end - at for at, end in places.values())

    return (lambda: reader.backlog(RAW)) if runtime.embedded_log else on_kafka
