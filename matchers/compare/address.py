"""Addresses: the house (road and number) and the room; account evidence for companies, a household's for persons."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from rapidfuzz import fuzz
from rapidfuzz.distance import OSA, JaroWinkler

from leads.records import Address
from leads.streets import house, parts
from matchers.scale import Met, Scale

_NEAR: Final = 0.88  # Jaro-Winkler of two spellings of one road
#: How another house is called when both are nothing but an organisation: its house is what a site is known by.
_OTHER_SITE: Final = {"differs": "bare_differs", "other_number": "bare_number"}
#: Levels of one house.
HOUSE: Final = frozenset({"road_number", "room", "whole", "near"})
#: Levels of another house, of organisations.
SITES: Final = frozenset(_OTHER_SITE.values())


def compare(mine: Address | None, theirs: Iterable[tuple[Address, int]], scale: Scale, bare: bool) -> list[Met]:
    """The best level over the entity's addresses; empty when one side has none that can be compared."""
    if mine is None:
        return []
    best: list[Met] = []
    for their, seq in theirs:
        met = _pair(mine, their, seq, scale)
        if met and (not best or sum((m.bits for m in met), 0.0) > sum((m.bits for m in best), 0.0)):
            best = met
    if bare and best and best[0].level in _OTHER_SITE:
        return [scale.fixed("address", _OTHER_SITE[best[0].level], best[0].seq)]
    return best


def _pair(my: Address, their: Address, seq: int, scale: Scale) -> list[Met]:
    if my.text and my.text == their.text and len(my.text) > 8:
        return [scale.value("address", "road_number" if not my.number else "room" if my.room else "whole", 0, seq)]
    if not (my.road and their.road):
        return []
    likeness = 1.0 if my.road == their.road or (my.latin and my.latin == their.latin) else _likeness(my, their)
    if not (my.number and their.number):
        return [scale.fixed("address", "road", seq)] if likeness >= _NEAR else []
    if house(my.number) != house(their.number):
        if likeness < _NEAR:
            return [scale.fixed("address", "differs", seq)]
        near = OSA.distance(my.number, their.number, score_cutoff=1) <= 1 and len(my.number + their.number) > 2
        return [scale.fixed("address", "number_near" if near else "other_number", seq)]
    if likeness < _NEAR:
        return [scale.fixed("address", "differs", seq)]
    if likeness < 1.0:
        return [scale.value("address", "near", 0, seq)]
    room = my.room and their.room
    if room and my.room == their.room:
        return [scale.value("address", "room", 0, seq)]
    here = scale.value("address", "road_number", 0, seq)
    return [here, scale.fixed("address", "other_room", seq)] if room else [here]


def _likeness(my: Address, their: Address) -> float:
    """Likeness of two roads in [0, 1]; Latin ones by their words too, some of which may be missing or moved."""
    if my.road.isascii() and their.road.isascii():
        one, two = parts(my.road), parts(their.road)
        if one.directions and two.directions and one.directions.isdisjoint(two.directions):
            return 0.0  # north and south of one road
        if one.digits != two.digits:
            return 0.0
        if one.name == two.name:
            return 1.0 if not one.types or not two.types or one.types & two.types else _NEAR
        words = fuzz.token_set_ratio(my.road, their.road) / 100
        glued = JaroWinkler.similarity(my.road.replace(" ", ""), their.road.replace(" ", ""))
        return min(max(words, glued), 0.99)
    return JaroWinkler.similarity(" ".join(my.latin) or my.road, " ".join(their.latin) or their.road)
