"""Erasing on Kafka: what cannot be written anew is counted, and the proof names the day by which it is gone."""

from __future__ import annotations

import tempfile
from collections.abc import AsyncIterator
from pathlib import Path

import msgspec
import pytest

from leads.records import Envelope, Row
from leadstream.configuration import config
from leadstream.configuration.settings import Settings
from leadstream.erasing import erasing
from leadstream.runtime import Runtime
from stores.embedded import start_or_attach, stop
from stores.sweep import sweep
from streams.admin import apply
from streams.kafka_log import read
from streams.metrics import Metrics, new_registry
from streams.ports import Message
from streams.topics import RAW, RECORDS, declared

TENANT = "erasing"  # the broker is shared with other tests
PHONE = b"13751234567"
ROWS = (
    Row("a1" * 16, {"name": "秦无涯", "phone": "13751234567"}),
    Row("b2" * 16, {"name": "陈静", "phone": "13911112222"}),
    Row("c3" * 16, {"name": "x" * 5_000, "phone": "137 5123 4567"}),  # too large: refused, of no customer
)


@pytest.fixture
async def settings(kafka: str) -> AsyncIterator[Settings]:
    with tempfile.TemporaryDirectory(prefix="ls") as home:
        url = start_or_attach(Path(home) / "store", fsync="everysec")
        env = {"LEADSTREAM_STORE_URL": url, "KEY": "a-key-of-the-tenant", "IDS": "a-key-of-messages"}
        apply(kafka, declared(1))
        text = f"""
data: {home}/data
log: {{kind: kafka, bootstrap: ["{kafka}"]}}
gateway: {{secret_env: IDS}}
tenants: {{{TENANT}: {{key_env: KEY}}}}
"""
        with pytest.MonkeyPatch.context() as patch:
            for name, value in env.items():
                patch.setenv(name, value)
            yield config.parse(text, env, Path(home))
        stop(Path(home) / "store")


async def test_an_erased_person_is_gone_from_the_store_and_counted_on_kafka(settings: Settings, kafka: str) -> None:
    runtime = Runtime(settings)
    envelope = Envelope(TENANT, "fair", "import", 1_800_000_000_000, ROWS)
    message = Message(RAW, b"chunk", msgspec.json.encode(envelope), ref=f"{RAW}/0/0")
    try:
        await runtime.publisher.publish(RAW, [message])
        shell = runtime.shell(Metrics(new_registry()), "erasing")
        await shell.process([message])
        proof = await erasing(settings, TENANT, ROWS[0].event, {}, "zhou", preview=False)
        places = {place.place: place for place in proof.places}
        assert proof.complete
        assert (places["index"].gone, places["searched: the store"].left) == (1, 0)
        assert (places[f"Kafka topic {RAW}"].found, places[f"Kafka topic {RAW}"].left) == (1, 1)
        assert "14 days, gone by 20" in places[f"Kafka topic {RAW}"].why
        assert "30 days" in places["Kafka topic leads.dead"].why
        assert PHONE not in msgspec.json.encode(proof)
        assert not await sweep(runtime.client, [PHONE])

        records = [m async for m in read(kafka, RECORDS) if m.key.startswith(f"{TENANT}/".encode())]
        last = {m.key: m.value for m in records}
        assert sorted(map(bool, last.values())) == [False, True], (
            "the erased record is an empty message: compaction takes it"
        )
        await shell.process([message])  # delivered again, days later
        assert not [key for key in await sweep(runtime.client, [PHONE]) if key.startswith(f"{{{TENANT}}}")]
    finally:
        await runtime.close()
