"""Whether a Han string is a person's name, and which part of it is the surname. Works on simplified characters."""

from __future__ import annotations

from functools import cache
from math import log2
from typing import Final

from leads.name_tables import given_bits, pinyin_surnames, surnames, titles, words
from leads.pinyin import table

#: Bits a name may cost at most, by its length: one surname and one or two characters of the tables.
_BUDGET: Final = {2: -33.0, 3: -46.0}
_UNKNOWN: Final = -17.5
_SURNAME_INSIDE: Final = -14.5  # a surname that is no usual given character: the mother's, most often
_EASTERN: Final = {2: -17.0, 3: -25.0}  # likelier than this and the order is not asked about
_HOUSEHOLD_NAME: Final = 4e-3  # surnames so common that 小张 is a person though it is a word
_COMMON: Final = 2e-3  # surnames common enough to stand first in a double surname
_TRANSCRIBED: Final = frozenset(
    "阿卜布不杜都多达德迪丁尔儿艾哈海汗克卡库肯力里拉兰勒林罗马买麦米莫穆木娜尼努帕皮其奇恰热日茹萨赛沙斯苏塔太台提图吐托瓦"
    "万威维吾西希夏亚牙雅依伊衣玉孜扎泽则巴比别波伯格古姑合加吉江居曼丽肉孜旦甫迪娅夫"
)
_WORDS_INSIDE: Final = frozenset("的了是我你他她它们这那在很不没吗呢吧啊哦嘛么什着就")
_KIN: Final = frozenset("爸妈")  # 明明爸, 乐乐妈妈
_LINKS: Final = frozenset("和与")  # 你和我, but 杨景和

Judged = tuple[str, str, str]  # kind, surname, given


def _bits(chars: str) -> float:
    bits, known = given_bits(), surnames()
    return sum([bits.get(char, _SURNAME_INSIDE if char in known else _UNKNOWN) for char in chars])


def _share(char: str) -> float:
    known = surnames().get(char)
    return known.share if known else 0.0


def judge(run: str) -> Judged:
    """(kind, surname, given) of a run of Han characters without titles: full, surname, given or chat."""
    length = len(run)
    if length == 2 or length == 3:
        return _short(run)
    if length == 1:
        return _single(run)
    return _long(run)


def _single(char: str) -> Judged:
    if _share(char) > 1e-4:
        return "surname", char, ""
    return ("given", "", char) if given_bits().get(char, _UNKNOWN) > -12 else ("chat", "", "")


def _short(run: str) -> Judged:
    known = surnames()
    length, first, rest = len(run), run[0], run[1:]
    if length == 2 and run in known:
        return "surname", run, ""
    if run in words() or run[-1] in _KIN:
        common = length == 2 and first in "小老" and _share(rest) > _HOUSEHOLD_NAME
        return ("surname", rest, "") if common else ("chat", "", "")  # 小张, 老马: dictionaries have them
    if rest.strip("某") == "" and first in known:
        return "surname", first, ""
    if run[:2] in known:
        return "full", run[:2], rest[1:]
    if first in "小老阿大" and length == 2:
        return _familiar(first, rest)
    surname = known.get(first)
    likely = log2(surname.share) + _bits(rest) if surname and _may_be_given(rest) else -99.0
    if likely < _EASTERN[length] and _turned(run, likely):
        return "full", run[-1], run[:-1]
    if surname and likely >= _BUDGET[length]:
        return "full", first, rest
    if not surname and length == 3 and first not in "小老大阿" and _heard(first) and _usual(rest):
        return "full", first, rest
    if not surname and length == 2 and (_bits(run) >= -21.5 or (first == rest and _bits(first) >= -13)):
        return "given", "", run
    return "chat", "", ""


def _may_be_given(chars: str) -> bool:
    """Whether no word of sentences stands in it, and no link but at its end."""
    return _WORDS_INSIDE.isdisjoint(chars) and _LINKS.isdisjoint(chars[:-1])


def _usual(chars: str) -> bool:
    """Whether all are usual characters of given names."""
    return all(given_bits().get(char, _UNKNOWN) > -12.5 for char in chars)


def _heard(char: str) -> bool:
    """Whether a character that is no surname sounds like a common one: speech written down (绪 for 徐)."""
    return pinyin_surnames().get(table().get(char, ""), 0.0) > 2e-3


def _turned(run: str, likely: float) -> bool:
    """Whether the given name stands first: a common surname at the end, usual given characters before it, much likelier so."""
    share = _share(run[-1])
    if share < 1e-3 or not _usual(run[:-1]):
        return False
    return log2(share) + _bits(run[:-1]) > likely + 5


def _familiar(prefix: str, char: str) -> Judged:
    """小李, 老王, 大刘 are surnames; 小龙, 阿强 are given names."""
    share, given = _share(char), 2.0 ** given_bits().get(char, -30.0)
    if share > (given if prefix == "阿" else 4e-4 if prefix == "老" else 1e-3):
        return "surname", char, ""
    if prefix in "小阿" and given > 2.0**-13:
        return "given", "", char
    return "chat", "", ""


def _long(run: str) -> Judged:
    known = surnames()
    if len(run) == 4 and run not in words():
        if run[:2] in known and _bits(run[2:]) >= -28:
            return "full", run[:2], run[2:]
        if run[2:] in known and _usual(run[:2]):
            return "full", run[2:], run[:2]
        if _share(run[0]) > _COMMON and _share(run[1]) > _COMMON and _bits(run[2:]) >= -22:
            return "full", run[:2], run[2:]
    if _TRANSCRIBED.issuperset(run) and len(run) <= 15:
        return "full", "", run
    return "chat", "", ""


def likelihood(judged: Judged) -> float:
    """Bits by which one of two names in a cell is the likelier: 江一川 beside the brand 武曲星."""
    kind, surname, given = judged
    return log2(_share(surname) or 1e-6) + _bits(given) / max(len(given), 1) if kind == "full" else 0.0


def is_person(judged: Judged) -> bool:
    """Whether the judgement names somebody, if only in part."""
    return judged[0] != "chat"


@cache
def _title_edges() -> tuple[frozenset[str], frozenset[str]]:
    """The last characters, and the first two, of all that may be glued to a name."""
    known = titles()
    glued = [*known.address, *known.role]
    return frozenset([word[-1] for word in (*glued, *known.single)]), frozenset([word[:2] for word in glued])


def may_have_title(run: str) -> bool:
    """A quick look: False when nothing glued to ``run`` can be a title."""
    last, first = _title_edges()
    return run[-1] in last or run[:2] in first


def strip_title(run: str) -> tuple[str, str]:
    """(name, honorific) of a run with a title glued to it: 王总, 李工, 张伟经理, 采购部王芳. Only when what is left is a name."""
    titled = titles()
    for size in range(min(6, len(run) - 1), 1, -1):
        code = titled.address.get(run[-size:])
        if code and _rest_is_name(run[:-size]):
            return run[:-size], code
        code = titled.address.get(run[:size]) or ("-" if run[:size] in titled.role else None)
        if code and _rest_is_name(run[size:]):
            rest, title = strip_title(run[size:])  # 采购张女士
            return rest, title or ("" if code == "-" else code)
    code = titled.single.get(run[-1])
    if code and 2 <= len(run) <= 4:
        left = run[:-1]
        kind = judge(left)[0]
        if left in surnames() and (len(left) > 1 or _share(left) > 2e-6):
            return left, code
        if (
            (run[-1] == "总" and kind == "full" and left[-1] not in titled.single)
            or (
                run[-1] in "哥姐"
                and kind == "full"
                and len(left) == 2
                and _share(left[0]) < _COMMON  # 海涛哥, not 郭琼哥
            )
            or (run[-1] in "总哥姐" and left[0] in "小老大阿" and kind == "surname")
        ):
            return left, code
    return run, ""


def _rest_is_name(rest: str) -> bool:
    return is_person(judge(rest))
