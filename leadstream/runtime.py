"""The one place that wires everything: settings in, running parts out. Nothing below knows where its parts come from."""

from __future__ import annotations

import gc
import os
import time
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path
from typing import Any

import msgspec

from gateway.settings import GatewayConfig, Limits, SourceSpec, TokenSpec
from leads.errors import Misconfigured
from leads.records import Facts
from leadstream.configuration.settings import Settings
from leadstream.keys import key
from leadstream.policies import Policies
from leadstream.service import store_home
from matchers.keys import KEY_VERSION
from matchers.schemes import keying
from matchers.sketch import bands
from stores.connect import connect
from stores.embedded import start_or_attach
from stores.index import ValkeyIndex
from stores.patience import Patience
from stores.rekey import claim
from stores.removal import KeysOf
from stores.roster import changes_now
from stores.stream_log import StreamConsumer, StreamPublisher
from streams.metrics import Metrics
from streams.pipeline import Pipeline, TenantSpec
from streams.ports import Publisher
from streams.shell import Shell
from streams.topics import declared, embedded_keep
from streams.tracing import Tracing, exporter

#: Consumer groups of the log.
WORKERS, ARCHIVISTS = "leadstream", "archive"
#: How long the embedded log keeps what every group has acknowledged.
KEEP_MS = embedded_keep(declared())


def clock() -> int:
    """Milliseconds since the epoch. The edge asks it; nothing inside does."""
    return time.time_ns() // 1_000_000


def settle_garbage() -> None:
    """Call once what stays is loaded: tables and code are never looked through again, and young garbage less often.

    Leads make hundreds of small tuples that live for one batch; with the defaults a third of a worker's time went into
    looking for cycles among them. A take in hand is less than 100,000 of them: with a threshold of 50,000 every third
    take was looked through, 9 microseconds a lead.
    """
    bands("a", 1, 1)  # its library is loaded late, but not while a lead waits
    gc.collect()
    gc.freeze()
    gc.set_threshold(200_000, 20, 100)


class Runtime:
    """Parts of one process. ``close`` ends what was opened. Raises Misconfigured, StoreDown at construction."""

    def __init__(self, settings: Settings, env: Mapping[str, str] = os.environ, *, timeout_s: float = 30.0) -> None:
        self.settings = settings
        self._env = env
        self.data = Path(settings.data)
        self.embedded_log = settings.log.kind == "embedded"
        self.url = settings.store.url or start_or_attach(store_home(self.data), memory=settings.store.memory)
        self.client = connect(self.url, timeout_s=timeout_s)
        self.index = ValkeyIndex(self.client)
        self.facts = msgspec.msgpack.Decoder(Facts).decode
        self.publisher = self._publisher()
        self.policies = Policies(self.client, settings, clock, changes_now(self.url, list(settings.tenants)))

    async def close(self) -> None:
        """End the publisher, which sends what it holds, then the store's client."""
        await self.publisher.stop()
        await self.client.aclose()

    def tenants(self) -> dict[str, TenantSpec]:
        """What each tenant's pipeline needs. Asks the store by which keys it is kept. Raises Misconfigured, StoreDown."""
        shared = bool(self.settings.store.url)
        most = self.settings.limits.max_value_chars
        versions = claim(self.url, list(self.settings.tenants), KEY_VERSION)
        keyings = {name: keying(in_force) for name, in_force in versions.items()}
        self.index.cases |= {name: found.cases for name, found in keyings.items()}
        return {
            name: TenantSpec(
                name,
                key(name, tenant.key_env, self._env, self.data, shared=shared),
                self.policies.known(name),
                tenant.preparation(most),
                tenant.matching.weights(),
                keyings[name],
            )
            for name, tenant in self.settings.tenants.items()
        }

    def keys_of(self, tenant: str) -> KeysOf:
        """The keys that a record is in the index under. Raises Misconfigured, StoreDown."""
        spec = self.tenants()[tenant]
        return lambda record: spec.keying.keys(self.facts(record), spec.secret)

    def shell(self, metrics: Metrics, slot: str, publisher: Publisher | None = None) -> Shell:
        """A shell over this store and log."""
        pipelines = {name: Pipeline(spec) for name, spec in self.tenants().items()}
        return Shell(
            self.index,
            publisher or self.publisher,
            pipelines,
            clock,
            metrics,
            slot=slot,
            tracing=self.tracing("worker"),
        )

    def tracing(self, component: str) -> Tracing | None:
        """Where this part's spans go; None when nowhere. Raises Misconfigured without the extra."""
        section = self.settings.tracing
        if not section.endpoint:
            return None
        try:
            return exporter(section.endpoint, component, section.sample)
        except ImportError:
            raise Misconfigured([("tracing.endpoint", "needs: pip install 'leadstream[tracing]'")]) from None

    def consumer(self, group: str, name: str, patience: Patience | None = None) -> StreamConsumer:
        """A reader of the embedded log."""
        return StreamConsumer(self.url, group, name, patience=patience, keep_ms=KEEP_MS)

    def archive_key(self) -> bytes:
        """AES key of the segments the embedded log leaves behind."""
        return key("archive", "", self._env, self.data, shared=False)

    def gateway(self) -> GatewayConfig:
        """The door's configuration, with the values of the secrets it names."""
        settings, env = self.settings, self._env
        shared = bool(settings.store.url)
        secret = key("delivery", settings.gateway.secret_env, env, self.data, shared=shared)
        limits = settings.limits
        return GatewayConfig(
            sources={name: _source(section, env) for name, section in settings.sources.items()},
            digest_secret=secret.hex(),
            tokens=tuple(_token(section, env) for section in settings.gateway.tokens.values()),
            public_url=settings.gateway.public_url,
            limits=Limits(
                body_bytes=limits.body_bytes,
                import_bytes=limits.import_bytes,
                fields=limits.fields,
                columns=limits.columns,
                chunk_rows=limits.chunk_rows,
                imports_at_once=limits.imports_at_once,
                requests_at_once=limits.requests_at_once,
                backlog_messages=limits.backlog_messages,
            ),
        )

    def _publisher(self) -> Any:
        if self.embedded_log:
            return StreamPublisher(self.url, keep_ms=KEEP_MS)
        from streams.kafka_log import KafkaPublisher  # the Kafka extra need not be installed

        return KafkaPublisher(",".join(self.settings.log.bootstrap))


def _source(section: Any, env: Mapping[str, str]) -> SourceSpec:
    named = (section.secret_env, section.previous_secret_env)
    return SourceSpec(
        kind=section.kind,
        tenant=section.tenant,
        scheme=section.scheme,
        secrets=tuple(env[name] for name in named if name and env.get(name)),
        header=section.header,
        timestamp_header=section.timestamp_header,
        max_age_s=section.max_age_s,
        fields=dict(section.fields),
        event_field=section.event_field,
        rate_per_s=section.rate_per_s,
        burst=section.burst,
    )


def _token(section: Any, env: Mapping[str, str]) -> TokenSpec:
    digest = sha256(env.get(section.env, "").encode()).hexdigest()
    return TokenSpec(sha256=digest, tenant=section.tenant, scopes=frozenset(section.scopes))
