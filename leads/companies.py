"""Names of organisations taken apart: legal form, place, brand, trade, branch. Chinese and English."""

from __future__ import annotations

import re
from functools import cache
from typing import Final

from leads.company_levels import LEVELS, core_reading, same_company
from leads.company_tables import BRACKET, FORMER, company_words
from leads.latin_companies import latin_company
from leads.pinyin import reading
from leads.places import spot
from leads.records import Company
from leads.text import ascii_fold, knowledge, plain, simplify

__all__ = ["LEVELS", "company", "core_reading", "same_company"]

_HAN: Final = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff]")
_NOISE: Final = re.compile(r"[\s,，。、;；:：\"'“”‘’`!！?？*#|·•\-—_/\\]+")
_SUBSIDIARY_HEAD: Final = re.compile(r".*(?:公司|集团|银行|设计院|研究院|事务所|保险|证券|中心|厂|股份)")
_TOWN: Final = re.compile(r"[\u4e00-\u9fff]{1,2}[^\W小古老名城](?:镇|街道(?!口))")  # behind a city or district: 大沥镇
_MAX: Final = 200


def company(text: str) -> tuple[Company | None, str]:
    """The Company in ``text`` and "", or None and why not: empty, placeholder, nonsense, looks_like_phone, looks_like_email.

    ``core`` is never empty. Never raises.
    """
    text = plain(text)[:_MAX].strip(" ,;，；。")
    if not text:
        return None, "empty"
    folded = text.lower() if text.isascii() else simplify(text.lower())
    if folded.strip(" .-_*/\\?()") in company_words().none or not any(map(str.isalnum, folded)):
        return None, "placeholder"
    if "@" in folded and "." in folded.partition("@")[2]:
        return None, "looks_like_email"
    if not any(map(str.isalpha, folded)):
        return None, "looks_like_phone" if sum(map(str.isdigit, folded)) >= 7 else "nonsense"
    if len(folded) > 2 and folded.count(folded[0]) == len(folded):
        return None, "nonsense"
    if text.isascii() or not _HAN.search(folded):
        return latin_company(text, folded if text.isascii() else ascii_fold(text)), ""
    return _han(text, folded), ""


# ---------------------------------------------------------------- Han


@cache
def _place_heads() -> frozenset[str]:
    """The first two characters of every place: most brands begin with none of them, and need no search."""
    rows = [line.split("\t") for line in knowledge("divisions.tsv")]
    names = [
        n for region, city, districts in rows for n in (region, city, *districts.split(), *_inside(city, districts))
    ]
    names += [line.split("\t")[0] for line in knowledge("renamed.tsv")]
    return frozenset(name[:2] for name in names) | frozenset(town[:2] for town in company_words().town)


def _inside(city: str, districts: str) -> list[str]:
    return [district.removeprefix(city) for district in districts.split()]


def _whole_place(text: str) -> str:
    """The place that a short text is, and nothing else; ""."""
    if text[:2] not in _place_heads() or text in company_words().brand:
        return ""
    found = spot(text)
    return _place_of(*found[:3]) if found.end == len(text) else ""


def _place_of(found_region: str, found_city: str, found_district: str) -> str:
    return found_city or found_region or found_district


def _han(text: str, folded: str) -> Company:
    words = company_words()
    where = branch = legal = ""
    trades: list[str] = []
    body = folded
    if "(" in folded or "【" in folded or "[" in folded:
        body, where, branch, trades = _brackets(folded)
    body = _NOISE.sub("", body) or _NOISE.sub("", folded)
    body, part = _without_branch(body)
    branch = part or branch
    glued = words.legal_glued if body[:1] in words.legal_heads else ()
    if form := next((form for form in glued if body.startswith(form) and len(body) > len(form)), ""):
        legal, body = words.legal[form], body[len(form) :]
    form = words.legal_end.cut(body, 2)
    if form:
        legal, body = words.legal[form], body[: -len(form)]
    if words.institution_end.cut(body, 1) or (not legal and words.institution_end.cut(body, 0)):
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
    words = company_words()
    where = branch = ""
    trades = []
    for inside in BRACKET.findall(folded):
        inside = _NOISE.sub("", inside)
        if not inside or FORMER.match(inside) or inside in words.legal:
            continue
        end = words.branch_end.cut(inside, 1) or ("店" if inside.endswith("店") and len(inside) > 2 else "")
        found = spot(inside)
        if end:
            branch = inside.removesuffix(end) or end
        elif found.end == len(inside):
            where = _place_of(*found[:3])
        elif inside in words.trade:
            trades.append(inside)
    return BRACKET.sub("", folded), where, branch, trades


def _without_branch(body: str) -> tuple[str, str]:
    """(the company, its branch): 宇创科技有限公司北京分公司 -> 宇创科技有限公司, 北京."""
    words = company_words()
    end = words.branch_end.cut(body, 2)
    if not end or (end in ("营业部", "事业部") and len(body) < 8):
        return body, ""
    head = body[: -len(end)]
    owner = _SUBSIDIARY_HEAD.match(head)
    if owner and owner.end() < len(head):
        return head[: owner.end()], head[owner.end() :]
    if end == "子公司" and not owner:
        return body, ""  # 华联电子公司
    for size in (4, 3, 2):
        if len(head) - size >= 2 and (where := _whole_place(head[-size:])):
            return head[:-size], where
    return head, end


def _without_place(body: str) -> tuple[str, str]:
    """(what follows the place, the place); a body that is nothing but a place stays whole."""
    words = company_words()
    rest = body.removeprefix("中国") if len(body) > 4 else body
    rest = rest.removesuffix("中国") if len(rest) > 3 else rest
    if rest[:2] not in _place_heads() or rest.startswith(words.brand):
        return rest, ""
    found = spot(rest)
    end, where = found.end, _place_of(*found[:3])
    if rest.startswith(words.town, end):
        town = next(t for t in words.town if rest.startswith(t, end))
        end, where = end + len(town), where or town
    if not end or len(rest) - end < 2:
        return rest, ""
    rest = rest[end:]
    if (behind := _TOWN.match(rest)) and len(rest) - behind.end() >= 2:
        rest = rest[behind.end() :]
    for zone in words.zone:
        if rest.startswith(zone) and len(rest) - len(zone) >= 2:
            rest = rest[len(zone) :]
            break
    return rest, where


def _brand(rest: str) -> tuple[str, list[str], str]:
    """(brand, trade words, place behind the brand). A name made of trade words only is its own brand."""
    words = company_words()
    trade, ending = words.trade, words.trade_end
    core, tail, where = rest, [], ""
    while True:
        word = ending.cut(core, 2)
        if word:
            core = core[: -len(word)]
            tail.append(word)
            continue
        if not where and len(core) >= 4:
            for size in (3, 2):
                if len(core) - size >= 2 and (where := _whole_place(core[-size:])):
                    core = core[:-size]
                    break
            if where:
                continue
        break
    if tail and (core in trade or _whole_place(core)):
        return rest, [], where
    return core, tail[::-1], where
