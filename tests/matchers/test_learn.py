"""Learning from a world whose agreement rates are known, and its guards."""

from __future__ import annotations

import random
from math import log2

import pytest

from leads.records import Evidence, Outcome
from matchers.learn import Lesson, Limits, Pair, found_without, learn, pair_of, teaches
from matchers.weights import DEFAULT, Weights, load

EXACT = ("handle", "exact")


def world(
    count: int, differs: tuple[float, float], *, matches: float = 0.5, decided: bool = False, seed: int = 1
) -> list[Pair]:
    """Pairs met by a handle: those of one customer show another phone with chance ``differs[0]``, others ``differs[1]``."""
    rng = random.Random(seed)
    bits = DEFAULT.bits
    pairs = []
    for _ in range(count):
        one = rng.random() < matches
        sure = ("name", "exact" if one else "conflict")
        phone = ("phone", "differs" if rng.random() < differs[not one] else "mobile")
        total = (6.0 if one else -6.0) + bits.get(phone, 3.0)
        pairs.append(Pair((EXACT, sure, phone), total, one if decided else None))
    return pairs


def moved(lesson: Lesson, field: str, level: str) -> tuple[float, str]:
    row = next(row for row in lesson.rows if (row.field, row.level) == (field, level))
    return row.after - row.before, row.kept


@pytest.mark.parametrize("decided", [False, True])
def test_a_level_moves_towards_what_is_seen(decided: bool) -> None:
    before = DEFAULT.bits["phone", "differs"]
    for rates in ((0.4, 0.98), (0.08, 0.98)):
        step, kept = moved(learn(world(4_000, rates, decided=decided), DEFAULT), "phone", "differs")
        truth = log2(rates[0] / rates[1]) - before
        assert kept == ""
        assert step * truth > 0
        assert abs(step) <= min(abs(truth) + 0.1, 1.0)


def test_what_agrees_with_the_table_changes_nothing() -> None:
    row = DEFAULT.rows["phone", "differs"]
    lesson = learn(world(4_000, (row.m, row.u)), DEFAULT)
    assert abs(moved(lesson, "phone", "differs")[0]) < 0.15


def test_no_row_moves_by_more_than_the_limit() -> None:
    lesson = learn(world(4_000, (0.9, 0.95)), DEFAULT, Limits(most=0.5))
    assert max(abs(row.after - row.before) for row in lesson.rows) <= 0.5


def test_little_support_changes_nothing() -> None:
    lesson = learn(world(60, (0.5, 0.5)), DEFAULT)
    assert lesson.levels == {}
    assert {row.kept for row in lesson.rows} == {"few"}


def test_a_sign_never_turns() -> None:
    weights = load({"levels": {"phone.differs": {"m": 0.8, "u": 0.98}}})
    lesson = learn(world(4_000, (0.9, 0.3), decided=True), weights)
    assert moved(lesson, "phone", "differs") == (0.0, "sign")


def test_levels_keep_their_order() -> None:
    table = Weights(table=tuple(row for row in DEFAULT.table if row.field in ("phone", "name")))
    lesson = learn(world(4_000, (0.9, 0.95)), table, Limits(most=3.0))
    bits = {row.level: (row.before, row.after) for row in lesson.rows if (row.field, row.scale) == ("phone", "pair")}
    assert sorted(bits, key=lambda level: bits[level][0]) == sorted(bits, key=lambda level: bits[level][1])
    assert (
        moved(lesson, "phone", "differs")[1] == "order"
    )  # it would pass a landline's difference, which nobody has seen


def test_the_lesson_loads_as_configuration() -> None:
    lesson = learn(world(4_000, (0.08, 0.98)), DEFAULT)
    weights = load({"levels": lesson.levels})
    assert lesson.levels
    for row in lesson.rows:
        if row.scale == "pair":
            assert weights.bits[row.field, row.level] == pytest.approx(row.after, abs=0.01)
        else:
            assert log2(weights.rows[row.field, row.level].m) == pytest.approx(row.after, abs=0.01)


def test_learning_twice_is_learning_once() -> None:
    pairs = world(2_000, (0.3, 0.9))
    assert learn(pairs, DEFAULT) == learn(pairs, DEFAULT)


@pytest.mark.parametrize(
    ("levels", "fields"),
    [
        ([EXACT, ("phone", "differs")], {"phone"}),
        ([("phone", "mobile"), ("name", "exact")], {"name"}),
        ([("phone", "mobile"), ("email", "exact")], {"phone", "email"}),
        ([("name", "exact"), ("city", "same"), ("phone", "differs")], {"phone"}),
        ([("name", "conflict"), ("phone", "differs")], set()),
    ],
)
def test_a_field_counts_where_the_pair_was_found_without_it(levels: list[tuple[str, str]], fields: set[str]) -> None:
    assert found_without(levels) == fields


def test_pairs_come_from_outcomes_on_record() -> None:
    met = Evidence("phone", "mobile", 5.0, 1)
    outcome = Outcome("e", "t", "review", "unsure", 1, "s", "form", evidence=(met,), bits=0.5)
    assert pair_of(outcome, True) == Pair((("phone", "mobile"),), 0.5, True)
    assert pair_of(Outcome("e", "t", "assigned", "rule", 1, "s", "form")) is None


def test_even_odds_teach_most_and_more_so_where_more_hangs_on_them() -> None:
    assert teaches(0.5, 2) > teaches(0.6, 2) > teaches(0.99, 2)
    assert teaches(0.4, 2) == pytest.approx(teaches(0.6, 2))
    assert teaches(0.6, 20) > teaches(0.5, 2) > teaches(0.999, 1_000)
    assert teaches(1.0, 5) < 1e-6
