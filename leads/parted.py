"""Several things in one cell of Latin letters, or two cells exchanged: parted, each to its own field."""

from __future__ import annotations

import re
from typing import Final

from leads.companies import company
from leads.emails import emails
from leads.name_rarity import is_english_first
from leads.name_tables import titles
from leads.names import name
from leads.places import is_known_city
from leads.records import Name, Note
from leads.tails import HAN, HAS_TAIL, agrees, looks_like_firm, tail_of_company, tail_of_name
from leads.text import ascii_fold

Fields = dict[str, str]

_POSTCODE: Final = (
    r"(?:[A-Z]{1,2}-)?(?:\d{5}(?:-\d{3,4})?|\d{3}-\d{4}|\d{2}-\d{3}|\d{3} \d{2}|\d{4} ?[A-Z]{2}|\d{4,7}"
    r"|[A-Z]{1,2}\d[\dA-Z]? ?\d[A-Z]{2}|[A-Z]\d[A-Z] ?\d[A-Z]\d|[A-Z]\d[\dW] ?[A-Z\d]{4})"
)
_CODE_FIRST: Final = re.compile(rf"({_POSTCODE})[\s,]+((?:'s-)?[^\W\d][^\d,]*)", re.IGNORECASE)
_CODE_LAST: Final = re.compile(rf"((?:'s-)?[^\W\d][^\d,]*?)[\s,]+({_POSTCODE})", re.IGNORECASE)
_COMMA_NAME: Final = re.compile(r"[^\s,]+, [^\s,]+(?: [^\s,]+)?")
_DIGIT: Final = re.compile(r"\d")
_UNIT: Final = re.compile(
    r"(?:suite|ste|apt|apto|appt|unit|flat|room|rm|floor|fl|bldg|building|lot|box|piso|etage|og|stock|hoog)\b",
    re.IGNORECASE,
)
_MOST_WORDS: Final = 5  # of a person's name
_LETTERS: Final = re.compile(r"[^\W\d_]{4,}")


def parted(fields: Fields) -> tuple[Fields, tuple[Note, ...]]:
    """``fields`` with every part in its own field, and what was done; the very same dict when there is nothing to do."""
    get = fields.get
    who, firm, city, number = get("name", ""), get("company", ""), get("city", ""), get("phone", "")
    # the cheap question first, and none that Han letters have answered: most rows are clean
    latin = firm and (firm.isascii() or not HAN.search(firm))
    slipped = (number and not (number[-1].isdigit() or _DIGIT.search(number))) or (latin and not who)
    slipped = slipped or "@" in get("title", "")
    tails = latin and (HAS_TAIL.search(firm) or (city and firm.endswith(city)))
    behind = HAS_TAIL.search(who)
    code = city and not city.isalpha() and _DIGIT.search(city) and not get("postcode")
    address = not city and "," in get("address", "")
    exchanged = latin and who and _are_exchanged(who, firm, get("email", ""))
    if not (slipped or tails or behind or code or address or exchanged):
        return fields, ()
    out, notes = dict(fields), list[Note]()
    if slipped:
        _slipped(out, notes)
    if exchanged:
        out["name"], out["company"] = firm, who
        notes.append(Note("name", "swapped_with_company"))
    if HAS_TAIL.search(out.get("name", "")):
        _behind_name(out, notes)
    if tails and out.get("company"):
        _behind_company(out, notes)
    if code and (found := _code_and_city(city)):
        out["postcode"], out["city"] = found
        notes.append(Note("city", "split_postcode"))
    elif address:
        _end_of_address(out, notes)
    return ({key: value for key, value in out.items() if value}, tuple(notes)) if notes else (fields, ())


def _slipped(out: Fields, notes: list[Note]) -> None:
    """Rows that slipped by a column: a mailbox among titles, a company among phones, a person among companies."""
    if "@" in out.get("title", "") and "@" not in out.get("email", "") and emails(out["title"])[0]:
        out["email"] = out.pop("title")
        notes.append(Note("title", "moved_to_email"))
    firm, number = out.get("company", ""), out.get("phone", "")
    if firm and not out.get("name") and _is_person(firm, out.get("email", "")):
        out["name"], out["company"] = firm, ""
        notes.append(Note("company", "moved_to_name"))
    stray = number if number and not _DIGIT.search(number) and not out.get("company") else ""
    found = tail_of_company(stray, out.get("city", "")) if HAS_TAIL.search(stray) else None
    if (
        stray
        and (looks_like_firm(found.head if found else stray) or agrees(stray, "", out.get("email", "")))
        and company(stray)[0]
    ):
        out["company"], out["phone"] = stray, ""
        notes.append(Note("phone", "moved_to_company"))


def _is_person(text: str, mail: str) -> bool:
    """A person in the company's cell: his form of address or job tells, or a known first name, or his own mailbox."""
    words = text.split()
    told = _told_by(text, mail)
    if (
        not words
        or HAN.search(text)
        or not (told or words[0].lower().rstrip(".") in titles().latin or HAS_TAIL.search(text))
    ):
        return False
    if looks_like_firm(text):
        return False
    found = tail_of_name(text, "", mail) if HAS_TAIL.search(text) else None
    if found and found.kind == "title":
        return _reads_as_person(found.head)
    read, _ = name(text)
    if read is None or read.kind not in ("full", "initial", "surname") or not 2 <= len(words) <= _MOST_WORDS:
        return False
    return (_first_name_in(read) and read.honorific != "") or (read.kind == "full" and told)


def _first_name_in(found: Name) -> bool:
    return any(map(is_english_first, ascii_fold(found.text).split()))


def _told_by(person: str, mail: str) -> bool:
    """Whether the mailbox is called like a word of the name that its domain does not have."""
    words = [ascii_fold(word) for word in _LETTERS.findall(person)] if mail else []
    boxes = [box.partition("@") for box in mail.lower().split()] if words else []
    return any(word in local and word not in host for local, at, host in boxes if at for word in words)


def _behind_name(out: Fields, notes: list[Note]) -> None:
    firm = out.get("company", "")
    for _ in range(2):  # Jane Doe, Owner (Acme)
        found = tail_of_name(out["name"], firm, out.get("email", ""))
        if found is None:
            return
        out["name"] = found.head
        if found.kind == "company" and (not firm or company(firm)[1] == "placeholder"):
            out["company"] = firm = found.tail
        elif found.kind == "title":
            out.setdefault("title", found.tail)
        notes.append(Note("name", f"split_{found.kind}"))


def _behind_company(out: Fields, notes: list[Note]) -> None:
    for _ in range(2):  # Acme Ltd, IT (Acme Group)
        found = tail_of_company(out["company"], out.get("city", ""))
        if found is None:
            return
        out["company"] = found.head
        if found.kind == "branch" and found.tail and not out.get("city"):
            out["city"] = found.tail
        notes.append(Note("company", f"without_{found.kind}"))


def _code_and_city(text: str) -> tuple[str, str] | None:
    """(postcode, city) of a text that is the two and nothing else: 72251 Puebla; Puebla, 72251; 9794 DL Groningen."""
    text = text.strip(" ,;.")
    match = _CODE_FIRST.fullmatch(text)
    if match and not (len(match[1]) == 4 and len(match[2]) == 2):  # 5649 FS is a postcode, and no city
        return match[1], match[2]
    if match := _CODE_LAST.fullmatch(text):
        return match[2], match[1]
    return None


def _end_of_address(out: Fields, notes: list[Note]) -> None:
    """The city, and the postcode beside it, from the end of an address when no field has the city."""
    street, _, end = out["address"].rpartition(",")
    end = end.strip(" .;")
    if len(street) < 4 or not end or _UNIT.match(end):
        return
    if found := _code_and_city(end):
        out["address"], out["postcode"] = street, out.get("postcode") or found[0]
        state = len(found[1]) <= 3 and not is_known_city(found[1])  # Tampa, FL 38832
        out.setdefault("region" if state else "city", found[1])
    elif is_known_city(end):
        out["address"], out["city"] = street, end
    else:
        return
    notes.append(Note("address", "split_city"))


def _are_exchanged(who: str, firm: str, mail: str) -> bool:
    """Name and company in each other's place: Parker Landscaping, ramesh banerjee; privat, Jane Doe."""
    if HAN.search(who) or _DIGIT.search(who) or len(firm.split()) > _MOST_WORDS:
        return False
    first, _, rest = who.lower().partition(" ")
    host = mail.lower().partition("@")[2]
    by_mail = len(first) > 3 and host.startswith(first[:12])
    if not by_mail and not (looks_like_firm(who) if rest else company(who)[1] == "placeholder"):
        return False
    if _reads_as_person(who) and not by_mail:
        return False
    if HAN.search(firm) or looks_like_firm(firm) or firm.lower() in who.lower():
        return False
    if HAS_TAIL.search(firm) and not _COMMA_NAME.fullmatch(firm):
        found = tail_of_name(firm, "", mail)
        return found is not None and found.kind == "title"
    return _told_by(firm, mail) or _reads_as_person(firm)


def _reads_as_person(text: str) -> bool:
    """A first name that is known or a form of address, and nothing that firms have."""
    found, _ = name(text)
    if found is None or found.kind not in ("full", "initial", "surname", "given"):
        return False
    return (bool(found.honorific) or (found.kind == "full" and _first_name_in(found))) and not _DIGIT.search(text)
