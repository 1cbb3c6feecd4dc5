"""Names of persons as people write them, understood: Han and Latin, titles, roles, nicknames, several of them in one cell."""

from __future__ import annotations

import re
from typing import Final

from leads.company_tables import company_words
from leads.han_names import is_person, judge, likelihood, may_have_title, strip_title
from leads.japanese_names import families, japanese, titled
from leads.korean import hangul_name, respelled
from leads.latin_names import latin_name
from leads.name_levels import LEVELS, same_reading
from leads.name_rarity import letters, rarity
from leads.name_tables import surnames, titles
from leads.pinyin import reading, syllables
from leads.places import spot
from leads.records import Name
from leads.text import ascii_fold, plain, simplify

__all__ = ["LEVELS", "letters", "name", "rarity", "same_reading", "syllables"]

_HAN: Final = re.compile(r"[\u3007\u3400-\u4dbf\u4e00-\u9fff]+")
_LATIN: Final = re.compile(r"[^\W\d_]+")
_MIDDLE_DOT: Final = re.compile(r"(?<=[\u4e00-\u9fff])\s*[·•・‧∙]\s*(?=[\u4e00-\u9fff])")
_ADVERTISER: Final = re.compile(r"(?:^|\W)[aA]{1,}\d*(?=[\u4e00-\u9fff\W])|^\d+(?=[\u4e00-\u9fff])")
_MASKED: Final = re.compile(r"([\u4e00-\u9fff])[*＊]+[\u4e00-\u9fff]")  # 王*涛: the surname is what is certain
_ORGANISATION: Final = re.compile(
    "有限|股份|集团|公司|企业|工厂|商贸|商行|事务所|研究[院所]|大学|学院|医院|银行|学校|中学|小学|幼儿园|酒店|宾馆|超市|药店|"
    "委员会|管理局|工作室|经营部|门市部|合作社|科技|贸易|机械厂|加工厂|装饰|专卖店"
)
_LIKELIER: Final = 3.0  # bits
_MAX: Final = 120  # longer than any name; the rest is somebody's message


def name(text: str) -> tuple[Name | None, str]:
    """The Name in ``text``, with titles taken off and kept in ``honorific``, and "".

    A nickname comes with the reason "chat". None comes with the reason: empty, placeholder, nonsense, looks_like_phone,
    looks_like_email, looks_like_company. Never raises; ``name(n.text)`` finds the same name again.
    """
    text = plain(text)[:_MAX].strip()
    if not text:
        return None, "empty"
    if "@" in text and "." in text.partition("@")[2]:
        return None, "looks_like_email"
    if text.isascii() or not _HAN.search(text):
        if not text.isascii() and text not in titles().part and (korean := hangul_name(text)):
            return korean, ""
        latin, reason = latin_name(text)
        return respelled(latin, text) if latin else None, reason
    simple = simplify(text)
    if len(simple) <= 3 and _HAN.fullmatch(simple) and simple not in titles().role and simple not in titles().none:
        found = _run(simple)
        if found[0] == "full":
            return _han(text, found, "", ()), ""
    return _cell(text, simple)


def _run(run: str) -> tuple[str, str, str]:
    """Judge a run that may end in a title: a title makes it no full name."""
    return ("", "", "") if may_have_title(run) and strip_title(run)[1] else judge(run)


def _cell(text: str, simple: str) -> tuple[Name | None, str]:
    """A cell that holds more than one bare name."""
    table = titles()
    bare = simple.strip(" .。-—_*/\\?!？！~()（）")
    if bare.lower() in table.none:
        return None, "placeholder"
    if bare in table.role:
        return Name(text, "role", "han", "", "", ()), ""
    if match := _MASKED.fullmatch(bare):
        return _han(match[1], judge(match[1]), "", ()), ""
    dotted = _MIDDLE_DOT.sub("", simple)
    if dotted != simple and _HAN.fullmatch(dotted):
        first, last = _MIDDLE_DOT.split(simple)[0], _MIDDLE_DOT.split(simple)[-1]
        return Name(text, "full", "han", last, first, ("".join(reading(last)), *reading(first))), ""
    runs = [(m.start(), m.end()) for m in _HAN.finditer(simple)]
    if _ADVERTISER.search(simple) and not any(is_person(judge(simple[a:b])) and b - a > 1 for a, b in runs):
        if who := _behind_trade(simple[slice(*runs[0])] if len(runs) == 1 else ""):
            return _han(who, judge(who), "", ()), ""
        return Name(text, "chat", "han", "", "", ()), "chat"
    return _choose(text, simple, runs)


def _behind_trade(run: str) -> str:
    """The person of A五金周成昊: an address book's A to stand first, what he deals in, his name; "" for none."""
    for size in (3, 2):
        if run[:-size] in company_words().trade and not strip_title(run[-size:])[1] and judge(run[-size:])[0] == "full":
            return run[-size:]
    return ""


def _choose(text: str, simple: str, runs: list[tuple[int, int]]) -> tuple[Name | None, str]:
    """The person among the Han runs of a cell; the Latin words beside him are other names of his."""
    table = titles()
    honorific, company = "", False
    left: list[tuple[int, int]] = []
    aliases = _aliases(text)
    several = len(runs) > 1 or bool(aliases)
    for start, end in runs:
        run = simple[start:end]
        if several and (run in table.address or ((left or aliases) and run in table.single)):
            honorific = honorific or table.address.get(run) or table.single[run]
        elif several and (run in table.role or (left and spot(run).end == len(run))):
            continue  # 王先生(宁波)
        elif len(run) >= 4 and _ORGANISATION.search(run):
            company = True
        else:
            left.append((start, end))
    if not left:
        return (None, "looks_like_company") if company else _only_titles(text, simple, honorific)
    if len(left) <= 2 and (found := japanese([simple[a:b] for a, b in left])):
        shown = "".join([text[a:b] for a, b in left])[: len(found[1]) + len(found[2])]
        return _han(shown, found, honorific, aliases), ""
    joined = "".join([simple[a:b] for a, b in left])
    if 1 < len(left) <= len(joined) <= 4 and simple[slice(*left[0])] in surnames() and _run(joined)[0] == "full":
        shown = "".join([text[a:b] for a, b in left])
        return _han(shown, judge(joined), honorific, aliases), ""
    best: tuple[tuple[int, float], str, tuple[str, str, str], str] | None = None
    for start, end in left:
        run, title = strip_title(_without_city(simple[start:end]))
        offset = simple[start:end].find(run)
        judged = judge(run)
        # the first of two persons, but the likelier of a brand and a person
        rank = ("full", "surname", "given", "chat").index(judged[0]), -likelihood(judged) + (_LIKELIER if best else 0.0)
        if best is None or rank < best[0]:
            best = (rank, text[start + offset : start + offset + len(run)], judged, title)
    assert best is not None
    _, shown, judged, title = best
    if not is_person(judged) and (surname := titled(simple[slice(*left[0])], simple[left[0][1] :])):
        return _han(f"{text[left[0][0] :][: len(surname)]}様", ("surname", surname, ""), "", aliases), ""
    if not is_person(judged):
        return (None, "looks_like_company") if company else _nickname(text, simple)
    return _han(shown, judged, honorific or title, aliases), ""


def _without_city(run: str) -> str:
    """上海张总 without the place. Without a title it may as well be a firm (郑州龙鼎), and stays whole."""
    if len(run) < 4 or not 0 < (end := spot(run).end) < len(run):
        return run
    called, title = strip_title(run[end:])
    return run[end:] if title and judge(called)[0] in ("surname", "full") else run


def _nickname(text: str, simple: str) -> tuple[Name | None, str]:
    if sum(map(str.isdigit, simple)) >= 7:
        return None, "looks_like_phone"
    return Name(text, "chat", "han", "", "", ()), "chat"


def _only_titles(text: str, simple: str, honorific: str) -> tuple[Name | None, str]:
    """Titles and roles without a name: the Latin words are the name, if there are any ("Jack 先生")."""
    found, reason = latin_name(" ".join(_LATIN.findall(_HAN.sub(" ", text)))) if _aliases(text) else (None, "")
    if found and found.kind != "role":
        return Name(found.text, found.kind, found.script, found.surname, found.given, found.latin, honorific), reason
    return Name(text, "role", "han", "", "", ()), ""


def _aliases(text: str) -> tuple[str, ...]:
    """Folded Latin words beside a Han name, without titles and single letters."""
    if text.isascii() or not any("A" <= c <= "z" for c in text):
        return ()
    table = titles()
    words = [ascii_fold(word) for word in _LATIN.findall(_HAN.sub(" ", text))]
    return tuple(
        [w for w in words if len(w) > 1 and w not in table.latin and w not in table.part and w not in table.none]
    )


def _han(shown: str, judged: tuple[str, str, str], honorific: str, aliases: tuple[str, ...]) -> Name:
    kind, surname, given = judged
    own = reading(given)
    if surname:
        known, abroad = surnames().get(surname), families().get(surname)
        own = (known.pinyin if known else abroad.latin if abroad else "".join(reading(surname)), *own)
    others = tuple([alias for alias in aliases if alias not in own and alias != "".join(own)])
    text = f"{shown} {' '.join(map(str.capitalize, others))}" if others else shown
    return Name(text, kind, "han", surname, given, (*own, *others), honorific)
