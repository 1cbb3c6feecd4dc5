"""The journal folded for /metrics: everything once, whatever comes again, whoever relays, and the week outlives the process."""

from __future__ import annotations

import asyncio
from types import SimpleNamespace
from typing import Any
from unittest.mock import AsyncMock, patch
from zoneinfo import ZoneInfo

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from prometheus_client import CollectorRegistry

from leads.ownership import Lease
from leads.policy import Member, Policy, Rule, Team
from leads.records import Glance, Plan, Share
from leadstream.folding import Books, Brought, Fold, Tenant
from routing.days import period
from routing.fairness import book, gift_of, ledger
from stores.connect import connect
from stores.index import ValkeyIndex
from stores.journal import Move, ValkeyJournal
from streams.metrics import Metrics
from streams.relay import HOLD_MS
from tests.scenarios.town import BEGIN_MS, DAY_MS, Town

ZONE = ZoneInfo("Asia/Shanghai")
PLAN = Plan("all", "1", "turn", "team:sales", (Share("li"), Share("wang")), "public", "parked", True, 0)
POLICY = Policy(
    "1",
    {"li": Member("li"), "wang": Member("wang")},
    {"sales": Team("sales", ("li", "wang"))},
    rules=(Rule("all", team="sales"),),
)


class Page:
    """Metrics, and what stands on their page."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.metrics = Metrics(self.registry)

    def value(self, name: str, **labels: str) -> float | None:
        return self.registry.get_sample_value(f"leadstream_{name}", labels)


def tenant() -> Tenant:
    made = Tenant("acme", Books(), Brought())
    made.plans[b"plan"] = PLAN
    return made


def outcome(seq: int, source: str, owner: str = "li", **more: Any) -> Glance:
    how: dict[str, Any] = {
        "code": "assigned",
        "reason": "rule",
        "at_ms": BEGIN_MS,
        "joined": (),
    } | more
    return Glance(source=source, door="form", seq=seq, owner=owner, plan=b"plan", journal=seq, **how)


def moved(what: str, **more: Any) -> Move:
    return Move(what, BEGIN_MS, 1, "", "li", f"{1:032x}", **more)


def test_who_had_brought_a_customer_is_told_by_source() -> None:
    page, folded = Page(), tenant()
    same: dict[str, Any] = {"code": "merged", "reason": "same_contact"}
    folded.outcome(outcome(5, "fair"))
    folded.outcome(outcome(6, "vendor", joined=(5,), **same))
    folded.outcome(outcome(7, "vendor", joined=(5, 6), **same))
    folded.outcome(outcome(8, "vendor", joined=(2,), **same))
    folded.enter()
    folded.hand_over(page.metrics)
    found = {
        met: page.value("duplicates_total", tenant="acme", source="vendor", met=met)
        for met in ("own", "other", "unknown")
    }
    assert found == {"own": 1, "other": 1, "unknown": 1}
    assert page.value("gifts_total", tenant="acme", team="team:sales", how="owner") == 3


def test_moves_refusals_lapses_and_first_contacts_are_counted() -> None:
    page, folded = Page(), tenant()
    lease = Lease("", "li", "", 0, 4, 0, 1, "owned", since_ms=BEGIN_MS - 600_000)
    for move in (
        moved("claim"),
        moved("refused", why="day_cap"),
        moved("lapsed", why="silent"),
        moved("follow_up", lease=lease),
        moved("follow_up", lease=lease),
        moved("something of tomorrow"),
    ):
        folded.move(9, move, {"li": "team:sales"})
    folded.hand_over(page.metrics)
    folded.hand_over(page.metrics)
    assert page.value("moves_total", tenant="acme", move="claim") == 1
    assert page.value("moves_total", tenant="acme", move="other") == 1
    assert page.value("moves_total", tenant="acme", move="follow_up") == 2
    assert page.value("refusals_total", tenant="acme", refusal="day_cap") == 1
    assert page.value("lapses_total", tenant="acme", lapse="silent") == 1
    assert page.value("gifts_total", tenant="acme", team="team:sales", how="claim") == 1
    assert page.value("first_contact_seconds_count", tenant="acme") == 1
    assert page.value("first_contact_seconds_sum", tenant="acme") == 600


def test_a_new_week_begins_new_books_and_remembers_what_is_owed() -> None:
    folded = tenant()
    for seq in (1, 2, 3):
        folded.outcome(outcome(seq, "web"))
    folded.enter()
    folded.turn_to(BEGIN_MS + 7 * DAY_MS, ZONE)
    folded.outcome(outcome(4, "web", "wang"))
    folded.enter()
    books = folded.books
    assert {m: a.given for m, a in books.teams["team:sales"].items()} == {"li": 0, "wang": 1}
    assert books.teams["team:sales"]["wang"].owed == pytest.approx(1.0), "three turns passed him by, he had one of four"


PLANS = {
    b"all": msgspec.structs.replace(PLAN, shares=(Share("li"), Share("wang", 2.0), Share("zhao", 0.5))),
    b"zhao is away": msgspec.structs.replace(PLAN, away=(Share("zhao", 3.0),), credit=1.5),
    b"li is away": msgspec.structs.replace(PLAN, shares=(Share("zhao"),), away=(Share("li"),), credit=0.5),
}
WAYS = (
    ("assigned", "rule"),
    ("assigned", "rule"),
    ("assigned", "claimed"),
    ("merged", "same_contact"),
    ("pooled", "unmatched"),
)


@st.composite
def journals(draw: st.DrawFn) -> list[tuple[int, Glance]]:
    """Outcomes by number, some of them days apart."""
    at_ms, found = BEGIN_MS, []
    for number in range(1, draw(st.integers(2, 40)) + 1):
        at_ms += draw(st.sampled_from((0, 1_000, 3_600_000, DAY_MS)))
        plan, (code, reason) = draw(st.sampled_from([*PLANS])), draw(st.sampled_from(WAYS))
        owner = draw(st.sampled_from(PLANS[plan].shares)).member if code != "pooled" else ""
        made = outcome(number, "web", owner, code=code, reason=reason, at_ms=at_ms)
        found.append((number, msgspec.structs.replace(made, plan=plan)))
    return found


@given(journals(), st.sampled_from((1, 4, 40)))
def test_however_the_journal_is_cut_the_books_are_those_of_the_ledger(
    journal: list[tuple[int, Glance]], size: int
) -> None:
    async def plan(tenant: str, digest: str) -> Plan:
        return PLANS[bytes.fromhex(digest)]

    async def policy(tenant: str) -> Policy:
        return POLICY

    kept = AsyncMock(get=AsyncMock(return_value=None))
    runtime: Any = SimpleNamespace(
        client=kept, index=SimpleNamespace(plan=plan), policies=SimpleNamespace(now=policy, known=lambda tenant: POLICY)
    )
    fold = Fold(runtime, Page().metrics, lambda: 0)
    with patch("leadstream.folding.glance", lambda seen: seen):
        for start in range(0, len(journal), size):
            entries: Any = journal[start : start + size]
            asyncio.run(fold("acme", entries))
    books = msgspec.msgpack.decode(kept.set.await_args.args[1], type=Books)
    gifts = [gift for _, seen in journal if (gift := gift_of(seen, PLANS[seen.plan]))]
    last = [one for one in ledger(gifts, lambda at_ms: period(at_ms, ZONE, "week")) if one.period == books.week]
    assert [team for team, accounts in books.teams.items() if book("", team, accounts, {}).lines] == [
        b.team for b in last
    ]
    for theirs in last:
        ours = book(books.week, theirs.team, books.teams[theirs.team], {})
        assert [(m.member, m.given, m.exempt) for m in ours.lines] == [
            (m.member, m.given, m.exempt) for m in theirs.lines
        ]
        for mine, their in zip(ours.lines, theirs.lines, strict=True):
            assert (mine.entitled, mine.credited) == pytest.approx((their.entitled, their.credited))


async def test_entries_that_come_again_count_once_and_the_week_outlives_the_process(scenario_url: str) -> None:
    client = connect(scenario_url)
    index, now = ValkeyIndex(client), [0]
    town = Town(index, "folding")
    town.shell = town.shell_of(msgspec.structs.replace(town.spec, policy=POLICY))

    async def policy(tenant: str) -> Policy:
        return POLICY

    policies = SimpleNamespace(now=policy, known=lambda tenant: POLICY)
    runtime: Any = SimpleNamespace(client=client, index=index, policies=policies)
    first, second = Page(), Page()
    fold = Fold(runtime, first.metrics, lambda: now[0])
    labels = {"tenant": town.tenant, "team": "team:sales"}
    try:
        await town.hear(*({"phone": f"13{i}8{i}0{i}1{i}5{i}"} for i in range(4)))
        entries = await ValkeyJournal(client).read(town.tenant, 0, 100)
        await fold(town.tenant, entries[:3])
        await fold(town.tenant, entries)
        fold.measure()
        assert first.value("gifts_total", how="turn", **labels) == 4
        assert first.value("turns_given_leads", member="li", **labels) == 2
        again = Fold(runtime, second.metrics, lambda: now[0])
        await again(town.tenant, entries)
        again.measure()
        assert second.value("gifts_total", how="turn", **labels) is None, "they had been counted"
        assert second.value("turns_given_leads", member="li", **labels) == 2
        await town.hear({"phone": "15812349876"}, {"phone": "18977665544"})
        more = await ValkeyJournal(client).read(town.tenant, 0, 100)
        await again(town.tenant, more)
        now[0] += HOLD_MS
        await fold(town.tenant, more)  # it relays again, and goes by what the other has kept
        fold.measure()
        assert first.value("gifts_total", how="turn", **labels) == 4
        assert first.value("turns_given_leads", member="li", **labels) == 3
        now[0] += 10 * HOLD_MS
        fold.measure()
        assert first.value("turns_given_leads", member="li", **labels) is None, "somebody else relays now"
    finally:
        await client.aclose()
