"""Places: region, city and district, each in one short form (广东 深圳 南山; ca, san francisco).

The divisions of China are a table; names may be full or short, renamed, traditional, or in pinyin. A city's short name is
no city when a street is named after it: 北京路 is not Beijing.
"""

from __future__ import annotations

import re
from collections import defaultdict
from functools import cache, lru_cache
from typing import Final, NamedTuple

from leads.text import ascii_fold, knowledge, spellings

_PEOPLES: Final = (
    r"(?:(?:蒙古|维吾尔|哈萨克|柯尔克孜|锡伯|土家|布依|朝鲜|哈尼|傈僳|仡佬|拉祜|纳西|达斡尔|撒拉|景颇|毛南|裕固|保安|东乡"
    r"|仫佬|鄂温克|鄂伦春|布朗|普米|德昂|基诺)族?|[壮回满苗彝藏侗瑶白黎傣畲佤水羌土怒京各]族)+"
)
_SUFFIX: Final = re.compile(rf"(?:{_PEOPLES})?自治[州区县旗]$|特别行政区$|地区$|新区$|林区$|特区$|[省市盟区县旗]$")
#: What may not follow a short name: it is then the name of a street, a school or a zone.
_NAMESAKE: Final = re.compile(
    r"[东南西北中上下环]{0,2}[一二三四五六七八九十]{0,2}(?:路|街|道|大道|大街|巷|弄|里|胡同|桥)|区"
)
_GAP: Final = " ,.;/|-_·"
_SIGNS: Final = str.maketrans(dict.fromkeys(".'’`-_·\"*()", " "))
_DIGITS: Final = re.compile(r"\d.*\d")  # a postcode before the city: 80819 Munich, D02 U614 Dublin
_POSTCODE: Final = re.compile(r"\d{4,6}(?:-\d{3,4})?")
_FORMER: Final = ("县", "市", "省")  # 新津县 is 新津区 now; 广西省 is said of an autonomous region
_ENDS: Final = frozenset("省市盟州县区旗")
_WHOLE: Final = re.compile(r"[\u4e00-\u9fff]{1,20}[市县区旗](?![\u4e00-\u9fff]{0,3}[市县区旗])")
_STREET: Final = re.compile(r"(?:路|街|大道|巷|号|弄)$")


class Spot(NamedTuple):
    """A place found in a text, and where the text goes on behind it."""

    region: str
    city: str
    district: str
    end: int


class _Division(NamedTuple):
    region: str
    city: str
    district: str


#: Short names of a small city that most often mean a district of a large one.
_UNCLEAR: Final = frozenset({"朝阳"})
Place = tuple[str, str, str]
_NOWHERE: Final[Place] = ("", "", "")
Heads = dict[str, list[tuple[str, bool, tuple[_Division, ...]]]]


def short(name: str) -> str:
    """A division's name without what it is: 深圳 of 深圳市, 红河 of 红河哈尼族彝族自治州."""
    cut = _SUFFIX.sub("", name)
    if len(cut) < 2:  # 内蒙古自治区, 城区
        cut = name.removesuffix("自治区")
    return cut if len(cut) >= 2 else name


@cache
def _heads() -> Heads:
    """First two characters -> names that begin with them, longest first, whether short, and the divisions so named."""
    named: dict[tuple[str, bool], dict[_Division, None]] = defaultdict(dict)
    regions: set[str] = set()
    for line in knowledge("divisions.tsv"):
        region, city, districts = line.split("\t")
        own = (short(region), short(city))
        regions.add(own[0])
        named[region, False][_Division(own[0], own[0] if region == city else "", "")] = None
        named[own[0], True][_Division(own[0], own[0] if region == city else "", "")] = None
        if region != city:
            named[city, False][_Division(*own, "")] = None
            named[own[1], True][_Division(*own, "")] = None
        for written in districts.split():
            district = written.removeprefix(city)
            inside = _Division(*own, short(district))
            named[written, False][inside] = named[district, False][inside] = None
            if inside.district != district:
                named[inside.district, True][inside] = None
    for line in knowledge("renamed.tsv"):
        old, *now = line.split("\t")
        named[old, False] = {_Division(*map(short, now)): None}
    heads: Heads = defaultdict(list)
    for (name, brief), divisions in named.items():
        meant = [d for d in divisions if d.district] if brief and name in _UNCLEAR else divisions
        heads[name[:2]].append((name, brief, tuple(sorted(meant, key=lambda d: (bool(d.district), bool(d.city))))))
    for entries in heads.values():
        entries.sort(key=lambda entry: (-len(entry[0]), entry[1]))
    return dict(heads)


def spot(text: str, known: Place = _NOWHERE) -> Spot:
    """The divisions that ``text`` (folded) begins with. ``known`` is what is known from elsewhere; it settles what is unclear."""
    if match := _WHOLE.match(text):
        found = _from_start(match[0])
        if found.end == match.end() and (known == _NOWHERE or (found.city and _agrees(found, known))):
            return _walk(text, found)
    return _walk(text, Spot(*known, 0))


def _agrees(found: Spot, known: Place) -> bool:
    return known[0] in ("", found.region) and known[1] in ("", found.city) and known[2] in ("", found.district)


@lru_cache(maxsize=8192)
def _from_start(text: str) -> Spot:
    return _walk(text, Spot("", "", "", 0))


def _walk(text: str, at: Spot) -> Spot:
    heads = _heads()
    region, city, district, end = at
    while True:
        start = end
        while start < len(text) and text[start] in _GAP:
            start += 1
        found = None
        for name, brief, divisions in heads.get(text[start : start + 2], ()):
            if text.startswith(name, start):
                after = start + len(name)
                plain_name = brief or name[-1] not in _ENDS
                if plain_name and _NAMESAKE.match(text, after) and not _goes_on(text, after, divisions):
                    continue
                found = _choose(divisions, brief, region, city, district)
                if found:
                    region, city, district = found
                    end = after + (brief and text[after : after + 1] in _FORMER)
                    break
        if not found:
            return Spot(region, city, district, end)


def _goes_on(text: str, at: int, divisions: tuple[_Division, ...]) -> bool:
    """Whether the full name of a division inside these follows: 北京 + 东城区 is Beijing."""
    for name, brief, inner in _heads().get(text[at : at + 2], ()):
        if not brief and text.startswith(name, at):
            return any(
                a.region == b.region and (not a.city or a.city == b.city) and b != a for a in divisions for b in inner
            )
    return False


def _choose(divisions: tuple[_Division, ...], brief: bool, region: str, city: str, district: str) -> Place | None:
    """The division that continues what is known; None when none does."""
    fits = [
        d
        for d in divisions
        if (not region or d.region == region)
        and (not city or not d.city or d.city == city)
        and (not district or not d.district or d.district == district)
    ]
    if not fits:
        return None
    first = fits[0]
    if first.district:
        if brief and not city and not (len(fits) == 1 and region and len(first.district) > 2):
            return None  # 朝阳, 和平, 中山: words of every address, a district only inside its city
        cities = {(d.region, d.city) for d in fits}
        if len(cities) > 1:
            return (region if len({d.region for d in fits}) > 1 else first.region), city, first.district
        return first.region, first.city, first.district
    if first.city and district and not city:
        return first.region, first.city, district
    return first.region, first.city or city, district


@cache
def _city_words() -> dict[str, str]:
    """First word of a city's name -> how it is kept: st -> saint."""
    rows = (line.split("\t") for line in knowledge("city_words.tsv"))
    return {other: kept for kept, others in rows for other in others.split()}


def _plain_city(folded: str) -> str:
    """A city's name in one spelling, whatever its hyphens, apostrophes and points, without a postcode at either end."""
    if folded.isalpha():
        return folded
    words = folded.translate(_SIGNS).split()
    while len(words) > 1 and _DIGITS.search(words[0]):
        del words[0]
    while len(words) > 1 and _POSTCODE.fullmatch(words[-1]):
        del words[-1]
    if len(words) > 1:
        words[0] = _city_words().get(words[0], words[0])
    return " ".join(words)


@cache
def _latin() -> tuple[dict[str, str], dict[str, str], dict[str, str]]:
    """Spellings of regions, of cities in China, of cities abroad -> how each is kept."""
    tables: list[dict[str, str]] = []
    for file in ("regions_latin.tsv", "cities_latin.tsv", "cities_abroad.tsv"):
        table: dict[str, str] = {}
        plain_names = file == "cities_abroad.tsv"
        for line in knowledge(file):
            name, others = line.split("\t")
            kept = _plain_city(ascii_fold(name)) if plain_names else name
            table[kept] = kept
            for other in (name, *others.split(",")):
                for spelling in spellings(other):
                    table.setdefault(_plain_city(spelling) if plain_names else spelling, kept)
        tables.append(table)
    for line in knowledge("cities_umlaut.txt"):
        for name in line.split(","):
            bare = spellings(name)[0]
            tables[2].update((spelling, tables[2].get(bare, bare)) for spelling in spellings(name))
    return tables[0], tables[1], tables[2]


@cache
def _region_of() -> dict[str, str]:
    lines = (line.split("\t") for line in knowledge("divisions.tsv"))
    return {short(city): short(region) for region, city, _ in lines}


@cache
def _regions() -> frozenset[str]:
    return frozenset(_region_of().values())


@cache
def cities() -> tuple[str, ...]:
    """Short forms of the cities of China."""
    return tuple(_region_of())


def is_chinese(region: str, city: str) -> bool:
    """Whether these short forms are a place in China."""
    return city in _region_of() or region in _regions()


@lru_cache(maxsize=8192)
def region(text: str) -> str:
    """A province or state in its short form, or as it is, folded: 广东 of "Guangdong Province", ca of "California"."""
    text = ascii_fold(text).strip(_GAP)
    table = _latin()[0]
    bare = re.sub(r"\s+(?:province|sheng|state|municipality|(?:autonomous )?region|sar)$", "", text)
    if text.isascii():
        return table.get(text) or table.get(bare) or text
    return table.get(text) or spot(text).region or text


@lru_cache(maxsize=8192)
def place(text: str) -> Place:
    """Region, city and district of a field that names a place and nothing else. "" for what it does not say.

    Chinese cities come out in Han whatever the script (Guangzhou -> 广州), with their region. A city that no table holds is
    kept, folded.
    """
    text = ascii_fold(text).strip(_GAP)
    if not text:
        return _NOWHERE
    if any("\u4e00" <= c <= "\u9fff" for c in text):
        return _han_place(text)
    return _latin_place(text)


def _han_place(text: str) -> Place:
    words = text.split()
    if len(words) > 1 and _DIGITS.search(words[0]):  # 814-8210 福冈
        text = " ".join(words[1:])
    abroad = _latin()[2].get(text)
    if abroad:
        return "", abroad, ""
    state = _latin()[0].get(text, "")
    if state.isascii() and state:
        return state, "", ""
    found = spot(text.removeprefix("中国"))
    if found.end:
        own = text if text == found.region and _region_of().get(text) == text else ""  # 吉林 in a field for cities
        return found.region, found.city or own, found.district
    for part in reversed(re.split(r"[,;/| ]+", text)):
        inner = spot(part)
        if inner.end:
            return inner.region, inner.city, inner.district
    for name, brief, divisions in _heads().get(text[:2], ()):
        if brief and name == text and len(divisions) == 1:  # a county town by its short name: 昆山, 义乌
            return divisions[0].region, divisions[0].city, divisions[0].district
    while (shorter := short(text).strip(_GAP)) != text:
        text = shorter
    return _NOWHERE if _STREET.search(text) else ("", text, "")


def _latin_place(text: str) -> Place:
    regions, chinese, abroad = _latin()
    parts = [bare for part in re.split(r"[,;/|]", " ".join(text.split())) if (bare := part.strip(_GAP))]
    if not parts:
        return _NOWHERE
    parts[0] = _plain_city(parts[0]) or parts[0]
    name = abroad.get(parts[0], parts[0])
    bare = re.sub(r"\s+(?:city|shi|municipality|prefecture|sar|metro(?:politan)? area)$", "", name)
    han = chinese.get(name) or chinese.get(bare) or chinese.get(bare.replace(" ", ""))
    if han:
        return _region_of()[han], han, ""
    where = next((regions[part] for part in parts[1:] if part in regions), "")
    words = name.split()
    if not where and len(words) > 1 and len(words[-1]) <= 3 and words[-1] in regions:  # austin tx
        where, name = regions[words[-1]], " ".join(words[:-1])
    if len(parts) == 1 and not where and name in regions and name not in abroad:
        return regions[name], "", ""
    if len(parts) > 1 and not where and chinese.get(parts[-1]):
        return _region_of()[chinese[parts[-1]]], chinese[parts[-1]], ""
    return where, abroad.get(name, bare if bare in abroad else name.strip(_GAP)), ""


def is_known_city(text: str) -> bool:
    """Whether a Latin text is a city that the tables hold, and nothing else."""
    _, chinese, abroad = _latin()
    folded = ascii_fold(text).strip(_GAP)
    return folded in abroad or folded in chinese
