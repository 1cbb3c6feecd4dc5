from __future__ import annotations

from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from leads.policy import Absence, Member, Policy, Rule, Widening
from leads.records import Lead, Plan
from routing import rules
from routing.plan import compile_policy, plan
from tests.routing.build import NOON, lead, policy, when

PEOPLE = (
    Member(id="amy", level="senior", skills=("english",), weight=2.0, max_open=60),
    Member(id="bo", level="mid"),
    Member(id="chen", level="new", max_day=20),
    Member(id="dora", level="mid", absences=(Absence(NOON, NOON + 1_000, "holiday"),)),
    Member(id="erin", left=True),
)
GRADES = policy(
    Rule(id="vip", when=when("campaign", "in", "vip"), pool="vip"),
    Rule(id="a", when=when("value", "at_least", "10万"), team="all", levels=("senior",), grade="A"),
    Rule(
        id="c", when=when("value", "at_most", "5000"), team="all", levels=("new",), grade="C", strategy="least_loaded"
    ),
    Rule(id="b", when=when("value", "exists"), team="all", levels=("mid",), grade="B", overflow="vip"),
    Rule(id="german", when=when("country", "in", "DE"), members=("amy", "bo"), skills=("german",), overflow="vip"),
    Rule(id="east", when=when("city", "in", "上海"), team="all", affinity=False),
    members=PEOPLE,
)


@pytest.mark.parametrize(
    ("said", "rule", "members", "pool", "reason"),
    [
        ({"campaign": "VIP", "value": "20万"}, "vip", (), "vip", "matched_rule"),
        ({"value": "20万"}, "a", ("amy",), "public", "parked"),
        ({"value": "800"}, "c", ("chen",), "public", "parked"),
        ({"value": "9000"}, "b", ("bo",), "vip", "parked"),
        ({"value": "面议"}, "b", ("bo",), "vip", "parked"),
        ({"country": "DE"}, "german", (), "vip", "parked"),
        ({"city": "上海市"}, "east", ("amy", "bo", "chen"), "public", "parked"),
        ({"city": "成都"}, "", (), "public", "unmatched"),
        ({}, "", (), "public", "unmatched"),
    ],
)
def test_where_a_lead_goes(said: dict[str, str], rule: str, members: tuple[str, ...], pool: str, reason: str) -> None:
    made = plan(lead(**said), GRADES, NOON)

    assert (made.rule, tuple(s.member for s in made.shares), made.pool, made.reason) == (rule, members, pool, reason)


def test_trap_round_robin_does_not_assign_to_people_who_have_left() -> None:
    made = plan(lead(city="上海"), GRADES, NOON)

    assert "erin" not in {share.member for share in (*made.shares, *made.away)}
    assert ("member:erin", "left") in made.considered


def test_whoever_is_absent_is_owed_his_turns_and_whoever_is_paused_is_not() -> None:
    people = (*PEOPLE, Member(id="fred", paused=True))

    made = plan(lead(), policy(Rule(id="all", team="all"), members=people, credit=2.0), NOON)

    assert ([share.member for share in made.away], made.credit) == (["dora"], 2.0)


def test_a_widened_rule_asks_more_people() -> None:
    asked = Rule(
        id="r", team="all", levels=("senior",), widen=(Widening(5, levels=("senior", "mid")), Widening(9, levels=()))
    )
    router = compile_policy(policy(asked, members=PEOPLE))
    before = router.plan(lead(), NOON)

    wider = [router.again(before, NOON, waited) for waited in (4, 5, 9)]

    assert [[s.member for s in made.shares] for made in wider if made] == [
        ["amy"],
        ["amy", "bo"],
        ["amy", "bo", "chen"],
    ]
    assert {made.group for made in wider if made} == {"rule:r"}


def test_the_shares_carry_weight_and_limits() -> None:
    amy = plan(lead(value="20万"), GRADES, NOON).shares[0]

    assert (amy.member, amy.weight, amy.max_open, amy.max_day) == ("amy", 2.0, 60, -1)


def test_an_absence_counts_at_the_time_of_the_event() -> None:
    router = compile_policy(GRADES)

    during, after = (router.plan(lead(city="上海"), now) for now in (NOON, NOON + 1_000))

    assert ("member:dora", "absent: holiday") in during.considered
    assert ("member:dora", "available") in after.considered
    assert "dora" in {share.member for share in after.shares}


def test_every_rule_and_everybody_of_the_target_is_accounted_for() -> None:
    assert plan(lead(city="上海"), GRADES, NOON).considered == (
        ("rule:vip", "campaign: in"),
        ("rule:a", "value: at_least"),
        ("rule:c", "value: at_most"),
        ("rule:b", "value: exists"),
        ("rule:german", "country: in"),
        ("rule:east", "matched"),
        ("member:amy", "available"),
        ("member:bo", "available"),
        ("member:chen", "available"),
        ("member:dora", "absent: holiday"),
        ("member:erin", "left"),
    )


def test_the_turn_is_counted_by_team_unless_the_rule_selects() -> None:
    groups = {
        said: plan(lead(**{field: said}), GRADES, NOON).group for field, said in (("city", "上海"), ("value", "800"))
    }

    assert groups == {"上海": "team:all", "800": "rule:c"}


def test_leads_that_differ_in_their_data_only_share_one_plan() -> None:
    router = compile_policy(GRADES)

    assert router.plan(lead(city="上海", company="one"), NOON) is router.plan(lead(city="上海市", company="two"), NOON)


@pytest.mark.parametrize("field", ["affinity", "strategy", "grade"])
def test_a_rule_hands_on_what_it_says(field: str) -> None:
    made: dict[str, Any] = {
        "affinity": plan(lead(city="上海"), GRADES, NOON).affinity,
        "strategy": plan(lead(value="1"), GRADES, NOON).strategy,
        "grade": dict(plan(lead(value="1"), GRADES, NOON).considered)["grade"],
    }

    assert made[field] == {"affinity": False, "strategy": "least_loaded", "grade": "C"}[field]


_WORDS = st.sampled_from(["", "上海", "上海市", "北京", "DE", "12万", "800", "面议", "vip"]) | st.text(
    "上海市12万 ,.-k", max_size=6
)
_LEADS = st.builds(
    lambda said: lead(**said),
    st.dictionaries(st.sampled_from(["city", "region", "country", "value", "campaign"]), _WORDS),
)
_MEMBERS = st.builds(
    Member,
    id=st.sampled_from(["amy", "bo", "chen"]),
    level=st.sampled_from(["", "senior", "new"]),
    left=st.booleans(),
    paused=st.booleans(),
    weight=st.sampled_from([0.0, 1.0]),
)
_CONDITIONS = st.one_of(
    *(
        st.just(c)
        for c in (
            *when("city", "in", "上海"),
            *when("value", "at_least", "5000"),
            *when("campaign", "exists"),
            *when("country", "not_in", "DE"),
        )
    )
)


@st.composite
def _policies(draw: st.DrawFn) -> Policy:
    members = {m.id: m for m in draw(st.lists(_MEMBERS, min_size=1, max_size=3))}
    targets: list[dict[str, Any]] = [{"team": "all"}, {"members": tuple(members)}, {"pool": "vip"}]
    made = tuple(
        Rule(
            id=str(i),
            when=tuple(draw(st.lists(_CONDITIONS, max_size=2))),
            levels=draw(st.sampled_from([(), ("senior",)])),
            **draw(st.sampled_from(targets)),
        )
        for i in range(draw(st.integers(0, 4)))
    )
    return policy(*made, members=tuple(members.values()))


def _obvious(of: Lead, under: Policy) -> str:
    """The slow, plain way to the rule's id: each condition alone, in order."""
    return next((r.id for r in under.rules if all(rules.test(c)(rules.getter(c.field)(of)) for c in r.when)), "")


@given(_policies(), st.lists(_LEADS, min_size=1, max_size=5))
def test_every_lead_has_a_target_and_everybody_is_named(under: Policy, leads: list[Lead]) -> None:
    router = compile_policy(under)
    for of in leads:
        made: Plan = router.plan(of, NOON)
        rule = next((r for r in under.rules if r.id == made.rule), None)
        people = () if rule is None else under.teams["all"].members if rule.team else rule.members

        assert made.rule == _obvious(of, under)
        assert made.shares or made.pool in under.pools
        assert {subject for subject, _ in made.considered if subject != "grade"} == {
            *(f"rule:{r.id}" for r in under.rules),
            *(f"member:{id}" for id in people),
        }


def test_a_plan_survives_the_wire() -> None:
    made = plan(lead(value="20万"), GRADES, NOON)

    assert msgspec.msgpack.decode(msgspec.msgpack.encode(made), type=Plan) == made
