"""The ledger against a slow, obvious twin that works every figure out anew from the list of gifts, in exact fractions."""

from __future__ import annotations

from fractions import Fraction
from itertools import groupby
from random import Random

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from leads.records import Outcome, Plan, Share
from routing.fairness import HOW, Gift, Line, gift_by_move, gift_of, gini, ledger

PEOPLE = ("an", "bo", "chen", "ding", "er")
WEIGHTS = {"an": 1.0, "bo": 2.0, "chen": 0.5, "ding": 1.0, "er": 3.0}
DAY = 86_400_000
CREDIT = 0.75


def week(at_ms: int) -> str:
    return f"week {at_ms // (7 * DAY)}"


@st.composite
def gifts(draw: st.DrawFn) -> list[Gift]:
    made = []
    for number in range(1, draw(st.integers(1, 40)) + 1):
        able = draw(st.lists(st.sampled_from(PEOPLE), min_size=1, unique=True))
        how = draw(st.sampled_from(("turn", "turn", "turn", *HOW)))
        shares = tuple(Share(m, WEIGHTS[m]) for m in able) if how == "turn" else ()
        out = [m for m in PEOPLE if m not in able and draw(st.booleans())] if how == "turn" else ()
        away = tuple(Share(m, WEIGHTS[m]) for m in out)
        team = draw(st.sampled_from(("team:a", "team:b")))
        made.append(Gift(number, number * DAY, team, draw(st.sampled_from(able)), how, shares, away, CREDIT))
    return made


def owed(history: list[Gift], member: str) -> Fraction:
    """What a member of a team is owed after these turns of it, worked out from the first one."""
    return sum((part(history[:i], g, member) - (g.member == member) for i, g in enumerate(history)), Fraction(0))


def part(before: list[Gift], turn: Gift, member: str) -> Fraction:
    """The part of one turn that a member is entitled to, given the turns before it."""
    sharing = {s.member: Fraction(s.weight) for s in turn.shares}
    sharing |= {s.member: Fraction(s.weight) for s in turn.absent if owed(before, s.member) < Fraction(CREDIT)}
    return sharing[member] / sum(sharing.values()) if member in sharing else Fraction(0)


def by_hand(
    history: list[Gift], entries: list[Gift], member: str
) -> tuple[Fraction, Fraction, int, dict[str, int], int]:
    """(entitled, credited, given, exempt, drought) of a member from the gifts of his team and period, oldest first; ``history`` are
    all of the team."""
    turns = [g for g in history if g.how == "turn"]
    mine = [(part(turns[:i], g, member), g) for i, g in enumerate(turns) if g in entries]
    due = sum((p for p, _ in mine), Fraction(0))
    credited = sum((p for p, g in mine if member in {s.member for s in g.absent}), Fraction(0))
    exempt = {how: n for how in HOW[1:] if (n := sum(g.member == member and g.how == how for g in entries))}
    could_have = [g.member == member for _, g in mine if member in {s.member for s in g.shares}]
    drought = max((len(list(run)) for got, run in groupby(could_have) if not got), default=0)
    return due, credited, sum(g.member == member for _, g in mine), exempt, drought


@given(gifts(), st.randoms())
@settings(max_examples=60, deadline=None)
def test_the_ledger_agrees_with_its_twin_whatever_the_order_and_the_repeats(made: list[Gift], dice: Random) -> None:
    arriving = made + made[:5]
    dice.shuffle(arriving)
    books = ledger(arriving, week)
    assert {(b.period, b.team) for b in books} == {(week(g.at_ms), g.team) for g in made}
    for book in books:
        history = [g for g in made if g.team == book.team]
        mine = [g for g in history if week(g.at_ms) == book.period]
        exact = {member: by_hand(history, mine, member) for member in PEOPLE}
        exact = {member: figures for member, figures in exact.items() if figures[0] or figures[2] or figures[3]}
        assert book.turns == sum(g.how == "turn" for g in mine)
        assert exact.keys() == {line.member for line in book.lines}
        for line in book.lines:
            due, credited, got, exempt, drought = exact[line.member]
            assert (line.given, line.exempt, line.drought) == (got, exempt, drought)
            assert (line.entitled, line.credited) == pytest.approx((float(due), float(credited)))
        assert sum(line.entitled for line in book.lines) == pytest.approx(book.turns)
        dues = {m: figures[0] for m, figures in exact.items()}
        off = [abs(figures[2] - figures[0]) / max(1, book.turns) for figures in exact.values()]
        assert (book.unmatched, book.deviation) == pytest.approx((float(sum(off) / 2), float(max(off))))
        assert book.gini == pytest.approx(slow_gini({m: Fraction(f[2]) for m, f in exact.items()}, dues), abs=1e-9)
        every = {m: Fraction(f[2] + sum(f[3].values())) for m, f in exact.items()}
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


PLAN = Plan("all", "1", "turn", "team:sales", (Share("li"),), "public", "parked", True, 0)


def test_a_plan_says_who_could_have_had_the_turn_and_who_is_owed_one_for_being_away() -> None:
    made = msgspec.structs.replace(PLAN, shares=(Share("li", 2.0), Share("wang")), away=(Share("zhao"),), credit=3.0)
    outcome = Outcome("0" * 32, "acme", "assigned", "rule", 1_000, "web", "form", owner="li", journal=7)
    assert gift_of(outcome, made) == Gift(7, 1_000, "team:sales", "li", "turn", made.shares, made.away, 3)


def test_who_is_away_is_owed_up_to_the_credit_and_no_more_and_gets_it_back() -> None:
    here, away = (Share("li"),), (Share("zhao"),)
    turns = [Gift(n, n, "t", "li", "turn", here, away, 2.0) for n in range(1, 11)]
    turns += [Gift(n, n, "t", "zhao", "turn", here + away, (), 2.0) for n in range(11, 15)]
    (book,) = ledger(turns, week)
    li, zhao = book.lines
    assert (zhao.credited, zhao.entitled, zhao.given) == (2.0, 4.0, 4)
    assert (li.credited, li.entitled, li.given) == (0.0, 10.0, 10)
    assert book.gini == book.unmatched == 0


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
    (book,) = ledger([gift], week)
    assert book.lines == (Line("li", 0.0, 0.0, 0, {how: 1}, 0.0, 0.0, 0, 0),)


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
