"""The written rule: what it proposes from the record, and that shares always come to the whole."""

from __future__ import annotations

from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leads.cases import WHOLE, Agreement, Part, Rulebook, ShareRule, Touch, shared_by, whole
from routing.contributions import contributions, dependence
from routing.settle import propose

DAY = 86_400_000
RULES = Rulebook(version="v1")


def touch(day: float, kind: str, member: str, journal: int, **more: object) -> Touch:
    weight = 0 if kind == "note" else 1
    return Touch(round(day * DAY), kind, member, journal, **{"weight": weight, **more})  # type: ignore[arg-type]


A_FIRST = [
    touch(0, "report", "A", 1),
    touch(1, "call", "A", 2, seconds=180),
    touch(3, "call", "B", 3, seconds=300),
    touch(4, "visit", "B", 4),
]


def test_who_followed_up_first_with_evidence_owns_and_both_who_helped_share_evenly() -> None:
    proposal = propose(("B", "A"), A_FIRST, None, RULES, 5 * DAY)
    assert proposal.owner == "A"
    assert set(proposal.parts) == {Part("A", 5000), Part("B", 5000)}
    assert [(g.rule, g.member, g.journal) for g in proposal.grounds] == [
        ("customer_names", "", 0),
        ("first_follow_up", "A", 2),
        ("agreed", "", 0),
        ("both_helped", "", 0),
    ]
    assert proposal.rulebook == "v1"


def test_the_customer_is_asked_first_but_a_partys_own_word_for_it_counts_for_nothing() -> None:
    own_word = touch(5, "named", "B", 0, weight=0)
    assert propose(("B", "A"), [*A_FIRST, own_word], None, RULES, 0).owner == "A"
    leaders = touch(5, "named", "B", 0)
    assert propose(("B", "A"), [*A_FIRST, own_word, leaders], None, RULES, 0).owner == "B"


def test_a_bare_note_neither_owns_nor_shares() -> None:
    touches = [touch(0, "note", "B", 1), touch(0.5, "call", "B", 2, weight=0, seconds=3), touch(1, "mail", "A", 3)]
    proposal = propose(("B", "A"), touches, None, RULES, 0)
    assert (proposal.owner, proposal.parts) == ("A", (Part("A", WHOLE),))
    ledger = contributions(touches)
    assert (ledger["B"].contacts, ledger["B"].unproved, ledger["A"].mails) == (0, 2, 1)


def test_what_was_agreed_beforehand_beats_halves() -> None:
    parts = (Part("A", 7000), Part("B", 3000))
    assert propose(("A", "B"), A_FIRST, Agreement(parts, ("A", "B"), 0), RULES, 0).parts == parts


def test_without_any_record_the_holder_keeps_it() -> None:
    proposal = propose(("A", "B"), [], None, RULES, 0)
    assert (proposal.owner, proposal.parts) == ("A", (Part("A", WHOLE),))
    assert proposal.grounds[3].rule == "holder"


@pytest.mark.parametrize("came", ["given", "claim", "transfer"])
def test_who_says_that_somebody_elses_customer_is_his_has_not_reported_him(came: str) -> None:
    proposal = propose(("A", "B"), [touch(0, came, "A", 1), touch(1, "contested", "B", 2)], None, RULES, 0)
    assert proposal.owner == "A"
    assert [(g.rule, g.member) for g in proposal.grounds[2:4]] == [("first_report", ""), ("holder", "A")]


def test_of_two_reports_the_earlier_counts_whoever_holds_him_now() -> None:
    touches = [touch(0, "report", "A", 1), touch(1, "report", "B", 2), touch(2, "contested", "B", 3)]
    assert propose(("B", "A"), touches, None, RULES, 0).owner == "A"


def test_shares_by_work_follow_the_contacts_with_evidence() -> None:
    rules = Rulebook(shares=("by_work",))
    touches = [*A_FIRST, touch(5, "mail", "B", 5)]
    assert set(propose(("A", "B"), touches, None, rules, 0).parts) == {Part("A", 2500), Part("B", 7500)}


def test_the_order_of_the_rules_is_the_tenants() -> None:
    rules = Rulebook(owner=("holder",), shares=("owner_takes_all",))
    assert propose(("B", "A"), A_FIRST, None, rules, 0).parts == (Part("B", WHOLE),)


def test_an_entry_of_the_journal_that_is_read_twice_counts_once() -> None:
    assert contributions([*A_FIRST, *A_FIRST])["A"].calls == 1


WEIGHTS = st.dictionaries(st.text(min_size=1, max_size=3), st.integers(0, 10**6), min_size=1).filter(
    lambda weights: sum(weights.values()) > 0
)


@given(WEIGHTS)
def test_shares_come_to_the_whole_and_nobody_is_off_by_more_than_a_point(weights: dict[str, int]) -> None:
    parts = shared_by(weights)
    assert whole(parts)
    total = sum(weights.values())
    assert all(abs(part.points - weights[part.member] * WHOLE / total) < 1 for part in parts)


TOUCHES = st.lists(
    st.builds(
        Touch,
        st.integers(0, 10**12),
        st.sampled_from(["call", "mail", "visit", "note", "report", "inbound", "named", "lapse"]),
        st.sampled_from(["A", "B", "C", ""]),
        st.integers(0, 30),
        st.integers(0, 500),
        st.integers(0, 1),
    ),
    max_size=20,
)
ORDERS = st.permutations(get_args(ShareRule)).map(tuple)


@given(TOUCHES, ORDERS, st.permutations(["A", "B", "C"]), st.integers(1, 3))
def test_whatever_the_record_says_the_shares_come_to_the_whole(
    touches: list[Touch], order: tuple[ShareRule, ...], parties: list[str], helped: int
) -> None:
    proposal = propose(parties, touches, None, Rulebook(shares=order, helped_contacts=helped), 0)
    assert whole(proposal.parts)
    assert proposal.owner in parties
    assert proposal.grounds


@pytest.mark.parametrize(
    "parts",
    [
        (),
        (Part("A", 9900),),
        (Part("A", 5000), Part("B", 5001)),
        (Part("A", 5000), Part("A", 5000)),
        (Part("A", 11000), Part("B", -1000)),
        (Part("", WHOLE),),
    ],
)
def test_shares_that_are_not_the_whole_of_different_people_are_none(parts: tuple[Part, ...]) -> None:
    assert not whole(parts)


def test_dependence_rises_with_his_share_of_contacts_the_years_and_the_calls_to_him() -> None:
    one = dependence([touch(0, "call", "A", 1)])
    years = dependence([touch(365 * y, "call", "A", y + 1) for y in range(4)])
    rung = dependence([*(touch(365 * y, "call", "A", y + 1) for y in range(4)), touch(1000, "inbound", "A", 9)])
    shared = dependence([touch(0, "call", "A", 1), touch(1, "call", "B", 2), touch(2, "call", "B", 3)])
    assert one is not None
    assert years is not None
    assert rung is not None
    assert shared is not None
    assert dependence([]) is None
    assert one.score < years.score < rung.score <= 1
    assert (shared.member, round(shared.contacts, 2)) == ("B", 0.67)
