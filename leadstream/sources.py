"""``leadstream sources``: the truth report. What each source, and each campaign of it, really brought."""

from __future__ import annotations

from collections.abc import Sequence
from zoneinfo import ZoneInfo

import msgspec

from leads.enquiry import delay_ms
from leads.records import Outcome
from leadstream.configuration.settings import Settings
from leadstream.fairness import Span
from leadstream.past import Past
from leadstream.runtime import Runtime
from stores.journal import Effect

_HEAD = ("source", "campaign", "leads", "new", "own twice", "known", "invalid", "withheld", "unsure", "late", "refused")


class Tally(msgspec.Struct):
    """One source and campaign. ``leads`` is the sum of ``new``, ``own``, ``known``, ``invalid``, ``suppressed`` and ``unsure``.

    ``own``: brought a customer whom this source had brought before (self-collision). ``known``: one whom another source had
    brought. ``late`` of ``timed``: came more than a while after the customer left his details, of those that say when.
    ``refused``: customers of this source who asked not to be called.
    """

    source: str
    campaign: str
    leads: int = 0
    new: int = 0
    own: int = 0
    known: int = 0
    invalid: int = 0
    suppressed: int = 0
    unsure: int = 0
    timed: int = 0
    late: int = 0
    refused: int = 0


class Truth:
    """The fold: effects in order of their numbers in, tallies out. Who brought whom is kept by entity, through merges."""

    def __init__(self, span: Span, campaigns: dict[str, str], delays_ms: dict[str, int], late_ms: int) -> None:
        self._span, self._campaigns, self._delays_ms, self._late_ms = span, campaigns, delays_ms, late_ms
        self._tallies: dict[tuple[str, str], Tally] = {}
        self._brought: dict[int, frozenset[tuple[str, str]]] = {}

    def add(self, effect: Effect) -> None:
        if effect.outcome is not None:
            self._outcome(effect.outcome, effect.absorbed)
        elif effect.move is not None and effect.move.what == "refuse" and effect.move.at_ms in self._span:
            for key in self._brought.get(effect.move.entity, ()):
                self._tally(key).refused += 1

    def tallies(self) -> list[Tally]:
        return [self._tallies[key] for key in sorted(self._tallies)]

    def _outcome(self, outcome: Outcome, absorbed: Sequence[int]) -> None:
        key = (outcome.source, self._campaigns.get(outcome.event, ""))
        before = self._brought.get(outcome.entity, frozenset()).union(*(self._brought.pop(e, ()) for e in absorbed))
        if outcome.entity:
            self._brought[outcome.entity] = before | {key}
        if outcome.at_ms not in self._span or outcome.reason == "call_update":
            return
        tally = self._tally(key)
        tally.leads += 1
        if outcome.code in ("rejected", "suppressed"):
            tally.invalid += outcome.code == "rejected"
            tally.suppressed += outcome.code == "suppressed"
            return
        if outcome.code == "review":
            tally.unsure += 1
        elif not before:
            tally.new += 1
        elif any(source == outcome.source for source, _ in before):
            tally.own += 1
        else:
            tally.known += 1
        delay_ms = self._delays_ms.get(outcome.event)
        tally.timed += delay_ms is not None
        tally.late += delay_ms is not None and delay_ms > self._late_ms

    def _tally(self, key: tuple[str, str]) -> Tally:
        return self._tallies.setdefault(key, Tally(*key))


async def truth(settings: Settings, tenant: str, since: str, until: str, late_after_min: int) -> list[Tally]:
    """The report of a tenant. Campaigns and times go back as far as the raw log is kept. Raises BadInput, Unavailable."""
    zone = ZoneInfo(settings.tenants[tenant].timezone)
    span = Span(since, until, zone)
    runtime = Runtime(settings)
    campaigns: dict[str, str] = {}
    delays_ms: dict[str, int] = {}
    try:
        past = Past(runtime, tenant)
        async for envelope in past.envelopes():
            for row in envelope.rows:
                if campaign := row.fields.get("campaign", ""):
                    campaigns[row.event] = campaign
                if (late := delay_ms(envelope, row, zone)) is not None:
                    delays_ms[row.event] = late
        report = Truth(span, campaigns, delays_ms, late_after_min * 60_000)
        async for effect in past.effects():
            report.add(effect)
    finally:
        await runtime.close()
    return report.tallies()


def as_text(tallies: Sequence[Tally]) -> list[str]:
    """A line for each source and campaign; what is counted as a share of its leads."""
    lines = [_row(_HEAD)]
    for one in tallies:
        shares = [
            f"{n / one.leads:.1%}" if one.leads else "-"
            for n in (one.new, one.own, one.known, one.invalid, one.suppressed, one.unsure)
        ]
        late = f"{one.late / one.timed:.1%}" if one.timed else "-"
        lines.append(_row((one.source, one.campaign or "-", str(one.leads), *shares, late, str(one.refused))))
    return lines if tallies else ["no source brought a lead in this time"]


def _row(cells: Sequence[str]) -> str:
    return f"{cells[0]:<16}{cells[1]:<16}" + "".join(f"{cell:>10}" for cell in cells[2:])
