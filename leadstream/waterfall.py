"""Why a lead went where it went, told to a person: evidence bit by bit, what would have changed it, then the route."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, tzinfo
from unicodedata import east_asian_width

from leads.records import Evidence, Facts, Outcome, Plan
from leadstream.levelwords import CODES, FIELDS, REASON_WORDS, VERDICTS, Lang, level, word
from leadstream.masking import values
from matchers.weights import DEFAULT, Weights
from routing.explain import describe

_BAR_BITS = 1.0  # bits a character of the bar stands for
_BAR_MOST = 20
_TEXTS: dict[str, tuple[str, str]] = {
    "outcome": ("Outcome", "结果"),
    "to": ("to", "→"),
    "until": ("protected until", "保护期至"),
    "known": ("Is it a customer we know?", "是否为已有客户？"),
    "nearest": ("nearest: lead {seq}", "最接近：线索 {seq}"),
    "none": ("Nothing was on record that shares anything with it.", "没有任何记录与之相关。"),
    "start": ("before looking, and caps", "先验与上限"),
    "sum": ("sum", "合计"),
    "changed": ("What would have changed it", "怎样会改变结果"),
    "without": ("without {what}: {bits:+.1f} bits, {verdict}", "若无{what}：{bits:+.1f} 比特，{verdict}"),
    "lacks": ("{bits:.1f} more bits and it is {verdict}", "再多 {bits:.1f} 比特即为{verdict}"),
    "spare": ("{bits:.1f} fewer bits and it is {verdict}", "减少 {bits:.1f} 比特即为{verdict}"),
    "route": ("Route: rule {rule}", "分配：规则 {rule}"),
    "norule": ("Route: no rule matched", "分配：没有命中规则"),
    "owned": (
        "Route: not asked, the customer was known. By the rules of that time:",
        "分配：客户已存在，未按规则分配。当时的规则：",
    ),
    "and": (", ", "、"),
    "bits": ("bits", "比特"),
}


def waterfall(
    outcome: Outcome,
    facts_of: Callable[[int], Facts | None],
    plan: Plan | None,
    lang: Lang = "en",
    *,
    weights: Weights = DEFAULT,
    zone: tzinfo = UTC,
) -> str:
    """The decision on ``outcome`` as text. ``facts_of`` gives what a lead (by sequence number) knows, None when that is gone.

    Values are masked. ``weights`` are those of the tenant: their thresholds say what would have changed the verdict.
    """
    say = _Speaker(lang)
    parts = [_head(outcome, say, zone)]
    if outcome.verdict:
        parts.append(_evidence(outcome, facts_of, say))
        if outcome.evidence:
            parts.append(_otherwise(outcome, weights, say))
    if plan is not None:
        parts.append(_route(outcome, plan, say))
    return "\n\n".join(parts) + "\n"


class _Speaker:
    def __init__(self, lang: Lang) -> None:
        self.lang: Lang = lang

    def __call__(self, key: str, **values: object) -> str:
        return word(_TEXTS, key, self.lang).format(**values)

    def verdict(self, bits: float, weights: Weights) -> str:
        kind = "new" if bits < weights.unsure else "unsure" if bits < weights.same else "same"
        return word(VERDICTS, kind, self.lang)

    def met(self, met: Evidence) -> str:
        return f"{word(FIELDS, met.field, self.lang)} ({level(met.field, met.level, self.lang)})"


def _head(outcome: Outcome, say: _Speaker, zone: tzinfo) -> str:
    lines = [f"{outcome.event}  {outcome.door}/{outcome.source}  {_time(outcome.at_ms, zone)}"]
    said = f"{word(CODES, outcome.code, say.lang)} ({word(REASON_WORDS, outcome.reason, say.lang)})"
    whom = f" {say('to')} {outcome.owner}" if outcome.owner else f": {outcome.pool}" if outcome.pool else ""
    until = f", {say('until')} {_time(outcome.until_ms, zone)}" if outcome.until_ms else ""
    lines.append(f"{say('outcome')}: {said}{whom}{until}")
    return "\n".join([*lines, outcome.detail] if outcome.detail else lines)


def _evidence(outcome: Outcome, facts_of: Callable[[int], Facts | None], say: _Speaker) -> str:
    verdict = word(VERDICTS, outcome.verdict, say.lang)
    if outcome.reason == "call_update":
        return f"{say('known')} {verdict}"
    if not outcome.evidence:
        return f"{say('known')} {verdict}\n  {say('none')}"
    title = f"{say('known')} {verdict}: {percent(outcome.probability)}, {outcome.bits:+.1f} {say('bits')}"
    nearest = outcome.likeliest or (outcome.joined[0] if outcome.joined else 0)
    if nearest:
        title += f"; {say('nearest', seq=nearest)}"
    mine = facts_of(outcome.seq)
    rows: list[tuple[str, str, float]] = [(say("start"), "", outcome.bits - sum(met.bits for met in outcome.evidence))]
    for met in sorted(outcome.evidence, key=lambda met: -met.bits):
        theirs = facts_of(met.seq or nearest)
        pair = [values(met.field, facts) for facts in (mine, theirs) if facts is not None]
        rows.append((say.met(met), " | ".join(filter(None, pair)), met.bits))
    rows.append((say("sum"), "", outcome.bits))
    labelled, valued = max(_width(label) for label, _, _ in rows), max(_width(shown) for _, shown, _ in rows)
    lines = [
        f"  {_pad(label, labelled)}  {_pad(shown, valued)}  {bits:+6.1f}  {_bar(bits)}".rstrip()
        for label, shown, bits in rows
    ]
    return "\n".join([title, *lines])


def _otherwise(outcome: Outcome, weights: Weights, say: _Speaker) -> str:
    """The evidence whose absence gives another verdict, and how far the thresholds are."""
    lines = []
    for mets in _decisive(outcome, lambda bits: say.verdict(bits, weights)):
        bits = outcome.bits - sum(met.bits for met in mets)
        lines.append(
            say("without", what=say("and").join(map(say.met, mets)), bits=bits, verdict=say.verdict(bits, weights))
        )
    for threshold in sorted({weights.unsure, weights.same}):
        if outcome.bits < threshold:
            lines.append(say("lacks", bits=threshold - outcome.bits, verdict=say.verdict(threshold, weights)))
        else:
            lines.append(say("spare", bits=outcome.bits - threshold, verdict=say.verdict(threshold - 0.001, weights)))
    return "\n".join([say("changed"), *(f"  {line}" for line in lines)])


def _decisive(outcome: Outcome, verdict: Callable[[float], str]) -> list[list[Evidence]]:
    """Each piece of evidence that decides alone; when none does, the fewest of the strongest that decide together."""
    now = verdict(outcome.bits)
    alone = [[met] for met in outcome.evidence if verdict(outcome.bits - met.bits) != now]
    if alone:
        return alone
    side = 1 if outcome.verdict == "same" else -1
    strongest = sorted((met for met in outcome.evidence if met.bits * side > 0), key=lambda met: -side * met.bits)
    for most in range(2, len(strongest) + 1):
        if verdict(outcome.bits - sum(met.bits for met in strongest[:most])) != now:
            return [strongest[:most]]
    return []


def _route(outcome: Outcome, plan: Plan, say: _Speaker) -> str:
    title = say("route", rule=plan.rule) if plan.rule else say("norule")
    if outcome.code in ("merged", "contested"):
        title = say("owned")
    return "\n".join([title, *(f"  {line}" for line in describe(plan, say.lang, outcome.owner))])


def percent(probability: float) -> str:
    """A probability for people: never 0 % or 100 %, since no evidence is certain."""
    shown = min(max(probability * 100, 0.01), 99.99)
    return f"{shown:.2f} %" if shown > 99 or shown < 1 else f"{shown:.0f} %"


def _time(at_ms: int, zone: tzinfo) -> str:
    return datetime.fromtimestamp(at_ms / 1_000, zone).strftime("%Y-%m-%d %H:%M %Z")


def _bar(bits: float) -> str:
    return ("+" if bits > 0 else "-") * min(round(abs(bits) / _BAR_BITS), _BAR_MOST)


def _width(text: str) -> int:
    """Columns on a terminal: a Chinese character takes two."""
    return sum(2 if east_asian_width(char) in "WF" else 1 for char in text)


def _pad(text: str, width: int) -> str:
    return text + " " * (width - _width(text))
