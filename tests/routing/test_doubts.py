from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leads.policy import Condition, Hours, Member, Policy, Pool, Rule, Scope, Team, Widening
from routing.doubts import doubts, implies
from routing.rules import test as holds
from tests.routing.build import policy, when

PEOPLE = (Member(id="amy", level="senior"), Member(id="bo", level="mid", left=True))
CITY = when("city", "in", "上海", "杭州")


def of(*rules: Rule, **more: Any) -> list[tuple[tuple[str | int, ...], str]]:
    return doubts(policy(*rules, members=PEOPLE, **more), 2026)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ((), CITY),
        (CITY, when("city", "in", "上海市")),
        (CITY, (*when("city", "in", "杭州"), *when("value", "exists"))),
        (when("value", "at_least", "5万"), when("value", "at_least", "100000")),
        (when("value", "at_most", "5万"), when("value", "in", "300")),
        (when("line", "prefix", "400"), when("line", "prefix", "400820")),
        (when("country", "exists"), when("country", "in", "DE")),
        (when("country", "not_in", "CN"), when("country", "not_in", "CN", "US")),
    ],
)
def test_a_rule_that_nothing_reaches(first: tuple[Condition, ...], second: tuple[Condition, ...]) -> None:
    found = of(Rule(id="first", when=first, team="all"), Rule(id="second", when=second, team="all"))

    assert [path for path, _ in found] == [("rules", 1)]
    assert "the rule 'first' before it" in found[0][1]


@pytest.mark.parametrize(
    "impossible",
    [
        (*CITY, *when("city", "not_in", "上海", "杭州")),
        (*when("value", "at_least", "10万"), *when("value", "at_most", "5万")),
        (*when("line", "in", "400-1"), *when("line", "prefix", "800")),
    ],
)
def test_a_rule_that_contradicts_itself(impossible: tuple[Condition, ...]) -> None:
    ((path, what),) = of(Rule(id="r", when=impossible, team="all"))

    assert path == ("rules", 0)
    assert what.startswith("no lead can meet it")


def test_a_rule_that_gives_nobody_says_why_of_each() -> None:
    ((path, what),) = of(Rule(id="r", team="all", levels=("new",)))

    assert (path, what) == (
        ("rules", 0),
        "it gives nobody (amy: level senior, bo: left); its leads all go to the pool",
    )


def test_a_rule_that_widens_to_somebody_gives_somebody() -> None:
    assert of(Rule(id="r", team="all", levels=("new",), widen=(Widening(1, levels=()),))) == []


def test_pools_that_nobody_may_claim_from_and_leaders_who_have_left() -> None:
    made = Policy(
        "v",
        members={m.id: m for m in PEOPLE},
        teams={"t": Team("t", ("amy",), "bo")},
        pools={"public": Pool("public"), "old": Pool("old", members=("bo",)), "shut": Pool("shut", claims_a_day=0)},
    )

    assert [path for path, _ in doubts(made, 2026)] == [("pools", "old"), ("pools", "shut"), ("teams", "t", "leader")]


def test_a_scope_that_nothing_reaches() -> None:
    found = of(scopes=(Scope("a", CITY), Scope("b", when("city", "in", "上海"))))

    assert [path for path, _ in found] == [("scopes", "b", "when")]


def test_make_up_days_that_are_not_published_yet_are_told() -> None:
    hours = {"office": Hours(((0, 1, 2),), "CN")}

    assert [path for path, _ in doubts(policy(hours=hours), 2098)] == [("hours", "office", "holidays")]
    assert doubts(policy(hours=hours), 2026) == []


_VALUES = st.sampled_from(["", "1", "5", "50", "400", "上海", "abc", "ab"])
_CONDITIONS = st.builds(
    lambda op, values: Condition("value", op, values[:1] if op.startswith("at_") else () if op == "exists" else values),
    st.sampled_from(["in", "not_in", "at_least", "at_most", "prefix", "exists"]),
    st.lists(_VALUES.filter(bool), min_size=1, max_size=3).map(tuple),
)


@given(st.lists(_CONDITIONS, max_size=3), st.lists(_CONDITIONS, max_size=3), _VALUES)
def test_what_implies_another_never_holds_without_it(mine: Any, theirs: Any, value: str) -> None:
    if implies(mine, theirs) and all(holds(c)(value) for c in mine):
        assert all(holds(c)(value) for c in theirs)
