"""What a tenant's configuration says about who gets which customer: people, pools, rules, ownership. Becomes ``leads.policy``."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo

from pydantic import BeforeValidator, Field, StringConstraints, model_validator

from leads.cases import OwnerRule, Rulebook, ShareRule
from leads.policy import (
    Absence,
    Answer,
    Clash,
    Contact,
    Handover,
    Member,
    Policy,
    Pool,
    Rule,
    Scope,
    Strategy,
    Team,
    Widening,
    versioned,
)
from leadstream.configuration.conditions import Test, conditions
from leadstream.configuration.hours import HoursSection
from leadstream.configuration.section import Names, Section, listed

MINUTE_MS, HOUR_MS, DAY_MS = 60_000, 3_600_000, 86_400_000

Id = Annotated[str, StringConstraints(pattern=r"^[\w.-]{1,64}$")]
Level = Literal["senior", "mid", "new"]
Grade = Literal["A", "B", "C"]
Kind = Literal["A", "B", "C", "report", "claim", "transfer", "call", "form", "import"]
Cap = Annotated[int, Field(ge=-1)]
Days = Annotated[float, Field(ge=0, le=36_500)]
Minutes = Annotated[float, Field(ge=0, le=5_256_000)]


class AnswerSection(Section):
    """A bare number is minutes."""

    minutes: float = Field(gt=0, le=5_256_000)
    hours: str = ""

    @model_validator(mode="before")
    @classmethod
    def _short(cls, value: Any) -> Any:
        return {"minutes": value} if isinstance(value, str | int | float) else value

    def answer(self) -> Answer:
        return Answer(_ms(self.minutes, MINUTE_MS), self.hours)


class WideningSection(Section):
    after_minutes: float = Field(gt=0, le=5_256_000)
    team: str = ""
    members: Names = ()
    levels: Names | None = None
    skills: Names | None = None

    def widening(self) -> Widening:
        return Widening(_ms(self.after_minutes, MINUTE_MS), self.team, self.members, self.levels, self.skills)


class RuleSection(Section):
    id: Annotated[str, StringConstraints(pattern=r"^[\w.-]{0,64}$")] = ""
    when: dict[str, Test] = {}
    team: str = ""
    members: Names = ()
    pool: str = ""
    strategy: Strategy = "turn"
    levels: Names = ()
    skills: Names = ()
    grade: Literal["", "A", "B", "C"] = ""
    affinity: bool = True
    overflow: str = ""
    priority: int = Field(default=0, ge=-1_000, le=1_000)
    protect_days: Days = 0.0
    answer: AnswerSection | None = None
    wait_minutes: Annotated[float, Field(ge=-1, le=5_256_000)] = -1.0
    widen: tuple[WideningSection, ...] = ()

    def rule(self, grades: dict[Grade, Names]) -> Rule:
        """The rule as routing compiles it; ``grades`` are the levels of each grade, for a rule that names none of its own."""
        return Rule(
            id=self.id,
            when=conditions(self.when),
            team=self.team,
            members=self.members,
            pool=self.pool,
            strategy=self.strategy,
            levels=self.levels or (grades.get(self.grade, ()) if self.grade else ()),
            skills=self.skills,
            grade=self.grade,
            affinity=self.affinity,
            overflow=self.overflow,
            priority=self.priority,
            protect_ms=_ms(self.protect_days, DAY_MS),
            answer=self.answer.answer() if self.answer else None,
            wait_ms=-1 if self.wait_minutes < 0 else _ms(self.wait_minutes, MINUTE_MS),
            widen=tuple(sorted((w.widening() for w in self.widen), key=lambda w: w.after_ms)),
        )


class AbsenceSection(Section):
    from_: datetime = Field(alias="from")
    until: datetime  # the moment of return
    reason: str = ""


class MemberSection(Section):
    name: str = ""
    weight: float = Field(default=1.0, ge=0, le=1_000)
    level: Literal["", "senior", "mid", "new"] = ""
    skills: Names = ()
    max_open: Cap = -1
    max_day: Cap = -1
    left: bool = False
    paused: bool = False
    absences: tuple[AbsenceSection, ...] = ()
    contact: str = ""
    lines: Names = ()
    shifts: Names = ()
    result: float = 0.0

    def member(self, id: str, zone: ZoneInfo) -> Member:
        """The person of this id; days of absence begin and end in ``zone``."""
        absences = tuple(Absence(moment_ms(a.from_, zone), moment_ms(a.until, zone), a.reason) for a in self.absences)
        return Member(**{**dict(self), "id": id, "absences": absences})


class TeamSection(Section):
    members: Names = ()
    leader: str = ""


class PoolSection(Section):
    members: Names = ()
    leaders: Names = ()
    claims_a_day: Cap = -1
    max_open: Cap = -1
    closed_exempt: bool = False
    cooling_days: Days = 0.0
    fresh_days: Days = 0.0
    recycle_days: Days = 0.0
    close_within_days: Days = 0.0
    warn_days: Days = 0.0

    def pool(self, id: str) -> Pool:
        """The pool of this id, its days as milliseconds."""
        return Pool(
            id=id,
            members=self.members,
            leaders=self.leaders,
            claims_a_day=self.claims_a_day,
            max_open=self.max_open,
            closed_exempt=self.closed_exempt,
            cooling_ms=_ms(self.cooling_days, DAY_MS),
            fresh_ms=_ms(self.fresh_days, DAY_MS),
            recycle_ms=_ms(self.recycle_days, DAY_MS),
            close_within_ms=_ms(self.close_within_days, DAY_MS),
            warn_ms=_ms(self.warn_days, DAY_MS),
        )


class ScopeSection(Section):
    when: dict[str, Test]
    unique: dict[str, Clash] = {}


class OwnershipSection(Section):
    """What owning means. Keys of ``protect_days`` and ``answer`` are kinds: a grade, a move, a door; ``other`` is all the rest."""

    protect_days: dict[Kind, Annotated[float, Field(gt=0, le=3_650)]] = {}
    answer: dict[Kind | Literal["other"], AnswerSection] = {}
    max_open: dict[Level | Literal["all"], Cap] = {}
    call_s: int = Field(default=30, ge=0, le=36_000)
    approval_hours: float = Field(default=0.0, ge=0, le=8_760)


class RoutingSection(Section):
    """How leads are shared out: what ``max_day`` counts, how long a lead waits for somebody, what absence is worth."""

    window_hours: float = Field(default=0.0, ge=0, le=744)
    wait_minutes: Minutes = 1_440.0
    credit: float = Field(default=0.0, ge=0, le=1_000)
    grades: dict[Grade, Names] = {}


class ContactSection(Section):
    most: Cap = -1
    days: float = Field(default=1.0, gt=0, le=3_650)
    refusal_days: Days = 0.0
    hours: str = ""


class HandoverSection(Section):
    per_successor: Cap = -1
    pool: str = ""
    service_team: str = ""
    rotate_days: Days = 0.0


class DisputesSection(Section):
    """The written rule for disputes: what is asked in which order, and the time there is to file, to decide and to appeal."""

    owner: Annotated[tuple[OwnerRule, ...], BeforeValidator(listed)] = Rulebook().owner
    shares: Annotated[tuple[ShareRule, ...], BeforeValidator(listed)] = Rulebook().shares
    helped_contacts: int = Field(default=1, ge=1)
    file_within_days: Days = 30.0
    decide_within_hours: float = Field(default=48.0, gt=0, le=8_760)
    appeal_within_days: Days = 5.0

    def rulebook(self) -> Rulebook:
        return Rulebook(
            owner=self.owner,
            shares=self.shares,
            helped_contacts=self.helped_contacts,
            file_within_ms=_ms(self.file_within_days, DAY_MS),
            decide_within_ms=_ms(self.decide_within_hours, HOUR_MS),
            appeal_within_ms=_ms(self.appeal_within_days, DAY_MS),
        )


class PolicySection(Section):
    """The part of a tenant that is its policy."""

    timezone: str = "Asia/Shanghai"
    unsure_to_owner: bool = True
    protect_days: float = Field(default=30.0, gt=0, le=3_650)
    default_pool: str = "public"
    hours: dict[Id, HoursSection] = {}
    members: dict[Id, MemberSection] = {}
    teams: dict[Id, TeamSection] = {}
    pools: dict[Id, PoolSection] = {"public": PoolSection()}
    scopes: dict[Id, ScopeSection] = {}
    unique: dict[str, Clash] = {}
    ownership: OwnershipSection = OwnershipSection()
    routing: RoutingSection = RoutingSection()
    contact: ContactSection = ContactSection()
    handover: HandoverSection = HandoverSection()
    disputes: DisputesSection = DisputesSection()
    rules: tuple[RuleSection, ...] = ()

    def policy(self) -> Policy:
        """The routing policy as the file says it; ``routing.roster`` lays the changes of people over it."""
        zone = ZoneInfo(self.timezone)
        owning, sharing, contact, leaving = self.ownership, self.routing, self.contact, self.handover
        policy = Policy(
            version="",
            members={id: member.member(id, zone) for id, member in self.members.items()},
            teams={id: Team(id=id, **dict(team)) for id, team in self.teams.items()},
            pools={id: pool.pool(id) for id, pool in self.pools.items()},
            rules=tuple(rule.rule(sharing.grades) for rule in self.rules),
            default_pool=self.default_pool,
            protect_ms=_ms(self.protect_days, DAY_MS),
            timezone=self.timezone,
            unsure_to_owner=self.unsure_to_owner,
            hours={id: hours.hours() for id, hours in self.hours.items()},
            scopes=tuple(Scope(id, conditions(scope.when), scope.unique) for id, scope in self.scopes.items()),
            unique=self.unique,
            protect={kind: _ms(days, DAY_MS) for kind, days in owning.protect_days.items()},
            answer={"" if kind == "other" else kind: target.answer() for kind, target in owning.answer.items()},
            max_open={"" if level == "all" else level: cap for level, cap in owning.max_open.items()},
            call_s=owning.call_s,
            approval_ms=_ms(owning.approval_hours, HOUR_MS),
            wait_ms=_ms(sharing.wait_minutes, MINUTE_MS),
            window_ms=_ms(sharing.window_hours, HOUR_MS),
            credit=sharing.credit,
            contact=Contact(contact.most, _ms(contact.days, DAY_MS), _ms(contact.refusal_days, DAY_MS), contact.hours),
            handover=Handover(
                leaving.per_successor, leaving.pool, leaving.service_team, _ms(leaving.rotate_days, DAY_MS)
            ),
            disputes=self.disputes.rulebook(),
        )
        return versioned(policy)


def _ms(amount: float, unit_ms: int) -> int:
    return round(amount * unit_ms)


def moment_ms(moment: datetime, zone: ZoneInfo) -> int:
    """Milliseconds since the epoch; a moment without zone is the tenant's local time."""
    aware = moment if moment.tzinfo else moment.replace(tzinfo=zone)
    return round(aware.timestamp() * 1_000)
