"""The hotline monitor's statistic: exact where it says so, loud when two hold the phones, quiet in fair weeks."""

from __future__ import annotations

import random
from itertools import product
from math import comb

import pytest
from hypothesis import given
from hypothesis import strategies as st

from routing.hotline import UNLIKELY, Call, at_least, spreads

TEAM = ("gao", "he", "jin", "kang", "lan", "mu")
DAY = 86_400_000


def week(at_ms: int) -> str:
    return f"week {at_ms // (7 * DAY)}"


def enumerated(amount: float, chances: list[float], weights: list[float]) -> float:
    """Every way the events can fall."""
    total = 0.0
    for fallen in product((0, 1), repeat=len(chances)):
        if sum(w for w, yes in zip(weights, fallen, strict=True) if yes) >= amount - 1e-9:
            chance = 1.0
            for c, yes in zip(chances, fallen, strict=True):
                chance *= c if yes else 1 - c
            total += chance
    return total


@given(st.lists(st.floats(0.0, 1.0), min_size=1, max_size=8), st.data())
def test_the_chance_of_so_many_calls_is_exact(chances: list[float], data: st.DataObject) -> None:
    weights = [1.0] * len(chances)
    amount = float(data.draw(st.integers(0, len(chances))))
    assert at_least(amount, chances, weights) == pytest.approx(enumerated(amount, chances, weights))


@given(st.lists(st.tuples(st.floats(0.05, 0.95), st.floats(1.0, 100.0)), min_size=1, max_size=8), st.data())
def test_the_chance_of_so_much_value_errs_upwards_and_by_little(
    events: list[tuple[float, float]], data: st.DataObject
) -> None:
    chances, weights = [c for c, _ in events], [w for _, w in events]
    chosen = data.draw(st.lists(st.sampled_from(range(len(events))), unique=True))
    amount = sum(weights[i] for i in chosen)
    found, step = at_least(amount, chances, weights), sum(weights) / 2_000
    assert found >= enumerated(amount, chances, weights) - 1e-9
    assert found <= enumerated(amount - (len(events) + 1) * step, chances, weights) + 1e-9


def test_equal_chances_are_the_binomial_tail() -> None:
    tail = sum(comb(10, k) * (1 / 3) ** k * (2 / 3) ** (10 - k) for k in (9, 10))
    assert at_least(9, [1 / 3] * 10, [1.0] * 10) == pytest.approx(tail)


def calls(dice: random.Random, n: int, takers: tuple[str, ...], people: tuple[str, ...] = TEAM) -> list[Call]:
    return [Call(i, "400", dice.choice(takers), people, dice.lognormvariate(10, 1)) for i in range(n)]


@pytest.mark.parametrize("n", [8, 20, 200])
def test_two_of_six_who_take_every_call_are_seen_even_with_eight_calls(n: int) -> None:
    (spread,) = spreads(calls(random.Random(3), n, ("gao", "he")), week)
    assert spread.alarming
    assert spread.by_calls is not None
    assert set(spread.by_calls.members) <= {"gao", "he"}


def test_three_calls_say_nothing() -> None:
    (spread,) = spreads(calls(random.Random(3), 3, ("gao", "he")), week)
    assert not spread.alarming


@pytest.mark.parametrize("n", [5, 30, 120])
def test_fair_weeks_stay_quiet(n: int) -> None:
    dice = random.Random(n)
    rounds = 400
    loud = sum(spreads(calls(dice, n, TEAM), week)[0].alarming for _ in range(rounds))
    assert loud <= 2 * UNLIKELY * rounds, "calls and value are two looks, each rarer than UNLIKELY"


def test_a_busy_line_that_is_a_trifle_uneven_stays_quiet_for_its_size() -> None:
    uneven = ("gao",) * 24 + ("he",) * 24 + ("jin", "kang", "lan", "mu") * 13
    (spread,) = spreads(calls(random.Random(1), 5_000, uneven), week)
    assert spread.by_calls is not None
    assert spread.by_calls.chance < UNLIKELY
    assert not spread.alarming


def test_the_good_calls_with_one_person_are_seen_though_the_numbers_are_even() -> None:
    spread_calls = [Call(i, "400", TEAM[i % 6], TEAM, 50_000.0 if i % 6 == 0 else 2_000.0) for i in range(36)]
    (spread,) = spreads(spread_calls, week)
    assert spread.by_calls is not None
    assert spread.by_value is not None
    assert not spread.by_calls.alarming
    assert spread.by_value.alarming
    assert spread.by_value.members == ("gao",)


def test_one_large_order_is_luck() -> None:
    spread_calls = [Call(i, "400", TEAM[i % 6], TEAM, 1_000_000.0 if i == 0 else 2_000.0) for i in range(36)]
    assert not spreads(spread_calls, week)[0].alarming


def test_who_was_alone_at_work_is_not_blamed_for_taking_the_calls() -> None:
    assert not spreads(calls(random.Random(2), 40, ("gao",), ("gao",)), week)[0].alarming


def test_lines_and_weeks_are_told_apart() -> None:
    made = [*calls(random.Random(1), 10, TEAM), Call(8 * DAY, "400", "gao", TEAM), Call(1, "800", "gao", TEAM)]
    assert [(s.period, s.line) for s in spreads(made, week)] == [
        ("week 0", "400"),
        ("week 0", "800"),
        ("week 1", "400"),
    ]
