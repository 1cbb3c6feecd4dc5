"""What this worker has decided but its views do not show yet.

Register j+1 is sent before commit j, so the answer of register j+1 may predate the effects of batch j. The overlay lays
those effects over the answer while judging; ``Confirmed`` then turns the versions a decision saw into the versions the
store must hold for the decision to stand. Nothing here outlives one call of the shell.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import msgspec

from leads.records import Decision
from streams.effect import Effect


class Overlay:
    """Entities as they will be once all pending effects are committed."""

    def __init__(self, effects: Iterable[Effect] = ()) -> None:
        self.effects: list[Effect] = []
        self._alias: dict[int, int] = {}
        self._members: dict[int, tuple[int, ...]] = {}
        for effect in effects:
            self.add(effect)

    def find(self, entity: int) -> int:
        """The entity this one will be part of."""
        while entity in self._alias:
            entity = self._alias[entity]
        return entity

    @property
    def united(self) -> int:
        """How many entities own decisions have united with an earlier one."""
        return len(self._alias)

    def members(self, entity: int) -> tuple[int, ...]:
        """Sequence numbers that own decisions put into this (root) entity."""
        return self._members.get(entity, ())

    def add(self, effect: Effect) -> None:
        """Lay one decision's effect over what is there."""
        self.effects.append(effect)
        if not effect.parts:  # refused, or on record already: no entity changes
            return
        if len(effect.parts) == 1 and effect.parts[0] not in self._alias and effect.parts[0] not in self._members:
            self._members[effect.parts[0]] = effect.members  # most leads: a new customer
            return
        roots = {self.find(part) for part in effect.parts}
        root = min(roots)
        members = dict.fromkeys(effect.members)
        for other in roots:
            members.update(dict.fromkeys(self._members.pop(other, ())))
            if other != root:
                self._alias[other] = root
        self._members[root] = tuple(members)

    def without(self, fallen: set[bytes]) -> Overlay:
        """The overlay as if the decisions of these events had not been made."""
        return Overlay(effect for effect in self.effects if effect.decision.event not in fallen)


class Confirmed:
    """What the store has confirmed of our own commits: aliases and the version each entity got."""

    def __init__(self) -> None:
        self._alias: dict[int, int] = {}
        self._version: dict[int, int] = {}

    def add(self, effect: Effect, root: int, version: int) -> None:
        """Commit made ``root``, at ``version``, of the entities an effect put together."""
        for part in effect.parts:
            if part != root:
                self._alias[part] = root
        self._version[root] = version

    def seen(self, decision: Decision) -> Decision:
        """The decision with its versions brought up to what our own commits made of them.

        Versions only grow, so the later of the two is the one the view and our commit agree on; if another worker changed
        the entity in between, the store finds neither and answers stale.
        """
        versions, aliases = self._version, self._alias
        if not any(entity in versions or entity in aliases for entity, _ in decision.seen):
            return decision
        now: dict[int, int] = {}
        for entity, version in decision.seen:
            root = entity
            while root in aliases:
                root = aliases[root]
            known = versions.get(root, 0)
            now[root] = max(now.get(root, 0), known, version if root == entity else 0)
        return msgspec.structs.replace(decision, seen=tuple(now.items()))


def cascade(effects: Sequence[Effect], bad: set[int]) -> set[bytes]:
    """Events among ``effects`` (in order) that depend on an entity in ``bad``, directly or through one another."""
    bad = set(bad)
    fallen: set[bytes] = set()
    for effect in effects:
        if not bad.isdisjoint(effect.looked):
            fallen.add(effect.decision.event)
            bad |= effect.looked
    return fallen
