"""From a lead to where it goes if nobody owns its customer: the first rule whose conditions all hold decides."""

from __future__ import annotations

from msgspec.structs import replace

from leads.policy import Member, Policy, Pool, Rule, Scope
from leads.records import Door, Lead, Plan, Share
from routing.availability import Moment, Moments, hindrance
from routing.rules import Conditions
from routing.terms import answer_target, holding_cap, protect_ms
from routing.working_time import calendar

_UNMATCHED = Rule(id="", affinity=True)
_ONE_SCOPE = Scope(id="", when=())
_DOORS: tuple[Door, ...] = ("call", "form", "import")
_MEMO_CAP = 65_536  # situations remembered


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
        self._conditions = Conditions((*policy.rules, *policy.scopes))
        self._moments = Moments(policy)
        self._by_door = not {*policy.protect, *policy.answer}.isdisjoint(_DOORS)
        self._memo: dict[tuple[object, ...], Plan] = {}
        self._plans: dict[Plan, Plan] = {}

    def plan(self, lead: Lead, now_ms: int) -> Plan:
        """Never without a target: ``shares`` or ``pool`` is there."""
        holding = self._conditions.holding(lead)
        moment = self._moments.at(now_ms)
        door = lead.door if self._by_door else ""
        situation = (holding, moment, door)
        found = self._memo.get(situation)
        if found is None:
            considered, rule = self._matching(holding)
            scope = next((s for s in self._policy.scopes if not self._conditions.failed(s.when, holding)), _ONE_SCOPE)
            found = self._keep(situation, self._make(rule, scope.id, door, moment, now_ms, 0, considered))
        return found

    def again(self, before: Plan, now_ms: int, waited_ms: int) -> Plan | None:
        """A fresh plan for a lead that waits under an earlier one since so long: by the same rule, as it says now and as wide as
        it has become. None when the policy has no such rule any more, or one that sends leads to a pool."""
        rule = next((rule for rule in self._policy.rules if rule.id == before.rule and not rule.pool), None)
        if rule is None:
            return None
        moment, wide = self._moments.at(now_ms), sum(wider.after_ms <= waited_ms for wider in rule.widen)
        situation = (rule.id, before.scope, before.door, moment, wide)
        found = self._memo.get(situation)
        if found is None:
            considered = [(f"rule:{rule.id}", "matched")]
            made = self._make(rule, before.scope, before.door, moment, now_ms, wide, considered)
            found = self._keep(situation, made)
        return found

    def answer_by(self, made: Plan, now_ms: int) -> int:
        """When a lead of ``now_ms`` under this plan must have been answered, 0 without a target."""
        if not made.answer_ms or not made.answer_hours:
            return made.answer_ms and now_ms + made.answer_ms
        hours = self._policy.hours[made.answer_hours]
        return calendar(hours, self._policy.timezone).after(now_ms, made.answer_ms)

    def _keep(self, situation: tuple[object, ...], made: Plan) -> Plan:
        if len(self._memo) >= _MEMO_CAP:
            self._memo.clear()
            self._plans.clear()
        self._memo[situation] = self._plans.setdefault(made, made)
        return self._memo[situation]

    def _make(
        self,
        matched: Rule,
        scope: str,
        door: str,
        moment: Moment,
        now_ms: int,
        wide: int,
        considered: list[tuple[str, str]],
    ) -> Plan:
        policy = self._policy
        if scope:
            considered.append(("scope", scope))
        if matched.grade:
            considered.append(("grade", matched.grade))
        rule = _widened(matched, wide)
        home = rule.pool or rule.overflow or policy.default_pool
        pool = policy.pools.get(home, Pool(id=home))  # a policy made without pools has the default one, with no limits
        shares: list[Share] = []
        away: list[Share] = []
        for member in self._target(rule):
            kind, detail = hindrance(member, rule, now_ms, scope, moment[1])
            considered.append((f"member:{member.id}", f"{kind}: {detail}" if detail else kind or "available"))
            if kind in ("", "absent"):
                share = Share(member.id, member.weight, holding_cap(policy, member.id, pool), member.max_day)
                (away if kind else shares).append(share)
        if rule.strategy == "ranked":
            shares.sort(key=lambda share: -policy.members[share.member].result)
        kinds = (rule.grade, door)
        answer = rule.answer or answer_target(policy, kinds)
        return Plan(
            rule=rule.id,
            policy=policy.version,
            strategy=rule.strategy,
            group=_group(matched),
            shares=tuple(shares),
            pool=pool.id,
            reason="unmatched" if matched is _UNMATCHED else "matched_rule" if rule.pool else "parked",
            affinity=rule.affinity,
            protect_ms=rule.protect_ms or protect_ms(policy, kinds),
            scope=scope,
            considered=tuple(considered),
            priority=rule.priority,
            wait_ms=0 if not (rule.team or rule.members) else policy.wait_ms if rule.wait_ms < 0 else rule.wait_ms,
            window_ms=policy.window_ms,
            away=tuple(away) if policy.credit > 0 and rule.strategy == "turn" else (),
            credit=policy.credit,
            recycle_ms=pool.recycle_ms,
            close_within_ms=pool.close_within_ms,
            warn_ms=pool.warn_ms,
            answer_ms=answer.within_ms if answer else 0,
            answer_hours=answer.hours if answer else "",
            door=door,
        )

    def _matching(self, holding: int) -> tuple[list[tuple[str, str]], Rule]:
        """The first rule whose conditions hold, and what to say of every rule."""
        considered: list[tuple[str, str]] = []
        matched = _UNMATCHED
        for rule in self._policy.rules:
            if matched is not _UNMATCHED:
                considered.append((f"rule:{rule.id}", "not reached"))
            elif failed := self._conditions.failed(rule.when, holding):
                considered.append((f"rule:{rule.id}", f"{failed.field}: {failed.op}"))
            else:
                considered.append((f"rule:{rule.id}", "matched"))
                matched = rule
        return considered, matched

    def _target(self, rule: Rule) -> list[Member]:
        ids = self._policy.teams[rule.team].members if rule.team else rule.members
        return [self._policy.members[id] for id in dict.fromkeys(ids)]


def _widened(rule: Rule, steps: int) -> Rule:
    """The rule after so many of its widenings."""
    for wider in rule.widen[:steps]:
        if wider.team or wider.members:
            rule = replace(rule, team=wider.team, members=wider.members)
        if wider.levels is not None:
            rule = replace(rule, levels=wider.levels)
        if wider.skills is not None:
            rule = replace(rule, skills=wider.skills)
    return rule


def _group(rule: Rule) -> str:
    """Whose turn it is, is counted among people who are eligible alike: a team as a whole, or the selection of one rule.

    Were selected and common leads counted together, the seniors a rule prefers would get nothing else; were leads counted that
    do not go by turn, whoever gets them would be without a turn for ever.
    """
    if rule.team and rule.strategy == "turn" and not (rule.levels or rule.skills):
        return f"team:{rule.team}"
    return f"rule:{rule.id}" if rule.team or rule.members else ""
