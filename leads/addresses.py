"""Addresses in Chinese and in Latin letters, taken apart: place names, road, number, room, building."""

from __future__ import annotations

import re
from typing import Final

from leads.pinyin import reading
from leads.places import Place, place, spot
from leads.records import Address
from leads.streets import street
from leads.text import ascii_fold, fold

_HAN: Final = re.compile(r"[\u4e00-\u9fff]")
_NOISE: Final = re.compile(r"^(?:(?:联系|公司|收货|办公)?地址|中国|china)\s*[:,]?\s*|邮编\s*:?\s*\d{6}")
_NOISE_HEADS: Final = frozenset("联公收办地中c")
#: A zone, or a district that no table holds (mistyped: 西诚区).
_ZONE: Final = re.compile(
    r"[\u4e00-\u9fff]{0,6}?(?:开发区|高新区|新区|工业园区|保税区|经开区)(?!\S?[路街])|[\u4e00-\u9fff]{2}区(?!\S?[路街])"
)
_TOWN: Final = re.compile(r"[\u4e00-\u9fff]{1,6}?(?:街道办事处|街道|办事处|镇|乡|村|社区)(?![路街])")
_ROAD: Final = re.compile(
    r"[\u4e00-\u9fffa-z0-9]{1,10}?(?:大道|大街|胡同|公路|路|街|巷|弄|里(?=\d)|道(?=[\d中东南西北]))"
    r"(?:(?:[东南西北中]|[一二三四五六七八九十\d]+)?段|[东南西北中](?=\d))?"
)
_NUMBER: Final = re.compile(
    r"\s*(?:与.{1,12}?交.{1,3}\s*)?第?([甲乙丙丁]?\d+(?:[-－/、]\d+)?)\s*[-之]?\s*(?:\d*[号浩皓昊豪毫]|弄|#)(?!楼|院楼|[线馆机])"
)
_BLOCK: Final = re.compile(
    r"([a-z]|\d{1,3}|[甲乙丙丁一二三四五六七八九十东南西北])\s*-?\s*(?:号楼|座|栋|幢|塔|楼(?=\d+[层楼])|单元)"
)
_FLOOR_ROOM: Final = re.compile(r"(\d{1,2})\s*(?:楼|层|f)\s*-?\s*([a-z]?\d{1,4})\s*(?:室|房|号|单元|单位)?")
_ROOM: Final = re.compile(
    r"(?<![a-z0-9])([a-z]?-?\d{3,5}(?:-\d{1,4})?[a-z]?)\s*(?:室|房间?|单元|单位|号房)?(?![\d米年路街弄])"
)
_ROOM_SAID: Final = re.compile(r"([a-z]?\d{1,5}[a-z]?)\s*(?:室|房间?|号房)")
_BUILDING: Final = re.compile(
    r"[\u4e00-\u9fffa-z0-9·]{0,12}?(?:大厦|广场|中心|大楼|商厦|国际|写字楼|商务楼|产业园|科技园|软件园|工业园|创意园|工业区"
    r"|科技城|soho|花园|小区|公寓|大?酒店|家园|名苑|城(?![市东南西北中关])|园(?![区林一二三路街]))+"
)
_BLOCK_SIGNS: Final = frozenset("座栋幢塔楼单")
_FLOOR_SIGNS: Final = frozenset("楼层f")
_HAN_NUMBER: Final = str.maketrans("一二三四五六七八九", "123456789")

_UNIT: Final = re.compile(
    r"(?:\b(?:suite|ste|apartment|apt|unit|room|rm|flat|floor|fl|shop|level|lot|no)\b\.?\s*#?|#)\s*([a-z]?-?\d+[a-z]?|[a-z]\b)"
)
_UNIT_SLASH: Final = re.compile(r"^(\d{1,4}[a-z]?)\s*/\s*(?=\d)")
_HOUSE: Final = re.compile(r"(?:^|\s)(?:no\.?\s*)?(\d+[a-z]?(?:-\d+)?)(?=\s|$)")
_GLUED: Final = re.compile(r"^(\d+)(?=[a-z]{3})")  # 9349Bridge Lane
_BRACKETS: Final = re.compile(r"\([^)]*\)?")
_ZIP: Final = re.compile(r"\b(\d{5}(?:-\d{4})?|\d{4})$")


def address(text: str, known: Place = ("", "", "")) -> tuple[Address | None, str]:
    """An address, taken apart. ``known`` is the region, city and district that other fields name; it settles what is unclear.

    The reason is empty or no_address (nothing but signs) with None, else "".
    """
    text = fold(text)
    if not text:
        return None, "empty"
    if _HAN.search(text):
        return _chinese(text, known), ""
    found = _latin(text, known)
    return found, "" if found else "no_address"


def _chinese(text: str, known: Place) -> Address:
    body = _without_noise(text) if text[0] in _NOISE_HEADS or "邮" in text else text
    at = spot(body, known)
    if at.end == 0 and known[0] + known[1]:
        at = spot(body)
        at = at if at.end else at._replace(region=known[0], city=known[1], district=known[2])
    region, city, district, end = at
    rest = body[end:].lstrip(" ,.;-/市")
    if "区" in rest and (match := _ZONE.match(rest)):
        district = district or match[0].removesuffix("区")
        rest = rest[match.end() :]
    if match := _TOWN.match(rest):
        rest = rest[match.end() :]
    road = number = ""
    if match := _ROAD.search(rest):
        road = match[0]
        rest = rest[match.end() :]
    if match := _NUMBER.match(rest):
        number = match[1]
        rest = rest[match.end() :]
    rest, block = _block(rest)
    room, rest = _room(rest)
    building = _BUILDING.search(rest)
    name = building[0] if building else ""
    return Address(
        body,
        region,
        city,
        district,
        road,
        number,
        f"{block}-{room}" if block and room else room,
        name,
        reading(road + name),
    )


def _without_noise(text: str) -> str:
    """``text`` without "联系地址:" and "邮编 518000"; taking one away may uncover another."""
    while (bare := fold(_NOISE.sub("", text, count=1))) != text and bare:
        text = bare
    return text


def _block(rest: str) -> tuple[str, str]:
    match = None if _BLOCK_SIGNS.isdisjoint(rest) else _BLOCK.search(rest)
    if not match:
        return rest, ""
    return rest[: match.start()] + " " + rest[match.end() :], match[1].translate(_HAN_NUMBER)


def _room(rest: str) -> tuple[str, str]:
    """The room with its floor in front (12楼01室 is 1201), and the text before it."""
    if not _FLOOR_SIGNS.isdisjoint(rest) and (match := _FLOOR_ROOM.search(rest)):
        floor, room = match.groups()
        digits = room.lstrip("abcdefghijklmnopqrstuvwxyz")
        if not (len(digits) >= 3 and digits.startswith(floor)):
            room = floor + digits.zfill(2) if digits == room else room
        return room, rest[: match.start()]
    if match := _ROOM_SAID.search(rest) or _ROOM.search(rest):
        first, _, second = match[1].partition("-")
        return (first if len(second) > 2 and len(first) > 2 else first + second), rest[: match.start()]
    return "", rest


def _latin(text: str, known: Place) -> Address | None:
    body = ascii_fold(text)
    parts = [part.strip() for part in body.split(",")]
    if not any(map(str.isalnum, body)):
        return None
    room = number = ""
    line, rest = parts[0], [part for part in parts[1:] if part]
    unit = _UNIT.search(line)
    if unit and unit.end() - unit.start() == len(line) and rest:
        room, line, rest = unit[1], rest[0], rest[1:]  # flat 3, 12 high street
    elif match := _UNIT_SLASH.match(line):
        room, line = match[1], line[match.end() :]
    elif unit and unit.start() > 0:
        room, line = unit[1], line[: unit.start()] + " " + line[unit.end() :]
    elif rest and (match := _UNIT.match(rest[0])):
        room, rest = match[1], rest[1:]
    line = _GLUED.sub(r"\1 ", line)
    line = _ZIP.sub("", line).strip() if len(line.split()) > 2 else line
    if match := _HOUSE.search(line.removeprefix("no. ").removeprefix("no ")):
        number = match[1]
        line = line.removeprefix("no. ").removeprefix("no ")
        line = (line[: match.start()] + " " + line[match.end() :]).strip()
    road, behind = street(re.findall(r"[a-z0-9']+|[^\W_]+", _BRACKETS.sub(" ", line).replace("'", "")))
    where = _where(rest, known)
    return Address(body, *where, " ".join(road), number, room.replace("-", ""), " ".join(behind), road)


def _where(parts: list[str], known: Place) -> Place:
    """Place names from the parts behind the street; what other fields say comes first."""
    tail = [stripped for part in parts if (stripped := _ZIP.sub("", part).strip())]
    if not tail or known[1]:
        return known
    region, city, district = place(", ".join(tail[-2:] if len(tail[-1]) <= 3 else tail[:2]))
    return known[0] or region, city, known[2] or district
