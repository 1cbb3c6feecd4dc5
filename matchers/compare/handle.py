"""WeChat and other handles. One that equals the phone was counted with the phone; one made of the name follows from it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from leads.records import Handle, Name
from matchers.compare.email import spells
from matchers.scale import Met, Scale


def compare(
    mine: Sequence[Handle], theirs: Iterable[tuple[Handle, int]], name: Name | None, name_agrees: bool, scale: Scale
) -> list[Met]:
    """Agreement on a handle, or the difference of two handles of one kind."""
    differs = False
    for their, seq in theirs:
        for my in mine:
            if my.kind != their.kind:
                continue
            if my.value != their.value:
                differs = True
                continue
            own = my.value.removeprefix("wx").lstrip("_-")
            made = name is not None and spells(own, name) and sum(c.isdigit() for c in own) < 3
            level = "from_name" if made and name_agrees else "exact"
            return [scale.value("handle", level, scale.rivals("W", f"{my.kind}={my.value}"), seq)]
    return [scale.fixed("handle", "differs", 0)] if differs else []
