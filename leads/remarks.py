"""What a remark says of how to reach the customer: "客户手机 138...", "my number is +44 ...". Clerks write down what has no field.

Conservative: a number counts when a word before it says that it is the customer's, or when it is a mobile and the row has no other;
never in a clause that speaks of somebody else, an order or a fax.
"""

from __future__ import annotations

import re
from functools import cache
from typing import Final, NamedTuple

from leads.cells import Fields
from leads.companies import company
from leads.emails import emails
from leads.names import name
from leads.phones import phones
from leads.records import Note
from leads.text import fold, knowledge, plain

_ANYTHING: Final = re.compile(r"@|\d{4}|\d\d[\s.-]+\d\d|微信|wechat|weixin|\b[vw]x", re.IGNORECASE)
_CLAUSE: Final = re.compile(r"[,;!?\n。；，！？、]|(?<!\btel)(?<!\bmob)(?<!\bcel)(?<!\bph)\.(?=\s|$)")
_NUMBER: Final = re.compile(
    r"(?<![a-z0-9.@_-])\+?\(?\d[\d\s()./-]{5,18}\d(?:\s*(?:转|ext\.?|x)\s*\d{1,6})?(?![a-z0-9%@_元块万台件个套吨])"
)
_DATE: Final = re.compile(
    r"(?:19|20)\d\d[-./]?[01]\d?[-./]?[0-3]?\d(?:\s|$)|\d{1,2}[-./]\d{1,2}[-./](?:19|20)?\d\d(?:\s|$)"
)
_APART: Final = re.compile(
    r"(?:^|\s)/\s*$"
)  # "... please call back / 0049 172 4411858": the clerk's way to add a number
_SIGNED: Final = re.compile(r"(?:^|\n)\s*--+\s*\n+(.+)", re.DOTALL)
_NO_NAME: Final = re.compile(r"[@\d]|^(?:tel|phone|mob|fax|www|http)", re.IGNORECASE)
_WHOSE: Final = 16  # characters before "mobile" that say whose: my colleague's, our supplier's
_SIGNED_LINES: Final = 5
_FORMER: Final = re.compile(
    r"(?:\b(?:formerly|previously|prev\.?|(?<!the )ex|used to (?:be|work)|früher|vorher|ehemals|anciennement|auparavant|antes|anteriormente"
    r"|prima|voorheen|vroeger|tidligere|tidigare|dawniej|poprzednio)"
    r"(?:\s+(?:with|at|of|for|from|bei|von|chez|de|en|em|na|da|presso|bij|hos|w))?[\s:-]+)"
    r"([^\W\d_a-zà-þ][\w&.'’+-]*(?:\s+(?:(?:&|and|und|et|y|e|en|de|of|van)\s+)?[^\W\d_a-zà-þ][\w&.'’+-]*){0,5})"
    r"|(?:原先?在|之前在|以前在|曾在|(?<![之以])原|(?<![之以目提当跟眼空先从])前)(?![我你您贵本该这那某一装价来因料材])([\u4e00-\u9fff]{2,20}?(?:公司|集团|厂|店|酒店|银行|学校|大学))"
)
#: What every one of these has, cheaper to look for.
_LEFT: Final = re.compile(
    r"ex\b|previous|prev|former|used to|früher|vorher|ehemals|ancienne|auparavant|ante|prima|vro|voor|tidli|tidig|dawn|poprz|原|前|曾"
)
_NEAR: Final = r"[^\d+(]{0,12}"
_FEWEST, _MOST = 7, 15  # digits of a number


class _Words(NamedTuple):
    own: re.Pattern[str]
    wechat: re.Pattern[str]
    other: re.Pattern[str]


def _any_of(words: list[str]) -> str:
    """One of the words; Latin ones whole."""
    return "|".join(rf"(?<![a-z]){re.escape(word)}(?![a-z])" if word.isascii() else word for word in words)


@cache
def _words() -> _Words:
    listed: dict[str, list[str]] = {}
    for line in knowledge("remarks.tsv"):
        kind, words = line.split("\t")
        listed.setdefault(kind, []).extend(word.replace("_", " ") for word in words.split())
    handle = r"\s*(?:[:=]|是|is\b)?\s*((?=[a-z-]*[\d_])[a-z][a-z0-9_-]{5,19})(?![a-z0-9@.])"
    return _Words(
        re.compile(rf"(?:{_any_of(listed['phone'])}){_NEAR}$"),
        re.compile(rf"(?:{_any_of(listed['wechat'])}){handle}"),
        re.compile(_any_of(listed["other"])),
    )


def with_contacts(fields: Fields) -> tuple[Fields, tuple[Note, ...]]:
    """``fields`` (canonical names) with what the remark tells besides, and a note for each; the very same dict when it tells nothing."""
    remark = fields.get("message")
    if not remark or not _ANYTHING.search(remark):
        return fields, ()
    told: Fields = _signature(remark, fields) if "--" in remark else {}
    numbers: list[str] = []
    no_phone = not phones(fields.get("phone", ""))[0]
    for clause in (clause for line in remark.split("\n") for clause in _CLAUSE.split(fold(line))):
        others = bool(_words().other.search(clause))
        numbers += _numbers(clause, no_phone and not others)
        if not others:
            _reached_by(clause, fields, told)
    held = "".join(filter(str.isdigit, fold(fields.get("phone", ""))))
    fresh = [number for number in dict.fromkeys(numbers) if "".join(filter(str.isdigit, number))[-8:] not in held]
    if len(fresh) == 1:
        told["phone"] = f"{fields['phone']}; {fresh[0]}" if fields.get("phone") and not no_phone else fresh[0]
    return ({**fields, **told}, tuple(Note("message", f"told_{field}") for field in told)) if told else (fields, ())


def _numbers(clause: str, any_mobile: bool) -> list[str]:
    """Numbers of a clause that are the customer's: told so by the word before them, unless that word is about somebody else."""
    found = []
    for match in _NUMBER.finditer(clause):
        number = match[0].strip()
        if not _FEWEST <= sum(map(str.isdigit, number)) <= _MOST or _DATE.match(number):
            continue
        read = phones(number)[0]
        before = clause[: match.start()]
        own = _words().own.search(before)
        theirs = bool(own) and not _words().other.search(clause[max(0, own.start() - _WHOSE) :] if own else "")
        if read and (theirs or _APART.search(before) or (any_mobile and read[0].kind == "mobile")):
            found.append(number)
    return found


def _signature(remark: str, fields: Fields) -> Fields:
    """Name and company from the signature under a message, where the fields have none or less of it."""
    match = _SIGNED.search(remark)
    lines = [line for line in map(plain, match[1].split("\n")) if line][:_SIGNED_LINES] if match else []
    told: Fields = {}
    who, firm = plain(fields.get("name", "")), fields.get("company", "")
    if lines and not _NO_NAME.search(lines[0]):
        read, _ = name(lines[0])
        if read and read.kind == "full" and (not who or fold(who) in fold(lines[0]).split()):
            told["name"] = lines[0]
        if (
            len(lines) > 1
            and not _NO_NAME.search(lines[1])
            and not (firm and company(firm)[0])
            and company(lines[1])[0]
        ):
            told["company"] = lines[1]
    return told


def former_employer(text: str) -> str:
    """The company that a remark says somebody has left ("formerly with Kindyn Foods", "ex Bose & Chatterjee", 原XX公司); ""."""
    match = _FORMER.search(plain(text)) if _LEFT.search(text) else None
    return (match[1] or match[2]).rstrip(" .,;") if match else ""


def _reached_by(clause: str, fields: Fields, told: Fields) -> None:
    """A mailbox or a WeChat id, when the row has none."""
    if "@" in clause and not fields.get("email") and (boxes := emails(clause)[0]):
        told.setdefault("email", boxes[0].address)
    if not fields.get("wechat") and (match := _words().wechat.search(clause)):
        told.setdefault("wechat", match[1])
