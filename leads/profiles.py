"""The profile of a customer: of everything its leads said, the value to go by in each field, and whence it came. Pure.

Nothing is lost: every value is listed with the leads that gave it; a rule only says which comes first.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from typing import Literal

import msgspec

from leads.records import Address, Company, Custom, Email, Facts, Handle, Name, Phone

#: newest: people move and change numbers. frequent: what most leads say. trusted: what the best door or source says.
Rule = Literal["newest", "frequent", "trusted"]
Value = Name | Company | Phone | Email | Handle | Address | Custom | str

#: Field -> rule where a tenant says nothing. Names and companies are misheard and mistyped, so most leads are right;
#: numbers, mailboxes and places change, so the latest lead is. Declared fields go by ``custom``.
DEFAULTS: dict[str, Rule] = {
    "name": "frequent",
    "company": "frequent",
    "phone": "newest",
    "email": "newest",
    "handle": "newest",
    "address": "newest",
    "city": "newest",
    "region": "newest",
    "country": "frequent",
    "postcode": "newest",
    "website": "frequent",
    "custom": "newest",
}
#: What was typed by the customer, then what a colleague kept in a list, then what was heard.
TRUST: tuple[str, ...] = ("form", "import", "call")
#: A whole name before a part of one, whatever the rule.
_NAMES = ("full", "given", "surname", "initial", "chat", "role")


class Witness(msgspec.Struct, frozen=True):
    """One lead and what it said. ``source`` may be "" when it is not known."""

    seq: int
    facts: Facts
    source: str = ""


class Known(msgspec.Struct, frozen=True):
    """One value: the leads that gave it, first to last, and where and when the last one came from."""

    value: Value
    seqs: tuple[int, ...]
    door: str
    source: str
    at_ms: int


class Field(msgspec.Struct, frozen=True):
    """``values``: the best first; ``rule`` put it there."""

    name: str
    rule: Rule
    values: tuple[Known, ...]

    @property
    def best(self) -> Known:
        return self.values[0]


def profile(
    witnesses: Iterable[Witness], rules: Mapping[str, Rule] | None = None, trust: Sequence[str] = TRUST
) -> tuple[Field, ...]:
    """The fields that any lead filled, in the order of DEFAULTS, declared ones last by name.

    ``rules`` goes over DEFAULTS: field, or the name of a declared field, -> rule. ``trust`` names doors or sources, the
    best first; what it does not name comes after. Ties go to the newer value, then to the later lead.
    """
    rules = {**DEFAULTS, **(rules or {})}
    heard: dict[str, dict[Hashable, list[tuple[Witness, Value]]]] = {}
    for witness in sorted(witnesses, key=lambda w: (w.facts.at_ms, w.seq)):
        for field, key, value in _values(witness.facts):
            heard.setdefault(field, {}).setdefault(key, []).append((witness, value))
    order = {name: place for place, name in enumerate(DEFAULTS)}
    fields = []
    for field, values in sorted(heard.items(), key=lambda item: (order.get(item[0], len(order)), item[0])):
        rule = rules.get(field) or rules["custom"]
        known = [_known(told) for told in values.values()]
        known.sort(key=lambda k: _merit(k, rule, trust), reverse=True)
        fields.append(Field(field, rule, tuple(known)))
    return tuple(fields)


def _known(told: Sequence[tuple[Witness, Value]]) -> Known:
    last, value = told[-1]
    seqs = tuple(dict.fromkeys(witness.seq for witness, _ in told))
    return Known(value, seqs, last.facts.door, last.source, last.facts.at_ms)


def _merit(known: Known, rule: Rule, trust: Sequence[str]) -> tuple[float, ...]:
    whole = 0.0
    if isinstance(known.value, Name):
        whole = -float(_NAMES.index(known.value.kind) if known.value.kind in _NAMES else len(_NAMES))
    if isinstance(known.value, Phone) and known.value.mask:
        whole = -1.0
    trusted = -float(min((trust.index(w) for w in (known.source, known.door) if w in trust), default=len(trust)))
    newest, often = float(known.at_ms), float(len(known.seqs))
    first = {"newest": newest, "frequent": often, "trusted": trusted}[rule]
    return (whole, first, newest, often, float(known.seqs[-1]))


def _values(facts: Facts) -> Iterator[tuple[str, Hashable, Value]]:
    """(field, what makes two values one, value)."""
    if facts.name is not None:
        yield (
            "name",
            (facts.name.kind, facts.name.script, facts.name.surname, facts.name.given or facts.name.text),
            facts.name,
        )
    if facts.company is not None:
        yield "company", facts.company.text.casefold(), facts.company
    for phone in facts.phones:
        yield "phone", (phone.digits, phone.ext, phone.mask), phone
    for mail in facts.emails:
        yield "email", (mail.local, mail.domain), mail
    for handle in facts.handles:
        yield "handle", (handle.kind, handle.value), handle
    if facts.address is not None:
        yield "address", facts.address.text, facts.address
    for field in ("city", "region", "country", "postcode", "website"):
        if value := getattr(facts, field):
            yield field, value, value
    for custom in facts.custom:
        yield custom.name, custom.value, custom
