"""How two names of persons in Latin letters compare: one level out of ``leads.name_levels.LEVELS``."""

from __future__ import annotations

from typing import Final

import msgspec
from rapidfuzz.distance import OSA

from leads.latin_names import family_share, given_share
from leads.name_rarity import is_english_first
from leads.name_tables import english, titles
from leads.nicknames import formal, same_given
from leads.pinyin import segment, syllables
from leads.records import Name
from leads.romanised import readings, surname_readings

#: First names that are forms of address elsewhere.
_FORMS: Final = frozenset({"don", "dona", "dom"})


def two_latin(a: Name, b: Name) -> str:
    """The level of two names in Latin letters that are not equal part by part."""
    level = _two(a, b)
    if level.startswith("conflict") and _FORMS & {a.given, b.given}:
        level = _two(_addressed(a), _addressed(b))
    return level


def _addressed(name: Name) -> Name:
    """Don Molina, Dona Camargo: what is a first name in one language is a form of address in another."""
    if name.given not in _FORMS or name.kind != "full":
        return name
    rest = tuple(word for word in name.latin if word != name.given)
    return msgspec.structs.replace(name, kind="surname", given="", latin=rest, honorific=name.given)


def _two(a: Name, b: Name) -> str:
    if "".join(a.latin).isascii() != "".join(b.latin).isascii():
        return "none"  # 윤준혜 and Junhye Yoon: a script that is not read contradicts nobody
    if a.latin == b.latin or sorted(a.latin) == sorted(b.latin):
        return "order" if len(a.latin) > 1 else "given_only"
    if a.kind != b.kind and (_initial_and_half(a, b) or _initial_and_half(b, a)):
        return "initial"
    if _first_and_initial(a, b) or _first_and_initial(b, a):
        return "initial"
    if _less(a, b) or _less(b, a):
        return "middle"
    if len(a.text) != len(b.text) and (part := _within(*((a, b) if len(a.text) < len(b.text) else (b, a)))):
        return part
    if not (a.surname and a.given and b.surname and b.given):
        return _latin_part(a, b)
    if _but_for_an_initial(a.latin, b.latin):
        return "middle"
    mine, other = "".join(a.latin), "".join(b.latin)
    if len(mine) == len(other) and (mine == other or _turned(a, b)):
        return "order"
    if a.surname == b.surname:
        return _latin_given_levels(a.given.split(), b.given.split(), a.surname)
    first, second = a.given.split(), b.given.split()
    if a.surname in b.latin or b.surname in a.latin:  # one of them was read the wrong way round
        common = a.surname if a.surname in b.latin else b.surname
        return _latin_given_levels([t for t in a.latin if t != common], [t for t in b.latin if t != common], common)
    if _romanised(a, b):
        return "romanised"
    if a.kind != b.kind and _near(a.surname, b.surname) and _fits(first[0], second[0]):
        return "initial"
    alike = first == second or same_given(first[0], second[0])
    if alike and _near(a.surname, b.surname):
        return "typo"
    if alike and len(first[0]) > 1:
        return "conflict_surname"
    return "typo" if _same_letters(a.latin, other) else "conflict"


def _first_and_initial(short: Name, whole: Name) -> bool:
    """Mike J. of Michael Johnson."""
    return (
        short.kind == "initial"
        and whole.kind == "full"
        and whole.surname.startswith(short.given)
        and same_given(short.surname, whole.given.partition(" ")[0])
    )


def _initial_and_half(short: Name, whole: Name) -> bool:
    """A. Rodríguez Otero of Andrea Rodríguez, M. García of María García López: an initial, and one of two surnames."""
    if short.kind != "initial" or whole.kind != "full" or max(len(short.latin), len(whole.latin)) < 3:
        return False
    words = set(short.surname.split()) - titles().particle
    rest = [word for word in whole.latin if word not in words]
    return 0 < len(rest) < len(whole.latin) and any(_fits(short.given[:1], word) for word in rest[:1])


def _less(short: Name, whole: Name) -> bool:
    """Daniel Ruiz of Daniel Ruiz Serrano, Anh Vo of Vo Duc Anh: the same name with a word left out. Of a Chinese one that may be a
    brother's, and Maria Jose of Maria Jose Garcia lacks the surname."""
    if not (short.kind == whole.kind == "full" and 1 < len(short.latin) < len(whole.latin)):
        return False
    if not set(short.latin) < set(whole.latin) or all(map(readings, whole.latin)):
        return False
    given = short.latin == whole.latin[-len(short.latin) :] or short.latin == whole.latin[: len(short.latin)]
    return not given or any(family_share(word) > given_share(word) for word in short.latin)


def _but_for_an_initial(one: tuple[str, ...], two: tuple[str, ...]) -> bool:
    """Whether the words are the same and only one side has initials besides, whichever word each took for the surname."""
    mine, other = (sorted(token for token in tokens if len(token) > 1) for tokens in (one, two))
    return mine == other and len(mine) > 1 and len(mine) in (len(one), len(two))


def _within(short: Name, whole: Name) -> str:
    """What of a whole name the other is, "" when it is no such part: Soo-hee of Lee Soo-hee, Pili of Pili Busquets Luz, which
    pinyin would take apart; Sotelo Diego of Evelia Sotelo Diego. Of a Chinese name that may be a brother's."""
    if whole.kind != "full" or not short.latin:
        return ""
    joined = "".join(short.latin)
    if short.kind == "full" and (joined == whole.given.replace(" ", "") or joined in whole.latin):
        return "surname_only" if joined == whole.surname else "given_only"
    size = len(short.latin)
    tail = size > 1 and whole.latin[-size:] == short.latin and whole.latin[0] not in short.latin
    return "surname_only" if tail and not all(map(segment, short.latin)) else ""


def _same_letters(tokens: tuple[str, ...], other: str) -> bool:
    """Whether long names are two letters off as a whole, wherever the words were cut and whichever stands first."""
    turned = ("".join(tokens[i:] + tokens[:i]) for i in range(len(tokens)))
    return len(other) + sum(map(len, tokens)) >= 17 and any(
        OSA.distance(mine, other, score_cutoff=2) <= 2 for mine in turned
    )


def _turned(a: Name, b: Name) -> bool:
    """Whether the syllables are the same but for turning the given name to the front."""
    mine, other = syllables(a.latin), syllables(b.latin)
    return any(mine[i:] + mine[:i] == other for i in range(1, len(mine)))


def _romanised(a: Name, b: Name) -> bool:
    """Whether both may be romanisations of one Chinese name, whichever word of each is the surname."""
    return any(_alike(mine, other) for mine in _orders(a) for other in _orders(b))


def _orders(name: Name) -> tuple[tuple[str, ...], ...]:
    """The syllables, surname first, with either end as the surname."""
    first, *rest = name.latin
    *head, last = name.latin
    return (first, *_cut(rest)), (last, *_cut(head))


def _cut(tokens: list[str]) -> tuple[str, ...]:
    """Tokens as syllables; what one romanisation writes as one stays whole (chien)."""
    return tuple([part for token in tokens for part in ((token,) if readings(token) else syllables((token,)))])


def _alike(mine: tuple[str, ...], other: tuple[str, ...]) -> bool:
    if len(mine) != len(other) or surname_readings(mine[0]).isdisjoint(surname_readings(other[0])):
        return False
    return all(x == y or not readings(x).isdisjoint(readings(y)) for x, y in zip(mine[1:], other[1:], strict=True))


def _latin_given_levels(mine: list[str], other: list[str], surname: str) -> str:
    """The surnames agree: the level of the given names, as lists of tokens."""
    if not mine or not other:
        return "surname_only"
    x, y = mine[0], other[0]
    joined, written = "".join(mine), "".join(other)
    if len(x) == 1 or len(y) == 1:
        return "initial" if _fits(x, y) else "conflict_given"
    if x == y:
        shorter, longer = sorted((mine[1:], other[1:]), key=len)
        if all(s[0] == t[0] for s, t in zip(shorter, longer, strict=False)):
            return "middle"
        return "typo" if len(mine) == len(other) and _near(joined, written) else "partial"
    if same_given(x, y):
        return "nickname"
    if _near(joined, written) or _near(x, y):
        return "typo"
    parts, others = segment(joined), segment(written)
    chinese = bool(surname_readings(surname))  # else Pamela is no pa me la, and Linda no alias beside her
    if chinese and bool(parts) != bool(others) and (is_english_first(x) or is_english_first(y)):
        return "surname_only"
    if parts and others and len(parts) != len(others) and not set(parts).isdisjoint(others):
        return "partial"
    return "conflict_given"


def _fits(a: str, b: str) -> bool:
    """Whether the shorter of two given names, an initial, may be the other's or that of its long form (B. for Robert: Bob)."""
    letter, whole = sorted((a, b), key=len)
    return any(name.startswith(letter) for name in formal(whole))


def _near(a: str, b: str) -> bool:
    """One letter off, "rn" read as "m", words of at least three and four letters; or letters mixed up, two off in long
    words, unless both are names that people have (Michael, Michelle)."""
    size = min(len(a), len(b))
    if len(a) + len(b) < 7:
        return False
    if OSA.distance(a, b, score_cutoff=1) <= 1 or a.replace("rn", "m") == b.replace("rn", "m"):
        return True
    mixed = size >= 5 and (sorted(a) == sorted(b) or (size >= 6 and OSA.distance(a, b, score_cutoff=2) <= 2))
    return mixed and not (a in english() and b in english())


def _latin_part(a: Name, b: Name) -> str:
    """At least one of two Latin names lacks a part."""
    if a.kind != b.kind and {a.kind, b.kind} <= {"surname", "given"}:
        return "none"
    if {a.kind, b.kind} & {"surname", "given"} and any(_near(x, y) for x in a.latin for y in b.latin):
        return "given_only" if "given" in (a.kind, b.kind) else "surname_only"
    if "given" in (a.kind, b.kind):
        short, other = (a, b) if a.kind == "given" else (b, a)
        theirs = other.given.split()
        if other.kind == "initial" and other.given == short.given[:1]:
            return "none"  # Nicholas and N. Hurst
        if theirs and (
            short.given == "".join(theirs) or short.given in other.latin or same_given(short.given, theirs[0])
        ):
            return "given_only"
        chinese = bool(segment("".join(theirs))) or bool(surname_readings(other.surname))
        return "english_alias" if other.kind == "full" and chinese and is_english_first(short.given) else "conflict"
    short, other = (a, b) if a.kind == "surname" else (b, a)
    same = short.surname in other.latin or not surname_readings(short.surname).isdisjoint(
        surname_readings(other.surname)
    )
    if same or _half(short, other) or _half(other, short):
        return "surname_only"
    if _initials(short) and set(short.surname) <= {word[0] for word in other.latin}:
        return "none"  # MK and Mika Koskinen
    if other.kind == "initial" and other.latin[-1] == other.given and short.surname.startswith(other.given):
        return "none"  # Austin B. and Mr. Blair
    return "none" if a.kind == b.kind == "surname" and _may_be_given(a, b) else "conflict"


def _half(name: Name, other: Name) -> bool:
    """Whether one of two surnames (Smith-Jones) is the other's."""
    words = name.surname.split()
    return len(words) > 1 and any(word in other.latin for word in words if word not in titles().particle)


def _initials(name: Name) -> bool:
    """Whether a word that was taken for a surname is but initials."""
    return len(name.surname) in (2, 3) and name.text.isupper() and not surname_readings(name.surname)


def _may_be_given(a: Name, b: Name) -> bool:
    """Whether one of two single words is a surname by its title, and the other, bare and no surname of any table, may be the given
    name: Sr. Diéguez, Ciro."""
    bare, titled = (a, b) if b.honorific else (b, a)
    known = english().get(bare.surname)
    return (
        bool(titled.honorific)
        and not bare.honorific
        and not surname_readings(bare.surname)
        and (known is None or known.last < known.first)
    )
