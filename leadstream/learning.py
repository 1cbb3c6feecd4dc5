"""``leadstream learn``: what leads and decisions say of the weights. Never applied: a report, and lines to adopt by hand."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping as Answers
from collections.abc import Sequence
from pathlib import Path

import yaml
from rich.console import Console
from rich.table import Table

from gateway.mapping import Mapping
from leads.errors import BadInput
from leads.records import Outcome
from leadstream.configuration.settings import Settings
from leadstream.dedupe import dedupe
from leadstream.runtime import Runtime
from matchers.learn import Lesson, Pair, learn, pair_of
from matchers.weights import Weights
from stores.recall import latest
from stores.reviews import decisions

_WHY = {
    "sign": "would turn evidence for into evidence against",
    "order": "would pass another level of its field",
    "same": "as it was",
}


def learn_from(
    settings: Settings, tenant: str, file: Path | None, mapping: Mapping | None, out: Path | None, most: int
) -> None:
    """From a file through a throw-away store, else from up to ``most`` leads on record: report and write. Raises BadInput."""
    weights = settings.tenants[tenant].matching.weights()
    if file is not None:
        pairs = pairs_of(asyncio.run(dedupe(file, mapping, weights=weights)).outcomes, {})
    else:
        pairs = asyncio.run(_on_record(settings, tenant, most))
    if not pairs:
        raise BadInput("nothing_compared", "no two leads were compared yet; name a file with more leads")
    lesson = learn(pairs, weights)
    show(lesson)
    if not lesson.levels:
        print("nothing to change")
    elif out is None:
        print(snippet(lesson, weights))
    else:
        out.write_text(snippet(lesson, weights), encoding="utf-8")
        print(f"written to {out}; nothing changes before you put it under tenants.{tenant} of the configuration")


def pairs_of(outcomes: Sequence[Outcome], answers: Answers[int, bool]) -> list[Pair]:
    """What outcomes say; ``answers`` are reviews decided: seq -> whether it was the same."""
    return [pair for outcome in outcomes if (pair := pair_of(outcome, answers.get(outcome.seq)))]


async def _on_record(settings: Settings, tenant: str, most: int) -> list[Pair]:
    runtime = Runtime(settings)
    try:
        said = await decisions(runtime.client, tenant)
        outcomes = await latest(runtime.index, tenant, most)
    finally:
        await runtime.close()
    return pairs_of(outcomes, {one.seq: one.answer == "same" for one in said})


def show(lesson: Lesson) -> None:
    """The report: before, after, support, and why a row stays."""
    console = Console(width=110)
    console.print(
        f"{lesson.pairs:,} pairs compared, about {lesson.matches:,.0f} of them one customer, "
        f"{lesson.decided:,} decided by people"
    )
    table = Table("field", "level", "before", "after", "matches", "others", "")
    for row in lesson.rows:
        if row.kept != "few":
            after = "kept" if row.kept else f"{row.after:+.2f}"
            support = (f"{row.matches:,.0f}", f"{row.others:,.0f}")
            table.add_row(row.field, row.level, f"{row.before:+.2f}", after, *support, _WHY.get(row.kept, ""))
    console.print(table)
    console.print(f"{sum(row.kept == 'few' for row in lesson.rows)} levels have too few pairs and stay.")
    console.print("Figures are bits; of agreement on a value, log2 of how often one customer's leads show it.")


def snippet(lesson: Lesson, weights: Weights) -> str:
    """The lines of a tenant's configuration, as leadstream/config.py reads them."""
    head = (
        f"# learnt from {lesson.pairs} pairs, {lesson.decided} decided by people, over weights {weights.version}\n"
        "# for tenants.<name> of the configuration\n"
    )
    return head + yaml.safe_dump({"matching": {"levels": lesson.levels}}, sort_keys=False)
