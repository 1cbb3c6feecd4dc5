from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator

import httpx
import pytest
import uvicorn
from prometheus_client import CollectorRegistry, generate_latest

from gateway.app import make_app
from gateway.settings import GatewayConfig, SourceSpec
from leads.errors import Misconfigured
from streams.metrics import Metrics
from tests.gateway.door import Clock, Door, Log, Memory, Record, bearer, configured, problem, signature


@pytest.fixture
async def served(door: Door) -> AsyncIterator[httpx.AsyncClient]:
    """The same application behind uvicorn on a port."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        server = uvicorn.Server(uvicorn.Config(door.app, log_level="critical", lifespan="off"))
        task = asyncio.create_task(server.serve([listener]))
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{listener.getsockname()[1]}", timeout=30) as client:
            yield client
        server.should_exit = True
        await task


async def test_a_real_server_takes_leads_and_survives_what_is_thrown_at_it(
    door: Door, served: httpx.AsyncClient
) -> None:
    body = b'{"phone": "13800138000"}'
    signed = {"Content-Type": "application/json", "X-Signature": signature(body)}

    async def blocks() -> AsyncIterator[bytes]:
        for _ in range(500):
            yield b"x" * 100_000

    length = await served.post(
        "/v1/forms/open", content=b"x" * 50_000_000, headers={"Content-Type": "application/json"}
    )
    chunked = await served.post("/v1/forms/open", content=blocks(), headers={"Content-Type": "application/json"})
    imported = await served.post("/v1/imports", content=blocks(), headers={**bearer(), "X-Filename": "leads.csv"})
    accepted = await served.post("/v1/forms/site", content=body, headers=signed)

    problem(length, 413, "too_large")
    problem(chunked, 413, "too_large")
    problem(imported, 422, "no_header")
    assert accepted.status_code == 202
    assert [row.fields for row in door.log.rows()] == [{"phone": "13800138000"}]


async def test_raw_nonsense_on_the_port_does_no_harm(served: httpx.AsyncClient) -> None:
    port = served.base_url.port
    for junk in (b"\x00\xff\x16\x03\x01", b"POST / HTTP/1.1\r\nContent-Length: x\r\n\r\n", b"GET /" + b"a" * 100_000):
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(junk)
        writer.write_eof()
        await reader.read()
        writer.close()

    assert (await served.get("/healthz")).status_code == 200


async def test_a_sender_that_hangs_up_leaves_nothing(door: Door, served: httpx.AsyncClient) -> None:
    head = b"POST /v1/imports HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer the-token\r\nContent-Length: 1000\r\n\r\n"
    _, writer = await asyncio.open_connection("127.0.0.1", served.base_url.port)
    writer.write(head + b"name,phone\nLi,1\n")
    await writer.drain()
    writer.close()
    await writer.wait_closed()

    assert (await served.get("/readyz")).status_code == 200
    assert not door.log.messages


async def test_a_fault_of_ours_is_a_problem_without_its_text(door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    async def broken(*_: object) -> None:
        raise KeyError("13800138000")

    monkeypatch.setattr(door.log, "publish", broken)

    answer = await door.form({"phone": "13800138000"})

    problem(answer, 500, "internal")
    assert "138" not in answer.text


async def test_metrics_count_by_template_and_confirmed_leads() -> None:
    registry = CollectorRegistry()
    log = Log()
    app = make_app(
        configured(),
        log,
        Record(),  # type: ignore[arg-type]
        Clock(),
        Memory(),
        meter=Metrics(registry, component="gateway"),
        metrics=lambda: (generate_latest(registry), "text/plain"),
    )
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://door") as http:
        await http.post("/v1/forms/open", json={"phone": "13800138000"})
        await http.get("/v1/receipts/13800138000")
        await http.get("/no/such/13800138000")
        text = (await http.get("/metrics")).text

    assert 'leadstream_leads_received_total{door="form",source="open",tenant="acme"} 1.0' in text
    assert 'route="/v1/receipts/{event}"' in text
    assert "13800138000" not in text


def test_every_mistake_of_the_configuration_is_told() -> None:
    config = GatewayConfig(
        sources={
            "a": SourceSpec(kind="form", tenant="acme"),
            "b": SourceSpec(kind="twilio", tenant="", secrets=("12345678",)),
            "c": SourceSpec(kind="form", tenant="acme", scheme="none", rate_per_s=0),
        },
        digest_secret="short",
    )

    with pytest.raises(Misconfigured) as refused:
        make_app(config, Log(), Record(), Clock(), Memory())  # type: ignore[arg-type]

    paths = [path for path, _ in refused.value.faults]
    assert paths == [
        "digest_secret",
        "sources.a.secrets",
        "sources.b.scheme",
        "sources.b.tenant",
        "sources.c.rate_per_s",
    ]


async def test_the_trace_of_a_request_travels_with_its_lead(door: Door) -> None:
    trace = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"

    await door.form({"phone": "1"}, traceparent=trace)
    await door.form({"phone": "1"}, traceparent="nonsense")

    assert [envelope.trace for envelope in door.log.envelopes()] == [trace, ""]
