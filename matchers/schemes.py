"""Versions of match keys: the scheme in force, and former ones for as long as somebody's index may still be keyed by them.

Whoever changes which keys a record gets raises ``KEY_VERSION`` in ``keys.py`` and puts the former rules in here under
its number: without them an index of that version could not be used while ``leadstream rekey`` builds the new one.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

import msgspec

from leads.errors import Misconfigured
from leads.name_rarity import sounds
from leads.names import letters
from leads.records import Facts, Name, Phone
from leads.romanised import likely_surnames
from matchers.keys import KEY_VERSION, Plan, Rules, hashed, house_anywhere, house_in_city, make, plan


def _numbers(phone: Phone) -> tuple[str, ...]:
    digits = phone.digits
    return (digits[-7:] if phone.kind == "landline" or len(digits) <= 8 else digits,)


def _surnames(name: Name) -> tuple[str, ...]:
    if name.script == "han" and name.latin:
        return name.latin[:1]
    return likely_surnames(name.surname) or (name.surname,)


def _bearers(facts: Facts, surnames: tuple[str, ...], organisation: str) -> Plan:
    return tuple([("S", f"{surname}|{organisation}") for surname in surnames]) if organisation else ()


#: Up to version 3: every landline by its last seven digits and other numbers whole, so that a foreign number told with and without
#: its country was two; one surname, in the whole core of an organisation.
_3: Final = Rules(house_in_city, sounds, _numbers, _surnames, _bearers)
#: Up to version 2: a rare name by its letters, so that two of three candidates had another name of the same letters.
_2: Final = _3._replace(rare_name=letters)
#: Version 1: a house without its city, so that one of every city's 中山路 100 号 was a candidate.
_1: Final = _2._replace(houses=house_anywhere)


def _scheme(rules: Rules) -> Callable[[Facts], Plan]:
    return lambda facts: make(facts, rules)


#: version -> the keys of a record in clear.
SCHEMES: dict[int, Callable[[Facts], Plan]] = {1: _scheme(_1), 2: _scheme(_2), 3: _scheme(_3), KEY_VERSION: plan}


class Keying(msgspec.Struct, frozen=True):
    """In which versions a lead's keys are made, and into which tables they go (U: upper-case kinds, L: lower-case).

    The first is the one verdicts go by; a second is there while an index changes from one to the other.
    """

    versions: tuple[tuple[int, str], ...] = ((KEY_VERSION, "U"),)

    @property
    def cases(self) -> str:
        return "".join(case for _, case in self.versions)

    def keys(self, facts: Facts, secret: bytes) -> tuple[bytes, ...]:
        """Keys of all versions, 9 bytes each, the first version's in front."""
        if len(self.versions) == 1:
            return cased(*self.versions[0], facts, secret)
        return tuple(key for version, case in self.versions for key in cased(version, case, facts, secret))

    def counts(self, facts: Facts, counts: Sequence[int]) -> Sequence[int]:
        """What the index answered for all keys -> what it says about the first version's, as if its tables were complete:
        a value that both versions have keeps the larger count. -1 is a full bucket, the largest of all."""
        if len(self.versions) == 1:
            return counts
        (first, _), (second, _) = self.versions
        mine, other = SCHEMES[first](facts), SCHEMES[second](facts)
        known = dict(zip(other, counts[len(mine) :], strict=True))
        return [_more(count, known.get(key, 0)) for key, count in zip(mine, counts, strict=False)]


def keying(in_force: Sequence[tuple[int, str]]) -> Keying:
    """How to key leads for an index with these versions in force, the complete one first; see ``stores/rekey.py``.

    Raises Misconfigured when the index has a version that this program does not know.
    """
    (old, case), *building = in_force
    if any(version not in SCHEMES for version, _ in in_force):
        known = ", ".join(map(str, SCHEMES))
        raise Misconfigured(
            [("index", f"it is keyed by version {old}, this program knows {known}: use the right program")]
        )
    if old == KEY_VERSION:
        return Keying(((old, case), *building))
    if building and building[0][0] != KEY_VERSION:
        raise Misconfigured([("index", "a change of its keys is under way: finish it with the program that began it")])
    return Keying(((KEY_VERSION, "L" if case == "U" else "U"), (old, case)))


def cased(version: int, case: str, facts: Facts, secret: bytes) -> tuple[bytes, ...]:
    """Keys of one version, for its tables."""
    made = hashed(SCHEMES[version](facts), secret)
    return made if case == "U" else tuple(key[:1].lower() + key[1:] for key in made)


def _more(one: int, other: int) -> int:
    return -1 if one < 0 or other < 0 else max(one, other)
