"""The planted cases come out as expected: the pure steps run one lead at a time over plain dictionaries."""

from __future__ import annotations

from collections import defaultdict

import pytest

from leads.prepare import prepare
from leads.records import Envelope, Facts, IndexStats, Lead, Neighbour, Refused, Row, Verdict
from leadstream.configuration.config import load
from leadstream.sample.leads import Planted, draw
from leadstream.sample.planted import CASES
from matchers.keys import keys_of
from matchers.verdict import judge
from matchers.weights import DEFAULT
from routing.plan import compile_policy

SUPPRESSED = {
    "withheld number": "withheld",
    "internal call": "internal",
    "do not contact": "do_not_contact",
    "test lead": "test",
    "malformed row": "malformed",
    "no identity": "no_identity",
}


class Book:
    """Who is who, without a store: what register and commit keep, for one writer."""

    def __init__(self) -> None:
        self.entity: dict[int, int] = {}  # seq -> entity
        self.members: dict[int, list[int]] = {}
        self.facts: dict[int, Facts] = {}
        self.holders: dict[bytes, list[int]] = defaultdict(list)
        self.joined = 0

    def enter(self, facts: Facts) -> tuple[int, Verdict]:
        seq, keys = len(self.facts) + 1, keys_of(facts, b"0123456789abcdef")
        met = [{self.entity[other] for other in self.holders[key]} for key in keys]
        near = [
            Neighbour(
                id, tuple(self.members[id]), tuple(self.facts[s] for s in self.members[id]), 0, min(self.members[id])
            )
            for id in sorted(set().union(*met))
        ]
        verdict = judge(facts, [len(ids) for ids in met], near, IndexStats(seq, self.joined), DEFAULT)
        self.facts[seq], self.entity[seq], self.members[seq] = facts, seq, [seq]
        for key in keys:
            self.holders[key].append(seq)
        self.joined += bool(verdict.joins)
        for join in verdict.joins:
            self._unite(self.entity[join], self.entity[seq])
        return seq, verdict

    def _unite(self, into: int, other: int) -> None:
        for seq in self.members.pop(other):
            self.entity[seq] = into
            self.members[into].append(seq)


class Run:
    """All samples through the pure steps."""

    def __init__(self) -> None:
        self.samples = draw()
        main = load(None, {}).tenants["main"]
        self._preparation, self.router = main.preparation(), compile_policy(main.policy())
        self.book, self.seq = Book(), dict[str, int]()
        self.verdicts, self.refused, self.leads = dict[str, Verdict](), dict[str, str](), dict[str, Lead]()
        for envelope in self.samples.envelopes:
            for row in envelope.rows:
                self._take(row, envelope)

    def _take(self, row: Row, envelope: Envelope) -> None:
        lead = prepare(row, envelope, self._preparation)
        if isinstance(lead, Refused):
            self.refused[row.event] = lead.reason
            return
        self.leads[row.event] = lead
        self.seq[row.event], self.verdicts[row.event] = self.book.enter(lead.facts)

    def entities(self, case: Planted) -> list[int]:
        return [self.book.entity[self.seq[event]] for event in case.events]

    def holds(self, case: Planted) -> bool:
        last = case.events[-1]
        match case.expect:
            case "one" | "contested":
                return len(set(self.entities(case))) == 1
            case "apart" | "colleagues":
                return len(set(self.entities(case))) == len(case.events)
            case "unsure":
                return self.verdicts[last].kind == "unsure"
            case "call_update":
                return all(self.verdicts[event].reason == "call_update" for event in case.events[1:])
            case "suppressed" | "rejected":
                return self.refused[last] == SUPPRESSED[case.kind]
            case "pooled":
                return not self.router.plan(self.leads[last], self.leads[last].at_ms).shares
        return False


@pytest.fixture(scope="module")
def run() -> Run:
    return Run()


@pytest.mark.parametrize("kind", list(CASES))
def test_planted_cases_come_out_as_expected(run: Run, kind: str) -> None:
    cases = [case for case in run.samples.planted if case.kind == kind]

    assert [case for case in cases if not run.holds(case)] == []


def test_claims_are_read_as_claims(run: Run) -> None:
    claimed = [case for case in run.samples.planted if case.kind == "claimed by two"]

    assert all(len({run.leads[event].claimant for event in case.events} - {""}) == 2 for case in claimed)


def test_nothing_is_refused_that_was_not_planted_so(run: Run) -> None:
    planted = {
        event for case in run.samples.planted if case.expect in ("suppressed", "rejected") for event in case.events
    }

    assert set(run.refused) == planted


def test_every_rule_of_the_shipped_example_gets_leads_and_so_does_the_pool(run: Run) -> None:
    met = {run.router.plan(lead, lead.at_ms).rule for lead in run.leads.values()}

    assert met == {"", *(rule.id for rule in load(None, {}).tenants["main"].policy().rules)}
