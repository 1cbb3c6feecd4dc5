"""People as they change: a change told by a person in the notation of the configuration, checked whole, appended whole."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
from pydantic import ValidationError

from leads.errors import Mistakes, StoreDown
from leads.policy import Absence, Policy
from leads.roster import Change, Version, What
from leadstream.advice import advice
from leadstream.policies import Policies
from leadstream.policysection import AbsenceSection, MemberSection
from leadstream.reviewing import check_reason
from leadstream.settings import Settings
from routing.roster import mistakes
from stores import roster

_TRIES = 5


class Asked(msgspec.Struct, frozen=True):
    """A change as a person tells it. ``set`` is in the notation of a member in the configuration file. ``place`` says where it
    stands ("row 3"), for messages; "" when it is the only one."""

    what: What
    member: str
    from_ms: int
    why: str = ""
    set: Mapping[str, Any] = {}
    absence: Mapping[str, Any] | None = None
    teams: tuple[str, ...] | None = None
    leads: tuple[str, ...] | None = None
    pools: tuple[str, ...] | None = None
    pool_leads: tuple[str, ...] | None = None
    place: str = ""


class Changed(msgspec.Struct, frozen=True):
    """The roster's version after it, and whether the same was told before."""

    version: int
    known: bool = False


class Roster:
    """The people of each tenant. Satisfies ``gateway.people.People``."""

    def __init__(self, client: Any, policies: Policies, settings: Settings, clock: Callable[[], int]) -> None:
        self._client, self._policies, self._settings, self._clock = client, policies, settings, clock

    async def policy(self, tenant: str, at_ms: int = 0) -> Policy:
        """The policy in force at a moment, 0 for now. Raises StoreDown."""
        return await self._policies.at(tenant, at_ms or self._clock())

    async def versions(self, tenant: str, member: str = "") -> list[Version]:
        """The changes on record in order, of one member or of all. Raises StoreDown."""
        return [v for v in await self._policies.look(tenant) if member in ("", v.change.member)]

    async def change(self, tenant: str, asked: Sequence[Asked], actor: str, id: str) -> Changed:
        """All of it or nothing. The same ``id`` again is known. Raises Mistakes with every place that is wrong; BadInput for
        a reason that cannot go on record; StoreDown."""
        zone = ZoneInfo(self._settings.tenants[tenant].timezone)
        changes = self._read(asked, actor, zone)
        for _ in range(_TRIES):
            known = await self._policies.look(tenant)
            found = mistakes(self._policies.base(tenant), known, changes)
            done = await roster.known(self._client, tenant, id) if found else 0
            if done:  # it was appended before, and what it says is so already
                return Changed(done, known=True)
            if found:
                raise Mistakes([(_place(asked[n], field), what) for n, field, what in found])
            answer = await roster.append(self._client, tenant, id, len(known), changes, self._clock())
            if answer.status != "stale":
                await self._policies.look(tenant)
                return Changed(answer.version, answer.status == "known")
        raise StoreDown("others keep changing the roster; try again")

    def _read(self, asked: Sequence[Asked], actor: str, zone: ZoneInfo) -> list[Change]:
        found: list[tuple[str, str]] = []
        changes = []
        for one in asked:
            check_reason(one.why)
            try:
                changes.append(_change(one, actor, zone))
            except ValidationError as error:
                for fault in error.errors(include_url=False):
                    section = AbsenceSection if fault["loc"][:1] in (("from",), ("until",)) else MemberSection
                    path = ".".join(map(str, fault["loc"]))
                    found.append((_place(one, path), advice(section, fault["loc"], fault)))
        if found:
            raise Mistakes(found)
        return changes


def _change(asked: Asked, actor: str, zone: ZoneInfo) -> Change:
    section = MemberSection.model_validate(dict(asked.set))
    member = section.member(asked.member, zone)
    said = {name: getattr(member, name) for name in section.model_fields_set}
    absence: Absence | None = None
    if asked.absence is not None:
        away = AbsenceSection.model_validate(dict(asked.absence))
        (absence,) = MemberSection(absences=(away,)).member(asked.member, zone).absences
    return Change(
        what=asked.what,
        member=asked.member,
        from_ms=asked.from_ms,
        actor=actor,
        why=asked.why,
        set=msgspec.to_builtins(said),
        absence=absence,
        teams=asked.teams,
        leads=asked.leads,
        pools=asked.pools,
        pool_leads=asked.pool_leads,
    )


def _place(asked: Asked, field: str) -> str:
    return f"{asked.place}, column {field}" if asked.place else field
