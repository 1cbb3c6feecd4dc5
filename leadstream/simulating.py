"""``leadstream policy simulate``: last month under a candidate policy. Reads what happened; the live store is only read."""

from __future__ import annotations

from collections import Counter
from statistics import median
from zoneinfo import ZoneInfo

import msgspec

from leads.errors import BadInput
from leads.policy import Policy
from leads.prepare import prepare
from leads.records import Lead, Record, Refused
from leadstream.configuration.settings import Settings
from leadstream.fairness import Span
from leadstream.past import Past
from leadstream.runtime import Runtime
from routing.days import day_number
from routing.fairness import Book, gift_of, ledger
from routing.replay import Difference, Replay, Step, replay

_SHOWN = 20


class Waiting(Record, frozen=True):
    """How long parked leads waited, minutes."""

    placed: int
    median: float
    longest: float
    unplaced: int = 0


class Simulation(Record, frozen=True):
    """A candidate against what happened. Fairness by group whose turn it is."""

    routed: int
    moved: int
    changes: dict[str, int]  # "from -> to": how many leads
    differences: tuple[Difference, ...]
    was: tuple[Book, ...]
    now: tuple[Book, ...]
    waited: Waiting
    waits: Waiting


async def simulate(settings: Settings, tenant: str, candidate: Policy, since: str) -> Simulation:
    """Replay the leads that came since a day (of the candidate's time zone) under ``candidate``. Raises BadInput, Unavailable."""
    zone = ZoneInfo(candidate.timezone)
    since_ms = Span(since, "", zone).from_ms
    runtime = Runtime(settings)
    try:
        past = Past(runtime, tenant)
        leads = await _leads(past, settings, tenant, since_ms)
        steps, waited = await _steps(past, leads, since_ms)
    finally:
        await runtime.close()
    if not any(step.lead for step in steps):
        raise BadInput("nothing_recorded", f"no leads are on record since {since}; give an earlier day")
    done = replay(steps, candidate, since_ms, lambda at_ms: day_number(at_ms, zone))
    return _simulation(done, steps, since_ms, waited)


def _simulation(done: Replay, steps: list[Step], since_ms: int, waited: list[int]) -> Simulation:
    gifts = (gift_of(step.outcome, step.plan) for step in steps if step.outcome is not None and step.at_ms >= since_ms)
    return Simulation(
        routed=done.routed,
        moved=len(done.differences),
        changes=dict(Counter(f"{d.was} -> {d.now}" for d in done.differences).most_common(_SHOWN)),
        differences=done.differences,
        was=tuple(_turns(ledger([gift for gift in gifts if gift], lambda at_ms: "recorded"))),
        now=tuple(_turns(ledger(done.gifts, lambda at_ms: "candidate"))),
        waited=_waiting(waited),
        waits=msgspec.structs.replace(_waiting(done.waits), unplaced=done.unplaced),
    )


async def _leads(past: Past, settings: Settings, tenant: str, since_ms: int) -> dict[str, Lead]:
    """Leads by event, as they would be prepared now; not those of customers' lists, who keep the owner they came with."""
    preparation = settings.tenants[tenant].preparation(settings.limits.max_value_chars)
    found = {}
    async for envelope in past.envelopes():
        if envelope.at_ms < since_ms or envelope.customers:
            continue
        for row in envelope.rows:
            lead = prepare(row, envelope, preparation)
            if not isinstance(lead, Refused):
                found[lead.event] = lead
    return found


async def _steps(past: Past, leads: dict[str, Lead], since_ms: int) -> tuple[list[Step], list[int]]:
    """What happened in order, and how long leads waited in line that came since then (ms)."""
    steps, waited = [], []
    parked: dict[int, int] = {}
    async for effect in past.effects():
        outcome, move = effect.outcome, effect.move
        if outcome is not None:
            lead = leads.get(outcome.event)
            plan = await past.plan(outcome)
            steps.append(
                Step(effect.number, outcome.at_ms, outcome.entity, outcome, effect.absorbed, plan=plan, lead=lead)
            )
            if outcome.reason == "parked" and outcome.at_ms >= since_ms:
                parked[outcome.entity] = outcome.at_ms
        elif move is not None and move.entity:
            steps.append(Step(effect.number, move.at_ms, move.entity, what=move.what, member=move.member))
            if move.what == "given" and move.why == "parked" and move.entity in parked:
                waited.append(move.at_ms - parked.pop(move.entity))
    return steps, waited


def _turns(books: list[Book]) -> list[Book]:
    return [book for book in books if book.turns]


def _waiting(spans: list[int] | tuple[int, ...]) -> Waiting:
    minutes = [span / 60_000 for span in spans]
    return Waiting(len(minutes), median(minutes) if minutes else 0.0, max(minutes, default=0.0))


def as_text(found: Simulation) -> list[str]:
    """The simulation for a person."""
    lines = [f"{found.routed} leads routed again, {found.moved} would have gone elsewhere"]
    lines += [f"  {n:>6}  {change}" for change, n in found.changes.items()]
    for title, books in (("as recorded", found.was), ("under the candidate", found.now)):
        lines.append(f"turns {title}:")
        for book in books:
            shares = ", ".join(
                f"{one.member} {one.given} of {one.entitled:.1f} due" for one in book.lines if one.entitled
            )
            lines.append(f"  {book.team}: {book.turns} turns, Gini {book.gini:.3f}: {shares}")
    for title, one in (("as recorded", found.waited), ("under the candidate", found.waits)):
        rest = f", {one.unplaced} not placed" if one.unplaced else ""
        lines.append(
            f"waiting {title}: {one.placed} leads, median {one.median:.0f} min, longest {one.longest:.0f} min{rest}"
        )
    lines += [
        f"  {d.event}  {d.rule_was or '-'}: {d.was}  ->  {d.rule or '-'}: {d.now}" for d in found.differences[:_SHOWN]
    ]
    if len(found.differences) > _SHOWN:
        lines.append(f"  and {len(found.differences) - _SHOWN} more; --json lists all")
    return lines
