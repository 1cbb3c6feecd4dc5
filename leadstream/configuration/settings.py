"""The typed configuration: one class a section of the file, frozen, unknown keys refused. Secrets by variable name only."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, StringConstraints

from gateway.settings import PROVIDER_SCHEMES
from leads.errors import Misconfigured
from leads.preparation import Preparation
from leadstream.configuration.conflict import ConflictSection
from leadstream.configuration.matching import MatchingSection, ProfileSection
from leadstream.configuration.policy import Id, PolicySection
from leadstream.configuration.section import Names, Section, listed
from stores.demoted import LEAST_LARGE

Slug = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9_-]{0,31}$")]
EnvName = Annotated[str, StringConstraints(pattern=r"^([A-Z][A-Z0-9_]*)?$")]
Memory = Annotated[str, StringConstraints(pattern=r"^([1-9][0-9]*(mb|gb))?$")]
Kind = Literal["text", "name", "company", "address", "id", "date", "number", "category"]


class StoreSection(Section):
    url: str = ""  # "" is the embedded server; a URL with a password comes from LEADSTREAM_STORE_URL
    memory: Memory = (
        ""  # what the embedded server may take before it refuses to write, from its next start on; "" has no limit
    )


class LogSection(Section):
    kind: Literal["embedded", "kafka"] = "embedded"
    bootstrap: Names = ()  # host:port of Kafka brokers
    partitions: int = Field(default=12, ge=1, le=1_000)
    replication: int = Field(default=1, ge=1, le=5)


class TokenSection(Section):
    """A bearer token: the variable that holds it, whose leads it opens, for what."""

    env: EnvName
    tenant: str
    scopes: Annotated[
        tuple[Literal["calls", "imports", "receipts", "reviews", "conflicts", "contacts"], ...], BeforeValidator(listed)
    ] = ("receipts",)


class GatewaySection(Section):
    host: str = "127.0.0.1"
    port: int = Field(default=8080, ge=1, le=65_535)
    public_url: str = ""  # as callers see it; Twilio signs it
    secret_env: EnvName = ""  # variable whose secret keys the ids of messages; "" is a key kept in the data folder
    tokens: dict[Id, TokenSection] = {}


class TracingSection(Section):
    """Spans of OpenTelemetry (the extra ``tracing``). Off without an endpoint."""

    endpoint: str = ""  # of a collector, OTLP over HTTP: http://collector:4318/v1/traces
    sample: float = Field(default=0.01, ge=0, le=1)  # share of the traces that begin at our door


class LimitsSection(Section):
    body_bytes: int = Field(default=1_000_000, ge=1_000)
    import_bytes: int = Field(default=50_000_000, ge=1_000)
    fields: int = Field(default=200, ge=1)
    columns: int = Field(default=500, ge=1)
    chunk_rows: int = Field(default=50, ge=1, le=1_000)
    imports_at_once: int = Field(default=2, ge=1)
    requests_at_once: int = Field(default=64, ge=1)  # in a door; the next one is answered 503
    backlog_messages: int = Field(default=50_000, ge=1)  # unfinished in the log; beyond, leads are answered 503
    max_value_chars: int = Field(default=4_000, ge=10)


class SourceSection(Section):
    """A source at the door. Without ``signature`` a provider's own kind has the provider's, the others ``hmac``."""

    kind: Literal["form", "typeform", "google_ads", "calls", "twilio", "import"]
    tenant: str
    signature: Literal["", "none", "hmac", "standard", "twilio", "google_key", "bearer"] = ""
    secret_env: EnvName = ""
    previous_secret_env: EnvName = ""  # the old secret while a new one is brought in
    header: str = "X-Signature"
    timestamp_header: str = ""
    max_age_s: int = Field(default=300, ge=1)
    event_field: str = ""  # key with the provider's id of the event
    fields: dict[str, Names] = {}  # lead field -> key of the body, or keys joined by a space
    rate_per_s: float = Field(default=50.0, gt=0)
    burst: int = Field(default=200, ge=1)

    @property
    def scheme(self) -> str:
        return self.signature or PROVIDER_SCHEMES.get(self.kind, "hmac")


class NotifySection(Section):
    """Where owners are told of leads. ``url_env`` names the variable with the address: those of chat rooms are secrets."""

    url_env: EnvName = ""
    secret_env: EnvName = ""
    format: Literal["standard", "wecom", "slack"] = "standard"
    hosts: Names = ()  # the only ones that anything is sent to
    private: bool = False  # addresses of private networks, and plain http, are meant
    lang: Literal["en", "zh"] = "zh"


class TenantSection(PolicySection):
    key_env: EnvName = ""  # variable whose secret keys the digests of match keys; "" is a key kept in the data folder
    country: str = ""
    fields: dict[Id, Kind] = {}
    internal_numbers: Names = ()
    do_not_contact: Names = ()
    do_not_contact_file: str = ""
    test_markers: Names = ("test@example.com",)
    matching: MatchingSection = MatchingSection()
    profile: ProfileSection = ProfileSection()
    conflict: ConflictSection = ConflictSection()
    notify: NotifySection = NotifySection()
    keep_days: float = Field(
        default=0.0, ge=0
    )  # customers without an owner, silent for longer, are forgotten; 0: never
    large_customer: int = Field(default=1_000, ge=LEAST_LARGE)  # leads from which one customer is too large to be one

    def unique_fields(self) -> set[str]:
        """Declared fields that must be unique are identifiers, whatever kind they are declared as."""
        return {*self.unique, *(field for scope in self.scopes.values() for field in scope.unique)}

    def preparation(self, max_value_chars: int = 4_000) -> Preparation:
        """What ``prepare`` must know. Reads ``do_not_contact_file``. Raises Misconfigured when it cannot be read."""
        listed = read_list(Path(self.do_not_contact_file)) if self.do_not_contact_file else ()
        return Preparation(
            country=self.country,
            kinds={field: "id" if field in self.unique_fields() else kind for field, kind in self.fields.items()},
            internal_numbers=frozenset(self.internal_numbers),
            do_not_contact=frozenset((*self.do_not_contact, *listed)),
            test_markers=frozenset(self.test_markers),
            max_value_chars=max_value_chars,
        )


class Settings(Section):
    data: str = ".leadstream"  # folder of the embedded store, keys and archives
    store: StoreSection = StoreSection()
    log: LogSection = LogSection()
    gateway: GatewaySection = GatewaySection()
    limits: LimitsSection = LimitsSection()
    tracing: TracingSection = TracingSection()
    sources: dict[Slug, SourceSection] = {}
    tenants: dict[Slug, TenantSection]


def read_list(path: Path) -> tuple[str, ...]:
    """The lines of a list, without comments (``#``) and empty ones. Raises Misconfigured when it cannot be read."""
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError):
        raise Misconfigured([("do_not_contact_file", "cannot be read; write the path of a UTF-8 text file")]) from None
    return tuple(line.strip() for line in lines if line.strip() and not line.lstrip().startswith("#"))
