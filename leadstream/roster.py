"""People as they change: a change told by a person in the notation of the configuration, checked whole, appended whole."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, BinaryIO
from zoneinfo import ZoneInfo

import msgspec
from pydantic import ValidationError

from gateway.people import Changed
from leads.errors import Misconfigured, Mistakes, StoreDown
from leads.policy import Absence, Policy
from leads.roster import Change, Version
from leadstream.asked import Asked
from leadstream.configuration.advice import advice
from leadstream.configuration.config import parse
from leadstream.configuration.policy import AbsenceSection, MemberSection
from leadstream.configuration.settings import Settings
from leadstream.policies import Policies
from leadstream.reviewing import check_reason
from leadstream.roster_file import read_roster
from routing.roster import merged, mistakes
from routing.terms import leads
from stores import roster

_TRIES = 5


#: Parts of a change that say which groups somebody is in or leads.
GROUPS = ("teams", "leads", "pools", "pool_leads")


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

    async def leads(self, tenant: str, leader: str, member: str) -> bool:
        """Whether ``leader`` leads a team that ``member`` is in. Raises StoreDown."""
        return leads(await self._policies.now(tenant), leader, (member,))

    async def check(self, tenant: str, text: str) -> list[tuple[str, str]]:
        """What is wrong with the inside of a tenant, written as YAML; files it names are not looked at."""
        if "do_not_contact_file" in text:
            return [("do_not_contact_file", "a draft names no files; leave it out here")]
        inside = "".join(f"    {line}\n" for line in text.splitlines())
        try:
            parse(f"tenants:\n  {tenant}:\n{inside}", {})
        except Misconfigured as error:
            return [(path.removeprefix(f"tenants.{tenant}.") or "text", what) for path, what in error.faults]
        return []

    async def told(self, tenant: str, changes: list[dict[str, Any]], who: str, id: str) -> Changed:
        """Changes as the HTTP door hears them: see ``change``."""
        asked = [
            Asked(
                what=one["what"],
                member=one["member"],
                from_ms=one["from_ms"] or self._clock(),
                why=one["reason"],
                set=one["set"],
                absence=one["absence"],
                place=f"changes.{n}",
                **{part: tuple(one[part]) for part in GROUPS if one[part] is not None},
            )
            for n, one in enumerate(changes)
        ]
        return await self.change(tenant, asked, who, id)

    async def sheet(self, tenant: str, file: BinaryIO, name: str, who: str, id: str, dry_run: bool) -> Changed:
        """Bring people to what a sheet says. Raises Mistakes with row and column of everything that is wrong, BadInput."""
        known, base = await self._policies.look(tenant), self._policies.base(tenant)
        zone = ZoneInfo(base.timezone)
        asked = read_roster(file, name, lambda at_ms: merged(base, known, at_ms), zone, self._clock())
        if not asked or dry_run:
            return Changed(version=len(known), changes=len(asked))
        return await self.change(tenant, asked, who, id)

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
                return Changed(version=done, known=True, changes=len(changes))
            if found:
                raise Mistakes([(_place(asked[n], field), what) for n, field, what in found])
            answer = await roster.append(self._client, tenant, id, len(known), changes, self._clock())
            if answer.status != "stale":
                await self._policies.look(tenant)
                return Changed(version=answer.version, known=answer.status == "known", changes=len(changes))
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
    between = ", column " if asked.place.startswith("row") else "."
    return f"{asked.place}{between}{field}" if asked.place else field
