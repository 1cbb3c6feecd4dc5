"""``leadstream work`` and ``leadstream dependence``: who did what for a customer, and which customers have become one person's own.

Both are worked out from what happened, so anybody who can read it comes to the same.
"""

from __future__ import annotations

import msgspec

from leads.cases import Touch
from leadstream.casebook import work_lines
from leadstream.configuration.settings import Settings
from leadstream.explaining import event_of
from leadstream.levelwords import Lang
from leadstream.past import Past
from leadstream.runtime import Runtime
from routing.contributions import Dependence, contributions, dependence
from stores.lookup import roots
from stores.touches import touch_of, touches

_SLICE = 5_000
_SAID: dict[str, tuple[str, str]] = {
    "nobody": ("nobody has worked on him with evidence", "尚无有凭证的跟进"),
    "leans": (
        "leans on {member}: {score:.0%} (contacts {contacts:.0%}, years {length:.0%}, rings him {inbound:.0%})",
        "依赖 {member}：{score:.0%}（接触占比 {contacts:.0%}，年限 {length:.0%}，来电占比 {inbound:.0%}）",
    ),
}


async def worked(settings: Settings, tenant: str, event: str, scope: str, lang: Lang) -> list[str]:
    """The ledger of one customer: evidenced work by member, and whom he leans on. Raises BadInput, Unavailable."""
    runtime = Runtime(settings)
    try:
        outcome = await event_of(runtime.index, tenant, event)
        call_s = (await runtime.policies.now(tenant)).call_s
        seen = await touches(runtime.index, tenant, outcome.seq, scope, call_s, Past(runtime, tenant).entries())
    finally:
        await runtime.close()
    found = dependence(seen)
    return [*work_lines(contributions(seen), lang), leaning(found, lang) if found else _SAID["nobody"][lang == "zh"]]


async def dependent(settings: Settings, tenant: str, most: int, lang: Lang) -> list[str]:
    """The customers that lean on one member most, a line each. Walks all that happened once. Raises Unavailable."""
    runtime = Runtime(settings)
    told: dict[int, list[Touch]] = {}
    try:
        call_s = (await runtime.policies.now(tenant)).call_s
        async for effect in Past(runtime, tenant).effects():
            touch = touch_of(effect, None, call_s)
            if touch is not None and touch.kind in ("call", "mail", "visit", "inbound"):
                said = effect.move or effect.outcome
                told.setdefault(said.entity if said else 0, []).append(touch)
        customers = await _united(runtime, tenant, told)
    finally:
        await runtime.close()
    found = [(dep, seen) for seen in customers.values() if (dep := dependence(seen))]
    found.sort(key=lambda one: -one[0].score)
    return [f"{seen[-1].event}  {leaning(dep, lang)}" for dep, seen in found[:most]]


def leaning(found: Dependence, lang: Lang) -> str:
    """A score with its parts."""
    return _SAID["leans"][lang == "zh"].format(**msgspec.structs.asdict(found))


async def _united(runtime: Runtime, tenant: str, told: dict[int, list[Touch]]) -> dict[int, list[Touch]]:
    """By the entities of now: customers that turned out to be one are one."""
    entities, united = list(told), dict[int, list[Touch]]()
    for start in range(0, len(entities), _SLICE):
        part = entities[start : start + _SLICE]
        for entity, now in zip(part, await roots(runtime.client, tenant, part), strict=True):
            united.setdefault(now, []).extend(told[entity])
    for seen in united.values():
        seen.sort(key=lambda touch: (touch.at_ms, touch.journal))
    return united
