"""The same leads through either log, one worker and one partition each, come to the same, evidence and all."""

from __future__ import annotations

import re
from pathlib import Path
from random import Random

import pytest

from leads.records import Outcome
from leadstream.inline import prepare_log
from leadstream.sample.leads import samples
from streams.topics import RAW, declared
from tests.chaos.load import events_of, just_now, messages_of
from tests.chaos.observer import Seen, faults, look
from tests.chaos.site import TENANT, Site, until
from tests.parts.kafka import Kafka

SAMPLES = just_now(samples(11, TENANT))


async def through(site: Site, seed: int) -> Seen:
    """All samples through a real worker, published in batches of another size at each site."""
    random, worker = Random(seed), site.worker()
    messages = messages_of(SAMPLES)
    async with site.runtime() as runtime:
        if runtime.embedded_log:
            await prepare_log(runtime)
        while messages:
            size = random.choice((1, 7, 60, 300))
            await runtime.publisher.publish(RAW, messages[:size])
            del messages[:size]
    await until(lambda: site.registered() > 0 or not worker.alive(), 60, site.last_words)
    await site.settle()
    assert worker.stop() == 0
    return await look(site)


def conclusion(outcome: Outcome) -> tuple[object, ...]:
    evidence = [(e.field, e.level, round(e.bits, 6), e.seq) for e in outcome.evidence]
    return outcome.code, outcome.reason, outcome.owner, outcome.pool, outcome.rule, round(outcome.bits, 6), evidence


@pytest.mark.kafka
async def test_both_logs_and_no_key_tells_anything(fresh_kafka: Kafka, tmp_path: Path) -> None:
    with Site(tmp_path / "embedded") as embedded, Site(tmp_path / "kafka", fresh_kafka) as kafka:
        mine, theirs = await through(embedded, 1), await through(kafka, 2)
        keys = [m.key.decode() for topic in declared() for m in await kafka.messages(topic.name)]
    assert faults(mine, events_of(SAMPLES)) == faults(theirs, events_of(SAMPLES)) == []
    differing = {
        event: (conclusion(outcome), conclusion(theirs.stored[event]))
        for event, outcome in mine.stored.items()
        if conclusion(outcome) != conclusion(theirs.stored[event])
    }
    assert not differing, str(differing)[:3000]
    assert mine.partition() == theirs.partition()
    assert len(keys) > len(SAMPLES)
    assert [key for key in keys if not re.fullmatch(r"[0-9a-f]{32}|main(/\d+)?", key)] == []
