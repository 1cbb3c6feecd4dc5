"""A publication that the log did not confirm is never taken for one that it did, however early in a take it fails."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import msgspec
import pytest

from leads.errors import LogDown
from leadstream.configuration.config import load
from leadstream.runtime import Runtime
from leadstream.sample.leads import samples
from leadstream.service import store_home
from stores.embedded import stop
from streams.flow import Flow
from streams.metrics import Metrics, new_registry
from streams.pipeline import Pipeline
from streams.ports import Message
from streams.shell import Shell


class FailsOnce:
    """A log that refuses the ``n``-th publication, at once, and takes all others."""

    def __init__(self, n: int) -> None:
        self.left = n
        self.keys: list[bytes] = []

    async def publish(self, topic: str, messages: Sequence[Message]) -> None:
        self.left -= 1
        if self.left == 0:
            raise LogDown("for a moment")
        self.keys += [m.key for m in messages if topic == "leads.outcomes"]


@pytest.mark.parametrize("n", [1, 2, 5])
async def test_the_take_is_not_acknowledged_and_the_next_time_all_is_published(n: int, tmp_path: Path) -> None:
    runtime = Runtime(load(None, {"LEADSTREAM_DATA": str(tmp_path)}))
    try:
        pipelines = {name: Pipeline(spec) for name, spec in runtime.tenants().items()}
        log = FailsOnce(n)
        shell = Shell(runtime.index, log, pipelines, lambda: 0, Metrics(new_registry()), sub_batch=25)
        leads = samples(3, "main")[:400]
        messages = [Message("leads.raw", b"", msgspec.json.encode(one), ref=str(i)) for i, one in enumerate(leads)]
        with pytest.raises(LogDown):
            await shell.process(messages)
        await shell.process(messages)
        events = {row.event.encode() for one in leads for row in one.rows}
        assert events <= set(log.keys)
    finally:
        await runtime.close()
        stop(store_home(tmp_path))


async def test_a_take_of_which_an_outcome_was_never_published_is_not_acknowledged(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish = Flow._publish

    async def losing(self: Flow, done: Sequence[Any], repeats: Sequence[Any]) -> None:
        await publish(self, done[1:], repeats)

    runtime = Runtime(load(None, {"LEADSTREAM_DATA": str(tmp_path)}))
    try:
        pipelines = {name: Pipeline(spec) for name, spec in runtime.tenants().items()}
        log = FailsOnce(0)
        shell = Shell(runtime.index, log, pipelines, lambda: 0, Metrics(new_registry()))
        message = Message("leads.raw", b"", msgspec.json.encode(samples(3, "main")[0]), ref="0")
        monkeypatch.setattr(Flow, "_publish", losing)
        with pytest.raises(RuntimeError, match="1 leads in hand, 1 outcomes, 0 of them published: not acknowledged"):
            await shell.process([message])
        monkeypatch.undo()
        await shell.process([message])
        assert len(log.keys) == 1
    finally:
        await runtime.close()
        stop(store_home(tmp_path))
