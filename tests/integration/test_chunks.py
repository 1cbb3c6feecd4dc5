"""An import travels in chunks: a chunk that comes twice, a row that cannot be used, and a dead letter sent again."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import msgspec
from prometheus_client import CollectorRegistry

from leads.records import Envelope, Outcome, Row
from leadstream.inline import prepare_log, work_off
from leadstream.runtime import Runtime
from streams.dead_letters import find_letter, redrive
from streams.metrics import Metrics
from streams.topics import DEAD, OUTCOMES, RAW
from tests.chaos.load import messages_of
from tests.chaos.site import TENANT, Site

GOOD, BAD = ["a" * 32, "b" * 32, "c" * 32], "d" * 32
NAMES = dict(zip(GOOD, ("Ann Archer", "Bert Baker", "Cleo Carter"), strict=True))


def chunk() -> Envelope:
    """Three good rows, and amid them one that a file had broken."""
    rows = [Row(event=e, row=i, fields={"name": NAMES[e], "phone": f"1370000000{i}"}) for i, e in enumerate(GOOD, 1)]
    rows.insert(1, Row(event=BAD, row=4, fields={"name": "Dora Dale"}, extra={"cell 3": "?"}, fault="malformed"))
    return Envelope(
        tenant=TENANT, source="files", door="import", at_ms=1_772_413_200_000, rows=tuple(rows), batch="e" * 32
    )


@asynccontextmanager
async def worked(tmp_path: Path, *envelopes: Envelope) -> AsyncIterator[tuple[Site, Runtime]]:
    with Site(tmp_path / "site") as site:
        async with site.runtime() as runtime:
            await prepare_log(runtime)
            for envelope in envelopes:
                await runtime.publisher.publish(RAW, messages_of([envelope]))
                await work_off(runtime)
            yield site, runtime


async def outcomes(runtime: Runtime, *events: str) -> list[Outcome | None]:
    return await runtime.index.outcomes(TENANT, [bytes.fromhex(event) for event in events])


async def test_a_chunk_that_comes_twice_changes_nothing(tmp_path: Path) -> None:
    async with worked(tmp_path, chunk(), chunk()) as (site, runtime):
        stats = await runtime.index.stats(TENANT)
        published = [(m.key, m.value) for m in await site.messages(OUTCOMES)]
        found = await outcomes(runtime, *GOOD, BAD)
    assert (stats.leads, stats.joined) == (3, 0)
    assert len(published) == 8
    assert dict(published) == dict(published[:4])
    assert {o.event for o in found if o} == {*GOOD, BAD}


async def test_a_bad_row_takes_nobody_along(tmp_path: Path) -> None:
    async with worked(tmp_path, chunk()) as (site, runtime):
        *good, bad = await outcomes(runtime, *GOOD, BAD)
        letters = await site.messages(DEAD)
    assert [o.code for o in good if o] == ["pooled"] * 3
    assert bad is not None
    assert (bad.code, bad.reason, bad.seq) == ("rejected", "malformed", 0)
    (letter,) = letters
    assert [row.event for row in msgspec.json.decode(letter.value, type=Envelope).rows] == [BAD]


async def test_a_dead_letter_sent_again_is_a_new_event_that_names_the_old(tmp_path: Path) -> None:
    async with worked(tmp_path, chunk()) as (site, runtime):
        before = await outcomes(runtime, BAD)
        letter = find_letter(await site.messages(DEAD), BAD)
        assert letter is not None
        envelope = msgspec.json.decode(letter.message.value, type=Envelope)
        row = msgspec.structs.replace(envelope.rows[0], fault="", fields={"name": "Dora Dale", "phone": "13700000009"})
        mended = msgspec.json.encode(msgspec.structs.replace(envelope, rows=(row,)))
        message = redrive(letter, mended)
        for _ in range(2):  # twice is once
            await runtime.publisher.publish(RAW, [message])
            await work_off(runtime)
        sent = msgspec.json.decode(message.value, type=Envelope)
        (again,) = await outcomes(runtime, sent.rows[0].event)
        stats = await runtime.index.stats(TENANT)
        after = await outcomes(runtime, BAD)
    assert sent.redrive_of == BAD
    assert sent.rows[0].event != BAD
    assert again is not None
    assert (again.code, stats.leads) == ("pooled", 4)
    assert after == before


async def test_a_redriven_lead_has_an_outcome_and_no_answer_time(tmp_path: Path) -> None:
    form = msgspec.structs.replace(chunk(), door="form", source="web", rows=chunk().rows[:1], batch="")
    registry = CollectorRegistry()
    async with worked(tmp_path) as (_, runtime):
        shell = runtime.shell(Metrics(registry), "metered")
        again = msgspec.structs.replace(
            form, redrive_of=BAD, rows=(Row(event="f" * 32, fields={"phone": "13700000005"}),)
        )
        await runtime.publisher.publish(RAW, messages_of([form, again]))
        await work_off(runtime, shell)
        found = await outcomes(runtime, GOOD[0], "f" * 32)
    assert [outcome.code for outcome in found if outcome] == ["pooled"] * 2
    assert registry.get_sample_value("leadstream_events_total") == 2
    assert registry.get_sample_value("leadstream_answer_seconds_count", {"door": "form"}) == 1
