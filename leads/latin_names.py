"""A name in Latin letters (or another alphabet) taken apart: titles, suffixes, order of surname and given name."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

from leads.company_tables import company_words
from leads.name_tables import RARE, bearers, english, pinyin_surnames, syllable_shares, titles
from leads.pinyin import segment
from leads.records import Name
from leads.romanised import readings, surname_readings
from leads.text import ascii_fold

_SPLIT: Final = re.compile(r"[\s_/|()\[\]{}<>;:*~!?\"“”.\-–—·•&+]+")
_DOTTED: Final = re.compile(r"^Sig\.(?:ra|na)\b", re.IGNORECASE)  # one title, not two words
_CODE: Final = re.compile(r"\d{3,}[a-z]{2}")  # 2760SA(School Age): a code of somebody's list, no person
_QUOTES: Final = str.maketrans("", "", "'’‘`´")
_HYPHENATED: Final = re.compile(r"(\w+) \w+-\w+")  # Tsai Ing-wen: what is joined is the given name
_DOUBLE: Final = re.compile(r"^\W*\w+\.?\s+\w{3,}-\w{3,}\W*$")  # Mrs Smith-Jones
_COMPOUND: Final = ("ouyang", "shangguan", "sima", "situ", "zhuge", "huangfu", "linghu", "murong", "xiahou")
_SURNAME: Final = 1e-5  # share of bearers from which a word is a name of persons
_KEYBOARD: Final = ("asdf", "qwer", "zxcv", "sdfg", "dfgh", "hjkl", "wert", "erty", "uiop")


def latin_name(text: str) -> tuple[Name | None, str]:
    """The Name in ``text`` (plain), or None and why not: placeholder, nonsense, looks_like_phone, looks_like_company."""
    folded = text.lower() if text.isascii() else ascii_fold(text)
    table = titles()
    bare = folded.strip(" .-_*/\\?!")
    if not bare or folded in table.none or bare.translate(_QUOTES).replace(" ", "_") in table.none:
        return None, "placeholder"
    if _CODE.search(folded):
        return Name(text, "chat", "latin", "", "", ()), "chat"
    words, surname_size = _words(text)
    if not words:
        return None, "looks_like_phone" if sum(map(str.isdigit, text)) >= 7 else "nonsense"
    if text.isascii():
        tokens = tuple([word.lower().replace("'", "").replace("`", "") for word in words])
    else:
        tokens = tuple([ascii_fold(word).translate(_QUOTES) for word in words])
    if not all(map(str.isalpha, tokens)):
        if any(any(map(str.isalpha, token)) for token in tokens) and not any(map(str.isalpha, tokens)):
            return Name(text, "chat", "latin", "", "", ()), "chat"
        words = [word for word, token in zip(words, tokens, strict=True) if token.isalpha()]
        tokens = tuple(filter(str.isalpha, tokens))
        if not tokens:
            return None, "nonsense"
    if not table.organisation.isdisjoint(tokens[1:]):
        return None, "looks_like_company"
    if table.part.issuperset(tokens):
        return Name(text, "role", "latin", "", "", tokens), ""
    if len(tokens) > 1 and _ends_in_trade(tokens):
        return None, "looks_like_company"
    if len(tokens) == 3 and _HYPHENATED.fullmatch(text) and surname_readings(tokens[0]):
        surname_size = 1
    found, reason = _person(words, tokens, surname_size)
    double = found is not None and found.honorific and len(found.latin) == 2 and _DOUBLE.search(text)
    if found is not None and double and not all(map(readings, found.latin)):
        return Name(found.text, "surname", "latin", " ".join(found.latin), "", found.latin, found.honorific), ""
    return found, reason


def _ends_in_trade(tokens: tuple[str, ...]) -> bool:
    """Lakeside Motors: a trade at the end that is nobody's surname, and no first name before it (Grace Foods may be a person)."""
    if tokens[-1] not in company_words().trade or family_share(tokens[-1]) > _SURNAME:
        return False
    first = bearers().get(tokens[0])
    return not first or first.first < _SURNAME


def _words(text: str) -> tuple[list[str], int]:
    """The words as written, and how many of the first are the surname because a comma follows them (0: not said)."""
    if "." in text[:8]:
        text = _DOTTED.sub(lambda match: match[0].replace(".", ""), text)
    head, comma, tail = text.partition(",")
    before = [word for word in _SPLIT.split(head) if word and not word.isdigit()]
    if not comma:
        return before, 0
    after = [word for word in _SPLIT.split(tail.replace(",", " ")) if word and not word.isdigit()]
    table = titles()
    meant = [word for word in after if ascii_fold(word) not in table.suffix and ascii_fold(word) not in table.latin]
    return before + after, len(before) if meant else 0


def _person(words: list[str], tokens: tuple[str, ...], surname_size: int) -> tuple[Name | None, str]:
    table = titles()
    honorific, keep = "", list[int]()
    for at, token in enumerate(tokens):
        edge = (at == len(tokens) - 1 or not keep) and not _syllable_of_name(tokens, at)
        left = len(keep) + len(tokens) - at - 1
        code = (table.latin.get(token) or _guarded(tokens, at, bool(honorific), left)) if edge and left else ""
        if code:
            honorific = honorific or code
            surname_size -= at < surname_size
        elif not (token in table.suffix and len(keep) >= 2):
            keep.append(at)
    words, tokens = [words[i] for i in keep], tuple([tokens[i] for i in keep])
    if "_".join(tokens) in table.none:
        return None, "placeholder"
    if not tokens or _nonsense(tokens):
        return None, "nonsense"
    text = _shown(words, surname_size)
    if len(tokens) == 1:
        return _one(text, tokens[0], honorific), ""
    if len(tokens) > 6:
        return Name(text, "chat", "latin", "", "", ()), "chat"
    initials = [word for word in tokens if len(word) == 2 and _no_syllable(word) and word not in table.suffix]
    rest = [token for token in tokens if token not in initials]
    if len(initials) == len(rest) == 1:  # Zhang ZM, JP Dubois
        surname, given = tuple(rest), tuple(initials[0])
        tokens = (*rest, *given)
    else:
        surname, given = _order(words, tokens, surname_size)
    kind = "initial" if all(len(token) == 1 for token in given) else "full"
    return Name(text, kind, "latin", " ".join(surname), " ".join(given), tokens, honorific), ""


def _guarded(tokens: tuple[str, ...], at: int, titled: bool, left: int) -> str:
    """The title that a word is only in its place: Don and Pan before two words more, med behind Dr., san behind a name."""
    table = titles()
    if at == len(tokens) - 1:
        chinese = surname_readings(tokens[0]) and readings(tokens[at])  # Zhang San
        return "" if chinese else table.behind.get(tokens[at], "")
    if titled:
        return table.second.get(tokens[at], "")
    if tokens[at] == "de" and tokens[at + 1] == "heer":
        return table.latin["heer"] if left > 1 else ""
    return table.ahead.get(tokens[at], "") if left > 1 else ""


def _shown(words: list[str], surname_size: int) -> str:
    if 0 < surname_size < len(words):
        return f"{' '.join(words[:surname_size])}, {' '.join(words[surname_size:])}"
    return " ".join(words)


def _syllable_of_name(tokens: tuple[str, ...], at: int) -> bool:
    """Whether what looks like a title is a part of a romanised name: Hon Wai (韩伟), Tong Dong Ing (唐冬迎)."""
    if len(tokens) - (at > 0) < 2 or not (surname_readings(tokens[0]) if at == 0 else readings(tokens[at])):
        return False
    return all(readings(token) for token in tokens)


def _no_syllable(word: str) -> bool:
    return not set(word) & set("aeiouvy") and word != "ng"


def _nonsense(tokens: tuple[str, ...]) -> bool:
    if all(len(token) == 1 for token in tokens):
        return tokens[0].isascii()
    letters = "".join(tokens)
    if len(letters) > 2 and len(set(letters)) == 1:
        return True
    if len(tokens) > 1 or not letters.isascii():
        return False
    return letters.startswith(_KEYBOARD) or (len(letters) > 3 and not set(letters) & set("aeiouy"))


def _one(text: str, token: str, honorific: str) -> Name:
    """A single word: pinyin written together, else a given name or a surname, whichever it is more often."""
    known = bearers().get(token)
    if token in _COMPOUND:
        return Name(text, "surname", "latin", token, "", (token,), honorific)
    double = next((c for c in _COMPOUND if token.startswith(c) and segment(token[len(c) :])), "")
    parts = (double, *segment(token[len(double) :])) if double else segment(token)
    if (
        not known
        and len(set(parts)) > 1  # Meimei is a pet name
        and 2 <= len(parts) <= 3
        and pinyin_surnames().get(parts[0], 0.0) > 1e-4
        and honorific in ("", "mr", "ms")
    ):
        return Name(text, "full", "latin", parts[0], "".join(parts[1:]), parts, honorific)
    family = max(known.last if known else 0.0, family_share(token))
    if (honorific and not (known and known.first > 4 * family)) or family > (known.first if known else 0.0):
        return Name(text, "surname", "latin", token, "", (token,), honorific)
    return Name(text, "given", "latin", "", token, (token,), honorific)


@lru_cache(maxsize=1 << 13)
def family_share(token: str) -> float:
    """Share of a token as a surname: of a Latin table, pinyin, or a romanisation of a Han surname."""
    known = bearers().get(token)
    shares = pinyin_surnames()
    spelled = max([shares.get(reading, 0.0) for reading in surname_readings(token)], default=0.0)
    return max(known.last if known else 0.0, shares.get(token, 0.0), spelled * 0.3, RARE)


@lru_cache(maxsize=1 << 13)
def given_share(token: str) -> float:
    """Share of a token as a given name: of a Latin table, pinyin, or a romanised syllable."""
    known = bearers().get(token)
    shares = syllable_shares()
    parts = segment(token)
    chinese = RARE
    if parts and len(parts) <= 2:
        chinese = min([shares.get(part, RARE) for part in parts]) * (1.0 if len(parts) == 2 else 0.5)
    elif not parts and not known:
        chinese = max([shares.get(reading, 0.0) for reading in readings(token)], default=0.0) * 0.3
    return max(known.first if known else 0.0, chinese, RARE)


def _order(words: list[str], tokens: tuple[str, ...], surname_size: int) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """(surname tokens, given tokens): by the comma, by capitals, by particles, else by which order is the likelier."""
    last, particles = len(tokens) - 1, titles().particle
    if 0 < surname_size < len(tokens):
        return tokens[:surname_size], tokens[surname_size:]
    if len(tokens[0]) == 1:
        cut = next((i for i, token in enumerate(tokens) if (len(token) > 1 and i == last) or token in particles), last)
        return tokens[cut:], tokens[:cut]
    if len(tokens[last]) == 1:
        cut = next((i for i in range(last) if tokens[i] not in particles), 0) + 1  # van den Berg J.
        return tokens[:cut], tokens[cut:]
    capitals = [len(word) > 1 and word.isupper() for word in words]
    if capitals[0] != capitals[last] and sum(capitals) == 1:
        return (tokens[:1], tokens[1:]) if capitals[0] else (tokens[last:], tokens[:last])
    for i in range(1, last):
        if tokens[i] in particles:
            return tokens[i:], tokens[:i]
    eastern = family_share(tokens[0]) * _least_given(tokens[1:])
    western = family_share(tokens[last]) * _least_given(tokens[:last])
    if _is_first(tokens[0]):  # John is no surname, whatever follows
        if (
            len(tokens) in (3, 4)
            and not surname_readings(tokens[0])
            and surname_readings(tokens[1])
            and all(map(readings, tokens[2:]))
        ):
            return tokens[1:2], (*tokens[2:], tokens[0])  # Andy Lau Tak Wah
        western *= 100.0
    elif not surname_readings(tokens[0]):
        western *= 2.0  # outside China it is the order of most
    return (tokens[:1], tokens[1:]) if eastern > western else (tokens[last:], tokens[:last])


def _is_first(token: str) -> bool:
    """Whether a word is a first name and no Chinese syllables; of a name from abroad more of one than of a surname."""
    known = bearers().get(token)
    if not known or known.first <= 1e-5 or segment(token):
        return False
    return known.first > known.last or token in english()


def _least_given(tokens: tuple[str, ...]) -> float:
    """Share of the rarest as a given name; an initial (Vincent T. Dhar) tells nothing beside whole words."""
    return min([given_share(token) for token in tokens if len(token) > 1], default=RARE)
