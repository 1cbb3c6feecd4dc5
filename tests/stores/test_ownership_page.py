"""The story in docs/ownership.md happens as it is told."""

from __future__ import annotations

import re
from pathlib import Path

from leads.ownership import Lease
from stores.index import ValkeyIndex
from stores.ownership import due, leases
from tests.stores.asking import BEGAN, DAY, ask
from tests.stores.making import event, plan, put

PAGE = Path(__file__).resolve().parents[2] / "docs" / "ownership.md"
ALLOWED = {"recycle_ms": 15 * DAY, "warn_ms": 3 * DAY, "cooling_ms": 7 * DAY}


def story() -> list[list[str]]:
    text = re.search(r"<!-- story -->\n(.*?)<!-- end -->", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    assert text
    return [[cell.strip() for cell in line.split("|")[1:-1]] for line in text[1].splitlines()[2:]]


def said(lease: Lease) -> str:
    if not lease.owner:
        return f"{lease.pool}, {lease.why}" if lease.why else lease.pool
    if lease.stage == "owned":
        return f"{lease.owner}, owned, last touched on day {(lease.touched_ms - BEGAN) // DAY}"
    return f"{lease.owner}, protected until day {(lease.until_ms - BEGAN) // DAY}"


async def happens(index: ValkeyIndex, tenant: str, at_ms: int, who: str, asks: str) -> str:
    what, kind, seconds = (*asks.split(), "", "")[:3]
    if what == "lead":
        return (await put(index, tenant, 1, "p1", plan=plan(), at_ms=at_ms)).code
    if what == "time":
        _, told = await due(index.client, tenant, at_ms + 60_000, 100)
        return ", ".join(f"{one.what}: {one.why}" for one in told) or "nothing"
    done = await ask(index, tenant, what, 1, who, at_ms, kind=kind, seconds=int(seconds or 0), allowed=ALLOWED)
    return f"{done.status}: {done.reason}" if done.reason else done.status


async def test_the_story_happens_as_it_is_told(index: ValkeyIndex, tenant: str) -> None:
    rows = story()
    assert len(rows) > 10
    for day, who, asks, answer, then in rows:
        assert await happens(index, tenant, BEGAN + int(day) * DAY, who, asks) == answer, (day, who, asks)
        now = await leases(index.client, tenant, event(1))
        assert now
        assert said(now.holdings[0]) == then, (day, who, asks)
