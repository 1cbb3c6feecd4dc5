"""``leadstream people``: who is there, what changed, and changing it."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import msgspec

from leads.errors import BadInput
from leads.policy import Member, Policy
from leads.roster import Version
from leadstream.asked import Asked
from leadstream.configuration.settings import Settings
from leadstream.levelwords import Lang
from leadstream.roster import Roster
from leadstream.roster_file import read_roster
from leadstream.runtime import Runtime, clock
from routing.check import unknown
from routing.roster import merged

_SAID: dict[str, tuple[str, str]] = {
    "joined": ("joined", "入职"),
    "changed": ("changed", "调整"),
    "paused": ("paused", "暂停接单"),
    "resumed": ("takes leads again", "恢复接单"),
    "left": ("left", "离职"),
    "absent": ("absent", "休假"),
    "there": ("there", "在岗"),
    "away": ("absent", "不在岗"),
    "leads": ("leads", "负责"),
    "from": ("from", "自"),
    "nothing": ("nothing to change: everybody is as the file says", "无需更改：人员与文件一致"),
    "done": ("{n} changes, the roster is at version {version}", "已更改 {n} 项，名册版本 {version}"),
    "would": ("{n} changes would be made (--dry-run)", "将更改 {n} 项（试运行）"),
}


def say(word: str, lang: Lang) -> str:
    """A word of this command's answers."""
    return _SAID[word][lang == "zh"]


async def listed(settings: Settings, tenant: str, at: str, lang: Lang) -> list[str]:
    """A line a person, as of a moment ("" is now). Raises BadInput, StoreDown."""
    runtime = Runtime(settings)
    try:
        now = moment(at, settings, tenant)
        policy = await Roster(runtime.client, runtime.policies, settings, clock).policy(tenant, now)
    finally:
        await runtime.close()
    return [_line(member, policy, now, lang) for member in policy.members.values()]


async def shown(settings: Settings, tenant: str, member: str, lang: Lang) -> list[str]:
    """One person and everything that changed about him. Raises BadInput, StoreDown."""
    runtime, now = Runtime(settings), clock()
    try:
        roster = Roster(runtime.client, runtime.policies, settings, clock)
        policy, versions = await roster.policy(tenant), await roster.versions(tenant, member)
    finally:
        await runtime.close()
    if member not in policy.members and not versions:
        raise BadInput("unknown_member", unknown("member", member, policy.members))
    zone = ZoneInfo(policy.timezone)
    there = [_line(policy.members[member], policy, now, lang)] if member in policy.members else []
    return there + [_version(version, zone, lang) for version in versions]


async def change(settings: Settings, tenant: str, asked: Sequence[Asked], actor: str, lang: Lang) -> str:
    """Append changes. Raises Mistakes, BadInput, StoreDown."""
    runtime = Runtime(settings)
    try:
        roster = Roster(runtime.client, runtime.policies, settings, clock)
        done = await roster.change(tenant, asked, actor, secrets.token_hex(16))
    finally:
        await runtime.close()
    return say("done", lang).format(n=len(asked), version=done.version)


async def imported(settings: Settings, tenant: str, file: Path, actor: str, dry_run: bool, lang: Lang) -> list[str]:
    """Bring people to what a sheet says, or say what would change. Raises Mistakes, BadInput, StoreDown."""
    runtime = Runtime(settings)
    try:
        known, base = await runtime.policies.look(tenant), runtime.policies.base(tenant)
        zone = ZoneInfo(base.timezone)
        asked = read_roster(file, file.name, lambda at_ms: merged(base, known, at_ms), zone, clock())
        lines = [f"{one.place}: {one.member} {say(one.what, lang)}" for one in asked]
        if not asked:
            return [say("nothing", lang)]
        if dry_run:
            return [*lines, say("would", lang).format(n=len(asked))]
        roster = Roster(runtime.client, runtime.policies, settings, clock)
        done = await roster.change(tenant, asked, actor, secrets.token_hex(16))
    finally:
        await runtime.close()
    return [*lines, say("done", lang).format(n=len(asked), version=done.version)]


def moment(text: str, settings: Settings, tenant: str) -> int:
    """A day or a time in the tenant's zone, "" for now, in ms. Raises BadInput."""
    if not text:
        return clock()
    try:
        said = datetime.fromisoformat(text)
    except ValueError:
        raise BadInput("bad_date", "give a day or a time, like 2026-05-01 or 2026-05-01T09:00") from None
    aware = said if said.tzinfo else said.replace(tzinfo=ZoneInfo(settings.tenants[tenant].timezone))
    return round(aware.timestamp() * 1_000)


def _line(member: Member, policy: Policy, now_ms: int, lang: Lang) -> str:
    away = any(a.from_ms <= now_ms < a.until_ms for a in member.absences)
    state = "left" if member.left else "paused" if member.paused else "away" if away else "there"
    teams = [id for id, team in policy.teams.items() if member.id in team.members]
    leads = [id for id, team in policy.teams.items() if team.leader == member.id]
    parts = [member.level, *teams, *(f"{say('leads', lang)} {id}" for id in leads)]
    return f"{member.id:<12} {say(state, lang):<6} {' '.join(filter(None, parts))}".rstrip()


def _version(version: Version, zone: ZoneInfo, lang: Lang) -> str:
    change = version.change
    groups = {part: getattr(change, part) for part in ("teams", "leads", "pools", "pool_leads")}
    said = {**change.set, **{part: named for part, named in groups.items() if named is not None}}
    when = datetime.fromtimestamp(change.from_ms / 1_000, zone).strftime("%Y-%m-%d %H:%M")
    body = msgspec.json.encode(said).decode() if said else ""
    words = [
        f"{version.number:>5}",
        say("from", lang),
        when,
        say(change.what, lang),
        body,
        f"({change.actor}) {change.why}",
    ]
    return " ".join(filter(None, words)).rstrip()
