"""Sample leads from all three doors, as the doors publish them: the same seed gives the same leads, without any input.

Most are ordinary customers, some of whom come twice. Among them are planted, several times each, the cases a lead system
gets wrong; ``Planted`` says what is expected of each.
"""

from __future__ import annotations

from collections.abc import Iterable
from random import Random
from typing import NamedTuple

from leads.records import Envelope, Row
from leadstream.sample.arrivals import Arrival, Case, Expect, call, digest, form, row
from leadstream.sample.people import People, Person, card, written
from leadstream.sample.planted import cases

START_MS = 1_772_413_200_000  # Monday 2 March 2026, nine in the morning in Shanghai
CHUNK_ROWS = 50


class Planted(NamedTuple):
    """One case. ``one``: all events are one customer; ``apart``: no two are; ``colleagues``: apart, of one company.

    contested, unsure, suppressed, rejected, pooled and call_update are said of the last event.
    """

    kind: str
    expect: Expect
    events: tuple[str, ...]


class Samples(NamedTuple):
    envelopes: tuple[Envelope, ...]  # in order of arrival
    planted: tuple[Planted, ...]

    @property
    def leads(self) -> int:
        """Events in all envelopes."""
        return sum(len(envelope.rows) for envelope in self.envelopes)


def samples(seed: int = 7, tenant: str = "main") -> tuple[Envelope, ...]:
    """The messages of all three doors in order of arrival: 1,200 leads and more."""
    return draw(seed, tenant).envelopes


def draw(seed: int = 7, tenant: str = "main", customers: int = 760) -> Samples:
    """``customers`` ordinary ones and all planted cases, with what is expected of these."""
    random = Random(seed)
    people = People(random)
    drawn = [*_ordinary(people, random, customers), *cases(people, random)]
    placed = _spread(drawn, random)
    events = [digest("event", seed, i) for i in range(len(placed))]
    by_case: dict[int, list[str]] = {}
    for event, (_, case, _) in zip(events, placed, strict=True):
        by_case.setdefault(case, []).append(event)
    planted = tuple(
        Planted(case.kind, case.expect, tuple(by_case[n])) for n, case in enumerate(drawn) if case.expect is not None
    )
    return Samples(tuple(_envelopes(placed, events, tenant, seed)), planted)


def _ordinary(people: People, random: Random, customers: int) -> Iterable[Case]:
    for _ in range(customers):
        person = people.english() if random.random() < 0.2 else people.chinese()
        arrivals = [_arrival(person, random)]
        if random.random() < 0.3:
            arrivals.append(_arrival(person, random))
        yield Case("ordinary", None, tuple(arrivals))


def _arrival(person: Person, random: Random) -> Arrival:
    draw = random.random()
    if draw < 0.25:
        said = {"name": person.surname + "先生"} if person.firm.city and random.random() < 0.4 else {}
        return call(written(person.mobile, random), said, id=digest("call", random.random()))
    fields = card(person, random)
    if draw < 0.6:
        fields |= {"campaign": random.choice(["spring", "expo", "search"]), "consent": "yes"}
        return form(fields)
    return row(fields)


def _spread(cases: list[Case], random: Random) -> list[tuple[int, int, Arrival]]:
    """(time, number of the case, arrival) in order of time: cases are mixed, each keeps its own order."""
    placed = []
    for n, case in enumerate(cases):
        moments = sorted(random.random() for _ in case.arrivals)
        placed += [
            (moment, n, k, arrival) for k, (moment, arrival) in enumerate(zip(moments, case.arrivals, strict=True))
        ]
    placed.sort(key=lambda item: item[:3])
    return [(START_MS + i * 90_000, n, arrival) for i, (_, n, _, arrival) in enumerate(placed)]


def _envelopes(placed: list[tuple[int, int, Arrival]], events: list[str], tenant: str, seed: int) -> Iterable[Envelope]:
    """Calls and forms travel alone, rows of a file in chunks; a chunk leaves early rather than let its case overtake it."""
    chunk: list[Row] = []
    waiting: set[int] = set()
    imported = chunks = 0
    for (at_ms, case, arrival), event in zip(placed, events, strict=True):
        if chunk and (len(chunk) == CHUNK_ROWS or (case in waiting and arrival.door != "import")):
            yield _file(tenant, at_ms, chunk, seed, chunks := chunks + 1)
            chunk, waiting = [], set()
        if arrival.door == "import":
            imported += 1
            chunk.append(_row(arrival, event, imported))
            waiting.add(case)
        else:
            source = "calls" if arrival.door == "call" else "web"
            yield Envelope(
                tenant=tenant, source=source, door=arrival.door, at_ms=at_ms, rows=(_row(arrival, event, 0),)
            )
    if chunk:
        yield _file(tenant, placed[-1][0], chunk, seed, chunks + 1)


def _file(tenant: str, at_ms: int, chunk: list[Row], seed: int, number: int) -> Envelope:
    batch = digest("batch", seed, (number - 1) // 4)  # four chunks a file
    return Envelope(tenant=tenant, source="files", door="import", at_ms=at_ms, rows=tuple(chunk), batch=batch)


def _row(arrival: Arrival, event: str, number: int) -> Row:
    return Row(
        event=event,
        fields=arrival.fields,
        extra=dict(arrival.extra),
        call=arrival.call,
        status=arrival.status,
        fault=arrival.fault,
        row=number,
    )
