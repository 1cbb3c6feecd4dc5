from __future__ import annotations

import pytest

from leads.policy import Absence, Hours, Member, Policy, Rule
from routing.availability import Moments, hindrance
from tests.routing.build import NOON

HOLIDAY = Absence(from_ms=100, until_ms=200, reason="holiday")
EARLY = Hours(tuple((day, 360, 840) for day in range(7)))
NIGHT = Hours(tuple((day, 1_320, 1_800) for day in range(7)))


@pytest.mark.parametrize(
    ("member", "rule", "now_ms", "why"),
    [
        (Member(id="a"), Rule(id="r"), 0, ("", "")),
        (Member(id="a", left=True, paused=True), Rule(id="r"), 0, ("left", "")),
        (Member(id="a", paused=True), Rule(id="r"), 0, ("paused", "")),
        (Member(id="a", absences=(HOLIDAY,)), Rule(id="r"), 99, ("", "")),
        (Member(id="a", absences=(HOLIDAY,)), Rule(id="r"), 100, ("absent", "holiday")),
        (Member(id="a", absences=(HOLIDAY,)), Rule(id="r"), 200, ("", "")),
        (Member(id="a", level="new"), Rule(id="r", levels=("senior", "mid")), 0, ("level", "new")),
        (Member(id="a"), Rule(id="r", levels=("senior",)), 0, ("level", "none")),
        (Member(id="a", skills=("english",)), Rule(id="r", skills=("english", "german")), 0, ("skill", "german")),
        (Member(id="a", lines=("pumps",)), Rule(id="r"), 0, ("line", "valves")),
        (Member(id="a", lines=("pumps", "valves")), Rule(id="r"), 0, ("", "")),
        (Member(id="a", shifts=("early",)), Rule(id="r"), 0, ("off shift", "early")),
        (Member(id="a", shifts=("early", "night")), Rule(id="r"), 0, ("", "")),
        (Member(id="a", weight=0), Rule(id="r"), 0, ("weight", "0")),
    ],
)
def test_why_not(member: Member, rule: Rule, now_ms: int, why: tuple[str, str]) -> None:
    assert hindrance(member, rule, now_ms, "valves", frozenset(("night",))) == why


def test_a_moment_ends_where_somebody_goes_or_comes_back() -> None:
    moments = Moments(Policy("v", members={"a": Member(id="a", absences=(HOLIDAY,))}))

    assert [moments.at(now)[0] for now in (0, 99, 100, 199, 200)] == [0, 0, 1, 1, 2]


def test_a_moment_ends_where_a_shift_changes() -> None:
    people = {"a": Member(id="a", shifts=("early",)), "b": Member(id="b", shifts=("night",))}
    moments = Moments(Policy("v", members=people, hours={"early": EARLY, "night": NIGHT}))

    on = [sorted(moments.at(NOON + hours * 3_600_000)[1]) for hours in (0, 2, 10, 17, 18)]  # from noon

    assert on == [["early"], [], ["night"], ["night"], ["early"]]
