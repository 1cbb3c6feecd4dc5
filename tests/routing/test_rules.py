from __future__ import annotations

from typing import Any

import pytest

from leads.policy import Rule
from leads.records import Address, Custom, Facts, Lead
from routing.rules import Conditions, getter
from tests.routing.build import lead, when


def holds(of: Lead, field: str, op: Any, *values: str) -> bool:
    return bool(Conditions([Rule(id="r", when=when(field, op, *values))]).holding(of))


@pytest.mark.parametrize(
    ("said", "condition", "expected"),
    [
        ({"city": "上海市"}, ("city", "in", "上海"), True),
        ({"city": "上海"}, ("city", "in", "北京", "上海市"), True),
        ({"city": "Shanghai"}, ("city", "in", "上海"), True),
        ({"city": "苏州"}, ("city", "in", "昆山"), False),
        ({"city": "杭州"}, ("region", "in", "浙江省"), True),
        ({"region": "內蒙古自治區"}, ("region", "in", "内蒙古"), True),
        ({"country": "DE"}, ("country", "in", "德国"), True),
        ({"city": "上海"}, ("city", "not_in", "上海市"), False),
        ({}, ("city", "not_in", "上海"), True),
        ({}, ("city", "in", "上海"), False),
        ({"industry": "Ｍanufacturing"}, ("industry", "in", "MANUFACTURING"), True),
        ({"industry": "製造"}, ("industry", "in", "制造"), True),
        ({"value": "12万"}, ("value", "at_least", "50,000"), True),
        ({"value": "3000"}, ("value", "at_least", "5万"), False),
        ({"value": "3000"}, ("value", "at_most", "3000"), True),
        ({"value": "面议"}, ("value", "at_least", "0"), False),
        ({}, ("value", "at_most", "5000"), False),
        ({"company_size": "50-100人"}, ("company_size", "at_least", "51"), False),
        ({"line": "400-820-5501"}, ("line", "prefix", "400"), True),
        ({}, ("line", "prefix", ""), False),
        ({"campaign": " "}, ("campaign", "exists"), False),
        ({"campaign": "spring"}, ("campaign", "exists"), True),
        ({"door": "call"}, ("door", "in", "call"), True),
        ({"source": "web"}, ("source", "in", "web", "app"), True),
        ({"country": "DE"}, ("country", "in", "de"), True),
    ],
)
def test_condition(said: dict[str, str], condition: tuple[Any, ...], expected: bool) -> None:
    assert holds(lead(**said), *condition) is expected


def test_a_custom_field_is_asked_where_preparation_put_it() -> None:
    custom = Lead(
        event="e",
        tenant="t",
        source="s",
        door="form",
        at_ms=0,
        facts=Facts(custom=(Custom("budget", "number", "80000"),)),
    )

    assert holds(custom, "budget", "at_least", "8万")


def test_the_city_of_an_address_stands_in_for_a_missing_one() -> None:
    address = Address(text="", region="浙江", city="杭州", district="", road="", number="", room="", place="")
    of = Lead(event="e", tenant="t", source="s", door="form", at_ms=0, facts=Facts(address=address))

    assert (getter("city")(of), getter("region")(of)) == ("杭州", "浙江")


def test_the_first_failing_condition_is_named() -> None:
    both = (*when("city", "in", "上海"), *when("value", "at_least", "5"))
    conditions = Conditions([Rule(id="r", when=both)])

    assert conditions.failed(both, conditions.holding(lead(city="上海", value="4"))) == both[1]
    assert conditions.failed(both, conditions.holding(lead(city="上海", value="5"))) is None
