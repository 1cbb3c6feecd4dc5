"""What becomes of a lead does not depend on how leads were batched: enough of them that shared values get crowded."""

from __future__ import annotations

from pathlib import Path

import msgspec

from leads.records import Envelope, Outcome
from leadstream.configuration.config import load
from leadstream.dedupe import Nowhere
from leadstream.runtime import Runtime
from leadstream.sample.leads import samples
from leadstream.service import store_home
from stores.embedded import start_or_attach, stop
from streams.intake import take
from streams.metrics import Metrics, new_registry
from streams.pipeline import Pipeline
from streams.ports import Message
from streams.shell import Shell

LEADS = [envelope for seed in range(1, 9) for envelope in samples(seed, "main")]


async def outcomes(home: Path, sub_batch: int, at_once: int) -> dict[str, tuple[object, ...]]:
    """Event -> what became of it, with leads handed over ``at_once`` and cut into ``sub_batch``."""
    start_or_attach(store_home(home), fsync="everysec")
    runtime = Runtime(load(None, {"LEADSTREAM_DATA": str(home)}))
    pipelines = {name: Pipeline(spec) for name, spec in runtime.tenants().items()}
    shell = Shell(runtime.index, Nowhere(), pipelines, lambda: 0, Metrics(new_registry()), sub_batch=sub_batch)
    found: dict[str, tuple[object, ...]] = {}
    for start in range(0, len(LEADS), at_once):
        messages = [message(n, LEADS[n]) for n in range(start, min(start + at_once, len(LEADS)))]
        for outcome in await shell.judge_now(take(messages, pipelines)):
            found[outcome.event] = conclusion(outcome)
    await runtime.close()
    stop(store_home(home))
    return found


def message(number: int, envelope: Envelope) -> Message:
    return Message("leads.raw", b"", msgspec.json.encode(envelope), ref=str(number))


def conclusion(outcome: Outcome) -> tuple[object, ...]:
    return outcome.code, outcome.reason, outcome.owner, outcome.pool, outcome.entity, outcome.account


async def test_large_and_small_batches_come_to_the_same(tmp_path: Path) -> None:
    large = await outcomes(tmp_path / "large", 200, 1_600)
    small = await outcomes(tmp_path / "small", 37, 400)

    assert len(large) > 10_000
    assert {event: (one, small[event]) for event, one in large.items() if one != small[event]} == {}
