"""The fields of one row -> Facts and attributes: each field to its normaliser, and a note where one found something."""

from __future__ import annotations

import re
from typing import Final

from leads.addresses import address
from leads.cells import Fields
from leads.companies import company
from leads.countries import nation
from leads.customs import custom, number
from leads.emails import emails
from leads.handles import handles
from leads.names import name
from leads.phones import phones
from leads.places import Place, is_chinese, place, region
from leads.records import Address, Company, Custom, Email, Envelope, Facts, Handle, Note, Phone, Row
from leads.remarks import former_employer
from leads.text import fold, plain

_ATTRIBUTES: Final = frozenset(
    (
        *("industry", "company_size", "product", "title", "message", "description", "price", "consent"),
        *("channel", "campaign", "line", "origin", "grade", "received_at", "duration", "agent"),
    )
)
_HANDLES: Final = ("wechat", "qq", "whatsapp", "telegram", "skype", "dingtalk")
_HANDLE_FIELDS: Final = frozenset(_HANDLES)
_OWN_CITY: Final = frozenset({"北京", "天津", "上海", "重庆", "香港", "澳门"})
_HAN: Final = re.compile(r"[\u4e00-\u9fff]")
_ZIP: Final = re.compile(r"[a-z.,]\s+(\d{5})(?:-\d{4})?$")
_HOST: Final = re.compile(r"(?:[a-z]+://)?(?:www\.)?([^\s/?#:@]+\.[a-z\u4e00-\u9fff]{2,})")
_TEXT: Final = ("title", "company", "brand", "price", "description", "message")
_PRODUCT: Final = frozenset(
    {"brand", "price", "description"}
)  # with a title and nobody to reach: a thing, not a customer
_TEXT_CHARS: Final = 600
#: Longest custom value kept as a fact: what is longer tells a story, not who somebody is.
_FACT_CHARS: Final = 200


class Bench:
    """One lead on the bench: its fields, and the notes that come up."""

    __slots__ = ("_home", "_known", "notes")

    def __init__(self, known: Fields, home: str, notes: list[Note]) -> None:
        self._known, self._home, self.notes = known, home, notes

    def _note(self, field: str, reason: str) -> None:
        if reason and reason != "empty":
            self.notes.append(Note(field, reason))

    def facts(self, row: Row, envelope: Envelope, others: dict[str, str], kinds: dict[str, str]) -> Facts:
        """The facts. ``others`` are the fields that are no lead fields, ``kinds`` those of them that are declared."""
        get = self._known.get
        where, at = self._place()
        home = nation(get("country", "")) or self._nation(where)
        found_phones: tuple[Phone, ...] = ()
        if text := get("phone"):
            hint = home if len(home) == 2 else self._home
            found_phones, reason = phones(text, hint or ("CN" if self._chinese() else ""))
            self._note("phone", reason)
        found_emails: tuple[Email, ...] = ()
        if text := get("email"):
            found_emails, reason = emails(text)
            self._note("email", reason)
        who = org = None
        if text := get("name"):
            who, reason = name(text)
            self._note("name", reason)
        nobody = not (who or found_phones or found_emails or at)
        product = nobody and "title" in self._known and not _PRODUCT.isdisjoint(self._known)
        if not product and (text := get("company") or get("brand")):
            org, reason = company(text)
            self._note("company", reason)
        return Facts(
            name=who,
            company=org,
            phones=found_phones,
            emails=found_emails,
            handles=self._handles(found_phones),
            address=at,
            city=where[1],
            region=where[0],
            country=home,
            postcode=self._postcode(at),
            custom=self._customs(others, kinds, home) if others else (),
            call=row.call,
            text=self._text() if nobody and not org else "",
            door=envelope.door,
            at_ms=envelope.at_ms,
            website=self._website(),
            former=self._former(),
        )

    def _former(self) -> Company | None:
        left = former_employer(self._known.get("message", ""))
        return company(left)[0] if left else None

    def _place(self) -> tuple[Place, Address | None]:
        """Region, city and district from their fields and the address, and the address."""
        get = self._known.get
        province, city, district = place(get("city", "")) if get("city") else ("", "", "")
        if text := get("region"):
            province = province or region(text)
        if not city and province in _OWN_CITY:
            city = province
        if text := get("district"):
            district = district or place(text)[2]
        at = None
        if text := get("address"):
            at, reason = address(text, (province, city, district))
            self._note("address", reason)
            if at:
                province, city, district = province or at.region, city or at.city, district or at.district
        return (province, city, district), at

    def _nation(self, where: Place) -> str:
        if where[0] in ("香港", "澳门"):
            return "HK" if where[0] == "香港" else "MO"
        return "CN" if is_chinese(where[0], where[1]) and where[0] != "台湾" else ""

    def _chinese(self) -> bool:
        return any(_HAN.search(self._known.get(field, "")) for field in ("name", "company", "address", "city"))

    def _handles(self, found: tuple[Phone, ...]) -> tuple[Handle, ...]:
        if _HANDLE_FIELDS.isdisjoint(self._known):
            return ()
        out: list[Handle] = []
        for kind in _HANDLES:
            if text := self._known.get(kind):
                mobile = next((phone.digits for phone in found if phone.kind == "mobile"), "")
                read, reason = handles(text, kind, mobile)
                out.extend(handle for handle in read if handle not in out)
                self._note(kind, reason)
        return tuple(out)

    def _customs(self, others: dict[str, str], kinds: dict[str, str], nation: str) -> tuple[Custom, ...]:
        out = []
        for field, text in others.items():
            kind = kinds.get(field, "text")
            value, reason = custom(field, kind, text if kind != "text" else text[:_FACT_CHARS], nation)
            if value:
                out.append(value)
            self._note(field, reason)
        return tuple(out)

    def _postcode(self, at: Address | None) -> str:
        if text := self._known.get("postcode"):
            return "".join(filter(str.isalnum, fold(text.removesuffix(".0")))).upper()
        if at and at.text[-1:].isdigit() and (match := _ZIP.search(at.text)):
            return match[1]
        return ""

    def _website(self) -> str:
        text = self._known.get("website")
        match = _HOST.match(fold(text)) if text else None
        return match[1] if match else ""

    def _text(self) -> str:
        return fold(" ".join(filter(None, map(self._known.get, _TEXT))))[:_TEXT_CHARS].rstrip()

    def attributes(self) -> dict[str, str]:
        """What rules ask about, as written but for width and white space; ``value`` as a plain number where it is one."""
        out = {field: plain(text) for field, text in self._known.items() if field in _ATTRIBUTES}
        if text := self._known.get("value"):
            out["value"] = number(text)[0] or plain(text)
        return out
