"""What would have become of recorded leads under another policy: a fold over what happened, in memory, nothing live touched.

Who a customer is, is taken as it was recorded; whose he is, follows from the candidate. A match to an owner stays with whoever
owns him in the replay; claims, transfers, releases and lapses happen as they happened. Before ``since_ms`` all is as recorded.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

import msgspec
from msgspec.structs import replace

from leads.policy import Policy
from leads.records import Lead, Outcome, Plan
from routing.fairness import Gift, gift_of
from routing.plan import compile_policy
from routing.turns import Turns

_FREED = ("release", "lapsed", "undone", "erased", "expired")
_TAKEN = ("claim", "report", "transfer", "depart")


class Step(msgspec.Struct, frozen=True):
    """One effect of the journal. A lead's ``outcome`` with the plan it had, and the ``lead`` itself where it is to be routed
    again; or a move: ``what`` befell an ``entity``, and ``member``."""

    number: int
    at_ms: int
    entity: int
    outcome: Outcome | None = None
    absorbed: tuple[int, ...] = ()
    plan: Plan | None = None
    lead: Lead | None = None
    what: str = ""
    member: str = ""


class Difference(msgspec.Struct, frozen=True):
    """A lead that would have gone elsewhere; a pool is written with a colon before it."""

    event: str
    at_ms: int
    rule_was: str
    was: str
    rule: str
    now: str


class Replay(msgspec.Struct, frozen=True):
    """``waits``: how long each that was parked waited (ms); ``unplaced``: those still waiting at the end."""

    routed: int
    differences: tuple[Difference, ...]
    gifts: tuple[Gift, ...]
    waits: tuple[int, ...]
    unplaced: int


class _Waiting(msgspec.Struct):
    step: Step
    plan: Plan


class _Replay:
    def __init__(self, policy: Policy, day: Callable[[int], int]) -> None:
        self._router = compile_policy(policy)
        self._day = day
        self._turns = Turns()
        self._owner: dict[int, str] = {}
        self._line: list[_Waiting] = []
        self.went: dict[int, tuple[str, str]] = {}  # number -> rule, owner or pool
        self.gifts: list[Gift] = []
        self.waits: list[int] = []

    def take(self, step: Step, routed: bool) -> None:
        """Go on by one effect of the journal. ``routed``: the rules are asked who gets the lead; else it only tells who holds whom."""
        for gone in step.absorbed:
            self._meet(step.entity, gone)
        self._drain(step.at_ms)
        outcome = step.outcome
        if outcome is None:
            self._move(step)
            self._drain(step.at_ms)
        elif not routed:
            if outcome.owner and outcome.code in ("assigned", "review"):
                self._hold(step.entity, outcome.owner)
        elif outcome.reason in ("claimed", "customer"):
            self._hold(step.entity, outcome.owner)
            self._give(step, outcome.owner, outcome.reason, step.plan)
        elif step.lead is not None:
            self._route(step, step.lead)

    def _route(self, step: Step, lead: Lead) -> None:
        assert step.outcome is not None
        owner = self._owner.get(step.entity, "")
        plan = self._router.plan(lead, step.at_ms)
        if owner:  # a match to the present owner: exempt
            self._give(step, owner, "same_contact", plan)
            return
        near = self._owner.get(step.outcome.account, "") if step.outcome.account else ""
        picked = self._turns.pick(plan, step.at_ms, self._day(step.at_ms), near)
        if picked:
            self._hold(step.entity, picked[0])
            self._give(step, *picked, plan)
            return
        self.went[step.number] = plan.rule, f":{plan.pool}"
        if plan.wait_ms and not any(one.step.entity == step.entity for one in self._line):
            self._line.append(_Waiting(step, plan))

    def _drain(self, now_ms: int) -> None:
        """Places who waits, by priority and time. A plan that nobody could take is not asked again in one go."""
        if not self._line:
            return
        full: list[Plan] = []
        left = []
        for one in sorted(self._line, key=lambda w: (-w.plan.priority, w.step.at_ms)):
            waited = now_ms - one.step.at_ms
            made = self._router.again(one.plan, now_ms, waited) or one.plan
            if self._owner.get(one.step.entity) or waited >= made.wait_ms:
                continue
            picked = None
            if not any(made is other for other in full):
                picked = self._turns.pick(made, now_ms, self._day(now_ms))
            if picked:
                self._hold(one.step.entity, picked[0])
                self._give(one.step, *picked, made)
                self.waits.append(waited)
            else:
                full.append(made)
                left.append(one)
        self._line = left

    def _give(self, step: Step, owner: str, reason: str, plan: Plan | None) -> None:
        assert step.outcome is not None
        self.went[step.number] = plan.rule if plan else "", owner
        code = "merged" if reason == "same_contact" else "assigned"
        gift = gift_of(replace(step.outcome, code=code, reason=reason, owner=owner), plan)
        if gift is not None:
            self.gifts.append(gift)

    def _move(self, step: Step) -> None:
        if step.what in _FREED:
            self._hold(step.entity, "")
        elif step.what in _TAKEN and step.member:
            self._hold(step.entity, step.member)

    def _hold(self, entity: int, owner: str) -> None:
        before = self._owner.pop(entity, "")
        if before:
            self._turns.open[before] -= 1
        if owner:
            self._owner[entity] = owner
            self._turns.open[owner] += 1

    def _meet(self, kept: int, gone: int) -> None:
        owner = self._owner.get(gone, "")
        self._hold(gone, "")
        if owner and not self._owner.get(kept):
            self._hold(kept, owner)

    @property
    def unplaced(self) -> int:
        return len(self._line)


def replay(past: Iterable[Step], policy: Policy, since_ms: int, day: Callable[[int], int]) -> Replay:
    """What ``policy`` would have done with the leads of ``past`` from ``since_ms`` on. ``day`` numbers the days of its calendar."""
    state, recorded = _Replay(policy, day), {}
    for step in past:
        routed = step.at_ms >= since_ms
        state.take(step, routed)
        if routed and step.outcome is not None and step.number in state.went:
            recorded[step.number] = step.outcome
    differences = []
    for number, outcome in recorded.items():
        rule, now = state.went[number]
        was = outcome.owner or f":{outcome.pool}"
        if was != now:
            differences.append(Difference(outcome.event, outcome.at_ms, outcome.rule, was, rule, now))
    return Replay(len(recorded), tuple(differences), tuple(state.gifts), tuple(state.waits), state.unplaced)
