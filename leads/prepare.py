"""Step 1: a row as its door understood it -> a Lead that matching and routing understand, or the reason why not."""

from __future__ import annotations

import re
from typing import Final, NamedTuple

import msgspec

from leads.cells import Fields, rehome
from leads.damaged_text import with_letters
from leads.emails import emails
from leads.facts import Bench
from leads.fields import ALIASES, FIELDS, field_of
from leads.parted import parted
from leads.phones import phones
from leads.preparation import Preparation
from leads.records import REASONS, Envelope, Facts, Lead, Note, Refused, Row
from leads.remarks import with_contacts
from leads.text import fold, plain

__all__ = ["ALIASES", "FIELDS", "prepare"]

_MARKED: Final = ("email", "name", "phone")
_FREE_TEXT: Final = frozenset({"message", "description"})
_FREE_TEXT_TIMES: Final = 4  # people paste whole letters into these
_JOIN: Final = {"phone": "; ", "email": "; ", "address": ", ", "message": " ", "description": " "}
_TRUE: Final = frozenset({"true", "1", "yes", "y", "是"})
_WITHHELD: Final = frozenset(
    (
        *("anonymous", "withheld", "restricted", "unknown", "unavailable", "private", "blocked", "private number"),
        *(
            "no caller id",
            "caller id blocked",
            "匿名",
            "隐藏",
            "未知",
            "未知号码",
            "无",
            "空",
            "无号码",
            "保密",
            "-",
            "",
        ),
        *("266696687", "7378742833", "2562533", "8656696", "86282452253", "464"),  # the same words on a keypad
    )
)
_HAN: Final = re.compile(r"[\u4e00-\u9fff]")
_IDENTITY: Final = "give at least one of: phone, email, wechat, name, company, address, or a declared field"


class _Rules(NamedTuple):
    """What a Preparation says, in the spellings that normalised leads have."""

    internal: frozenset[str]
    do_not_contact: frozenset[str]
    markers: frozenset[str]


_compiled: dict[int, tuple[Preparation, _Rules]] = {}


def _rules(spec: Preparation) -> _Rules:
    """The rules of ``spec``, made once: an identity check keeps a reused address from answering for another."""
    held = _compiled.get(id(spec))
    if held and held[0] is spec:
        return held[1]
    internal = {phone.digits for text in spec.internal_numbers for phone in phones(text, spec.country)[0]}
    rules = _Rules(
        frozenset(internal | {_digits(text) for text in spec.internal_numbers}) - {""},
        frozenset(spelling for text in spec.do_not_contact for spelling in _contacts(text, spec.country)),
        frozenset(fold(text) for text in spec.test_markers),
    )
    if len(_compiled) >= 64:
        _compiled.clear()
    _compiled[id(spec)] = (spec, rules)
    return rules


def _digits(text: str) -> str:
    return "".join(filter(str.isdigit, text))


def _contacts(text: str, home: str) -> list[str]:
    found = [f"{mail.local}@{mail.domain}" for mail in emails(text)[0]]
    return found or [phone.digits for phone in phones(text, home)[0]]


def prepare(row: Row, envelope: Envelope, spec: Preparation) -> Lead | Refused:
    """Normalise a row. Pure: the same row, envelope and spec give the same answer. Never raises on any text.

    Refused is suppressed (withheld, internal, do_not_contact, test) or rejected (the door's fault, too_large, no_identity).
    """
    if row.fault:
        reason = row.fault if row.fault in REASONS["rejected"] else "malformed"
        return Refused(row.event, "rejected", reason, "the door could not read it")
    if large := _too_large(row, spec.max_value_chars):
        return Refused(row.event, "rejected", "too_large", large)
    rules = _rules(spec)
    given, declared = _sorted(row.fields, spec.kinds)
    caller = given.pop("caller", "")
    if given.pop("is_test", "").lower() in _TRUE or not rules.markers.isdisjoint(
        map(str.lower, map(str.strip, given.values()))
    ):
        return Refused(row.event, "suppressed", "test")
    given, mended = with_letters(given)
    known, moved = rehome(given)
    known, apart = parted(known)
    known, told = with_contacts(known)
    work = Bench(known, spec.country, [*mended, *moved, *apart, *told])
    facts = work.facts(row, envelope, declared, spec.kinds)
    refused = _suppressed(facts, caller, known.get("phone", ""), rules)
    if not refused and listed_not_to_contact(facts, spec):
        refused = "do_not_contact"
    if refused:
        return Refused(row.event, "suppressed", refused, notes=tuple(work.notes))
    if rules.internal:
        facts = _without_own(facts, rules.internal, work.notes)
    if not _identifies(facts, known, spec.kinds):
        return Refused(row.event, "rejected", "no_identity", _IDENTITY, tuple(work.notes))
    return Lead(
        event=row.event,
        tenant=envelope.tenant,
        source=envelope.source,
        door=envelope.door,
        at_ms=envelope.at_ms,
        facts=facts,
        call=row.call,
        status=row.status,
        attributes=work.attributes(),
        claimant=plain(known.get("claimant", "")) if envelope.door == "import" else "",
        batch=envelope.batch,
        notes=tuple(work.notes),
        trace=envelope.trace,
        at_row=row.row,
    )


def _too_large(row: Row, most: int) -> str:
    """What to say of the first field that is longer than ``most`` characters (free text several times that), "" when none is."""
    for field, text in row.fields.items():
        if len(text) > (most if field not in _FREE_TEXT else _FREE_TEXT_TIMES * most):
            return f"at most {most} characters a field: {_shown(field)}"
    return ""


def _shown(field: str) -> str:
    return field if field in ALIASES else "a custom field"


def _sorted(fields: dict[str, str], kinds: dict[str, str]) -> tuple[Fields, dict[str, str]]:
    """Lead fields by their own names, and what is none: declared or unknown, both custom."""
    known: Fields = {}
    others: dict[str, str] = {}
    for key, text in fields.items():
        if not text:
            continue
        if key in kinds:
            others[key] = text
        elif key == "caller" and text in ("withheld", "internal"):  # the door's own mark
            known[key] = text
        elif field := ALIASES.get(key) or field_of(key):
            field = "address" if field == "address2" else field
            if field not in known:
                known[field] = text
            elif field in _JOIN:
                known[field] += _JOIN[field] + text
            else:
                others[key] = text
        else:
            others[key] = text
    if "given_name" in known or "surname" in known:
        first, last = known.pop("given_name", ""), known.pop("surname", "")
        whole = last + first if _HAN.search(last + first) else f"{first} {last}".strip()
        known.setdefault("name", whole)
    return known, others


def _suppressed(facts: Facts, caller: str, raw: str, rules: _Rules) -> str:
    """The reason why nobody should get this lead, "" when there is none."""
    found = facts.phones
    if facts.door == "call":
        own = all(phone.digits in rules.internal for phone in found) if found else _digits(raw) in rules.internal
        if caller == "internal" or own:
            return "internal"
        words = fold(raw).lstrip("+") in _WITHHELD
        nobody = not ((found and not words) or facts.emails or facts.handles or facts.address or facts.company)
        unnamed = facts.name is None or fold(facts.name.text) in _WITHHELD
        hidden = caller == "withheld" or (words and (raw != "" or not facts.call))
        if nobody and unnamed and hidden:
            return "withheld"
    return ""


def listed_not_to_contact(facts: Facts, spec: Preparation) -> bool:
    """Whether a phone or a mailbox is on the configured do-not-contact list."""
    listed = _rules(spec).do_not_contact
    if not listed:
        return False
    values = (*(phone.digits for phone in facts.phones), *(f"{mail.local}@{mail.domain}" for mail in facts.emails))
    return not listed.isdisjoint(values)


def _without_own(facts: Facts, internal: frozenset[str], notes: list[Note]) -> Facts:
    """The company's own numbers say nothing about a customer."""
    theirs = tuple(phone for phone in facts.phones if phone.digits not in internal)
    if len(theirs) == len(facts.phones):
        return facts
    notes.append(Note("phone", "internal_number"))
    return msgspec.structs.replace(facts, phones=theirs)


def _identifies(facts: Facts, known: Fields, kinds: dict[str, str]) -> bool:
    """Whether there is anything by which somebody, or a described thing, could be found. A message alone is nobody."""
    if facts.phones or facts.name or facts.company or facts.emails or facts.handles or facts.call or facts.address:
        return True
    described = bool(facts.text) and ("title" in known or "description" in known)
    return described or any(found.name in kinds for found in facts.custom)
