"""What commands say of customers and their owners, English and Chinese. Refusals in English are ``leads.ownership.REFUSALS``."""

from __future__ import annotations

from leads.ownership import REFUSALS
from leadstream.levelwords import Lang

REFUSALS_ZH: dict[str, str] = {
    "unknown": "没有这个客户；请用其任一线索的回执指明",
    "under_way": "该线索仍在判定中，请稍后再试",
    "not_in_pool": "不在公海，无法领取；如认为应归你，请提交申诉",
    "taken": "已有人在跟进该客户；如认为应归你，请提交申诉",
    "locked": "已锁定；请在锁定结束后再试",
    "cooling": "你不久前曾持有该客户，冷却期内他人优先",
    "new_arrival": "刚进入公海，暂不可领取",
    "no_member": "此人不是该公海或团队的成员",
    "gone": "此人已离职",
    "away": "此人已暂停或不在岗",
    "day_cap": "今日领取次数已用完；退回不返还次数",
    "holding_cap": "此人持有客户已达上限；请先退回或成交",
    "not_owner": "只有负责人或其主管可以操作",
    "not_leader": "只有主管可以操作",
    "party": "当事人不能裁决",
    "no_evidence": "仅有备注不算跟进：请提供足够时长的通话、已发邮件或注明时间的拜访",
    "suspended": "该客户有未决争议，请等待裁决",
    "no_change": "已是如此，无需更改",
    "earlier": "早于已有记录，以记录为准",
}

_SAID: dict[str, tuple[str, str]] = {
    "claim": ("claimed", "领取成功"),
    "report": ("reported", "报备成功"),
    "approve": ("approved", "已批准"),
    "follow_up": ("on record", "已记录跟进"),
    "release": ("back in the pool", "已退回公海"),
    "transfer": ("transferred", "已转移"),
    "lock": ("done", "已完成"),
    "known": ("done before; nothing changed", "此前已完成，未作更改"),
    "pool": ("in pool {pool}", "在公海 {pool}"),
    "new": ("nobody has it", "无人持有"),
    "taken": ("taken", "已被占有"),
    "reported_by": ("reported by {owner}, waits for approval", "{owner} 已报备，待批准"),
    "protected": ("protected for {owner}", "{owner} 保护期"),
    "owned": ("owned by {owner}", "{owner} 负责"),
    "until": ("until {when}", "至 {when}"),
    "waiting": ("{n} wait", "{n} 个待领取"),
    "turns": ("{used} of {cap} turns used today", "今日已领取 {used}/{cap}"),
    "more": ("more: --after {after}", "更多：--after {after}"),
    "nothing": ("nothing waits", "暂无待领取客户"),
    "outcome": ("{code} ({reason})", "{code}（{reason}）"),
}


def say(word: str, lang: Lang, **what: object) -> str:
    """A word or sentence in a language."""
    return _SAID[word][lang == "zh"].format(**what)


def refused(reason: str, lang: Lang) -> str:
    """Why something was refused, in a language."""
    return REFUSALS_ZH[reason] if lang == "zh" else REFUSALS[reason]
