"""The quarrel 撞单. Salesperson A rings a customer first, B comes later; both work on him. The rule says they share evenly if both
helped. They fight before the customer, who says he deals with A. B is bitter and appeals. Told as it happens, through the real
steps: the record speaks, the written rule proposes, a leader who is no party decides, and all of it stays on record.
"""

from __future__ import annotations

import asyncio

import pytest

from leads.cases import Answer, Case, Part, Touch
from leads.roster import Change
from stores.ownership import numbered
from stores.roster import append
from tests.scenarios.office import Office
from tests.scenarios.town import DAY_MS, Town

PEOPLE = """
members: {A: {}, B: {}, C: {}, zhou: {}, qian: {}}
teams: {sales: {members: [A, B, C], leader: zhou}, house: {members: [zhou], leader: qian}}
disputes: {decide_within_hours: 48, appeal_within_days: 5, file_within_days: 30}
"""
CUSTOMER = {"name": "张伟", "phone": "13800138001", "company": "北京宇创科技有限公司"}
HALVES = (Part("A", 5000), Part("B", 5000))


@pytest.fixture
def office(town: Town) -> Office:
    return Office(town, PEOPLE)


def ok(answer: Answer) -> Case:
    assert (answer.status, answer.reason) == ("done", ""), answer
    assert answer.case
    return answer.case


async def test_the_quarrel(office: Office) -> None:
    tenant, court = office.town.tenant, office.court

    # Monday: the customer fills in the form. Nobody has him; he waits in the pool.
    lead = await office.hears(**CUSTOMER)
    assert (lead.code, lead.pool) == ("pooled", "public")

    # A takes him and rings him: three minutes, on record. From then on he is A's.
    office.day(0.1)
    assert (await office.does("A", "claim", lead)).status == "done"
    await office.calls("A", lead, seconds=180)
    assert ((await office.lease(lead)).owner, (await office.lease(lead)).stage) == ("A", "owned")

    # Wednesday: B meets him at a fair, knows nothing of A, and enters him as his own. The lead is contested, A keeps him.
    office.day(2)
    again = await office.enters("B", {"name": "张伟", "phone": "138 0013 8001"})
    assert (again.code, again.reason, again.owner) == ("contested", "owned_by_other", "A")

    # The record itself opens a case, once, however often the journal is read.
    await office.relayed()
    await office.relayed()
    (case,) = await office.cases()
    assert (case.number, case.origin, case.parties, case.filed_by) == (1, "owned_by_other", ("A", "B"), "")
    assert [move.member for move in await office.moves("case_opened")] == ["A", "B", "zhou"], (
        "both are told, and their leader"
    )

    # B works on him, too: a long call, a visit. And he writes a note about how well they get on, which proves nothing.
    office.day(2.2)
    await office.calls("B", again, seconds=600)
    await office.does("B", "follow_up", again, kind="visit")
    await office.does("B", "follow_up", again, kind="note")
    # While the case runs nobody can take the customer away.
    assert (await office.does("A", "release", lead)).reason == "suspended"

    # They fight before the customer. B says the customer wants him; that is his word, and no evidence.
    office.day(2.5)
    ok(await court.state(tenant, 1, "B", "the customer told me at the fair he wants to deal with me", "B"))
    file = await office.case(1)
    assert file.case.proposal
    assert (file.case.proposal.owner, set(file.case.proposal.parts)) == ("A", set(HALVES))
    assert [g.rule for g in file.case.proposal.grounds] == [
        "customer_names",  # nobody but a party says so
        "first_follow_up",  # A
        "agreed",  # nothing was
        "both_helped",
    ]

    ok(await court.state(tenant, 1, "C", "I heard him ask for B", "B"))  # a colleague's word is none either

    # Their leader rings the customer, who names A. She puts it on record.
    ok(await court.state(tenant, 1, "zhou", "rang the customer: A has looked after him from the start", "A"))
    file = await office.case(1)
    assert file.case.proposal
    assert (file.case.proposal.grounds[0].rule, file.case.proposal.grounds[0].member) == ("customer_names", "A")
    assert set(file.case.proposal.parts) == set(HALVES), "whom he names is whose he is; who helped has his share"
    assert file.work["B"].contacts == 2
    assert (file.work["B"].seconds, file.work["B"].visits, file.work["B"].unproved) == (600, 1, 1)
    assert [t.kind for t in file.touches if t.member == "A"] == ["claim", "call", "named"]

    # A is no judge of it, nor is a colleague; his share cannot be 99 %; his leader decides as the rule says.
    assert (await court.decide(tenant, 1, "A", "mine")).reason == "party"
    assert (await court.decide(tenant, 1, "C", "theirs")).reason == "not_leader"
    unfair = (Part("A", 9900),)
    assert (await court.decide(tenant, 1, "zhou", "nearly all", "A", unfair)).reason == "bad_shares"
    assert (await office.lease(lead)).owner == "A"
    ruled = ok(await court.decide(tenant, 1, "zhou", "the customer names A; both helped"))
    assert (ruled.stage, ruled.decisions[0].as_proposed) == ("decided", True)
    assert (await court.decide(tenant, 1, "zhou", "again")).reason == "not_open"

    # The customer is A's in the same step, the shares stand, nobody else's claim hangs over him, both are told.
    lease = await office.lease(again)
    assert (lease.owner, lease.stage, lease.until_ms) == ("A", "owned", 0)
    assert [move.member for move in await office.moves("case_decided")] == ["A", "B"]
    assert (await office.case(1)).shares.now

    # B threatens to resign, and appeals instead: in time, as a party, once. Another leader looks at it, for good.
    office.day(5)
    assert (await court.appeal(tenant, 1, "C", "unfair to B")).reason == "not_party"
    ok(await court.appeal(tenant, 1, "B", "the visit brought the order"))
    assert (await court.decide(tenant, 1, "zhou", "no")).reason == "same_judge"
    final = ok(await court.decide(tenant, 1, "qian", "the visit counted", "A", (Part("A", 4000), Part("B", 6000))))
    assert (final.stage, final.decisions[1].as_proposed) == ("final", False)
    assert (await court.appeal(tenant, 1, "A", "no")).reason == "late"

    # For ever on record: who said what, who decided, under which rule, and every attempt that was refused.
    file = await office.case(1)
    assert [d.by for d in file.case.decisions] == ["zhou", "qian"]
    assert file.shares.now
    assert file.shares.now.parts == (Part("A", 4000), Part("B", 6000))
    assert file.case.proposal
    assert file.case.proposal.rulebook == (await office.policies.now(tenant)).version
    refused = [(move.member, move.why) for move in await office.moves("case_refused")]
    assert refused == [
        ("A", "party"),
        ("C", "not_leader"),
        ("zhou", "bad_shares"),
        ("zhou", "not_open"),
        ("C", "not_party"),
        ("zhou", "same_judge"),
        ("A", "late"),
    ]
    assert await office.cases() == []


async def test_shares_agreed_beforehand_spare_the_quarrel(office: Office) -> None:
    lead = await office.hears(**CUSTOMER)
    await office.does("A", "claim", lead)
    await office.calls("A", lead, seconds=180)
    tenant, court, parts = office.town.tenant, office.court, (Part("A", 7000), Part("B", 3000))
    assert (await court.agree(tenant, lead.event, "", "A", parts)).shares
    pending = (await court.agree(tenant, lead.event, "", "A", parts)).shares
    assert pending
    assert pending.now is None, "it waits for B"
    assert (await court.agree(tenant, lead.event, "", "C", parts)).reason == "not_party"
    agreed = (await court.agree(tenant, lead.event, "", "B", parts)).shares
    assert agreed
    assert agreed.now
    await office.calls("B", lead, seconds=400)
    number = ok(await office.files("B", lead, "the order is mine")).number
    file = await office.case(number)
    assert file.case.proposal
    assert (file.case.proposal.owner, file.case.proposal.parts) == ("A", parts)


async def test_of_two_leaders_who_decide_at_once_one_decides(office: Office) -> None:
    lead = await office.hears(**CUSTOMER)
    await office.does("A", "claim", lead)
    number = ok(await office.files("B", lead, "mine")).number
    tenant, court = office.town.tenant, office.court
    zhou, qian = await asyncio.gather(
        court.decide(tenant, number, "zhou", "A's", "A", (Part("A", 10_000),)),
        court.decide(tenant, number, "qian", "B's", "B", (Part("B", 10_000),)),
    )
    assert sorted([zhou.reason, qian.reason]) == ["", "not_open"]
    winner = zhou if zhou.status == "done" else qian
    file = await office.case(number)
    assert winner.case
    assert file.case.decisions == winner.case.decisions
    assert (await office.lease(lead)).owner == file.case.decisions[0].owner
    assert file.shares.now
    assert file.shares.now.parts == file.case.decisions[0].parts


async def test_of_many_who_dispute_at_once_all_are_parties_to_one_case(office: Office) -> None:
    lead = await office.hears(**CUSTOMER)
    await office.does("A", "claim", lead)
    done = await asyncio.gather(*(office.files(member, lead, "mine") for member in ("B", "C", "B")))
    assert {ok(answer).number for answer in done} == {1}
    (case,) = await office.cases()
    assert (case.parties[0], set(case.parties)) == ("A", {"A", "B", "C"})


async def test_a_case_nobody_decides_is_late_and_says_so_once(office: Office) -> None:
    lead = await office.hears(**CUSTOMER)
    await office.does("A", "claim", lead)
    ok(await office.files("B", lead, "I rang him last week"))
    office.day(1.9)
    assert await office.court.overdue(office.town.tenant) == 0
    office.day(2.1)
    assert [await office.court.overdue(office.town.tenant) for _ in range(2)] == [1, 0]
    assert [move.member for move in await office.moves("case_overdue")] == ["A", "B", "zhou"]
    (case,) = await office.cases()
    assert case.escalated_ms == office.now_ms
    ok(await office.court.decide(office.town.tenant, case.number, "zhou", "late, and A's"))


@pytest.mark.parametrize(
    ("who", "day", "reason"),
    [("B", 31, "late"), ("A", 1, "own"), ("nobody", 1, "no_member")],
)
async def test_what_a_filing_is_refused_for(office: Office, who: str, day: float, reason: str) -> None:
    lead = await office.hears(**CUSTOMER)
    await office.does("A", "claim", lead)
    await office.calls("A", lead, seconds=60)
    before = await office.lease(lead)
    office.day(day)
    assert (await office.files(who, lead, "mine")).reason == reason
    assert await office.cases() == []
    assert await office.lease(lead) == before
    assert [(m.member, m.why) for m in await office.moves("case_refused")] == [(who, reason)]


async def test_a_case_about_nobody_or_about_a_customer_nobody_has_is_refused(office: Office) -> None:
    lead = await office.hears(**CUSTOMER)
    assert (await office.files("B", lead, "mine")).reason == "no_owner"
    unknown = await office.court.file(office.town.tenant, "1" * 32, "f" * 32, "", "B", "mine")
    assert unknown.reason == "unknown"
    assert await office.court.show(office.town.tenant, 7) is None
    assert (await office.court.decide(office.town.tenant, 7, "zhou", "no")).reason == "no_case"


async def test_two_owners_meet_in_a_merge_and_neither_is_overwritten(office: Office) -> None:
    """Odoo 49484 and Django-CRM 636: a merge loses data and cannot be undone. Here both keep what they have until it is decided."""
    one = await office.enters("A", {"name": "张伟", "phone": "13800138001"})
    two = await office.enters("B", {"name": "张伟", "email": "zhangwei@yuchuang.example"})
    assert (one.owner, two.owner) == ("A", "B")
    met = await office.hears(name="张伟", phone="13800138001", email="zhangwei@yuchuang.example")
    assert (met.code, met.reason) == ("contested", "two_owners")
    await office.relayed()
    (case,) = await office.cases()
    assert (case.origin, case.parties) == ("two_owners", ("A", "B"))
    file = await office.case(case.number)
    assert [(t.kind, t.member) for t in file.touches][:2] == [("report", "A"), ("report", "B")]
    ok(await office.court.decide(office.town.tenant, case.number, "zhou", "B knows him", "B", HALVES))
    assert (await office.lease(one)).owner == "B"
    assert [past.member for past in (await office.lease(one)).past] == ["A"]


async def test_a_customer_is_disputed_by_the_name_he_has_in_lists(office: Office) -> None:
    lead = await office.hears(**CUSTOMER)
    await office.does("A", "claim", lead)
    filed = ok(await office.court.file(office.town.tenant, "1" * 32, numbered(lead.seq), "", "B", "mine"))
    assert (filed.event, filed.seq) == (lead.event, lead.seq)
    assert (await office.court.file(office.town.tenant, "2" * 32, numbered(99), "", "B", "mine")).reason == "unknown"


async def test_a_third_who_disputes_the_same_customer_joins_the_case(office: Office) -> None:
    lead = await office.hears(**CUSTOMER)
    await office.does("A", "claim", lead)
    first = ok(await office.files("B", lead, "mine"))
    third = ok(await office.files("C", lead, "no, mine"))
    assert (third.number, third.parties) == (first.number, ("A", "B", "C"))
    assert (await office.court.decide(office.town.tenant, first.number, "C", "mine")).reason == "party"


def weight(touches: tuple[Touch, ...], member: str) -> int:
    return sum(t.weight for t in touches if t.member == member)


async def test_a_call_too_short_and_a_note_keep_no_customer(office: Office) -> None:
    lead = await office.hears(**CUSTOMER)
    await office.does("A", "claim", lead)
    await office.calls("A", lead, seconds=3)
    await office.does("A", "follow_up", lead, kind="note")
    await office.calls("B", lead, seconds=300)
    number = ok(await office.files("B", lead, "A never spoke to him")).number
    file = await office.case(number)
    assert (weight(file.touches, "A"), weight(file.touches, "B")) == (0, 1)
    assert file.case.proposal
    assert (file.case.proposal.owner, file.case.proposal.parts) == ("B", (Part("B", 10_000),))


async def test_a_contact_that_was_refused_is_listed_and_counts_for_nothing(office: Office) -> None:
    """Backdated: before he had the customer. Nobody makes evidence afterwards."""
    lead = await office.hears(**CUSTOMER)
    office.day(1)
    await office.does("A", "claim", lead)
    late, office.now_ms = office.now_ms, office.now_ms - DAY_MS // 2
    assert (await office.calls("A", lead, seconds=300)).reason == "earlier"
    office.now_ms = late
    number = ok(await office.files("B", lead, "mine")).number
    (call,) = [t for t in (await office.case(number)).touches if t.kind == "call"]
    assert (call.member, call.weight) == ("A", 0)


async def test_the_rule_that_was_in_force_when_it_was_contested_decides(office: Office) -> None:
    """A policy that changes while a case runs changes nothing about it."""
    lead = await office.hears(**CUSTOMER)
    await office.does("A", "claim", lead)
    number = ok(await office.files("B", lead, "mine")).number
    before = (await office.policies.now(office.town.tenant)).version
    office.day(1)
    change = Change("changed", "C", office.now_ms, "zhou", set={"level": "senior"})
    await append(office.town.index.client, office.town.tenant, "x", 0, [change], office.now_ms)
    assert (await office.policies.at(office.town.tenant, office.now_ms + DAY_MS)).version != before
    file = await office.case(number)
    assert file.case.proposal
    assert file.case.proposal.rulebook == before
