"""The truth report, the ledger and the hotline read the same from either log, and say what each source really brought."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
import pytest

from gateway.acceptance import to_message
from leads.records import Envelope, Outcome, Row
from leadstream.fairness import Span, books
from leadstream.hotline import spread
from leadstream.inline import prepare_log
from leadstream.past import Order
from leadstream.sources import Tally, Truth, as_text, truth
from routing.fairness import Book
from routing.hotline import Spread
from stores.journal import Effect, Move
from streams.topics import RAW
from tests.chaos.site import TENANT, Site
from tests.parts.kafka import Kafka

BEGIN_MS = 1_762_300_800_000  # 2025-11-05 in Shanghai


def lead(number: int, source: str, **fields: str) -> Envelope:
    door: Any = "call" if source == "calls" else "import"
    event = f"{number:032x}"
    row = Row(event, fields, call=event if door == "call" else "", status="ended" if door == "call" else "")
    return Envelope(TENANT, source, door, BEGIN_MS + number * 1_000, (row,))


#: A vendor who sells one lead twice, sells what the fair had brought, fills up with rubbish and comes late.
STORY = (
    lead(1, "fair", phone="13800138001", name="张伟"),
    lead(2, "vendor", phone="13800138002", name="王芳", campaign="spring", received_at="2025-11-05 07:59:00"),
    lead(3, "vendor", phone="138-0013-8002", name="王芳", campaign="spring", received_at="2025-11-04 08:00:00"),
    lead(4, "vendor", phone="13800138001", name="张伟", campaign="summer"),
    lead(5, "vendor", message="?", campaign="summer"),
    lead(6, "vendor", phone="13800138003", claimant="bo"),
    lead(7, "calls", phone="13800138004", line="4008001234", value="3万"),
    lead(8, "calls", phone="13800138005", line="4008001234", agent="amy"),
)
Reports = tuple[list[Tally], list[Book], list[Spread]]


async def reports(site: Site) -> Reports:
    async with site.runtime() as runtime:
        if not site.kafka:
            await prepare_log(runtime)
        await runtime.publisher.publish(RAW, [to_message(one, one.rows[0].event) for one in STORY])
    site.worker()
    while site.registered() < len(STORY):
        await site.settle()
    await site.settle()
    settings = site.settings()
    return (
        await truth(settings, TENANT, "", "", 60),
        await books(settings, TENANT, "", "", "month", ""),
        await spread(settings, TENANT, "", "", "week", "", "owner"),
    )


@pytest.mark.kafka
async def test_reports_say_the_same_from_either_log(fresh_kafka: Kafka, tmp_path: Path) -> None:
    with Site(tmp_path / "embedded") as embedded, Site(tmp_path / "kafka", fresh_kafka) as kafka:
        mine, theirs = await reports(embedded), await reports(kafka)
        shown = embedded.run("sources", "--json")
    assert mine == theirs
    tallies, ledgers, lines = mine
    assert msgspec.json.decode(shown.stdout, type=list[Tally]) == tallies
    assert {(t.source, t.campaign): t for t in tallies} == {
        ("calls", ""): Tally("calls", "", leads=2, new=2),
        ("fair", ""): Tally("fair", "", leads=1, new=1),
        ("vendor", ""): Tally("vendor", "", leads=1, new=1),
        ("vendor", "spring"): Tally("vendor", "spring", leads=2, new=1, own=1, timed=2, late=1),
        ("vendor", "summer"): Tally("vendor", "summer", leads=2, known=1, invalid=1),
    }
    assert "50.0%" in "\n".join(as_text(tallies))
    assert {line.member: line.exempt for book in ledgers for line in book.lines if "claim" in line.exempt} == {
        "bo": {"claim": 1}
    }
    assert [(line.line, sum(line.calls.values()), sum(line.values.values())) for line in lines] == [
        ("4008001234", 2, 30_000.0)
    ]


def test_who_refuses_counts_against_every_source_that_brought_him() -> None:
    report = Truth(Span("", "", ZoneInfo("Asia/Shanghai")), {}, {}, 0)
    for number, entity, source, absorbed in (
        (1, 1, "fair", ()),
        (2, 2, "vendor", ()),
        (3, 1, "web", (2,)),
        (4, 4, "web", ()),
    ):
        outcome = Outcome(f"{number:032x}", TENANT, "assigned", "rule", 1, source, "form", seq=number, entity=entity)
        report.add(Effect(number, outcome, absorbed))
    report.add(Effect(9, move=Move("refuse", 5, 1, "", "amy", "")))
    assert [(t.source, t.refused) for t in report.tallies()] == [("fair", 1), ("vendor", 1), ("web", 1)]


def test_entries_of_several_partitions_are_read_in_order_and_once() -> None:
    order = Order()
    taken = [number for n in (3, 1, 1, 2, 2, 6, 4) for number, _ in order.take(n, b"")]
    assert taken == [1, 2, 3, 4]
    assert [number for number, _ in order.rest()] == [6], "5 was erased: what follows is told at the end"
