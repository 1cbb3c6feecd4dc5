"""Handles in other networks: WeChat, QQ, WhatsApp and what the field says of them."""

from __future__ import annotations

import re
from typing import Final

from leads.phones import phones
from leads.records import Handle
from leads.text import fold

_KINDS: Final = {
    "wechat": r"微信号?|[v威薇]信号?|\b(?:we\s?chat(?:\s?id)?|weixin|wx(?:id|号)?|vx)(?![a-z0-9_])",
    "qq": r"\bqq号?码?(?![a-z_])|扣扣号?",
    "whatsapp": r"\bwhats\s?app(?![a-z0-9_])",
    "telegram": r"\b(?:telegram|tg)(?![a-z0-9_])",
    "line": r"\bline(?:\s?id)?(?![a-z0-9_])",
    "skype": r"\bskype(?![a-z0-9_])",
    "dingtalk": r"钉钉号?|\bdingtalk(?![a-z0-9_])",
}
_LABEL: Final = re.compile(
    "|".join(f"(?P<{kind}>{words})" for kind, words in _KINDS.items()) + r"|(?P<other>账号|\bid|号码?)(?=\s*:)"
)
_AS_PHONE: Final = re.compile(
    r"同(?:手机|电话|号|上|步)|手机(?:号)?同|same(?:\s+as)?(?:\s+(?:phone|mobile|number|above))?|as phone"
)
_VALUE: Final = re.compile(r"\s*(?:[:=\-]\s*)?(?:是\s*|is\s+)?(@?[a-z0-9][a-z0-9_.\-]{1,39}|\+?[\d][\d\s\-]{5,20})")
_PLAIN: Final = re.compile(r"[a-z][a-z0-9_\-.]{2,39}|\d{5,11}")
_NOTHING: Final = frozenset(
    {"", "无", "没有", "none", "null", "no", "n/a", "na", "-", "--", "/", "0", "暂无", "未知", "unknown"}
)


def handles(text: str, kind: str = "wechat", phone: str = "") -> tuple[tuple[Handle, ...], str]:
    """The handles in one cell. ``kind`` is what the field promises, a label in the text ("QQ: 12345") overrules it.

    ``phone`` is the lead's own mobile, meant by "微信同号". A WeChat id that is a mobile is given as national digits, so it
    meets the phone. Reasons: empty, no_handle, no_phone (same as a phone that is not there).
    """
    text = fold(text)
    if text in _NOTHING:
        return (), "no_handle" if text else "empty"
    if _PLAIN.fullmatch(text) and not _LABEL.match(text):
        return (Handle(kind, _value(text, kind)),), ""
    if _AS_PHONE.search(text) and not re.search(r"\d{5}", text):
        return ((Handle(kind, phone),), "") if phone else ((), "no_phone")
    found: dict[Handle, None] = {}
    start, named = 0, kind
    for label in _LABEL.finditer(text):
        _read(text[start : label.start()], named, found)
        start, named = label.end(), label.lastgroup or kind
        named = kind if named == "other" else named
    _read(text[start:], named, found)
    return tuple(found), "" if found else "no_handle"


def _read(text: str, kind: str, into: dict[Handle, None]) -> None:
    if (match := _VALUE.match(text)) and (value := _value(match[1].lstrip("@").strip(" .-"), kind)):
        into[Handle(kind, value)] = None


def _value(value: str, kind: str) -> str:
    """A number as national digits where it is a mobile; else the handle as it is."""
    if kind == "qq" or not value[-1:].isdigit() or not value.lstrip("+").replace(" ", "").replace("-", "").isdigit():
        return value
    numbers, _ = phones(value)
    return (
        numbers[0].digits if numbers and (numbers[0].kind == "mobile" or kind == "whatsapp") else value.replace(" ", "")
    )
