from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from leads.policy import Absence, Member, Policy, Pool, Team, versioned
from leads.roster import Change, Version
from routing.roster import effective, known_as, merged, mistakes, next_change

BASE = versioned(
    Policy(
        version="",
        members={"amy": Member("amy", max_open=5), "bo": Member("bo", left=True)},
        teams={"east": Team("east", ("amy",), leader="amy"), "south": Team("south", ())},
        pools={"public": Pool("public", ("amy",), ("amy",))},
    )
)


def told(*changes: Change) -> list[Version]:
    return [Version(n, 0, change) for n, change in enumerate(changes, 1)]


def test_without_changes_the_policy_is_that_of_the_configuration() -> None:
    assert merged(BASE, [], 0) is BASE
    assert merged(BASE, told(Change("paused", "amy", 10, "x")), 9) is BASE


def test_a_change_takes_effect_at_its_moment_and_the_version_follows() -> None:
    roster = told(Change("paused", "amy", 10, "x"), Change("resumed", "amy", 20, "x"))

    assert merged(BASE, roster, 10).members["amy"].paused
    assert merged(BASE, roster, 10).version != BASE.version
    assert merged(BASE, roster, 20).version == BASE.version
    assert [next_change(roster, now) for now in (0, 10, 20)] == [10, 20, 0]


def test_what_takes_effect_later_wins_however_early_it_was_told() -> None:
    roster = told(
        Change("changed", "amy", 20, "x", set={"max_open": 1}), Change("changed", "amy", 10, "x", set={"max_open": 2})
    )

    assert merged(BASE, roster, 30).members["amy"].max_open == 1
    assert [change.from_ms for change in effective(roster, 30)] == [10, 20]


def test_joining_puts_somebody_into_teams_and_pools() -> None:
    join = Change(
        "joined", "chen", 0, "x", set={"name": "陈", "skills": ["english"]}, teams=("east",), pools=("public",)
    )
    policy = merged(BASE, told(join, Change("changed", "amy", 1, "x", leads=("south",), pool_leads=())), 5)

    assert policy.members["chen"] == Member("chen", name="陈", skills=("english",))
    assert policy.teams == {"east": Team("east", ("amy", "chen")), "south": Team("south", (), leader="amy")}
    assert policy.pools["public"] == Pool("public", ("amy", "chen"), ())


def test_an_absence_is_added_to_those_there_are() -> None:
    roster = told(*(Change("absent", "amy", 0, "x", absence=Absence(n, n + 1)) for n in (5, 7)))

    assert merged(BASE, roster, 0).members["amy"].absences == (Absence(5, 6), Absence(7, 8))


def test_who_left_and_joins_again_is_there() -> None:
    roster = told(Change("joined", "bo", 0, "x"))

    assert mistakes(BASE, [], [roster[0].change]) == []
    assert not merged(BASE, roster, 0).members["bo"].left


def test_every_mistake_with_its_place_and_what_to_write() -> None:
    found = mistakes(
        BASE,
        told(Change("joined", "dora", 50, "x")),
        [
            Change("paused", "ammy", 0, "x"),
            Change("joined", "amy", 0, "x"),
            Change("paused", "bo", 0, "x"),
            Change("changed", "amy", 0, "x", set={"wieght": 2}, teams=("esat",), pools=("publik",)),
            Change("changed", "amy", 0, "x", set={"max_open": "many"}),
            Change("absent", "amy", 0, "x", absence=Absence(5, 5)),
            Change("paused", "dora", 10, "x"),
            Change("paused", "dora", 50, "x"),
        ],
    )

    assert [(n, field) for n, field, _ in found] == [
        (0, "member"),
        (1, "member"),
        (2, "member"),
        (3, "wieght"),
        (3, "teams"),
        (3, "pools"),
        (4, "max_open"),
        (5, "absence"),
        (6, "member"),
    ]
    assert "did you mean 'amy'" in found[0][2]
    assert "did you mean 'weight'" in found[3][2]
    assert "did you mean 'east'" in found[4][2]


@given(st.permutations(range(6)), st.integers(0, 60))
def test_the_policy_does_not_depend_on_the_order_of_reading(order: list[int], now: int) -> None:
    whats = [Change("paused" if n % 2 else "resumed", "amy", n * 10, "x", set={"max_day": n}) for n in range(6)]
    roster = told(*whats)

    assert merged(BASE, [roster[n] for n in order], now) == merged(BASE, roster, now)


def test_what_a_file_may_call_those_who_are_there() -> None:
    """By id, by name in any spelling; not by a name that two bear, nor one who has left."""
    members = {
        "amy": Member("amy", name="Amy  Archer"),
        "wf": Member("wf", name="王芳"),
        "wf2": Member("wf2", name="王芳"),
        "zw": Member("zw", name="張偉"),
        "bo": Member("bo", name="博远", left=True),
    }
    known = known_as(Policy(version="", members=members))

    assert known == {"amy": "amy", "amy archer": "amy", "wf": "wf", "wf2": "wf2", "zw": "zw", "张伟": "zw"}
