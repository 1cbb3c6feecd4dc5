"""Conditions of rules, compiled: from a lead to the set of conditions that hold, as one integer.

Each distinct condition of a policy is one bit. For each field the bits of a raw value are remembered, so asking all rules
costs one dictionary look-up a field.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from operator import attrgetter

from leads.countries import country
from leads.places import place, region
from leads.policy import Condition, Rule, Scope
from leads.records import Lead
from leads.text import fold
from routing.values import number

#: Fields a condition may name besides those a tenant declares and those in ``FACTS``.
ATTRIBUTES = (
    *("industry", "company_size", "product", "value", "title", "grade", "consent", "message"),
    *("line", "source", "campaign", "channel", "door", "status"),
)
_MEMO_CAP = 16_384  # values of one field remembered; a column of amounts would else grow for ever

Getter = Callable[[Lead], str]
Test = Callable[[str], bool]


def getter(field: str) -> Getter:
    """How to read ``field`` of a lead, as text; "" when the lead does not say. Unknown names are custom fields."""
    if field in _FACTS:
        return _FACTS[field]
    if field in _OF_LEAD:
        return attrgetter(field)
    if field in ATTRIBUTES:
        return lambda lead: lead.attributes.get(field, "")
    return lambda lead: lead.attributes.get(field) or next((c.value for c in lead.facts.custom if c.name == field), "")


def _region(lead: Lead) -> str:
    facts = lead.facts
    return facts.region or (facts.address.region if facts.address else "") or place(facts.city)[0]


def _city(lead: Lead) -> str:
    facts = lead.facts
    return facts.city or (facts.address.city if facts.address else "")


_FACTS: dict[str, Getter] = {
    "region": _region,
    "city": _city,
    "country": lambda lead: lead.facts.country,
    "postcode": lambda lead: lead.facts.postcode,
    "website": lambda lead: lead.facts.website,
    "company": lambda lead: lead.facts.company.text if lead.facts.company else "",
}
FACTS = tuple(_FACTS)
_OF_LEAD = ("source", "door", "status")


def test(condition: Condition) -> Test:
    """The condition as a predicate on the raw value.

    A value the lead does not have is in no list and below and above no bound: ``not_in`` holds for it, all else fails.
    """
    read = _READINGS.get(condition.field, fold)
    wanted = frozenset(map(read, condition.values))
    match condition.op:
        case "in":
            return lambda raw: read(raw) in wanted
        case "not_in":
            return lambda raw: read(raw) not in wanted
        case "prefix":
            starts = tuple(wanted)
            return lambda raw: bool(raw) and read(raw).startswith(starts)
        case "exists":
            return lambda raw: bool(fold(raw))
    bound = number(condition.values[0]) if condition.values else None
    if condition.op == "at_least":
        return lambda raw: bound is not None and (value := number(raw)) is not None and value >= bound
    return lambda raw: bound is not None and (value := number(raw)) is not None and value <= bound


def _city_name(text: str) -> str:
    """上海 of Shanghai, 上海市; a county town by its own name."""
    _, city, district = place(text)
    return district or city or fold(text)


#: How values of a field are made comparable; all others are folded.
_READINGS: dict[str, Callable[[str], str]] = {"city": _city_name, "region": region, "country": country}


class Conditions:
    """All distinct conditions of some rules and scopes. ``holding`` is pure but for its memo."""

    def __init__(self, rules: Iterable[Rule | Scope]) -> None:
        distinct = dict.fromkeys(condition for rule in rules for condition in rule.when)
        self._bit = {condition: 1 << i for i, condition in enumerate(distinct)}
        by_field: dict[str, list[tuple[int, Test]]] = {}
        for condition, bit in self._bit.items():
            by_field.setdefault(condition.field, []).append((bit, test(condition)))
        self._fields: list[tuple[Getter, dict[str, int], list[tuple[int, Test]]]] = [
            (getter(field), {}, tests) for field, tests in by_field.items()
        ]

    def holding(self, lead: Lead) -> int:
        """The bits of all conditions that hold for ``lead``."""
        mask = 0
        for get, memo, tests in self._fields:
            raw = get(lead)
            bits = memo.get(raw)
            if bits is None:
                if len(memo) >= _MEMO_CAP:
                    memo.clear()
                bits = memo[raw] = sum(bit for bit, holds in tests if holds(raw))
            mask |= bits
        return mask

    def failed(self, when: Sequence[Condition], mask: int) -> Condition | None:
        """The first condition of ``when`` that is not in ``mask``."""
        return next((condition for condition in when if not mask & self._bit[condition]), None)
