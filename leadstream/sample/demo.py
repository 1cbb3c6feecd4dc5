"""``leadstream demo``: sample leads from all three doors through the embedded pipeline, on a store of its own."""

from __future__ import annotations

import tempfile
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from time import perf_counter

import msgspec
from rich.console import Console
from rich.table import Table

from leads.records import REASONS, Envelope, Outcome
from leadstream.configuration.config import load
from leadstream.explaining import explained
from leadstream.inline import prepare_log, work_off
from leadstream.runtime import Runtime
from leadstream.sample.leads import samples
from leadstream.service import store_home
from stores.embedded import stop
from streams.ports import Message
from streams.topics import RAW

_json = msgspec.json.Encoder().encode
DOORS = ("call", "form", "import")


async def run_demo() -> bool:
    """Prints the outcomes as a table and three leads in full. False when the outcomes do not sum to the events."""
    with tempfile.TemporaryDirectory(prefix="leadstream-demo-") as home:
        settings = load(None, {"LEADSTREAM_DATA": home})
        runtime = Runtime(settings)
        try:
            return await _run(runtime)
        finally:
            await runtime.close()
            stop(store_home(Path(home)))


async def _run(runtime: Runtime) -> bool:
    envelopes = samples()
    events = list(dict.fromkeys(row.event for envelope in envelopes for row in envelope.rows))
    await prepare_log(runtime)
    began = perf_counter()
    messages = [Message(RAW, b"", _json(envelope)) for envelope in envelopes]
    for start in range(0, len(messages), 200):
        await runtime.publisher.publish(RAW, messages[start : start + 200])
    await work_off(runtime)
    seconds = perf_counter() - began
    tenant = envelopes[0].tenant
    found = await runtime.index.outcomes(tenant, [bytes.fromhex(event) for event in events])
    outcomes = [outcome for outcome in found if outcome is not None]
    _show(envelopes, outcomes, len(events), seconds)
    for outcome in _three(outcomes):
        print()
        print(
            await explained(
                runtime.index, runtime.settings, tenant, outcome, "zh" if outcome.code == "contested" else "en"
            )
        )
    return len(outcomes) == len(events)


def _show(envelopes: Sequence[Envelope], outcomes: Sequence[Outcome], events: int, seconds: float) -> None:
    table = Table(title="What became of the sample leads", title_justify="left")
    for column in ("outcome", "reason"):
        table.add_column(column)
    for column in (*DOORS, "all"):
        table.add_column(column, justify="right")
    counts: Counter[tuple[str, str, str]] = Counter((o.code, o.reason, o.door) for o in outcomes)
    for code, reasons in REASONS.items():
        for reason in reasons:
            row = [counts[code, reason, door] for door in DOORS]
            if sum(row):
                table.add_row(code, reason, *(str(n or "") for n in row), str(sum(row)))
    table.add_section()
    by_door = Counter(o.door for o in outcomes)
    table.add_row("all", "", *(str(by_door[door]) for door in DOORS), str(len(outcomes)))
    Console(width=100).print(table)
    entities = len({o.entity for o in outcomes if o.entity})
    owners = Counter(o.owner for o in outcomes if o.code == "assigned")
    messages = sum(len(e.rows) for e in envelopes)
    print(
        f"{messages} leads in {len(envelopes)} messages, {events} events, {len(outcomes)} outcomes, {entities} customers"
    )
    print(f"{messages / seconds:,.0f} leads a second, each on disk before it was answered")
    print("new customers by owner: " + ", ".join(f"{owner} {n}" for owner, n in owners.most_common()))


def _three(outcomes: Sequence[Outcome]) -> list[Outcome]:
    """A duplicate with much to say, a collision, and one a person must look at."""
    chosen = []
    for code, reason in (("merged", "same_contact"), ("contested", "owned_by_other"), ("review", "unsure")):
        of_kind = [o for o in outcomes if (o.code, o.reason) == (code, reason)]
        if of_kind:
            chosen.append(max(of_kind, key=lambda o: (len(o.evidence), -o.seq)))
    return chosen
