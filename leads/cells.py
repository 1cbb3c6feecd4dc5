"""The kind of a value, not of its column: rows that slipped a column are put right, and say so.

Conservative: a value moves only when it evidently is of another kind and its right place is free or takes several.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

from leads.company_tables import company_words
from leads.emails import emails
from leads.name_rarity import is_english_first
from leads.names import name
from leads.phones import phones
from leads.records import Note
from leads.text import fold, plain, simplify

Fields = dict[str, str]

_COMPANY: Final = re.compile(
    r"公司|有限|集团|股份|工厂|商行|商贸|经营部|事务所|研究[院所]|工作室|合作社|大学|学院|医院|银行|酒店|科技$|贸易$"
    r"|\b(?:inc|llc|ltd|limited|gmbh|corp|corporation|co\.|company|plc|pty|group|holdings|technologies"
    r"|sarl|s\.?r\.?l|s\.p\.a|pte|pvt|jsc|s\.a\.|s\.l\.|b\.v\.|n\.v\.|k\.k\.)(?![a-z])",
    re.IGNORECASE,
)
_LEGAL_END: Final = re.compile(r"^(.{2,40}(?:有限责任公司|股份有限公司|有限公司|集团))\s*([\u4e00-\u9fff]{2,4})$")
_NOT_A_PERSON: Final = re.compile(r"公司|[厂部店处所院]|分|集团|总部")
_MAIL: Final = re.compile(r"[^\s@＠,;，；<>()]+[@＠]+[^\s@＠,;，；<>()]+[.．。][A-Za-z]{2,}")
_PHONE_IN_NAME: Final = re.compile(r"[+＋(（]?\d[\d\s\-()（）]{5,}\d")
_ADDRESS: Final = re.compile(r"[路街道巷弄村]\S{0,4}?\d+\s*[号弄]|\d+号\S{0,12}[楼室座层]")
_QQ: Final = re.compile(r"(?:\s*qq)?[\s:：号]*([1-9]\d{4,8})\s*", re.IGNORECASE)  # in the field of mailboxes
_STARS: Final = re.compile(r"\d{3}\s?[*xX]{3,}\s?\d{2,}")
_LABELS: Final = re.compile(r"手机号?|电话|座机|固话|号码|分机|tel|mobile|phone|mob|ext|[\d\s+\-().*x/;、,#'`转e:或]")
_BETWEEN: Final = re.compile(r"[\s,，;；/|、\-—:：()（）\n]+")
_BETWEEN_LATIN: Final = re.compile(r"\s*[,;/|()\n]\s*|\s+[-—]\s+")
_HAN: Final = re.compile(r"[\u4e00-\u9fff]")


_SIGNS: Final = re.compile(r"[@＠\d公有集股厂究学医]")
_NAMED_LATIN: Final = frozenset(
    "inc llc ltd limited corp corporation company gmbh plc pty group srl sarl pte pvt jsc".split()  # noqa: SIM905
)
_DOTTED_FORM: Final = re.compile(r"\b(?:s\.a|s\.l|s\.p\.a|b\.v|n\.v|k\.k)\.?$", re.IGNORECASE)
_ODD_COMPANY: Final = re.compile(r"[@＠]|\d[\d\s\-]{5,}\d|\d号|\d[*]{3}")
_ODD_PHONE: Final = re.compile(r"[@＠\u4e00-\u9fff]|[A-Za-z]{4}")
_AT_OR_DIGIT: Final = re.compile(r"[@＠\d]")


def _odd_name(value: str) -> bool:
    if _SIGNS.search(value):
        return True
    if not value.isascii():
        return len(value) > 6 and bool(_BETWEEN.search(value))
    if _BETWEEN_LATIN.search(value) or ("." in value and _DOTTED_FORM.search(value)):
        return True
    return not _NAMED_LATIN.isdisjoint(value.lower().replace(".", "").replace(")", "").split())


#: What makes a value of a field worth a second look; most values show nothing of it.
_ODD: Final[dict[str, Callable[[str], object]]] = {
    "name": _odd_name,
    "company": lambda value: _AT_OR_DIGIT.search(value) and _ODD_COMPANY.search(value),
    "phone": _ODD_PHONE.search,
    "email": lambda value: "@" not in value and "＠" not in value,
    "city": _AT_OR_DIGIT.search,
    "wechat": lambda value: "@" in value,
}


def kind(value: str) -> str:
    """email, phone, address, company, person, or "" when it could be anything."""
    if _MAIL.search(value) and emails(value)[0]:
        return "email"
    if _is_phone(value):
        return "phone"
    if _ADDRESS.search(value):
        return "address"
    if _COMPANY.search(simplify(value)):
        return "company"
    found, _ = name(value)
    return "person" if found and found.kind == "full" else ""


def _is_phone(value: str) -> bool:
    """A number and nothing else: digits with signs, seven or more, that phones() understands."""
    text = fold(value)
    digits = sum(c.isdigit() for c in text)
    if digits < 7 and not _STARS.search(text):
        return False
    return not _LABELS.sub("", text) and bool(phones(value)[0])


def rehome(fields: Fields) -> tuple[Fields, tuple[Note, ...]]:
    """``fields`` (canonical names) with every value that is evidently of another kind in its place, and what was done.

    The very same dict comes back when there is nothing to do.
    """
    if _exchanged(fields.get("name", ""), fields.get("company", "")):
        fields = fields | {"name": fields["company"], "company": fields["name"]}
        return fields, (Note("name", "swapped_with_company"),)
    odd = [field for field, look in _ODD.items() if (value := fields.get(field)) and look(value)]
    if not odd:
        return fields, ()
    out, notes = dict(fields), list[Note]()
    moved: list[tuple[str, str]] = []
    for field in odd:
        _move(out, field, moved, notes)
    for field, value in moved:
        present = out.get(field, "")
        if value not in present:
            out[field] = f"{present}; {value}" if present else value
    if _names_a_company(out.get("name", "")):
        _company_in_name(out, notes)
    if notes and not out.get("name"):
        for field in ("company", "phone", "email", "wechat"):
            value = out.get(field, "")
            if value and _HAN.search(value) and not _COMPANY.search(simplify(value)) and _is_person(value):
                out["name"], out[field] = value, ""
                notes.append(Note(field, "moved_to_name"))
                break
    return ({key: value for key, value in out.items() if value}, tuple(notes)) if notes else (fields, ())


def _exchanged(who: str, firm: str) -> bool:
    """Name and company in each other's place without a legal form to tell: 源正餐饮管理, 刘薪珉."""
    who, firm = who.strip(), firm.strip()
    if len(who) < 4 or not firm or (len(firm) > 4 and not firm.isascii()):
        return False
    found, reason = name(who)
    if not _HAN.search(who) and reason != "looks_like_company":
        return False
    no_person = reason == "looks_like_company" or (found is not None and found.kind == "chat" and _is_firm(who))
    return no_person and _is_person(firm) and not _AT_OR_DIGIT.search(who + firm) and not _names_a_company(firm)


def _is_person(value: str) -> bool:
    """A full name, or a part of one that a title or an initial tells to be a person's: 何女士, M. McGuire."""
    found, _ = name(value)
    return bool(found and (found.kind in ("full", "initial") or (found.kind == "surname" and found.honorific)))


def _names_a_company(text: str) -> bool:
    if not text:
        return False
    if _COMPANY.search(simplify(text)):
        return True
    parts = (_BETWEEN_LATIN if text.isascii() else _BETWEEN).split(text)
    firms = [part for part in parts if _is_firm(part)] if len(parts) > 1 else []
    return bool(firms) and (not text.isascii() or any(map(_has_first_name, set(parts) - set(firms))))


def _has_first_name(part: str) -> bool:
    """Michael Turner, Turner Michael: without a first name two English words may be anything."""
    return any(map(is_english_first, part.lower().split()))


def _is_firm(part: str) -> bool:
    """A part of a cell that ends in a trade: 色彩空间教育咨询."""
    simple = simplify(part).lower()
    return bool(_COMPANY.search(simple)) or (len(simple) > 3 and bool(company_words().trade_end.cut(simple, 2)))


def _move(out: Fields, field: str, moved: list[tuple[str, str]], notes: list[Note]) -> None:
    """Take mails, numbers and addresses out of a field that is not theirs."""
    value = out[field]
    if field == "email" and (match := _QQ.fullmatch(value)):
        out[field] = f"{match[1]}@qq.com"
        notes.append(Note(field, "number_of_qq"))
        return
    if field != "email" and (match := _MAIL.search(value)) and emails(match[0])[0]:
        moved.append(("email", match[0]))
        value = value[: match.start()] + " " + value[match.end() :]
        notes.append(Note(field, "moved_to_email"))
    if field in ("name", "company", "email", "city"):
        if _is_phone(value):
            moved.append(("phone", value))
            value = ""
            notes.append(Note(field, "moved_to_phone"))
        elif (match := _PHONE_IN_NAME.search(value)) and _is_theirs(field, match[0]):
            moved.append(("phone", match[0].strip()))
            value = value[: match.start()] + " " + value[match.end() :]
            notes.append(Note(field, "moved_to_phone"))
    if field == "phone" and not any(map(str.isdigit, value)):
        value = _not_a_number(out, value, notes)
    if field in ("company", "city", "name") and not out.get("address") and _ADDRESS.search(value):
        out["address"], value = value, ""
        notes.append(Note(field, "moved_to_address"))
    if value != out[field]:
        value = plain(value).strip(" ,;/|<>()（）[]，；：:-")
    out[field] = value


def _is_theirs(field: str, number: str) -> bool:
    """Whether a number among words is somebody's: any beside a name; beside a firm a mobile (Osaka 565-0871 is no phone)."""
    found, _ = phones(number) if field in ("name", "company") else ((), "")
    return any(field == "name" or phone.kind == "mobile" for phone in found)


def _not_a_number(out: Fields, value: str, notes: list[Note]) -> str:
    """What stays in the phone field when it holds a person's or company's name whose own place is free."""
    home = {"company": "company", "person": "name"}.get(kind(value), "")
    if not home or out.get(home):
        return value
    out[home] = value
    notes.append(Note("phone", f"moved_to_{home}"))
    return ""


def _company_in_name(out: Fields, notes: list[Note]) -> None:
    """Name and company in one cell, the company in the name's place, or the two exchanged."""
    cell, firm = out["name"], out.get("company", "")
    person, company = _apart(cell)
    if person and (not firm or fold(company) == fold(firm)):
        out["name"], out["company"] = person, firm or company
        notes.append(Note("name", "split_company"))
    elif person:
        out["name"] = person
        notes.append(Note("name", "company_dropped"))
    elif firm and not _COMPANY.search(simplify(firm)) and _is_person(firm):
        out["name"], out["company"] = firm, cell
        notes.append(Note("name", "swapped_with_company"))
    elif not firm:
        out["name"], out["company"] = "", cell
        notes.append(Note("name", "moved_to_company"))
    elif fold(firm) == fold(cell):
        out["name"] = ""
        notes.append(Note("name", "repeats_company"))


def _apart(cell: str) -> tuple[str, str]:
    """(person, company) of a cell that holds both; "" when it does not."""
    han = bool(_HAN.search(cell))
    parts = [part for part in (_BETWEEN if han else _BETWEEN_LATIN).split(cell) if part]
    firms = [part for part in parts if _is_firm(part)]
    if len(firms) == 1 and len(parts) > 1:
        rest = " ".join(part for part in parts if part is not firms[0])
        found, _ = name(rest)
        if found and found.kind in (("full", "surname") if han else ("full",)) and not _NOT_A_PERSON.search(rest):
            return rest, firms[0]
    if (
        (match := _LEGAL_END.match(simplify(cell).strip()))
        and not _NOT_A_PERSON.search(match[2])
        and _is_person(match[2])
    ):
        return cell.strip()[-len(match[2]) :], cell.strip()[: -len(match[2])].strip()
    return "", ""
