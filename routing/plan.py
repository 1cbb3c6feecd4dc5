"""From a lead to where it goes if nobody owns its customer: the first rule whose conditions all hold decides."""

from __future__ import annotations

from leads.policy import Member, Policy, Rule
from leads.records import Lead, Plan, Share
from routing.availability import Epochs, hindrance
from routing.rules import Conditions

_UNMATCHED = Rule(id="", affinity=True)
_MEMO_CAP = 65_536  # (conditions, epoch) pairs remembered


def plan(lead: Lead, policy: Policy, now_ms: int) -> Plan:
    """Where ``lead`` goes at ``now_ms`` (the event's time). For more than one lead compile the policy once."""
    return compile_policy(policy).plan(lead, now_ms)


def compile_policy(policy: Policy) -> Router:
    """The policy, ready for many leads. The policy is taken as checked (``routing.check.faults``)."""
    return Router(policy)


class Router:
    """Plans under one policy. Deterministic; equal plans are the same object, so a caller may remember them by identity."""

    def __init__(self, policy: Policy) -> None:
        self._policy = policy
        self._conditions = Conditions(policy.rules)
        self._epochs = Epochs(policy.members.values())
        self._memo: dict[tuple[int, int], Plan] = {}
        self._plans: dict[Plan, Plan] = {}

    def plan(self, lead: Lead, now_ms: int) -> Plan:
        """Never without a target: ``shares`` or ``pool`` is there."""
        situation = (self._conditions.holding(lead), self._epochs.at(now_ms))
        found = self._memo.get(situation)
        if found is None:
            if len(self._memo) >= _MEMO_CAP:
                self._memo.clear()
                self._plans.clear()
            made = self._make(situation[0], now_ms)
            found = self._memo[situation] = self._plans.setdefault(made, made)
        return found

    def _make(self, holding: int, now_ms: int) -> Plan:
        considered: list[tuple[str, str]] = []
        chosen = _UNMATCHED
        for rule in self._policy.rules:
            if chosen is not _UNMATCHED:
                considered.append((f"rule:{rule.id}", "not reached"))
            elif failed := self._conditions.failed(rule.when, holding):
                considered.append((f"rule:{rule.id}", f"{failed.field}: {failed.op}"))
            else:
                considered.append((f"rule:{rule.id}", "matched"))
                chosen = rule
        if chosen.grade:
            considered.append(("grade", chosen.grade))
        members = self._target(chosen)
        reasons = [(member, hindrance(member, chosen, now_ms)) for member in members]
        considered += [(f"member:{member.id}", reason or "available") for member, reason in reasons]
        shares = tuple(
            Share(member=m.id, weight=m.weight, max_open=m.max_open, max_day=m.max_day) for m, no in reasons if not no
        )
        reason = "unmatched" if chosen is _UNMATCHED else "matched_rule" if chosen.pool else "parked"
        return Plan(
            rule=chosen.id,
            policy=self._policy.version,
            strategy=chosen.strategy,
            group=_group(chosen),
            shares=shares,
            pool=chosen.pool or chosen.overflow or self._policy.default_pool,
            reason=reason,
            affinity=chosen.affinity,
            protect_ms=self._policy.protect_ms,
            considered=tuple(considered),
        )

    def _target(self, rule: Rule) -> list[Member]:
        ids = self._policy.teams[rule.team].members if rule.team else rule.members
        return [self._policy.members[id] for id in dict.fromkeys(ids)]


def _group(rule: Rule) -> str:
    """Whose turn it is, is counted among people who are eligible alike: a team as a whole, or the selection of one rule.

    Were selected and common leads counted together, the seniors a rule prefers would get nothing else.
    """
    if rule.team and not (rule.levels or rule.skills):
        return f"team:{rule.team}"
    return f"rule:{rule.id}" if rule.team or rule.members else ""
