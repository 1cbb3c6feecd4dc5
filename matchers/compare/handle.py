"""WeChat and other handles. One that equals the phone was counted with the phone; one made of the name follows from it.

A QQ number is a handle, a mailbox and often the WeChat; a free mailbox's name is the WeChat as often.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from leads.records import Email, Handle, Name
from matchers.compare.email import spells
from matchers.keys import may_be_handle
from matchers.scale import Met, Scale


def compare(
    mine: Sequence[Handle], theirs: Iterable[tuple[Handle, int]], name: Name | None, name_agrees: bool, scale: Scale
) -> list[Met]:
    """Agreement on a handle, or the difference of two handles of one kind."""
    differs = False
    for their, seq in theirs:
        for my in mine:
            if my.value != their.value:
                differs = differs or my.kind == their.kind
                continue
            if my.kind != their.kind and not my.value.isdigit():
                continue
            own = my.value.removeprefix("wx").lstrip("_-")
            made = name is not None and spells(own, name) and sum(c.isdigit() for c in own) < 3
            level = "from_name" if made and name_agrees else "exact"
            return [scale.value("handle", level, _rivals(my.value, scale), seq)]
    return [scale.fixed("handle", "differs", 0)] if differs else []


def by_mailbox(
    handles: Sequence[Handle],
    mails: Sequence[Email],
    their_handles: Iterable[tuple[Handle, int]],
    their_mails: Iterable[tuple[Email, int]],
    name: Name | None,
    scale: Scale,
) -> Met | None:
    """A handle of one side that is the mailbox of the other; None when there is none."""
    mine = {handle.value for handle in handles}
    boxes = {mail.local for mail in mails if _is_handle(mail)}
    common = [(mail.local, seq) for mail, seq in their_mails if mail.local in mine and _is_handle(mail)]
    common += [(handle.value, seq) for handle, seq in their_handles if handle.value in boxes]
    if not common:
        return None
    value, seq = common[0]
    level = "exact" if value.isdigit() else "from_name" if name is not None and spells(value, name) else "mailbox"
    return scale.value("handle", level, _rivals(value, scale), seq)


def _is_handle(mail: Email) -> bool:
    return may_be_handle(mail) or (mail.stem == "qq" and mail.local.isdigit())


def _rivals(value: str, scale: Scale) -> float:
    return scale.rivals("E", f"{value}@qq") if value.isdigit() else scale.rivals("W", value)
