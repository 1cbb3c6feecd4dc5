"""The ledger against a slow, obvious twin that works every figure out anew from the list of gifts, in exact fractions."""

from __future__ import annotations

from fractions import Fraction
from itertools import groupby

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from leads.policy import Absence, Member, Policy, Rule, Team
from leads.records import Facts, Lead, Outcome, Plan, Share
from routing.fairness import HOW, Gift, Line, absentees, gift_by_move, gift_of, gini, ledger
from routing.plan import plan

PEOPLE = ("an", "bo", "chen", "ding", "er")
WEIGHTS = {"an": 1.0, "bo": 2.0, "chen": 0.5, "ding": 1.0, "er": 3.0}
DAY = 86_400_000


def week(at_ms: int) -> str:
    return f"week {at_ms // (7 * DAY)}"


@st.composite
def gifts(draw: st.DrawFn) -> list[Gift]:
    made = []
    for number in range(1, draw(st.integers(1, 40)) + 1):
        able = draw(st.lists(st.sampled_from(PEOPLE), min_size=1, unique=True))
        how = draw(st.sampled_from(("turn", "turn", "turn", *HOW)))
        shares = tuple((m, WEIGHTS[m]) for m in able) if how == "turn" else ()
        away = tuple(m for m in PEOPLE if m not in able and draw(st.booleans())) if how == "turn" else ()
        team = draw(st.sampled_from(("team:a", "team:b")))
        made.append(Gift(number, number * DAY, team, draw(st.sampled_from(able)), how, shares, away))
    return made


def by_hand(entries: list[Gift], member: str) -> tuple[Fraction, int, Fraction, dict[str, int], int]:
    """(entitled, given, absent, exempt, drought) of a member from the gifts of his team and period, oldest first."""
    turns = [g for g in entries if g.how == "turn"]
    due = sum(
        (
            Fraction(dict(g.shares)[member]) / sum(Fraction(w) for _, w in g.shares)
            for g in turns
            if member in dict(g.shares)
        ),
        Fraction(0),
    )
    absent = sum(
        (
            Fraction(WEIGHTS[member]) / (Fraction(WEIGHTS[member]) + sum(Fraction(w) for _, w in g.shares))
            for g in turns
            if member in g.absent
        ),
        Fraction(0),
    )
    exempt = {how: n for how in HOW[1:] if (n := sum(g.member == member and g.how == how for g in entries))}
    could_have = [g.member == member for g in turns if member in dict(g.shares)]
    drought = max((len(list(run)) for got, run in groupby(could_have) if not got), default=0)
    return due, sum(g.member == member for g in turns), absent, exempt, drought


@given(gifts(), st.randoms())
@settings(max_examples=150, deadline=None)
def test_the_ledger_agrees_with_its_twin_whatever_the_order_and_the_repeats(
    made: list[Gift], dice: st.DataObject
) -> None:
    arriving = made + made[:5]
    dice.shuffle(arriving)  # type: ignore[attr-defined]
    books = ledger(arriving, week, WEIGHTS)
    assert {(b.period, b.team) for b in books} == {(week(g.at_ms), g.team) for g in made}
    for book in books:
        mine = [g for g in made if (week(g.at_ms), g.team) == (book.period, book.team)]
        assert book.turns == sum(g.how == "turn" for g in mine)
        exact = {line.member: by_hand(mine, line.member) for line in book.lines}
        assert exact.keys() == {m for g in mine for m in (g.member, *dict(g.shares), *g.absent)}
        for line in book.lines:
            due, got, absent, exempt, drought = exact[line.member]
            assert (line.given, line.exempt, line.drought) == (got, exempt, drought)
            assert (line.entitled, line.absent) == pytest.approx((float(due), float(absent)))
        assert sum(line.entitled for line in book.lines) == pytest.approx(book.turns)
        dues = {m: figures[0] for m, figures in exact.items()}
        off = [abs(figures[1] - figures[0]) / max(1, book.turns) for figures in exact.values()]
        assert (book.unmatched, book.deviation) == pytest.approx((float(sum(off) / 2), float(max(off))))
        assert book.gini == pytest.approx(slow_gini({m: Fraction(f[1]) for m, f in exact.items()}, dues), abs=1e-9)
        every = {m: Fraction(f[1] + sum(f[3].values())) for m, f in exact.items()}
        assert book.gini_all == pytest.approx(slow_gini(every, dues), abs=1e-9)


def slow_gini(has: dict[str, Fraction], due: dict[str, Fraction]) -> float:
    """Every pair compared: the mean difference of has/due between two units of due, over twice the mean."""
    total, parts = sum(has.values()), sum(due.values())
    if not total or not parts:
        return 0.0
    pairs = sum(abs(has[a] * due[b] - has[b] * due[a]) for a in has for b in has)
    return float(pairs / (2 * total * parts))


def test_the_gini_index_of_known_cases() -> None:
    even = {"a": 1.0, "b": 1.0, "c": 1.0, "d": 1.0}
    assert gini({"a": 5, "b": 5, "c": 5, "d": 5}, even) == pytest.approx(0)
    assert gini({"a": 20, "b": 0, "c": 0, "d": 0}, even) == pytest.approx(3 / 4)
    assert gini({"a": 1, "b": 3}, {"a": 1.0, "b": 3.0}) == pytest.approx(0), "unequal weights, each his part"
    assert gini({}, {}) == 0


def lead(event: str = "0" * 32) -> Lead:
    return Lead(event, "acme", "web", "form", 0, Facts())


def test_a_plan_says_who_could_have_had_the_turn_and_who_was_away() -> None:
    members = {
        "li": Member("li", weight=2),
        "wang": Member("wang"),
        "zhao": Member("zhao", absences=(Absence(0, DAY, "leave"),)),
        "qian": Member("qian", left=True),
    }
    policy = Policy("1", members, {"sales": Team("sales", tuple(members))}, rules=(Rule("all", team="sales"),))
    made = plan(lead(), policy, 1_000)
    outcome = Outcome("0" * 32, "acme", "assigned", "rule", 1_000, "web", "form", owner="li", journal=7)
    assert gift_of(outcome, made) == Gift(7, 1_000, "team:sales", "li", "turn", (("li", 2.0), ("wang", 1.0)), ("zhao",))
    assert absentees(made) == ("zhao",)


PLAN = Plan("all", "1", "turn", "team:sales", (Share("li"),), "public", "parked", True, 0)


@pytest.mark.parametrize(
    ("code", "reason", "how"),
    [
        ("assigned", "same_account", "account"),
        ("assigned", "claimed", "claim"),
        ("merged", "same_contact", "owner"),
        ("contested", "owned_by_other", "owner"),
    ],
)
def test_what_is_not_given_in_turn_is_exempt_and_gives_nobody_an_entitlement(code: str, reason: str, how: str) -> None:
    outcome = Outcome("0" * 32, "acme", code, reason, 1, "web", "form", owner="li", journal=1)  # type: ignore[arg-type]
    gift = gift_of(outcome, PLAN)
    assert gift is not None
    (book,) = ledger([gift], week, {})
    assert book.lines == (Line("li", 0.0, 0, 0.0, {how: 1}, 0.0, 0.0, 0, 0),)


@pytest.mark.parametrize(
    ("code", "reason"), [("pooled", "unmatched"), ("merged", "call_update"), ("rejected", "malformed")]
)
def test_what_gives_nobody_a_customer_is_not_in_the_books(code: str, reason: str) -> None:
    owner = "li" if reason == "call_update" else ""
    outcome = Outcome("0" * 32, "acme", code, reason, 1, "web", "form", owner=owner)  # type: ignore[arg-type]
    assert gift_of(outcome, PLAN) is None


def test_a_claim_from_the_pool_is_exempt_and_a_release_gives_nothing() -> None:
    assert gift_by_move(3, "claim", 5, "li", "team:sales") == Gift(3, 5, "team:sales", "li", "claim")
    assert gift_by_move(4, "release", 5, "li", "team:sales") is None
