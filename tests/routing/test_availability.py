from __future__ import annotations

import pytest

from leads.policy import Absence, Member, Rule
from routing.availability import Epochs, hindrance

HOLIDAY = Absence(from_ms=100, until_ms=200, reason="holiday")


@pytest.mark.parametrize(
    ("member", "rule", "now_ms", "why"),
    [
        (Member(id="a"), Rule(id="r"), 0, ""),
        (Member(id="a", left=True, paused=True), Rule(id="r"), 0, "left"),
        (Member(id="a", paused=True), Rule(id="r"), 0, "paused"),
        (Member(id="a", absences=(HOLIDAY,)), Rule(id="r"), 99, ""),
        (Member(id="a", absences=(HOLIDAY,)), Rule(id="r"), 100, "absent: holiday"),
        (Member(id="a", absences=(HOLIDAY,)), Rule(id="r"), 200, ""),
        (Member(id="a", level="new"), Rule(id="r", levels=("senior", "mid")), 0, "level: new"),
        (Member(id="a"), Rule(id="r", levels=("senior",)), 0, "level: none"),
        (Member(id="a", skills=("english",)), Rule(id="r", skills=("english", "german")), 0, "skill: german"),
        (Member(id="a", weight=0), Rule(id="r"), 0, "weight: 0"),
    ],
)
def test_why_not(member: Member, rule: Rule, now_ms: int, why: str) -> None:
    assert hindrance(member, rule, now_ms) == why


def test_an_epoch_ends_where_somebody_goes_or_comes_back() -> None:
    epochs = Epochs([Member(id="a", absences=(HOLIDAY,))])

    assert [epochs.at(now) for now in (0, 99, 100, 199, 200)] == [0, 0, 1, 1, 2]
