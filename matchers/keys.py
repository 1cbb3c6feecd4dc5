"""The keys a lead is found by: few, strongest first, each a letter for its kind and eight bytes of a keyed hash.

Keys set the cost of a lead (store and candidates), comparisons do not; so every kind here has earned its place in
docs/matching.md, and weak kinds are made only for records that have nothing stronger.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from functools import lru_cache
from hashlib import blake2b
from typing import Any, Final, NamedTuple

from leads.companies import core_reading
from leads.company_tables import company_words
from leads.name_rarity import is_rare, sounds
from leads.name_tables import titles
from leads.names import letters
from leads.phones import line_city
from leads.records import Company, Email, Facts, Name, Phone
from leads.romanised import likely_surnames
from leads.streets import house, parts
from matchers.sketch import bands, head_words

#: kind letter -> what it holds. Sorted letters of a name cover script, homophones, order and transposed letters at once.
KINDS: Final[dict[str, str]] = {
    "C": "status events of one call",
    "I": "a declared identifier",
    "P": "phone number: Chinese landlines by their last seven digits, all others by their last nine",
    "E": "mailbox at domain without suffix; QQ numbers as mailboxes",
    "W": "WeChat or another handle; a free mailbox's name, which is one as often",
    "Q": "sorted name letters and a phone's first six digits; surname and a mobile's first three and last four: what "
    "typing, rounding and masking leave",
    "D": "a declared date",
    "N": "a rare Chinese name as it sounds, in place of Q and T with the whole name",
    "T": "sorted name letters and city",
    "O": "organisation and city: core as it sounds, else the company mail domain; without city too for the nameless",
    "S": "surname or Latin first name and organisation (a Latin one by its first telling word) or mail domain; a romanised "
    "surname by what it may stand for",
    "A": "road, number and city; without the city too for records with neither phone nor company",
    "L": "weak: sorted name letters; mailbox name alone; mail domain",
    "X": "weak: one word of the name and the place",
    "R": "weak: road and city",
    "G": "parts of a bare organisation's name",
    "H": "MinHash bands of a bare organisation's name",
    "J": "MinHash bands of a bare address",
    "F": "MinHash bands and telling words of free text",
}
_DOMAIN_TAIL: Final = re.compile(r"(?<=....)(?:-?(?:group|tech|china|corp|inc|cn))$")  # yuchuangtech, acme-group
_SORTED: Final = 12  # letters of an organisation; a longer one is the sound of a Han name
_RARE: Final = 19.0  # bits: a name by its sound that one in half a million has
_LETTERS: Final = {kind: kind.encode() for kind in KINDS}
#: Which keys a record gets. Raise it with every change of ``plan`` that gives other keys, and see ``schemes.py``.
KEY_VERSION: Final = 4
MOST_KEYS: Final = 12
MOST_WEAK_KEYS: Final = 24  # records with neither phone nor company: few of them, and hard to find otherwise

Plan = tuple[tuple[str, str], ...]


def phone_value(phone: Phone) -> str:
    """What a number is found by: Chinese landlines, which are written with and without area code, and short numbers by their
    last seven digits; others by their last nine, since which of the first are country code, trunk zero or number is not always
    told (017762466002 may be German or Chinese)."""
    digits = phone.digits
    if len(digits) <= 8 or (phone.kind == "landline" and phone.country in ("", "86")):
        return digits[-7:]
    return digits[-9:]


def numbers(phone: Phone) -> tuple[str, ...]:
    """All that a number is found by: what looks like a Chinese landline may be another country's number."""
    value = phone_value(phone)
    if phone.kind == "landline" and not phone.country and len(phone.digits) > 8:
        return value, phone.digits[-9:]
    return (value,)


def mail_value(mail: Email) -> str:
    """Mailbox and domain without suffix: .com and .com.cn of one company are mixed up."""
    return f"{mail.local}@{mail.stem or mail.domain}"


def may_be_handle(mail: Email) -> bool:
    """Whether a mailbox name is long and odd enough to be somebody's WeChat too."""
    return mail.kind == "free" and len(mail.local) >= 6 and not mail.local.isdigit()


def known_digits(phone: Phone) -> str:
    """The number with ``*`` where a digit is not known."""
    if not phone.mask:
        return phone.digits
    head, tilde, known = phone.mask.partition("~")
    if not tilde:
        return phone.mask
    count = int(known) if known.isdigit() else 0
    return head[:count] + "*" * (len(head) - count)


def is_mobile(handle: str) -> bool:
    """Whether a handle is a Chinese mobile number: many people's WeChat is."""
    return len(handle) == 11 and handle[0] == "1" and handle.isdigit()


def told_city(facts: Facts) -> str:
    """The city, from its own field, the address or the company's name."""
    if facts.city:
        return facts.city
    if facts.address is not None and facts.address.city:
        return facts.address.city
    return facts.company.place if facts.company is not None else ""


def city_of(facts: Facts) -> str:
    """The city as told, else by a landline's area code."""
    return told_city(facts) or next(filter(None, map(line_city, facts.phones)), "")


def company_domain(facts: Facts) -> str:
    """Stem of the first company mailbox without the words that follow a brand there, "" when there is none."""
    stem = next((mail.stem or mail.domain for mail in facts.emails if mail.kind != "free"), "")
    return _DOMAIN_TAIL.sub("", stem)


_planned: Final[dict[int, tuple[Facts, Plan]]] = {}
_PLANNED: Final = 512


def plan(facts: Facts) -> Plan:
    """The keys in clear: (kind, value), strongest first, without repeats.

    Remembered between keys and verdict, by the object: to hash all facts costs as much as a third of their keys. That it is
    held, and asked for again, keeps a reused address from answering for another.
    """
    held = _planned.get(id(facts))
    if held is not None and held[0] is facts:
        return held[1]
    made = make(facts, NOW)
    if len(_planned) >= _PLANNED:
        del _planned[next(iter(_planned))]
    _planned[id(facts)] = (facts, made)
    return made


class Rules(NamedTuple):
    """In what versions of the keys differ, see ``schemes.py``."""

    houses: Callable[[Facts, str], Plan]
    rare_name: Callable[[Name], str]
    numbers: Callable[[Phone], tuple[str, ...]]
    surnames: Callable[[Name], tuple[str, ...]]
    bearers: Callable[[Facts, tuple[str, ...], str], Plan]


def make(facts: Facts, rules: Rules) -> Plan:
    """The keys in clear under ``rules``."""
    out: list[tuple[str, str]] = []
    _identities(facts, rules, out)
    company, name, city = facts.company, facts.name, city_of(facts)
    organisation = core_reading(company) if company is not None else company_domain(facts)
    full = name is not None and name.kind == "full" and bool(name.latin)
    sorted_letters = letters(name) if full and name is not None else ""
    surnames = rules.surnames(name) if name is not None and name.surname else ()
    rare = name is not None and is_rare(name, _RARE)
    for phone in facts.phones[:2]:
        _damaged(phone, "" if rare else sorted_letters, surnames, out)
    if rare and name is not None:
        out.append(("N", rules.rare_name(name)))
    elif sorted_letters and city:
        out.append(("T", f"{sorted_letters}|{city}"))
    if organisation or facts.former is not None:
        out += rules.bearers(facts, surnames, organisation)
    if organisation:
        out.append(("O", f"{organisation}|{city}"))
        if city and (name is None or name.kind == "role"):
            out.append(("O", f"{organisation}|"))
    out += rules.houses(facts, city)
    most = MOST_KEYS
    if not facts.phones and company is None:
        _weak(facts, city, out)
        most = MOST_WEAK_KEYS
    elif company is not None and name is None and not facts.phones and not facts.emails and not facts.handles:
        _organisation(company, out)
        most = MOST_WEAK_KEYS
    return tuple(dict.fromkeys(out))[:most]


def house_anywhere(facts: Facts, city: str) -> Plan:
    """The house, whatever city it is in."""
    address = facts.address
    if address is None or not (address.road and address.number):
        return ()
    room = address.room if facts.company is None else ""
    return (("A", f"{_road(address.latin, address.road)}|{house(address.number)}|{room}"),)


def house_in_city(facts: Facts, city: str) -> Plan:
    """The house in its city; a person with nothing but a name and an address may have the city misspelled."""
    anywhere = house_anywhere(facts, city)
    if not city or not anywhere:
        return anywhere
    here = (("A", f"{anywhere[0][1]}|{city}"),)
    return here if facts.phones or facts.company is not None else here + anywhere


def colleagues(surnames: Iterable[str], company: Company) -> Plan:
    """The keys of those who bear one of the surnames in an organisation."""
    return persons(surnames, _head(company))


def persons(names: Iterable[str], organisation: str) -> Plan:
    """The keys of those who are called so in an organisation, with the letters of both sorted: Cloeman is Coleman."""
    where = "".join(sorted(organisation)) if len(organisation) <= _SORTED else organisation
    return tuple([("S", f"{_letters_of(name)}|{where}") for name in names])


@lru_cache(1 << 13)
def _letters_of(name: str) -> str:
    return "".join(sorted(name))


def bearers(facts: Facts, surnames: tuple[str, ...], organisation: str) -> Plan:
    """The person in the organisation: by surname and, in Latin letters, by first name, since calls leave the other out; with
    the mail domain besides where that is another word, since organisations are misspelled and have several names."""
    company, name = facts.company, facts.name
    if company is None or name is None:
        found = persons(surnames, organisation) if surnames and organisation else ()
    else:
        first = name.given.partition(" ")[0] if name.script == "latin" else ""
        found = persons((*surnames, first) if len(first) > 1 else surnames, _head(company))
        if surnames and facts.emails and (domain := company_domain(facts)) not in ("", organisation):
            found += persons(surnames, domain)
    return found if facts.former is None else found + colleagues(surnames, facts.former)


def _head(company: Company) -> str:
    """How an organisation begins: a Latin name with the word that names it, since what follows is left out, abbreviated or
    misspelled; a Han one with its whole core."""
    core = company.core
    if " " not in core or not core.isascii():
        return core_reading(company)
    trades = company_words().trade
    return next((word for word in core.split() if len(word) >= 4 and word not in trades), core.replace(" ", ""))


def surnames_of(name: Name) -> tuple[str, ...]:
    """The surname's reading; of a romanised one each it may stand for (cheung: zhang)."""
    if name.script == "han" and name.latin:
        return name.latin[:1]
    likely = likely_surnames(name.surname)
    if not likely:
        particle = titles().particle
        likely = tuple(word for word in name.surname.split() if word not in particle)[:2] or (name.surname,)
    words = name.given.split()
    if len(words) > 1 and len(words[-1]) > 1 and not likely_surnames(words[-1]):
        return (*likely, words[-1])  # Manuel Molina Pérez is Manuel Molina, too
    return likely


def _damaged(phone: Phone, sorted_letters: str, surnames: tuple[str, ...], out: list[tuple[str, str]]) -> None:
    """What is left of a number that was rounded (1.38123E+10), masked (138****5678) or mistyped, with the name."""
    known = known_digits(phone)
    head, tail = known[:6], known[-4:]
    if sorted_letters and len(known) > 8:
        if "*" not in head:
            out.append(("Q", f"{sorted_letters}|{head}"))
        if phone.kind != "mobile" and tail.isdigit():
            out.append(("Q", f"{sorted_letters}|{tail}"))
    if phone.kind == "mobile" and len(known) == 11 and "*" not in known[:3] + tail:
        out.extend(("Q", f"{surname}|{known[:3]}{tail}") for surname in surnames)


def _road(latin: tuple[str, ...], road: str) -> str:
    """A Han road as it sounds, a Latin one by its name proper: type and direction are left out too often."""
    return parts(road).name if road.isascii() or not latin else "".join(latin)


def _identities(facts: Facts, rules: Rules, out: list[tuple[str, str]]) -> None:
    """Values that belong to one person: phone, mailbox, handle, identifier, date, call."""
    if facts.call:
        out.append(("C", facts.call))
    out.extend(("I", f"{item.name}={item.value}") for item in facts.custom if item.kind == "id" and item.value)
    for phone in facts.phones[:3]:
        if phone.digits:
            out += [("P", value) for value in rules.numbers(phone)]
    for mail in facts.emails[:3]:
        out.append(("E", mail_value(mail)))
        if is_mobile(mail.local):
            out.append(("P", rules.numbers(Phone(mail.local, "86", "mobile"))[0]))
    for handle in facts.handles[:2]:
        value = handle.value
        if handle.kind == "qq" or (value.isdigit() and not is_mobile(value)):
            out.append(("E", f"{value}@qq"))
        elif is_mobile(value):
            out.append(("P", rules.numbers(Phone(value, "86", "mobile"))[0]))
        else:
            out.append(("W", value))
    out.extend(("W", mail.local) for mail in facts.emails[:2] if may_be_handle(mail))
    out.extend(("D", f"{item.name}={item.value}") for item in facts.custom if item.kind == "date" and item.value)


def _weak(facts: Facts, city: str, out: list[tuple[str, str]]) -> None:
    """Records with neither phone nor company: any two of their parts may have to find them."""
    name, address = facts.name, facts.address
    place = city or facts.postcode
    if name is not None and (name.kind in ("full", "given") or (name.kind == "surname" and name.script == "latin")):
        out.append(("L", letters(name)))
        words = [word for word in (name.surname, name.given) if word]
        out.extend(("X", f"{word}|{at}") for word in words for at in dict.fromkeys((place, facts.postcode)) if at)
        out.extend(("X", f"{word}|{item.value}") for word in words for item in facts.custom if item.kind == "date")
    for mail in facts.emails[:1]:
        out.append(("L", f"{mail.local}@"))
        if mail.kind != "free":
            out.append(("L", f"@{mail.stem or mail.domain}"))
    if address is not None and address.road and place:
        out.append(("R", f"{_road(address.latin, address.road)}|{place}"))
    if address is not None and address.number and place:
        out.append(("R", f"{house(address.number)}|{place}"))
    if name is None and not facts.emails and not facts.handles:
        if address is not None:
            out.extend(("J", band) for band in bands(address.text, 4, 3))
        if facts.text:
            _text(facts.text, out)


def _organisation(company: Company, out: list[tuple[str, str]]) -> None:
    """A record that is nothing but an organisation's name: its parts, the start of its core, bands of the whole."""
    for part in company.text.replace(";", ",").replace("，", ",").split(",")[:6]:
        words = part.lower().split()
        if words:
            out.append(("G", "".join(sorted("".join(words)))))
    core = company.core
    if core.isascii():
        out.extend(("G", f"word={word}") for word in core.split()[:2] if len(word) > 2)
    else:
        out.extend(("G", f"gram={core[i : i + 2]}") for i in range(min(len(core) - 1, 3)))
    out.extend(("H", band) for band in bands(company.full, 4, 3))


def _text(text: str, out: list[tuple[str, str]]) -> None:
    words = head_words(text)
    out.extend(("F", f"word={word}") for word in words)
    out.extend(("F", band) for band in bands(" ".join(words), 4, 2))


#: The rules in force.
NOW: Final = Rules(house_in_city, sounds, numbers, surnames_of, bearers)


@lru_cache(16)
def _hasher(secret: bytes) -> Any:
    return blake2b(digest_size=8, key=secret)


def hashed(values: Plan, secret: bytes) -> tuple[bytes, ...]:
    """The keys of a plan as they go into the index."""
    start = _hasher(secret).copy
    keys = []
    for kind, value in values:
        digest = start()
        digest.update(value.encode("utf-8", "surrogatepass"))
        keys.append(_LETTERS[kind] + digest.digest())
    return tuple(keys)


def keys_of(facts: Facts, secret: bytes) -> tuple[bytes, ...]:
    """Keys of a lead: 9 bytes each, strongest first, no repeats, at most 12 (24 when it has neither phone nor company).

    ``secret`` is the tenant's, so equal values of two tenants or of an outsider's list give other keys.
    """
    return hashed(plan(facts), secret)
