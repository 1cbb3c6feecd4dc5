"""``leadstream depart``, ``transfer-all``, ``rotate``, ``handover``: hand-overs as text for people, and where they are wired."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from leadstream.configuration.settings import Settings
from leadstream.handover import Handover, Report
from leadstream.levelwords import Lang
from leadstream.roster import Roster
from leadstream.runtime import Runtime, clock

#: What came of a customer, in words; {to} is who has him now.
_SAID: dict[str, tuple[str, str]] = {
    "moved": ("to {to}", "转给 {to}"),
    "pooled": ("to the pool {to}: nobody can take them", "退回公海 {to}：无人可接"),
    "kept": ("stay where they are: nobody can take them", "保持不变：无人可接"),
    "gone": ("had passed on meanwhile", "期间已转出"),
    "withdrawn": ("claims in disputes ended", "争议主张终止"),
    "locked": ("stay where they are: locked", "保持不变：已锁定"),
    "suspended": ("stay where they are: a case about them runs", "保持不变：争议处理中"),
}
_FIRST = ("first ones", "最先处理")
_NOTHING = ("nothing to pass on", "没有需要转移的客户")
_PREVIEW = ("this is a preview, nothing has changed", "以上为预览，未作任何更改")


async def handed(
    settings: Settings, ask: Callable[[Handover], Awaitable[Report]], preview: bool, lang: Lang
) -> list[str]:
    """What a hand-over did, or with ``preview`` would do, as lines. Raises BadInput, StoreDown."""
    runtime = Runtime(settings)
    try:
        roster = Roster(runtime.client, runtime.policies, settings, clock)
        report = await ask(Handover(runtime.index, runtime.policies, roster, clock))
    finally:
        await runtime.close()
    return lines(report, preview, lang)


def lines(report: Report, preview: bool, lang: Lang) -> list[str]:
    """A line for each successor or pool, the most first; then, of a preview, the customers that go first."""
    zh = lang == "zh"
    ordered = sorted(report.counts.items(), key=lambda item: (-item[1], item[0]))
    told = [f"{n:>7,}  {_SAID[what][zh].format(to=to)}" for (what, to), n in ordered] or [_NOTHING[zh]]
    if preview:
        told += [f"{_FIRST[zh]}:"] if report.first else []
        told += [
            f"  {customer.event}  {_SAID[passed.what][zh].format(to=passed.to)}" for customer, passed in report.first
        ]
        told.append(_PREVIEW[zh])
    return told
