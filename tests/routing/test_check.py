from __future__ import annotations

from typing import Any

import pytest

from leads.policy import Absence, Member, Policy, Rule, Team
from routing.check import faults
from tests.routing.build import policy, when


def test_a_sound_policy_has_no_faults() -> None:
    assert faults(policy(Rule(id="r", when=when("shoe_size", "exists"), team="all")), {"shoe_size"}) == []


@pytest.mark.parametrize(
    ("rule", "path", "says"),
    [
        ({"team": "al"}, ("team",), "did you mean 'all'"),
        ({"members": ("amy", "beau")}, ("members", 1), "no member 'beau'"),
        ({"pool": "vpi"}, ("pool",), "did you mean 'vip'"),
        ({"team": "all", "overflow": "elsewhere"}, ("overflow",), "known: public, vip"),
        ({"team": "all", "pool": "vip"}, (), "2 targets (team, pool)"),
        ({}, (), "no target"),
        ({"team": "all", "levels": ("senoir",)}, ("levels", 0), "did you mean 'senior'"),
        ({"team": "all", "skills": ("german",)}, ("skills", 0), "no member has this"),
        ({"team": "all", "when": when("citty", "exists")}, ("when", "citty"), "did you mean 'city'"),
        ({"team": "all", "when": when("value", "at_least", "many")}, ("when", "value", "at_least"), "one number"),
        ({"team": "all", "when": when("city", "in")}, ("when", "city", "in"), "at least one value"),
    ],
)
def test_a_rule_that_cannot_work(rule: dict[str, Any], path: tuple[object, ...], says: str) -> None:
    people = (Member(id="amy", level="senior"), Member(id="bo"))

    found = faults(policy(Rule(id="r", **rule), members=people))

    assert [steps for steps, _ in found] == [("rules", 0, *path)]
    assert says in found[0][1]


@pytest.mark.parametrize(
    ("broken", "path"),
    [
        (policy(Rule(id="r", team="all"), Rule(id="r", team="all")), ("rules", 1, "id")),
        (policy(Rule(id="", team="all")), ("rules", 0, "id")),
        (policy(default_pool="nowhere"), ("default_pool",)),
        (policy(timezone="Asia/Shangri-La"), ("timezone",)),
        (policy(members=(Member(id="a", absences=(Absence(5, 5),)),)), ("members", "a", "absences", 0)),
        (
            Policy(
                version="",
                teams={"t": Team(id="t", members=("x",))},
                default_pool="p",
                pools=policy().pools | {"p": policy().pools["vip"]},
            ),
            ("teams", "t", "members", 0),
        ),
    ],
)
def test_a_policy_that_cannot_work(broken: Policy, path: tuple[object, ...]) -> None:
    assert [steps for steps, _ in faults(broken)] == [path]
