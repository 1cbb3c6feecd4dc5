"""What stands behind a name or a company in the same cell: a job, a firm, a department, a branch, the mother company."""

from __future__ import annotations

import re
from functools import cache
from typing import Final, NamedTuple

from leads.companies import company
from leads.company_tables import company_words
from leads.name_rarity import is_english_first
from leads.name_tables import titles
from leads.names import name
from leads.places import is_known_city
from leads.text import ascii_fold, knowledge

_SIGN: Final = r"(\s*,\s+|\s+[-–—/|]\s+|\s*\n\s*|\s*[(（])"
_FIRST: Final = re.compile(rf"(.*?[^\s,(/|–—-]){_SIGN}([^()（）]+?)\s*[)）]?")
_LAST: Final = re.compile(rf"(.*[^\s,(/|–—-]){_SIGN}([^()（）,]+?)\s*[)）]?")
_JUNK: Final = ' \t;.,*"!-'
#: One cheap look whether a cell can have anything behind: most have not.
HAS_TAIL: Final = re.compile(r"[(（/|\n]|, | [-–—] ")
_WORD: Final = re.compile(r"[^\W_]+(?:['’.-][^\W_]+)*")
_JOINED: Final = re.compile(r"\s(?:&|\+|and|und|et|y|e|en|och|og|i)\s", re.IGNORECASE)
_JAPANESE_JOB: Final = re.compile(r"[部課课長长室係系役員员]$|대표|[팀과부]장?$|이사$|사원$")
HAN: Final = re.compile(r"[\u3040-\u30ff\u4e00-\u9fff\uac00-\ud7a3]")


class _Words(NamedTuple):
    title: frozenset[str]
    title_end: tuple[str, ...]
    department: frozenset[str]
    department_word: frozenset[str]
    branch: frozenset[str]


@cache
def _words() -> _Words:
    listed: dict[str, list[str]] = {}
    for line in knowledge("tails.tsv"):
        kind, words = line.split("\t")
        listed.setdefault(kind, []).extend(word.replace("_", " ") for word in words.split())
    one = {kind: frozenset(words) for kind, words in listed.items()}
    return _Words(one["title"], tuple(listed["title_end"]), one["department"], one["department_word"], one["branch"])


class Tail(NamedTuple):
    """A cell without its tail, the tail, and what it is: title, company, nothing (private), department, branch, mother."""

    head: str
    tail: str
    kind: str


def tail_of_name(cell: str, firm: str, mail: str) -> Tail | None:
    """What stands behind a person. ``firm`` and ``mail`` are the lead's other cells: they tell a firm from a second name."""
    match = _FIRST.fullmatch(cell.strip(_JUNK))
    if not match:
        return None
    head, sign, tail = match.groups()
    sign = sign.strip()
    if "," in tail and (found := _behind_comma_name(cell)):
        return found
    if _is_job(tail):
        return Tail(head, tail, "title")
    whole = _content_words(head)
    if not whole or (sign == "," and len(whole) < 2 and "," not in head) or _is_suffix(tail):
        return None  # Surname, Given
    if company(tail)[1] == "placeholder":
        return Tail(head, tail, "nothing")
    if agrees(tail, firm, mail):
        return Tail(head, tail, "company")
    behind = _content_words(tail)
    if not behind or len(whole) < 2 or not _reads_as_person(head):
        return None
    trades = _has_trade(tail)
    if any(map(is_english_first, behind)) and not trades:
        return None  # two people, or a second surname
    if len(behind) == 1 and behind[0] in ascii_fold(mail.partition("@")[0]):
        return None  # Alonso Martin, Herberto: herberto_alonso@
    said = any(map(is_english_first, whole)) and (len(behind) > 1 or sign in ",-–—")
    return Tail(head, tail, "company") if trades or said or looks_like_firm(tail) else None


def _behind_comma_name(cell: str) -> Tail | None:
    """Stawnick, Peter, IT Manager: what stands behind the given name, when it is a job."""
    match = _LAST.fullmatch(cell.strip(_JUNK))
    if match and "," in match[1] and _is_job(match[3]):
        return Tail(match[1], match[3], "title")
    return None


def tail_of_company(cell: str, city: str) -> Tail | None:
    """What stands behind a company that is no part of its name."""
    if HAN.search(cell):
        return None
    match = _LAST.fullmatch(cell.strip(_JUNK))
    if not match or len(match[1]) < 2:
        return _city_at_end(cell, city)
    head, sign, tail = match.groups()
    folded = ascii_fold(tail).strip(" .")
    tokens = folded.split()
    words = _words()
    if folded in words.department or (len(tokens) < 4 and not words.department_word.isdisjoint(tokens)):
        return Tail(head, "", "department")
    if len(tokens) > 1 and not words.branch.isdisjoint(tokens):
        return Tail(head, " ".join(word for word in tail.split() if ascii_fold(word) not in words.branch), "branch")
    institution = not company_words().institution.isdisjoint(_WORD.findall(ascii_fold(cell)))
    if not institution and (folded == ascii_fold(city) or is_known_city(folded)):
        return Tail(head, tail, "branch")
    if "(" in sign and _first_word(head) == _first_word(tail) and len(tokens) > 1:
        return Tail(head, tail, "mother")
    return _city_at_end(cell, city)


def _city_at_end(cell: str, city: str) -> Tail | None:
    """Medtron Logistics Ltd London, of London: a branch, because a whole company's name stands before it."""
    head = cell[: -len(city)].rstrip() if city and ascii_fold(cell).endswith(" " + ascii_fold(city)) else ""
    if len(head.split()) < 2 or not company_words().institution.isdisjoint(_WORD.findall(ascii_fold(head))):
        return None  # the University of Nottingham is nobody's branch
    return Tail(head, "", "branch") if looks_like_firm(head) else None


def looks_like_firm(text: str) -> bool:
    """Whether a Latin text ends in a legal form or a trade, or joins two names as firms do."""
    folded = ascii_fold(text).replace(".", "")
    tokens = _WORD.findall(folded)
    if not tokens:
        return False
    known = company_words()
    ends = tokens[-1] in known.legal or tokens[-1] in known.trade or tokens[0] in known.trade
    return (len(tokens) > 1 and ends) or not known.institution.isdisjoint(tokens) or bool(_JOINED.search(text))


def _has_trade(text: str) -> bool:
    known = company_words()
    tokens = _WORD.findall(ascii_fold(text).replace(".", ""))
    return len(tokens) > 1 and not (known.trade | known.institution | known.legal.keys()).isdisjoint(tokens)


def _is_job(text: str) -> bool:
    if HAN.search(text):
        return len(text) <= 8 and bool(_JAPANESE_JOB.search(text))
    tokens = _WORD.findall(ascii_fold(text))
    words = _words()
    if tokens[:2] == ["head", "of"]:
        return True
    return len(tokens) <= 5 and any(
        token in words.title or (len(token) > 7 and token.endswith(words.title_end)) for token in tokens
    )


def _is_suffix(text: str) -> bool:
    return all(token.replace(".", "") in titles().suffix for token in ascii_fold(text).split())


def _content_words(text: str) -> list[str]:
    """Folded words of a name without forms of address and particles."""
    known = titles()
    tokens = [token.replace(".", "") for token in _WORD.findall(ascii_fold(text))]
    return [token for token in tokens if token not in known.particle and token not in known.latin]


def _reads_as_person(text: str) -> bool:
    found, _ = name(text)
    return bool(found and found.kind in ("full", "initial")) and not looks_like_firm(text)


def agrees(tail: str, firm: str, mail: str) -> bool:
    """Whether the company cell or the mailbox's domain says the same as ``tail``."""
    letters = _spelled(tail)
    if len(letters) < 4:
        return False
    host, there, first = _spelled(mail.rpartition("@")[2]), _spelled(firm), _spelled(_first_word(tail))
    return (len(first) > 3 and host.startswith(first)) or (
        there != "" and (there.startswith(letters) or letters.startswith(there))
    )


def _spelled(text: str) -> str:
    """Letters and digits only, with Müller as Mueller as muller."""
    letters = "".join(filter(str.isalnum, ascii_fold(text)))
    return letters.replace("ae", "a").replace("oe", "o").replace("ue", "u")


def _first_word(text: str) -> str:
    return next(iter(_WORD.findall(ascii_fold(text))), "")
