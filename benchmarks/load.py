"""Leads without end for measurements at scale: the people and firms of ``own_leads``, drawn as they are needed.

Names by their real frequencies, firms of two or three given-name characters, mobiles of eight random digits: buckets fill
as they do in life. Three leads of four are a new customer's. For speed and size only; accuracy is measured elsewhere.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice

import msgspec

from benchmarks.own_leads import Maker
from leads.records import Door, Envelope, Row
from streams.ports import Message
from streams.topics import RAW

#: Share of leads that come from somebody new; the others from anybody before.
NEW = 0.75
#: When the first lead comes, and how far apart they are: a lead a second.
BEGIN_MS, STEP_MS = 1_767_225_600_000, 1_000

_json = msgspec.json.Encoder().encode


def fields(seed: int) -> Iterator[dict[str, str]]:
    """Lead field -> text, one lead after another; the same for the same seed."""
    maker = Maker(seed, [])
    known = 0
    while True:
        if not known or maker.chance(NEW):
            maker.population(known + 1)
            known, who = known + 1, maker.people[known]
        else:
            who = maker.people[maker.random.randrange(known)]
        lead = maker.lead(who)
        lead.pop("marks")
        found = {("region" if name == "province" else name): text for name, text in lead.items() if text}
        if found.keys() & {"phone", "email", "wechat", "name"}:
            yield found


def rows(leads: Iterator[dict[str, str]], mark: str) -> Iterator[Row]:
    """Rows with event ids; ``mark`` (up to 8 characters) keeps those of several runs apart."""
    head = mark.encode().ljust(8, b"-")[:8].hex()
    for number, found in enumerate(leads, start=1):
        yield Row(f"{head}{number:016x}", found, row=number)


def messages(rows: Iterator[Row], tenant: str, size: int) -> Iterator[Message]:
    """Rows as the doors publish them: one lead a message (``size`` 1), or chunks of an import."""
    number = 0
    while chunk := tuple(islice(rows, size)):
        number += 1
        door: Door = "form" if size == 1 else "import"
        envelope = Envelope(tenant, "web" if size == 1 else "files", door, BEGIN_MS + number * STEP_MS, chunk)
        yield Message(RAW, chunk[0].event.encode(), _json(envelope))


def grouped(found: Sequence[Message], size: int) -> Iterator[Sequence[Message]]:
    """Messages by so many."""
    yield from (found[start : start + size] for start in range(0, len(found), size))
