"""``leadstream explain``: gathers what the waterfall shows."""

from __future__ import annotations

import re
from zoneinfo import ZoneInfo

import msgspec

from leads.errors import BadInput
from leads.records import Facts, Outcome
from leadstream.configuration.settings import Settings
from leadstream.runtime import Runtime
from leadstream.waterfall import waterfall
from stores.index import ValkeyIndex
from stores.lookup import records


async def explain_event(settings: Settings, tenant: str, event: str, lang: str) -> str:
    """Why this lead went where it went. Raises BadInput for an event nobody knows."""
    runtime = Runtime(settings)
    try:
        outcome = await event_of(runtime.index, tenant, event)
        return await explained(runtime.index, settings, tenant, outcome, lang)
    finally:
        await runtime.close()


async def event_of(index: ValkeyIndex, tenant: str, event: str) -> Outcome:
    """The outcome of an event as a person gave it. Raises BadInput."""
    if not re.fullmatch(r"[0-9a-f]{32}", event):
        raise BadInput("bad_event", "an event is 32 hex digits: the receipt that the door or the import gave")
    (outcome,) = await index.outcomes(tenant, [bytes.fromhex(event)])
    if outcome is None:
        raise BadInput(
            "unknown_event", f"nothing is on record for {event}; is it still under way? see leadstream status"
        )
    return outcome


async def explained(index: ValkeyIndex, settings: Settings, tenant: str, outcome: Outcome, lang: str) -> str:
    """The waterfall of an outcome, with the records of the leads it names."""
    seqs = sorted({outcome.seq, *outcome.joined, *(e.seq for e in outcome.evidence)} - {0})
    found = await records(index.client, tenant, seqs)
    facts = {seq: msgspec.msgpack.decode(record, type=Facts) for seq, record in found.items()}
    plan = await index.plan(tenant, outcome.plan) if outcome.plan else None
    section = settings.tenants[tenant]
    return waterfall(
        outcome,
        facts.get,
        plan,
        "zh" if lang == "zh" else "en",
        weights=section.matching.weights(),
        zone=ZoneInfo(section.timezone),
    )
