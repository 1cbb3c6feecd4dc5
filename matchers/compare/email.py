"""Mailboxes: a personal one is a person's, a role mailbox and a shared company domain are an account's."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Final

from rapidfuzz.distance import OSA

from leads.companies import core_reading
from leads.name_rarity import is_english_first
from leads.name_tables import english
from leads.nicknames import same_given
from leads.pinyin import segment
from leads.records import Company, Email, Name
from leads.romanised import surname_readings
from matchers.keys import mail_value
from matchers.scale import Met, Scale

_LEAST_BRAND: Final = 6  # letters of a brand or mailbox from which on one may begin with the other
_APART: Final = re.compile(r"[._-]")
_DESKS: Final = ("info", "sales", "contact", "support", "service", "admin", "office", "marketing", "hr", "hello")
_LONGEST_DESK: Final = max(map(len, _DESKS)) + 1


def _mistyped_desk(local: str) -> bool:
    """One letter off a role mailbox: salse@, hrr@."""
    size = len(local)
    for desk in _DESKS if size <= _LONGEST_DESK else ():
        near = abs(len(desk) - size) <= 1 and OSA.distance(local, desk, score_cutoff=1) <= 1
        if near and (len(desk) > 3 or set(local) == set(desk)):
            return True
    return False


def is_role(mail: Email) -> bool:
    """Whether a desk reads this mailbox, not a person; mistyped ones too."""
    return mail.kind == "role" or (mail.kind == "company" and _mistyped_desk(mail.local))


def of_organisation(mail: Email, company: Company) -> bool:
    """Whether a mailbox at a provider is the organisation's own: its brand, in full, cut off or with a word behind it
    (xinpengwuliu168@ of 鑫鹏物流)."""
    local = "".join(filter(str.isalpha, mail.local))
    brand = core_reading(company)
    if min(len(local), len(brand)) < _LEAST_BRAND:
        return local == brand and len(brand) >= 4
    if local.startswith(brand) or brand.startswith(local):
        return True
    # the core says automotive where the name has auto
    return company.text.isascii() and "".join(filter(str.isalpha, company.text.lower())).startswith(local)


def compare(
    mine: Sequence[Email],
    theirs: Iterable[tuple[Email, int]],
    scale: Scale,
    firm: Company | None,
    firms: Sequence[tuple[Company, int]],
) -> list[Met]:
    """The best agreement over all pairs of mailboxes, a shared company domain besides, or a difference.

    ``firm``, ``firms``: my organisation and theirs, whose mailboxes are no person's wherever they are kept.
    """
    best: Met | None = None
    domain: Met | None = None
    level = ""
    for their, seq in theirs:
        for my in mine:
            if level != "differs":  # a mailbox at work beside one at home is no contradiction
                level = "work_and_home" if _at_two_places(my, their) else "differs"
            met = _pair(my, their, seq, scale, firm, firms)
            if met is not None and (best is None or met.bits > best.bits):
                best = met
            if domain is None and my.kind != "free" and my.domain == their.domain:
                domain = scale.value("email", "domain", 0, seq)
    if best is not None:
        return [best]
    if not level:
        return []
    differs = scale.fixed("email", level, 0)
    return [differs] if domain is None else [differs, domain]


def _at_two_places(my: Email, their: Email) -> bool:
    """One at a company and one at a provider, or a person's and a desk's of one company."""
    kinds = {my.kind, their.kind}
    return kinds == {"free", "company"} or (kinds == {"role", "company"} and my.domain == their.domain)


def _pair(
    my: Email, their: Email, seq: int, scale: Scale, firm: Company | None, firms: Sequence[tuple[Company, int]]
) -> Met | None:
    role = is_role(my) or is_role(their)
    if my.local == their.local:
        role = role or (firm is not None and of_organisation(my, firm))
        role = role or any(of_organisation(my, their_firm) for their_firm, _ in firms)
        if my.domain == their.domain:
            return scale.value("email", "role" if role else "exact", scale.rivals("E", mail_value(my)), seq)
        if my.stem and my.stem == their.stem:
            return scale.value("email", "role" if role else "other_suffix", scale.rivals("E", mail_value(my)), seq)
        if role:
            return None
        if _mistyped(my.stem, their.stem):
            return scale.value("email", "near", 0, seq)
        digits = sum(c.isdigit() for c in my.local)
        return scale.fixed("email", "same_local" if digits >= 3 else "same_local_plain", seq)
    if my.domain != their.domain and not (my.stem and my.stem == their.stem):
        return None
    if role:
        near = is_role(my) and is_role(their) and OSA.distance(my.local, their.local, score_cutoff=2) <= 2
        return scale.value("email", "role_near", 0, seq) if near else None
    allowed = 2 if min(len(my.local), len(their.local)) >= 9 else 1
    if min(len(my.local), len(their.local)) < 4 or OSA.distance(my.local, their.local, score_cutoff=allowed) > allowed:
        return None
    one, two = _digits(my.local), _digits(their.local)
    digit = one != two
    if digit and (len(one) != len(two) or OSA.distance(one, two, score_cutoff=1) > 1):
        return None
    return scale.value("email", "near_digit" if digit else "near", 0, seq)


def _mistyped(one: str, two: str) -> bool:
    """A company's domain with a letter or, in long ones, two wrong."""
    size = min(len(one), len(two))
    return size >= 4 and OSA.distance(one, two, score_cutoff=2) <= (2 if size >= 8 else 1)


def _digits(local: str) -> str:
    return "".join(filter(str.isdigit, local))


def spells(local: str, name: Name) -> int:
    """How well a mailbox or handle spells a name: 2 all of it (weizhang88), 1 surname and initials (zhangw), 0 not."""
    letters = "".join(c for c in local if c.isalpha())
    parts = name.latin[: 1 + len(name.given)] if name.script == "han" else name.latin
    if name.kind != "full" or len(parts) < 2 or len(letters) < 3:
        return 0
    if name.script == "han":
        surname, given = parts[0], parts[1:]
    else:
        surname = name.surname or parts[-1]
        given = tuple(part for part in parts if part != surname) or parts[:1]
    whole, initials = "".join(given), "".join(part[:1] for part in given)
    if letters in (surname + whole, whole + surname):
        return 2
    return (
        1 if letters in (surname + initials, initials + surname, initials[:1] + surname, surname + initials[:1]) else 0
    )


def _initials_of_kin(local: str, surname: str, given: str) -> bool:
    """Whether a mailbox has the surname and beside it, apart or as one letter, what does not begin like the given name."""
    parts = [part for part in (p.strip("0123456789") for p in _APART.split(local)) if part]
    if len(parts) == 1 and len(surname) > 3 and len(parts[0]) == len(surname) + 1:
        parts = [parts[0].replace(surname, "", 1), surname] if surname in parts[0] else parts
    if len(parts) != 2 or surname not in parts:
        return False
    other = parts[parts[0] == surname]
    return other[0] != given[0] and not same_given(other, given)


def spells_kin(local: str, name: Name) -> bool:
    """Whether a mailbox spells the name's surname with another given name: the mailbox of kin (zhanglili88, 张伟)."""
    letters = "".join(c for c in local if c.isalpha())
    if name.kind != "full" or not name.surname or spells(local, name):
        return False
    han = name.script == "han"
    surname = name.latin[0] if han else name.surname.replace(" ", "")
    given = "".join(name.latin[1 : 1 + len(name.given)]) if han else name.given.replace(" ", "")
    rests = [letters.removeprefix(surname)] if letters.startswith(surname) else []
    rests += [letters.removesuffix(surname)] if letters.endswith(surname) else []
    if han:
        return any(_other_given(rest, given) for rest in rests)
    if surname_readings(surname) and is_english_first(given.partition(" ")[0]):
        rests = [rest for rest in rests if not segment(rest)]  # meihui.lin@ is Amy Lin's as soon as her sister's
    if given and not surname_readings(surname) and _initials_of_kin(local, surname, given):
        return True
    return any(
        len(rest) >= 3
        and rest[0] != given[:1]
        and (rest in english() or bool(segment(rest)))
        and not same_given(rest, given)
        for rest in rests
    )


def _other_given(rest: str, given: str) -> bool:
    """Whether pinyin is another given name; an English one (jackzhang) may be anybody's."""
    parts = segment(rest)
    if len(parts) > 1:
        return rest != given
    return bool(parts) and len(rest) >= 3 and rest[0] != given[:1] and rest not in english()
