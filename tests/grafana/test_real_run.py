"""The panels about the flow, over what a real shell on a real store has counted: names, labels and stages agree."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator, Sequence
from itertools import count

import msgspec
import pytest
from prometheus_client import CollectorRegistry

from leads.policy import Member, Policy, Rule, Team
from leads.preparation import Preparation
from leads.records import Door, Envelope, Row
from matchers.weights import DEFAULT
from stores.connect import connect
from stores.embedded import start_or_attach, stop
from stores.index import ValkeyIndex
from streams.metrics import Metrics
from streams.pipeline import Pipeline, TenantSpec
from streams.ports import Message
from streams.shell import Shell
from tests.grafana.scenario import EVERY_S, SOURCES
from tests.grafana.test_dashboards import BOARDS, expressions
from tests.parts.prometheus import Prometheus, Recorder, running

BATCHES, END_S = 21, 1_750_000_000
POLICY = Policy(
    version="1",
    members={"li": Member("li"), "wang": Member("wang")},
    teams={"all": Team("all", ("li", "wang"))},
    rules=(Rule("all", team="all"),),
)
FLOW = (
    "Out per minute",
    "Without an outcome",
    "Answered within 5 s",
    "Dead letters, last hour",
    "Outcomes by code",
    "Outcomes by reason",
    "Refused share by source",
    "From door to outcome",
    "Time per lead by stage",
    "Slowest batches by stage",
    "Collisions by evidence",
    "Collision share by source",
    "Dead letters by reason",
    "Leads per batch",
    "Candidates per lead",
    "What runs",
    "Verdicts",
    "Evidence by verdict",
    "Near the threshold",
    "Fields that meet",
)


class Log:
    """Confirms everything and keeps nothing."""

    async def publish(self, topic: str, messages: Sequence[Message]) -> None:
        return


def messages(number: Iterator[int], at_ms: int) -> list[Message]:
    """One lead from each door: a new customer, one who comes back by his phone every time, one without identity."""
    made = []
    contents = (
        {"phone": f"1380013{next(number):04d}", "name": "王小明"},
        {"phone": "13900139000", "name": "李雷", "company": "杭州云山贸易有限公司"},
        {"message": "?"},
    )
    for (door, source), fields in zip(SOURCES.items(), contents, strict=True):
        known: Door = door
        envelope = Envelope("acme", source, known, at_ms, (Row(f"{next(number):032x}", fields),))
        made.append(Message("leads.raw", b"", msgspec.json.encode(envelope)))
    return made


async def run(url: str) -> AsyncIterator[tuple[int, CollectorRegistry]]:
    """The registry after each batch, a quarter of a minute apart."""
    registry, now_ms, number = CollectorRegistry(), [0], count(1)
    metrics = Metrics(registry, version="1.0.0")
    client = connect(url)
    try:
        pipeline = Pipeline(TenantSpec("acme", b"key of this test", POLICY, Preparation(country="CN"), DEFAULT))
        shell = Shell(ValkeyIndex(client), Log(), {"acme": pipeline}, lambda: now_ms[0], metrics)
        for batch in range(BATCHES):
            at_s = END_S - (BATCHES - 1 - batch) * EVERY_S
            now_ms[0] = at_s * 1000
            refs = count(batch * 1000)
            await shell.process(
                [
                    msgspec.structs.replace(message, ref=f"leads.raw/0/{next(refs)}")
                    for message in messages(number, now_ms[0] - 40)
                ]
            )
            yield at_s, registry
    finally:
        await client.aclose()


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> Recorder:
    home = tmp_path_factory.mktemp("store")
    recorder = Recorder()

    async def record() -> None:
        async for at_s, registry in run(url):
            recorder.keep(iter(registry.collect()), at_s, {"job": "worker", "instance": "worker-1"})  # type: ignore[arg-type]

    url = start_or_attach(home)
    try:
        asyncio.run(record())
    finally:
        stop(home)
    return recorder


@pytest.fixture(scope="module")
def prometheus(recorded: Recorder, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Prometheus]:
    with running(tmp_path_factory.mktemp("prometheus"), recorded=recorded) as server:
        yield server


@pytest.mark.parametrize("title", FLOW)
def test_panel_shows_a_real_run(title: str, prometheus: Prometheus) -> None:
    panel = next(panel for board in BOARDS.values() for panel in board["panels"] if panel["title"] == title)
    for expression in expressions(panel):
        series = prometheus.query(expression, END_S)
        assert any(one["value"][1] != "NaN" for one in series), expression
        assert not any("other" in one["metric"].values() for one in series), expression


def test_a_real_run_adds_up(prometheus: Prometheus) -> None:
    def value(expression: str) -> float:
        return float(prometheus.query(expression, END_S)[0]["value"][1])

    assert value("sum(leadstream_events_total)") == value("sum(leadstream_outcomes_total)") == 3 * BATCHES
    assert value('sum(leadstream_collisions_total{field="phone"})') == BATCHES - 1
    assert value("sum(leadstream_answer_seconds_sum) / sum(leadstream_answer_seconds_count)") == pytest.approx(0.04)
