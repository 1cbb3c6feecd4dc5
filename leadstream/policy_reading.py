"""``leadstream policy explain`` and ``show``: what a policy does with one lead, and which one was in force when."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import msgspec
import yaml

from leads.errors import BadInput
from leads.policy import Policy
from leads.prepare import prepare
from leads.records import Envelope, Refused, Row
from leadstream.configuration.settings import Settings
from leadstream.explaining import event_of
from leadstream.runtime import Runtime
from routing.explain import Lang, describe
from routing.plan import compile_policy
from stores.policies import in_force, versions

_NOBODY = "0" * 32


def explain_fields(settings: Settings, tenant: str, text: str, at_ms: int, lang: Lang) -> list[str]:
    """Where a lead with these fields (a JSON object) would go at a moment, by the configuration. ``door`` and ``source`` may be
    among them. Raises BadInput."""
    try:
        fields = msgspec.json.decode(text, type=dict[str, str])
    except msgspec.DecodeError as error:
        raise BadInput("bad_lead", f'write a JSON object of texts, like {{"city": "上海"}}: {error}') from None
    door, source = fields.pop("door", "form"), fields.pop("source", "web")
    if door not in ("call", "form", "import"):
        raise BadInput("bad_door", "door is call, form or import")
    row = Row(_NOBODY, {"name": "张三", "phone": "13800138000", **fields})  # rules ask nobody's name
    section = settings.tenants[tenant]
    lead = prepare(row, Envelope(tenant, source, door, at_ms, (row,)), section.preparation())  # type: ignore[arg-type]
    if isinstance(lead, Refused):
        return [f"- {lead.code}: {lead.reason} {lead.detail}".rstrip()]
    router = compile_policy(section.policy())
    plan = router.plan(lead, at_ms)
    lines = describe(plan, lang)
    if due := router.answer_by(plan, at_ms):
        lines.append(f"   answer by {_local(due, section.timezone)}")
    return lines


async def explain_receipt(settings: Settings, tenant: str, event: str, lang: Lang) -> list[str]:
    """Which rule took a lead on record, who was looked at and why not, under which policy. Raises BadInput, StoreDown."""
    runtime = Runtime(settings)
    try:
        outcome = await event_of(runtime.index, tenant, event)
        plan = await runtime.index.plan(tenant, outcome.plan) if outcome.plan else None
        known = {one.version: one.since_ms for one in reversed(await versions(runtime.client, tenant))}
    finally:
        await runtime.close()
    lines = describe(plan, lang) if plan else ["no rule was asked"]
    goes = outcome.owner or (f"pool {outcome.pool}" if outcome.pool else "nobody")
    since = known.get(outcome.policy)
    told = f", in force since {_local(since, settings.tenants[tenant].timezone)}" if since else ""
    return [*lines, f"=> {outcome.code}/{outcome.reason}: {goes}; policy {outcome.policy or 'none'}{told}"]


async def show(settings: Settings, tenant: str, at: str) -> str:
    """The policy in force at a moment (local to the tenant; "" is now), as YAML under a line that names it. Raises BadInput."""
    zone = settings.tenants[tenant].timezone
    runtime = Runtime(settings)
    try:
        found = await in_force(runtime.client, tenant, moment_ms(at, zone) if at else 1 << 62)
    finally:
        await runtime.close()
    if found is None:
        raise BadInput("no_policy", "no policy was in force then: workers put on record what they route by")
    return f"# policy {found[0].version}, in force since {_local(found[0].since_ms, zone)}\n{_yaml(found[1])}"


async def history(settings: Settings, tenant: str) -> list[str]:
    """Every policy that was in force, and since when. Raises StoreDown."""
    runtime = Runtime(settings)
    try:
        found = await versions(runtime.client, tenant)
    finally:
        await runtime.close()
    return [f"{_local(one.since_ms, settings.tenants[tenant].timezone)}  {one.version}" for one in found]


def moment_ms(text: str, timezone: str) -> int:
    """A day or time as a person gave it, local unless it says otherwise. Raises BadInput."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise BadInput("bad_date", f"{text} is no moment; write 2026-11-24 or 2026-11-24T09:00") from None
    aware = moment if moment.tzinfo else moment.replace(tzinfo=ZoneInfo(timezone))
    return round(aware.timestamp() * 1_000)


def read_lead(text: str) -> str:
    """The lead that was named: JSON as it stands, or in a file. Raises BadInput."""
    if text.lstrip().startswith("{"):
        return text
    try:
        return Path(text).read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError):
        raise BadInput("no_lead", "give a receipt (32 hex digits), a JSON object, or a file that holds one") from None


def _local(at_ms: int, timezone: str) -> str:
    return f"{datetime.fromtimestamp(at_ms / 1_000, ZoneInfo(timezone)):%Y-%m-%d %H:%M:%S}"


def _yaml(policy: Policy) -> str:
    said = msgspec.to_builtins(policy)
    return yaml.safe_dump(said, allow_unicode=True, sort_keys=False, width=120)
