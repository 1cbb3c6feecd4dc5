"""``leadstream doctor``: what is wrong with this installation and what to do, before anybody has to ask.

Each finding is a sentence and a remedy; nothing is changed. Exit status 1 when something is bad.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from typing import Literal

import msgspec

from leads.errors import BadInput, LeadstreamError, Unavailable
from leadstream.configuration import config
from leadstream.configuration.settings import Settings
from leadstream.gauges import log_waiting
from leadstream.runtime import Runtime, clock
from leadstream.service import Service
from stores.archive import Archive
from stores.condition import Condition, condition
from stores.lookup import standing
from streams.topics import JOURNAL, OUTCOMES, RAW

Level = Literal["ok", "look", "bad"]
#: A lead that waits for longer is one too many (docs/objectives.md).
LATE_S = 60.0
#: Room on the disk below which the store will soon refuse leads.
DISK_BYTES = 2_000_000_000
#: Clocks of this machine and the store may be so far apart.
SKEW_S = 5.0
#: Effects that wait to be relayed before somebody should look.
JOURNAL_LAG = 50_000


class Finding(msgspec.Struct, frozen=True):
    """``remedy`` says what to do; "" when all is well."""

    level: Level
    what: str
    remedy: str = ""

    def __str__(self) -> str:
        mark = {"ok": " ok ", "look": "look", "bad": "BAD "}[self.level]
        return f"[{mark}] {self.what}" + (f"\n       -> {self.remedy}" if self.remedy else "")


async def examine(settings: Settings, env: Mapping[str, str] = os.environ) -> AsyncIterator[Finding]:
    """Look at everything, the cheap things first. Never raises for what is wrong: it says so."""
    for path, what in config.missing_secrets(settings, env):
        yield Finding("bad", f"{path}: {what}", "set it in the environment of every part, then start again")
    data = Path(settings.data)
    if not settings.store.url:
        pid = Service(data).pid()
        yield (
            Finding("ok", f"the service is up (process {pid})")
            if pid
            else Finding("look", "the service is not up", "leadstream up")
        )
    for finding in _disk(data):
        yield finding
    try:
        runtime = Runtime(settings, env)
    except LeadstreamError as error:
        yield Finding("bad", f"the store cannot be used: {error}", "docs/runbooks/dependency_unreachable.md")
        return
    try:
        async for finding in _running(runtime):
            yield finding
    except Unavailable as error:
        yield Finding("bad", f"the store does not answer: {error}", "docs/runbooks/dependency_unreachable.md")
    finally:
        await runtime.close()


def _disk(data: Path) -> list[Finding]:
    if not data.exists():
        return [Finding("look", f"{data} is not there yet", "it is made at the first start")]
    found = []
    free = shutil.disk_usage(data).free
    if free < DISK_BYTES:
        found.append(
            Finding(
                "bad",
                f"{free / 1e9:.1f} GB are left on the disk of {data}",
                "free the disk: a store that cannot write takes no leads",
            )
        )
    else:
        found.append(Finding("ok", f"{free / 1e9:.0f} GB are left on the disk"))
    if (data / "keys").exists() and (data / "keys").stat().st_mode & 0o077:
        found.append(Finding("bad", f"others can read {data}/keys", f"chmod 700 {data}/keys"))
    return found


async def _running(runtime: Runtime) -> AsyncIterator[Finding]:
    now_ms = clock()
    for finding in _store(await condition(runtime.client), now_ms):
        yield finding
    for tenant in runtime.settings.tenants:
        at = await standing(runtime.client, tenant)
        yield Finding(
            "ok",
            f"{tenant}: {at.leads:,} leads, {sum(at.pools.values()):,} customers in pools, {sum(at.owners.values()):,} with an owner",
        )
        if at.journal_lag > JOURNAL_LAG:
            yield Finding(
                "look",
                f"{tenant}: {at.journal_lag:,} effects wait to be relayed",
                "is a worker running? They stay in memory until then",
            )
    try:
        lag, oldest = await log_waiting(runtime)
    except Unavailable as error:
        yield Finding("bad", f"the log does not answer: {error}", "docs/runbooks/dependency_unreachable.md")
        return
    age = max((now_ms - at for at in oldest.values() if at), default=0) / 1000
    if age > LATE_S:
        yield Finding(
            "bad",
            f"{sum(lag.values()):,} messages wait, the oldest for {age:,.0f} s",
            "docs/runbooks/lead_unanswered_too_long.md",
        )
    else:
        yield Finding("ok", f"{sum(lag.values()):,} messages wait in the log")
    if runtime.embedded_log:
        for topic in (RAW, OUTCOMES, JOURNAL):
            yield _archive(runtime, topic)


def _store(found: Condition, now_ms: int) -> list[Finding]:
    listed = [Finding("ok", f"store {found.version}, {found.memory / 1e6:,.0f} MB")]
    if found.policy != "noeviction":
        listed.append(
            Finding(
                "bad",
                f"the store may drop what it is told to keep (maxmemory-policy {found.policy})",
                "CONFIG SET maxmemory-policy noeviction: a dropped key is a silent duplicate",
            )
        )
    if not found.durable:
        listed.append(
            Finding(
                "bad",
                "the store does not write to disk (appendonly no)",
                "CONFIG SET appendonly yes; without it a restart forgets every customer",
            )
        )
    if not found.writes_well:
        listed.append(
            Finding(
                "bad", "the last write of the store to its disk failed", "is the disk full? See the log of the store"
            )
        )
    if found.synced_ms:
        listed.append(
            Finding(
                "look",
                f"the disk of the store took {found.synced_ms} ms for a write within the last ten minutes",
                "who else writes to that disk (iostat -x 5)? Every lead and every question waits for it; give the store one of its own",
            )
        )
    if found.limit and found.memory > 0.8 * found.limit:
        listed.append(
            Finding(
                "bad",
                f"{found.memory / found.limit:.0%} of the memory the store may take are in use",
                "docs/runbooks/store_nearly_full.md",
            )
        )
    skew = abs(found.now_ms - now_ms) / 1000
    if skew > SKEW_S:
        listed.append(
            Finding(
                "look",
                f"the clocks of this machine and the store are {skew:.0f} s apart",
                "leases end by the tenant's highest time; set both by NTP",
            )
        )
    return listed


def _archive(runtime: Runtime, topic: str) -> Finding:
    """Whether the newest segment opens with the key in force."""
    shelf = Archive(runtime.data / "archive" / topic, runtime.archive_key())
    try:
        newest = shelf.newest()
    except BadInput as error:
        return Finding(
            "bad", f"archive of {topic}: {error}", "put the key back that was in force: keys/archive.key of a backup"
        )
    return Finding(
        "ok", f"archive of {topic}: {len(shelf.segments())} segments" + ("" if newest else ", nothing in it yet")
    )
