"""The steps of a case: what each asks for, what is refused, and that a refusal changes nothing."""

from __future__ import annotations

import msgspec
import pytest

from leads.cases import REFUSALS, WHOLE, Agreement, Case, Part, Proposal, Rulebook, Shares, Statement
from routing.casework import appealed, consented, decided, escalated, joined, opened, overdue, proposed, stated

RULES = Rulebook(decide_within_ms=100, appeal_within_ms=50, file_within_ms=1000)
SAID = Statement("B", 10, "I rang first")
HALVES = (Part("A", 5000), Part("B", 5000))


def filed(**changes: object) -> Case:
    case = opened("filed", "k", "e" * 32, 1, "", ("A", "B"), 10, RULES, statement=SAID)
    assert isinstance(case, Case)
    return msgspec.structs.replace(case, **changes)  # type: ignore[arg-type]


def ready() -> Case:
    return proposed(filed(), Proposal("A", HALVES, (), "v1", 11))


def decide(case: Case, by: str = "zhou", owner: str = "", parts: tuple[Part, ...] = (), **how: object) -> Case | str:
    given = {"leader": True, "members": {"A", "B", "C"}, **how}
    return decided(case, by, owner, parts, "as the rule says", 20, RULES, **given)  # type: ignore[arg-type]


def done(step: Case | str) -> Case:
    assert isinstance(step, Case), step
    return step


def test_a_case_goes_from_filing_to_a_decision_that_can_be_appealed_once() -> None:
    case = done(decide(ready()))
    assert (case.stage, case.decisions[0].owner, case.decisions[0].as_proposed) == ("decided", "A", True)
    again = done(appealed(case, "B", "the visit was not counted", 60, RULES))
    assert (again.stage, again.decide_by_ms, again.running) == ("appealed", 160, True)
    final = done(decide(again, "qian", "B", (Part("B", WHOLE),)))
    assert (final.stage, final.decisions[1].as_proposed) == ("final", False)
    assert appealed(final, "A", "no", 61, RULES) == "late"


@pytest.mark.parametrize(
    ("how", "reason"),
    [
        ({"by": "B"}, "party"),
        ({"by": "A", "leader": False}, "party"),
        ({"leader": False}, "not_leader"),
        ({"parts": (Part("A", 9900),)}, "bad_shares"),
        ({"owner": "nobody"}, "not_among"),
        ({"members": {"B"}}, "gone"),
    ],
)
def test_what_a_decision_is_refused_for(how: dict[str, object], reason: str) -> None:
    assert decide(ready(), **how) == reason  # type: ignore[arg-type]
    assert reason in REFUSALS


def test_a_decision_waits_for_the_evidence_and_is_made_once() -> None:
    assert decide(filed()) == "no_proposal"
    assert decide(done(decide(ready())), "qian") == "not_open"


def test_whoever_decided_first_does_not_decide_the_appeal() -> None:
    case = done(appealed(done(decide(ready())), "B", "no", 60, RULES))
    assert decide(case, "zhou") == "same_judge"


def test_an_appeal_is_a_partys_once_and_in_time() -> None:
    case = done(decide(ready()))
    assert appealed(case, "C", "no", 60, RULES) == "not_party"
    assert appealed(case, "B", "no", 71, RULES) == "late"
    assert appealed(ready(), "B", "no", 60, RULES) == "not_decided"
    assert appealed(done(appealed(case, "B", "no", 70, RULES)), "A", "no", 70, RULES) == "appealed"
    assert appealed(case, "B", " ", 60, RULES) == "no_statement"


def test_a_case_is_filed_in_time_against_somebody_else_who_holds_it() -> None:
    def file(*parties: str, since_ms: int = 1, at_ms: int = 10) -> Case | str:
        return opened("filed", "k", "e", 1, "", parties, at_ms, RULES, statement=SAID, since_ms=since_ms)

    assert file("B", "B") == "own"
    assert file("", "B") == "no_owner"
    assert file("A", "B", at_ms=1002) == "late"
    assert isinstance(file("A", "B", at_ms=1001), Case)
    record = opened("owned_by_other", "j7", "e", 1, "", ("A", "B"), 9999, RULES, since_ms=1)
    assert isinstance(record, Case), "what the record itself says is contested has no time to file"


def test_a_third_who_disputes_it_joins_the_case_and_a_new_statement_asks_for_a_new_proposal() -> None:
    three = joined(ready(), "C", Statement("C", 12, "me too"))
    assert (three.parties, three.stage, three.proposal) == (("A", "B", "C"), "open", None)
    said = done(stated(ready(), "zhou", "rang the customer", "A", 13, leader=True))
    assert (said.stage, said.proposal, said.statements[-1].counts) == ("open", None, True)
    assert not done(stated(ready(), "B", "he named me", "B", 13, leader=True)).statements[-1].counts
    assert not done(stated(ready(), "C", "he named A", "A", 13, leader=False)).statements[-1].counts
    assert stated(ready(), "B", "x" * 201, "", 13, leader=False) == "no_statement"
    assert stated(done(decide(ready())), "B", "too late", "", 30, leader=False) == "not_open"


def test_a_case_that_is_not_decided_in_time_is_overdue_and_escalates_once() -> None:
    case = ready()
    assert not overdue(case, 110)
    assert overdue(case, 111)
    said = done(escalated(case, 111))
    assert said.escalated_ms == 111
    assert escalated(said, 200) is said
    assert escalated(case, 100) == "not_open"
    assert not overdue(done(decide(case)), 10**6)


def test_shares_are_in_force_once_everybody_in_them_has_consented() -> None:
    asked = consented(Shares(), "A", HALVES, 1)
    assert asked == Shares(None, Agreement(HALVES, ("A",), 1))
    assert consented(asked, "A", HALVES, 2) == asked
    assert consented(asked, "B", HALVES, 3) == Shares(Agreement(HALVES, ("A", "B"), 3))
    other = (Part("A", 6000), Part("B", 4000))
    assert consented(asked, "B", other, 3) == Shares(None, Agreement(other, ("B",), 3))


def test_shares_in_force_give_way_only_when_whoever_loses_by_it_consents() -> None:
    now = Shares(Agreement(HALVES, ("A", "B"), 3))
    all_a = (Part("A", WHOLE),)
    asked = consented(now, "A", all_a, 4)
    assert asked == Shares(now.now, Agreement(all_a, ("A",), 4))
    assert consented(asked, "B", all_a, 5) == Shares(Agreement(all_a, ("A", "B"), 5))
    assert consented(asked, "B", HALVES, 5) == now


def test_shares_of_99_percent_and_those_of_other_people_are_refused() -> None:
    assert consented(Shares(), "A", (Part("A", 9900),), 1) == "bad_shares"
    assert consented(Shares(), "C", HALVES, 1) == "not_party"
