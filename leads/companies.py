"""Names of organisations taken apart: legal form, place, brand, trade, branch. Chinese and English."""

from __future__ import annotations

import re
from functools import cache
from typing import NamedTuple

from leads.company_levels import LEVELS, core_reading, same_company
from leads.pinyin import reading
from leads.places import is_chinese, place, spot
from leads.records import Company
from leads.text import ascii_fold, fold, knowledge, plain

__all__ = ["LEVELS", "company", "core_reading", "same_company"]

_HAN = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff]")
_BRACKET = re.compile(r"[(\[【〔〈「]([^()\[\]【】〔〕〈〉「」]*)[)\]】〕〉」]?")
_FORMER = re.compile(r"^(?:原名?|曾用名|前身|旧称|曾名|formerly|former|fka|f/k/a|previously)(?!料|创|子|野|色|点)")
_NOISE = re.compile(r"[\s,，。、;；:：\"'“”‘’`!！?？*#|·•\-—_/\\]+")
_INITIALISM = re.compile(r"\b(?:[a-z]\.){1,5}[a-z]?(?=\b|\s|,|$)")
_SLASHED = {"a/s": "as", "s/a": "sa"}
_TRADING_AS = re.compile(r"\b(?:d/b/a|dba|t/a|trading as|doing business as)\b")
_JOINT = re.compile(r"\b(\w{1,2})&(\w{1,2})\b")  # AT&T, H&M
_WORD = re.compile(r"[^\W_]+")
_SUBSIDIARY_HEAD = re.compile(r".*(?:公司|集团|银行|设计院|研究院|事务所|保险|证券|中心|厂|股份)")
_MAX = 200


class Words(NamedTuple):
    legal: dict[str, str]
    trade: frozenset[str]
    none: frozenset[str]
    abbreviation: dict[str, str]
    institution: frozenset[str]
    branch: frozenset[str]
    zone: tuple[str, ...]
    town: tuple[str, ...]  # county towns whose short name stands before the brand
    brand: tuple[str, ...]  # brands that begin with the name of a place


@cache
def _words() -> Words:
    listed = {kind: words.split() for kind, words in (line.split("\t") for line in knowledge("company_words.tsv"))}
    legal = {}
    for line in knowledge("legal_forms.tsv"):
        code, forms = line.split("\t")
        legal.update(dict.fromkeys(forms.replace("+", " ").split(" "), code) if "+" not in forms else _forms(code, forms))
    trade = frozenset(word for line in knowledge("trade_words.txt") for word in line.split())
    none = frozenset(word.replace("+", " ") for word in listed["none"])
    short = dict(pair.split("=", 1) for pair in listed["abbreviation"])
    zone = tuple(sorted(listed["zone"], key=len, reverse=True))
    return Words(legal, trade, none, short, frozenset(listed["institution"]), frozenset(listed["branch"]), zone, tuple(listed["town"]), tuple(listed["brand"]))


def _forms(code: str, forms: str) -> dict[str, str]:
    return {form.replace("+", " "): code for form in forms.split(" ")}


def company(text: str) -> tuple[Company | None, str]:
    """The Company in ``text`` and "", or None and why not: empty, placeholder, nonsense, looks_like_phone, looks_like_email.

    ``core`` is never empty. Never raises.
    """
    text = plain(text)[:_MAX].strip(" ,;，；。")
    if not text:
        return None, "empty"
    folded = fold(text)
    if folded.strip(" .-_*/\\?()") in _words().none or not any(map(str.isalnum, folded)):
        return None, "placeholder"
    if "@" in folded and "." in folded.partition("@")[2]:
        return None, "looks_like_email"
    letters = sum(map(str.isalpha, folded))
    if not letters:
        return None, "looks_like_phone" if sum(map(str.isdigit, folded)) >= 7 else "nonsense"
    if len(set(folded)) == 1 and letters > 2:
        return None, "nonsense"
    return (_han(text, folded), "") if _HAN.search(folded) else (_latin(text), "")


# ---------------------------------------------------------------- Han


def _cut(text: str, table: frozenset[str] | dict[str, str], longest: int, keep: int) -> str:
    """The longest ending of ``text`` that ``table`` holds and that leaves at least ``keep`` characters; ""."""
    for size in range(min(longest, len(text) - keep), 0, -1):
        if text[-size:] in table:
            return text[-size:]
    return ""


def _place_of(found_region: str, found_city: str, found_district: str) -> str:
    return found_city or found_region or found_district


def _han(text: str, folded: str) -> Company:
    words = _words()
    where = branch = legal = ""
    trades: list[str] = []
    body = folded
    if "(" in folded or "【" in folded or "[" in folded:
        body, where, branch, trades = _brackets(folded)
    body = _NOISE.sub("", body) or _NOISE.sub("", folded)
    body, part = _without_branch(body)
    branch = part or branch
    for form in ("株式会社", "有限会社"):
        if body.startswith(form) and len(body) > len(form):
            legal, body = words.legal[form], body[len(form) :]
    form = _cut(body, words.legal, 10, 2)
    if form:
        legal, body = words.legal[form], body[: -len(form)]
    if _cut(body, words.institution, 6, 1) or (not legal and _cut(body, words.institution, 6, 0)):
        found = spot(body)
        where = where or _place_of(*found[:3])
        return Company(text, body, body, where, legal, branch, "", reading(body), "institution")
    rest, place_found = _without_place(body)
    where = where or place_found
    core, tail, later = _brand(rest)
    where = where or later
    return Company(text, body, core, where, legal, branch, " ".join([*tail, *trades]), reading(core))


def _brackets(folded: str) -> tuple[str, str, str, list[str]]:
    """(text without brackets, place, branch, trades) from what stands in brackets; what is none of these stays out."""
    words = _words()
    where = branch = ""
    trades = []
    for inside in _BRACKET.findall(folded):
        inside = _NOISE.sub("", inside)
        if not inside or _FORMER.match(inside) or inside in words.legal:
            continue
        end = _cut(inside, words.branch, 5, 1) or ("店" if inside.endswith("店") and len(inside) > 2 else "")
        found = spot(inside)
        if end:
            branch = inside.removesuffix(end) or end
        elif found.end == len(inside):
            where = _place_of(*found[:3])
        elif inside in words.trade:
            trades.append(inside)
    return _BRACKET.sub("", folded), where, branch, trades


def _without_branch(body: str) -> tuple[str, str]:
    """(the company, its branch): 宇创科技有限公司北京分公司 -> 宇创科技有限公司, 北京."""
    words = _words()
    end = _cut(body, words.branch, 5, 2)
    if not end or (end in ("营业部", "事业部") and len(body) < 8):
        return body, ""
    head = body[: -len(end)]
    owner = _SUBSIDIARY_HEAD.match(head)
    if owner and owner.end() < len(head):
        return head[: owner.end()], head[owner.end() :]
    for size in (4, 3, 2):
        if len(head) - size >= 2 and spot(head[-size:]).end == size:
            return head[:-size], _place_of(*spot(head[-size:])[:3])
    return head, end


def _without_place(body: str) -> tuple[str, str]:
    """(what follows the place, the place); a body that is nothing but a place stays whole."""
    words = _words()
    rest = body.removeprefix("中国") if len(body) > 4 else body
    rest = rest.removesuffix("中国") if len(rest) > 3 else rest
    if rest.startswith(words.brand):
        return rest, ""
    found = spot(rest)
    end, where = found.end, _place_of(*found[:3])
    town = next((t for t in words.town if rest.startswith(t, end)), "")
    if town:
        end, where = end + len(town), where or town
    if not end or len(rest) - end < 2:
        return rest, ""
    rest = rest[end:]
    for zone in words.zone:
        if rest.startswith(zone) and len(rest) - len(zone) >= 2:
            rest = rest[len(zone) :]
            break
    return rest, where


def _brand(rest: str) -> tuple[str, list[str], str]:
    """(brand, trade words, place behind the brand). A name made of trade words only is its own brand."""
    trade = _words().trade
    core, tail, where = rest, [], ""
    while True:
        word = _cut(core, trade, 7, 2)
        if word:
            core = core[: -len(word)]
            tail.append(word)
            continue
        if not where and len(core) >= 4:
            for size in (3, 2):
                if len(core) - size >= 2 and spot(core[-size:]).end == size:
                    where = _place_of(*spot(core[-size:])[:3])
                    core = core[:-size]
                    break
            if where:
                continue
        break
    if tail and (core in trade or spot(core).end == len(core)):
        return rest, [], where
    return core, tail[::-1], where


# ---------------------------------------------------------------- Latin


def _latin(text: str) -> Company:
    words = _words()
    folded = ascii_fold(text)
    branch = where = legal = ""
    for inside in _BRACKET.findall(folded):
        if _FORMER.match(inside):
            folded = folded.replace(inside, " ")
    traded = _TRADING_AS.split(folded)
    folded = traded[-1] if traded[-1].strip() else folded
    folded = _INITIALISM.sub(lambda m: m[0].replace(".", ""), folded.replace("'", "").replace("’", ""))
    folded = _JOINT.sub(r"\1\2", folded).replace("&", " and ")
    for written, form in _SLASHED.items():
        folded = folded.replace(written, form)
    tokens = [t for t in _WORD.findall(folded)] or [folded]
    if len(tokens) > 1 and tokens[0] == "the":
        del tokens[0]
    if len(tokens) > 2 and tokens[-1] in words.branch:
        branch = tokens[-2]
        del tokens[-2:]
    while len(tokens) > 1:
        size = next((n for n in (4, 3, 2, 1) if len(tokens) > n and " ".join(tokens[-n:]) in words.legal), 0)
        if not size:
            break
        legal = legal or words.legal[" ".join(tokens[-size:])]
        del tokens[-size:]
    tokens = [words.abbreviation.get(token, token) for token in tokens]
    tokens = [token for i, token in enumerate(tokens) if token != "and" or i == 0 or i == len(tokens) - 1] or tokens
    full = " ".join(tokens)
    if not words.institution.isdisjoint(tokens):
        where = next((spelled for spelled in map(_chinese_place, tokens[:2]) if spelled), "")
        return Company(text, full, full, where, legal, branch, "", tuple(tokens), "institution")
    core, trades, where = _latin_brand(tokens)
    return Company(text, full, " ".join(core), where, legal, branch, " ".join(trades), tuple(tokens))


def _chinese_place(word: str) -> str:
    """The city or region of China that an English word spells; "" for all others."""
    if len(word) < 4:
        return ""
    region, city, _ = place(word)
    return (city or region) if is_chinese(region, city) else ""


_COUNTRIES = frozenset("china usa us uk asia europe america hk".split())


def _latin_brand(tokens: list[str]) -> tuple[list[str], list[str], str]:
    """(brand words, trade words, place): places taken off both ends, trade words off the end; one word always stays."""
    trade = _words().trade
    core, trades, where = tokens[:], [], ""
    while len(core) > 1:
        spelled = _chinese_place(core[-1])
        if core[-1] in trade:
            trades.insert(0, core[-1])
        elif spelled or core[-1] in _COUNTRIES:
            where = where or spelled
        else:
            break
        del core[-1]
    if len(core) > 1 and (spelled := _chinese_place(core[0])):
        where = where or spelled
        del core[0]
    elif len(core) == 1 and len(tokens) > 1 and _chinese_place(core[0]):  # Shanghai Trading: nothing else tells it apart
        return tokens, [], _chinese_place(core[0])
    return core, trades, where
