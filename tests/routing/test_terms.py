from __future__ import annotations

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
import pytest

from leads.ownership import What
from leads.policy import Absence, Answer, Hours, Member, Policy, Pool, Team
from routing.terms import terms
from tests.routing.build import NOON

DAY_MS = 86_400_000
POLICY = Policy(
    version="v",
    members={
        "amy": Member("amy", level="senior", max_open=60),
        "bo": Member("bo", level="new"),
        "chen": Member("chen", absences=(Absence(NOON, NOON + 1),)),
        "dora": Member("dora", paused=True),
        "erin": Member("erin", left=True),
        "fred": Member("fred"),
    },
    teams={"all": Team("all", ("amy", "bo", "chen", "dora", "erin"), "amy"), "gone": Team("gone", ("fred",), "erin")},
    pools={
        "public": Pool("public", claims_a_day=3, max_open=50, closed_exempt=True, cooling_ms=7 * DAY_MS, recycle_ms=9),
        "vip": Pool("vip", members=("amy", "chen"), leaders=("fred",), warn_ms=8),
    },
    max_open={"": 80, "new": 20},
    protect={"A": 60 * DAY_MS, "report": 15 * DAY_MS, "call": 7 * DAY_MS},
    hours={
        "office": Hours(((1, 540, 1_080), (2, 540, 1_080)))
    },  # Tuesday and Wednesday; NOON is a Tuesday, 12:00 there
    answer={"": Answer(4 * 3_600_000), "A": Answer(7 * 3_600_000, "office")},
)


@pytest.mark.parametrize(
    ("member", "actor", "pool", "what", "refused"),
    [
        ("amy", "amy", "public", "claim", ""),
        ("", "bo", "", "claim", ""),
        ("", "stranger", "public", "claim", "no_member"),
        ("stranger", "amy", "public", "transfer", "no_member"),
        ("bo", "bo", "vip", "claim", "no_member"),
        ("bo", "bo", "nowhere", "claim", ""),
        ("erin", "erin", "public", "claim", "gone"),
        ("erin", "amy", "public", "transfer", "gone"),
        ("erin", "amy", "public", "release", ""),
        ("chen", "chen", "public", "claim", "away"),
        ("dora", "amy", "public", "transfer", "away"),
        ("dora", "dora", "public", "follow_up", ""),
        ("bo", "chen", "public", "claim", "not_leader"),
        ("bo", "amy", "public", "claim", ""),
        ("bo", "bo", "public", "approve", "not_leader"),
        ("bo", "amy", "public", "approve", ""),
        ("bo", "fred", "vip", "lock", ""),
        ("fred", "erin", "public", "lock", "gone"),
    ],
)
def test_what_the_policy_alone_refuses(member: str, actor: str, pool: str, what: What, refused: str) -> None:
    assert terms(POLICY, member, actor, pool, NOON, what=what).refused == refused


def test_an_administrator_need_not_be_a_member() -> None:
    assert terms(POLICY, "bo", "root", "", NOON, what="transfer", admin=True).refused == ""
    assert terms(POLICY, "erin", "root", "", NOON, what="transfer", admin=True).refused == "gone"
    assert terms(POLICY, "erin", "root", "", NOON, what="lock", admin=True).leader


@pytest.mark.parametrize(
    ("member", "pool", "cap"), [("amy", "public", 50), ("amy", "vip", 60), ("bo", "public", 20), ("fred", "vip", 80)]
)
def test_the_smallest_holding_cap_that_applies_counts(member: str, pool: str, cap: int) -> None:
    assert terms(POLICY, member, member, pool, NOON).max_open == cap


@pytest.mark.parametrize(
    ("said", "days"),
    [
        ({"what": "claim"}, 30),
        ({"what": "claim", "door": "call"}, 7),
        ({"what": "report", "door": "call"}, 15),
        ({"what": "report", "grade": "A"}, 60),
    ],
)
def test_protection_is_that_of_the_grade_then_the_move_then_the_door(said: dict[str, Any], days: int) -> None:
    assert terms(POLICY, "bo", "bo", "", NOON, **said).protect_ms == days * DAY_MS


def test_days_are_days_of_the_tenants_time_zone() -> None:
    before, after = (
        round(datetime(2026, 3, day, hour, minute, tzinfo=ZoneInfo("Asia/Shanghai")).timestamp() * 1_000)
        for day, hour, minute in ((3, 23, 59), (4, 0, 0))
    )

    assert terms(POLICY, "bo", "bo", "", after).day == terms(POLICY, "bo", "bo", "", before).day + 1
    assert datetime.fromordinal(terms(POLICY, "bo", "bo", "", before).day) == datetime(2026, 3, 3)


def test_the_answer_is_due_in_working_time() -> None:
    plain, graded = (terms(POLICY, "bo", "bo", "", NOON, grade=grade).answer_by_ms for grade in ("B", "A"))

    assert plain == NOON + 4 * 3_600_000
    assert graded == NOON + 22 * 3_600_000  # six hours today, the seventh tomorrow at nine


def test_the_pool_says_the_rest() -> None:
    granted = msgspec.structs.asdict(terms(POLICY, "bo", "bo", "", NOON))

    expected = {"claims_a_day": 3, "closed_exempt": True, "cooling_ms": 7 * DAY_MS, "recycle_ms": 9, "pool": "public"}
    assert {name: granted[name] for name in expected} == expected
