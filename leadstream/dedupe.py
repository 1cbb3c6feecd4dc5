"""``leadstream dedupe``: the same engine on a throw-away store. Rows in file order are the arrivals."""

from __future__ import annotations

import csv
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path
from time import perf_counter
from typing import Any

import msgspec

from gateway.files import RefusedRow, open_table
from gateway.mapping import Mapping
from leads.policy import Policy
from leads.preparation import Preparation
from leads.records import Envelope, Outcome, Row
from leadstream.runtime import settle_garbage
from leadstream.truth import Truth
from matchers.metrics import close
from matchers.weights import DEFAULT, Weights
from stores.connect import connect
from stores.embedded import start_or_attach, stop
from stores.index import ValkeyIndex
from stores.journal import ValkeyJournal
from stores.lookup import memory, roots
from streams.intake import Taken
from streams.metrics import Metrics, new_registry
from streams.pipeline import Pipeline, TenantSpec, Work
from streams.ports import Message
from streams.shell import Shell

TENANT = "dedupe"
#: Leads handed to the shell at a time, as a worker takes them from its log.
TAKE = 1_600
#: One lead in so many is sent alone and timed: the latency of a lead somebody waits for.
ALONE_EVERY = 100
#: A review counts with its likeliest entity when that is likelier than not, and who has joined it since goes along.
LIKELY = 0.5


class Nowhere:
    """The publisher of a throw-away run: outcomes are read from the answers."""

    async def publish(self, topic: str, messages: Sequence[Message]) -> None:
        return None


class Candidates(Metrics):
    """Counts as every worker does, and keeps how many earlier customers each lead was compared with."""

    def __init__(self) -> None:
        super().__init__(new_registry())
        self.of_leads: list[int] = []

    def observe_batch(self, *args: Any, **more: Any) -> None:
        """Keep the batch's candidates (the fourth argument), and count it as every worker does."""
        self.of_leads += args[3]
        super().observe_batch(*args, **more)


class Report(msgspec.Struct):
    """What ``--report`` writes. ``leads_per_s`` counts the leads sent in batches and the time they took; ``latency_ms``
    is of leads sent alone in between."""

    leads: int
    seconds: float
    leads_per_s: float
    store_bytes_per_lead: float
    latency_ms: dict[str, float]
    outcomes: dict[str, int]
    entities: int
    refused_rows: int
    candidates_per_lead: float  # earlier customers it was compared with, at most 20
    candidates: dict[str, float]
    cluster_pairs: dict[str, float] | None = None
    b_cubed: dict[str, float] | None = None


class Deduped(msgspec.Struct):
    """``entity_of`` has an entry a row, in file order, by the file's own ids."""

    entity_of: dict[str, int]
    report: Report
    refused: list[RefusedRow]
    outcomes: list[Outcome]

    def __repr__(self) -> str:
        """Short: asyncio.run spells its result out (it looks the signal handler up among an enum's values), and a million
        outcomes take half a minute and a gigabyte to spell."""
        return f"Deduped({self.report.leads} leads)"


async def dedupe(file: Path, mapping: Mapping | None, *, weights: Weights = DEFAULT) -> Deduped:
    """Run every row through the pipeline. Raises BadInput for a file that cannot be read, StoreDown."""
    with (
        tempfile.TemporaryDirectory(prefix="leadstream-dedupe-") as home,
        open_table(file, file.name, mapping) as table,
    ):
        url = start_or_attach(home, compact=False)
        try:
            return await _run(table.rows(str), mapping.kinds if mapping else {}, url, weights)
        finally:
            stop(home, compact=False)


async def _run(rows: Iterator[Row | RefusedRow], kinds: dict[str, str], url: str, weights: Weights) -> Deduped:
    client = connect(url)
    try:
        index, journal = ValkeyIndex(client), ValkeyJournal(client)
        spec = TenantSpec(TENANT, b"dedupe", Policy(version="dedupe"), Preparation(kinds=kinds), weights)
        met = Candidates()
        shell = Shell(index, Nowhere(), {TENANT: Pipeline(spec)}, lambda: 0, met, slot=TENANT)
        settle_garbage()
        refused: list[RefusedRow] = []
        ids: list[str] = []
        outcomes: list[Outcome] = []
        alone_ms: list[float] = []
        before = (await memory(client))[0]
        bulk, bulk_s = 0, 0.0
        for works in _takes(rows, ids, refused):
            for part in (works[:-1], works[-1:]) if len(works) >= ALONE_EVERY else (works,):
                began = perf_counter()
                outcomes += await shell.judge_now(Taken({TENANT: part}))
                took = perf_counter() - began
                if len(part) == 1:
                    alone_ms.append(took * 1_000)
                else:
                    bulk, bulk_s = bulk + len(part), bulk_s + took
            await journal.trim(TENANT, f"{max(outcome.journal for outcome in outcomes[-len(works) :])}-0")
        used = (await memory(client))[0] - before
        entity_of = await _entities(index, ids, outcomes)
    finally:
        await client.aclose()
    report = Report(
        leads=len(ids),
        seconds=round(bulk_s + sum(alone_ms) / 1_000, 3),
        leads_per_s=round(bulk / bulk_s, 1) if bulk_s else 0.0,
        store_bytes_per_lead=round(used / max(1, len(ids)), 1),
        latency_ms={"p50": _quantile(alone_ms, 0.5), "p99": _quantile(alone_ms, 0.99)},
        outcomes=dict(sorted(Counter(outcome.code for outcome in outcomes).items())),
        entities=len(set(entity_of.values())),
        refused_rows=len(refused),
        candidates_per_lead=round(sum(met.of_leads) / max(1, len(met.of_leads)), 3),
        candidates={"p50": _quantile(met.of_leads, 0.5), "p99": _quantile(met.of_leads, 0.99)},
    )
    return Deduped(entity_of, report, refused, outcomes)


def _takes(rows: Iterator[Row | RefusedRow], ids: list[str], refused: list[RefusedRow]) -> Iterator[list[Work]]:
    """Works of up to TAKE rows; notes the file's own id of each row."""
    nothing = Message(topic="", key=b"", value=b"")
    while chunk := list(islice(rows, TAKE)):
        refused += [row for row in chunk if isinstance(row, RefusedRow)]
        works = []
        for row in chunk:
            if isinstance(row, RefusedRow):
                continue
            ids.append(row.extra.get("id") or str(row.row))
            event = len(ids).to_bytes(16, "big")
            envelope = Envelope(tenant=TENANT, source="file", door="import", at_ms=len(ids), rows=())
            row = msgspec.structs.replace(row, event=event.hex())
            works.append(Work(event=event, row=row, envelope=envelope, message=nothing))
        if works:
            yield works


async def _entities(index: ValkeyIndex, ids: Sequence[str], outcomes: Sequence[Outcome]) -> dict[str, int]:
    """Final entity of each row. A row without one (rejected, suppressed) is alone, under a negative number."""
    by_event = {int(outcome.event, 16): outcome for outcome in outcomes}
    ordered = [by_event[number] for number in range(1, len(ids) + 1)]
    found = await roots(index.client, TENANT, [outcome.seq for outcome in ordered])
    own = [root or -number for number, root in enumerate(found, start=1)]
    asked = [
        outcome
        for outcome, root in zip(ordered, found, strict=True)
        if outcome.code == "review" and root == outcome.seq and outcome.probability > LIKELY
    ]
    likeliest = await roots(index.client, TENANT, [outcome.likeliest for outcome in asked])
    united = close(((outcome.seq, other) for outcome, other in zip(asked, likeliest, strict=True) if other), own)
    return {name: united[entity] for name, entity in zip(ids, own, strict=True)}


def score(deduped: Deduped, truth: Truth) -> None:
    """Adds the scores against the truth to the report."""
    scores = truth.scores(deduped.entity_of)
    deduped.report.cluster_pairs = msgspec.structs.asdict(scores["cluster_pairs"])
    deduped.report.b_cubed = msgspec.structs.asdict(scores["b_cubed"])


def write_clusters(path: Path, entity_of: dict[str, int]) -> None:
    """``id,entity_id``, a line a row."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(("id", "entity_id"))
        writer.writerows(entity_of.items())


def _quantile(values: Sequence[float], q: float) -> float:
    """Nearest-rank quantile; 0 when nothing was measured."""
    ordered = sorted(values)
    return round(ordered[min(len(ordered) - 1, int(q * len(ordered)))], 3) if ordered else 0.0
