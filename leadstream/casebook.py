"""``leadstream case`` and ``leadstream share``: disputes as text for people, and where they are wired."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

import msgspec

from leads.cases import REFUSALS, Answer, Case, Part, Shares, Touch, parts_of
from leads.errors import BadInput, Unavailable
from leadstream.case_evidence import CaseEvidence
from leadstream.configuration.settings import Settings
from leadstream.disputes import Disputes, File
from leadstream.handles import handles
from leadstream.levelwords import Lang
from leadstream.past import Past
from leadstream.runtime import Runtime, clock
from routing.casework import overdue
from routing.contributions import Contribution
from streams.metrics import Metrics

#: How often cases are looked through for those that are late.
ASK_S = 60.0

_WORDS: dict[str, tuple[str, str]] = {
    "case": ("case", "争议"),
    "cases": ("cases", "争议数"),
    "open": ("open", "已立案"),
    "proposed": ("proposed", "已有建议"),
    "decided": ("decided", "已裁决"),
    "appealed": ("appealed", "已申诉"),
    "final": ("final", "终局"),
    "between": ("between", "当事人"),
    "due": ("decide by", "裁决期限"),
    "overdue": ("OVERDUE since", "已逾期"),
    "appeal": ("appeal until", "申诉期限"),
    "record": ("the record", "记录"),
    "work": ("evidenced work", "有凭证的跟进"),
    "rule": ("the written rule", "成文规则"),
    "goes": ("goes to", "归属"),
    "by": ("by", "裁决人"),
    "judges": ("may decide", "可裁决"),
    "nobody": ("no leader who is no party; an admin, with --admin", "无非当事主管；由管理员用 --admin 裁决"),
    "asked": ("waits for consent", "待同意"),
    "now": ("in force", "生效"),
    "none": ("no shares are agreed", "未约定分成"),
    "customer": ("customer", "客户"),
    "did": (
        "{member}: calls {calls} ({seconds} s), mails {mails}, visits {visits}",
        "{member}：通话 {calls} 次（{seconds} 秒），邮件 {mails}，拜访 {visits}",
    ),
    "noweight": ("counts for nothing", "不计"),
}


def disputes(runtime: Runtime) -> Disputes:
    """Cases over the store of this process and everything it has relayed."""
    evidence = CaseEvidence(
        runtime.index,
        runtime.policies,
        clock,
        lambda tenant: Past(runtime, tenant).entries(),
        lambda tenant, receipt: handles(runtime).event(tenant, receipt),
    )
    return Disputes(runtime.index, runtime.policies, clock, evidence)


async def watch_cases(runtime: Runtime, metrics: Metrics, *, every_s: float = ASK_S) -> None:
    """Until cancelled: cases that were not decided in time are said to be late, once each. What is down is asked again."""
    court = disputes(runtime)
    while True:
        for tenant in runtime.settings.tenants:
            try:
                await court.overdue(tenant)
            except Unavailable:
                metrics.retry("store")
        await asyncio.sleep(every_s)


async def at_court(settings: Settings, ask: Callable[[Disputes], Awaitable[str]]) -> str:
    """What ``ask`` tells. Raises BadInput when it is refused, StoreDown."""
    runtime = Runtime(settings)
    try:
        return await ask(disputes(runtime))
    finally:
        await runtime.close()


async def filed(settings: Settings, tenant: str, event: str, scope: str, who: str, member: str, why: str) -> str:
    """File a case."""

    async def ask(court: Disputes) -> str:
        answer = accepted(await court.file(tenant, secrets.token_hex(16), event, scope, who, why, member))
        return line(_case(answer), clock(), zone(settings, tenant), "en")

    return await at_court(settings, ask)


async def listed(settings: Settings, tenant: str, everything: bool, lang: Lang) -> str:
    """A line a case."""

    async def ask(court: Disputes) -> str:
        found = await court.listed(tenant, everything=everything)
        return "\n".join(
            [*(line(c, clock(), zone(settings, tenant), lang) for c in found), f"{_say('cases', lang)}: {len(found)}"]
        )

    return await at_court(settings, ask)


async def shown(settings: Settings, tenant: str, number: int, lang: Lang) -> str:
    """A case with its evidence and what the rule proposes."""

    async def ask(court: Disputes) -> str:
        found = await court.show(tenant, number)
        if found is None:
            raise BadInput("no_case", REFUSALS["no_case"])
        return text(found, clock(), zone(settings, tenant), lang)

    return await at_court(settings, ask)


async def told(settings: Settings, tenant: str, ask: Callable[[Disputes], Awaitable[Answer]], lang: Lang) -> str:
    """What came of a step of a case or of shares, in a line or two."""

    async def asked(court: Disputes) -> str:
        answer = accepted(await ask(court))
        if answer.case is not None:
            return "\n".join([line(answer.case, clock(), zone(settings, tenant), lang), *_rulings(answer.case, lang)])
        return _shares(answer.shares or Shares(), lang)

    return await at_court(settings, asked)


def accepted(answer: Answer) -> Answer:
    """Raises BadInput for what was refused."""
    if answer.status == "refused":
        raise BadInput(answer.reason, REFUSALS[answer.reason])
    return answer


def percent(given: Sequence[str]) -> tuple[Part, ...]:
    """Shares written ``member=50``. Raises BadInput."""
    shares: dict[str, float] = {}
    for one in given:
        member, _, share = one.rpartition("=")
        try:
            shares[member] = float(share)
        except ValueError:
            member = ""
        if not member:
            raise BadInput("bad_share", f"write a share as member=50, in per cent; '{one}' is none")
    return parts_of(shares)


def zone(settings: Settings, tenant: str) -> ZoneInfo:
    """The time zone a tenant's days are of."""
    return ZoneInfo(settings.tenants[tenant].timezone)


def line(case: Case, now_ms: int, zone: ZoneInfo, lang: Lang) -> str:
    """A case in a line."""
    when = f"{_say('due', lang)} {_time(case.decide_by_ms, zone)}"
    if overdue(case, now_ms):
        when = f"{_say('overdue', lang)} {_time(case.decide_by_ms, zone)}"
    elif case.stage == "decided" and case.appeal_by_ms > now_ms:
        when = f"{_say('appeal', lang)} {_time(case.appeal_by_ms, zone)}"
    elif not case.running:
        when = ""
    scope = f" [{case.scope}]" if case.scope else ""
    head = f"{_say('case', lang)} {case.number}  {_say(case.stage, lang):<9}  {case.event}{scope}"
    return f"{head}  {_say('between', lang)} {', '.join(case.parties)}  {when}".rstrip()


def text(file: File, now_ms: int, zone: ZoneInfo, lang: Lang) -> str:
    """A case with the evidence, the work of each, what every rule said, and what was decided."""
    case = file.case
    lines = [line(case, now_ms, zone, lang)]
    lines.append(f"  {_say('customer', lang)}: {'; '.join(file.customer.values())}")
    lines += [f"  {said.who}: {said.text}" for said in case.statements]
    lines += [f"{_say('record', lang)}:", *(f"  {_touch(t, zone, lang)}" for t in file.touches)]
    lines.append(f"{_say('work', lang)}:")
    lines += [f"  {one}" for one in work_lines(file.work, lang)]
    lines.append(_shares(file.shares, lang))
    if case.proposal:
        lines.append(f"{_say('rule', lang)} ({case.proposal.rulebook}):")
        lines += [f"  {ground.rule}: {ground.says}" for ground in case.proposal.grounds]
        lines.append(f"  -> {_say('goes', lang)} {case.proposal.owner}, {_percents(case.proposal.parts)}")
    if case.running:
        lines.append(f"{_say('judges', lang)}: {', '.join(file.judges) or _say('nobody', lang)}")
    return "\n".join([*lines, *_rulings(case, lang)])


def work_lines(work: Mapping[str, Contribution], lang: Lang) -> list[str]:
    """A line a member: what he did with evidence, and what counts for nothing."""
    return [
        _WORDS["did"][lang == "zh"].format(**msgspec.structs.asdict(one))
        + (f"; {one.unproved} {_say('noweight', lang)}" if one.unproved else "")
        for one in work.values()
    ]


def _rulings(case: Case, lang: Lang) -> list[str]:
    return [
        f"{_say('decided', lang)}: {_say('goes', lang)} {d.owner}, {_percents(d.parts)}, {_say('by', lang)} {d.by}: {d.why}"
        for d in case.decisions
    ]


def _touch(touch: Touch, zone: ZoneInfo, lang: Lang) -> str:
    seconds = f" {touch.seconds} s" if touch.kind == "call" else ""
    worthless = touch.kind in ("call", "note", "named") and not touch.weight
    says = ", ".join(filter(None, (touch.says, _say("noweight", lang) if worthless else "")))
    return f"{_time(touch.at_ms, zone)}  {touch.member or '-':<10} {touch.kind}{seconds}" + (
        f"  ({says})" if says else ""
    )


def _shares(shares: Shares, lang: Lang) -> str:
    found = [f"{_say('now', lang)}: {_percents(shares.now.parts)}"] if shares.now else []
    if shares.asked:
        missing = [p.member for p in shares.asked.parts if p.member not in shares.asked.consents]
        found.append(f"{_say('asked', lang)} ({', '.join(missing)}): {_percents(shares.asked.parts)}")
    return "; ".join(found) or _say("none", lang)


def _percents(parts: Sequence[Part]) -> str:
    return ", ".join(f"{part.member} {part.points / 100:g} %" for part in parts)


def _case(answer: Answer) -> Case:
    assert answer.case is not None, "what was accepted has its case"
    return answer.case


def _time(at_ms: int, zone: ZoneInfo) -> str:
    return datetime.fromtimestamp(at_ms / 1_000, zone).strftime("%Y-%m-%d %H:%M")


def _say(word: str, lang: Lang) -> str:
    return _WORDS[word][lang == "zh"]
