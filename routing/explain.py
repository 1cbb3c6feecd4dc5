"""A plan told to a person: which rule, who was looked at and why not."""

from __future__ import annotations

from typing import Literal

from leads.records import Plan

Lang = Literal["en", "zh"]

_WORDS: dict[str, tuple[str, str]] = {
    "matched": ("matches", "命中"),
    "not reached": ("not reached", "未到达"),
    "available": ("available", "可分配"),
    "left": ("has left", "已离职"),
    "paused": ("paused", "已暂停接单"),
    "absent": ("absent", "不在岗"),
    "level": ("level not asked for", "级别不符"),
    "skill": ("lacks skill", "缺少技能"),
    "weight": ("weight", "权重"),
    "line": ("does not serve this line", "不负责该产品线"),
    "off shift": ("off shift", "不在班次内"),
    "in": ("is none of the values asked for", "不在所列取值中"),
    "not_in": ("is one of the values excluded", "属于排除的取值"),
    "at_least": ("too low or not given", "过低或缺失"),
    "at_most": ("too high or not given", "过高或缺失"),
    "exists": ("not given", "缺失"),
    "prefix": ("begins otherwise", "开头不符"),
    "rule": ("rule", "规则"),
    "member": ("member", "成员"),
    "grade": ("grade", "等级"),
    "matched_rule": ("the rule sends it there", "规则指定"),
    "unmatched": ("no rule matched", "没有命中任何规则"),
    "parked": ("nobody can take it", "暂时无人可接"),
    "turn": ("in turn", "轮流分配"),
    "least_loaded": ("fewest open first", "负荷最少者优先"),
    "first": ("first in the list", "按顺序优先"),
    "quota": ("most of the quota left", "剩余配额最多者优先"),
    "ranked": ("best result first", "业绩最好者优先"),
    "scope": ("scope", "产品线/区域"),
    "pool": ("pool", "公海"),
    "among": ("among", "候选"),
}


def describe(plan: Plan, lang: Lang = "en", given: str = "") -> list[str]:
    """Lines, one for each rule and person considered, then where it goes. ``given``: the member who got the lead."""
    lines = [
        f"{_mark(reason)} {_subject(subject, lang)}: {_reason(reason, lang)}" for subject, reason in plan.considered
    ]
    if given:
        return lines
    if plan.shares:
        people = ", ".join(share.member for share in plan.shares)
        lines.append(f"-> {_say(plan.strategy, lang)}, {_say('among', lang)}: {people}")
    else:
        lines.append(f"-> {_say('pool', lang)} {plan.pool}: {_say(plan.reason, lang)}")
    return lines


def _mark(reason: str) -> str:
    return "+" if reason in ("matched", "available") or reason in ("A", "B", "C") else "-"


def _subject(subject: str, lang: Lang) -> str:
    kind, _, id = subject.partition(":")
    return f"{_say(kind, lang)} {id}".strip()


def _reason(reason: str, lang: Lang) -> str:
    """``reason`` is a word, "word: detail", or "field: operator" of a condition that failed."""
    head, _, detail = reason.partition(": ")
    if not detail:
        return _say(head, lang)
    if detail in ("in", "not_in", "at_least", "at_most", "exists", "prefix"):
        return f"{head} {_say(detail, lang)}"
    return f"{_say(head, lang)} ({detail})"


def _say(word: str, lang: Lang) -> str:
    pair = _WORDS.get(word)
    return word if pair is None else pair[lang == "zh"]
