"""What an asker is told, and what a dialler: pure, over leases as the store has them."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leads.ownership import Lease, Past
from leads.policy import Contact, Hours, Policy, Pool
from routing.conflict import STATES, answer
from routing.guard import FOREVER, permission, refused_until

AT, DAY = 1_800_000_000_000, 86_400_000


def lease(owner: str = "", **changes: Any) -> Lease:
    defaults: dict[str, Any] = {
        "scope": "",
        "pool": "" if owner else "public",
        "until_ms": 0,
        "journal": 1,
        "state": 0,
        "seq": 1,
    }
    return Lease(owner=owner, **{**defaults, **changes})


def told(*leases: Lease, asker: str = "bob", shared: bool = False, **terms: Any) -> tuple[str, int]:
    return answer([(True, leases)], shared, asker, AT, **terms)


LATER = AT + DAY


def pool(**terms: int) -> dict[str, Pool]:
    return {"public": Pool("public", **terms)}


@pytest.mark.parametrize(
    ("leases", "said"),
    [
        ((), ("free", 0)),
        ((lease(),), ("in_pool", 0)),
        ((lease("ann", until_ms=LATER),), ("protected", LATER)),
        ((lease("ann", until_ms=LATER, stage="protected"),), ("protected", LATER)),
        ((lease("ann", until_ms=LATER, stage="owned"),), ("protected", 0)),
        ((lease("ann", state=2, until_ms=LATER),), ("protected", 0)),  # provisional: a person decides
        ((lease("ann", state=1, until_ms=LATER), lease("bea", until_ms=AT + 5)), ("protected", AT + 5)),  # suspended
        ((lease(locked_ms=LATER),), ("protected", LATER)),
        ((lease("ann", scope="cars"),), ("free", 0)),
    ],
)
def test_what_is_said_of_a_lease(leases: tuple[Lease, ...], said: tuple[str, int]) -> None:
    assert told(*leases) == said


def test_all_former_owners_cool_down_not_only_the_last() -> None:
    past = (Past("bob", AT - 2 * DAY), Past("ann", AT - DAY))
    assert told(lease(past=past), pools=pool(cooling_ms=3 * DAY)) == ("cooling", AT + DAY)
    assert told(lease(past=past), asker="cleo", pools=pool(cooling_ms=3 * DAY)) == ("in_pool", 0)
    assert told(lease(past=past), pools=pool(cooling_ms=2 * DAY)) == ("in_pool", 0)
    assert told(lease(since_ms=AT - 10), asker="cleo", pools=pool(fresh_ms=60)) == ("cooling", AT + 50)


def test_one_who_owns_it_himself_is_told_what_all_are_told() -> None:
    assert told(lease("bob", until_ms=LATER)) == told(lease("ann", until_ms=LATER))


leases = st.builds(
    lease,
    st.sampled_from(["", "ann", "bob"]),
    until_ms=st.sampled_from([0, AT - 1, LATER]),
    state=st.sampled_from([0, 1, 2]),
    stage=st.sampled_from(["", "reported", "owned"]),
    locked_ms=st.sampled_from([0, LATER]),
)


@given(st.lists(st.tuples(st.booleans(), st.lists(leases, max_size=3)), max_size=4), st.booleans())
def test_more_holders_never_make_it_freer(holders: list[tuple[bool, list[Lease]]], shared: bool) -> None:
    whole = STATES.index(answer(holders, shared, "bob", AT)[0])
    for n in range(len(holders)):
        assert STATES.index(answer(holders[:n] + holders[n + 1 :], shared, "bob", AT)[0]) <= whole
    assert answer(holders, shared, "bob", AT) == answer(holders[::-1], shared, "bob", AT)


def may(
    moments: tuple[int, ...] = (),
    leases: tuple[Lease, ...] = (),
    barred: bool = False,
    refused_ms: int = 0,
    most: int = 3,
    hours: str = "",
) -> tuple[str, int]:
    open_ = {"office": Hours(((4, 9 * 60, 18 * 60),))}  # Fridays
    policy = Policy("v", contact=Contact(most, DAY, 0, hours), hours=open_, timezone="UTC")
    said = permission(policy, barred, refused_ms, moments, [leases], "bob", AT, scope="")
    return said.reason, said.until_ms


def test_outside_the_hours_of_contact_it_says_when_they_begin() -> None:
    assert may(hours="office") == ("hours", AT + 60 * 60_000)  # it is Friday 08:00
    assert may() == ("ok", 0)


def test_a_refusal_counts_as_long_as_the_policy_says() -> None:
    assert refused_until(Policy("v", contact=Contact(refusal_ms=7)), AT) == AT + 7
    assert refused_until(Policy("v"), AT) == FOREVER


def test_the_budget_is_over_all_colleagues_and_says_when_it_is_free_again() -> None:
    moments = (AT - 5 * DAY, AT - DAY + 7, AT - 100, AT - 10)
    assert may(moments) == ("budget", AT + 7)
    assert may(moments[:3]) == ("ok", 0)
    assert may(moments, most=-1) == ("ok", 0)
    assert may((), most=0) == ("budget", 0)


def test_one_refusal_counts_for_all_until_its_end() -> None:
    assert may(refused_ms=LATER) == ("refused", LATER)
    assert may(refused_ms=FOREVER) == ("refused", 0)
    assert may(refused_ms=AT) == ("ok", 0)
    assert may(leases=(lease("bob", refused_ms=LATER), lease("ann", scope="cars"))) == ("refused", LATER)
    assert may(leases=(lease("ann", scope="cars", refused_ms=-1),)) == ("refused", 0)


def test_another_ones_customer_is_locked_and_ones_own_is_not() -> None:
    assert may(leases=(lease("ann", until_ms=LATER),)) == ("locked", LATER)
    assert may(leases=(lease("bob", until_ms=LATER),)) == ("ok", 0)
    assert may(leases=(lease(),)) == ("ok", 0)


def test_a_list_comes_before_everything() -> None:
    assert may(barred=True, refused_ms=LATER, moments=(AT, AT, AT)) == ("do_not_contact", 0)
    assert may(refused_ms=LATER, moments=(AT - 3, AT - 2, AT - 1))[0] == "refused"
