from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

from leads.policy import Member, Policy, Rule
from leads.records import Outcome
from routing.days import day_number
from routing.plan import compile_policy
from routing.replay import Replay, Step, replay
from tests.routing.build import NOON, lead, policy, when

MINUTE = 60_000
AMY_ALONE = policy(Rule(id="amy", members=("amy",)))
BOTH = policy(Rule(id="both", team="all"))


def came(
    n: int, owner: str = "amy", entity: int = 0, code: Any = "assigned", reason: str = "rule", **said: str
) -> Step:
    """The n-th lead, a minute after the one before, as it went under AMY_ALONE."""
    at_ms = NOON + n * MINUTE
    outcome = Outcome(
        f"{n:032x}", "t", code, reason, at_ms, "web", "form", n, entity or n, owner, "" if owner else "public"
    )
    of = lead(**said)
    return Step(n, at_ms, entity or n, outcome, plan=compile_policy(AMY_ALONE).plan(of, at_ms), lead=of)


def run(steps: list[Step], under: Policy, since_ms: int = 0) -> Replay:
    return replay(steps, under, since_ms, lambda at_ms: at_ms // 86_400_000)


def test_the_policy_that_was_in_force_changes_nothing() -> None:
    done = run([came(n) for n in range(1, 20)], AMY_ALONE)

    assert (done.routed, done.differences, done.waits) == (19, (), ())


def test_another_policy_shares_out_what_one_person_got() -> None:
    done = run([came(n) for n in range(1, 11)], BOTH)

    assert (done.routed, len(done.differences)) == (10, 5)
    assert {(d.rule_was, d.was, d.rule, d.now) for d in done.differences} == {("", "amy", "both", "bo")}
    assert sum(gift.member == "bo" for gift in done.gifts) == 5


def test_a_customer_who_comes_again_stays_with_whoever_has_him_in_the_replay() -> None:
    again = came(9, entity=2, code="merged", reason="same_contact")

    done = run([came(1), came(2), again], BOTH)

    assert [(d.event[-1], d.now) for d in done.differences] == [("2", "bo"), ("9", "bo")]
    assert [gift.how for gift in done.gifts] == ["turn", "turn", "owner"]


def test_who_is_full_makes_leads_wait_until_somebody_gives_back() -> None:
    one = policy(Rule(id="both", members=("amy",)), members=(Member(id="amy", max_open=1), Member(id="bo")))
    released = Step(30, NOON + 30 * MINUTE, 1, what="release", member="amy")

    done = run([came(1), came(2), came(3), released, came(31)], one)

    assert done.waits == (28 * MINUTE,)
    assert done.unplaced == 2


def test_what_was_before_is_as_it_was_recorded() -> None:
    done = run([came(n) for n in range(1, 5)], BOTH, since_ms=NOON + 3 * MINUTE)

    assert done.routed == 2


def test_claims_and_reports_go_to_whoever_made_them() -> None:
    done = run(
        [came(1, owner="bo", reason="claimed"), came(2, entity=1, owner="bo", code="merged", reason="same_contact")],
        BOTH,
    )

    assert done.differences == ()


def test_the_day_of_a_replay_is_that_of_its_calendar() -> None:
    zone = ZoneInfo("Asia/Shanghai")
    capped = policy(Rule(id="all", team="all"), members=(Member(id="amy", max_day=1),), wait_ms=0)
    steps = [came(1), came(2), came(13 * 60)]

    done = replay(steps, capped, 0, lambda at_ms: day_number(at_ms, zone))

    assert [(d.event[-1], d.now) for d in done.differences] == [("2", ":public")]


def test_a_rule_by_field_is_asked_again() -> None:
    by_city = policy(
        Rule(id="east", when=when("city", "in", "上海"), members=("bo",)), Rule(id="rest", members=("amy",))
    )

    done = run([came(1, city="上海"), came(2, city="广州")], by_city)

    assert [(d.rule, d.now) for d in done.differences] == [("east", "bo")]
