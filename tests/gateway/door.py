"""Builders: a door on parts that satisfy its ports, and what it published."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Sequence
from typing import Any

import httpx
import msgspec
from fastapi import FastAPI

from gateway.app import make_app
from gateway.settings import GatewayConfig, Limits, Scope, SourceSpec, TokenSpec
from leads.errors import LogDown, StoreDown
from leads.records import Envelope, Outcome, Row
from streams.ports import Message

NOW_MS = 1_767_225_600_000
SECRET, OLD_SECRET, TWILIO_TOKEN, GOOGLE_KEY = "first-secret", "second-secret", "twilio-token", "google-key"
TOKEN, FOREIGN_TOKEN = "the-token", "the-token-of-another-tenant"


class Log:
    """A publisher that keeps what it confirmed. ``down`` makes it refuse."""

    def __init__(self) -> None:
        self.messages: dict[str, list[Message]] = {}
        self.down = False

    async def publish(self, topic: str, messages: Sequence[Message]) -> None:
        if self.down:
            raise LogDown("the log did not confirm")
        self.messages.setdefault(topic, []).extend(messages)

    def envelopes(self) -> list[Envelope]:
        return [msgspec.json.decode(m.value, type=Envelope) for m in self.messages.get("leads.raw", [])]

    def rows(self) -> list[Row]:
        return [row for envelope in self.envelopes() for row in envelope.rows]


class Record:
    """The outcomes on record, by event."""

    def __init__(self) -> None:
        self.outcomes_by: dict[bytes, Outcome] = {}
        self.down = False

    async def outcomes(self, tenant: str, events: Sequence[bytes]) -> list[Outcome | None]:
        if self.down:
            raise StoreDown("the store does not answer")
        found = [self.outcomes_by.get(event) for event in events]
        return [outcome if outcome and outcome.tenant == tenant else None for outcome in found]


class Memory:
    """Small values; time does not pass here."""

    def __init__(self) -> None:
        self.values: dict[str, bytes] = {}

    async def put_if_absent(self, key: str, value: bytes, ttl_s: int) -> bytes | None:
        if key in self.values:
            return self.values[key]
        self.values[key] = value
        return None

    async def put(self, key: str, value: bytes, ttl_s: int) -> None:
        self.values[key] = value

    async def get(self, key: str) -> bytes | None:
        return self.values.get(key)

    async def delete(self, key: str) -> None:
        self.values.pop(key, None)


class Clock:
    def __init__(self) -> None:
        self.now_ms = NOW_MS

    def __call__(self) -> int:
        return self.now_ms


def token(value: str, tenant: str) -> TokenSpec:
    scopes: frozenset[Scope] = frozenset({"calls", "forms", "imports", "receipts"})
    return TokenSpec(sha256=hashlib.sha256(value.encode()).hexdigest(), tenant=tenant, scopes=scopes)


def configured(limits: Limits | None = None, **sources: SourceSpec) -> GatewayConfig:
    both = (SECRET, OLD_SECRET)
    return GatewayConfig(
        sources={
            "site": SourceSpec(kind="form", tenant="acme", secrets=both, event_field="submission_id"),
            "hooks": SourceSpec(kind="form", tenant="acme", scheme="standard", secrets=("whsec_c2VjcmV0LXNlY3JldA==",)),
            "open": SourceSpec(kind="form", tenant="acme", scheme="none"),
            "tf": SourceSpec(kind="typeform", tenant="acme", secrets=both, header="Typeform-Signature"),
            "ads": SourceSpec(kind="google_ads", tenant="acme", scheme="google_key", secrets=(GOOGLE_KEY,)),
            "calls": SourceSpec(kind="calls", tenant="acme", secrets=both),
            "twilio": SourceSpec(kind="twilio", tenant="acme", scheme="twilio", secrets=(TWILIO_TOKEN,)),
            "imports": SourceSpec(kind="import", tenant="acme", scheme="bearer"),
            **sources,
        },
        digest_secret="a secret that never changes",
        tokens=(token(TOKEN, "acme"), token(FOREIGN_TOKEN, "other")),
        public_url="https://leads.example.com",
        limits=limits or Limits(),
    )


class Door:
    """The real application behind httpx, with what is around it at hand."""

    def __init__(self, config: GatewayConfig | None = None, **ports: Any) -> None:
        self.log, self.record, self.memory, self.clock = Log(), Record(), Memory(), Clock()
        self.app: FastAPI = make_app(config or configured(), self.log, self.record, self.clock, self.memory, **ports)  # type: ignore[arg-type]
        transport = httpx.ASGITransport(self.app, raise_app_exceptions=False)
        self.http = httpx.AsyncClient(transport=transport, base_url="https://leads.example.com")

    async def form(self, body: Any, source: str = "site", **headers: str) -> httpx.Response:
        """A signed form. Bytes are sent as they are, anything else as JSON."""
        raw = body if isinstance(body, bytes) else json.dumps(body).encode()
        header = "Typeform-Signature" if source == "tf" else "X-Signature"
        given = {"Content-Type": "application/json", header: signature(raw), **_named(headers)}
        return await self.http.post(f"/v1/forms/{source}", content=raw, headers=given)

    async def call(self, **event: Any) -> httpx.Response:
        raw = json.dumps(event).encode()
        headers = {"Content-Type": "application/json", "X-Signature": signature(raw)}
        return await self.http.post("/v1/calls", content=raw, headers=headers)

    async def upload(self, content: bytes, filename: str = "leads.csv", **parts: str) -> httpx.Response:
        files = {"file": (filename, content)}
        return await self.http.post("/v1/imports", files=files, data=parts, headers=bearer())


def signature(body: bytes, secret: str = SECRET) -> str:
    return hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()


def bearer(value: str = TOKEN) -> dict[str, str]:
    return {"Authorization": f"Bearer {value}"}


def problem(response: httpx.Response, status: int, code: str) -> dict[str, Any]:
    """The problem a response is; fails when it is not this one."""
    assert response.headers["content-type"] == "application/problem+json", response.text
    body: dict[str, Any] = response.json()
    assert (response.status_code, body["code"]) == (status, code), body
    assert body["status"] == status
    assert body["detail"]
    return body


def _named(headers: dict[str, str]) -> dict[str, str]:
    return {name.replace("_", "-"): value for name, value in headers.items()}
