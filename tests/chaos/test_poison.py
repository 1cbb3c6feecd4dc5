"""A message that kills its worker is set aside with its bytes once it has done so twice while alone in hand."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from leads.records import Envelope, Row
from leadstream.inline import prepare_log
from streams.dead_letters import list_letters
from streams.topics import DEAD, RAW
from tests.chaos.load import events_of, messages_of
from tests.chaos.observer import faults, look
from tests.chaos.poisoned import POISON
from tests.chaos.site import TENANT, Site, until
from tests.parts.kafka import Kafka

POISONED = f"{7:032x}"


def lead(number: int) -> Envelope:
    event = f"{number:032x}"
    fields = {"phone": f"1380013{number:04d}", "name": "Ann Archer"} | (
        {"message": POISON} if event == POISONED else {}
    )
    row = Row(event=event, fields=fields)
    return Envelope(tenant=TENANT, source="web", door="form", at_ms=1_772_413_200_000 + number, rows=(row,))


async def test_on_the_embedded_log(tmp_path: Path) -> None:
    with Site(tmp_path / "site") as site:
        await one_lead_kills(site)


@pytest.mark.slow
@pytest.mark.kafka
async def test_on_kafka(fresh_kafka: Kafka, tmp_path: Path) -> None:
    with Site(tmp_path / "site", fresh_kafka) as site:
        await one_lead_kills(site)


async def one_lead_kills(site: Site) -> None:
    envelopes = [lead(number) for number in range(1, 21)]
    async with site.runtime() as runtime:
        if runtime.embedded_log:
            await prepare_log(runtime)
        await runtime.publisher.publish(RAW, messages_of(envelopes))

    deaths = 0
    worker = site.worker(module="tests.chaos.poisoned")
    while site.registered() < len(envelopes):
        await until(lambda: site.registered() == len(envelopes) or not worker.alive(), 60, site.last_words)  # noqa: B023
        if not worker.alive():
            deaths += 1
            assert deaths <= 3, site.last_words()
            worker = site.worker(module="tests.chaos.poisoned")
    await site.settle()

    seen = await look(site)
    assert deaths == 3  # in a batch, which proves nothing; alone; alone again
    assert faults(seen, events_of(envelopes)) == []
    assert (seen.stored[POISONED].code, seen.stored[POISONED].reason) == ("rejected", "killed_worker")
    assert {o.code for event, o in seen.stored.items() if event != POISONED}.isdisjoint({"rejected"})
    (letter,) = list_letters(await site.messages(DEAD))
    assert (letter.event, letter.reason) == (POISONED, "killed_worker")
    assert letter.message.value == msgspec.json.encode(envelopes[6])
